"""Logging in, sessions, tokens and the headers around them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from fieldstone.records.query_types import Query
from fieldstone.web import create_app
from security.world import FRESH_SQLITE, MARK, PASSWORD, SQLITE, World
from web.visitor import Visitor, text_of

_ALL = Query(fields=("organization",))


@FRESH_SQLITE
def test_ending_ends_at_once(fresh_world: World) -> None:
    world = fresh_world
    other = Visitor(world.app)
    other.log_in("anna", PASSWORD)
    stolen = other.client.get_cookie("fieldstone")
    assert stolen is not None
    other.get("/more")
    other.post("/logout")
    thief = Visitor(world.app)
    thief.client.set_cookie("fieldstone", stolen.value)
    assert thief.get("/m/organization").status_code == 303

    other.log_in("anna", PASSWORD)
    world.anna.get("/account/password")
    changed = {"present": PASSWORD, "new": "yet another long one", "again": "yet another long one"}
    assert world.anna.post("/account/password", changed).status_code == 303
    assert other.get("/m/organization").status_code == 303
    assert world.anna.get("/m/organization").status_code == 200

    world.site.accounts.deactivate(world.anna_id)
    assert world.anna.get("/m/organization").status_code == 303
    assert world.call("GET", "/m/organization").status_code == 401
    refused = Visitor(world.app)
    refused.get("/login")
    assert refused.post("/login", {"username": "anna", "password": "yet another long one"}).status_code == 401


@SQLITE
def test_a_session_is_new_at_log_in(world: World) -> None:
    visitor = Visitor(world.app)
    visitor.get("/login")
    before = visitor.client.get_cookie("fieldstone")
    token = visitor.token
    visitor.post("/login", {"username": "anna", "password": PASSWORD})
    after = visitor.client.get_cookie("fieldstone")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert visitor.client.post("/notifications/read", data={"csrf_token": token}).status_code == 400
    assert after.http_only
    assert after.same_site == "Lax"


@FRESH_SQLITE
def test_the_brake_on_guessing_holds_over_processes_and_tells_nothing(fresh_world: World) -> None:
    world = fresh_world
    apps = [world.app, create_app(world.site)]
    words = {}
    for name in ("anna", "nobody"):
        for attempt in range(12):
            visitor = Visitor(apps[attempt % 2])
            visitor.get("/login")
            answer = visitor.post("/login", {"username": name, "password": "wrong"})
            words[name, attempt] = (answer.status_code, text_of(answer).replace(name, ""))
    assert [words["anna", n] for n in range(12)] == [words["nobody", n] for n in range(12)]
    assert words["anna", 0][0] == 401
    assert words["anna", 11][0] == 429


@FRESH_SQLITE
def test_a_given_password_opens_only_the_page_to_change_it(fresh_world: World) -> None:
    world = fresh_world
    world.site.accounts.set_password("anna", "a given password", must_change=True)
    anna = Visitor(world.app)
    anna.get("/login")
    answer = anna.post("/login", {"username": "anna", "password": "a given password", "next": "/m/organization"})
    assert answer.location == "/account/password"
    for path in ("/m/organization", "/", "/account", f"/m/organization/{world.mine['organization']}"):
        assert anna.get(path).location == "/account/password", path
    assert anna.get("/account/password").status_code == 200
    changed = {"present": "a given password", "new": PASSWORD, "again": PASSWORD}
    assert anna.post("/account/password", changed).status_code == 303
    assert anna.get("/m/organization").status_code == 200


@SQLITE
def test_a_link_logs_in_once(world: World) -> None:
    key = world.site.accounts.login_link("anna")
    first, second = Visitor(world.app), Visitor(world.app)
    for visitor in (first, second, first):  # looking at it does not use it up
        assert visitor.get(f"/login/link/{key}").status_code == 200
    assert first.post(f"/login/link/{key}").status_code == 303
    assert second.post(f"/login/link/{key}").status_code == 401


@SQLITE
def test_no_redirect_leaves_the_site(world: World) -> None:
    for target in ("//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
                   "javascript:alert(1)", "///evil.example", "/%0d%0aSet-Cookie:x", " //evil.example"):  # fmt: skip
        visitor = Visitor(world.app)
        visitor.get("/login")
        answer = visitor.post("/login", {"username": "anna", "password": PASSWORD, "next": target})
        assert answer.status_code == 303
        assert answer.location == "/" or answer.location == "/%0d%0aSet-Cookie:x", target
    for path in ("/m/organization", "/account", "/no/such/page"):
        answer = Visitor(world.app).get(path, headers={"Host": "evil.example"})
        assert "//evil.example" not in answer.text + str(answer.headers), path


@SQLITE
def test_every_answer_is_protected(world: World) -> None:
    visitor = Visitor(world.app)
    answers = [
        visitor.get(path)
        for path in ("/login", "/static/x/fieldstone.css", "/static/x/none.css", "/healthz", "/no/such", "/api/v1/none")
    ]
    answers += [
        world.anna.get(path) for path in ("/m/organization/export.csv", "/m/organization", "/m/organization/999")
    ]
    answers += [world.call("GET", path) for path in ("/m/organization", "/m/none", "/search?q=a", "/search?where=1")]
    for answer in answers:
        headers = answer.headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert answer.request.path.startswith("/static/") or headers["Cache-Control"] == "no-store"


def test_a_token_reaches_no_further_than_its_scopes(world: World) -> None:
    accounts = world.site.accounts
    read = accounts.add_token("admin", label="read", scopes=["read"]).secret
    narrow = accounts.add_token("admin", label="narrow", scopes=["module:opportunity"]).secret
    organization = f"/m/organization/{world.hidden['organization']}"
    opportunity = f"/m/opportunity/{world.hidden['opportunity']}"
    contacts = f"{opportunity}/links/contacts"
    deleted = f"/m/organization/{world.hidden['deleted']}"
    before = world.hidden_state()
    for method, path, body in (
        ("POST", "/m/organization", {"name": "x"}), ("PATCH", organization, {"name": "x", "base_version": 1}),
        ("DELETE", organization, None), ("POST", f"{deleted}/restore", None),
        ("POST", f"{organization}/actions/touch", None),
        ("POST", "/m/organization/batch", {"records": [{"name": "x"}]}),
        ("PATCH", "/m/organization/batch", {"records": [{"id": world.hidden["organization"], "name": "x"}]}),
        ("DELETE", "/m/organization/batch", {"ids": [world.hidden["organization"]]}),
        ("POST", contacts, {"ids": [world.hidden["contact"]]}),
        ("DELETE", f"{contacts}/{world.hidden['contact']}", None),
    ):  # fmt: skip
        assert world.call(method, path, body, token=read).status_code == 403, (method, path)
    assert world.hidden_state() == before
    assert world.call("GET", organization, token=read).status_code == 200
    for path in (
        organization, "/m/organization", "/m/organization/suggest?q=z", "/search?q=zanzibar&module=organization",
        "/m/opportunity?fields=organization.name", "/m/opportunity?sort=organization", contacts,
        "/m/opportunity?where=organization.name != ''", "/m/opportunity/aggregate?group=organization.name",
        f"{organization}/history",
    ):  # fmt: skip
        assert world.call("GET", path, token=narrow).status_code == 403, path
    found = world.call("GET", opportunity, token=narrow)
    assert found.json["organization"]["label"] == ""
    hits = world.call("GET", "/search?q=zanzibar", token=narrow).json["data"]
    assert {hit["module"] for hit in hits} == {"opportunity"}
    groups = world.call("GET", "/m/opportunity/aggregate?group=organization", token=narrow)
    assert f"{MARK} Ltd" not in groups.text


@SQLITE
def test_who_may_not_export_or_import_does_not(world: World) -> None:
    world.site.accounts.add_user("ivy", "Ivy", roles=["importer"], password=PASSWORD)
    ivy = Visitor(world.app)
    ivy.log_in("ivy", PASSWORD)
    assert ivy.get("/m/organization/export.csv").status_code == 403
    assert world.anna.get("/m/organization/import").status_code == 403


def test_an_import_reaches_no_further_than_who_sent_it(world: World, tmp_path: Path) -> None:
    user = world.site.accounts.add_user("iva", "Iva", roles=["importer"], password=PASSWORD)
    iva = world.site.accounts.actor(user)
    file = tmp_path / "in.csv"
    file.write_text(
        f"Opportunity name,Organization,External id\nTaken,,{MARK}-1\nNew,{MARK} Ltd,n-1\nBy number,ORG-00001,n-2\n"
    )
    before = world.hidden_state()
    imports = world.site.imports
    started = imports.start(iva, "opportunity", file, "../../../etc/<b>.csv")
    assert Path(started.path).parent == world.site.folder / "imports"
    imports.choose(started.id, replace(started.options, key="external_id", on_duplicate="overwrite"))
    report = imports.run(started.id)
    assert world.hidden_state() == before
    made = world.site.records.query(iva, "opportunity", _ALL)
    assert not [record for record in made.records if record.values["organization"]]
    assert f"{MARK} deal" not in repr(report)
