"""Translations in Setup: what is missing, what is written, what is pasted; and the documents they become."""

from __future__ import annotations

from fieldstone.changes.editing.words import with_texts
from fieldstone.metadata.texts import source_texts
from fieldstone.runtime.site import Site
from web.setup.test_roles import publish
from web.visitor import Visitor, text_of

HOME = "/setup/translations/zh_CN"


def test_a_language_is_written_beside_its_source(admin: Visitor, site: Site) -> None:
    model = site.models.current.model
    assert all(with_texts({}, {key: "x"}) for key in source_texts(model))
    assert "简体中文" in text_of(admin.get("/setup/translations/"))
    page = admin.get(f"{HOME}?part=opportunity&search=amount")
    assert 'name="t.field.opportunity.amount.label"' in page.text
    assert "field.lead" not in page.text
    missing = admin.get(f"{HOME}?missing=1")
    assert 'name="t.relation.task.comments"' in missing.text
    assert 'name="t.module.lead.label"' not in missing.text
    assert admin.get("/setup/translations/en").status_code == 404
    assert "Nothing fits" in text_of(admin.get(f"{HOME}?search=zanzibar"))

    # Only what was changed is written, as one step; what has no place in a line is taken out of what was pasted.
    sent = {
        "t.relation.task.comments": " 评\u2028论\x07\r\n区 ", "was.relation.task.comments": "",
        "t.module.lead.label": "线索", "was.module.lead.label": "线索",
        "t.module.contact.label": "stale", "was.module.contact.label": "stale",
        "t.email.hot_deal.body": "一\r\n二", "was.email.hot_deal.body": "",
        "t.field.nothing.at.all": "x", "was.field.nothing.at.all": "",
    }  # fmt: skip
    kept = admin.post(f"{HOME}?missing=1&page=1", sent)
    assert kept.location == f"{HOME}?missing=1&page=1"
    shown = admin.get(kept.location)
    assert "简体中文: 2 texts" in text_of(shown)
    assert "The source also shows record.name" in text_of(shown)
    assert "t.relation.task.comments" not in shown.text
    publish(admin, admin.get("/setup/draft/"))
    texts = site.models.current.model.texts["zh_CN"]
    assert texts["relation.task.comments"] == "评论 区"
    assert texts["email.hot_deal.body"] == "一\n二"
    assert texts["module.contact.label"] == "联系人"
    layer = site.publishing.published_site_layer()
    assert layer is not None
    assert list(layer.documents) == ["metadata/translations/zh_CN.yaml"]
    assert "线索" not in layer.documents["metadata/translations/zh_CN.yaml"]

    # Taken away again, what lies below holds.
    admin.post(HOME, {"t.relation.task.comments": "", "was.relation.task.comments": "评论 区"})
    publish(admin, admin.get("/setup/draft/"))
    assert "relation.task.comments" not in site.models.current.model.texts["zh_CN"]
