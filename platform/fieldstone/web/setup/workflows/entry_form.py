"""A workflow as its page sends it: label, trigger, condition and steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from fieldstone.changes.editing.workflows import (
    ANSWER,
    CONDITION,
    action_of,
    copied_step,
    make_step,
    moved_step,
    steps_of,
    with_steps,
    with_trigger,
    without_step,
)
from fieldstone.metadata.builders.workflows import APPROVAL, PAUSING
from fieldstone.web.current import current_site
from fieldstone.web.numbers import find_number
from fieldstone.web.setup.workflows.cron_form import cron_of
from fieldstone.web.setup.workflows.step_form import Control, controls_of, read_options, starting_options
from fieldstone.web.setup.workflows.trigger_form import read_parts
from fieldstone.web.setup.workflows.words import action_labels, word_step

DISTANCES = ("days_before", "days_after", "hours_before", "hours_after")

Plain = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class StepForm:
    """`number` counts from 1; `problems` are those of the step, in words. `later`: it runs when a wait is over, and
    does not know what was before the save; `answers`: it may be for one `answer` of an approval before it."""

    number: int
    action: str
    label: str
    words: str
    condition: str
    answer: str
    answers: bool
    later: bool
    controls: Sequence[Control]
    problems: Sequence[str]


def step_forms(module: str, entry: Mapping[str, Any], problems: Mapping[int, Sequence[str]]) -> list[StepForm]:
    """`problems`: position of a step → what is wrong with it."""
    forms = []
    earlier: set[str] = set()
    for position, step in enumerate(steps_of(entry)):
        action, answer = action_of(step), str(step.get(ANSWER) or "")
        forms.append(
            StepForm(
                number=position + 1,
                action=action,
                label=action_labels().get(action, action),
                words=word_step(module, step),
                condition=str(step.get(CONDITION) or ""),
                answer=answer,
                answers=APPROVAL in earlier or bool(answer),
                later=not earlier.isdisjoint(PAUSING),
                controls=controls_of(action, step.get(action), module, f"s.{position}."),
                problems=problems.get(position, ()),
            )
        )
        earlier.add(action)
    return forms


def read_entry(module: str, before: Mapping[str, Any], form: MultiDict[str, str]) -> Plain:
    """`before` with what the form says. Its steps are in the order in which they are sent; what the form
    has no place for stays."""
    entry = dict(before)
    for key in ("label", CONDITION):
        if key in form:
            entry.pop(key, None)
            said = _same_or_new(before.get(key), form[key])
            if said:
                entry[key] = said
    if "on" in form:
        entry = with_trigger(entry, _trigger(module, before, form))
    if "steps" not in form:
        return entry
    known = steps_of(before)
    steps = []
    for token in form.getlist("step"):
        position = find_number(token)
        if position is None or position >= len(known):
            continue
        step = known[position]
        action = action_of(step)
        options = read_options(action, step.get(action), form, f"s.{position}.")
        condition = str(_same_or_new(step.get(CONDITION), form.get(f"s.{position}.if", "")))
        answer = form.get(f"s.{position}.answer", str(step.get(ANSWER) or ""))
        steps.append(make_step(action, options, condition, answer))
    return with_steps(entry, steps)


def acted(entry: Mapping[str, Any], act: str, add: str) -> tuple[Plain, int | None]:
    """The entry after a button of its steps was pressed (`add`, or `up`, `down`, `copy`, `remove` with a colon and a
    position among the steps that were sent), and the position of the step to go on with."""
    verb, _colon, text = act.partition(":")
    position = find_number(text)
    steps = steps_of(entry)
    if verb == "add" and add in action_labels():
        label = str(entry.get("label") or "")
        return with_steps(entry, [*steps, make_step(add, starting_options(add, label))]), len(steps)
    if position is None or position >= len(steps):
        return dict(entry), None
    if verb in ("up", "down"):
        by = -1 if verb == "up" else 1
        return with_steps(entry, moved_step(steps, position, by)), min(max(0, position + by), len(steps) - 1)
    if verb == "copy":
        return with_steps(entry, copied_step(steps, position)), position + 1
    if verb == "remove":
        return with_steps(entry, without_step(steps, position)), max(0, position - 1)
    return dict(entry), None


def _same_or_new(before: Any, text: str) -> Any:
    """What was there before when the text says the same."""
    typed = text.replace("\r\n", "\n").strip()
    return before if before is not None and str(before).strip() == typed else typed


def _trigger(module: str, before: Mapping[str, Any], form: MultiDict[str, str]) -> Plain:
    on = form["on"]
    trigger: Plain = {"on": on} if on == "schedule" else read_parts(module, before, form)
    early = current_site().workflows.triggers.find(on)
    if form.get("when") == "before_save" and early is not None and early.before_save:
        trigger["when"] = "before_save"
    if on == "updated":
        trigger["fields"] = [name for name in form.getlist("fields") if name]
    if on == "schedule":
        trigger["schedule"] = _schedule(before.get("schedule") or {}, form)
    return trigger


def _schedule(before: Mapping[str, Any], form: MultiDict[str, str]) -> Plain:
    if form.get("schedule") == "field":
        distance = form.get("distance", DISTANCES[0])
        count = find_number(form.get("count", "")) or 0
        return {"field": form.get("date_field", ""), distance if distance in DISTANCES else DISTANCES[0]: count}
    cron = cron_of(form)
    return dict(before) if before.get("cron") == cron else {"cron": cron}
