"""The eight findings of a schema, in every area: each is provoked once, with its place."""

from __future__ import annotations

import re

import pytest

from metadata.example import APP, BASE, DEAL, STAGE, compile_base, compile_layers, layer

ROLES = "roles:\n  rep:\n    modules: {{'*': [view]}}\n    {line}\n"
EMAIL = "email: hello\nsubject: Hi\nbody: Hello\n{line}\n"
LAYOUT = "module: deal\n{line}\n"
WORKFLOW = "module: deal\nworkflows:\n  w:\n    on: created\n    do: [{{set_fields: {{chance: 1}}}}]\n    {line}\n"
TRANSLATION = "language: zh_CN\n{line}\n"


def deal_with_field(line: str) -> str:
    return DEAL.replace("rules:", f"  extra: {line}\nrules:")


CASES = {
    # app
    "app.E001": ("metadata_app", "app:\n  nmae: X\n", "2:3"),
    "app.E002": ("metadata_app", "application: 1\n", None),
    "app.E003": ("metadata_app", "app: [1]\n", "1:6"),
    "app.E005": ("metadata_app", "app:\n  currency: dollars\n", "2:13"),
    "app.E006": ("metadata_app", "app:\n  fiscal_year_start: 13\n", "2:22"),
    # roles
    "role.E001": ("metadata_roles", ROLES.format(line="scop: all"), "4:5"),
    "role.E002": ("metadata_roles", "roles:\n  rep: {label: X}\n", "2:3"),
    "role.E003": ("metadata_roles", ROLES.format(line="setup: maybe"), "4:12"),
    "role.E004": ("metadata_roles", ROLES.format(line="scope: mine"), "4:12"),
    "role.E005": ("metadata_roles", "roles:\n  Rep: {modules: {}}\n", "2:3"),
    "role.E008": ("metadata_roles", "roles:\n  rep: {modules: {deal: [view, view]}}\n", "2:25"),
    # picklists
    "picklist.E001": ("metadata_picklists_stage", STAGE + "colour: red\n", "7:1"),
    "picklist.E002": ("metadata_picklists_stage", "picklist: stage\nlabel: X\n", "1:1"),
    "picklist.E003": ("metadata_picklists_stage", "picklist: stage\nvalues: [a]\n", "2:9"),
    "picklist.E004": ("metadata_picklists_stage", STAGE + "  maybe: {colour: purple}\n", "7:19"),
    "picklist.E005": ("metadata_picklists_stage", STAGE + "  Maybe: Maybe\n", "7:3"),
    "picklist.E006": ("metadata_picklists_stage", STAGE + "  maybe: {probability: 101}\n", "7:24"),
    "picklist.E007": ("metadata_picklists_stage", "picklist: stage\nvalues: {}\n", "2:9"),
    # modules
    "module.E001": ("modules_deal", DEAL + "lable: X\n", "21:1"),
    "module.E002": ("modules_deal", DEAL + "  other: {if: amount > 1}\n", "21:3"),
    "module.E003": ("modules_deal", DEAL + "hidden: perhaps\n", "21:9"),
    "module.E004": ("modules_deal", DEAL + "duplicates: {match: [name], on_match: shout}\n", "21:39"),
    "module.E005": ("modules_deal", DEAL + "icon: Big Icon\n", "21:7"),
    "module.E006": ("modules_deal", DEAL.replace("digits: 4", "digits: 40"), "4:30"),
    "module.E007": ("modules_deal", DEAL + "duplicates: {match: []}\n", "21:21"),
    "module.E008": ("modules_deal", DEAL + "duplicates: {match: [name, name]}\n", "21:21"),
    # fields
    "field.E001": ("modules_deal", deal_with_field("{type: date, max_lenght: 3}"), "16:23"),
    "field.E002": ("modules_deal", deal_with_field("{label: X}"), "16:3"),
    "field.E003": ("modules_deal", deal_with_field('{type: text, max_length: "3"}'), "16:35"),
    "field.E004": ("modules_deal", deal_with_field("{type: lookup, to: deal, on_delete: vanish}"), "16:46"),
    "field.E005": ("modules_deal", deal_with_field("{type: money, currency: dollar}"), "16:34"),
    "field.E006": ("modules_deal", deal_with_field("{type: decimal, decimals: 11}"), "16:36"),
    "field.E007": ("modules_deal", deal_with_field("{type: lookup, to: []}"), "16:29"),
    "field.E008": ("modules_deal", deal_with_field("{type: lookup, to: [deal, deal]}"), "16:29"),
    # layouts
    "layout.E001": ("layouts_deal", LAYOUT.format(line="recrod: {}"), "2:1"),
    "layout.E002": ("layouts_deal", LAYOUT.format(line="record: {blocks: {a: {label: A}}}"), "2:19"),
    "layout.E003": ("layouts_deal", LAYOUT.format(line="quick_create: name"), "2:15"),
    "layout.E005": ("layouts_deal", LAYOUT.format(line="kanban: {field: Stage}"), "2:17"),
    "layout.E006": ("layouts_deal", LAYOUT.format(line="record: {blocks: {a: {columns: 5, fields: [name]}}}"), "2:32"),
    "layout.E007": ("layouts_deal", LAYOUT.format(line="list: {columns: []}"), "2:17"),
    "layout.E008": ("layouts_deal", LAYOUT.format(line="list: {columns: [name, name]}"), "2:17"),
    # workflows
    "workflow.E001": ("workflows_deal", WORKFLOW.format(line="unless: x"), "6:5"),
    "workflow.E002": ("workflows_deal", "module: deal\nworkflows:\n  w: {on: created}\n", "3:3"),
    "workflow.E003": ("workflows_deal", WORKFLOW.format(line="active: perhaps"), "6:13"),
    "workflow.E004": ("workflows_deal", WORKFLOW.format(line="when: later"), "6:11"),
    "workflow.E005": ("workflows_deal", "module: deal\nworkflows:\n  W: {on: created, do: [{email: {}}]}\n", "3:3"),
    "workflow.E006": ("workflows_deal", WORKFLOW.format(line="schedule: {field: close_date, days_after: -1}"), "6:47"),
    "workflow.E007": ("workflows_deal", "module: deal\nworkflows:\n  w: {on: created, do: []}\n", "3:24"),
    "workflow.E008": ("workflows_deal", WORKFLOW.format(line="fields: [stage, stage]"), "6:13"),
    # e-mails
    "email.E001": ("metadata_emails_hello", EMAIL.format(line="from: me"), "4:1"),
    "email.E002": ("metadata_emails_hello", "email: hello\nsubject: Hi\n", "1:1"),
    "email.E003": ("metadata_emails_hello", "email: hello\nsubject: Hi\nbody: [a]\n", "3:7"),
    "email.E005": ("metadata_emails_hello", EMAIL.format(line="module: Deal"), "4:9"),
    # translations
    "translation.E001": ("metadata_translations_zh_CN", TRANSLATION.format(line="moduls: {}"), "2:1"),
    "translation.E003": ("metadata_translations_zh_CN", TRANSLATION.format(line="groups: [a]"), "2:9"),
    "translation.E005": ("metadata_translations_chinese", "language: chinese\n", "1:11"),
}  # fmt: skip


