"""Talking about records on the pages: comments, inbox, following, reminders, and looking back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from fieldstone.fields.values import RecordRef
from fieldstone.kernel.actors import Actor
from fieldstone.records.changes import RecordChange
from fieldstone.runtime.site import Site
from web.visitor import Visitor, text_of

Save = Callable[..., int]


@pytest.fixture
def ben(site: Site, app: Flask) -> Visitor:
    site.accounts.add_user("ben", "Ben Nevis", roles=("sales_manager",), password="a long password")
    made = Visitor(app)
    made.log_in("ben")
    return made


def test_a_conversation_on_the_pages(admin: Visitor, ben: Visitor, site: Site, save: Save, actor: Actor) -> None:
    deal = save("opportunity", name="Ward tablets", stage="proposal")
    here = f"/m/opportunity/{deal}"

    offered = ben.htmx(f"{here}/people?q=adm")
    assert 'data-username="admin"' in offered.text
    assert "Ben" not in ben.htmx(f"{here}/people?q=").text  # nobody mentions oneself
    said = "**Bold** <script>alert(1)</script> [x](javascript:alert(1)) ![y](http://z) @admin."
    ben.get(here)
    answer = ben.post(f"{here}/comments", {"text": said})
    comment = int(answer.location.rpartition("#c")[2])
    page = ben.get(here)
    assert f'id="c{comment}"' in page.text
    assert "<strong>Bold</strong> &lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    assert '<span class="fs-mention">@admin</span>.' in page.text
    assert "<img" not in page.text
    assert "javascript:alert(1)" not in re.findall(r'href="([^"]*)"', page.text)

    # The bell, the inbox, and from there to the comment.
    assert "Notifications, 1 unread" in admin.get("/").text
    assert "Ben Nevis mentioned you" in text_of(admin.htmx("/notifications/latest"))
    inbox = admin.get("/notifications?show=unread&kind=mention")
    assert "Ben Nevis mentioned you Ward tablets · Opportunity" in text_of(inbox)
    assert '<span class="fs-mention">@admin</span>' in inbox.text
    assert "Nothing new." in text_of(admin.get("/notifications?kind=reminder"))
    opened = admin.get(f"{here}?comment={comment}")
    assert f'id="t{comment}"' in opened.text
    assert "Notifications, 1 unread" not in opened.text
    notice = re.search(r'name="id" value="(\d+)"', admin.get("/notifications").text)
    assert notice is not None
    admin.post("/notifications/unread", {"id": notice[1]})
    assert "Notifications, 1 unread" in admin.get("/").text

    # Replies stand below the first comment; only one's own can be changed or deleted.
    reply = int(admin.post(f"{here}/comments", {"text": "Yes", "reply_to": comment}).location.rpartition("#c")[2])
    again = int(ben.post(f"{here}/comments", {"text": "Good", "reply_to": reply}).location.rpartition("#c")[2])
    records = site.records.fetch(actor, "comment", [reply, again], fields=("reply_to",))
    assert [record.values["reply_to"] for record in records] == [comment, comment]
    assert admin.get(f"{here}/comments/{comment}/edit").status_code == 404
    assert admin.post(f"{here}/comments/{comment}/delete").status_code == 404
    editor = ben.htmx(f"{here}/comments/{comment}/edit")
    assert "@admin." in editor.text
    assert ben.htmx(f"{here}/comments/{comment}/edit", {"text": ""}).status_code == 422
    ben.htmx(f"{here}/comments/{comment}/edit", {"text": "Changed", "reason": "Shorter"})
    assert "Changed edited" in text_of(ben.get(f"{here}/activity?show=comments"))
    gone = ben.post(f"{here}/comments/{again}/delete")
    assert "Comment deleted" in text_of(ben.get(gone.location))
    assert f'id="c{again}"' not in ben.get(here).text

    # Following: the button says which it is.
    assert 'aria-pressed="true"' in ben.get(here).text
    assert "Ward tablets" in text_of(ben.get("/following"))
    ben.post(f"{here}/follow", {"follow": "0"})
    assert "You follow nothing yet." in text_of(ben.get("/following"))
    assert 'aria-pressed="false"' in ben.get(here).text

    # What one is told is one's own choice.
    ben.post("/account/notices", {"app.mention": "on", "following": "on"})
    chosen = re.findall(r'name="([a-z.]+)" checked', ben.get("/account/notices").text)
    assert chosen == ["app.mention", "following"]


def test_reminders_and_looking_back(admin: Visitor, site: Site, save: Save, actor: Actor) -> None:
    first, deal, last = (save("opportunity", name=name, stage="proposal") for name in ("A", "B", "C"))
    here = f"/m/opportunity/{deal}"
    note = save("note", title="Known", text="They *pay* late", related_to=RecordRef("opportunity", deal), pinned=True)
    for amount in range(1, 36):
        save("opportunity", deal, amount=str(amount))

    assert "Choose a day and a time." in text_of(admin.htmx(f"{here}/remind", {"when": "own", "at": "soon"}))
    assert admin.htmx(f"{here}/remind", {"when": "own", "at": "2001-01-01T10:00"}).status_code == 422
    admin.htmx(f"{here}/remind", {"when": "monday", "note": "Ask Priya"})
    (waiting,) = site.activity.reminders.list(actor)
    assert "Ask Priya" in text_of(admin.get(f"{here}/remind"))
    assert admin.post(f"/reminders/{waiting.id}/cancel").status_code == 303
    assert admin.post(f"/reminders/{waiting.id}/cancel").status_code == 404

    # Back and on through the list one came from; the stream in parts; notes above it.
    admin.get("/m/opportunity?view=all&sort=name&where=stage == 'proposal'")
    page = admin.get(here)
    assert f'href="/m/opportunity/{first}" data-key="k"' in page.text
    assert f'href="/m/opportunity/{last}" data-key="j"' in page.text
    assert "They <em>pay</em> late" in page.text
    assert "They <em>pay</em> late" in admin.get(f"/m/note/{note}").text
    older = re.search(r'hx-get="(/m/opportunity/\d+/activity\?cursor=[^"]+)"', page.text)
    assert older is not None
    part = admin.htmx(older[1].replace("&amp;", "&"))
    assert "admin created this opportunity" in text_of(part)
    assert "<h3" not in part.text  # the day has its head already
    assert admin.htmx(f"{here}/activity?cursor=nonsense").status_code == 400

    # Tags lead to what has them, and are offered; a field that is out of sight is not edited where it stands.
    save("opportunity", deal, tags=["it's urgent", "A<b>"])
    linked = re.search(r'<a class="fs-tag fs-[a-z]+" href="([^"]+)">it&#39;s urgent</a>', admin.get(here).text)
    assert linked is not None
    assert "1–1 of 1" in text_of(admin.get(linked[1].replace("&amp;", "&")))
    assert 'value="A&lt;b&gt;"' in admin.htmx("/m/opportunity/tags/tags?q=a").text
    assert admin.htmx("/m/opportunity/tags/name").status_code == 404
    assert admin.htmx(f"{here}/field/loss_reason").status_code == 404

    # A stage asks for what it needs, and takes it along.
    empty = save("opportunity", name="Empty", stage="proposal")
    asked = admin.htmx(f"/m/opportunity/{empty}/stage", {"value": "won"})
    assert asked.status_code == 422
    assert 'id="s-amount"' in asked.text
    assert 'name="asked" value="amount"' in asked.text
    wrong = admin.htmx(f"/m/opportunity/{empty}/stage", {"value": "won", "asked": "amount", "f.amount": "lots"})
    assert wrong.status_code == 422
    assert 'value="lots"' in wrong.text
    sent = {"value": "won", "asked": "amount", "f.amount": "1,200"}
    assert admin.htmx(f"/m/opportunity/{empty}/stage", sent).status_code == 200
    won = site.records.get(actor, "opportunity", empty).values
    assert (won["stage"], won["amount"]) == ("won", 1200)

    # A change is taken back from the history, once.
    entry = site.records.history(actor, "opportunity", deal, limit=2)[1].id
    assert f'name="entry" value="{entry}"' in admin.get(f"{here}/history").text
    admin.post(f"{here}/undo", {"entry": entry})
    assert site.records.get(actor, "opportunity", deal).values["amount"] == 34
    conflict = admin.post(f"{here}/undo", {"entry": entry})
    assert "Somebody else changed the same fields" in text_of(admin.get(conflict.location))

    # As it was: with the values of then, and without anything to press.
    then = site.records.history(actor, "opportunity", deal, limit=10)[-1].at.isoformat()
    site.records.save(actor, [RecordChange(module="opportunity", id=deal, values={"name": "Renamed"})])
    past = admin.get(f"{here}/past", query_string={"at": then})
    assert past.status_code == 200
    assert "Renamed" not in past.text
    assert "Nothing here can be changed." in text_of(past)
    assert "can-edit" not in past.text
    assert admin.get(f"{here}/past?at=2001-01-01").status_code == 404
