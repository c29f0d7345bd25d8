"""The options of a step as a form: made from the JSON Schema of its action, so that a plugin's actions have one too."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from fieldstone.metadata.builders.words import label_from
from fieldstone.metadata.scalars import resolve_plain
from fieldstone.web.current import current_site
from fieldstone.web.i18n import gettext
from fieldstone.web.setup.drafting import draft_model
from fieldstone.web.setup.workflows.drafted import settable_choices
from fieldstone.web.setup.workflows.step_choices import Group, choices_of

_LONG = ("body", "text", "message")
VALUES = "values"
_EXPRESSIONS = {
    ("wait", "until"): "value", ("wait", "only_if"): "schedule", ("link", "record"): "value",
    ("assign", "counted"): "filter",
}  # fmt: skip
"""Options that are an expression, and where it stands, as `data-scope` says it."""
_RESENT = (("create_record", "module"), ("set_fields", "record"), ("email", "template"))
"""Choices that other controls of the step depend on: the page is drawn anew."""


@dataclass(frozen=True, kw_only=True)
class Control:
    """`kind`: line, text, expression, whole, span, flag, choice, several, lines, values or json. `value`: a text; a
    list for `several` and `lines`; for `span` (count, unit), whose units are `choices`; for `values` (field,
    expression) of each row, whose fields are `choices`. `other`: what `several` holds that is not among the choices.
    `merges`: a text into which fields of the record can be put. `scope`: the module that expressions are about; of an
    expression, where it stands."""

    option: str
    key: str
    kind: str
    label: str
    help: str
    value: Any
    choices: Sequence[Group] = ()
    other: str = ""
    required: bool = False
    merges: bool = False
    scope: str = ""
    resend: bool = False


def schema_of(action: str) -> Mapping[str, Any]:
    found = current_site().workflows.actions.find(action)
    return found.schema if found is not None else {"type": "object"}


def starting_options(action: str, label: str) -> dict[str, Any]:
    """What a new step says to begin with: as little as makes sense."""
    options: dict[str, dict[str, Any]] = {
        "notify": {"to": ["owner"], "message": "{{ record.label }}"},
        "email": {"to": ["owner"], "subject": "{{ record.label }}", "body": "{{ record.url }}"},
        "create_task": {"subject": label or "{{ record.label }}"},
        "comment": {"text": label or "{{ record.label }}"},
        "assign": {"to": "actor"},
        "create_event": {"subject": label or "{{ record.label }}"},
        "wait": {"for": {"days": 1}},
        "approval": {"by": ["owner"], "message": label or "{{ record.label }}", "due": {"days": 3}},
    }
    return options.get(action, {})


def controls_of(action: str, options: Any, module: str, prefix: str) -> list[Control]:
    """What asks for the options of a step of `module`; the names in the form begin with `prefix`."""
    said = options if isinstance(options, Mapping) else {}
    schema = schema_of(action)
    known: Mapping[str, Any] = schema.get("properties", {})
    required = set(schema.get("required", ()))
    controls = [_control(action, option, known[option], said, module, prefix, option in required) for option in known]
    if isinstance(schema.get("additionalProperties"), Mapping):
        rows = {name: value for name, value in said.items() if name not in known}
        target = _target(action, said, module)
        controls.append(
            Control(
                option="*",
                key=f"{prefix}*",
                kind=VALUES,
                label=gettext("Fields and their new values"),
                help="",
                value=_rows(rows),
                choices=[("", settable_choices(target))],
                required=True,
                scope=module,
            )
        )
    return controls


def read_options(action: str, before: Any, form: MultiDict[str, str], prefix: str) -> dict[str, Any]:
    """The options that a sent form says; those that the form does not show stay, and what was not touched stays as it
    was written."""
    said = before if isinstance(before, Mapping) else {}
    schema = schema_of(action)
    known: Mapping[str, Any] = schema.get("properties", {})
    wanted: dict[str, Any] = {}
    for option, part in known.items():
        kind = _kind(action, option, part)
        if prefix + option not in form and f"{prefix}{option}.field" not in form:
            value = said.get(option)
        else:
            value = _read(kind, form, prefix + option, said.get(option))
        if value not in (None, "", [], {}):
            wanted[option] = value
    if isinstance(schema.get("additionalProperties"), Mapping):
        rows = {name: value for name, value in said.items() if name not in known}
        wanted |= _read(VALUES, form, f"{prefix}*", rows) if f"{prefix}*.field" in form else rows
    return _settled(action, wanted)


def _settled(action: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """Of options that exclude each other the one that was chosen."""
    if action == "email" and "template" in wanted:
        return {key: value for key, value in wanted.items() if key not in ("subject", "body")}
    if action == "assign" and "round_robin" in wanted:
        return {"round_robin": wanted["round_robin"]}
    if action == "assign" and "least_busy" in wanted:
        return {key: value for key, value in wanted.items() if key in ("least_busy", "counted")}
    if action == "wait" and "until" in wanted:
        return {key: value for key, value in wanted.items() if key not in ("for", "after", "before")}
    if action == "approval" and wanted.get("on_timeout") != "escalate":
        return {key: value for key, value in wanted.items() if key != "escalate_to"}
    return wanted


def _target(action: str, said: Mapping[str, Any], module: str) -> str:
    """The module whose fields are set."""
    lookup = str(said.get("record") or "")
    owner = draft_model().modules.get(module)
    field = owner.fields.get(lookup) if owner and lookup else None
    return field.to[0] if field is not None and field.to else module


def _control(
    action: str,
    option: str,
    schema: Mapping[str, Any],
    said: Mapping[str, Any],
    module: str,
    prefix: str,
    required: bool,
) -> Control:
    kind, value = _kind(action, option, schema), said.get(option)
    choices = choices_of(action, option, module, said) or ()
    if kind == "choice" and not choices:
        choices = [("", [*([] if required else [("", "")]), *((str(each), str(each)) for each in schema["enum"])])]
    other = ""
    if kind == VALUES:
        choices = [("", settable_choices(str(said.get("module") or module)))]
        shown: Any = _rows(value if isinstance(value, Mapping) else {})
    elif kind in ("several", "lines"):
        shown = [str(each) for each in value] if isinstance(value, list) else []
        offered = {each for _heading, entries in choices for each, _words in entries}
        other = ", ".join(each for each in shown if each not in offered)
    elif kind == "span":
        units = unit_labels()
        choices = [("", [(unit, units.get(unit, unit)) for unit in schema["properties"]])]
        unit, count = next(iter(value.items() if isinstance(value, Mapping) else ()), ("days", ""))
        shown = (str(count), unit)
    elif kind == "flag":
        shown = bool(value)
    elif kind == "json":
        shown = "" if value is None else json.dumps(value, ensure_ascii=False)
    else:
        shown = "" if value is None else str(value)
        offered = {each for _heading, entries in choices for each, _words in entries}
        if choices and shown and shown not in offered:
            choices = [*choices, ("", [(shown, shown)])]  # what is written stays, though nothing there is called so
    return Control(
        option=option, key=prefix + option, kind=kind,
        label=_own_words().get((action, option)) or _option_words().get(option) or label_from(option),
        help=_option_help().get((action, option))
        or ("" if option in _option_words() else str(schema.get("description", ""))), value=shown,
        choices=choices, other=other, required=required, merges="A template" in str(schema.get("description", "")),
        scope=_EXPRESSIONS.get((action, option), module), resend=(action, option) in _RESENT,
    )  # fmt: skip


def _kind(action: str, option: str, schema: Mapping[str, Any]) -> str:
    several = schema.get("type") == "array"
    if choices_of(action, option, "", {}) is not None:
        return "several" if several else "choice"
    if (action, option) in _EXPRESSIONS:
        return "expression"
    if schema.get("maxProperties") == 1 and schema.get("properties"):
        return "span"
    if "enum" in schema:
        return "choice"
    if several and (schema.get("items") or {}).get("type") == "string":
        return "lines"
    if schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        return VALUES
    if schema.get("type") == "string":
        return "text" if option in _LONG else "line"
    return {"integer": "whole", "number": "line", "boolean": "flag"}.get(str(schema.get("type")), "json")


def _rows(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(name, _expression(value)) for name, value in values.items()]


def _expression(value: Any) -> str:
    return "None" if value is None else str(value)


def _read(kind: str, form: MultiDict[str, str], key: str, before: Any) -> Any:
    typed = [text.replace("\r\n", "\n").strip() for text in form.getlist(key)]
    if kind == VALUES:
        known = before if isinstance(before, Mapping) else {}
        pairs = zip(form.getlist(f"{key}.field"), form.getlist(f"{key}.value"), strict=False)
        return {
            name: known[name] if name in known and _expression(known[name]) == text.strip() else text.strip()
            for name, text in pairs
            if name
        }
    if kind in ("several", "lines"):
        other = [part.strip() for text in form.getlist(f"{key}.other") for part in text.replace("，", ",").split(",")]
        lines = [line.strip() for text in typed for line in text.split("\n")] if kind == "lines" else typed
        return list(dict.fromkeys(each for each in [*lines, *other] if each))
    if kind == "span":
        return _read_span(form, key, before)
    text = typed[-1] if typed else ""
    if before is not None and text == str(before).strip():
        return before
    if kind == "flag":
        return None if before is None and text != "1" else text == "1"
    if kind == "whole":
        value = resolve_plain(text) if text else None
        return text if value is None else value
    if kind == "json" and text:
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def _read_span(form: MultiDict[str, str], key: str, before: Any) -> Any:
    text, unit = form.get(key, "").strip(), form.get(f"{key}.unit", "days")
    if not text:
        return None
    count = resolve_plain(text)
    found = {unit: text if count is None else count}
    return before if found == before else found


def unit_labels() -> dict[str, str]:
    """The units of a span, in the order in which they are offered."""
    return {
        "minutes": gettext("minutes"), "hours": gettext("hours"), "days": gettext("days"), "weeks": gettext("weeks"),
    }  # fmt: skip


def _option_help() -> dict[tuple[str, str], str]:
    return {
        ("wait", "until"): gettext("Instead of all that: an expression that gives a date or a time."),
        ("wait", "only_if"): gettext("Asked when the time has come: where it does not hold, the run ends."),
        ("link", "record"): gettext("An expression such as organization.parent. Empty: what an earlier step created."),
        ("assign", "counted"): gettext("Which of their records count, such as stage != 'won'. Empty: all."),
        ("create_event", "at"): gettext("Such as 09:30. Empty: the time counted from, or 09:00."),
        ("approval", "due"): gettext("Empty: as long as it takes."),
        ("approval", "escalate_to"): gettext("For as long again; without an answer it counts as rejected."),
    }  # fmt: skip


def _own_words() -> dict[tuple[str, str], str]:
    """What is called otherwise at one action than at the others."""
    return {("link", "record"): gettext("Which record"), ("tag", "field"): gettext("Field")}


def _option_words() -> dict[str, str]:
    """What the options of the built-in actions are called; those of others by their names."""
    return {
        "to": gettext("To"), "template": gettext("E-mail template"), "subject": gettext("Subject"),
        "body": gettext("Text"), "text": gettext("Text"), "message": gettext("Message"),
        "assign": gettext("For"), "due_in_days": gettext("Due in days"), "due_from": gettext("Counted from"),
        "priority": gettext("Priority"), "module": gettext("Module"), "values": gettext("Fields and their values"),
        "record": gettext("Whose fields"), "round_robin": gettext("Or in turn"), "url": gettext("Address"),
        "fields": gettext("Fields that are sent"), "for": gettext("How long"), "after": gettext("After what"),
        "before": gettext("Or before what"), "until": gettext("Until"), "only_if": gettext("Go on only if"),
        "by": gettext("Who is asked"), "need": gettext("Which answer counts"), "due": gettext("Time to answer"),
        "least_busy": gettext("Or who owns the fewest of"), "counted": gettext("Counted"),
        "relation": gettext("Related list"), "undo": gettext("Take it out of the list"),
        "add": gettext("Tags to put on, one a line"), "remove": gettext("Tags to take off, one a line"),
        "starts_in_days": gettext("Starts in days"), "starts_from": gettext("Counted from"), "at": gettext("At"),
        "minutes": gettext("Minutes"), "all_day": gettext("The whole day"), "location": gettext("Location"),
        "on_timeout": gettext("When nobody answers in time"), "escalate_to": gettext("Who is asked then"),
    }  # fmt: skip
