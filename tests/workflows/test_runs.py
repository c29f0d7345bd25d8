"""The runs of all workflows, found for whoever looks after the site."""

from __future__ import annotations

from datetime import UTC, datetime

from fieldstone.kernel.actors import Actor
from fieldstone.storage.database import Database
from fieldstone.workflows.runs import find_run, list_site_runs
from fieldstone.workflows.trace import FAILED, RunTrace, store_runs

NOW = datetime(2031, 3, 1, tzinfo=UTC)


def _store(database: Database, module: str, workflow: str, *outcomes: str) -> None:
    traces = []
    for number, outcome in enumerate(outcomes, 1):
        trace = RunTrace(record_id=number)
        trace.add("email", outcome, {"to": "陈小明"})
        traces.append(trace)
    database.transact(
        lambda conn: store_runs(
            conn, traces, module=module, workflow=workflow, condition="a > 1", trigger="created", path=[workflow],
            actor=Actor(user_id=7), at=NOW,
        )
    )  # fmt: skip


def test_runs_are_found_newest_first_and_by_what_they_were(database: Database) -> None:
    _store(database, "71", "greet", "done", "failed", "done")
    _store(database, "72", "greet", "done")
    with database.read() as conn:
        every = list_site_runs(conn)
        assert [(run.module, run.record_id) for run in every] == [("72", 1), ("71", 3), ("71", 2), ("71", 1)]
        assert [run.id for run in list_site_runs(conn, limit=2)] == [run.id for run in every[:2]]
        assert list_site_runs(conn, before=every[1].id) == every[2:]
        assert list_site_runs(conn, module="72") == every[:1]
        assert list_site_runs(conn, workflow="other") == []
        (failed,) = list_site_runs(conn, outcome=FAILED)
        assert find_run(conn, failed.id) == failed
        assert find_run(conn, 999) is None
    assert failed.trace["condition"] == "a > 1"
    assert failed.trace["steps"] == [{"action": "email", "outcome": "failed", "to": "陈小明"}]
    assert (failed.actor, failed.at) == (7, NOW)
