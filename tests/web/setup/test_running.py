"""Jobs, the outbox, runs of workflows, revisions, settings, health."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from fieldstone.jobs.context import JobContext
from fieldstone.jobs.kinds import JobKind
from fieldstone.kernel.actors import Actor
from fieldstone.runtime.site import Site
from fieldstone.web.setup import health
from web.setup.conftest import PASSWORD
from web.setup.test_roles import REP, filled, publish, review
from web.test_publishing import publish as publish_documents
from web.visitor import Visitor, text_of

FLOW = """
module: organization
workflows:
  greet:
    label: Greet them
    on: created
    if: name != ''
    do:
      - comment: {text: "Hello <b>"}
      - email: {to: ["someone@example.com"], subject: Hello, body: Welcome}
"""


def _enqueue(site: Site, kind: str, **payload: Any) -> int:
    return site.database.transact(lambda conn: site.jobs.enqueue(conn, kind, payload))


@pytest.fixture
def broken(site: Site) -> int:
    """A job that fails for good."""

    def run(context: JobContext, payload: Any) -> None:
        raise RuntimeError("The far side said no <script>")

    site.jobs.kinds.register(JobKind(name="test.broken", run=run, label="Break", max_attempts=1))
    job = _enqueue(site, "test.broken", far="side")
    site.worker().run_due()
    return job


def test_a_job_is_looked_at_tried_again_and_cancelled(admin: Visitor, site: Site, broken: int) -> None:
    page = admin.get("/setup/jobs/?state=failed")
    assert "Break" in text_of(page)
    assert "<script>" not in page.text.partition("</head>")[2]
    one = text_of(admin.get(f"/setup/jobs/{broken}"))
    assert "The far side said no <script>" in one
    assert '"far": "side"' in one
    assert "1 job has failed" in text_of(admin.get("/setup/health/"))
    admin.post(f"/setup/jobs/{broken}/retry", {"back": "one"})
    assert site.jobs.get(broken).state == "queued"
    admin.post(f"/setup/jobs/{broken}/pause")
    assert site.jobs.get(broken).state == "paused"
    admin.post(f"/setup/jobs/{broken}/resume")
    admin.post(f"/setup/jobs/{broken}/cancel")
    assert site.jobs.get(broken).state == "cancelled"
    admin.post(f"/setup/jobs/{broken}/pause")
    assert "cannot be paused" in text_of(admin.get("/setup/jobs/")) or site.jobs.get(broken).state == "cancelled"
    assert admin.post(f"/setup/jobs/{broken}/explode").status_code == 404
    noted = [entry.action for entry in site.accounts.list_audit(action="job.")]
    assert noted == ["job.cancel", "job.resume", "job.pause", "job.retry"]


def test_the_outbox_holds_what_leaves_the_site(
    admin: Visitor, site: Site, actor: Actor, save: Callable[..., int], broken: int
) -> None:
    publish_documents(site, actor, workflows__organization=FLOW)
    save("organization", name="Acme")
    outbox = text_of(admin.get("/setup/outbox/"))
    assert "Send an e-mail" in outbox
    assert "Break" not in outbox.partition("Older")[0].partition("Message")[2]
    (mail,) = site.jobs.list(kind="email.send")
    answer = admin.post(f"/setup/jobs/{mail.id}/cancel", {"back": "outbox"})
    assert answer.location == "/setup/outbox/"
    assert site.jobs.get(mail.id).state == "cancelled"


def test_a_run_is_told_in_full(admin: Visitor, site: Site, actor: Actor, save: Callable[..., int]) -> None:
    publish_documents(site, actor, workflows__organization=FLOW)
    record = save("organization", name="Acme")
    listed = admin.get("/setup/runs/?module=organization&workflow=greet&outcome=done")
    assert "Greet them" in text_of(listed)
    assert f'href="/m/organization/{record}"' in listed.text
    assert "No workflow" not in text_of(listed)
    assert "Nothing fits" in text_of(admin.get("/setup/runs/?outcome=failed"))
    number = listed.text.partition('href="/setup/runs/')[2].partition('"')[0]
    while not number.isdigit():
        rest = listed.text.partition(f'href="/setup/runs/{number}"')[2]
        number = rest.partition('href="/setup/runs/')[2].partition('"')[0]
    run = text_of(admin.get(f"/setup/runs/{number}"))
    for words in ("name != ''", "a record was created", "Comment", "Send an e-mail", "someone@example.com", "Acme"):
        assert words in run


def test_a_run_tells_nothing_of_a_record_out_of_reach(
    site: Site, actor: Actor, app: Flask, save: Callable[..., int]
) -> None:
    """Whoever runs the site need not see what is in it."""
    roles = "roles:\n  janitor: {label: Janitor, setup: true, modules: {task: [view]}}\n"
    publish_documents(site, actor, workflows__organization=FLOW, metadata__roles=roles)
    site.accounts.add_user("jan", "Jan", roles=["janitor"], password=PASSWORD)
    janitor = Visitor(app)
    janitor.log_in("jan", PASSWORD)
    record = save("organization", name="Acme")
    for path in ("", "1"):
        page = janitor.get(f"/setup/runs/{path}")
        assert page.status_code == 200
        assert "Acme" not in page.text
        assert "someone@example.com" not in page.text
        assert f'href="/m/organization/{record}"' not in page.text
    (mail,) = site.jobs.list(kind="email.send")
    for secret in ("Welcome", "someone@example.com"):
        assert secret not in janitor.get(f"/setup/jobs/{mail.id}").text


def test_a_revision_is_planned_in_words_and_gone_back_to(admin: Visitor, site: Site) -> None:
    start = site.models.current.version
    publish(admin, review(admin, REP, right__product__edit="own"))
    listed = text_of(admin.get("/setup/revisions/"))
    assert f"Revision {start + 1}" in listed
    assert "In force" in listed
    assert "See what going back would change" in text_of(admin.get(f"/setup/revisions/{start}"))
    plan = admin.get(f"/setup/revisions/{start}/back")
    assert "Change the role Sales representative sales_rep" in text_of(plan)
    assert "metadata/roles.yaml" in text_of(plan)
    stale = filled(plan) | {"hash": "0"}
    admin.post(f"/setup/revisions/{start}/back", stale)
    assert site.models.current.version == start + 1
    admin.post(f"/setup/revisions/{start}/back", filled(plan))
    assert site.models.current.version == start + 2
    assert site.models.current.model.roles["sales_rep"].grants.rights_on("product") == {"view": "own"}
    (newest,) = site.publishing.revisions(limit=1)
    assert (newest.kind, newest.message) == ("rollback", f"Back to revision {start}")
    assert "are those of revision" in text_of(admin.get(f"/setup/revisions/{start}/back", follow_redirects=True))


def test_what_would_go_out_of_sight_is_said(admin: Visitor, site: Site, actor: Actor, save: Callable[..., int]) -> None:
    start = site.models.current.version
    publish_documents(site, actor, modules__organization="module: organization\nfields:\n  nickname: {type: text}\n")
    save("organization", name="Acme", nickname="A")
    plan = admin.get(f"/setup/revisions/{start}/back")
    assert "1 value goes out of sight" in text_of(plan)
    assert 'name="allow" value="1" required' in plan.text
    assert "I have read what goes out of sight." in text_of(plan)
    admin.post(f"/setup/revisions/{start}/back", filled(plan) | {"allow": "1"})
    assert "nickname" not in site.models.current.model.modules["organization"].fields


def test_settings_say_where_they_come_from_and_keep_secrets(
    admin: Visitor, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site.settings, "_values", {"mail.password": "hunter2", "mail.host": "mail.example.com"})
    monkeypatch.setenv("FIELDSTONE_MAIL_PORT", "25")
    page = admin.get("/setup/settings/")
    assert "hunter2" not in page.text
    for words in ("kept secret", "mail.example.com", "the file", "FIELDSTONE_MAIL_PORT", "fieldstone.yaml"):
        assert words in text_of(page)


def test_the_application_is_renamed_and_named_back(admin: Visitor, site: Site) -> None:
    url, before = "/setup/company/", site.models.current.model.app.name
    publish(admin, review(admin, url, name="Acme <CRM>", week_start="6"))
    app = site.models.current.model.app
    assert (app.name, app.week_start) == ("Acme <CRM>", 6)
    assert "Acme &lt;CRM&gt;" in admin.get("/").text
    publish(admin, review(admin, url, name=before, week_start="0"))
    layer = site.publishing.published_site_layer()
    assert "metadata/app.yaml" not in (layer.documents if layer else {})
    assert review(admin, url, name="").status_code == 422


def test_the_doctor_says_what_is_wrong_and_what_helps(
    admin: Visitor, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = text_of(admin.get("/setup/health/"))
    for words in ("SQLite", "Revision", "Free on the disk", "There is no mail server"):
        assert words in page
    assert "The site is in order" in text_of(admin.post("/setup/health/doctor"))
    site.database.transact(lambda conn: conn.execute(sa.text("CREATE INDEX by_hand ON fs_state (value)")))
    site.database.transact(lambda conn: conn.execute(sa.text("DELETE FROM fs_document")))
    found = text_of(admin.post("/setup/health/doctor"))
    assert "doctor." in found
    monkeypatch.setattr(health, "SECONDS", -1)
    assert "fieldstone doctor" in text_of(admin.post("/setup/health/doctor"))
    with health._one_at_a_time:
        assert "being examined already" in text_of(admin.post("/setup/health/doctor"))
