"""Background work, imports and the server from the command line."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

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
