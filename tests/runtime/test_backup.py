"""A backup made while people work is one moment of the site; a damaged one is refused before anything is touched."""

from __future__ import annotations

import hashlib
import json
import os
import random
import resource
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from fieldstone.changes.doctor import examine
from fieldstone.cli.main import fieldstone
from fieldstone.kernel.errors import ConflictError, SiteError
from fieldstone.records.changes import RecordChange
from fieldstone.records.search.find import search_records
from fieldstone.runtime.backup.make import make_backup
from fieldstone.runtime.backup.restore import restore_site
from fieldstone.runtime.site import Site
from fieldstone.storage.allocate import allocate_numbers
from fieldstone.storage.backup.manifest import Manifest
from fieldstone.storage.backup.write import COMMENT
from fieldstone.workflows.mail import Mail

_OF_THE_RESTORE = {"fs_audit", "fs_job"}


def _write_pair(site: Site, number: int) -> None:
    """An organization and its contact, in one save."""
    site.records.save(
        site.accounts.operator(),
        [
            RecordChange(module="organization", values={"name": f"Org {number} 商机"}),
            RecordChange(module="contact", values={"name": f"No {number}", "email": f"c{number}@example.com"}),
        ],
    )


def _digests(manifest: Manifest) -> dict[str, tuple[int, str]]:
    return {e.table.name: (e.rows, e.sha256) for e in manifest.tables if e.table.name not in _OF_THE_RESTORE}


def _rows(site: Site, module: str) -> int:
    table = site.models.current.tables.module(module).table
    with site.database.read() as conn:
        return conn.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


