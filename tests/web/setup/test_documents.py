"""Everything as YAML: taken out of one site and brought into a fresh one, where the plan is empty then."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask

from fieldstone.changes.site_patch import patch_document, read_effective, rename_in_site
from fieldstone.metadata.bundle import pack_documents, unpack_documents
from fieldstone.metadata.canonical import canonical_layer
from fieldstone.runtime.site import Site
from fieldstone.web import create_app
from web.setup.test_roles import REP, edit, publish
from web.visitor import Visitor, text_of

IMPORT = "/setup/documents/import"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def site(dialect: str, new_site: Callable[[str], Site]) -> Site:
    return new_site(dialect)


def _sent(visitor: Visitor, files: dict[str, bytes], **choices: str):  # type: ignore[no-untyped-def]
    streams = [(io.BytesIO(content), name) for name, content in files.items()]
    return visitor.post(IMPORT, {"files": streams, **choices}, content_type="multipart/form-data")


def _shape(site: Site, admin: Visitor) -> None:
    """A module of its own, a field that is renamed, one that goes, a role, words."""
    user = site.accounts.operator().user_id or 0
    visit = {"module": "visit", "label": "Visit", "fields": {"name": {"type": "text", "label": "Name"}}}
    site.drafts.edit(user, "Visits", lambda layers: patch_document(layers, "modules/visit.yaml", visit))
    site.drafts.edit(user, "Worth", lambda layers: rename_in_site(layers, "field", "lead.company", "lead.firm"))

    def without(layers):  # type: ignore[no-untyped-def]
        whole = read_effective(layers, "modules/opportunity.yaml")
        fields = {name: value for name, value in whole["fields"].items() if name != "next_step"}
        return patch_document(layers, "modules/opportunity.yaml", {**whole, "fields": fields})

    site.drafts.edit(user, "No next step", without)
    edit(admin, REP, label="Field force")
    sent = {"t.relation.task.comments": "评论", "was.relation.task.comments": ""}
    admin.post("/setup/translations/zh_CN", sent)
    publish(admin, admin.get("/setup/draft/"), allow="1")


@pytest.mark.parametrize("holds", ["site", "all"])
def test_from_one_site_to_a_fresh_one_and_nothing_is_left_to_do(
    site: Site, admin: Visitor, new_site: Callable[[str], Site], dialect: str, holds: str
) -> None:
    _shape(site, admin)
    taken = admin.get("/setup/documents/export" + ("?effective=1" if holds == "all" else ""))
    assert taken.mimetype == "application/zip"
    assert "attachment" in taken.headers["Content-Disposition"]
    documents = unpack_documents(taken.data, "x.zip").documents
    assert pack_documents(documents) == taken.data

    fresh = new_site(dialect)
    visitor = Visitor(create_app(fresh))
    visitor.log_in()
    shown = _sent(visitor, {"taken.zip": taken.data}, holds=holds, others="go")
    assert shown.status_code == 200
    assert "Import of taken.zip" in text_of(shown)
    assert "modules/visit.yaml" in text_of(shown)
    assert fresh.models.current.version == 1
    publish(visitor, visitor.get("/setup/draft/"), allow="1")
    before, after = site.models.current.model, fresh.models.current.model
    assert list(after.modules["visit"].fields) == list(before.modules["visit"].fields)
    assert list(after.modules["lead"].fields) == list(before.modules["lead"].fields)
    assert "next_step" not in after.modules["opportunity"].fields
    assert after.roles["sales_rep"].label == "Field force"
    assert after.texts == before.texts
    if holds == "site":
        layer = fresh.publishing.published_site_layer()
        assert layer is not None
        assert dict(canonical_layer(layer).documents) == dict(documents)
        assert not fresh.publishing.plan(layer).changes
    again = _sent(visitor, {"taken.zip": taken.data}, holds=holds, others="go")
    assert "nothing is different" in text_of(again)
    actions = [entry.action for entry in fresh.accounts.list_audit(limit=3)]
    assert actions == ["documents.imported", "model.published", "documents.imported"]
    assert site.accounts.list_audit(limit=1)[0].action == "documents.exported"


def test_a_folder_or_a_part_and_what_cannot_be(app: Flask, admin: Visitor, site: Site) -> None:
    """The files of a folder as a browser sends them: its name before each. What is not in it stays."""
    edit(admin, REP, label="Field force")
    folder = {
        "crm/README.md": b"# ours", "crm/modules/visit.yaml": b"module: visit\nfields:\n  name: {type: text}\n",
    }  # fmt: skip
    shown = text_of(_sent(admin, folder))
    for words in ("crm 1 document was read.", "1 file is no document, and was left: crm/README.md", "type: text"):
        assert words in shown, words
    publish(admin, admin.get("/setup/draft/"))
    assert site.models.current.model.roles["sales_rep"].label == "Field force"
    assert "visit" in site.models.current.model.modules
    for files, words in (
        ({}, "Choose a file first."),
        ({"x.zip": b"none"}, "x.zip is no zip that can be read."),
        ({"../modules/lead.yaml": b"a", "y.yaml": b""}, "is no path of a document"),
        ({"modules/visit.yaml": b"module: visit\nfields: {name: {type: txt}}\n", "b/x.txt": b""}, "txt"),
        ({"modules/visit.yaml": b"module: [", "b/x.txt": b""}, "This is not valid YAML"),
    ):
        refused = _sent(admin, files)
        assert refused.status_code == 422, words
        assert words in text_of(refused)
    assert site.drafts.all() == []
