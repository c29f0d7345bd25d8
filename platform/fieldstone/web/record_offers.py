"""Which values of a picklist field records can be given where they stand: as columns of a board, as steps of a path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fieldstone.kernel.errors import FieldProblem
from fieldstone.metadata.offering import Refusal
from fieldstone.records.query_types import Record
from fieldstone.records.save.choices import REFUSALS, params_of
from fieldstone.web.current import current_actor, current_published
from fieldstone.web.described import DescribedField, DescribedModule
from fieldstone.web.forms.conditions import FieldStates, offerings
from fieldstone.web.forms.offers import Offers
from fieldstone.web.reach import reach_of
from fieldstone.web.words import word_problem


def needed_paths(module: DescribedModule, field: DescribedField) -> list[str]:
    """What must be read of records for `refusals`, of what the person may know."""
    offering = offerings(current_published(), module.name).get(field.name)
    if offering is None or offering.is_free:
        return []
    paths = [path[1:] if path[0] == "old" else path for each in offering.when.values() for path in each.paths]
    names = [".".join(path) if module.find(".".join(path)) else path[0] for path in paths if path[0] != "user"]
    names += [offering.source.name] if offering.source is not None else []
    names += ["record_type"] if offering.limits else []
    return [name for name in dict.fromkeys(names) if module.find(name) is not None]


def refusals(
    module: DescribedModule, field: DescribedField, records: Sequence[Record], *, known: bool = False
) -> Mapping[int, Mapping[str, Refusal]]:
    """Id → value → why the record cannot be given it as it stands. What it has is no choice.

    `known`: the records have all of `needed_paths`, so that nothing is looked up.
    """
    published, actor = current_published(), current_actor()
    offering = offerings(published, module.name).get(field.name)
    if offering is None or offering.is_free:
        return {record.id: {} for record in records}
    found = {}
    for record in records:
        reach = _nothing if known else reach_of(actor)
        states = FieldStates(published, module, actor, record.values, before=record.values, reach=reach)
        offers = Offers({field.name: offering}, states, actor, record.values, record.values)
        others = [key for key in offering.values if key != record.values.get(field.path)]
        found[record.id] = {key: why for key in others if (why := offers.refusal(field.name, key)) is not None}
    return found


def word_refusal(module: DescribedModule, field: DescribedField, key: str, why: Refusal) -> str:
    offering = offerings(current_published(), module.name)[field.name]
    return word_problem(FieldProblem(field=field.name, code=REFUSALS[why], params=params_of(offering, key)), module)


def _nothing(module: str, record_id: int, path: str) -> Any:
    return None
