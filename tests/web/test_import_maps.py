"""What was decided about a file is kept by name and proposed when its like comes again, to those it is meant for."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest

from fieldstone.records.imports.renaming import rename_imports
from fieldstone.runtime.site import Site
from fieldstone.web import create_app
from web.visitor import Visitor, text_of

FIRST = b"Firm,Branch,Heads\nAcme,tech,12\n"
SECOND = b"Heads,Firm,Branch\n7,Bolt,tech\n"


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_a_map_is_saved_proposed_shared_and_forgotten(backend: str, new_site: Callable[[str], Site]) -> None:
    site = new_site(backend)
    app = create_app(site)
    site.accounts.add_user("ben", "Ben", roles=["sales_manager"], password="a long password")
    admin, ben = Visitor(app), Visitor(app)
    admin.log_in()
    ben.log_in("ben", "a long password")

    def upload(visitor: Visitor, content: bytes) -> str:
        visitor.get("/m/organization/import")
        answer = visitor.post("/m/organization/import", {"file": (BytesIO(content), "firms.csv")})
        assert answer.status_code == 303, text_of(answer)
        return str(answer.location)

    def chosen(visitor: Visitor, url: str) -> list[str]:
        page = visitor.get(url).text
        return [_selected(row) for row in page.split("<tr>")[2:]]

    url = upload(admin, FIRST)
    assert "Saved map" not in text_of(admin.get(url))
    choices = {"column.0": "name", "column.1": "industry", "column.2": "employees", "on_duplicate": "merge"}
    long = admin.post(f"{url}/columns", {**choices, "map_label": "x" * 81})
    assert long.status_code == 422
    assert admin.post(f"{url}/columns", {**choices, "map_label": " The  partner "}).location == f"{url}/check"
    corrected = {"place": "0", "field.0": "industry", "from.0": "tech", "to.0": "technology"}
    admin.post(f"{url}/values", corrected)

    again = upload(admin, SECOND)
    page = admin.get(again)
    assert "Filled in from the saved map “The partner”." in text_of(page)
    assert chosen(admin, again) == ["employees", "name", "industry"]
    assert '<option value="merge" selected>' in page.text
    assert "Every row can be imported." in text_of(admin.htmx(f"{again}/check"))  # the value is known, too

    other = upload(ben, SECOND)
    assert "The partner" not in text_of(ben.get(other))  # it is private
    number = page.text.split('<option value="')[1:]
    map_id = next(part.split('"')[0] for part in number if ">The partner" in part)
    assert ben.post(f"{other}/map", {"map": map_id}).status_code == 404
    admin.get(again)
    shared = {"column.0": "employees", "column.1": "name", "column.2": "industry", "on_duplicate": "skip"}
    admin.post(f"{again}/columns", {**shared, "map_label": "The partner", "map_shared": "1"})
    other = upload(ben, FIRST)
    assert "Filled in from the saved map “The partner”." in text_of(ben.get(other))
    assert ben.post(f"{other}/map", {"map": map_id, "forget": "1"}).status_code == 404
    ben.get(other)
    ben.post(f"{other}/map", {"map": ""})
    assert "Filled in" not in text_of(ben.get(other))

    # A field that is called otherwise from now on takes the map along; one that is gone is left out.
    site.database.transact(
        lambda conn: rename_imports(conn, {}, {"organization": {"industry": "tier", "employees": "gone"}})
    )
    ben.post(f"{other}/map", {"map": map_id})
    assert chosen(ben, other) == ["name", "tier", ""]

    admin.get(again)
    admin.post(f"{again}/map", {"map": map_id, "forget": "1"})
    assert "The map “The partner” is forgotten" in text_of(admin.get(again))
    assert ben.post(f"{other}/map", {"map": map_id}).status_code == 404


def _selected(row: str) -> str:
    head, mark, _ = row.partition("</tr>")[0].partition(" selected>")
    return head.rsplit('value="', 1)[1].rstrip('"') if mark else ""
