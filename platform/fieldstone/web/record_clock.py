"""By which clock the times of a record are told and typed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from fieldstone.metadata.definitions import ModuleDef
from fieldstone.records.occurrences import zone_for
from fieldstone.records.query_types import Record
from fieldstone.web.current import current_actor, current_model
from fieldstone.web.described import DescribedModule
from fieldstone.web.show import Shower


def clock_of(module: ModuleDef, values: Mapping[str, Any], zone: str) -> str:
    """The zone of the times of a record with these values: what takes whole days takes them where the record says,
    so that they are the same days for everybody; other times are those of the person, in `zone`."""
    occurs = module.occurs
    if occurs is None or not occurs.all_day or not values.get(occurs.all_day):
        return zone
    return zone_for(occurs, values, zone)


def whole_day_times(module: ModuleDef) -> tuple[str, ...]:
    """The fields of a module whose times are told by the clock of the record when it takes whole days."""
    occurs = module.occurs
    return (occurs.start, occurs.end) if occurs is not None and occurs.all_day else ()


def clock_fields(module: DescribedModule, paths: Collection[str]) -> tuple[str, ...]:
    """What must be read, too, to know by which clock the times among `paths` are told."""
    occurs = module.module.occurs
    if occurs is None or not set(whole_day_times(module.module)).intersection(paths):
        return ()
    return tuple(name for name in (occurs.all_day, occurs.zone) if name and module.find(name) is not None)


def record_shower(module: DescribedModule, record: Record | None) -> Shower:
    """Shows the values of one record, or of a new one, to who is here."""
    model, actor = current_model(), current_actor()
    if record is None:
        return Shower(model, actor)
    return Shower(model, actor, record.labels, zone=clock_of(module.module, record.values, actor.zone))
