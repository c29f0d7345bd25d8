"""Which field the columns of a board are the values of, what a card tells, and what is added up."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from fieldstone.web.described import DescribedField, DescribedModule

_MOST_LINES = 6


def picklist_fields(module: DescribedModule) -> list[DescribedField]:
    """The fields a board can have its columns by: those of one choice, the layout's own first."""
    own = board_field_name(module)
    found = [field for field in module.fields.values() if field.type.name == "picklist" and field.field.picklist]
    return sorted(found, key=lambda field: field.name != own)


def board_field(module: DescribedModule, name: str = "") -> DescribedField | None:
    """The field asked for, else the layout's, else the path's, else the first; None when there is none."""
    fields = picklist_fields(module)
    asked = next((field for field in fields if field.name == name), None)
    return asked or next(iter(fields), None)


def board_field_name(module: DescribedModule) -> str:
    kanban = module.layout.kanban
    return kanban.field if kanban else module.layout.path


def card_fields(module: DescribedModule, lane: DescribedField) -> list[DescribedField]:
    """Besides the name. What the layout says; else a lookup, the money, a date and the owner."""
    kanban = module.layout.kanban
    if kanban and kanban.card:
        names: Sequence[str] = kanban.card
    else:
        of_type = partial(_first, module)
        names = [of_type("lookup"), of_type("money"), of_type("date", "datetime"), "owner"]
    found = [module.find(name) for name in dict.fromkeys(names) if name not in (lane.name, module.module.name_field)]
    return [field for field in found if field is not None][:_MOST_LINES]


def sum_fields(module: DescribedModule, lane: DescribedField) -> list[DescribedField]:
    """What can be added up per column: what the layout says, else the first amount; then the other amounts, computed
    ones too, such as one that is weighted with how likely it is."""
    kanban = module.layout.kanban
    name = kanban.sum if kanban and kanban.field == lane.name else _first(module, "money")
    own = module.find(name) if name else None
    more = [field for field in module.fields.values() if field.type.name == "money"]
    return list({field.path: field for field in (own, *more) if field is not None}.values())


def sum_field(module: DescribedModule, lane: DescribedField, name: str = "") -> DescribedField | None:
    """The one asked for, else the first; None when there is none."""
    fields = sum_fields(module, lane)
    return next((field for field in fields if field.name == name), None) or next(iter(fields), None)


def _first(module: DescribedModule, *types: str) -> str:
    """The first field of these types that lists show, else that there is; "" when there is none."""
    names = [*module.layout.header, *module.layout.columns, *module.module.fields]
    fields = (module.find(name) for name in names if "." not in name)
    return next((field.name for field in fields if field is not None and field.type.name in types), "")
