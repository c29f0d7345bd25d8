"""Taking a merge back: the others return from the recycle bin, with what referred to them and still does to the record
that stayed, and its values are what they were."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import NotFoundError, ValidationError
from fieldstone.records.access import require, require_tool
from fieldstone.records.former_values import refuse_former
from fieldstone.records.history_values import decode_value
from fieldstone.records.merge import codes
from fieldstone.records.merge.kept_tables import move_kept_back
from fieldstone.records.merge.links import move_links_back
from fieldstone.records.merge.moved import Moved
from fieldstone.records.merge.order import Merged
from fieldstone.records.merge.past import require_undoable
from fieldstone.records.merge.references import Reference, take_steps, turn_references
from fieldstone.records.merge.run import TOOL, Begin
from fieldstone.records.merge.tables import fs_merge
from fieldstone.records.restore import restore
from fieldstone.records.save.formulas import compute_formulas
from fieldstone.records.save.load import read_rows
from fieldstone.records.save.program import program_for
from fieldstone.records.save.unique import check_unique
from fieldstone.records.stages import SaveRow, SaveWork


def undo_merge(begin: Begin, actor: Actor, merge_id: int) -> Merged:
    """Works once. What has been changed, linked or unlinked since is left as it is, except that nothing is undone when
    a value that the merge gave has been changed.

    Raises ForbiddenError as `merge`, NotFoundError merge.E005, record.E010 (the record that stayed is out of reach),
    ConflictError merge.E006 to E008, InvalidInputError record.E038, ValidationError (a unique value has been taken).
    """
    work = begin(actor)
    require_tool(work.published, actor, TOOL)
    found = work.connection.execute(
        sa.select(fs_merge).where(fs_merge.c.id == merge_id).with_for_update()
    ).one_or_none()
    names = {module.identity: module.name for module in work.published.model.modules.values()}
    if found is None or found.module not in names:
        raise NotFoundError(codes.NO_MERGE)
    module, others = names[found.module], [int(other) for other in json.loads(found.other_ids)]
    for right in ("edit", "delete"):
        require(work.published, actor, module, right)
    stored = read_rows(work, program_for(work, module), [found.kept_id], right="edit", exclusive=True)
    require_undoable(work, module, found, stored.get(found.kept_id))
    moved = Moved.of_text(found.moved)
    actor = actor.through(f"merge:{merge_id} {actor.via}".strip())
    _put_values_back(begin(actor), module, stored[found.kept_id], moved)
    restore(begin(actor), module, others)
    again = begin(actor)
    turn_references(again, module, _references(again, names, found.kept_id, moved))
    move_links_back(begin(actor), module, found.kept_id, moved)
    move_kept_back(work.connection, found.module, found.kept_id, moved)
    work.connection.execute(sa.update(fs_merge).where(fs_merge.c.id == merge_id).values(undone_at=work.now))
    return Merged(id=merge_id, module=module, keep=found.kept_id, others=others)


def _put_values_back(work: SaveWork, module: str, old: dict[str, Any], moved: Moved) -> None:
    """They are not validated: they may name the others, which are not back yet."""
    program = program_for(work, module)
    row = SaveRow(module=module, id=old["id"], old=old, values=dict(old))
    for identity, (before, _after) in moved.values.items():
        field = program.by_identity.get(identity)
        if field is None:  # it has been removed since
            continue
        row.values[field.name] = decode_value(field, before)
    refuse_former(program, {name: value for name, value in row.values.items() if value != old[name]})
    compute_formulas(work, program, [row], report=False)
    row.changed = {name for name, value in row.values.items() if value != old[name]}
    check_unique(work, program, [row])
    if work.problems:
        raise ValidationError(work.problems)
    take_steps(work, [row] if row.changed else [])


def _references(work: SaveWork, names: dict[str, str], kept_id: int, moved: Moved) -> list[Reference]:
    found = []
    for identity, record_id, field_identity, other in moved.references:
        program = program_for(work, names[identity]) if identity in names else None
        field = program.by_identity.get(field_identity) if program is not None else None
        if program is not None and field is not None and field.type.name == "lookup":
            name = program.module.name
            found.append(Reference(module=name, id=record_id, field=field.name, target=kept_id, to=other))
    return found
