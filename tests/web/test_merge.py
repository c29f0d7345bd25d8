"""Duplicates found, compared side by side, merged, and taken apart again, without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from fieldstone.fields.values import RecordRef
from fieldstone.kernel.actors import Actor
from fieldstone.records import duplicates
from fieldstone.records.changes import RecordChange, SaveOptions
from fieldstone.runtime.site import Site
from web.visitor import Visitor, text_of

Save = Callable[..., int]
ORGANIZATION = "/m/organization"


def test_duplicates_are_merged_and_taken_apart(
    site: Site, admin: Visitor, actor: Actor, save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme = save("organization", name="Acme", website="https://acme.example", description="The first")
    values = {"name": "ACME", "website": "https://acme.example", "industry": "retail"}
    change, anyway = RecordChange(module="organization", values=values), SaveOptions(ignore_duplicate_warning=True)
    copy = site.records.save(actor, [change], options=anyway).records[0].id
    lone = save("organization", name="Lone")
    task = save("task", subject="Call", related_to=RecordRef("organization", copy))
    comment = save("comment", text="They rang", related_to=RecordRef("organization", copy))
    bo = site.accounts.actor(site.accounts.add_user("bo", "Bo", roles=["administrator"], password="a long password"))
    site.activity.follows.follow(bo, "organization", copy)
    admin.post(f"{ORGANIZATION}/star", {"record": copy})

    # From the list's menu, with its conditions, to the groups.
    assert (
        f'href="{ORGANIZATION}/duplicates?where=name+%21%3D+%27Lone%27"'
        in admin.get(f"{ORGANIZATION}?view=all&where=name != 'Lone'").text
    )
    page = admin.get(f"{ORGANIZATION}/duplicates?field=name")
    assert re.findall(r'type="checkbox" name="id" value="(\d+)"', page.text) == [str(acme), str(copy)]
    assert "Lone" not in text_of(page)
    assert "No duplicates" in text_of(admin.get(f"{ORGANIZATION}/duplicates?field=phone"))
    assert admin.get(f"{ORGANIZATION}/duplicates?field=name&where=nothing == 1").status_code == 400
    monkeypatch.setattr(duplicates, "MOST_COMPARED", 2)
    assert "newest records were compared" in text_of(admin.get(f"{ORGANIZATION}/duplicates?field=name"))

    # One record: a search for the other. Too many: back to the list.
    found = admin.get(f"{ORGANIZATION}/merge?id={acme}&q=lone")
    assert re.findall(r'type="checkbox" name="id" value="(\d+)"', found.text) == [str(lone)]
    refused = admin.get(f"{ORGANIZATION}/merge?" + "&".join(f"id={n}" for n in range(1, 6)))
    assert refused.location == ORGANIZATION
    assert "Choose two or three" in text_of(admin.get(ORGANIZATION))

    compared = admin.get(f"{ORGANIZATION}/merge?id={acme}&id={copy}&back={ORGANIZATION}/duplicates")
    words = text_of(compared)
    assert "With it: 1 comment, 1 task" in words
    assert "Nothing refers to it" in words
    assert words.index("Values that differ") < words.index("are the same in all") < words.index("Website acme.example")
    checked = dict(re.findall(r'name="(keep|f\.\w+)" value="(\d+)"(?: required)? checked', compared.text))
    assert checked == {
        "keep": str(copy), "f.name": str(copy), "f.industry": str(copy), "f.description": str(acme),
    }  # fmt: skip
    sent = {
        "id": [acme, copy], "keep": acme, "f.name": acme, "f.industry": copy, "f.description": acme,
        f"version.{acme}": 1, f"version.{copy}": 1,
    }  # fmt: skip
    save("organization", lone, parent=copy)
    save("organization", copy, phone="+44 20 5550 1111")
    stale = admin.post(f"{ORGANIZATION}/merge", sent)
    assert stale.status_code == 409
    assert "+44 20 5550 1111" in text_of(stale)
    sent |= {f"version.{copy}": 2, "f.phone": copy}
    assert admin.post(f"{ORGANIZATION}/merge", {**sent, "f.created_at": copy}).status_code == 400
    done = admin.post(f"{ORGANIZATION}/merge", sent)
    assert done.location == f"{ORGANIZATION}/{acme}"

    kept = admin.get(done.location)
    assert "1 organization merged into this one" in text_of(kept)
    assert "They rang" in text_of(kept)
    record = site.records.get(actor, "organization", acme)
    assert [record.values[name] for name in ("name", "industry", "phone")] == ["Acme", "retail", "+44 20 5550 1111"]
    assert site.records.get(actor, "task", task).values["related_to"] == RecordRef("organization", acme)
    assert site.activity.follows.followed(bo, "organization", [acme, copy]) == {acme}
    assert site.favourites.starred(actor, "organization", [acme, copy]) == {acme}
    assert "merged it into Acme" in text_of(admin.get(f"{ORGANIZATION}/{copy}/history"))
    assert admin.get(f"{ORGANIZATION}/{copy}").location == f"{ORGANIZATION}/{acme}"

    # Later than the toast: from the history of the one that stayed, from where the other went, from the recycle bin.
    undo = re.search(r'action="(/merges/\d+/undo)"', kept.text)
    assert undo is not None
    offer = f'formaction="{undo[1]}"'
    history, gone = f"{ORGANIZATION}/{acme}/history", f"{ORGANIZATION}/recycle-bin"
    assert "1 organization merged into this one by admin" in text_of(admin.get(history))
    assert "Merged into Acme Undo the merge" in text_of(admin.get(f"{ORGANIZATION}/{copy}/history"))
    shown = admin.get(gone)
    assert "ACME" in text_of(shown)
    assert f'<a href="{ORGANIZATION}/{acme}">Acme</a>' in shown.text
    assert all(offer in admin.get(page).text for page in (history, f"{ORGANIZATION}/{copy}/history", gone))
    # What is newer stands in the way, and says so, until it is taken back.
    save("organization", acme, industry="energy")
    assert offer not in admin.get(history).text
    assert "Industry has been changed since" in text_of(admin.get(history))
    refused = admin.post(undo[1], {"back": gone})
    assert refused.location == gone
    assert "Industry has been changed since" in text_of(admin.get(gone))
    save("organization", acme, industry="retail")
    back = admin.post(undo[1], {"back": history})
    assert back.location == f"{ORGANIZATION}/{acme}"
    assert "The merge is undone" in text_of(admin.get(back.location))
    assert site.records.get(actor, "organization", acme).values["industry"] is None
    assert site.records.get(actor, "comment", comment).values["related_to"] == RecordRef("organization", copy)
    assert site.activity.follows.followed(bo, "organization", [acme, copy]) == {copy}
    assert site.favourites.starred(actor, "organization", [acme, copy]) == {copy}
    assert "merged into" not in text_of(admin.get(history))
    again = admin.post(undo[1], {"back": ORGANIZATION})
    assert again.location == ORGANIZATION
    assert "has been undone already" in text_of(admin.get(ORGANIZATION))
