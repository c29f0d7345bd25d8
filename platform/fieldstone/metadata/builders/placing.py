"""Where fields stand that no block of the layout names: a field that a layer adds is seen at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from fieldstone.metadata.definitions import ModuleDef
from fieldstone.metadata.layout_definitions import BlockDef


def place_fields(module: ModuleDef, blocks: Mapping[str, BlockDef], hidden: Collection[str]) -> dict[str, BlockDef]:
    """The blocks with every field of the module, placed as `place_names` does."""
    contents = place_names(module.fields, {name: block.fields for name, block in blocks.items()}, hidden)
    return {name: _filled(block, contents[name]) for name, block in blocks.items()}


def place_names(
    fields: Iterable[str], blocks: Mapping[str, Sequence[str]], hidden: Collection[str]
) -> dict[str, list[str]]:
    """Block → its fields, with all `fields` of a module: one that is named nowhere follows the field before it in the
    module, the first ones open the first block. `hidden` names those that are not shown at all."""
    contents = {name: list(named) for name, named in blocks.items()}
    at = {field: name for name, named in contents.items() for field in named}
    before = ""
    for field in fields:
        if field not in at and field not in hidden:
            block = at[before] if before else next(iter(contents))
            place = contents[block].index(before) + 1 if before else 0
            contents[block].insert(place, field)
            at[field] = block
        if field in at:
            before = field
    return contents


def _filled(block: BlockDef, fields: list[str]) -> BlockDef:
    return replace(block, fields=tuple(fields), placed=frozenset(fields) - frozenset(block.fields))
