"""Writing to many records from the list: composed, previewed, sent once to whoever may be written to, and noted."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage

import pytest
import sqlalchemy as sa

from fieldstone.jobs.worker import Worker
from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import ForbiddenError, InvalidInputError
from fieldstone.metadata.layers import Layer
from fieldstone.records.mass.order import MassOrder
from fieldstone.runtime.site import Site
from web.visitor import Visitor, text_of

Save = Callable[..., int]
ASK = "/m/contact/mass/email"
ROLES = """roles:
  half: {label: Half, modules: {"*": [view, edit, mass_edit]}, fields: {contact: {do_not_email: hidden}}}
  blind: {label: Blind, modules: {"*": [view, edit, mass_edit]}, fields: {contact: {email: hidden}}}
"""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def site(request: pytest.FixtureRequest, new_site: Callable[[str], Site]) -> Site:
    return new_site(request.param)


def outbox(site: Site) -> list[EmailMessage]:
    """What was sent since the last look, by recipient."""
    Worker(site).run_due()
    found = []
    for path in (site.folder / "outbox").glob("*.eml"):
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        found.append(mail)
        path.unlink()
    return sorted(found, key=lambda mail: str(mail["To"]))


def test_many_are_written_to_once_each(admin: Visitor, site: Site, actor: Actor, save: Save) -> None:
    assert actor.user_id is not None
    site.accounts.update_user(actor.user_id, email="boss@example.com")
    names = ["Ann", "Bob [x](http://evil)", "Cy", "Di"]
    values = [{"name": {"last_name": name}, "email": f"c{n}@example.com"} for n, name in enumerate(names)]
    values[2] |= {"do_not_email": True}
    values[3] |= {"email": None}
    ids = [save("contact", **each) for each in values]
    assert f'formaction="{ASK}"' in admin.get("/m/contact?view=all").text
    asked = admin.htmx(f"{ASK}/ask", {"id": ids, "back": "/m/contact?view=all"})
    assert "2 e-mails will be sent. 1 has no address. 1 wants no e-mail." in text_of(asked)
    assert "{{ record.organization }}" in asked.text
    letter = {"id": ids, "subject": "Hello {{ record.name }}", "body": "Dear **{{ record.name }}**,\r\n\r\ngood news."}
    wrong = admin.htmx(ASK, {**letter, "body": "{{ record.nothing }}"})
    assert wrong.status_code == 422
    assert "record.nothing" in wrong.text
    shown = admin.htmx(ASK, {**letter, "preview": "1"})
    assert shown.status_code == 200
    assert "Hello Ann" in shown.text
    assert "<strong>Ann</strong>" in shown.text
    assert "<strong>Bob [x](http://evil)</strong>" in shown.text
    assert "Cy" not in text_of(shown)
    assert not outbox(site)
    sent = admin.htmx(ASK, letter)
    report = text_of(admin.get(sent.headers["HX-Redirect"]))
    assert "Written to 2 Not written to 2" in report
    assert "No e-mail is wanted." in report
    mails = outbox(site)
    assert [(mail["To"], mail["Subject"], mail["Reply-To"]) for mail in mails] == [
        ("c0@example.com", "Hello Ann", "boss@example.com"),
        ("c1@example.com", "Hello Bob [x](http://evil)", "boss@example.com"),
    ]
    plain = mails[0].get_body(("plain",))
    assert plain is not None
    assert plain.get_content() == "Dear **Ann**,\n\ngood news.\n"
    # The activity says so, without what was filled in; and no version moves.
    assert "sent the e-mail Hello …" in text_of(admin.get(f"/m/contact/{ids[0]}"))
    assert [each.kind for each in site.records.history(actor, "contact", ids[0])] == ["mailed", "created"]
    assert site.records.get(actor, "contact", ids[0]).version == 1
    assert "mailed" not in {each.kind for each in site.records.history(actor, "contact", ids[2])}

    # The whole list as a job; taken up again where it was, a mail that is queued is not queued again.
    begun = site.masses.start(
        actor, MassOrder(module="contact", kind="email", options={"subject": "Again", "body": "You"})
    )
    assert "Waiting" in text_of(admin.get(f"/jobs/{begun.id}"))
    Worker(site).run_due()
    # Whoever did not watch it end finds that in the inbox, with the way to the report.
    inbox = admin.get("/notifications?kind=job")
    assert "Your job on Contacts is done: 2 of 4 records, 2 refused" in text_of(inbox)
    assert f'href="/jobs/{begun.id}"' in inbox.text
    assert "Done" in text_of(admin.htmx(f"/jobs/{begun.id}/progress"))
    assert "Nothing new." in text_of(admin.get("/notifications?kind=job"))
    with site.database.read() as conn:
        queued = set(conn.execute(sa.text("SELECT key FROM fs_job WHERE kind = 'email.send'")).scalars())
    site.database.transact(
        lambda conn: conn.execute(sa.text(f"UPDATE fs_mass SET state = 'running', last_id = 0 WHERE id = {begun.id}"))
    )
    admin.post("/account/notices", {"mail.job": "1"})
    site.masses.resume(actor, begun.id)
    sent_again = outbox(site)
    assert [mail["To"] for mail in sent_again] == ["boss@example.com", "c0@example.com", "c1@example.com"]
    told = sent_again[0].get_body(("plain",))
    assert told is not None
    assert f"/jobs/{begun.id}" in told.get_content()
    assert "Nothing new." in text_of(admin.get("/notifications?kind=job"))
    with site.database.read() as conn:
        keys = set(conn.execute(sa.text("SELECT key FROM fs_job WHERE kind = 'email.send'")).scalars())
    assert len(keys - queued) == 1, "but that of the end"

    # Nobody writes to records out of reach, or reads addresses this way.
    rep = site.accounts.actor(site.accounts.add_user("rep", "Rep", roles=["sales_rep"]))
    mine = save("contact", name={"last_name": "Mine"}, email="mine@example.com", owner=rep.user_id)
    order = MassOrder(module="contact", kind="email", ids=[mine, ids[0]], options={"subject": "Hi", "body": "You"})
    done = site.masses.start(rep, order)
    assert (done.changed, done.failed) == (1, 1)
    assert [mail["To"] for mail in outbox(site)] == ["mine@example.com"]
    viewer = site.accounts.actor(site.accounts.add_user("viewer", "Viewer", roles=["viewer"]))
    with pytest.raises(ForbiddenError):
        site.masses.start(viewer, order)
    with pytest.raises(InvalidInputError):  # a module without addresses
        site.masses.start(actor, replace(order, module="opportunity"))
    layer = Layer(name="site", documents={"metadata/roles.yaml": ROLES})
    site.publishing.publish(site.publishing.plan(layer), actor)
    site.models.refresh()
    half, blind = (site.accounts.actor(site.accounts.add_user(name, name, roles=[name])) for name in ("half", "blind"))
    with pytest.raises(InvalidInputError):
        site.masses.start(blind, order)
    with pytest.raises(InvalidInputError):
        site.workflows.mass_mail.preview(blind, "contact", {"subject": "Hi", "body": "You"}, ids)
    # A field that one may not see keeps mail away, and is not told of; nor does a mail hold what is hidden.
    letter = {"subject": "{{ record.do_not_email }}", "body": "<{{ record.do_not_email }}>"}
    done = site.masses.start(half, replace(order, ids=[ids[0], ids[2]], options=letter))
    assert [each.code for each in site.masses.problems(half, done.id)] == ["workflow.E153"]
    (only,) = outbox(site)
    assert (only["To"], only["Subject"] or "") == ("c0@example.com", "")
    assert site.workflows.mass_mail.addresses(half, "contact", "", ids, "").opted_out == 0
