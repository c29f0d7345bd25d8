"""Forms: what was typed is kept, every problem has a place, nobody's work is overwritten."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

from fieldstone.kernel.actors import Actor
from fieldstone.runtime.site import Site
from web.visitor import Visitor, text_of

Save = Callable[..., int]


def hidden(page: str, name: str) -> str:
    found = re.search(rf'<input type="hidden" name="{re.escape(name)}" value="([^"]*)"', page)
    assert found is not None, name
    return html.unescape(found[1])


def opened(page: str) -> dict[str, Any]:
    """What a form sends back when nothing is changed in it but what a test says."""
    return {name: hidden(page, name) for name in ("base", "version") if f'name="{name}"' in page}


def test_a_new_record_is_made_and_shown(admin: Visitor, site: Site, actor: Actor, save: Save) -> None:
    acme = save("organization", name="Acme")
    form = admin.get("/m/opportunity/new")
    assert '<option value="prospecting" selected>' in form.text
    assert 'name="t.owner"' in form.text
    sent = {
        "f.name": "Big deal", "f.organization": str(acme), "t.organization": "Acme", "f.amount": "$1,234.50",
        "f.stage": "proposal", "f.close_date": "2031-12-24", "f.tags": ["a,b", " "], "f.description": "one\r\ntwo",
        "f.owner": "1", "t.owner": "admin",
    }  # fmt: skip
    made = admin.post("/m/opportunity/new", {**opened(form.text), **sent})
    assert made.status_code == 303
    page = text_of(admin.get(made.location))
    for shown in ("Opportunity created", "Big deal", "Acme", "$1,234.50", "24 Dec 2031", "Proposal", "a b", "one two"):
        assert shown in page
    again = admin.post("/m/opportunity/new", {"f.name": "Another", "f.stage": "prospecting", "then": "new"})
    assert again.location == "/m/opportunity/new"


def test_every_problem_is_told_at_once_and_what_was_typed_stays(admin: Visitor) -> None:
    form = admin.get("/m/opportunity/new")
    sent = {"f.name": "", "f.amount": "lots", "f.organization": "", "t.organization": "Nobody Inc.", "f.stage": "won"}
    refused = admin.post("/m/opportunity/new", {**opened(form.text), **sent})
    text = text_of(refused)
    assert refused.status_code == 422
    assert "“lots” is not a number." in text
    assert "Nothing called “Nobody Inc.” was found." in text
    assert 'href="#f-amount"' in refused.text
    assert 'value="lots"' in refused.text
    assert 'value="Nobody Inc."' in refused.text
    assert '<option value="won" selected>' in refused.text
    assert re.search(r'id="f-amount"[^>]*aria-invalid="true"[^>]*aria-describedby="f-amount-problem"', refused.text)


def test_a_lookup_takes_the_name_of_a_record(admin: Visitor, save: Save) -> None:
    save("organization", name="Acme")
    sent = {"f.name": "By name", "f.organization": "", "t.organization": "acme", "f.stage": "prospecting"}
    admin.get("/m/opportunity/new")
    made = admin.post("/m/opportunity/new", sent)
    assert made.status_code == 303
    assert "Acme" in text_of(admin.get(made.location))


def test_only_what_was_changed_is_saved(admin: Visitor, site: Site, actor: Actor, save: Save) -> None:
    deal = save("opportunity", name="Deal", amount=100, next_step="Call")
    form = admin.get(f"/m/opportunity/{deal}/edit")
    save("opportunity", deal, next_step="Write", description="By somebody else")
    sent = {**opened(form.text), "f.name": "Deal", "f.amount": "250", "f.next_step": "Call", "f.description": ""}
    assert admin.post(f"/m/opportunity/{deal}/edit", sent).status_code == 303
    values = site.records.get(actor, "opportunity", deal).values
    assert (int(values["amount"]), values["next_step"], values["description"]) == (250, "Write", "By somebody else")


def test_two_who_change_the_same_field_choose_between_both_values(
    admin: Visitor, site: Site, actor: Actor, save: Save
) -> None:
    deal = save("opportunity", name="Deal", amount=100, next_step="Call")
    form = admin.get(f"/m/opportunity/{deal}/edit")
    save("opportunity", deal, amount=111, next_step="Theirs")
    sent = {**opened(form.text), "f.name": "My name", "f.amount": "222", "f.next_step": "Mine"}
    conflict = admin.post(f"/m/opportunity/{deal}/edit", sent)
    text = text_of(conflict)
    assert conflict.status_code == 409
    assert "changed the same fields while you were editing" in text
    assert "When you opened it $100.00 Keep theirs $111.00 Use mine 222" in text
    assert "Keep theirs Theirs Use mine Mine" in text
    assert site.records.get(actor, "opportunity", deal).values["name"] == "Deal"
    again = {name: hidden(conflict.text, name) for name in ("base", "version", "f.name", "f.amount", "f.next_step")}
    resolved = admin.post(f"/m/opportunity/{deal}/edit", {**again, "keep.amount": "mine", "keep.next_step": "theirs"})
    assert resolved.status_code == 303
    values = site.records.get(actor, "opportunity", deal).values
    assert (values["name"], int(values["amount"]), values["next_step"]) == ("My name", 222, "Theirs")


def test_a_duplicate_is_told_and_can_be_saved_all_the_same(admin: Visitor, site: Site, actor: Actor) -> None:
    admin.get("/m/contact/new")
    sent = {
        "f.name.salutation": "",
        "f.name.first_name": "Priya",
        "f.name.last_name": "Raman",
        "f.email": "p@example.com",
    }
    assert admin.post("/m/contact/new", sent).status_code == 303
    admin.get("/m/contact/new")
    warned = admin.post("/m/contact/new", {**sent, "f.name.first_name": "P."})
    assert warned.status_code == 409
    assert "This may be a duplicate Priya Raman looks the same (compared: E-mail)." in text_of(warned)
    assert 'value="P."' in warned.text
    assert admin.post("/m/contact/new", {**sent, "ignore_duplicates": "1"}).status_code == 303
    assert site.records.count(actor, "contact").value == 2


def test_fields_appear_when_their_condition_holds(admin: Visitor) -> None:
    form = admin.get("/m/opportunity/new")
    assert re.search(r'id="cell-f-loss_reason" hidden', form.text)
    assert re.search(r'id="cell-f-stage" hx-post="/m/opportunity/form-state"', form.text)
    lost = admin.htmx("/m/opportunity/form-state", {"f.stage": "lost", "f.loss_reason": ""})
    assert re.search(r'id="cell-f-loss_reason" hx-swap-oob="true">', lost.text)
    held = admin.htmx("/m/opportunity/form-state", {"f.stage": "proposal", "f.loss_reason": ""})
    assert re.search(r'id="cell-f-loss_reason" hidden hx-swap-oob="true">', held.text)


def test_a_form_starts_with_what_the_address_says(admin: Visitor, save: Save) -> None:
    acme = save("organization", name="Acme")
    deal = save("opportunity", name="Deal", organization=acme, amount=5, external_id="X1")
    filled = admin.get(f"/m/opportunity/new?organization={acme}&next_step=Call&password_hash=x")
    assert 'value="Acme"' in filled.text
    assert 'value="Call"' in filled.text
    task = admin.get(f"/m/task/new?related_to=opportunity:{deal}&next=/m/opportunity/{deal}")
    assert '<option value="opportunity" selected>' in task.text
    assert 'value="Deal"' in task.text
    lookup = {"m.related_to": "opportunity", "f.related_to": str(deal), "t.related_to": "Deal"}
    sent = {"f.subject": "Call", "f.status": "not_started", "next": f"/m/opportunity/{deal}", **lookup}
    saved = admin.post("/m/task/new", sent)
    assert saved.location == f"/m/opportunity/{deal}"
    assert "Call" in text_of(admin.get(saved.location))
    copied = admin.get(f"/m/opportunity/new?copy={deal}")
    assert 'value="Deal"' in copied.text
    assert 'value="X1"' not in copied.text


def test_fields_nobody_may_write_are_refused(admin: Visitor, site: Site, actor: Actor, save: Save) -> None:
    deal = save("opportunity", name="Deal", amount=100)
    form = admin.get(f"/m/opportunity/{deal}/edit")
    smuggled = {
        "f.id": "99",
        "f.version": "99",
        "f.created_by": "1",
        "f.forecast": "1",
        "f.record_number": "X",
        "f.is_admin": "1",
    }
    assert (
        admin.post(f"/m/opportunity/{deal}/edit", {**opened(form.text), **smuggled, "f.name": "Deal"}).status_code
        == 303
    )
    record = site.records.get(actor, "opportunity", deal)
    assert (record.id, record.version, record.values["record_number"]) == (deal, 1, "OPP-00001")


def test_a_record_is_made_in_a_dialog_and_given_to_the_lookup(admin: Visitor) -> None:
    dialog = admin.htmx("/m/organization/quick?typed=North&for=f-organization")
    assert 'value="North"' in dialog.text
    assert 'id="q-name"' in dialog.text
    person = admin.htmx("/m/contact/quick?typed=Ida+Berg&for=f-contact").text
    assert 'name="f.name.first_name" autocomplete="off" value="Ida"' in person
    assert 'name="f.name.last_name" autocomplete="off" value="Berg"' in person
    refused = admin.htmx("/m/organization/quick", {"f.name": "", "for": "f-organization"})
    assert refused.status_code == 422
    assert 'href="#q-name"' in refused.text
    made = admin.htmx("/m/organization/quick", {"f.name": "Northwind", "for": "f-organization"})
    assert made.text == ""
    assert '"value": "1", "label": "Northwind"' in made.headers["HX-Trigger-After-Settle"]
    shown = admin.htmx("/m/organization/quick", {"f.name": "Southwind"})
    assert shown.headers["HX-Redirect"] == "/m/organization/2"
    assert admin.get("/m/organization/quick?name=x").location == "/m/organization/new?name=x"


def test_every_control_keeps_its_value_through_a_form(admin: Visitor, site: Site, actor: Actor, save: Save) -> None:
    """A form that is sent back untouched changes nothing, whatever the fields are."""
    organization = save(
        "organization", name="Acme", billing_address={"street": "1 Main St", "city": "Leeds"}, annual_revenue="12.5",
        employees=7, country="GB", website="https://acme.example", tags=["a", "b"],
    )  # fmt: skip
    contact = save(
        "contact", name={"salutation": "Dr.", "first_name": "Ann", "last_name": "Lee"}, organization=organization,
        birthday="1990-02-03", do_not_call=True, email="a@example.com",
    )  # fmt: skip
    event = save("event", subject="Meet", starts_at="2031-05-06T07:08:00Z")
    for module, number in (("organization", organization), ("contact", contact), ("event", event)):
        form = admin.get(f"/m/{module}/{number}/edit")
        sent = browser_sends(form.text)
        assert admin.post(f"/m/{module}/{number}/edit", sent).status_code == 303
        entries = site.records.history(actor, module, number)
        assert [entry.kind for entry in entries if not entry.via] == ["created"], (module, entries[0].changes)


def browser_sends(page: str) -> dict[str, list[str]]:
    form = page[page.index('<form id="record-form"') :]
    form = re.sub(r"<template>.*?</template>", "", form)
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<(?:input|select|textarea)\b[^>]*>", form):
        name = re.search(r'\bname="([^"]+)"', tag)
        if name is None or name[1] == "csrf_token":
            continue
        if tag.startswith("<select"):
            body = form[form.index(tag) : form.index("</select>", form.index(tag))]
            chosen = re.search(r'<option value="([^"]*)" selected>', body)
            sent.setdefault(name[1], []).append(html.unescape(chosen[1]) if chosen else "")
        elif tag.startswith("<textarea"):
            start = form.index(tag) + len(tag)
            text = html.unescape(form[start : form.index("</textarea>", start)])
            sent.setdefault(name[1], []).append(text.removeprefix("\n").replace("\n", "\r\n"))
        elif 'type="checkbox"' not in tag or " checked" in tag:
            value = re.search(r'\bvalue="([^"]*)"', tag)
            sent.setdefault(name[1], []).append(html.unescape(value[1]) if value else "")
    return sent


def test_problems_are_told_in_the_readers_language(site: Site, actor: Actor, admin: Visitor) -> None:
    site.accounts.update_user(actor.user_id or 0, language="zh_CN")
    admin.get("/m/opportunity/new")
    refused = text_of(admin.post("/m/opportunity/new", {"f.name": "", "f.amount": "lots", "f.stage": "won"}))
    assert "未保存：有 2 个字段需要处理" in refused
    assert "“lots”不是数字。" in refused
    assert "商机名称为必填。" in refused
    made = admin.post("/m/opportunity/new", {"f.name": "赢单", "f.stage": "won"})
    assert "赢单的商机必须填写金额" in text_of(made)


def test_the_record_type_decides_what_a_picklist_offers(admin: Visitor, save: Save) -> None:
    form = admin.get("/m/opportunity/new")
    assert '<option value="standard" selected>' in form.text
    sent = {"f.record_type": "tender", "f.stage": "qualification"}
    stage = admin.htmx("/m/opportunity/form-state", sent)
    assert '<option value="qualification" selected>' in stage.text
    assert 'value="prospecting"' not in stage.text
    admin.get("/m/opportunity/new")
    made = admin.post("/m/opportunity/new", {**sent, "f.name": "Tender"})
    page = admin.get(made.location)
    assert '<span class="fs-badge">Tender</span>' in page.text
    assert 'title="Prospecting"' not in page.text
