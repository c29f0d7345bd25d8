"""`fieldstone conflicts`: what an upgrade and the site both changed, and deciding it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from fieldstone.changes.plan import Plan
from fieldstone.changes.upgrade.decide import Choice, can_keep_both, decide
from fieldstone.cli.plan import print_plan
from fieldstone.cli.report import counted, print_json
from fieldstone.cli.row_work import bring_over
from fieldstone.cli.site_option import json_option, open_site, operator, site_option
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import NotFoundError, UsageError
from fieldstone.metadata.layers import Layer
from fieldstone.runtime.site import Site
from fieldstone.storage.conflicts import StoredConflict, list_open, mark_decided

NO_CONFLICT = declare("cli.E031", "There is no open conflict {key}.", "List them with: fieldstone conflicts")
ONE_CHOICE = declare("cli.E032", "Only one choice can be made.", "Give one of --ours, --theirs and --both.")

_LONGEST = 80
"""Characters of a value in the list; `--json` has all of it."""


@click.command("conflicts")
@click.argument("key", required=False)
@click.option("--ours", "choices", flag_value="ours", multiple=True, help="Keep what the site has.")
@click.option("--theirs", "choices", flag_value="theirs", multiple=True, help="Take what the lower layers have now.")
@click.option("--both", "choices", flag_value="both", multiple=True, help="For lists: keep the items of both.")
@click.option(
    "--allow-destructive", is_flag=True, help="Also when values go out of sight; a rollback shows them again."
)
@json_option
@site_option
def command(key: str | None, choices: Sequence[Choice], allow_destructive: bool, as_json: bool, site: Path) -> None:
    """List what an upgrade and the site both changed; with a choice decide it, all of them or the one at KEY.

    The site's value counts until somebody decides. What a decision changes is published.

    Example: fieldstone conflicts --theirs modules.opportunity.fields.amount.label
    """
    if len(choices) > 1:
        raise UsageError(ONE_CHOICE)
    opened = open_site(site)
    with opened.database.read() as conn:
        found = list_open(conn)
    if key is not None:
        found = [each for each in found if each.conflict.key == key]
        if not found:
            raise NotFoundError(NO_CONFLICT, key=key[:120])
    if not choices:
        _show(found, as_json)
        return
    plan = _decide(opened, found, choices[0], allow_destructive=allow_destructive)
    if as_json:
        decided = [each.conflict.key for each in found]
        print_json({"decided": decided, "revision": opened.models.current.version, **(plan.to_json() if plan else {})})
        return
    if plan is not None:
        print_plan(plan)
        if not plan.is_empty:
            click.echo(f"Published as revision {opened.models.current.version}.")
    click.echo(f"{counted(len(found), 'conflict')} decided: {choices[0]}.")


def _decide(site: Site, found: Sequence[StoredConflict], choice: Choice, *, allow_destructive: bool) -> Plan | None:
    """Publish what the choice changes, then close the conflicts. The plan, None when nothing was to be planned.

    Killed in between, the conflicts stay open; deciding them again changes nothing more.
    """
    actor = operator(site)
    plan = None
    if found and choice != "ours":
        layer = site.publishing.published_site_layer() or Layer(name="site", documents={})
        for each in found:
            layer = decide(layer, each.conflict, choice)
        plan = site.publishing.plan(layer)
        if not plan.is_empty:
            message = f"Conflicts decided: {choice}" if len(found) > 1 else f"{found[0].conflict.key}: {choice}"
            version = site.publishing.publish(plan, actor, message=message, allow_destructive=allow_destructive)
            bring_over(site, version, wait=True, quiet=True)
    ids = [each.id for each in found]
    site.database.transact(lambda conn: mark_decided(conn, ids, choice, actor.user_id))
    return plan


def _show(found: Sequence[StoredConflict], as_json: bool) -> None:
    if as_json:
        print_json([_to_json(each) for each in found])
        return
    if not found:
        click.echo("No open conflicts.")
    for each in found:
        conflict = each.conflict
        site = "refers to it" if conflict.site is None and conflict.base_now is None else _text(conflict.site)
        click.echo(
            f"{conflict.key}: was {_text(conflict.base_then)}, is now {_text(conflict.base_now)}, the site: {site}"
        )


def _to_json(stored: StoredConflict) -> dict[str, Any]:
    conflict = stored.conflict
    return {
        "key": conflict.key,
        "file": conflict.file,
        "base_then": conflict.base_then,
        "base_now": conflict.base_now,
        "site": conflict.site,
        "both": can_keep_both(conflict),
        "revision": stored.version,
    }


def _text(value: Any) -> str:
    if value is None:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
