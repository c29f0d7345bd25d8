"""Records as files, from the command line."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from flows.command import Command


def fill(command: Command, folder: Path, count: int) -> None:
    file = folder / "organizations.csv"
    rows = [f"Company {number:05},{number}.50" for number in range(count)]
    file.write_text("name,annual_revenue\n" + "\n".join(rows) + "\n")
    command("import", "organization", file, "--no-workflows", "--on-duplicate", "create")


def test_records_are_written_as_csv_json_and_json_lines(command: Command, tmp_path: Path) -> None:
    assert command("export", "organization", "--format", "json").json == []
    assert command("export", "organization", "--format", "jsonl").output == ""
    fill(command, tmp_path, 2)
    chosen = ["--fields", "name,annual_revenue,owner", "--sort", "-name", "--where", "annual_revenue > 0"]
    array = command("export", "organization", "--format", "json", *chosen).json
    assert [(each["name"], each["annual_revenue"]) for each in array] == [
        ("Company 00001", "1.5"),
        ("Company 00000", "0.5"),
    ]
    assert array[0]["owner"]["label"] == "boss"
    lines = command("export", "organization", "--format", "jsonl", *chosen).output.splitlines()
    assert [json.loads(line) for line in lines] == array
    rows = list(csv.reader(io.StringIO(command("export", "organization", *chosen).output.removeprefix("\ufeff"))))
    assert rows[1:] == [["Company 00001", "1.5", "boss"], ["Company 00000", "0.5", "boss"]]

    book = tmp_path / "out.xlsx"
    command("export", "organization", "--format", "xlsx", "--out", book, *chosen)
    assert book.read_bytes().startswith(b"PK")
    assert "no names of people" in command("export", "organization", "--format", "vcard", exit_code=1).errors
    assert command("export", "contact", "--format", "vcard").output == ""

    out = tmp_path / "out.json"
    command("export", "organization", "--format", "json", "--out", out)
    assert len(json.loads(out.read_text("utf-8"))) == 2
    before = out.read_bytes()
    assert "expression:" in command("export", "organization", "--where", "name ==", "--out", out, exit_code=1).errors
    command("export", "no_such", exit_code=1)
    command("export", "organization", "--fields", "colour", exit_code=1)
    command("export", "organization", "--out", tmp_path / "no" / "such", exit_code=2)
    assert out.read_bytes() == before


def test_an_export_whose_reader_goes_away_ends_quietly(tmp_path: Path) -> None:
    command = Command(tmp_path / "site")
    command("init", "--password-stdin", stdin="a long enough password\n")
    fill(command, tmp_path, 3_000)
    words = [sys.executable, "-m", "fieldstone.cli", "--site", str(command.site), "export", "organization"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()
        assert process.wait(60) == 1
    assert errors == b""


def test_a_list_as_of_a_past_time_is_written_at_once_or_by_a_job(command: Command, tmp_path: Path) -> None:
    fill(command, tmp_path, 3)
    before = datetime.now(UTC).isoformat()
    fill(command, tmp_path, 2)
    chosen = ["--fields", "name", "--format", "jsonl"]
    assert len(command("export", "organization", *chosen).output.splitlines()) == 5
    past = command("export", "organization", *chosen, "--as-of", before).output
    assert [json.loads(line)["name"] for line in past.splitlines()] == [f"Company {n:05}" for n in range(3)]
    said = command("export", "organization", *chosen, "--as-of", before, "--job").output
    command("worker", "--once")
    assert Path(said.rpartition(" writes ")[2].strip()).read_text() == past
    command("export", "organization", "--job", exit_code=2)
    command("export", "organization", "--as-of", "2999-01-01", exit_code=1)
