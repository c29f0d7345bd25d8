"""Emptying the recycle bin: records that were deleted are removed for good."""

from __future__ import annotations

from collections.abc import Sequence

from fieldstone.kernel.errors import FieldProblem, NotFoundError, ValidationError
from fieldstone.records import codes
from fieldstone.records.access import require
from fieldstone.records.erase import erase_rows
from fieldstone.records.referrers import referrers_to
from fieldstone.records.save.load import read_rows
from fieldstone.records.save.program import program_for
from fieldstone.records.stages import SaveWork


def purge(work: SaveWork, module: str, ids: Sequence[int]) -> None:
    """Raises NotFoundError record.E032 for what is not in the bin, ValidationError record.E030 while live
    records refer to it."""
    require(work.published, work.actor, module, "delete")
    program = program_for(work, module)
    stored = read_rows(work, program, ids, right="delete", deleted=True, exclusive=True)
    for record_id in ids:
        if record_id not in stored:
            raise NotFoundError(codes.NOT_IN_BIN, module=module, id=record_id)
    problems = []
    for referrer in referrers_to(work.published, module):
        used = referrer.find(work.connection, work.published, ids)
        if used:
            other = work.published.model.modules[referrer.module]
            label = str(stored[used[0][1]][program.module.name_field] or f"#{used[0][1]}")
            params: dict[str, object] = {"label": label, "plural": other.plural}
            problems.append(FieldProblem(field="", code=codes.RESTRICTED, params=params))
    if problems:
        raise ValidationError(problems)
    erase_rows(work, module, ids)
