"""Imports into what is there already: what they do with it, and that all of it can be taken back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fieldstone.kernel.actors import SYSTEM
from fieldstone.records.changes import RecordChange
from fieldstone.records.query_types import Query
from fieldstone.runtime.site import Site
from flows.command import Command
from flows.site_dump import COUNTERS, IMPORTS, dump_site

APART = (*IMPORTS, *COUNTERS)

FIRST = """\
name,industry,employees,website,parent
Acme,technology,10,https://acme.example,
Bolt,retail,20,,Acme
Crane,,30,https://crane.example,Acme
"""
SECOND = """\
name,industry,employees,website,parent
Acme,retail,11,,
Bolt,retail,20,https://bolt.example,Acme
Drill,technology,40,,Bolt
"""


@pytest.fixture
def first(command: Command, tmp_path: Path) -> Path:
    path = tmp_path / "first.csv"
    path.write_text(FIRST)
    command("import", "organization", path, "--key", "name")
    return path


@pytest.fixture
def second(tmp_path: Path) -> Path:
    path = tmp_path / "second.csv"
    path.write_text(SECOND)
    return path


def _values(command: Command) -> dict[str, tuple[str, str, str]]:
    site = Site.open(command.site)
    try:
        fields = ("name", "industry", "employees", "website")
        page = site.records.query(SYSTEM, "organization", Query(fields=fields, sort=("id",)))
        return {
            each.values["name"]: (
                each.values["industry"] or "",
                str(each.values["employees"] or ""),
                each.values["website"] or "",
            )
            for each in page.records
        }
    finally:
        site.close()


OUTCOMES = {
    "skip": ((1, 0, 0, 2), {"Acme": ("technology", "10", "https://acme.example"), "Bolt": ("retail", "20", "")}),
    "overwrite": ((1, 2, 0, 0), {"Acme": ("retail", "11", ""), "Bolt": ("retail", "20", "https://bolt.example")}),
    "merge": (
        (1, 1, 1, 0),
        {"Acme": ("technology", "10", "https://acme.example"), "Bolt": ("retail", "20", "https://bolt.example")},
    ),
}


@pytest.mark.parametrize("choice", OUTCOMES)
def test_duplicates_and_taking_it_back(command: Command, first: Path, second: Path, choice: str) -> None:
    """Created, changed and left alone as chosen; after the undo every table is as it was."""
    before = dump_site(command.site, without=APART)
    everything = dump_site(command.site, without=COUNTERS)
    words = ("import", "organization", second, "--key", "name", "--on-duplicate", choice, "--json")

    dry = command(*words, "--dry-run").json
    assert dump_site(command.site, without=COUNTERS) == everything
    report = command(*words).json
    assert dry == report | {"import": None}
    counts, values = OUTCOMES[choice]
    assert (report["created"], report["updated"], report["unchanged"], report["skipped"]) == counts
    assert {name: each for name, each in _values(command).items() if name in values} == values
    assert list(_values(command)) == ["Acme", "Bolt", "Crane", "Drill"]

    again = command(*words).json
    assert (again["created"], again["updated"], again["failed"]) == (0, 0, 0)
    command("imports", "undo", str(again["import"]))
    answer = command("imports", "undo", str(report["import"]))
    assert "1 record removed" in answer.output
    assert dump_site(command.site, without=APART) == before
    answer = command("imports", "undo", str(report["import"]), exit_code=1)
    assert "undone" in answer.errors


def test_another_one_for_each_row(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    path.write_text("name,email\nAnna Snelling,anna@acme.example\n")
    command("import", "contact", path)
    before = dump_site(command.site, without=APART)
    skipped = command("import", "contact", path, "--json").json
    assert (skipped["created"], skipped["skipped"]) == (0, 1)
    more = command("import", "contact", path, "--on-duplicate", "create", "--json").json
    assert (more["created"], more["skipped"]) == (1, 0)
    command("imports", "undo", str(more["import"]))
    assert dump_site(command.site, without=APART) == before


def test_a_second_run_with_the_key_changes_nothing(command: Command, first: Path) -> None:
    before = dump_site(command.site, without=APART)
    report = command("import", "organization", first, "--key", "name", "--json").json
    assert (report["unchanged"], report["created"], report["updated"]) == (3, 0, 0)
    assert dump_site(command.site, without=APART) == before


def test_what_workflows_did_is_taken_back_too(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text("name,stage,amount\nBig,prospecting,100\nSmall,prospecting,50\n")
    command("import", "opportunity", path, "--key", "name")
    before = dump_site(command.site, without=APART)
    path.write_text("name,stage,amount\nBig,won,100\nSmall,proposal,60\n")
    report = command("import", "opportunity", path, "--key", "name", "--json").json
    assert report["updated"] == 2
    after = dump_site(command.site)
    assert len(after["task"]) == 2  # thank for the order, follow up on the proposal
    command("imports", "undo", str(report["import"]))
    undone = dump_site(command.site, without=APART)
    # What was sent or traced did happen; records, history and search are as before.
    happened = ("fs_job", "fs_run", "fs_notification", "fs_fired", "fs_turn")
    for name in before:
        if name not in happened:
            assert undone[name] == before[name], name

    path.write_text("name,stage,amount\nBig,lost,100\n")
    quiet = command("import", "opportunity", path, "--key", "name", "--no-workflows", "--json").json
    assert quiet["updated"] == 1
    assert not dump_site(command.site)["task"]


def test_an_undo_is_refused_when_records_were_edited_since(command: Command, first: Path, second: Path) -> None:
    report = command("import", "organization", second, "--key", "name", "--json").json
    site = Site.open(command.site)
    try:
        (acme,) = site.records.query(SYSTEM, "organization", Query(where="name == 'Acme'")).records
        site.records.save(
            site.accounts.operator(), [RecordChange(module="organization", id=acme.id, values={"employees": 12})]
        )
    finally:
        site.close()
    before = dump_site(command.site)
    answer = command("imports", "undo", str(report["import"]), exit_code=1)
    assert "Acme" in answer.errors
    assert dump_site(command.site) == before


def test_an_undo_is_refused_when_what_it_made_is_used_since(command: Command, first: Path, second: Path) -> None:
    report = command("import", "organization", second, "--key", "name", "--json").json
    site = Site.open(command.site)
    try:
        (drill,) = site.records.query(SYSTEM, "organization", Query(where="name == 'Drill'")).records
        site.records.save(
            site.accounts.operator(),
            [RecordChange(module="contact", values={"name": "Anna Snelling", "organization": drill.id})],
        )
    finally:
        site.close()
    before = dump_site(command.site)
    answer = command("imports", "undo", str(report["import"]), exit_code=1)
    assert "Anna Snelling" in answer.errors
    assert dump_site(command.site) == before


def test_a_worker_runs_cancels_and_resumes_an_import(command: Command, tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("name\n" + "".join(f"Company {n}\n" for n in range(600)))
    site = Site.open(command.site)
    try:
        actor = site.accounts.operator()
        started = site.imports.start(actor, "organization", rows)
        site.imports.enqueue(actor, started.id)
        stop_after = iter([False, False, True])
        report = site.imports.run(started.id, cancelled=lambda: next(stop_after, True))
        assert report.state == "paused"
        assert 0 < report.created < 600

        worker = site.worker()
        assert worker.run_once()
        done = site.imports.get(actor, started.id)
        assert (done.state, done.report.created) == ("done", 600)

        # Cancelled while it waits: no worker takes it; taken up again, it is run.
        rows.write_text("name\n" + "".join(f"Firm {n}\n" for n in range(10)))
        waiting = site.imports.start(actor, "organization", rows)
        site.imports.enqueue(actor, waiting.id)
        (job,) = site.jobs.list(state="queued", kind="import.run")
        site.jobs.cancel(job.id)
        while worker.run_once():
            pass
        assert site.imports.get(actor, waiting.id).report.created == 0
        site.imports.enqueue(actor, waiting.id)
        assert worker.run_once()
        assert site.imports.get(actor, waiting.id).report.created == 10
    finally:
        site.close()
    assert command("imports", "list", "--json").json[0]["state"] == "done"


def test_values_are_read_as_others_and_the_mapping_can_be_kept(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "accounts.csv"
    path.write_bytes("公司;行业;人数\n北京科技;技术;12\n上海贸易;零售;7\n".encode("gb18030"))
    maps = ("--map", "公司=name", "--map", "行业=industry", "--map", "人数=employees")
    values = ("--value", "industry:技术=technology", "--value", "industry:零售=retail")
    refused = command("import", "organization", path, *maps, "--json", exit_code=1).json
    assert (refused["created"], refused["failed"]) == (0, 2)
    report = command("import", "organization", path, *maps, *values, "--json").json
    assert (report["created"], report["failed"]) == (2, 0)
    assert _values(command)["北京科技"] == ("technology", "12", "")
    kept = command("imports", "show", str(report["import"]), "--json").json
    mapping = tmp_path / "mapping.json"
    mapping.write_text(json.dumps(kept))
    again = command("import", "organization", path, "--mapping", mapping, *values, "--key", "name", "--json").json
    assert (again["unchanged"], again["created"]) == (2, 0)
