"""Where fields stand that no block of the layout names: a field that a layer adds is seen at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from fieldstone.metadata.definitions import ModuleDef
from fieldstone.metadata.layout_definitions import BlockDef


def place_fields(module: ModuleDef, blocks: Mapping[str, BlockDef], hidden: Collection[str]) -> dict[str, BlockDef]:
    """The blocks with every field of the module: one that is named nowhere follows the field before it in the
    module, the first ones open the first block. `hidden` names those that are not shown at all."""
    contents = {name: list(block.fields) for name, block in blocks.items()}
    at = {field: name for name, fields in contents.items() for field in fields}
    before = ""
    for field in module.fields:
        if field not in at and field not in hidden:
            block = at[before] if before else next(iter(contents))
            place = contents[block].index(before) + 1 if before else 0
            contents[block].insert(place, field)
            at[field] = block
        if field in at:
            before = field
    return {name: _filled(block, contents[name]) for name, block in blocks.items()}


def _filled(block: BlockDef, fields: list[str]) -> BlockDef:
    return replace(block, fields=tuple(fields), placed=frozenset(fields) - frozenset(block.fields))
