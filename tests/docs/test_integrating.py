"""What docs/integrating.md promises of the API."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from docs.pages import ROOT, Page
from fieldstone.metadata.layers import Layer
from fieldstone.runtime.site import Site
from fieldstone.web.api.parameters import PARAMETERS
from fieldstone.web.app import create_app

_PLACE = re.compile(r"<(?:[^:<>]+:)?(\w+)>")
_ORGANIZATIONS = "/api/v1/m/organization"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site.create(tmp_path_factory.mktemp("site") / "crm", password="a long enough password")
    yield made
    made.close()


@pytest.fixture(scope="module")
def app(site: Site) -> Flask:
    return create_app(site)


@pytest.fixture
def client(app: Flask, site: Site) -> FlaskClient:
    client = app.test_client()
    token = site.accounts.add_token("admin", label="test")
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token.secret}"
    return client


def test_every_route_is_documented(app: Flask) -> None:
    integrating, operating = (Page(ROOT / "docs" / name).text for name in ("integrating.md", "operating.md"))
    missing = []
    for rule in app.url_map.iter_rules():
        address = _PLACE.sub(lambda found: "{" + found[1].replace("record_id", "id") + "}", rule.rule)
        if address.startswith("/api/"):
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                if not re.search(rf"`(?:\w+`, )*`?(?:{method}\b[^|]*) {re.escape(address)}`", integrating):
                    missing.append(f"{method} {address}")
        elif rule.endpoint in ("healthz", "readyz", "metrics") and f"`{address}`" not in operating:
            missing.append(address)
    assert not missing


def test_every_parameter_is_documented() -> None:
    text = Page(ROOT / "docs" / "integrating.md").text
    assert not [name for name in PARAMETERS if f"`{name}`" not in text and f"{name}=" not in text]


def test_a_change_says_which_version_it_is_based_on(client: FlaskClient) -> None:
    made = client.post(_ORGANIZATIONS, json={"name": "Kare-Tech", "phone": "555 0100"})
    assert made.status_code == 201
    address, version = made.headers["Location"], made.headers["ETag"]
    assert client.patch(address, json={"phone": "555 0101"}).status_code == 428
    assert client.patch(address, json={"phone": "555 0101"}, headers={"If-Match": version}).status_code == 200
    assert client.patch(address, json={"phone": "555 0102"}, headers={"If-Match": version}).status_code == 412
    assert client.patch(address, json={"employees": 5, "base_version": 1}).status_code == 200
    stale = client.patch(address, json={"phone": "555 0103", "base_version": 1})
    assert (stale.status_code, stale.content_type) == (409, "application/problem+json")
    assert stale.get_json(force=True)["conflicts"][0]["field"] == "phone"


def test_a_request_with_a_key_is_done_once(client: FlaskClient) -> None:
    again = {"json": {"subject": "Call Anna"}, "headers": {"Idempotency-Key": "one"}}
    first, second = (client.post("/api/v1/m/task", **again) for _ in range(2))
    assert first.get_json() == second.get_json()
    assert second.headers["Idempotency-Replayed"] == "true"


def test_what_is_not_known_is_refused(client: FlaskClient) -> None:
    assert client.get(f"{_ORGANIZATIONS}?wehre=id==1").status_code == 400
    assert client.post(_ORGANIZATIONS, json={"nmae": "Kare-Tech"}).status_code == 422
    assert client.post(_ORGANIZATIONS, data="name=x").status_code == 415


def test_possible_duplicates_are_asked_about(client: FlaskClient) -> None:
    assert client.post(_ORGANIZATIONS, json={"name": "Twice"}).status_code == 201
    assert client.post(_ORGANIZATIONS, json={"name": "TWICE"}).status_code == 409
    assert client.post(f"{_ORGANIZATIONS}?duplicates=ignore", json={"name": "TWICE"}).status_code == 201


def test_the_samples_about_what_is_around_a_record_work(client: FlaskClient, site: Site) -> None:
    text = (ROOT / "docs" / "integrating.md").read_text(encoding="utf-8")
    part = text[text.index("### Around a record") : text.index("### Groups and sums")]
    samples = re.findall(
        r"```\n(GET|POST) (/api/v1/\S+)\n(?:\n(\{[^`]*\})\n)?```(?:\n\n```json\n(.*?)\n```)?", part, re.DOTALL
    )
    anna = site.accounts.add_user("anna", "Anna Snelling", roles=["sales_rep"])
    deal = client.post("/api/v1/m/opportunity", json={"name": "Pumps"}).get_json()["id"]
    keep, other = (client.post(_ORGANIZATIONS, json={"name": name}).get_json()["id"] for name in ("Keep", "Other"))
    later = (site.clock() + timedelta(days=1)).isoformat()
    real = {
        "opportunity/1/": f"opportunity/{deal}/", "35": str(keep), "36": str(other),
        '"principal": 3': f'"principal": {anna}', "2026-03-21T18:00:00Z": later, "2026-03-15T09:00:00Z": later,
    }  # fmt: skip

    def sent(sample: str) -> str:
        return re.sub("|".join(real), lambda found: real[found[0]], sample)

    for method, path, body, told in samples:
        answer = client.open(sent(path), method=method, json=json.loads(sent(body)) if body else None)
        assert answer.status_code in (200, 201), (path, answer.text)
        if told:
            assert answer.get_json().keys() == json.loads(told).keys(), path
    assert [path.rpartition("/")[2].split("?")[0] for _, path, *_ in samples] == [
        "comments", "shares", "duplicates", "merge", "reminders",
    ]  # fmt: skip


def test_what_another_process_publishes_is_there_with_the_next_request(client: FlaskClient, site: Site) -> None:
    assert client.get("/api/v1/m/parcel").status_code == 404
    other = Site.open(Path(site.folder))
    layer = Layer(name="site", documents={"modules/parcel.yaml": "module: parcel\nfields: {name: {type: text}}\n"})
    other.publishing.publish(other.publishing.plan(layer), other.accounts.operator())
    other.close()
    assert client.get("/api/v1/m/parcel").get_json() == {"data": [], "has_more": False, "next_cursor": None}