@pytest.mark.parametrize("code", CASES)
def test_a_finding_has_its_code_and_place(code: str) -> None:
    document, text, place = CASES[code]
    found = [item for item in compile_base(**{document: text}).diagnostics if item.code == code]
    if place is None:  # an app without `app:` is not even named
        assert compile_base(**{document: text}).model is None
        return
    assert [f"{item.location.line}:{item.location.column}" for item in found] == [place]
    assert found[0].message
    assert not re.search(r"\{[a-z_]+\}", found[0].message + found[0].hint)


def test_the_nearest_attribute_is_offered() -> None:
    found = compile_base(modules_deal=deal_with_field("{type: text, max_lenght: 3}")).diagnostics.errors
    assert "max_length" in found[0].hint
    found = compile_base(metadata_app="app: {curency: USD}").diagnostics.errors
    assert "currency" in found[0].hint


def test_a_field_is_checked_by_its_own_type_only() -> None:
    text = deal_with_field("{type: date, expression: amount}")
    assert "field.E001" in [found.code for found in compile_base(modules_deal=text).diagnostics]
    text = deal_with_field("{type: formula, expression: amount, required: true}")
    assert "field.E001" in [found.code for found in compile_base(modules_deal=text).diagnostics]


def test_unquoted_scalars_count_as_text_where_text_is_wanted() -> None:
    compiled = compile_base(
        modules_deal=deal_with_field("{type: text, label: 2024, help: true}"), metadata_app=APP.replace("Test", "42")
    )
    model = compiled.get_model()
    assert (model.modules["deal"].fields["extra"].label, model.modules["deal"].fields["extra"].help) == ("2024", "true")
    assert model.app.name == "42"


def test_all_documents_are_reported_together() -> None:
    broken = {
        **BASE,
        "modules/deal.yaml": DEAL + "lable: X\n",
        "metadata/app.yaml": "app: {nmae: X, groups: {sales: {}}}",
    }
    found = [item.code for item in compile_layers(layer(broken)).diagnostics]
    assert found == ["app.E001", "module.E001"]
