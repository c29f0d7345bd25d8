"""Let what follows come later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from fieldstone.expressions.compiled import CompiledExpression
from fieldstone.workflows.action import Schema
from fieldstone.workflows.actions.span import SPAN_SCHEMA, count_from
from fieldstone.workflows.batch import Batch
from fieldstone.workflows.step_scope import StepScope
from fieldstone.workflows.trace import DONE, SKIPPED
from fieldstone.workflows.waiting.pause import PausingAction, Woken


@dataclass(frozen=True, kw_only=True)
class WaitPlan:
    """Until `until`; or a `span` from now, or after (`sign` 1) or before (-1) the date in `field`."""

    span: Mapping[str, Any]
    field: str
    sign: int
    until: CompiledExpression | None
    only_if: CompiledExpression | None

    @property
    def follows_record(self) -> bool:
        return bool(self.field) or self.until is not None


class Wait(PausingAction):
    name = "wait"
    label = "Wait"
    help = (
        "The steps that follow run later, on the record as it is then: after a span, or at a time of the record. One "
        "that has moved later meanwhile is waited for. A time that is past holds nothing up; without one the run ends."
    )
    schema: ClassVar[Schema] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "for": {**SPAN_SCHEMA, "description": "How long: one of minutes, hours, days and weeks."},
            "after": {"type": "string", "minLength": 1, "description": "The date field to count from instead of now."},
            "before": {"type": "string", "minLength": 1, "description": "The date field before which it is."},
            "until": {
                "type": "string",
                "minLength": 1,
                "description": "Instead of all that: an expression that gives a date or a time.",
            },
            "only_if": {
                "type": "string",
                "minLength": 1,
                "description": "A condition that is asked when the time has come; the run ends where it does not hold.",
            },
        },
        "oneOf": [{"required": ["for"]}, {"required": ["until"]}],
    }

    def compile(self, scope: StepScope, options: Any) -> WaitPlan:
        after, before = str(options.get("after", "")), str(options.get("before", ""))
        if after and before:
            scope.unusable("it counts from `after` or from `before`, not from both.")
        if (after or before) and "until" in options:
            scope.unusable("`until` says the time itself: leave `after` and `before` out.")
        field = scope.find_field(after or before) if after or before else None
        if field is not None and field.type not in ("date", "datetime"):
            scope.unusable(f"{field.name} is not a date.")
        until = scope.expression(options["until"]) if "until" in options else None
        if until is not None and until.type.kind not in ("date", "datetime"):
            scope.unusable("`until` gives no date and no time.")
        only_if = scope.expression(options["only_if"], expected="boolean") if "only_if" in options else None
        return WaitPlan(
            span=options.get("for", {}), field=after or before, sign=-1 if before else 1, until=until, only_if=only_if
        )

    def run(self, batch: Batch, plan: WaitPlan) -> None:
        for row, until in zip(batch.rows, _moments(batch, plan), strict=True):
            if until is None:
                batch.stop(row, SKIPPED, "the time to wait for is empty, so the run ends here")
            elif until <= batch.work.now:
                batch.note(row, DONE, until=_told(until), reason="that time is past")
            else:
                batch.pause(row, until, until=_told(until))

    def wake(self, batch: Batch, plan: WaitPlan, woken: Mapping[int, Woken]) -> None:
        holding = (
            [each["only_if"] is True for each in batch.evaluate({"only_if": plan.only_if})]
            if plan.only_if is not None
            else [True] * len(batch.rows)
        )
        moments = _moments(batch, plan) if plan.follows_record else [None] * len(batch.rows)
        for row, holds, until in zip(batch.rows, holding, moments, strict=True):
            if not holds:
                batch.stop(row, SKIPPED, "its condition no longer holds, so the run ends here")
            elif until is not None and until > batch.work.now and not woken[row.id].at_once:
                batch.pause(row, until, until=_told(until), reason="that time has moved")


def _moments(batch: Batch, plan: WaitPlan) -> Sequence[datetime | None]:
    zone = batch.work.published.model.app.zone
    if plan.until is not None:
        return [_moment(each["until"], zone) for each in batch.evaluate({"until": plan.until})]
    starts = [row.values.get(plan.field) for row in batch.rows] if plan.field else [batch.work.now] * len(batch.rows)
    return [count_from(start, plan.span, zone, sign=plan.sign) if isinstance(start, date) else None for start in starts]


def _moment(value: Any, zone: str) -> datetime | None:
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if isinstance(value, date):
        return datetime.combine(value, time(), ZoneInfo(zone)).astimezone(UTC)
    return None


def _told(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="minutes")
