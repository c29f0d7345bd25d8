"""Fields whose type changes: whether that is possible, where their values go, and which cannot go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from fieldstone.changes.breaches import shared_values
from fieldstone.changes.counting import SHOWN
from fieldstone.changes.placed_fields import placed_fields
from fieldstone.changes.plan import Breach, Sample
from fieldstone.changes.steps.convert import changed_since, find_held, read_cells
from fieldstone.changes.steps.converter import Converter
from fieldstone.changes.steps.places import find_place
from fieldstone.changes.steps.step_kind import StepContext
from fieldstone.fields.computed import ComputedType
from fieldstone.fields.conversion import Conversion, conversion, needs_conversion
from fieldstone.fields.definition import FieldDef
from fieldstone.kernel.codes import fill, get_code
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.metadata.model import AppModel
from fieldstone.storage.published import PublishedModel

_CHUNK = 2_000


@dataclass(frozen=True, kw_only=True)
class ChangedField:
    """A field that was there before: `path` is its name in the new model, `table` where its values lie; `known` and
    `field` are its definitions before, in revision `version`, and now. `way` is how its values get across, None when
    none does; `way_back` how those of now would get back."""

    path: str
    version: int
    module: ModuleDef
    table: str
    known: FieldDef
    field: FieldDef
    way: Conversion | None
    way_back: Conversion | None
    entered: bool
    """Whether its values were given, by people or as running numbers, and not computed."""

    @property
    def moves(self) -> bool:
        """Whether the field needs another column: its former one keeps what nobody could compute again."""
        return self.way is None or self.way.how == "convert" or (self.way.how == "recompute" and not self.way.exact)

    def converts(self, *, back: bool) -> bool:
        """Whether values are brought over. Back into a column that has values of before only where it can be told
        which of them have been changed since."""
        there_and_back = self.way_back is not None and self.way_back.how != "recompute"
        return self.way is not None and self.way.how == "convert" and (there_and_back or not back)


def changed_fields(old: PublishedModel, new: AppModel, revived: Mapping[str, PublishedModel]) -> Iterator[ChangedField]:
    """The fields and attributes of links that need another place or another way of computing. `revived`: identity of
    what was not there in `old` → the last model that had it."""
    before = {module.identity: module for module in old.model.modules.values()}
    known = {identity: (old, field) for identity, field in _by_identity(old.model)}
    for last in {id(each): each for each in revived.values()}.values():
        known |= {
            identity: (last, field) for identity, field in _by_identity(last.model) if revived.get(identity) is last
        }
    words: dict[int, dict[str, str]] = {}
    for module in new.modules.values():
        if before.get(module.identity) is module:
            continue
        for placed in placed_fields(module):
            field = placed.field
            if field.identity not in known:
                continue
            then, former = known[field.identity]
            if then.version not in words:
                words[then.version] = _present_names(then.model, new)
            former = _renamed(former, words[then.version], then.model, new)
            if needs_conversion(former, field, new.field_types):
                yield ChangedField(
                    path=placed.path,
                    version=then.version,
                    module=module,
                    table=placed.table,
                    known=former,
                    field=field,
                    way=conversion(former, field, new.field_types),
                    way_back=conversion(field, former, new.field_types),
                    entered=not isinstance(new.field_types[former.type], ComputedType),
                )


def _by_identity(model: AppModel) -> Iterator[tuple[str, FieldDef]]:
    for module in model.modules.values():
        yield from ((placed.field.identity, placed.field) for placed in placed_fields(module))


def _present_names(old: AppModel, new: AppModel) -> dict[str, str]:
    """Former → present name of the modules that are still there."""
    now = {module.identity: name for name, module in new.modules.items()}
    return {name: now[module.identity] for name, module in old.modules.items() if module.identity in now}


def _renamed(field: FieldDef, names: Mapping[str, str], old: AppModel, new: AppModel) -> FieldDef:
    """The former definition in the words of now: a module or a picklist that is only called otherwise changes no
    value."""
    if field.to:
        field = replace(field, to=tuple(names.get(name, name) for name in field.to))
    earlier = old.picklists.get(field.picklist)
    if earlier is not None and earlier.identity:
        for picklist in new.picklists.values():
            if picklist.identity == earlier.identity:
                return replace(field, picklist=picklist.name)
    return field


@dataclass(frozen=True, kw_only=True)
class Crossing:
    """How many values cannot go along, with some of them; and those that are to be unique and would not be."""

    lost: int = 0
    samples: tuple[Sample, ...] = ()
    shared: Breach | None = None


def measure_crossing(
    context: StepContext, item: ChangedField, *, back: bool, then: int | None, unfinished: bool
) -> Crossing:
    """What becomes of the values of a field whose type changes. Reads every row. The parameters are those of the
    step that brings them over."""
    conn, old = context.connection, context.past(item.version)
    source = find_place(old, item.module.identity, item.field.identity, conn.dialect)
    target = find_place(context.published, item.module.identity, item.field.identity, conn.dialect)
    assert source is not None
    assert target is not None
    assert item.way is not None
    model = context.published.model
    converter = Converter(conn, old, source.field, model, item.field, item.way, context.environment.encrypt)
    count, after = 0, 0
    samples: list[Sample] = []
    holders: dict[Any, list[int]] = {}
    held = find_held(context, item.module.identity, item.field.identity, then) if back else None
    while rows := read_cells(conn, source, held.place if held else None, after, _CHUNK, lock=False):
        after = rows[-1][0]
        became = {record_id: now for record_id, _, now in rows}
        if held:
            rows = list(changed_since(context, old, source, held, rows, unfinished=unfinished))
        for (record_id, value, _), result in zip(rows, converter.convert([row[1] for row in rows]), strict=True):
            became[record_id] = result.value
            if result.error is None:
                continue
            count += 1
            if len(samples) < SHOWN:
                params = {"label": item.field.label, **result.error.params}
                reason = fill(get_code(result.error.code).message, params)
                samples.append(Sample(id=record_id, value=converter.show(value)[:80], reason=reason))
        if item.field.unique and item.field.name in item.module.fields:
            for record_id, value in became.items():
                if value is not None:
                    holders.setdefault(target.field.unique_cell(value), []).append(record_id)
    return Crossing(lost=count, samples=tuple(samples), shared=shared_values(conn, item.table, holders))
