"""While a form is filled in: what looks the same, an address to copy; nothing that the person may not see."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fieldstone.records.changes import RecordChange, SaveOptions
from fieldstone.runtime.site import Site
from fieldstone.web import create_app
from web.visitor import Visitor, text_of


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_records_that_look_the_same_and_addresses_to_copy(backend: str, new_site: Callable[[str], Site]) -> None:
    site = new_site(backend)
    anna = site.accounts.add_user("anna", "Anna", roles=["sales_rep"], password="a long password")
    operator = site.accounts.operator()
    quay = {"street": "7 Quay", "city": "Bergen", "country": "NO"}
    saved = site.records.save(
        operator,
        [
            RecordChange(module="organization", values={"name": "Harbour", "billing_address": quay, "owner": anna}),
            RecordChange(module="organization", values={"name": "Secret", "billing_address": quay}),
            RecordChange(module="contact", values={"name": "Ida Berg", "email": "ida@harbour.example", "owner": anna}),
            RecordChange(module="contact", values={"name": "Ida Secret", "email": "Ida@harbour.example"}),
        ],
        options=SaveOptions(duplicates="ignore"),
    ).records
    harbour, secret, ida, other = (each.id for each in saved)
    admin, rep = Visitor(create_app(site)), Visitor(create_app(site))
    admin.log_in()
    rep.log_in("anna", "a long password")
    for visitor in (admin, rep):
        visitor.get("/m/contact/new")

    typed = {"f.email": " IDA@Harbour.example ", "f.name.last_name": "B"}
    both = admin.post("/m/contact/form-alike", typed)
    assert f'<a href="/m/contact/{ida}" target="_blank">' in both.text
    assert f'<a href="/m/contact/{other}" target="_blank">' in both.text
    assert f"/m/contact/{ida}" not in admin.post(f"/m/contact/form-alike?record={ida}", typed).text
    hers = rep.post("/m/contact/form-alike", typed)
    assert "Ida Berg looks the same (compared: E-mail)." in text_of(hers)
    assert "Secret" not in hers.text
    assert "may not see" not in hers.text
    for nothing in ({"f.email": ""}, {"f.email": "no address"}, {"f.email": "new@harbour.example"}):
        assert text_of(admin.post("/m/contact/form-alike", nothing)).strip() == ""
    site.records.delete(operator, "contact", [ida])
    assert text_of(rep.post("/m/contact/form-alike", typed)).strip() == ""

    copied = rep.get(f"/m/contact/form-address/address?from=organization&id={harbour}")
    assert copied.json == {"street": "7 Quay", "city": "Bergen", "state": "", "postal_code": "", "country": "NO"}
    assert rep.get(f"/m/contact/form-address/address?from=organization&id={secret}").status_code == 404
    for wrong in (
        "email?from=organization",
        "address?from=reports_to",
        "address?from=name",
        "nothing?from=organization",
    ):
        assert admin.get(f"/m/contact/form-address/{wrong}&id={harbour}").status_code == 404
