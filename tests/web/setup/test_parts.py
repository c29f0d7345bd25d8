"""Parts of Setup: who enters which, who owns single modules, and that nobody gets further by what they give."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from fieldstone.changes.editing.words import with_texts
from fieldstone.changes.site_patch import patch_document, read_effective, rename_in_site
from fieldstone.kernel.errors import ForbiddenError
from fieldstone.metadata.setup_reach import EVERYTHING, SetupReach
from fieldstone.runtime.site import Site
from web.setup.conftest import PASSWORD
from web.setup.test_roles import edit, filled, publish
from web.visitor import Visitor, text_of


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def site(request: pytest.FixtureRequest, new_site: Callable[[str], Site]) -> Site:
    return new_site(request.param)


def _enter(app: Flask, site: Site, name: str, *roles: str) -> tuple[int, Visitor]:
    user = site.accounts.add_user(name, name.title(), roles=roles, password=PASSWORD)
    visitor = Visitor(app)
    visitor.log_in(name, PASSWORD)
    return user, visitor


def _labelled(path: str, label: str):  # type: ignore[no-untyped-def]
    return lambda layers: patch_document(layers, path, {**read_effective(layers, path), "label": label})


def test_what_belongs_to_whom() -> None:
    lead = SetupReach(modules=frozenset({"lead"}))
    for path, part in (
        ("modules/lead.yaml", "structure"), ("layouts/lead.yaml", "structure"), ("workflows/lead.yaml", "structure"),
        ("metadata/picklists/source.yaml", "structure"), ("metadata/translations/zh_CN.yaml", "structure"),
        ("metadata/moves.yaml", "structure"), ("metadata/roles.yaml", "access"), ("metadata/sharing.yaml", "access"),
        ("metadata/app.yaml", "company"),
    ):  # fmt: skip
        assert SetupReach(parts=frozenset({part})).covers(path)
        assert not SetupReach(parts=EVERYTHING.parts - {part}).covers(path)
        assert lead.covers(path) is (path.endswith("/lead.yaml"))
    assert not lead.covers("modules/contact.yaml")
    assert not lead.covers("modules/deep/lead.yaml")
    assert EVERYTHING.covers("anything.else")
    assert lead.within(EVERYTHING)
    assert not EVERYTHING.within(lead)


def _names_what_is_its_own(site: Site, keeper: Visitor, user: int) -> None:
    """Whoever owns a module translates and renames within it, in documents that are everybody's, and nothing else."""
    words = "/setup/translations/zh_CN"
    page = keeper.get(words).text
    assert "t.module.lead.label" in page
    assert "t.module.contact.label" not in page
    typed = {"t.module.lead.label": "我的潜客", "t.module.contact.label": "X", "was.module.contact.label": ""}
    assert keeper.post(words, typed).status_code == 303
    said = site.drafts.get(user).site.documents["metadata/translations/zh_CN.yaml"]
    assert "我的潜客" in said
    assert "contact" not in said
    assert keeper.post("/setup/modules/lead/fields/company/rename", {"new": "firm"}).status_code == 303
    draft = site.drafts.get(user)
    assert "from: lead.company" in draft.site.documents["metadata/moves.yaml"]

    def moved(kind: str, old: str, new: str) -> Any:
        return lambda layers: rename_in_site(layers, kind, old, new)

    def worded(key: str) -> Any:
        path = "metadata/translations/zh_CN.yaml"
        return lambda layers: patch_document(layers, path, with_texts(read_effective(layers, path), {key: "X"}))

    for step in (
        moved("module", "lead", "suspect"), moved("field", "contact.title", "contact.post"),
        moved("role", "sales_rep", "seller"), moved("picklist_value", "lead_status.new", "lead_status.fresh"),
        worded("module.contact.label"), worded("role.sales_rep"), worded("picklist.sales_stage.won"),
        worded("group.sales"), worded("picklist.lead_status.new"),
    ):  # fmt: skip
        with pytest.raises(ForbiddenError):
            site.drafts.edit(user, "Beyond", step)
    assert site.drafts.get(user).turn == draft.turn


