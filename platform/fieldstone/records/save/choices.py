"""Step 7: picklist values and record types that may be chosen. What is not offered any more may stay where it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from fieldstone.expressions.evaluate import holds
from fieldstone.metadata.offering import Offering, Refusal, is_for, keys_of
from fieldstone.records import codes
from fieldstone.records.names import Names, bind
from fieldstone.records.save.program import ModuleProgram
from fieldstone.records.stages import SaveRow, SaveWork

REFUSALS: Mapping[Refusal, str] = {
    "inactive": codes.INACTIVE_VALUE,
    "record_type": codes.NOT_IN_RECORD_TYPE,
    "other": codes.NOT_WITH_OTHER,
    "condition": codes.NOT_OFFERED_NOW,
    "role": codes.NOT_FOR_ROLE,
}


def check_choices(work: SaveWork, program: ModuleProgram, rows: Sequence[SaveRow]) -> None:
    """A value is looked at where it was chosen anew, or where something that decides what is offered has changed."""
    roles = choosers(work)
    if roles is not None and program.reserved_types:
        _check_types(work, program, rows, roles)
    for offering in program.offerings.values():
        if not offering.is_free:
            _check_field(work, program, offering, rows, roles)


def choosers(work: SaveWork) -> Collection[str] | None:
    """The roles that limit what may be chosen; None for administrators, and where no person chooses."""
    if work.depth or work.actor.is_admin or work.actor.kind in ("system", "workflow"):
        return None
    return work.actor.roles


def params_of(offering: Offering, key: str) -> dict[str, Any]:
    """What the message of a refusal says."""
    other = offering.source.label if offering.source is not None else ""
    return {"label": offering.field.label, "value": key, "other": other}


def bind_conditions(
    work: SaveWork, program: ModuleProgram, offering: Offering, rows: Sequence[SaveRow]
) -> dict[int, Names]:
    """Id of a row object → the names that the conditions read, for the rows that one of them decides about."""
    name = offering.field.name
    asked = [row for row in rows if not offering.when.keys().isdisjoint(keys_of(row.values[name]))]
    names = bind(work, program.module.name, asked, list(offering.when.values())) if asked else ()
    return {id(row): found for row, found in zip(asked, names, strict=True)}


def _check_types(work: SaveWork, program: ModuleProgram, rows: Sequence[SaveRow], roles: Collection[str]) -> None:
    """A new record whose type is not sent gets one that is for them, unless there is none."""
    for row in rows:
        name = row.values["record_type"]
        kind = program.module.record_types.get(name)
        chosen = row.created or "record_type" in row.changed
        if chosen and kind is not None and "record_type" not in row.faulty and not is_for(kind, roles):
            label = program.fields["record_type"].field.label
            work.refuse(row, "record_type", codes.NOT_FOR_ROLE, label=label, value=name)


def _check_field(
    work: SaveWork,
    program: ModuleProgram,
    offering: Offering,
    rows: Sequence[SaveRow],
    roles: Collection[str] | None,
) -> None:
    name = offering.field.name
    decide = {name, "record_type", *offering.reads}
    rows = [
        row
        for row in rows
        if row.values[name] is not None
        and name not in row.faulty
        and (row.old is None or not decide.isdisjoint(row.changed))
    ]
    bound = bind_conditions(work, program, offering, rows) if offering.when else {}
    for row in rows:
        kept = keys_of(row.old[name]) if row.old is not None else ()
        # Only a person is kept from values of others: a default or a workflow may choose them.
        mine = roles if name in row.given else None
        names = bound.get(id(row), row.values)
        for key in keys_of(row.values[name]):
            why = offering.refusal(
                key, kept=key in kept, values=row.values, changed=row.changed, roles=mine,
                holds=lambda compiled, names=names: holds(compiled, names, work.context),  # type: ignore[misc]
            )  # fmt: skip
            if why is not None:
                work.refuse(row, name, REFUSALS[why], **params_of(offering, key))
