"""The properties of fields as a form: of every type, each attribute; showing a form and sending it changes nothing."""

from __future__ import annotations

from typing import Any

from flask import Flask, render_template_string
from werkzeug.datastructures import MultiDict

from fieldstone.changes.editing.naming import name_from
from fieldstone.changes.editing.translations import with_field_words
from fieldstone.changes.editing.words import with_texts
from fieldstone.changes.site_patch import read_effective
from fieldstone.metadata.schemas.field import field_schema
from fieldstone.runtime.site import Site
from fieldstone.web.setup.property_form import (
    PropertyGroup,
    property_groups,
    read_properties,
    read_words,
    word_rows,
)


def _sent(groups: list[PropertyGroup], **typed: Any) -> MultiDict[str, str]:
    """What a browser sends of the form, with some of it typed anew."""
    form: MultiDict[str, str] = MultiDict()
    for each in (each for group in groups for each in group.properties):
        value = typed.get(each.name, each.value)
        if each.kind == "flag":
            form.setlist(each.key, ["0", "1"] if value else ["0"])
        else:
            form.setlist(each.key, ["", *value] if each.kind == "several" else [value.replace("\n", "\r\n")])
    return form


def test_every_field_of_the_standard_modules_stays_what_it_is(site: Site, app: Flask) -> None:
    model, layers = site.models.current.model, site.publishing.published_layers()
    shown = 0
    with app.test_request_context("/"):
        for module in model.modules:
            for name, said in read_effective(layers, f"modules/{module}.yaml")["fields"].items():
                field_type = model.field_types[said["type"]]
                groups = property_groups(field_type, said, model=model, module=module, name=name)
                found = {each.name for group in groups for each in group.properties}
                elsewhere = {"depends_on", "options_when"}  # they have a page of their own
                apart = elsewhere | ({"values"} if "picklist" in said else set())
                assert found - apart == set(field_schema(field_type)["properties"]) - apart
                wanted = read_properties(_sent(groups), field_type, said)
                again = property_groups(field_type, wanted, model=model, module=module, name=name)
                assert read_properties(_sent(again), field_type, wanted) == wanted
                assert {key: value for key, value in said.items() if wanted.get(key) != value} == {
                    key: said[key] for key in said if key not in wanted
                }, (module, name)
                shown += 1
        assert shown > 100


def test_what_is_typed_is_read_by_kind(site: Site, app: Flask) -> None:
    model = site.models.current.model
    types = model.field_types
    with app.test_request_context("/"):
        said = {"type": "text", "label": "Name", "required": True, "max_length": 60, "after": "x"}
        groups = property_groups(types["text"], said, model=model, module="contact", name="x")
        assert [group.label for group in groups] == [
            "Basics", "Value", "Rules and visibility", "Behaviour", "Advanced"
        ]  # fmt: skip
        form = _sent(groups, required=False, mass_edit=False, max_length="eighty", min_length="2", searchable="0",
                     visible_when="is_empty(email)\n", label="")  # fmt: skip
        assert read_properties(form, types["text"], said) == {
            "type": "text", "max_length": "eighty", "after": "x", "mass_edit": False, "min_length": 2,
            "searchable": False, "visible_when": "is_empty(email)",
        }  # fmt: skip
        form = MultiDict({"p.max_length": "5"})
        assert read_properties(form, types["integer"], said)["type"] == "integer"
        assert "max_length" not in read_properties(form, types["integer"], said)  # the type has no use for it

        picked = {"type": "picklist", "values": {"new": {"label": "New", "colour": "blue"}, "done": "Done"}}
        groups = property_groups(types["picklist"], picked, model=model, module="contact", name="state")
        read = read_properties(_sent(groups, values="In work\nNew\nold_key = Very old"), types["picklist"], picked)
        assert list(read["values"].items()) == [
            ("in_work", {"label": "In work"}),
            ("new", {"label": "New", "colour": "blue"}),
            ("old_key", {"label": "Very old"}),
        ]
        shared = read_properties(_sent(groups, picklist="source"), types["picklist"], picked)
        assert shared == {"type": "picklist", "picklist": "source"}

        lookup = {"type": "lookup", "to": "contact"}
        groups = property_groups(types["lookup"], lookup, model=model, module="contact", name="boss")
        read = read_properties(
            _sent(groups, to=["contact", "organization"], on_delete="cascade"), types["lookup"], lookup
        )
        assert read == {"type": "lookup", "to": ["contact", "organization"], "on_delete": "cascade"}
        check = {"type": "checkbox"}
        groups = property_groups(types["checkbox"], check, model=model, module="contact", name="vip")
        assert read_properties(_sent(groups, default="false"), types["checkbox"], check)["default"] is False


def test_the_words_of_a_field_in_other_languages(site: Site, app: Flask) -> None:
    """They are drawn beside its own, read, and put into the document of the language."""
    model = site.models.current.model
    with app.test_request_context("/", headers={"Accept-Language": "zh-CN"}):
        rows = word_rows(model, "opportunity", "amount")
        groups = property_groups(
            model.field_types["money"], {"type": "money"}, model=model, module="opportunity", name="amount"
        )
        page = render_template_string(
            "{% from 'setup/_properties.html' import property_sections with context %}"
            "{{ property_sections(groups, rows, module='opportunity') }}", groups=groups, rows=rows,
        )  # fmt: skip
    assert 'name="w.zh_CN.label"' in page
    assert 'value="金额"' in page
    assert 'data-module="opportunity"' in page
    assert page.count("<section") == 5
    assert "必填" in page
    assert "Required" not in page
    assert read_words({"w.zh_CN.label": " 总额 ", "w.zh_CN.help": "", "w.xx.label": "?"}) == {
        "zh_CN": {"label": "总额", "help": ""}
    }
    data: dict[str, Any] = {"language": "zh_CN", "modules": {"contact": {"fields": {"name": "姓名"}}}}
    one = with_field_words(data, "contact", "name", {"help": "全名"})
    assert one["modules"]["contact"]["fields"]["name"] == {"label": "姓名", "help": "全名"}
    assert with_field_words(one, "contact", "name", {"help": ""}) == data
    assert with_field_words(data, "contact", "name", {"label": ""}) == {"language": "zh_CN"}
    titled = with_texts(data, {"block.contact.about": "关于"})
    assert titled["modules"]["contact"]["blocks"] == {"about": "关于"}
    assert with_texts(titled, {"block.contact.about": ""}) == data


def test_names_are_made_from_labels() -> None:
    assert name_from("Expected close date") == "expected_close_date"
    assert name_from("审批人") == "shen_pi_ren"
    assert name_from("2nd phone!") == "n_2nd_phone"
    assert name_from("Owner") == "owner_2"
    assert name_from("Name", ("name", "name_2")) == "name_3"
    assert name_from("☎") == "field"
    assert len(name_from("long " * 20)) <= 40
