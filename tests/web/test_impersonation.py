"""An administrator acts as a user, in the browser and in the history of records."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask

from fieldstone.records.query_types import Query
from fieldstone.runtime.site import Site
from web.visitor import Visitor, text_of

PASSWORD = "a long password"
BAR = "You act as Anna. Everything you do is recorded."


@pytest.fixture
def anna(site: Site) -> int:
    return site.accounts.add_user("anna", "Anna", roles=["sales_rep"], password="another long one")


def begin(admin: Visitor, user_id: int) -> None:
    admin.get(f"/impersonate/{user_id}")
    answer = admin.post(f"/impersonate/{user_id}", {"password": PASSWORD})
    assert answer.status_code == 303, answer.text
    admin.get("/more")


def test_from_the_question_to_the_end(site: Site, admin: Visitor, anna: int, save: Callable[..., int]) -> None:
    hers = save("organization", name="Acme", owner=anna)
    save("organization", name="Hidden")
    assert BAR not in text_of(admin.get("/"))
    refused = admin.post(f"/impersonate/{anna}", {"password": "wrong"})
    assert refused.status_code == 400
    before = admin.client.get_cookie("fieldstone")
    begin(admin, anna)
    after = admin.client.get_cookie("fieldstone")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    for path in ("/", "/m/organization", f"/m/organization/{hers}", "/account", "/more", "/search?q=acme"):
        assert BAR in text_of(admin.get(path)), path
    assert "Hidden" not in admin.get("/m/organization?view=all").text
    admin.get(f"/m/organization/{hers}")
    assert admin.post(f"/m/organization/{hers}/field/name", {"f.name": "Acme Ltd", "version": "1"}).status_code < 400
    stopped = admin.post("/impersonate/stop")
    assert stopped.location == "/"
    page = admin.get(f"/m/organization/{hers}")
    assert BAR not in text_of(page)
    assert "You are yourself again" in text_of(page)
    entry = site.records.history(site.accounts.operator(), "organization", hers)[0]
    assert (entry.by_label, entry.acting_label, entry.via) == ("Anna", "admin", "user:1")
    assert "Anna (by admin )" in text_of(admin.get(f"/m/organization/{hers}/history"))


def test_the_ways_in_of_the_user_stay_out_of_reach(site: Site, admin: Visitor, anna: int) -> None:
    begin(admin, anna)
    changed = {"present": "another long one", "new": "quite another one", "again": "quite another one"}
    for path, data in (
        ("/account/password", changed),
        ("/account/second-factor/begin", {"password": "another long one"}),
        ("/account/second-factor/confirm", {"code": "000000"}),
        ("/account/second-factor/codes", {"password": "another long one"}),
        ("/account/second-factor/off", {"password": "another long one"}),
        ("/account/tokens", {"label": "Mine", "expires": "never"}),
        ("/account/tokens/revoke", {"token": "1"}),
        ("/account", {"email": "evil@example.com", "language": "en", "zone": "UTC"}),
    ):
        admin.get("/more")
        answer = admin.post(path, data)
        assert answer.status_code == 403, path
        assert "Stop acting as the user first." in text_of(answer), path
    assert site.accounts.get_user(anna).email == ""
    assert site.accounts.list_tokens() == []


def test_an_import_is_told_as_by_the_administrator(site: Site, admin: Visitor) -> None:
    """The job runs later, and still in both names; it is taken back like any other."""
    ben = site.accounts.add_user("ben", "Ben", roles=["sales_manager"], password="another long one")
    begin(admin, ben)
    admin.get("/m/organization/import")
    sent = admin.post("/m/organization/import", {"file": (BytesIO(b"Name\nAcme\n"), "in.csv")})
    url = str(sent.location)
    admin.get(url)
    admin.post(f"{url}/columns", {"column.0": "name", "on_duplicate": "create"})
    admin.post(f"{url}/run")
    admin.post("/impersonate/stop")
    site.worker().run_due()
    operator = site.accounts.operator()
    (acme,) = site.records.query(operator, "organization", Query()).records
    (entry,) = site.records.history(operator, "organization", acme.id)
    assert (entry.by_label, entry.acting_label, entry.via) == ("Ben", "admin", "import:1 user:1")
    admin.get("/more")
    assert "An import (by admin )" in text_of(admin.get(f"/m/organization/{acme.id}/history"))
    admin.get(url)
    assert admin.post(f"{url}/undo").status_code == 303
    assert not site.records.query(operator, "organization", Query()).records


def test_only_administrators_and_never_by_a_get(site: Site, app: Flask, admin: Visitor, anna: int) -> None:
    ben = site.accounts.add_user("ben", "Ben", roles=["sales_rep"], password="another long one")
    visitor = Visitor(app)
    visitor.log_in("ben", "another long one")
    assert visitor.get(f"/impersonate/{anna}").status_code == 403
    assert visitor.post(f"/impersonate/{anna}", {"password": "another long one"}).status_code == 403
    assert visitor.post("/impersonate/stop").status_code == 303
    other = site.accounts.add_user("other", "Other", is_admin=True)
    admin.get(f"/impersonate/{other}")
    assert admin.post(f"/impersonate/{other}", {"password": PASSWORD}).status_code == 403
    assert admin.get(f"/impersonate/{ben}").status_code == 200
    assert BAR not in text_of(admin.get("/"))


def test_logging_out_ends_both(admin: Visitor, app: Flask, anna: int) -> None:
    begin(admin, anna)
    cookie = admin.client.get_cookie("fieldstone")
    assert cookie is not None
    admin.post("/logout")
    thief = app.test_client()
    thief.set_cookie("fieldstone", cookie.value)
    assert thief.get("/").status_code == 303
