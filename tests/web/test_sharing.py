"""Sharing a record by hand and being told who sees it: in a dialog, and as pages of their own."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Flask

from fieldstone.records.accounts.users import NewUser, add_users
from fieldstone.runtime.site import Site
from web.visitor import Visitor, text_of

PASSWORD = "another long password"


def _enter(site: Site, app: Flask, username: str, label: str, *roles: str) -> tuple[int, Visitor]:
    number = site.accounts.add_user(username, label, roles=list(roles), password=PASSWORD)
    visitor = Visitor(app)
    visitor.log_in(username, PASSWORD)
    return number, visitor


def test_a_record_is_shared_seen_and_taken_back(
    admin: Visitor, site: Site, app: Flask, save: Callable[..., int]
) -> None:
    anna_id, anna = _enter(site, app, "anna", "Anna Snelling", "sales_rep")
    bert_id, bert = _enter(site, app, "bert", "Bert Hall", "sales_rep")
    _, clerk = _enter(site, app, "clerk", "Cleo Clerk", "viewer")
    deal = save("opportunity", name="Deal", stage="prospecting", owner=anna_id)
    url = f"/m/opportunity/{deal}"
    assert bert.get(url).status_code == 404
    head = anna.get(url).text
    assert f'href="{url}/share"' in head
    assert f'href="{url}/audience"' in head
    # Who only looks may be told who else does, and may not share.
    assert f'href="{url}/share"' not in clerk.get(url).text
    assert clerk.get(f"{url}/share").status_code == 403
    assert clerk.post(f"{url}/share", {"who": str(bert_id)}).status_code == 403

    offered = anna.get(f"{url}/share/with?q=sales").text
    assert 'data-value="role:sales_manager"' in offered
    assert f'data-value="{bert_id}"' in anna.get(f"{url}/share/with?q=bert").text
    nobody = anna.post(f"{url}/share", {"t.who": "Nobody", "access": "read"})
    assert nobody.status_code == 422
    assert "Choose a user, a team or a role from the list." in text_of(nobody)
    # Without a script the name is typed, in a dialog the answer is the dialog again.
    assert anna.post(f"{url}/share", {"t.who": "bert hall", "access": "read"}).status_code == 303
    assert "Shared with Bert Hall" in text_of(anna.get(f"{url}/share"))
    assert bert.get(url).status_code == 200
    assert f'href="{url}/edit"' not in bert.get(url).text
    again = anna.htmx(f"{url}/share", {"who": str(bert_id), "access": "read", "until": "2099-03-14T18:00"})
    assert "fs-dialog-card" in again.text
    assert "until 14 Mar 2099 18:00" in text_of(again)
    kept = re.search(r'name="until" value="(2099[^"]+)"', again.text)
    assert kept is not None
    anna.htmx(f"{url}/share", {"who": str(bert_id), "access": "edit", "until": kept[1]})
    for past in ("2001-01-01T00:00", "soon"):
        assert anna.htmx(f"{url}/share", {"who": str(bert_id), "until": past}).status_code == 422
    assert f'href="{url}/edit"' in bert.get(url).text
    anna.htmx(f"{url}/share", {"who": "role:viewer"})
    told = text_of(anna.get(f"{url}/share"))
    assert "Viewer Role · by Anna Snelling" in told

    who = text_of(anna.get(f"{url}/audience"))
    for line in ("4 people see this record", "Owns it 1 AS Anna Snelling View and edit",
                 "Shared by hand with Bert Hall, until 14 Mar 2099 18:00 1 BH Bert Hall View and edit",
                 "Shared by hand with Viewer 1 CC Cleo Clerk View", "Administrators reach everything 1"):  # fmt: skip
        assert line in who, who
    assert "Cleo Clerk" not in anna.htmx(f"{url}/audience?q=bert").text
    person = text_of(anna.htmx(f"{url}/audience?user={bert_id}"))
    assert "View yes Shared by hand with Bert Hall" in person
    assert "Delete no Nothing leads to this record" in person
    assert anna.get(f"{url}/audience?user=999").status_code == 404
    assert "Bert Hall: View → View and edit, until 14 Mar 2099 18:00" in text_of(admin.get("/setup/audit/"))

    # Whoever takes the record from oneself is led away from it.
    mine = re.search(r'name="share" value="(\d+)"', bert.get(f"{url}/share").text)
    assert mine is not None
    gone = bert.post(f"{url}/unshare", {"share": mine[1], "name": "Bert Hall"})
    assert gone.location == "/m/opportunity"
    assert bert.get(url).status_code == 404
    assert anna.post(f"{url}/unshare", {"share": mine[1]}).status_code == 422
    acts = [(entry.action, entry.by, entry.target) for entry in site.accounts.list_audit(action="record.")]
    assert acts == [
        ("record.unshared", bert_id, f"opportunity:{deal}"), ("record.shared", anna_id, f"opportunity:{deal}"),
        *[("record.shared", anna_id, f"opportunity:{deal}")] * 3,
    ]  # fmt: skip


def test_a_long_list_is_folded_and_searched(admin: Visitor, site: Site, save: Callable[..., int]) -> None:
    viewers = [NewUser(username=f"v{n}", label=f"Viewer {n:02}", roles=("viewer",)) for n in range(55)]
    site.database.transact(lambda conn: add_users(conn, viewers, site.clock()))
    url = f"/m/opportunity/{save('opportunity', name='Deal', stage='prospecting')}/audience"
    page = admin.get(url)
    assert "All records, by the role Viewer 55 V0 Viewer 00 View" in text_of(page)
    assert "Viewer 49" in page.text
    assert "Viewer 50" not in page.text
    assert "and 5 more; search for the name" in text_of(page)
    assert re.search(r'<details class="fs-way">.*Viewer 00', page.text, re.S)
    found = admin.htmx(f"{url}?q=viewer+5")
    assert "All records, by the role Viewer 5 V5 Viewer 50 View" in text_of(found)
    assert "Administrators" not in found.text
    assert "Nobody of that name sees this record." in text_of(admin.get(f"{url}?q=zzz"))
