"""A workflow over what was recorded: when it would have run, for which records, and what it would have done.

The saves of the span are made again from the history, newest first, and the trigger and the condition are asked about
each. The steps are run for the newest ones that would have set it off, each taken back at once. Workflows that run on
a schedule are asked at their times, about the records as they are now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from fieldstone.jobs.cron import last_slot
from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.records.query import query_records
from fieldstone.records.query_types import Query
from fieldstone.records.service import Records
from fieldstone.records.stages import SaveRow, SaveWork
from fieldstone.workflows.compiled import CompiledWorkflow
from fieldstone.workflows.date_rule import date_rule_of
from fieldstone.workflows.rehearsal.past_links import find_past_links
from fieldstone.workflows.rehearsal.past_saves import find_past_saves
from fieldstone.workflows.rehearsal.trial import Tryout
from fieldstone.workflows.runner import Runner

MOST_EXAMINED = 5_000
MOST_SLOTS = 31
MOST_LISTED = 200
MOST_ACTED = 25

Progress = Callable[[int, int], bool]
"""Called with how many steps of how many are done; says whether to go on."""


@dataclass(frozen=True, kw_only=True)
class WouldRun:
    """A run that would have been. `row` is what the steps are run with; None when the record is not there any more."""

    record_id: int
    at: datetime
    by: int | None
    kind: str
    row: SaveRow | None


class Rehearsal:
    def __init__(self, records: Records, runner: Runner, tryout: Tryout) -> None:
        self._records = records
        self._runner = runner
        self._tryout = tryout

    def run(
        self, actor: Actor, workflow: CompiledWorkflow, days: int, now: datetime, progress: Progress
    ) -> dict[str, Any]:
        """{"since", "examined": saves (or records asked about), "whole": nothing of the span was left out, "matched":
        runs, "records": how many different ones, "runs": the newest MOST_LISTED as {"record", "at", "by", "kind",
        "gone", "steps": as in a trace or None, "refused": {"code", "params"} or None}}.

        Raises InvalidInputError workflow.E162, E163 for one that only a button, or another system, sets off.
        """
        if workflow.definition.on in ("manual", "webhook"):
            raise InvalidInputError("workflow.E162" if workflow.definition.on == "manual" else "workflow.E163")
        since = now - timedelta(days=days)
        with self._records.models.read() as (conn, published):
            work = self._tryout.begin(conn, published, actor)
            if workflow.trigger.links:
                examined, whole, found = self._by_links(work, workflow, since)
            elif workflow.trigger.picks is None:
                examined, whole, found = self._by_schedule(work, workflow, since, now)
            else:
                examined, whole, found = self._by_saves(work, workflow, since)
        runs = []
        acting = [each for each in found if each.row is not None][:MOST_ACTED]
        for done, each in enumerate(found[:MOST_LISTED]):
            entry = {
                "record": each.record_id, "at": each.at.isoformat(), "by": each.by, "kind": each.kind,
                "gone": each.row is None, "steps": None, "refused": None,
            }  # fmt: skip
            if each in acting and each.row is not None:
                if not progress(done, len(acting)):
                    break
                acted = self._tryout.act(actor, workflow, each.row)
                entry["steps"] = list(acted.steps)
                if acted.refused is not None:
                    params = {name: str(value) for name, value in acted.refused.params.items()}
                    entry["refused"] = {"code": acted.refused.code, "params": params}
            runs.append(entry)
        return {
            "since": since.isoformat(), "examined": examined, "whole": whole, "matched": len(found),
            "records": len({each.record_id for each in found}), "runs": runs,
        }  # fmt: skip

    def _by_saves(
        self, work: SaveWork, workflow: CompiledWorkflow, since: datetime
    ) -> tuple[int, bool, list[WouldRun]]:
        saves = find_past_saves(work, workflow.module.name, since=since, limit=MOST_EXAMINED)
        found = []
        for save in saves:
            # As of then: conditions may ask what time it is.
            then = replace(work, now=save.at, context=replace(work.context, now=save.at))
            if self._runner.matching(then, workflow, [save.row]):
                row = None if save.gone else save.row
                found.append(WouldRun(record_id=save.row.id, at=save.at, by=save.by, kind=save.kind, row=row))
        return len(saves), len(saves) < MOST_EXAMINED, found

    def _by_links(
        self, work: SaveWork, workflow: CompiledWorkflow, since: datetime
    ) -> tuple[int, bool, list[WouldRun]]:
        links, examined = find_past_links(work, workflow, since=since, limit=MOST_EXAMINED)
        found = []
        for link in links:
            then = replace(work, now=link.at, context=replace(work.context, now=link.at))
            if workflow.condition is None or self._runner.holding(then, workflow, workflow.condition, [link.row]):
                found.append(WouldRun(record_id=link.row.id, at=link.at, by=link.by, kind=link.kind, row=link.row))
        return examined, examined < MOST_EXAMINED, found

    def _by_schedule(
        self, work: SaveWork, workflow: CompiledWorkflow, since: datetime, now: datetime
    ) -> tuple[int, bool, list[WouldRun]]:
        definition = workflow.definition
        found: list[WouldRun] = []
        examined, whole = 0, True
        if "cron" in definition.schedule:
            slots = list(_slots(str(definition.schedule["cron"]), work.published.model.app.zone, since, now))
            whole = len(slots) <= MOST_SLOTS
            asked = [(slot, definition.condition) for slot in slots[:MOST_SLOTS]]
        else:
            rule = date_rule_of(work.published, definition)
            where = rule.where(since, now)
            asked = [(now, f"({definition.condition}) and {where}" if definition.condition else where)]
        for slot, where in asked:
            for values in self._records_for(work, workflow, where, slot, MOST_EXAMINED - examined):
                examined += 1
                at: datetime | None = slot
                if "field" in definition.schedule:
                    at = rule.find_slot(values[rule.field], since, now)
                if at is not None:
                    row = SaveRow(module=workflow.module.name, id=values["id"], values=values, old=dict(values))
                    found.append(WouldRun(record_id=row.id, at=at, by=None, kind="schedule", row=row))
        found.sort(key=lambda each: each.at, reverse=True)
        return examined, whole and examined < MOST_EXAMINED, found

    def _records_for(
        self, work: SaveWork, workflow: CompiledWorkflow, where: str, now: datetime, most: int
    ) -> Iterator[dict[str, Any]]:
        module, cursor = workflow.module.name, ""
        while most > 0:
            query = Query(where=where, sort=("id",), limit=min(500, most), cursor=cursor)
            page = query_records(work.connection, work.published, work.actor, module, query, now=now)
            for record in page.records:
                yield {**record.values, "id": record.id}
            most -= len(page.records)
            cursor = page.next_cursor
            if not cursor:
                return


def _slots(cron: str, zone: str, since: datetime, now: datetime) -> Iterator[datetime]:
    """The newest first; one more than are asked about, at most."""
    moment = last_slot(cron, zone, now)
    for _ in range(MOST_SLOTS + 1):
        if moment <= since:
            return
        yield moment
        moment = last_slot(cron, zone, moment - timedelta(seconds=1))
