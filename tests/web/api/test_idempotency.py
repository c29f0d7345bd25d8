"""Requests that are sent twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from fieldstone.records import idempotency
from fieldstone.runtime.site import Site
from web.api.caller import Caller

KEY = {"Idempotency-Key": "order 4711"}


def test_the_second_time_nothing_is_done_and_the_answer_is_the_same(api: Caller, call: Callable[..., Caller]) -> None:
    first = api.post("/m/organization", {"name": "Acme"}, headers=KEY)
    again = api.post("/m/organization", {"name": "Acme"}, headers=KEY)
    assert again.json == first.json
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert len(api.get("/m/organization").json["data"]) == 1

    for path, body in (("/m/organization", {"name": "B"}), ("/m/organization/batch", {"records": [{"name": "Acme"}]})):
        assert api.post(path, body, headers=KEY, status=422).json["code"] == "idempotency.E002"
    call("other", roles=("administrator",)).post("/m/contact", {"name": {"last_name": "Ada"}}, headers=KEY)


def test_a_request_that_failed_can_be_mended_under_its_key(api: Caller) -> None:
    api.post("/m/organization", {"name": ""}, headers=KEY, status=422)
    api.post("/m/organization", {"name": "Acme"}, headers=KEY)
    for key in ("", "k" * 256, "é"):
        api.post("/m/organization", {"name": "B"}, headers={"Idempotency-Key": key}, status=400)


def test_a_request_without_an_answer_yet_is_not_begun_again(api: Caller, site: Site) -> None:
    actor, now = site.accounts.operator(), site.clock()
    request = b'POST /api/v1/m/organization?\n{"name": "Acme"}'
    claimed = idempotency.claim(site.database, actor, KEY["Idempotency-Key"], request, now)
    assert api.post("/m/organization", {"name": "Acme"}, headers=KEY, status=409).json["code"] == "idempotency.E001"
    idempotency.give_up(site.database, claimed)
    api.post("/m/organization", {"name": "Acme"}, headers=KEY)


def test_answers_are_kept_for_a_day(api: Caller, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    api.post("/m/organization", {"name": "Acme"}, headers=KEY)
    later = site.clock() + timedelta(hours=25)
    monkeypatch.setattr(site, "clock", lambda: later)
    api.post("/m/organization", {"name": "Bolt"}, headers=KEY)
