"""`fieldstone explain`: where a value of the model comes from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from fieldstone.cli.report import print_json
from fieldstone.cli.site_option import json_option, open_site, site_option
from fieldstone.kernel.codes import declare
from fieldstone.kernel.diagnostics import Diagnostics, Location
from fieldstone.kernel.errors import NotFoundError
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.loader import parse_document
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.nodes import MappingNode, Node, SequenceNode

NOT_SET = declare(
    "cli.E030", "No document sets {path}.", "What no document sets has its default. Nearest that are set: {nearest}."
)


@dataclass(frozen=True, kw_only=True)
class Saying:
    """What one layer says about a path. `value` is plain data."""

    layer: str
    file: str
    line: int
    column: int
    value: Any


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
    found = _find(model, path)
    sayings = list(_sayings(model, found, opened.publishing.published_layers()))
    if as_json:
        print_json({"path": found, "set_by": [asdict(each) for each in sayings]})
        return
    click.echo(found)
    for place, each in enumerate(sayings):
        mark = "→" if place == 0 else " "
        text = json.dumps(each.value, ensure_ascii=False, default=str)
        click.echo(f" {mark} {each.layer}  {each.file}:{each.line}:{each.column}  {text}")


def _find(model: AppModel, path: str) -> str:
    """The whole way of what a path names. Raises NotFoundError cli.E030."""
    module, _, rest = path.partition(".")
    tries = (f"modules.{module}.fields.{rest}", f"modules.{path}", path)
    for each in tries:
        if each in model.provenance:
            return each
    short = {_short(each): None for each in model.provenance}
    nearest = get_close_matches(path, short, n=3, cutoff=0.5)
    raise NotFoundError(NOT_SET, path=path[:120], nearest=", ".join(nearest) or "none")


def _short(path: str) -> str:
    head, _, rest = path.partition(".")
    module, _, attribute = rest.partition(".")
    return f"{module}.{attribute.removeprefix('fields.')}" if head == "modules" and attribute else path


def _sayings(model: AppModel, path: str, layers: Sequence[Layer]) -> Iterator[Saying]:
    """The layer that wins first."""
    texts = {layer.file(name): text for layer in layers for name, text in layer.documents.items()}
    for origin in reversed(model.provenance[path]):
        place = origin.location
        value = _value_at(texts.get(place.file, ""), place)
        yield Saying(layer=origin.layer, file=place.file, line=place.line, column=place.column, value=value)


def _value_at(text: str, place: Location) -> Any:
    root = parse_document(text, place.file, Diagnostics())
    return next((node.data() for node in _nodes([root] if root else []) if node.key_location == place), None)


def _nodes(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        if isinstance(node, MappingNode):
            yield from _nodes(node.entries.values())
        elif isinstance(node, SequenceNode):
            yield from _nodes(node.items)
