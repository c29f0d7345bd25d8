"""Four servers and a command that publishes, on one database, while people read and write: all of them go along, and
nobody meets an error, or an answer made of two models."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fieldstone.runtime.settings import load_settings
from fieldstone.storage.database import Database
from fieldstone.storage.locks import find_holder
from flows.command import Command
from flows.processes import address_of, running, wait_until
from flows.test_serve import api

SERVERS = 4
THINKING = 0.02
"""Seconds between two requests of one person: a small load."""


class People:
    """One for each server; they read, list, and create, and look at every answer closely."""

    def __init__(self, urls: list[str], token: str, record: int) -> None:
        self.problems: list[object] = []
        self.versions: dict[int, set[str]] = {}
        self.seconds: list[float] = []
        self._record = record
        self._token = token
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(url,)) for url in urls]

    def __enter__(self) -> People:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def await_more(self, count: int) -> None:
        """Until that many more requests were answered."""
        wanted = len(self.seconds) + count
        wait_until(lambda: len(self.seconds) >= wanted, f"{count} more requests were answered")

    def _work(self, url: str) -> None:
        for number in itertools.count(1):
            if self._stop.is_set():
                return
            self._look_at_metadata(self._ask(url, 200, "GET", "/metadata"))
            self._look_at_record(self._ask(url, 200, "GET", f"/m/opportunity/{self._record}"))
            self._ask(url, 200, "GET", "/m/opportunity?limit=20&sort=-close_date")
            made = self._ask(url, 201, "POST", "/m/organization", {"name": f"{url} {number}"})
            self._ask(url, 200, "GET", f"/m/organization/{made.get('id')}")

    def _ask(self, url: str, expected: int, method: str, path: str, body: Any = None) -> Any:
        started = time.monotonic()
        try:
            status, answer = api(url, self._token, method, path, body)
        except OSError as error:
            status, answer = 0, {"error": repr(error)}
        self.seconds.append(time.monotonic() - started)
        if status != expected:
            self.problems.append((url, method, path, status, answer))
            answer = {}
        self._stop.wait(THINKING)
        return answer

    def _look_at_metadata(self, answer: Any) -> None:
        """Every process says the same of a version."""
        if answer:
            (module,) = [item for item in answer["modules"] if item["name"] == "opportunity"]
            found = {field["name"] for field in module["fields"]}
            if self.versions.setdefault(answer["version"], found) != found:
                self.problems.append(("two models of one version", answer["version"], found))

    def _look_at_record(self, answer: Any) -> None:
        """Fields come in pairs, so half a pair is half a model."""
        firsts = {name.removesuffix("_a") for name in answer if name.startswith("pair_") and name.endswith("_a")}
        seconds = {name.removesuffix("_b") for name in answer if name.startswith("pair_") and name.endswith("_b")}
        if firsts != seconds:
            self.problems.append(("half a model", sorted(answer)))


@contextlib.contextmanager
def serving(command: Command) -> Iterator[list[str]]:
    """Addresses of the servers."""
    with contextlib.ExitStack() as stack:
        servers = [
            stack.enter_context(running("--site", command.site, "serve", "--port", "0", "--threads", "4"))
            for _ in range(SERVERS)
        ]
        yield [address_of(server) for server in servers]


@pytest.fixture
def token(command: Command) -> str:
    return command("token", "add", "boss").output.split()[-1]


def write_folder(folder: Path, *pairs: str) -> Path:
    fields = "".join(
        f"  pair_{pair}_{part}: {{type: text, label: {pair} {part}{', index: true' if part == 'a' else ''}}}\n"
        for pair in pairs
        for part in "ab"
    )
    (folder / "modules").mkdir(parents=True)
    (folder / "modules" / "opportunity.yaml").write_text(f"module: opportunity\nfields:\n{fields}")
    return folder


def run(command: Command, *words: str | Path) -> None:
    with running("--site", command.site, *words) as process:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors


@contextlib.contextmanager
def reading(database: Database) -> Iterator[None]:
    """Somebody reads all opportunities and takes his time."""
    with database.read() as conn:
        conn.exec_driver_sql("SELECT id FROM opportunity").fetchone()
        yield


def is_publishing(database: Database) -> bool:
    with database.read() as conn:
        return find_holder(conn) is not None


def test_four_servers_go_along_with_a_fifth_process(command: Command, token: str, tmp_path: Path) -> None:
    with serving(command) as urls:
        _, made = api(urls[0], token, "POST", "/m/opportunity", {"name": "Fair"})
        with People(urls, token, made["id"]) as people:
            people.await_more(SERVERS * 5)
            for number, pairs in enumerate((("one",), ("one", "two"))):
                run(command, "publish", write_folder(tmp_path / f"crm{number}", *pairs))
                started = time.monotonic()
                path = f"/m/opportunity?fields=pair_{pairs[-1]}_b&limit=1"
                for url in urls:
                    wait_until(lambda url=url, path=path: api(url, token, "GET", path)[0] == 200, "it is there")  # type: ignore[misc]
                print(f"all {SERVERS} serve it {time.monotonic() - started:.2f} s after the publish")
                name = f"pair_{pairs[-1]}_a"
                status, kept = api(urls[number], token, "POST", "/m/opportunity", {"name": "Next", name: "kept"})
                assert (status, kept[name]) == (201, "kept")
                status, read = api(urls[3], token, "GET", f"/m/opportunity/{kept['id']}")
                assert (status, read[name]) == (200, "kept")
            newest = max(people.versions)
            run(command, "rollback", str(newest - 1))
            people.await_more(SERVERS * 5)
            for url in urls:
                wait_until(lambda url=url: api(url, token, "GET", path)[0] == 400, "it is gone")  # type: ignore[misc]
        assert people.problems == []
        print(f"{len(people.seconds)} requests, the longest {max(people.seconds):.2f} s")
    assert len(people.versions) >= 3
    assert {frozenset(fields) for fields in people.versions.values()} >= {frozenset(people.versions[newest])}
    assert command("doctor").output.endswith("The site is in order.\n")


def test_of_two_publishers_one_wins_and_the_other_is_told_who(command: Command, tmp_path: Path) -> None:
    plans = []
    for name in ("left", "right"):
        plans.append(tmp_path / f"{name}.json")
        command("plan", write_folder(tmp_path / name, name), "--out", plans[-1])
    with contextlib.ExitStack() as stack:
        publishers = [stack.enter_context(running("--site", command.site, "publish", "--plan", plan)) for plan in plans]
        ends = [(process.communicate(timeout=120)[1], process.returncode) for process in publishers]
    assert sorted(code for _, code in ends) == [0, 1], ends
    (told,) = [errors for errors, code in ends if code == 1]
    assert "boss" in told
    command("metadata", "export", tmp_path / "out")
    text = (tmp_path / "out" / "modules" / "opportunity.yaml").read_text()
    assert ("pair_left_a" in text) is not ("pair_right_a" in text)


def test_a_reader_who_takes_long_holds_up_the_publish_and_nobody_else(
    command: Command, token: str, tmp_path: Path
) -> None:
    database = Database.open(load_settings(command.site).database_url)
    with contextlib.closing(database), serving(command) as urls, contextlib.ExitStack() as publisher:
        _, made = api(urls[0], token, "POST", "/m/opportunity", {"name": "Fair"})
        with People(urls, token, made["id"]) as people:
            with reading(database):
                words = ("--site", command.site, "publish", write_folder(tmp_path / "crm", "one"))
                process = publisher.enter_context(running(*words))
                if database.dialect == "postgresql":
                    wait_until(lambda: is_publishing(database), "the publish has begun")
                    people.await_more(SERVERS * 20)
                    assert process.poll() is None, "it cannot add a column to a table that is being read"
                else:
                    wait_until(lambda: process.poll() is not None, "it is published, whoever reads")
            _, errors = process.communicate(timeout=120)
            assert process.returncode == 0, errors
            people.await_more(SERVERS)
        assert people.problems == []
        status, _ = api(urls[0], token, "GET", "/m/opportunity?fields=pair_one_a")
        assert status == 200
        print(f"{len(people.seconds)} requests, the longest {max(people.seconds):.2f} s")
