"""Users, teams, sessions, tokens and what is noted of them."""

from __future__ import annotations

import re

from flask import Flask

from fieldstone.records.changes import RecordChange
from fieldstone.records.query_types import Query
from fieldstone.runtime.site import Site
from web.setup.conftest import PASSWORD
from web.visitor import Visitor, text_of


def _actions(site: Site) -> list[str]:
    return [entry.action for entry in site.accounts.list_audit()]


def _add(admin: Visitor, site: Site, username: str = "anna", **values: object) -> int:
    admin.get("/setup/users/new/")
    answer = admin.post("/setup/users/new/", {"label": "Anna Snelling", "username": username, **values})
    assert answer.status_code == 302, text_of(answer)
    return site.accounts.find_user_id(username) or 0


def test_a_user_is_added_changed_and_found(admin: Visitor, site: Site) -> None:
    number = _add(admin, site, email="anna@example.com", roles=["sales_rep", "sales_manager"], zone="Asia/Shanghai")
    anna = site.accounts.get_user(number)
    assert (anna.label, anna.email, anna.zone) == ("Anna Snelling", "anna@example.com", "Asia/Shanghai")
    assert anna.roles == ("sales_manager", "sales_rep")
    page = admin.get(f"/setup/users/edit/?id={number}")
    assert "is added" in text_of(page)
    admin.post(f"/setup/users/edit/?id={number}", {"label": "Anna Smith", "roles": ["sales_rep"]})
    assert site.accounts.get_user(number).label == "Anna Smith"
    assert site.accounts.get_user(number).roles == ("sales_rep",)
    assert "Anna Smith" in text_of(admin.get("/setup/users/?search=smith&state=active&role=sales_rep"))
    assert "Nothing fits" in text_of(admin.get("/setup/users/?search=nobody"))
    assert _actions(site)[:2] == ["user.changed", "user.added"]


def test_a_user_that_cannot_be_is_told_why(admin: Visitor, site: Site) -> None:
    admin.get("/setup/users/new/")
    answer = admin.post("/setup/users/new/", {"label": "Twin", "username": "admin"})
    assert answer.status_code == 422
    assert "There is a user admin already." in text_of(answer)
    answer = admin.post("/setup/users/new/", {"label": "", "username": ""})
    assert answer.status_code == 422
    assert "Write the name that others see." in text_of(answer)
    answer = admin.post("/setup/users/new/", {"label": "X", "username": "x", "roles": ["no_such_role"]})
    assert answer.status_code == 422
    assert site.accounts.find_user_id("x") is None


def test_markup_in_names_is_shown_as_it_is(admin: Visitor, site: Site) -> None:
    site.accounts.add_user("odd", "<b>{{7*7}}</b>")
    site.accounts.add_team("<i>team</i>")
    for path in ("users/", "teams/", "teams/new/", "tokens/new/", "logins/"):
        page = admin.get(f"/setup/{path}").text
        assert "<b>{{7*7}}</b>" not in page
        assert "<i>team</i>" not in page
    assert "&lt;b&gt;{{7*7}}&lt;/b&gt;" in admin.get("/setup/users/").text


def test_a_link_is_shown_once_and_logs_in(admin: Visitor, site: Site, app: Flask) -> None:
    number = _add(admin, site)
    page = admin.post(f"/setup/users/{number}/link")
    found = re.search(r"(/login/link/[\w-]+)<", page.text)
    assert found
    assert page.headers["Cache-Control"] == "no-store"
    assert found[1] not in admin.get(f"/setup/users/edit/?id={number}").text
    anna = Visitor(app)
    anna.get(found[1])
    assert anna.post(found[1]).status_code == 303
    assert _actions(site)[0] == "user.link_made"


