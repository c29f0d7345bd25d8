"""Give the record to a user or a team."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from fieldstone.expressions.compiled import compile_expression
from fieldstone.records.changes import RecordChange
from fieldstone.records.stages import SaveRow
from fieldstone.workflows.action import Action, Schema
from fieldstone.workflows.assignee import find_assignee
from fieldstone.workflows.batch import Batch
from fieldstone.workflows.least_busy import find_least_busy
from fieldstone.workflows.recipients import Recipient, find_people, parse_recipients
from fieldstone.workflows.round_robin import take_turns
from fieldstone.workflows.step_scope import StepScope
from fieldstone.workflows.trace import DONE, SKIPPED


@dataclass(frozen=True, kw_only=True)
class AssignPlan:
    """`to` is one principal; else the users of `pool` take turns, or with `least_busy` the one who owns the fewest
    records for which `counted` holds."""

    to: Recipient | None
    pool: tuple[Recipient, ...]
    least_busy: bool = False
    counted: str = ""


class Assign(Action):
    name = "assign"
    label = "Assign"
    help = "Sets the owner: one user or team, the next of several in turn, or of several who owns the fewest records."
    schema: ClassVar[Schema] = {
        "type": "object",
        "additionalProperties": False,
        "oneOf": [{"required": ["to"]}, {"required": ["round_robin"]}, {"required": ["least_busy"]}],
        "dependentRequired": {"counted": ["least_busy"]},
        "properties": {
            "to": {"type": "string", "description": "actor, user:<name> or team:<name>."},
            "round_robin": {
                "type": "array",
                "minItems": 1,
                "items": {"type": "string"},
                "description": "user:<name>, role:<name> or team:<name>; their users take turns.",
            },
            "least_busy": {
                "type": "array",
                "minItems": 1,
                "items": {"type": "string"},
                "description": "user:<name>, role:<name> or team:<name>; who owns the fewest records of the module.",
            },
            "counted": {
                "type": "string",
                "minLength": 1,
                "description": "With least_busy: which records count, a condition such as `stage != 'won'`.",
            },
        },
    }

    def compile(self, scope: StepScope, options: Any) -> AssignPlan:
        several = options.get("round_robin") or options.get("least_busy")
        if several:
            pool = parse_recipients(scope, several, people_only=True)
            if any(item.kind in ("owner", "actor") for item in pool):
                scope.unusable("only user:, role: and team: can take turns.")
            counted = str(options.get("counted", ""))
            if counted:
                compile_expression(counted, scope.plain_names, expected="boolean")
            return AssignPlan(to=None, pool=pool, least_busy="least_busy" in options, counted=counted)
        to = parse_recipients(scope, [str(options["to"])], people_only=True)
        if any(item.kind in ("owner", "role") for item in to):
            scope.unusable("a record belongs to a user or a team.")
        return AssignPlan(to=to[0] if to else None, pool=())

    def run(self, batch: Batch, plan: AssignPlan) -> None:
        changes = []
        for row, owner in zip(batch.rows, self._owners(batch, plan), strict=True):
            if owner is None:
                batch.note(row, SKIPPED, reason="there is nobody to assign to")
            elif row.values.get("owner") == owner:
                batch.note(row, SKIPPED, reason="it belongs to them already")
            else:
                batch.note(row, DONE, owner=owner)
                changes.append(RecordChange(module=row.module, id=row.id, values={"owner": owner}))
        if changes:
            batch.save(changes)
            batch.reload()

    def _owners(self, batch: Batch, plan: AssignPlan) -> Sequence[int | None]:
        rows: Sequence[SaveRow] = batch.rows
        if plan.to is not None:
            assignee = find_assignee(batch, plan.to)
            return [assignee(row) for row in rows]
        conn = batch.work.connection
        users = dict.fromkeys(person.user_id for item in plan.pool for person in find_people(conn, item))
        pool = [id for id in users if id is not None]
        if plan.least_busy:
            return find_least_busy(batch, pool, plan.counted, len(rows))
        return take_turns(conn, batch.workflow.via, pool, len(rows))
