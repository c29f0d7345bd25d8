"""Limits that hold over several processes."""

from __future__ import annotations

import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fieldstone.kernel.errors import TooManyRequestsError
from fieldstone.records.accounts.rates import Rates
from fieldstone.storage.database import Database

from .conftest import Clock


def taken(rates: Rates, key: str, limit: int) -> bool:
    try:
        rates.take(key, limit)
    except TooManyRequestsError:
        return False
    return True


def test_a_refusal_says_how_long_to_wait(database: Database, clock: Clock) -> None:
    rates = Rates(database, clock)
    rates.take("a", 1)
    clock.move(seconds=20)
    with pytest.raises(TooManyRequestsError) as refused:
        rates.take("a", 1)
    assert (refused.value.code, refused.value.params["wait"]) == ("account.E043", 40)


def test_a_limit_holds_for_a_minute(database: Database, clock: Clock) -> None:
    rates = Rates(database, clock)
    assert [taken(rates, "a", 5) for _ in range(7)] == [True] * 5 + [False] * 2
    assert taken(rates, "b", 5), "others are not touched"
    clock.move(minutes=1)
    assert [taken(rates, "a", 5) for _ in range(6)] == [True] * 5 + [False]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limit=st.integers(1, 90), order=st.lists(st.integers(0, 2), min_size=1, max_size=200))
def test_processes_together_never_exceed_it(database: Database, clock: Clock, limit: int, order: list[int]) -> None:
    clock.move(minutes=1)
    processes = [Rates(database, clock) for _ in range(3)]
    passed = sum(taken(processes[number], "shared", limit) for number in order)
    assert passed <= limit
    if len(set(order)) == 1:
        assert passed == min(limit, len(order)), "alone, a process may use all of it"


def test_threads_together_never_exceed_it(database: Database, clock: Clock) -> None:
    rates, passed = Rates(database, clock), []

    def work() -> None:
        passed.extend(taken(rates, "shared", 40) for _ in range(20))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(passed) == 40


def test_most_requests_ask_no_database(database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    rates, asked = Rates(database, clock), []
    transact = Database.transact
    monkeypatch.setattr(Database, "transact", lambda *args, **options: asked.append(1) or transact(*args, **options))
    assert sum(taken(rates, "a", 2_000) for _ in range(2_500)) == 2_000
    assert len(asked) <= 21
