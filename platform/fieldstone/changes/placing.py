"""Which columns the fields of a proposal get: where they lie, or a new place when their values need another form."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from fieldstone.changes.conversions import ChangedField
from fieldstone.changes.placed_fields import PlacedField, placed_fields
from fieldstone.changes.proposal import Proposal
from fieldstone.fields.conversion import needs_conversion
from fieldstone.metadata.catalogue import Catalogue, Wanted
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.reverting import revert_place
from fieldstone.storage.ddl import find_mismatches
from fieldstone.storage.physical import Physical
from fieldstone.storage.shapes import column_name, model_shapes


def place_fields(
    model: AppModel,
    catalogue: Catalogue,
    changed: Iterable[ChangedField],
    proposal: Proposal,
    physical: Physical,
    dialect: sa.Dialect,
) -> Catalogue:
    """The catalogue in which every field has a place that fits it: its own, one it had before (a rollback finds its
    values there), or a new one."""
    for item in changed:
        if item.moves and item.field.column == item.known.column:
            catalogue = _move(catalogue, model, item, proposal)
    used = find_mismatches(model_shapes(model), physical, dialect)
    for module in model.modules.values() if used else ():
        for placed in placed_fields(module):
            field, path = placed.field, placed.path
            moved = catalogue.entries["field", path].physical != field.column
            suffixes = _wanted(model, placed).suffixes
            if not moved and any((placed.table, column_name(field, suffix)) in used for suffix in suffixes):
                catalogue = catalogue.move_physical("field", path, _neighbours(model, module, placed))
    return catalogue


def _move(catalogue: Catalogue, model: AppModel, item: ChangedField, proposal: Proposal) -> Catalogue:
    earlier = proposal.earlier
    if earlier is not None:
        fields = (placed.field for module in earlier.model.modules.values() for placed in placed_fields(module))
        then = next((field for field in fields if field.identity == item.field.identity), None)
        if then is not None and not needs_conversion(then, item.field, model.field_types):
            back = revert_place(catalogue, earlier.catalogue, "field", item.path)
            if back is not catalogue:
                return back
    placed = next(placed for placed in placed_fields(item.module) if placed.path == item.path)
    return catalogue.move_physical("field", item.path, _neighbours(model, item.module, placed))


def _neighbours(model: AppModel, module: ModuleDef, placed: PlacedField) -> list[Wanted]:
    """All fields that lie in the same table, the field itself among them."""
    return [_wanted(model, other) for other in placed_fields(module) if other.table == placed.table]


def _wanted(model: AppModel, placed: PlacedField) -> Wanted:
    suffixes = tuple(spec.suffix for spec in model.type_of(placed.field).columns(placed.field))
    return Wanted(kind="field", path=placed.path, suffixes=suffixes)
