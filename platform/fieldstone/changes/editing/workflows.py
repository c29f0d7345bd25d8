"""Workflows of a module's document: added, changed, copied, switched and removed; and their steps, one by one.

A workflow and a step are plain data as the document says them: a step is {action: options}, and may have `if` and
`answer`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fieldstone.changes.site_patch import patch_document, read_effective
from fieldstone.metadata.layers import Layer

Plain = dict[str, Any]

CONDITION = "if"
ANSWER = "answer"
TRIGGER_PARTS = ("on", "fields", "schedule", "stage", "relation", "webhook", "when")
"""What says when a workflow runs."""
_ORDER = ("label", "on", "when", "fields", "schedule", "stage", "relation", "webhook", "if", "active", "do")


def workflow_path(module: str) -> str:
    return f"workflows/{module}.yaml"


def find_workflow(data: Mapping[str, Any], name: str) -> Plain | None:
    """The entry of a workflow in its document."""
    found = (data.get("workflows") or {}).get(name)
    return dict(found) if isinstance(found, Mapping) else None


def with_workflow(data: Mapping[str, Any], module: str, name: str, entry: Mapping[str, Any]) -> Plain:
    """The document with a workflow in place of the one of that name, or behind the others. Its keys are put in the
    order in which they are read."""
    known = [key for key in _ORDER if key in entry]
    ordered = {key: entry[key] for key in [*known, *(key for key in entry if key not in _ORDER)]}
    return {**data, "module": module, "workflows": {**(data.get("workflows") or {}), name: ordered}}


def without_workflow(data: Mapping[str, Any], name: str) -> Plain:
    """The document without a workflow."""
    return {**data, "workflows": {key: value for key, value in (data.get("workflows") or {}).items() if key != name}}


def remove_workflow(layers: Sequence[Layer], module: str, name: str) -> Layer:
    """The site layer without a workflow, and without a document that would say nothing more."""
    path = workflow_path(module)
    left = without_workflow(read_effective(layers, path), name)
    needed = left["workflows"] or read_effective(layers, path, without_site=True)
    return patch_document(layers, path, left if needed else None)


def switched(entry: Mapping[str, Any], on: bool) -> Plain:
    """On is what a workflow is when nothing is said."""
    kept = {key: value for key, value in entry.items() if key != "active"}
    return kept if on else {**kept, "active": False}


def copied_workflow(entry: Mapping[str, Any], label: str) -> Plain:
    """One like another, under another label, and switched off until somebody has looked at it."""
    return switched({**entry, "label": label}, False)


def with_trigger(entry: Mapping[str, Any], trigger: Mapping[str, Any]) -> Plain:
    """The workflow with another trigger: `trigger` has `on`, and what belongs to it of TRIGGER_PARTS."""
    kept = {key: value for key, value in entry.items() if key not in TRIGGER_PARTS}
    return {**kept, **{key: value for key, value in trigger.items() if key in TRIGGER_PARTS and value}}


def steps_of(entry: Mapping[str, Any]) -> list[Plain]:
    return [dict(step) for step in entry.get("do") or [] if isinstance(step, Mapping)]


def with_steps(entry: Mapping[str, Any], steps: Sequence[Mapping[str, Any]]) -> Plain:
    return {**entry, "do": [dict(step) for step in steps]}


def action_of(step: Mapping[str, Any]) -> str:
    """The name of a step's action: its one key that is neither `if` nor `answer`; "" without one."""
    return next((key for key in step if key not in (CONDITION, ANSWER)), "")


def make_step(action: str, options: Any, condition: str = "", answer: str = "") -> Plain:
    said = {CONDITION: condition, ANSWER: answer}
    return {**{key: value for key, value in said.items() if value}, action: options}


def moved_step(steps: Sequence[Mapping[str, Any]], position: int, by: int) -> list[Plain]:
    """The steps with one of them moved up (-1) or down (1); as they are where it has no place to go."""
    made = [dict(step) for step in steps]
    to = position + by
    if 0 <= position < len(made) and 0 <= to < len(made):
        made.insert(to, made.pop(position))
    return made


def copied_step(steps: Sequence[Mapping[str, Any]], position: int) -> list[Plain]:
    """The steps with one of them twice, the copy behind it."""
    return [dict(step) for place, step in enumerate(steps) for _ in range(2 if place == position else 1)]


def without_step(steps: Sequence[Mapping[str, Any]], position: int) -> list[Plain]:
    return [dict(step) for place, step in enumerate(steps) if place != position]


def users_of_template(workflows: Mapping[str, Mapping[str, Any]], template: str) -> list[tuple[str, str, int]]:
    """(module, workflow, number of the step) of all steps that send an e-mail template. `workflows`: module → its
    document."""
    return [
        (module, name, number)
        for module, data in workflows.items()
        for name, entry in (data.get("workflows") or {}).items()
        if isinstance(entry, Mapping)
        for number, step in enumerate(steps_of(entry), 1)
        if isinstance(options := step.get(action_of(step)), Mapping) and options.get("template") == template
    ]
