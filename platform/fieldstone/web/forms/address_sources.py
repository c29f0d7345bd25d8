"""From which lookups of a form an address can be copied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fieldstone.web.current import current_actor, current_published
from fieldstone.web.described import DescribedModule, describe
from fieldstone.web.forms.cells import Cell


@dataclass(frozen=True, kw_only=True)
class AddressSource:
    """`lookup` of the form leads to a record of `target` whose address is in `field`."""

    lookup: str
    label: str
    target: str
    field: str
    url: str


def address_sources(module: DescribedModule, name: str) -> Sequence[AddressSource]:
    """For an address field of a form: the field of the same name there, else the first one that may be read."""
    if name not in module.fields or module.fields[name].control != "address":
        return ()
    found = []
    for lookup in module.fields.values():
        targets = lookup.field.to
        if lookup.control != "lookup" or not lookup.writable or len(targets) != 1 or targets == ("*",):
            continue
        there = describe(current_published(), targets[0], current_actor())
        addresses = [each.name for each in there.fields.values() if each.control == "address"]
        if addresses and targets[0] != module.name:
            found.append(
                AddressSource(
                    lookup=lookup.name,
                    label=lookup.label,
                    target=targets[0],
                    field=name if name in addresses else addresses[0],
                    url=f"/m/{module.name}/form-address/{name}?from={lookup.name}",
                )
            )
    return found


def sources_of_cell(cell: Cell) -> Sequence[AddressSource]:
    """For the control of a form, that knows its field only."""
    module = describe(current_published(), cell.field.module, current_actor())
    return address_sources(module, cell.field.name)
