"""Background work, imports and the server from the command line."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import sqlalchemy as sa

from fieldstone.jobs.tables import fs_job
from fieldstone.runtime.site import Site
from flows.command import Command


def test_imports_are_listed_shown_and_undone(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "organizations.csv"
    file.write_text("name,annual_revenue\nAcme,5\nBolt,many\n")
    report = command("import", "organization", file, "--json", exit_code=1).json
    assert (report["created"], report["failed"]) == (1, 1)
    number = report["import"]
    assert [each["import"] for each in command("imports", "list", "--json").json] == [number]
    assert re.search(rf"^{number} +organization +organizations.csv", command("imports", "list").output, re.MULTILINE)
    shown = command("imports", "show", str(number), "--json").json
    assert shown["mapping"]["name"] == "name"
    assert command("imports", "undo", str(number), "--json").json == {"import": number, "removed": 1, "reverted": 0}
    assert command("export", "organization", "--format", "json").json == []
    for verb in ("show", "resume", "undo"):
        assert "no import 99" in command("imports", verb, "99", exit_code=1).errors


def test_what_was_decided_is_kept_for_the_next_file(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "deals.csv"
    file.write_text("Deal,Where,Closes\nAcme,talks,03/04/2001\n")
    chosen = ("--map", "Deal=name", "--map", "Where=stage", "--map", "Closes=close_date")
    decided = ("--value", "stage:talks=negotiation", "--key", "name", "--date-format", "dmy")
    number = command("import", "opportunity", file, *chosen, *decided, "--json").json["import"]
    saved = command("imports", "save-map", str(number), " Monthly  list ", "--shared").output
    assert saved.endswith("--saved-map 'Monthly list'\n")
    (kept,) = command("imports", "maps", "opportunity", "--json").json
    assert (kept["name"], kept["shared"], kept["columns"]) == ("Monthly list", True, ["Deal", "Where", "Closes"])
    assert "Monthly list" in command("imports", "maps", "opportunity").output

    file.write_text("Closes,Deal,Where\n05/04/2001,Acme,talks\n06/04/2001,Bolt,talks\n")
    report = command("import", "opportunity", file, "--saved-map", "Monthly list", "--json").json
    assert (report["created"], report["updated"], report["failed"]) == (1, 1, 0)
    file.write_text("Closes,Deal\n07/08/2001,Acme\n")
    command("import", "opportunity", file, "--saved-map", "Monthly list", "--date-format", "mdy")
    found = command("export", "opportunity", "--format", "json", "--fields", "name,stage,close_date").json
    told = {(each["name"], each["stage"], each["close_date"]) for each in found}
    assert told == {("Acme", "negotiation", "2001-07-08"), ("Bolt", "negotiation", "2001-04-06")}

    assert command("imports", "forget-map", "opportunity", "Monthly list").output == "Forgotten: Monthly list\n"
    for refused in (("imports", "forget-map", "opportunity", "Monthly list"),
                    ("import", "opportunity", file, "--saved-map", "Monthly list")):  # fmt: skip
        assert "no saved map" in command(*refused, exit_code=1).errors


def test_an_import_that_was_worked_on_is_not_undone(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "organizations.csv"
    file.write_text("name,phone\nAcme,+51 1 5550100\n")
    number = command("import", "organization", file, "--json").json["import"]
    file.write_text("name,phone\nAcme,+51 1 5550199\n")
    command("import", "organization", file, "--key", "name")
    answer = command("imports", "undo", str(number), exit_code=1)
    assert re.search(r"^  organization \d+ Acme: changed since$", answer.errors, re.MULTILINE)


def test_jobs_are_run_and_listed(command: Command, tmp_path: Path) -> None:
    assert re.fullmatch(r"\d+ jobs? run\.\n", command("worker", "--once").output)
    jobs = command("jobs", "--json").json
    assert all({"id", "kind", "state", "attempts", "run_at", "error"} == each.keys() for each in jobs)
    assert command("jobs", "--state", "failed", "--json").json == []
    assert command("jobs").output.startswith("Job ")


def test_a_job_is_paused_resumed_cancelled_and_tried_again(command: Command) -> None:
    command("worker", "--once")
    site = Site.open(command.site)
    try:
        kind = site.jobs.kinds.names[0]
        number = site.database.transact(lambda conn: site.jobs.enqueue(conn, kind, {"given": 5}, key="k"))
    finally:
        site.close()
    job = str(number)
    assert command("jobs", "pause", job).output == f"Job {job} ({kind}) is paused.\n"
    shown = command("jobs", "show", job, "--json").json
    assert (shown["state"], shown["payload"], shown["progress_total"]) == ("paused", {"given": 5}, None)
    assert [each["id"] for each in command("jobs", "--state", "paused", "--json").json] == [number]
    assert re.search(r"^  State +paused$", command("jobs", "show", job).output, re.MULTILINE)
    assert re.search(r"^  Given +given=5$", command("jobs", "show", job).output, re.MULTILINE)
    assert "is paused and cannot be paused" in command("jobs", "pause", job, exit_code=1).errors
    assert command("jobs", "resume", job, "--json").json["state"] == "queued"
    assert command("jobs", "cancel", job).output == f"Job {job} ({kind}) is cancelled.\n"
    assert command("jobs", "retry", job).output == f"Job {job} ({kind}) is queued again.\n"
    for verb in ("show", "pause", "resume", "cancel", "retry"):
        assert "no job 999" in command("jobs", verb, "999", exit_code=1).errors


def test_a_running_job_shows_how_far_it_is_and_is_asked_to_stop(command: Command, tmp_path: Path) -> None:
    site = Site.open(command.site)
    try:
        kind = site.jobs.kinds.names[0]
        number = site.database.transact(lambda conn: site.jobs.enqueue(conn, kind, {}))
        running = {"state": "running", "worker": "w", "progress": 30, "progress_total": 90, "message": "rows"}
        row = sa.update(fs_job).where(fs_job.c.id == number).values(lease_until=site.jobs.clock(), **running)
        site.database.transact(lambda conn: conn.execute(row))
    finally:
        site.close()
    assert re.search(rf"^{number} .* running +30/90 .* rows *$", command("jobs").output, re.MULTILINE)
    assert "will pause soon" in command("jobs", "pause", str(number)).output
    assert "running, to be paused" in command("jobs").output
    assert "runs on" in command("jobs", "resume", str(number)).output
    elsewhere = Command(tmp_path / "nowhere")
    assert "will stop soon" in elsewhere("jobs", "--site", command.site, "cancel", str(number)).output
    assert "running, to be cancelled" in command("jobs").output


def test_the_server_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "fieldstone.cli", "--site", str(tmp_path / "site"), "serve", "--port", "0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            url = first.removeprefix("Fieldstone is at ").strip()
            with urllib.request.urlopen(f"{url}/readyz", timeout=30) as answer:
                assert json.load(answer)["status"] == "ready"
        finally:
            process.send_signal(signal.SIGTERM)
            output, errors = process.communicate(timeout=60)
    assert re.search(r"Password  \S+ ", output)
    assert (process.returncode, errors) == (0, "")