@pytest.mark.parametrize("dialect", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_there_and_back_while_people_write(
    dialect: str, new_site: Callable[[str], Site], new_database: Callable[[str], str], tmp_path: Path
) -> None:
    site = new_site(dialect)
    written = 0

    def write_meanwhile(_done: int, _total: int) -> None:
        nonlocal written
        if written < 6:
            _write_pair(site, written)
            written += 1

    write_meanwhile(0, 0)
    table = site.models.current.tables.module("contact").table.name
    mailer = site.workflows.mailer

    def more(conn: sa.Connection) -> None:
        conn.exec_driver_sql(f'ALTER TABLE "{table}" ADD COLUMN taken_out_long_ago INTEGER')
        conn.exec_driver_sql(f'ALTER TABLE "{table}" ADD COLUMN no_kind_of_ours REAL')
        conn.exec_driver_sql(f'UPDATE "{table}" SET taken_out_long_ago = 7')
        assert list(allocate_numbers(conn, "number:of:nothing", 1)) == [1]
        mailer.enqueue(conn, [Mail(to="anna@example.com", subject="Waits", text="…")])

    if dialect == "postgresql":
        more_types = more

        def more(conn: sa.Connection) -> None:
            more_types(conn)
            conn.exec_driver_sql(f'ALTER TABLE "{table}" ALTER taken_out_long_ago TYPE BIGINT')

    site.database.transact(more)
    (site.folder / "imports").mkdir()
    (site.folder / "imports" / "upload 1.csv").write_bytes(b"name\n\xff\x00")
    (site.folder / "imports" / "link.csv").symlink_to("/etc/hostname")
    (site.folder / "fieldstone.yaml").chmod(0o600)
    with (site.folder / "fieldstone.yaml").open("a") as file:
        file.write("\nmail: {password: operators own, port: 2525}\n")

    first = tmp_path / "first.zip"
    made = make_backup(site, first, made_by="Anna", progress=write_meanwhile)
    assert first.stat().st_mode & 0o777 == 0o600
    assert [each for each in tmp_path.iterdir() if each.suffix == ".part"] == []
    assert made.left_out == (f"{table}.no_kind_of_ours",)
    assert [each.name for each in made.files] == ["secret.key", "fieldstone.yaml", "imports/upload 1.csv"]
    assert written == 6
    assert b"operators own" not in zipfile.ZipFile(first).read("files/fieldstone.yaml")
    rows = {each.table.name: each.rows for each in made.tables}
    assert rows[site.models.current.model.modules["organization"].table] == rows[table] == 1, "one moment"
    with pytest.raises(ConflictError) as there:
        make_backup(site, first)
    assert there.value.code == "backup.E001"

    # Into the other kind of database.
    other = new_database("postgresql") if dialect == "sqlite" else None
    elsewhere = tmp_path / "elsewhere"
    done = restore_site(first, elsewhere, database_url=other)
    assert done.waiting == 1
    moved = Site.open(elsewhere)
    try:
        assert moved.database.dialect != dialect
        assert moved.settings["mail.port"] == 2525
        assert moved.settings["mail.password"] == ""
        assert (elsewhere / "imports" / "upload 1.csv").read_bytes() == b"name\n\xff\x00"
        assert (elsewhere / "secret.key").read_bytes() == (site.folder / "secret.key").read_bytes()
        assert [job.state for job in moved.jobs.list(kind="email.send")] == ["paused"]
        found = {each.code for each in examine(moved.database, moved.registries.compile, moved.clock())}
        assert found <= {"doctor.W002"}, "the column that nobody knows came along"
        assert _rows(moved, "contact") == 1
        with moved.database.read() as conn:
            assert conn.exec_driver_sql(f'SELECT taken_out_long_ago FROM "{table}"').scalar_one() == 7
        second = tmp_path / "second.zip"
        again = make_backup(moved, second)
        assert _digests(again) == _digests(made)
        _write_pair(moved, 999)  # ids and numbers go on where they were
        assert _rows(moved, "contact") == 2
        actor, now = moved.accounts.operator(), moved.clock()
        with moved.models.read() as (conn, published):
            found_by_words = search_records(conn, published, actor, "Org 0 商机", now=now)
        assert [hit.label for hit in found_by_words] == ["Org 0 商机"]
    finally:
        moved.close()

    # And back over the site it came from, once nobody uses that.
    with pytest.raises(SiteError) as used:
        restore_site(second, site.folder, replace=True)
    assert used.value.code == "backup.E005"
    assert _rows(site, "contact") == written
    with pytest.raises(ConflictError) as taken:
        restore_site(second, site.folder)
    assert taken.value.code == "backup.E006"
    site.close()
    restore_site(second, site.folder, replace=True)
    back = Site.open(site.folder)
    try:
        assert _rows(back, "contact") == 1
        assert back.settings["mail.password"] == "operators own"
        _write_pair(back, 1000)
    finally:
        back.close()


def _content(folder: Path) -> dict[str, object]:
    """Files by their bytes, the database by what is in it."""
    found: dict[str, object] = {path.name: path.read_bytes() for path in folder.rglob("*") if path.suffix != ".db"}
    with closing(sqlite3.connect(folder / "site.db")) as conn:
        found["site.db"] = list(conn.iterdump())
    return found


def _sealed(source: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """A backup with other entries, whose own digest is right."""
    with zipfile.ZipFile(source) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    change(entries)
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
        archive.comment = COMMENT + b"0" * 64
    content = target.read_bytes()[:-64]
    target.write_bytes(content + hashlib.sha256(content).hexdigest().encode())
    return target


def _in_manifest(change: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, bytes]], None]:
    def work(entries: dict[str, bytes]) -> None:
        manifest = json.loads(entries["manifest.json"])
        change(manifest)
        entries["manifest.json"] = json.dumps(manifest).encode()

    return work


def _smuggle(path: str) -> Callable[[dict[str, bytes]], None]:
    def work(entries: dict[str, bytes]) -> None:
        entries[f"files/{path}"] = b"evil"
        entry = {"name": path, "size": 4, "sha256": hashlib.sha256(b"evil").hexdigest()}
        _in_manifest(lambda said: said["files"].append(entry))(entries)

    return work


def _lose_row(entries: dict[str, bytes]) -> None:
    lines = entries["tables/fs_user.jsonl"].splitlines(keepends=True)
    entries["tables/fs_user.jsonl"] = b"".join(lines[1:])


