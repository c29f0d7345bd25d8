"""A file is imported step by step, and taken back."""

from __future__ import annotations

from io import BytesIO

from fieldstone.kernel.actors import Actor
from fieldstone.records.query_types import Query, Record
from fieldstone.runtime.site import Site
from web.visitor import Visitor, text_of

FILE = b"Company,Industry,Employees,Note\nAcme,technology,12,x\nZenith,technolgy,7,y\n,retail,many,z\n"


def upload(visitor: Visitor, content: bytes = FILE) -> str:
    visitor.get("/m/organization/import")
    answer = visitor.post("/m/organization/import", {"file": (BytesIO(content), "accounts.csv")})
    assert answer.status_code == 303, text_of(answer)
    return str(answer.location)


def test_a_file_is_mapped_checked_run_and_undone(admin: Visitor, site: Site, actor: Actor) -> None:
    url = upload(admin)
    columns = admin.get(url)
    text = text_of(columns)
    assert "3 rows in accounts.csv." in text
    assert "Acme · Zenith" in text
    assert '<option value="name" selected>' in columns.text
    assert "guessed" in text
    mapping = {
        "column.0": "name",
        "column.1": "industry",
        "column.2": "employees",
        "column.3": "",
        "on_duplicate": "create",
    }
    assert admin.post(f"{url}/columns", mapping).location == f"{url}/check"
    waiting = admin.get(f"{url}/check")
    assert f'hx-get="{url}/check" hx-trigger="load"' in waiting.text
    preview = admin.htmx(f"{url}/check")
    text = text_of(preview)
    assert "2 rows have problems and would be left out" in text
    assert "“technolgy” is not among the values to choose from." in text
    place = preview.text.split('value="technolgy"')[0].rsplit('name="place" value="', 1)[1].split('"')[0]
    chosen = {"place": place, f"field.{place}": "industry", f"from.{place}": "technolgy", f"to.{place}": "technology"}
    admin.post(f"{url}/values", chosen)
    assert "1 row has problems and would be left out" in text_of(admin.htmx(f"{url}/check"))
    assert site.records.count(actor, "organization").value == 0
    admin.post(f"{url}/run")
    running = admin.get(url)
    assert f'hx-get="{url}/progress" hx-trigger="every 1s"' in running.text
    site.worker().run_due()
    done = admin.get(f"{url}/progress")
    assert "Done: accounts.csv" in text_of(done)
    assert "hx-trigger" not in done.text
    assert [record.values["name"] for record in _organizations(site, actor)] == ["Acme", "Zenith"]
    admin.get(url)
    undone = admin.post(f"{url}/undo")
    assert "Undone: 2 records are as they were before" in text_of(admin.get(undone.location))
    assert _organizations(site, actor) == []


def test_what_is_no_table_is_refused_with_a_reason(admin: Visitor) -> None:
    admin.get("/m/organization/import")
    assert admin.post("/m/organization/import").status_code == 422
    refused = admin.post("/m/organization/import", {"file": (BytesIO(b""), "empty.csv")})
    assert refused.status_code == 422
    assert "Choose a file" in text_of(refused)


def test_columns_that_do_not_fit_are_told(admin: Visitor) -> None:
    url = upload(admin)
    admin.get(url)
    twice = admin.post(f"{url}/columns", {"column.0": "name", "column.1": "name"})
    assert twice.status_code == 422
    assert "Two columns go into the field name" in text_of(twice)


def _organizations(site: Site, actor: Actor) -> list[Record]:

    return list(site.records.query(actor, "organization", Query(fields=("name",), sort=("name",))).records)
