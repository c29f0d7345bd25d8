"""`fieldstone access`: who may do what, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from fieldstone.cli.report import print_json, print_table
from fieldstone.cli.site_option import json_option, open_site, site_option
from fieldstone.kernel.actors import Actor
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import NotFoundError, UsageError
from fieldstone.records.access.explain import Explanation, Reason
from fieldstone.records.access.matrix import RightsMatrix, rights_matrix
from fieldstone.records.access.rights import get_module
from fieldstone.runtime.site import Site

NO_USER = declare("cli.E060", "There is no active user {username}.", "`fieldstone user list` shows them.")
WHAT = declare(
    "cli.E061",
    "Say about whom, or about which record.",
    "fieldstone access USER [MODULE [ID]], or fieldstone access --record MODULE ID.",
)


@click.command("access")
@click.argument("user", required=False)
@click.argument("module", required=False)
@click.argument("record_id", metavar="[ID]", type=int, required=False)
@click.option("--record", nargs=2, metavar="MODULE ID", default=None, help="Who can see this record, and why.")
@json_option
@site_option
def command(
    user: str | None,
    module: str | None,
    record_id: int | None,
    record: tuple[str, str] | None,
    as_json: bool,
    site: Path,
) -> None:
    """Say what USER may do: everywhere, with the records of MODULE, or with the record ID of it and why.

    Example: fieldstone access anna opportunity 42
    """
    if (user is None) == (record is None) or (record is not None and not record[1].isdigit()):
        raise UsageError(WHAT)
    opened = open_site(site)
    if record is not None:
        _show_record(opened, record[0], int(record[1]), as_json)
        return
    assert user is not None
    actor = _find(opened, user)
    published = opened.models.current
    if module is None or record_id is None:
        if module is not None:
            get_module(published, module)
        _show_matrix(rights_matrix(published, actor), module, as_json)
        return
    assert actor.user_id is not None
    explained = opened.records.explain(opened.accounts.operator(), module, record_id, actor.user_id).rights
    if as_json:
        print_json({right: _short(asdict(each)) for right, each in explained.items()})
        return
    print_table(("Right", "", "Why"), ((each.right, *_answer(each)) for each in explained.values()))


def _find(site: Site, username: str) -> Actor:
    user_id = site.accounts.find_user_id(username)
    actor = None if user_id is None else site.accounts.find_actor(user_id)
    if actor is None:
        raise NotFoundError(NO_USER, username=username[:60])
    return actor


def _show_record(site: Site, module: str, record_id: int, as_json: bool) -> None:
    usernames = {each.id: each.username for each in site.accounts.list_users()}
    people = site.records.audience(site.accounts.operator(), module, record_id).people
    named = [(usernames[each.actor.user_id or 0], each.edit.allowed, each.view) for each in people]
    if as_json:
        print_json([{"user": name, "edit": edit, **_short(asdict(each))} for name, edit, each in named])
        return
    rows = ((name, "view and edit" if edit else "view", "; ".join(_words(each.reasons))) for name, edit, each in named)
    print_table(("User", "May", "Why"), rows)


def _show_matrix(matrix: RightsMatrix, module: str | None, as_json: bool) -> None:
    wanted = [module] if module is not None else list(matrix.modules)
    if as_json:
        told = asdict(matrix)
        for part in ("modules", "fields", "shared"):
            told[part] = {name: value for name, value in told[part].items() if name in wanted}
        print_json(told)
        return
    if matrix.everything:
        click.echo("An administrator: everything.")
    print_table(
        ("Module", "Rights", "Limited fields"),
        ((name, _rights(matrix, name), _limited(matrix, name)) for name in wanted),
    )
    click.echo(f"Tools: {', '.join(matrix.tools) or 'none'}")


def _rights(matrix: RightsMatrix, module: str) -> str:
    return ", ".join(f"{right} {'+'.join(scopes)}" for right, scopes in matrix.modules[module].items()) or "none"


def _limited(matrix: RightsMatrix, module: str) -> str:
    fields = matrix.fields.get(module, {})
    return ", ".join(f"{name} {right}" for name, right in fields.items() if right == "hidden" or not matrix.everything)


def _answer(explained: Explanation) -> tuple[str, str]:
    if explained.allowed:
        return "yes", "; ".join(_words(explained.reasons))
    if explained.missing == "right":
        return "no", "no role or profile gives the right"
    if explained.missing == "reach":
        return "no", "no scope, sharing default, rule, share or parent leads to this record"
    return "no", f"goes no further than {explained.missing}"


def _words(reasons: Iterable[Reason]) -> Iterator[str]:
    for each in reasons:
        if each.kind == "administrator":
            yield "administrator"
        elif each.kind == "scope":
            through = f" of role {each.role}" if each.role else ""
            yield f"{each.source} {each.name}{through} ({each.scope})"
        elif each.kind == "default":
            yield f"shared with everybody ({each.access})"
        elif each.kind == "rule":
            yield f"sharing rule {each.name} ({each.access})"
        elif each.kind == "share":
            whom = f"role {each.role}" if each.role else f"user or team {each.principal}"
            until = f" until {each.until:%Y-%m-%d %H:%M} UTC" if each.until else ""
            yield f"shared by hand with {whom} ({each.access}){until}"
        else:
            yield f"through {each.module} {each.record_id}: {', '.join(_words(each.reasons))}"


def _short(told: dict[str, Any]) -> dict[str, Any]:
    """Without what is empty."""
    return {
        key: [_short(each) for each in value] if isinstance(value, (tuple, list)) else value
        for key, value in told.items()
        if value not in ("", None, ()) or key == "allowed"
    }
