"""What is published is there with the next request: modules with every type of field, buttons of workflows."""

from __future__ import annotations

import re

import pytest

from fieldstone.fields.registry import built_in_field_types
from fieldstone.fields.values import RecordRef
from fieldstone.kernel.actors import Actor
from fieldstone.metadata.layers import Layer
from fieldstone.runtime.site import Site
from web.test_forms import browser_sends
from web.visitor import Visitor, text_of

GADGET = """
module: gadget
label: Gadget
plural: Gadgets
group: sales
icon: gear
name_field: text
fields:
  text: {type: text, label: Text, required: true, help: What it is called}
  long_text: {type: long_text}
  rich_text: {type: rich_text}
  email: {type: email}
  phone: {type: phone}
  url: {type: url}
  integer: {type: integer}
  decimal: {type: decimal, decimals: 3}
  percent: {type: percent}
  money: {type: money}
  rating: {type: rating}
  checkbox: {type: checkbox}
  date: {type: date}
  datetime: {type: datetime}
  time: {type: time}
  duration: {type: duration}
  picklist: {type: picklist, values: {red: {label: Red, colour: red}, green: {label: Green, colour: green}}}
  multi_picklist: {type: multi_picklist, values: {a: {label: Aa}, b: {label: Bb}, c: {label: Cc}}}
  tags: {type: tags}
  one: {type: lookup, to: organization}
  several: {type: lookup, to: [organization, contact]}
  any: {type: lookup, to: ["*"]}
  person: {type: user}
  country: {type: country}
  currency: {type: currency}
  language: {type: language}
  colour: {type: colour}
  json: {type: json}
  secret: {type: secret}
  address: {type: address}
  person_name: {type: person_name}
  number: {type: auto_number, prefix: G-}
  formula:
    type: formula
    result: money
    expression: money * integer
"""

BUTTON = """
module: gadget
workflows:
  repaint:
    label: Paint it red
    on: manual
    if: picklist != 'red'
    do:
      - set_fields: {picklist: "'red'"}
"""

SENT = {
    "f.text": "Thing", "f.long_text": "one\r\ntwo", "f.rich_text": "**bold**", "f.email": "a@example.com",
    "f.phone": "+44 20 5550 0134", "f.url": "https://example.com/x", "f.integer": "7", "f.decimal": "1.250",
    "f.percent": "4.5", "f.money": "1,234.50", "f.rating": "3", "f.checkbox": ["", "1"], "f.date": "2031-02-03",
    "f.datetime": "2031-02-03T04:05", "f.time": "06:07", "f.duration": "1:30", "f.picklist": "green",
    "f.multi_picklist": ["", "a", "c"], "f.tags": "x, y", "f.one": "1", "t.one": "Acme",
    "m.several": "organization", "f.several": "1", "t.several": "Acme", "m.any": "organization", "f.any": "1",
    "t.any": "Acme", "f.person": "1", "t.person": "admin", "f.country": "DE", "f.currency": "EUR", "f.language": "zh",
    "f.colour": "#1f6feb", "f.json": '{"size": 3}', "f.secret": "hunter2 hunter2", "f.address.street": "1 Main St",
    "f.address.city": "Leeds", "f.address.state": "", "f.address.postal_code": "LS1", "f.address.country": "GB",
    "f.person_name.salutation": "Dr.", "f.person_name.first_name": "Ann", "f.person_name.last_name": "Lee",
}  # fmt: skip


def publish(site: Site, actor: Actor, **documents: str) -> None:
    names = {name.replace("__", "/") + ".yaml": text for name, text in documents.items()}
    site.publishing.publish(site.publishing.plan(Layer(name="site", documents=names)), actor)


@pytest.fixture
def gadget(site: Site, actor: Actor, admin: Visitor) -> str:
    """The address of a gadget with a value in every field, made through its form in a running application."""
    assert admin.get("/m/gadget").status_code == 404
    publish(site, actor, modules__gadget=GADGET, workflows__gadget=BUTTON)
    admin.get("/m/organization/new")
    admin.post("/m/organization/new", {"f.name": "Acme"})
    admin.get("/m/gadget/new")
    made = admin.post("/m/gadget/new", SENT)
    assert made.status_code == 303, text_of(made)
    return str(made.location)


def test_every_field_type_is_in_the_sample() -> None:
    used = set(re.findall(r"type: (\w+)", GADGET))
    elsewhere = {"recurrence"}  # test_repeating.py
    assert {kind.name for kind in built_in_field_types()} - used == {"owner", "rollup", *elsewhere}


def test_every_type_is_shown_on_the_record(admin: Visitor, gadget: str) -> None:
    text = text_of(admin.get(gadget))
    for shown in (
        "Thing", "one two", "a@example.com", "+44 20 5550 0134", "example.com/x", "7", "1.250", "4.5 %", "$1,234.50",
        "Yes", "3 Feb 2031", "04:05", "06:07", "Green", "Aa Cc", "x y", "Acme", "admin", "Germany", "Euro", "Chinese",
        "#1f6feb", '"size": 3', "••••", "1 Main St", "Ann Lee", "G-00001", "$8,641.50",
    ):  # fmt: skip
        assert shown in text, shown
    assert "hunter2" not in text


def test_a_form_sent_back_untouched_changes_nothing(site: Site, actor: Actor, admin: Visitor, gadget: str) -> None:
    form = admin.get(f"{gadget}/edit")
    assert "hunter2" not in form.text
    assert admin.post(f"{gadget}/edit", browser_sends(form.text)).status_code == 303
    assert [entry.kind for entry in site.records.history(actor, "gadget", 1)] == ["created"]


def test_every_type_is_listed_found_and_edited_where_it_stands(
    site: Site, actor: Actor, admin: Visitor, gadget: str
) -> None:
    columns = ",".join(site.models.current.model.modules["gadget"].fields)
    page = admin.get(f"/m/gadget?columns={columns}")
    assert page.status_code == 200
    assert "3 Feb 2031" in text_of(page)
    for name, field in site.models.current.model.modules["gadget"].fields.items():
        editor = admin.htmx(f"{gadget}/field/{name}")
        computed = field.type in ("formula", "auto_number")
        assert editor.status_code == (404 if computed else 200), name
        builder = admin.htmx(f"/m/gadget/conditions/row?row=r&c.r.field={name}")
        assert builder.status_code == 200, name
        if not computed:
            sent = {key: value for key, value in SENT.items() if key.partition(".")[2].partition(".")[0] == name}
            saved = admin.htmx(f"{gadget}/field/{name}", {**sent, "version": 1})
            assert saved.status_code == 200, (name, text_of(saved))
    record = site.records.get(actor, "gadget", 1)
    assert record.values["several"] == RecordRef("organization", 1)


def test_a_workflow_is_run_from_its_button(admin: Visitor, gadget: str) -> None:
    page = admin.get(gadget)
    assert f'formaction="{gadget}/run/repaint"' in page.text
    ran = admin.post(f"{gadget}/run/repaint")
    page = admin.get(ran.location)
    assert "“Paint it red” has run" in text_of(page)
    assert "Workflow Paint it red changed Picklist from Green to Red" in text_of(page)
    again = admin.post(f"{gadget}/run/repaint")
    assert "its condition does not hold" in text_of(admin.get(again.location))
    assert admin.post(f"{gadget}/run/nothing").status_code == 404