_CRAFTED = [
    _smuggle("../evil"), _smuggle("plugins/../../evil"), _smuggle("/tmp/evil"), _smuggle("plugins\\..\\..\\evil"),
    _smuggle("site.db"), _smuggle("plugins//evil"), _lose_row,
    lambda entries: entries.update({"files/unnamed": b""}),
    lambda entries: entries.pop("tables/fs_user.jsonl"),
    _in_manifest(lambda said: said.update(schema=999)),
    _in_manifest(lambda said: said.update(format=2)),
    _in_manifest(lambda said: said["tables"][0].update(name='x"; DROP TABLE fs_user; --')),
    _in_manifest(lambda said: said["tables"][0]["columns"][0].update(kind="text); DROP TABLE fs_user; --")),
    _in_manifest(lambda said: said["tables"][0].update(rows=-1)),
    _in_manifest(lambda said: said.pop("tables")),
]  # fmt: skip


def test_a_damaged_backup_is_refused_before_anything_is_touched(
    new_site: Callable[[str], Site], tmp_path: Path
) -> None:
    site = new_site("sqlite")
    whole, bad = tmp_path / "whole.zip", tmp_path / "bad.zip"
    site.close()
    run = CliRunner()
    answer = run.invoke(fieldstone, ["--site", str(site.folder), "backup", str(whole), "--json"])
    assert answer.exit_code == 0, answer.output
    told = json.loads(answer.stdout)
    assert (told["tables"]["fs_user"], told["size"]) == (1, whole.stat().st_size)
    before = _content(site.folder)
    new = tmp_path / "new"

    def refused(file: Path, *codes: str) -> None:
        for folder in (new, site.folder):
            with pytest.raises(SiteError) as error:
                restore_site(file, folder, replace=True)
            assert error.value.code in (codes or ("backup.E003",))
        assert not (new / "secret.key").exists()
        assert not (new / "site.db").exists()

    content = whole.read_bytes()
    chance = random.Random(7)
    for place in [0, 10, len(content) - 1, len(content) - 70, *(chance.randrange(len(content)) for _ in range(20))]:
        bad.write_bytes(content[:place] + bytes([content[place] ^ 1 << chance.randrange(8)]) + content[place + 1 :])
        refused(bad)
    for length in (0, 50, len(content) // 2, len(content) - 1):
        bad.write_bytes(content[:length])
        refused(bad)
    for change in _CRAFTED:
        refused(_sealed(whole, bad, change), "backup.E003", "backup.E004")
    assert not list(tmp_path.rglob("evil"))

    # What only the database finds out is undone whole.
    def wrong_value(entries: dict[str, bytes]) -> None:
        rows = entries["tables/fs_user.jsonl"].replace(b'"admin"', b"12", 1)
        entries["tables/fs_user.jsonl"] = rows
        digest = hashlib.sha256(rows).hexdigest()
        _in_manifest(lambda said: next(t for t in said["tables"] if t["name"] == "fs_user").update(sha256=digest))(
            entries
        )

    refused(_sealed(whole, bad, wrong_value))
    assert _content(site.folder) == before

    answer = run.invoke(fieldstone, ["restore", str(bad), "--site", str(new)])
    assert (answer.exit_code, "Nothing was touched" in answer.output) == (1, True)
    answer = run.invoke(fieldstone, ["restore", str(whole), "--site", str(new), "--json"])
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.stdout)["tables"] == told["tables"]


def test_a_disk_that_is_full_leaves_nothing_behind(new_site: Callable[[str], Site], tmp_path: Path) -> None:
    site = new_site("sqlite")
    folder = tmp_path / "backups"
    folder.mkdir()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (8_000, limits[1]))
        with pytest.raises(SiteError) as error:
            make_backup(site, folder / "b.zip")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert error.value.code == "backup.E002"
    assert os.listdir(folder) == []
    assert make_backup(site, folder / "b.zip").rows
