"""One publisher at a time; a dead one is taken over, a living one never."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from fieldstone.kernel.errors import ConflictError
from fieldstone.storage.database import Database
from fieldstone.storage.locks import LEASE, lock, publish_lock, renew_lock, require_lock, utc_now
from fieldstone.storage.processes import is_gone, this_place
from storage import lock_holder

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def at(**span: float) -> Callable[[], datetime]:
    return lambda: START + timedelta(**span)


def later() -> datetime:
    return utc_now() + LEASE + timedelta(seconds=1)


@contextmanager
def holding(database: Database) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock in the name of Anna."""
    program = Path(lock_holder.__file__)
    url = database.url.render_as_string(hide_password=False)
    words = [sys.executable, str(program), url]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        words, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n", process.communicate()
            yield process
        finally:
            process.kill()
            process.communicate()


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()


def test_the_second_is_told_who_was_first(database: Database) -> None:
    with publish_lock(database, "Anna", at()):
        with pytest.raises(ConflictError) as held, publish_lock(database, "Ben", at(seconds=1)):
            pytest.fail("two publishers at once")
        assert held.value.message == "Anna is publishing since 2026-03-02T09:00:00+00:00."
    with publish_lock(database, "Cora", at(seconds=2)):
        pass


def test_whoever_slept_over_the_lease_has_lost_the_lock(database: Database) -> None:
    with publish_lock(database, "Anna", at()) as token:
        with publish_lock(database, "Ben", at(seconds=61)) as taken:
            database.transact(lambda conn: require_lock(conn, taken))
            for look in (
                lambda: database.transact(lambda conn: require_lock(conn, token)),
                lambda: renew_lock(database, token, at(seconds=62)),
            ):
                with pytest.raises(ConflictError, match="Ben is publishing since 2026-03-02T09:01:01"):
                    look()
        with pytest.raises(ConflictError) as gone:
            renew_lock(database, token, at(seconds=63))
        assert gone.value.code == "storage.E008"


def test_a_long_publish_that_renews_is_not_taken_over(database: Database) -> None:
    with publish_lock(database, "Anna", at()) as token:
        for minute in range(1, 4):
            renew_lock(database, token, at(seconds=minute * 50))
            with pytest.raises(ConflictError), publish_lock(database, "Ben", at(seconds=minute * 50 + 55)):
                pytest.fail("taken from one that lives")
        database.transact(lambda conn: require_lock(conn, token))


def test_a_publisher_that_lives_in_another_process_keeps_the_lock(database: Database) -> None:
    with holding(database):
        with pytest.raises(ConflictError, match="Anna"), publish_lock(database, "Ben"):
            pytest.fail("taken from one that lives")
        with publish_lock(database, "Ben", later):  # it lives, but was not heard of for too long
            pass


@pytest.mark.skipif(not this_place(), reason="processes cannot be told apart for certain here")
def test_a_killed_publisher_on_this_machine_is_taken_over_at_once(database: Database) -> None:
    with holding(database) as process:
        kill(process)
        with publish_lock(database, "Ben") as token:
            database.transact(lambda conn: require_lock(conn, token))


def test_a_killed_publisher_elsewhere_is_taken_over_as_soon_as_its_lease_is_over(database: Database) -> None:
    with holding(database) as process:
        kill(process)
        database.transact(lambda conn: conn.execute(sa.update(lock).values(place="another machine")))
        with database.read() as conn:
            until = conn.execute(sa.select(lock.c.until)).scalar_one()
        with pytest.raises(ConflictError, match="Anna"), publish_lock(database, "Ben", lambda: until - LEASE / 60):
            pytest.fail("taken before its time")
        with publish_lock(database, "Ben", lambda: until):
            pass


def test_of_many_at_once_one_wins_and_the_others_learn_who(database: Database) -> None:
    people = ["Anna", "Ben", "Cora", "Dan"]
    start, done = threading.Barrier(len(people)), threading.Barrier(len(people))

    def publish(name: str) -> str:
        start.wait(30)
        try:
            with publish_lock(database, name):
                done.wait(30)
                return name
        except ConflictError as lost:
            done.wait(30)
            return str(lost.params["holder"])

    with ThreadPoolExecutor(len(people)) as pool:
        winners = set(pool.map(publish, people))
    assert len(winners) == 1
    assert winners <= set(people)


def test_nothing_is_said_of_processes_elsewhere() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert is_gone(this_place(), gone.pid) is bool(this_place())
    assert not is_gone(this_place(), os.getpid())
    assert not is_gone("another machine", gone.pid)
    assert not is_gone("", gone.pid)
    assert not is_gone(this_place(), 0)
