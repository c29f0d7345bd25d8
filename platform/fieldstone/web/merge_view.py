"""What the page of a merge shows: the records side by side, field by field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from fieldstone.records.merge.order import choosable_fields
from fieldstone.records.query_types import Record
from fieldstone.web.current import current_actor, current_model, current_published, current_records
from fieldstone.web.described import DescribedField, DescribedModule, describe
from fieldstone.web.i18n import gettext
from fieldstone.web.labels import value_labels
from fieldstone.web.numbers import grouped
from fieldstone.web.show import Shower


@dataclass(frozen=True, kw_only=True)
class MergeColumn:
    """One record. `moving`: what would move from it, in words, "" for nothing."""

    id: int
    version: int
    label: str
    moving: str
    created: Markup
    modified: Markup


@dataclass(frozen=True, kw_only=True)
class MergeValue:
    id: int
    shown: Markup
    empty: bool


@dataclass(frozen=True, kw_only=True)
class MergeRow:
    """One field: its value in each record, and the record whose value is `chosen`."""

    field: DescribedField
    values: Sequence[MergeValue]
    chosen: int


@dataclass(frozen=True, kw_only=True)
class MergeView:
    """`differing` are to be looked at, `same` have the same in all records."""

    columns: Sequence[MergeColumn]
    keep: int
    differing: Sequence[MergeRow]
    same: Sequence[MergeRow]


def merge_view(
    module: DescribedModule, records: Sequence[Record], *, keep: int | None = None, choices: Mapping[str, int]
) -> MergeView:
    """`keep` and `choices` as somebody has chosen already; else the record stays to which most refers, and of each
    field that is empty there the first value is taken."""
    actor, ids = current_actor(), [record.id for record in records]
    counts = {id: current_records().moving(actor, module.name, id, ids) for id in ids}
    if keep not in counts:
        keep = min(ids, key=lambda id: (-sum(counts[id].values()), id))
    names = choosable_fields(current_published(), actor, module.name)
    fields = [field for name in names if (field := module.find(name)) is not None and not field.coming]
    stamps = [module.field(name) for name in ("created_at", "modified_at") if module.find(name)]
    shower = Shower(current_model(), actor)
    shower.with_labels(value_labels((field, record.values.get(field.name)) for field in fields for record in records))
    rows = [_row(field, records, shower, keep, choices.get(field.name)) for field in fields]
    columns = [
        MergeColumn(
            id=record.id,
            version=record.version,
            label=shower.text(module.name_field, record.values.get(module.module.name_field)) or f"#{record.id}",
            moving=_moving(counts[record.id]),
            created=_stamp(shower, stamps, "created_at", record),
            modified=_stamp(shower, stamps, "modified_at", record),
        )
        for record in records
    ]
    return MergeView(
        columns=columns,
        keep=keep,
        differing=[row for row in rows if not _is_same(row)],
        same=[row for row in rows if _is_same(row) and not row.values[0].empty],
    )


def _row(field: DescribedField, records: Sequence[Record], shower: Shower, keep: int, chosen: int | None) -> MergeRow:
    values = []
    for record in records:
        value = record.values.get(field.name)
        empty = value is None or value == "" or value == ()
        values.append(MergeValue(id=record.id, shown=shower.value(field, value), empty=empty))
    if chosen not in [each.id for each in values]:
        kept = next(each for each in values if each.id == keep)
        chosen = next((each.id for each in values if not each.empty), keep) if kept.empty else keep
    assert chosen is not None
    return MergeRow(field=field, values=values, chosen=chosen)


def _is_same(row: MergeRow) -> bool:
    return len({(each.empty, each.shown) for each in row.values}) == 1


def _moving(counts: Mapping[str, int]) -> str:
    """ "4 tasks, 2 comments"."""
    actor, parts = current_actor(), []
    for name, count in counts.items():
        module = describe(current_published(), name, actor)
        noun = module.noun if count == 1 else module.nouns
        parts.append(gettext("%(count)s %(noun)s", count=grouped(count), noun=noun))
    return gettext(", ").join(parts)


def _stamp(shower: Shower, stamps: Sequence[DescribedField], name: str, record: Record) -> Markup:
    field = next((each for each in stamps if each.name == name), None)
    return Markup("") if field is None else shower.value(field, record.values.get(name))