def test_a_user_leaves_and_hands_over(admin: Visitor, site: Site, app: Flask) -> None:
    site.accounts.add_user("anna", "Anna Snelling", roles=["sales_rep"], password=PASSWORD)
    number = site.accounts.find_user_id("anna") or 0
    anna = Visitor(app)
    anna.log_in("anna", PASSWORD)
    change = RecordChange(module="organization", values={"name": "Acme"})
    site.records.save(site.accounts.actor(number), [change])
    me = site.accounts.find_user_id("admin") or 0
    assert admin.post(f"/setup/users/{number}/deactivate", {"to": str(me)}).status_code == 303
    assert "can no longer log in" in text_of(admin.get(f"/setup/users/edit/?id={number}"))
    assert anna.get("/").status_code == 303
    (acme,) = site.records.query(site.accounts.operator(), "organization", Query(fields=("owner",))).records
    assert acme.values["owner"] == me
    admin.post(f"/setup/users/{number}/activate")
    assert site.accounts.get_user(number).active
    assert admin.post(f"/setup/users/{me}/deactivate").status_code == 403
    assert site.accounts.get_user(me).active


def test_only_an_administrator_has_power_over_one(keeper: Visitor, site: Site) -> None:
    me = site.accounts.find_user_id("admin") or 0
    page = text_of(keeper.get(f"/setup/users/edit/?id={me}"))
    assert "Only an administrator can change how an administrator logs in." in page
    for what in ("link", "sessions/end", "deactivate", "activate", "second-factor/reset"):
        assert keeper.post(f"/setup/users/{me}/{what}").status_code == 403, what
    answer = keeper.post(f"/setup/users/edit/?id={me}", {"label": "Mine"})
    assert answer.status_code == 422
    assert site.accounts.get_user(me).label == "admin"
    keeper.get("/setup/users/new/")
    keeper.post("/setup/users/new/", {"label": "New", "username": "new", "is_admin": "y"})
    assert not site.accounts.get_user(site.accounts.find_user_id("new") or 0).is_admin
    assert "admin (admin)" not in keeper.get("/setup/tokens/new/").text
    site.accounts.add_token("admin", label="Of the boss")
    (token,) = site.accounts.list_tokens()
    assert "Of the boss" in text_of(keeper.get("/setup/tokens/"))
    assert f"/setup/tokens/{token.id}/revoke" not in keeper.get("/setup/tokens/").text
    keeper.post(f"/setup/tokens/{token.id}/revoke")
    keeper.post("/setup/tokens/action/", {"action": "delete", "id": str(token.id)})
    assert len(site.accounts.list_tokens()) == 1


def test_teams_are_made_moved_and_filled(admin: Visitor, site: Site) -> None:
    me = site.accounts.find_user_id("admin") or 0
    anna = site.accounts.add_user("anna", "Anna Snelling")
    admin.get("/setup/teams/new/")
    admin.post("/setup/teams/new/", {"name": "Sales"})
    (sales,) = site.accounts.list_teams()
    admin.post("/setup/teams/new/", {"name": "North", "parent_id": str(sales.id)})
    north = site.accounts.list_teams()[1]
    assert (north.name, north.parent_id, north.depth) == ("North", sales.id, 1)
    url = f"/setup/teams/edit/?id={north.id}"
    admin.get(url)
    admin.post(url, {"name": "Northern", "parent_id": str(sales.id), "add": [str(me), str(anna)], "add_as": "member"})
    admin.post(url, {"name": "Northern", "parent_id": "", f"place.{me}": "leader", f"place.{anna}": ""})
    north = next(team for team in site.accounts.list_teams() if team.id == north.id)
    assert (north.name, north.parent_id, north.members, north.leaders) == ("Northern", None, (me,), (me,))
    answer = admin.post(url, {"name": "Sales", "parent_id": ""})
    assert answer.status_code == 422
    assert "There is a team Sales already." in text_of(answer)
    assert "Northern" in text_of(admin.get("/setup/teams/"))
    assert {"team.added", "team.moved", "team.renamed"} <= set(_actions(site))


