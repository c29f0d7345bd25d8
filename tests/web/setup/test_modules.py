"""The module manager: modules, fields and rules are changed in the draft by forms, and published as they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fieldstone.changes.site_patch import read_effective
from fieldstone.kernel.actors import SYSTEM
from fieldstone.runtime.site import Site
from web.setup.test_roles import filled
from web.visitor import Visitor, text_of

HOME = "/setup/modules/"
VISIT = f"{HOME}site_visit/"


def _user(site: Site) -> int:
    return site.accounts.find_user_id("admin") or 0


def _document(site: Site, path: str) -> dict[str, Any]:
    return read_effective(site.drafts.layers(site.drafts.current(_user(site))), path)


def _publish(site: Site) -> None:
    plan = site.publishing.plan(site.drafts.current(_user(site)).site)
    site.publishing.publish(plan, SYSTEM, allow_destructive=True)


def _field(admin: Visitor, kind: str, **values: Any) -> None:
    url = f"{VISIT}fields/new?type={kind}"
    form = filled(admin.get(url)) | values
    answer = admin.post(f"{VISIT}fields/new", form)
    assert answer.status_code == 303, text_of(answer)


def test_a_module_is_made_and_shaped(admin: Visitor, site: Site, save: Callable[..., int]) -> None:
    """Every step is one of the draft; what cannot be is said with its remedy, and what was typed is kept."""
    assert "Document with line items" in text_of(admin.get(f"{HOME}new"))
    assert 'data-icon="truck"' in admin.get(f"{HOME}icons?q=truck").text
    refused = admin.post(f"{HOME}new", {"kind": "plain", "label": "Lead", "name": "lead", "w.zh_CN.label": "线索"})
    assert refused.status_code == 422
    assert "There is one called lead already." in text_of(refused)
    assert 'value="线索"' in refused.text
    new = {"kind": "plain", "label": "Site visit", "group": "sales", "icon": "geo-alt", "w.zh_CN.label": "现场拜访"}
    assert admin.post(f"{HOME}new", new).location == f"{VISIT}fields/"
    listed = text_of(admin.get(HOME))
    assert "Site visits site_visit Sales 3 — this site new in the draft" in listed
    assert "Organizations organization Sales 19 0 standard" in listed

    _field(admin, "money", **{"p.label": "Cost", "p.min": "0"})
    _field(admin, "lookup", **{"p.label": "Customer", "p.to": ["", "organization"]})
    _field(admin, "picklist", **{"p.label": "Result", "p.values": "Good\r\nBad", "w.zh_CN.label": "结果"})
    wrong = filled(admin.get(f"{VISIT}fields/new?type=formula")) | {"p.label": "Twice", "p.expression": "cots * 2"}
    refused = admin.post(f"{VISIT}fields/new", wrong)
    assert refused.status_code == 422
    assert "There is no cots here. Did you mean cost?" in text_of(refused)
    _field(admin, "formula", **{"p.label": "Twice", "p.result": "money", "p.expression": "cost * 2"})
    fields = _document(site, "modules/site_visit.yaml")["fields"]
    assert list(fields) == ["name", "description", "tags", "cost", "customer", "result", "twice"]
    assert fields["result"]["values"] == {"good": {"label": "Good"}, "bad": {"label": "Bad"}}
    words = _document(site, "metadata/translations/zh_CN.yaml")["modules"]["site_visit"]
    assert (words["label"], words["plural"], words["fields"]["result"]) == ("现场拜访", "现场拜访", "结果")

    order = ["cost", *(name for name in fields if name != "cost")]
    assert admin.post(f"{VISIT}fields/order", {"name": order}).status_code == 303
    assert admin.post(f"{VISIT}fields/cost/copy").location == f"{VISIT}fields/cost_copy"
    page = filled(admin.get(f"{VISIT}fields/cost_copy")) | {"p.label": "Extra", "p.required": ["0", "1"]}
    assert admin.post(f"{VISIT}fields/cost_copy", page).status_code == 303
    assert admin.post(f"{VISIT}fields/cost_copy/rename", {"new": "extra"}).location == f"{VISIT}fields/extra"
    assert admin.post(f"{VISIT}fields/extra/rename", {"new": "class"}).status_code == 422
    fields = _document(site, "modules/site_visit.yaml")["fields"]
    assert list(fields)[:2] == ["cost", "extra"]
    assert fields["extra"] == {"type": "money", "label": "Extra", "min": 0, "required": True}

    rule = {"if": "cost > 100 and is_empty(result)", "message": "Say how it went", "field": "result"}
    refused = admin.post(f"{VISIT}rules/new", rule | {"if": "cost >"})
    assert refused.status_code == 422
    assert 'value="Say how it went"' in refused.text
    assert admin.post(f"{VISIT}rules/new", rule | {"words.zh_CN": "请说明结果"}).status_code == 303
    assert "Say how it went cost > 100 and is_empty(result) Result" in text_of(admin.get(f"{VISIT}rules/"))
    assert admin.get(f"{VISIT}rules/say_how_it_went").text.count("请说明结果") == 1
    assert (
        admin.post(f"{VISIT}rules/duplicates", {"match": ["name", "customer"], "on_match": "block"}).status_code == 303
    )
    assert admin.post(f"{VISIT}rules/indexes", {"index.0": ["customer", "cost", "", ""]}).status_code == 303
    data = _document(site, "modules/site_visit.yaml")
    assert data["duplicates"] == {"match": ["name", "customer"], "on_match": "block"}
    assert data["indexes"] == [["customer", "cost"]]

    about = filled(admin.get(VISIT)) | {"plural": "Visits", "numbered": "1", "prefix": "SV-", "searchable": "1"}
    assert admin.post(VISIT, about | {"hidden": "1", "w.zh_CN.help": "拜访客户"}).status_code == 303
    data = _document(site, "modules/site_visit.yaml")
    assert (data["plural"], data["number"], data["hidden"]) == ("Visits", {"prefix": "SV-"}, True)
    assert admin.post(VISIT, about).status_code == 303
    steps = [step.label for step in site.drafts.current(_user(site)).steps]
    assert steps[:3] == ["New module: Site visit", "New field: Cost", "New field: Customer"]
    _publish(site)
    visit = site.models.refresh().model.modules["site_visit"]
    assert (visit.label, visit.icon, visit.fields["twice"].result) == ("Site visit", "geo-alt", "money")
    made = save("site_visit", name="First", cost="7", extra="1", description="12 pages")
    assert str(site.records.get(site.accounts.operator(), "site_visit", made).values["twice"]) == "14.0000"

    # It is renamed with all that names it, and a module like it is made.
    assert admin.post(f"{VISIT}rename", {"new": "visit"}).location == f"{HOME}visit/"
    assert "Nothing else names it" not in text_of(admin.get(f"{HOME}visit/"))
    assert 'href="/setup/modules/site_visit/fields/"' in admin.get("/m/site_visit").text
    assert admin.get(f"{VISIT}fields/").location == f"{HOME}visit/fields/", "as long as the draft alone calls it so"
    assert admin.get(f"{HOME}nowhere/").status_code == 404
    like = filled(admin.get(f"{HOME}new?like=visit")) | {"label": "Call"}
    assert admin.post(f"{HOME}new", like).location == f"{HOME}call/fields/"
    assert list(_document(site, "modules/call.yaml")["fields"]) == list(fields)


def test_consequences_are_read_before(admin: Visitor, site: Site, save: Callable[..., int]) -> None:
    """Of another type, of a stricter field, of a field and of a module that go; and they come back."""
    first = save("contact", name={"last_name": "Acme"}, title="12")
    save("contact", name={"last_name": "Beta"}, title="chief")
    home = f"{HOME}contact/"
    asked = admin.post(f"{home}fields/title/type", {"type": "integer"})
    assert asked.status_code == 200
    words = text_of(asked)
    assert "1 value is converted 1 value would be lost" in words
    assert "chief" in words
    assert site.drafts.get(_user(site)).is_empty, "asking keeps nothing"
    assert admin.post(f"{home}fields/title/type", {"type": "integer", "sure": "1"}).status_code == 303
    assert _document(site, "modules/contact.yaml")["fields"]["title"]["type"] == "integer"
    assert "Another type for" in text_of(admin.get(f"{home}fields/title/type"))
    site.drafts.discard(_user(site))

    page = filled(admin.get(f"{home}fields/department")) | {"p.required": ["0", "1"]}
    assert admin.post(f"{home}fields/department", page).status_code == 303
    assert "What this means for the records" in text_of(admin.get(f"{home}fields/department"))
    assert "2 records would break it" in text_of(admin.get(f"{home}fields/department/effects"))
    assert "changed in the draft" in text_of(admin.get(f"{home}fields/"))
    site.drafts.discard(_user(site))

    words = text_of(admin.get(f"{home}fields/title/remove"))
    assert "2 values go out of sight" in words
    assert "Layout Contacts record › blocks › person › fields is left out there" in words
    refused = admin.post(f"{home}fields/reports_to/remove")
    assert refused.status_code == 422, "a rule reads it"
    assert "There is no reports_to here" in text_of(refused)
    assert admin.post(f"{home}fields/title/remove").status_code == 303
    assert "Removed fields" in text_of(admin.get(f"{home}fields/"))
    assert admin.post(f"{home}fields/title/restore").status_code == 303
    assert admin.post(f"{home}fields/title/restore").status_code == 404
    assert admin.post(f"{home}fields/title/remove").status_code == 303
    _publish(site)
    assert "title" not in site.models.refresh().model.modules["contact"].fields
    assert admin.post(f"{home}fields/title/restore").status_code == 303
    _publish(site)
    site.models.refresh()
    assert site.records.get(site.accounts.operator(), "contact", first).values["title"] == "12"

    assert "has to be changed first" in text_of(admin.get(f"{HOME}organization/remove"))
    refused = admin.post(f"{HOME}organization/remove")
    assert refused.status_code == 422
    assert "is removed, but this field looks it up" in text_of(refused)
    assert admin.post(f"{HOME}lead/remove", {"parts": "1"}).status_code == 303
    listed = text_of(admin.get(HOME))
    assert "Out of use Leads lead 0 Restore" in listed
    assert admin.get(f"{HOME}lead/").status_code == 404
    assert admin.post(f"{HOME}lead/restore").status_code == 303
    assert admin.get(f"{HOME}lead/").status_code == 200
    assert admin.post(f"{HOME}lead/restore").status_code == 404
    assert site.drafts.current(_user(site)).is_empty
