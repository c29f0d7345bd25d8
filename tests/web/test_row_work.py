"""What people see of the work on rows that a publish brings: while it goes on, and in the history afterwards."""

from __future__ import annotations

import pytest

from fieldstone.changes import scheduling
from fieldstone.kernel.actors import Actor
from fieldstone.runtime.site import Site
from web.test_publishing import publish
from web.visitor import Visitor, text_of

VISIT = """
module: visit
label: Visit
plural: Visits
name_field: subject
fields:
  subject: {type: text, required: true}
  heads: {type: text, label: Head count}
"""
AS_NUMBER = VISIT.replace("{type: text, label: Head count}", "{type: integer, label: Head count}")
MOVES = "moves:\n  - id: fill\n    backfill: {field: visit.heads, value: '1'}\n"


@pytest.fixture
def visit(site: Site, actor: Actor, admin: Visitor) -> str:
    publish(site, actor, modules__visit=VISIT)
    admin.get("/m/visit/new")
    return str(admin.post("/m/visit/new", {"f.subject": "Tour", "f.heads": "12"}).location)


def test_a_field_that_waits_says_so_until_its_values_are_there(
    site: Site, actor: Actor, admin: Visitor, visit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduling, "INLINE_ROWS", 0)
    publish(site, actor, modules__visit=AS_NUMBER)
    assert "Tour" in text_of(admin.get("/m/visit"))
    shown = text_of(admin.get(visit))
    assert "Tour" in shown
    assert "Being brought over" in shown
    assert "Not set" not in shown.split("Head count")[1][:40]
    filtered = admin.get("/m/visit?where=heads+%3E+1")
    assert filtered.status_code == 503
    assert "is being brought over" in text_of(filtered)
    form = admin.get(f"{visit}/edit")
    assert 'readonly value="Being brought over"' in form.text
    assert "until it is done these cannot be changed: " in text_of(form)
    answer = admin.post(f"{visit}/edit", {"f.subject": "Tour", "f.heads": "13"})
    assert answer.status_code == 422
    assert "Head count is being brought over" in text_of(answer)
    site.worker().run_due()
    assert "Tour" in text_of(admin.get("/m/visit?where=heads+%3E+1"))
    shown = text_of(admin.get(visit))
    assert "12" in shown
    assert "Being brought over" not in shown


def test_the_history_says_which_revision_gave_a_value(site: Site, actor: Actor, admin: Visitor, visit: str) -> None:
    admin.get("/m/visit/new")
    bare = str(admin.post("/m/visit/new", {"f.subject": "Talk"}).location)
    publish(site, actor, modules__visit=VISIT, metadata__moves=MOVES)
    assert "Revision 3 of the setup changed Head count" in text_of(admin.get(bare))
    assert "Revision 3" not in text_of(admin.get(visit))