def test_sessions_are_ended_one_by_one_and_together(admin: Visitor, site: Site, rep: Visitor, app: Flask) -> None:
    number = site.accounts.find_user_id("rep") or 0
    other = Visitor(app)
    other.log_in("rep", PASSWORD)
    assert text_of(admin.get("/setup/sessions/?search=rita")).count("Rita Rep") >= 2
    first, second = site.accounts.list_sessions(number)
    admin.post(f"/setup/sessions/{first.id}/end")
    assert [each.id for each in site.accounts.list_sessions(number)] == [second.id]
    assert other.get("/").status_code == 303
    admin.get("/setup/sessions/")
    admin.post("/setup/sessions/action/", {"action": "delete", "id": [str(second.id), "77"]})
    assert not site.accounts.list_sessions(number)
    assert rep.get("/").status_code == 303
    assert _actions(site)[:2] == ["sessions.ended", "sessions.ended"]


def test_a_token_is_shown_once_used_and_revoked(admin: Visitor, site: Site, app: Flask) -> None:
    anna = site.accounts.add_user("anna", "Anna Snelling", roles=["sales_rep"])
    admin.get("/setup/tokens/new/")
    wrong = {"label": "Shop", "user_id": str(anna), "expires": "30d", "scopes": "everything"}
    refused = admin.post("/setup/tokens/new/", wrong)
    assert refused.status_code == 422
    assert "is no scope of a token" in text_of(refused)
    made = admin.post("/setup/tokens/new/", {**wrong, "scopes": "read module:organization"})
    found = re.search(r'id="secret">(fs_[\w-]+)<', made.text)
    assert found
    client = app.test_client()
    headers = {"Authorization": f"Bearer {found[1]}"}
    assert client.get("/api/v1/m/organization", headers=headers).status_code == 200
    listed = admin.get("/setup/tokens/")
    assert found[1] not in listed.text
    assert "Shop" in text_of(listed)
    (token,) = site.accounts.list_tokens()
    admin.post(f"/setup/tokens/{token.id}/revoke")
    assert client.get("/api/v1/m/organization", headers=headers).status_code == 401
    assert "No API tokens" in text_of(admin.get("/setup/tokens/"))
    assert _actions(site)[:2] == ["token.revoked", "token.added"]


def test_log_ins_and_the_audit_log_are_listed(admin: Visitor, site: Site, visitor: Visitor) -> None:
    visitor.get("/login")
    visitor.post("/login", {"username": "admin", "password": "wrong"})
    page = text_of(admin.get("/setup/logins/"))
    assert "Came in" in page
    assert "Turned away" in page
    assert "Came in" not in text_of(admin.get("/setup/logins/?outcome=failed")).partition("When")[2]
    number = _add(admin, site)
    entries = admin.get(f"/setup/audit/?action=user&by={site.accounts.find_user_id('admin')}")
    assert f'href="/setup/users/edit/?id={number}"' in entries.text
    assert "User added" in text_of(entries)
    assert "user.added" in entries.text


def test_a_long_list_goes_on_where_it_stopped(admin: Visitor, site: Site) -> None:
    for number in range(60):
        site.accounts.add_team(f"Team {number:02}")
    first = admin.get("/setup/audit/")
    assert first.text.count("<tr>") == 51
    found = re.search(r'href="(/setup/audit/\?before=\d+)"', first.text)
    assert found
    assert admin.get(found[1]).text.count("<tr>") > 10


def test_what_somebody_may_do_is_told(admin: Visitor, site: Site) -> None:
    anna = site.accounts.add_user("anna", "Anna Snelling", roles=["sales_rep"])
    link = f"/setup/users/{anna}/rights"
    assert link in admin.get(f"/setup/users/edit/?id={anna}").text
    page = text_of(admin.get(link))
    assert "What Anna Snelling may do" in page
    products = page.partition("Products")[2].split()[:8]
    assert products == ["Own", "—", "—", "—", "—", "—", "—", "—"]
    me = site.accounts.find_user_id("admin")
    assert "passes every right" in text_of(admin.get(f"/setup/users/{me}/rights"))
    site.accounts.deactivate(anna)
    assert "may do nothing" in text_of(admin.get(link))