def test_each_enters_what_is_given_and_goes_no_further(site: Site, app: Flask, admin: Visitor) -> None:
    for name, parts, modules in (
        ("Keeper of leads", [], ["lead"]), ("Hand", ["people"], []), ("Gatekeeper", ["access"], []),
    ):  # fmt: skip
        role = name.lower().replace(" ", "_")
        edit(admin, "/setup/roles/add", label=name, name=role)
        kept = edit(admin, f"/setup/roles/of/{role}", setup=parts, setup_modules=modules)
        assert kept.status_code == 303, text_of(kept)
    publish(admin, admin.get("/setup/draft/"))
    roles = site.models.current.model.roles
    assert roles["keeper_of_leads"].setup_modules == ("lead",)
    assert roles["hand"].setup_parts == ("people",)
    assert not roles["hand"].setup
    assert roles["administrator"].setup

    # Whoever owns a module: its documents and no others, in the draft and on the page of the plan.
    user, keeper = _enter(app, site, "kay", "keeper_of_leads")
    assert 'href="/setup/"' in keeper.get("/more").text
    overview = keeper.get("/setup/")
    assert overview.status_code == 200
    assert "/setup/users/" not in overview.text
    for page in ("users", "roles", "company", "settings", "audit", "documents", "revisions", "jobs", "health"):
        assert keeper.get(f"/setup/{page}/").status_code == 403, page
    assert keeper.get("/setup/translations/zh_CN").status_code == 200
    _names_what_is_its_own(site, keeper, user)
    with pytest.raises(ForbiddenError):
        site.drafts.edit(user, "Contacts", _labelled("modules/contact.yaml", "X"))
    site.drafts.edit(user, "Leads", _labelled("modules/lead.yaml", "Prospect"))
    enter = {"role": "administrator", "to": "/m/lead", "back": "/setup/"}
    assert keeper.post("/setup/preview/enter", enter).status_code == 403
    done = publish(keeper, keeper.get("/setup/draft/"))
    assert done.location == "/setup/"
    assert site.models.current.model.modules["lead"].label == "Prospect"
    site.drafts.edit(user, "Leads", _labelled("modules/lead.yaml", "Suspect"))
    edit(admin, "/setup/roles/of/keeper_of_leads", setup_modules=["contact"])
    publish(admin, admin.get("/setup/draft/"))
    version = site.models.current.version
    publish(keeper, keeper.get("/setup/draft/"))
    assert "You may not change modules/lead.yaml" in text_of(keeper.get("/setup/draft/"))
    assert site.models.current.version == version

    # People: no role that lets further in than oneself, no account that gets further.
    _user, hand = _enter(app, site, "hanna", "hand")
    assert hand.get("/setup/users/").status_code == 200
    assert hand.get("/setup/roles/").status_code == 403
    new = filled(hand.get("/setup/users/new/")) | {"username": "new", "label": "New"}
    beyond = hand.post("/setup/users/new/", new | {"roles": ["administrator"]})
    assert "The role lets into more of Setup than you may enter." in text_of(beyond)
    assert hand.post("/setup/users/new/", new | {"roles": ["sales_rep", "hand"]}).status_code == 302
    boss = site.accounts.add_user("boss", "Boss", roles=["administrator"])
    site.accounts.add_user("peer", "Peer", roles=["sales_rep"])
    assert "lets into more of Setup" in text_of(hand.post(f"/setup/users/{boss}/link", follow_redirects=True))
    peer = site.accounts.find_user_id("peer")
    assert "/login/link/" in hand.post(f"/setup/users/{peer}/link").text

    # Access: roles, but none that lets further in.
    _user, gate = _enter(app, site, "gus", "gatekeeper")
    assert edit(gate, "/setup/roles/of/sales_rep", label="Reps").status_code == 303
    publish(gate, gate.get("/setup/draft/"))
    assert site.models.current.model.roles["sales_rep"].label == "Reps"
    edit(gate, "/setup/roles/of/gatekeeper", setup=["access", "people"])
    publish(gate, gate.get("/setup/draft/"))
    assert site.models.current.model.roles["gatekeeper"].setup_parts == ("access",)
    assert "lets into more of Setup" in text_of(gate.get("/setup/draft/"))
    files = {"files": [(io.BytesIO(b"module: x"), "modules/x.yaml")]}
    assert gate.post("/setup/documents/import", files, content_type="multipart/form-data").status_code == 403
    gate.post("/setup/draft/discard")
    assert [entry.action for entry in site.accounts.list_audit(limit=1)] == ["draft.discarded"]
