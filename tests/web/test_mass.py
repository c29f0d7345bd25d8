"""Many records at once, from the list: asked in a dialog, done, told, undone; and lists as files of each kind."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from xml.etree import ElementTree

from fieldstone.jobs.worker import Worker
from fieldstone.kernel.actors import Actor
from fieldstone.records.changes import RecordChange
from fieldstone.runtime.site import Site
from web.visitor import Visitor, text_of

Save = Callable[..., int]
LIST = "/m/opportunity"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def values(site: Site, actor: Actor, *fields: str) -> list[tuple[object, ...]]:
    from fieldstone.records.query_types import Query

    page = site.records.query(actor, "opportunity", Query(fields=fields, sort=("id",), limit=500))
    return [tuple(record.values[name] for name in fields) for record in page.records]


def test_a_selection_and_a_whole_list_are_changed_and_put_back(
    admin: Visitor, site: Site, actor: Actor, save: Save
) -> None:
    deals = [{"name": f"Deal {n}", "amount": n, "close_date": "2031-01-01"} for n in range(1, 26)]
    ids = [
        record.id
        for record in site.records.save(
            actor, [RecordChange(module="opportunity", values=deal) for deal in deals]
        ).records
    ]
    page = admin.get(f"{LIST}?view=all&limit=20")
    assert "Select all 25" in page.text
    bar = page.text.partition('class="fs-bulk"')[2].partition('class="fs-foot"')[0]
    assert re.findall(r'formaction="([^"]+)"', bar) == [
        f"{LIST}/mass/edit", f"{LIST}/mass/owner", f"{LIST}/mass/tag", f"{LIST}/export", f"{LIST}/mass/delete",
        f"{LIST}/mass/comment", f"{LIST}/merge",
    ]  # fmt: skip
    # Two fields of three records; one value cannot be read, and is told at its field.
    asked = admin.htmx(f"{LIST}/mass/edit?id={ids[0]}&id={ids[1]}&id={ids[2]}&back={LIST}?view=all")
    assert "Change 3 opportunities" in text_of(asked)
    assert '<option value="amount">' in asked.text
    assert '<option value="forecast">' not in asked.text
    assert 'name="f.amount"' in admin.htmx(f"{LIST}/mass/field?set=amount").text
    assert admin.htmx(f"{LIST}/mass/field?set=forecast").text == ""
    wanted = {"id": ids[:3], "set": ["amount", "next_step"], "f.next_step": "Call", "back": f"{LIST}?view=all"}
    refused = admin.htmx(f"{LIST}/mass/edit", {**wanted, "f.amount": "a lot"})
    assert refused.status_code == 422
    assert "a lot" in refused.text
    assert 'aria-invalid="true"' in refused.text
    done = admin.htmx(f"{LIST}/mass/edit", {**wanted, "f.amount": "1,000"})
    assert done.headers["HX-Redirect"] == f"{LIST}?view=all"
    told = admin.get(f"{LIST}?view=all")
    assert "3 opportunities changed" in text_of(told)
    undo = re.search(r'action="(/jobs/\d+/undo)"', told.text)
    assert undo is not None
    assert [row for row in values(site, actor, "amount", "next_step") if row[1]] == [(1000, "Call")] * 3
    admin.post(undo[1])
    assert values(site, actor, "amount", "next_step") == [(n, None) for n in range(1, 26)]
    admin.post(f"{LIST}/mass/tag", {"id": ids[:2], "f.add": "hot, new"})
    assert [sorted(tags or ()) for (tags,) in values(site, actor, "tags")][:3] == [["hot", "new"], ["hot", "new"], []]
    # The whole filter, as a job: what is not for all is reported by record.
    asked = admin.htmx(f"{LIST}/mass/edit?all=1&view=all&where=amount <= 20")
    assert "Change 20 opportunities" in text_of(asked)
    assert "runs as a job" in text_of(asked)
    whole = {"all": "1", "view": "all", "where": "amount <= 20", "set": "stage", "f.stage": "lost"}
    begun = admin.post(f"{LIST}/mass/edit", whole)
    assert "Waiting" in text_of(admin.get(begun.location))
    Worker(site).run_due()
    report = text_of(admin.htmx(f"{begun.location}/progress"))
    assert "Done" in report
    lost = sum(stage == "lost" for (stage,) in values(site, actor, "stage"))
    assert f"Changed {lost}" in report
    assert f"Refused {20 - lost}" in report
    assert "Change opportunities" in text_of(admin.get("/jobs"))
    # To the bin, back by Undo, and for good.
    admin.post(f"{LIST}/mass/delete", {"id": ids[20:23]})
    told = admin.get(f"{LIST}?view=all")
    assert "3 opportunities moved to the recycle bin" in text_of(told)
    assert f'action="{LIST}/restore"' in told.text
    admin.post(f"{LIST}/mass/restore", {"id": ids[20:22]})
    gone = admin.post(f"{LIST}/mass/purge", {"all": "1"})
    Worker(site).run_due()
    assert "Changed 1" in text_of(admin.get(gone.location))
    assert len(values(site, actor, "id")) == 24
    assert admin.post(f"{LIST}/mass/none", {"id": ids[0]}).status_code == 404
    assert admin.post(f"{LIST}/mass/edit", {}).status_code == 400


def test_a_list_becomes_a_workbook_and_people_become_cards(admin: Visitor, save: Save) -> None:
    acme = save("organization", name="Acme, Inc; Berlin")
    name = {"salutation": "Dr", "first_name": "Änne", "last_name": "Müller-Überlang" * 4}
    save("contact", name=name, organization=acme, email="anne@example.com", mobile="+49 30 1", title="=1+1")
    save("opportunity", name="=HYPERLINK(1)", amount="12345678901234.5", close_date="2031-01-02", organization=acme)
    asked = admin.htmx("/m/contact/export?id=1")
    assert "vCard" in asked.text
    assert "vCard" not in admin.htmx("/m/opportunity/export").text
    book = admin.get("/m/opportunity/export/file?format=xlsx&rows=all&view=all&columns=name,amount,close_date")
    assert book.headers["Content-Disposition"] == 'attachment; filename="opportunity.xlsx"'
    with zipfile.ZipFile(io.BytesIO(book.get_data())) as archive:
        sheet = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
        assert not list(sheet.iter(f"{SHEET}f"))
        cells = [(cell.get("t", "n"), "".join(cell.itertext())) for cell in sheet.iter(f"{SHEET}c")]
    assert cells[:3] == [
        ("inlineStr", "Opportunity name"),
        ("inlineStr", "Amount"),
        ("inlineStr", "Expected close date"),
    ]
    assert cells[3] == ("inlineStr", "=HYPERLINK(1)")
    assert cells[4] == ("n", "12345678901234.50")
    assert (cells[5][0], int(float(cells[5][1]))) == ("n", 47850)
    cards = admin.get("/m/contact/export/file?format=vcf&rows=chosen&id=1").get_data()
    assert all(len(line) <= 75 for line in cards.split(b"\r\n"))
    card = cards.replace(b"\r\n ", b"").decode().split("\r\n")
    assert card[:2] == ["BEGIN:VCARD", "VERSION:3.0"]
    assert f"N:{name['last_name']};Änne;;Dr;" in card
    assert "ORG:Acme\\, Inc\\; Berlin" in card
    assert "EMAIL:anne@example.com" in card
    # Thousands that are selected come as a form; whatever the list shows, they are what is exported.
    asked = admin.htmx("/m/contact/export/ask", {"id": ["1", *range(10, 3_000)], "where": "id == 0", "view": "all"})
    assert "The 2991 selected ones" in text_of(asked)
    picked = {"format": "csv", "rows": "chosen", "id": ["1", *range(10, 3_000)], "where": "id == 0", "view": "all"}
    assert admin.post("/m/contact/export/file", picked).get_data().count(b"\r\n") == 2
    assert admin.post("/m/contact/export/file", {**picked, "id": ["x"]}).get_data().count(b"\r\n") == 1
    assert admin.get("/m/opportunity/export.vcf").status_code == 400
    assert admin.get("/m/opportunity/export.exe").status_code == 404
    paged = admin.get("/m/contact/export/file?format=csv&rows=page&view=all&fields=all").get_data().decode("utf-8-sig")
    assert paged.count("\r\n") == 2
    assert "'=1+1" in paged
