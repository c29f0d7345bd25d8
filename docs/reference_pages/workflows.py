"""actions-and-triggers.md: what sets workflows off and what they do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldstone.workflows.action import Action
from fieldstone.workflows.actions.registry import built_in_actions
from fieldstone.workflows.template import FILTERS
from fieldstone.workflows.template_names import APP_NAMES, RECORD_EXTRAS, USER_NAMES
from fieldstone.workflows.triggers import built_in_triggers
from reference_pages.markdown import code, codes, page, paragraph, table
from reference_pages.schemas import kind_of


def render() -> str:
    introduction = (
        "What `on:` and `do:` of a [workflow](../administering.md#workflows) may name. *Before the save*: may be "
        "combined with `when: before_save`."
    )
    triggers = table(
        ("Trigger", "Label", "Fires when", "Before the save"),
        (
            (code(each.name), each.label, paragraph(each.help), "yes" if each.before_save else "no")
            for each in built_in_triggers()
        ),
    )
    actions = (_action(each) for each in built_in_actions())
    sections = [f"## Triggers\n\n{triggers}", "## Actions", *actions, _templates()]
    return page("Actions and triggers", introduction, sections)


def _action(action: Action) -> str:
    before = " May run before the save." if action.before_save else ""
    return f"### {action.name}\n\n{action.label}. {paragraph(action.help)}{before}\n\n{_options(action.schema)}"


def _options(schema: Mapping[str, Any]) -> str:
    required = set(schema.get("required", ()))
    rows = [
        (code(name), kind_of(option), "yes" if name in required else "", option.get("description", ""))
        for name, option in schema["properties"].items()
    ]
    others = schema.get("additionalProperties")
    if isinstance(others, Mapping):
        rows.append(("any field", kind_of(others), "", str(others.get("description", ""))))
    return table(("Option", "Kind", "Required", "Meaning"), rows)


def _templates() -> str:
    return "\n\n".join(
        (
            "## Names in templates",
            "Texts such as subjects, bodies and messages are templates: `{{ record.name }}`.",
            table(
                ("Name", "Stands for"),
                (
                    ("`record.` and a field", "The value, worded for the reader. Paths lead through lookups."),
                    (
                        codes(f"record.{name}" for name in RECORD_EXTRAS),
                        "Its address, its name, the label of its module.",
                    ),
                    (codes(f"user.{name}" for name in USER_NAMES), "Who set off the workflow."),
                    (codes(f"app.{name}" for name in APP_NAMES), "The application."),
                ),
            ),
            f"Filters: {codes(FILTERS)}.",
        )
    )
