"""`fieldstone explain`: where a value of the model comes from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from fieldstone.cli.report import print_json
from fieldstone.cli.site_option import json_option, open_site, site_option
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import NotFoundError
from fieldstone.metadata.explanation import Explanation, find_explanation
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.sayings import Saying

NOT_SET = declare("cli.E030", "The model has nothing called {path}.", "Nearest that documents set: {nearest}.")


@click.command("explain")
@click.argument("path")
@json_option
@site_option
def command(path: str, as_json: bool, site: Path) -> None:
    """Say which layer, file and line set PATH, and what the layers below it say.

    PATH is MODULE.FIELD.ATTRIBUTE, MODULE.ATTRIBUTE, or the whole way, such as
    picklists.sales_stage.values.won.label or workflows.opportunity.workflows.big_deal.if.

    Example: fieldstone explain opportunity.amount.index
    """
    opened = open_site(site)
    model = opened.models.current.model
    found = find_explanation(model, opened.publishing.published_layers(), path)
    if found is None:
        raise NotFoundError(NOT_SET, path=path[:120], nearest=", ".join(_nearest(model, path)) or "none")
    if as_json:
        default = {"default": found.default} if found.is_default else {}
        print_json({"path": found.path, "set_by": [asdict(each) for each in found.sayings], **default})
        return
    for line in _lines(found):
        click.echo(line)


def _lines(found: Explanation) -> Iterator[str]:
    yield found.path
    for place, each in enumerate(found.sayings):
        mark = "→" if place == 0 else " "
        yield f" {mark} {each.layer}  {each.file}:{each.line}:{each.column}  {_said(each, found.path)}"
    if found.is_default:
        mark = " " if found.sayings else "→"
        yield f" {mark} default  {_text(found.default)}"


def _said(saying: Saying, path: str) -> str:
    if not saying.removes:
        return _text(saying.value)
    return "removed" if saying.removes == path else f"removed with {saying.removes}"


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _nearest(model: AppModel, path: str) -> list[str]:
    known = {_short(each): None for each in model.provenance}
    return get_close_matches(path, known, n=3, cutoff=0.5)


def _short(path: str) -> str:
    head, _, rest = path.partition(".")
    module, _, attribute = rest.partition(".")
    return f"{module}.{attribute.removeprefix('fields.')}" if head == "modules" and attribute else path
