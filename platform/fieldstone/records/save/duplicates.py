"""Step 7: records that look like others, by the fields the module names, folded; within the save too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fieldstone.records import codes
from fieldstone.records.access import can_read_field, has_right
from fieldstone.records.changes import DuplicateMatch, DuplicateWarning
from fieldstone.records.save.keys import find_by_key, key_of, visible_labels
from fieldstone.records.save.program import ModuleProgram
from fieldstone.records.stages import SaveRow, SaveWork

Key = tuple[Any, ...]


def check_duplicates(work: SaveWork, program: ModuleProgram, rows: Sequence[SaveRow]) -> None:
    """A record with one of the fields empty looks like no other. `warn` asks a person, so it does not
    hold up a save that a workflow makes."""
    rule = program.module.duplicates
    if rule is None or work.options.duplicates == "ignore":
        return
    if rule.on_match == "warn" and (work.options.ignore_duplicate_warning or work.depth):
        return
    fields = [program.fields[name] for name in rule.match]
    keyed: dict[Key, list[SaveRow]] = {}
    for row in rows:
        if row.changed.isdisjoint(rule.match) or not row.faulty.isdisjoint(rule.match):
            continue
        key = tuple(key_of(field, row.values[field.name]) for field in fields)
        if None not in key:
            keyed.setdefault(key, []).append(row)
    if not keyed:
        return
    stored: dict[Key, list[int]] = {}
    for record_id, *parts in find_by_key(work, program, fields, {key[0] for key in keyed}):
        key = tuple(parts)
        here = work.index.get((program.module.name, record_id))
        if key in keyed and (here is None or here.changed.isdisjoint(rule.match)):
            stored.setdefault(key, []).append(record_id)
    ids = {record_id for found in stored.values() for record_id in found}
    may_look = bool(ids) and has_right(work.published, work.actor, program.module.name, "view")
    # That two records have the same in a field would tell its value.
    may_look = may_look and all(
        can_read_field(work.published, work.actor, program.module.name, name) for name in rule.match
    )
    labels = visible_labels(work, program, ids) if may_look else {}
    for key, alike in keyed.items():
        for position, row in enumerate(alike):
            matches = [DuplicateMatch(id=id, label=labels[id]) for id in stored.get(key, ()) if id in labels]
            hidden = len(stored.get(key, ())) - len(matches)
            if position:
                matches.append(DuplicateMatch(id=None, row=alike[0].index))
            if matches or hidden:
                _report(work, row, tuple(matches), hidden, block=rule.on_match == "block")


def _report(work: SaveWork, row: SaveRow, matches: tuple[DuplicateMatch, ...], hidden: int, *, block: bool) -> None:
    if not block:
        row.failed = row.failed or work.options.partial
        work.warnings.append(DuplicateWarning(row=row.index, matches=matches, hidden=hidden))
        return
    known = next((match for match in matches if match.id is not None), None)
    if known is not None:
        work.refuse(row, "", codes.DUPLICATE, other=known.label, id=known.id, module=row.module)
    elif hidden:
        work.refuse(row, "", codes.DUPLICATE_HIDDEN)
    else:
        work.refuse(row, "", codes.DUPLICATE_HERE)
