"""Which columns the fields of a proposal get: where they lie, or a new place when their values need another form."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from fieldstone.changes.conversions import ChangedField, changed_fields
from fieldstone.changes.proposal import Proposal
from fieldstone.fields.conversion import needs_conversion
from fieldstone.fields.definition import FieldDef
from fieldstone.metadata.catalogue import Catalogue, Wanted
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.reverting import revert_place
from fieldstone.storage.ddl import find_mismatches
from fieldstone.storage.physical import Physical
from fieldstone.storage.published import PublishedModel
from fieldstone.storage.shapes import column_name, declared_links, model_shapes


def place_fields(
    model: AppModel,
    catalogue: Catalogue,
    old: PublishedModel | None,
    proposal: Proposal,
    physical: Physical,
    dialect: sa.Dialect,
) -> Catalogue:
    """The catalogue in which every field has a place that fits it: its own, one it had before (a rollback finds its
    values there), or a new one."""
    if old is not None:
        for item in changed_fields(old.model, model):
            if item.moves and item.field.column == item.known.column:
                catalogue = _move(catalogue, model, item, proposal)
    used = find_mismatches(model_shapes(model), physical, dialect)
    for table, path, field, wanted in _places(model) if used else ():
        want = _wanted(model, path, field)
        moved = catalogue.entries["field", path].physical != field.column
        if not moved and any((table, column_name(field, suffix)) in used for suffix in want.suffixes):
            catalogue = catalogue.move_physical("field", path, wanted)
    return catalogue


def _move(catalogue: Catalogue, model: AppModel, item: ChangedField, proposal: Proposal) -> Catalogue:
    earlier = proposal.earlier
    if earlier is not None:
        then = next((field for _, _, field, _ in _places(earlier.model) if field.identity == item.field.identity), None)
        if then is not None and not needs_conversion(then, item.field, model.field_types):
            back = revert_place(catalogue, earlier.catalogue, "field", item.path)
            if back is not catalogue:
                return back
    wanted = next(wanted for _, path, _, wanted in _places(model) if path == item.path)
    return catalogue.move_physical("field", item.path, wanted)


def _places(model: AppModel) -> Iterator[tuple[str, str, FieldDef, list[Wanted]]]:
    """(table, path, field, all that lies in the same table) of every field and attribute."""
    for module in model.modules.values():
        groups = [(module.table, module.name, module.fields)]
        groups += [(item.table, f"{module.name}.{item.name}", item.attributes) for item in declared_links(module)]
        for table, prefix, fields in groups:
            wanted = [_wanted(model, f"{prefix}.{field.name}", field) for field in fields.values()]
            for field in fields.values():
                yield table, f"{prefix}.{field.name}", field, wanted


def _wanted(model: AppModel, path: str, field: FieldDef) -> Wanted:
    suffixes = tuple(spec.suffix for spec in model.type_of(field).columns(field))
    return Wanted(kind="field", path=path, suffixes=suffixes)
