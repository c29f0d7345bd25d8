"""The limit on what one token, and one address without a token, may send."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask

from fieldstone.records.accounts.rates import Rates
from fieldstone.runtime.site import Site
from fieldstone.web import create_app


def test_a_token_is_slowed_down_over_all_processes(site: Site) -> None:
    tokens = [site.accounts.add_token("admin", label="test").secret for _ in range(2)]
    other = Site.open(site.folder)
    now = datetime.now(UTC)
    for each in (site, other):
        each.settings._values = {**each.settings._values, "api.requests_per_minute": 40}  # type: ignore[attr-defined]
        each.rates = Rates(each.database, lambda: now)
    clients = [create_app(each).test_client() for each in (site, other)]

    def ask(number: int, token: str) -> int:
        answer = clients[number % 2].get("/api/v1/m/organization", headers={"Authorization": f"Bearer {token}"})
        if answer.status_code == 429:
            assert answer.json is not None
            assert answer.json["code"] == "account.E043"
            assert 1 <= int(answer.headers["Retry-After"]) <= 60
        return answer.status_code

    answers = [ask(number, tokens[0]) for number in range(50)]
    assert (answers.count(200), answers.count(429)) == (40, 10)
    assert ask(0, tokens[1]) == 200
    other.close()


def test_trying_tokens_is_slowed_down(app: Flask) -> None:
    client = app.test_client()
    answers = [
        client.get("/api/v1/m/organization", headers={"Authorization": f"Bearer fs_{number}"}).status_code
        for number in range(260)
    ]
    assert set(answers) == {401, 429}
