"""Workflows in words: what sets one off, on which condition, and what it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import g

from fieldstone.changes.editing.workflows import ANSWER, action_of, steps_of
from fieldstone.kernel.errors import FieldstoneError
from fieldstone.web.conditions import read_filter
from fieldstone.web.current import current_actor, current_model, current_published, current_site
from fieldstone.web.described import describe
from fieldstone.web.i18n import gettext, ngettext
from fieldstone.web.people import role_label
from fieldstone.web.setup.people import all_users
from fieldstone.web.setup.workflows.cron_form import word_cron
from fieldstone.web.setup.workflows.drafted import email_documents, field_name, module_name
from fieldstone.web.setup.workflows.trigger_form import LINKS, record_type_choices, relation_name, value_choices
from fieldstone.web.show import Shower


def trigger_labels() -> dict[str, str]:
    """Name → what it is called, of every trigger there is, those of plugins too."""
    known = {
        "created": gettext("A record is created"), "updated": gettext("A record is changed"),
        "saved": gettext("A record is created or changed"), "becomes_true": gettext("The condition becomes true"),
        "deleted": gettext("A record is deleted"), "restored": gettext("A record is restored"),
        "schedule": gettext("On schedule"), "manual": gettext("Somebody presses the button"),
        "stage_entered": gettext("A record enters a stage"), "linked": gettext("A record is linked"),
        "unlinked": gettext("A record is unlinked"), "webhook": gettext("Another system calls it"),
    }  # fmt: skip
    return {each.name: known.get(each.name, gettext(each.label)) for each in current_site().workflows.triggers}


def action_labels() -> dict[str, str]:
    known = {
        "set_fields": gettext("Set fields"), "create_record": gettext("Create a record"),
        "email": gettext("Send an e-mail"), "notify": gettext("Notify"), "create_task": gettext("Create a task"),
        "comment": gettext("Comment"), "assign": gettext("Assign"), "webhook": gettext("Call a webhook"),
        "create_event": gettext("Create an event"), "link": gettext("Link"), "tag": gettext("Tag"),
        "wait": gettext("Wait"), "approval": gettext("Ask for approval"),
    }  # fmt: skip
    return {each.name: known.get(each.name, gettext(each.label)) for each in current_site().workflows.actions}


def word_trigger(module: str, entry: Mapping[str, Any]) -> str:
    on, schedule = str(entry.get("on", "")), entry.get("schedule") or {}
    if on == "updated" and entry.get("fields"):
        fields = gettext(", ").join(field_name(module, str(name)) for name in entry["fields"])
        return gettext("%(fields)s is changed", fields=fields)
    if on == "schedule" and "cron" in schedule:
        words = word_cron(str(schedule["cron"]))
        return words[:1].upper() + words[1:]
    if on == "schedule" and schedule.get("field"):
        return word_distance(module, schedule)
    if on == "stage_entered" and (entry.get("stage") or {}).get("to"):
        return _word_stage(module, entry["stage"])
    if on in LINKS and entry.get("relation"):
        said = relation_name(module, str(entry["relation"]))
        return gettext("Linked in “%(list)s”", list=said) if on == "linked" else gettext(
            "Unlinked in “%(list)s”", list=said
        )  # fmt: skip
    return trigger_labels().get(on, on)


def _word_stage(module: str, stage: Mapping[str, Any]) -> str:
    field = str(stage.get("field", ""))
    values, types = dict(value_choices(module, field)), dict(record_type_choices(module))
    words = gettext(
        "%(field)s becomes %(values)s", field=field_name(module, field),
        values=gettext(", ").join(values.get(str(each), str(each)) for each in stage["to"]),
    )  # fmt: skip
    only = gettext(", ").join(types.get(str(each), str(each)) for each in stage.get("record_types") or ())
    return gettext("%(what)s (%(types)s)", what=words, types=only) if only else words


def word_distance(module: str, schedule: Mapping[str, Any]) -> str:
    """3 days before Close date."""
    field = field_name(module, str(schedule["field"]))
    for key in ("days_before", "days_after", "hours_before", "hours_after"):
        if key not in schedule:
            continue
        count = schedule[key] if isinstance(schedule[key], int) else 0
        unit = ngettext("%(num)s day", "%(num)s days", count) if key.startswith("days") else ngettext(
            "%(num)s hour", "%(num)s hours", count
        )  # fmt: skip
        if count == 0:
            return gettext("At %(field)s", field=field)
        if key.endswith("before"):
            return gettext("%(span)s before %(field)s", span=unit, field=field)
        return gettext("%(span)s after %(field)s", span=unit, field=field)
    return field


def word_condition(module: str, condition: str) -> list[str]:
    """Each part as a sentence; [] where only the expression itself says it, and where there is none."""
    if not condition or module not in current_model().modules:
        return []
    try:
        described = describe(current_published(), module, current_actor())
        return read_filter(described, condition, Shower(current_model(), current_actor())).conditions
    except (FieldstoneError, KeyError):
        return []


def word_step(module: str, step: Mapping[str, Any]) -> str:
    """Send an e-mail to the owner."""
    action = action_of(step)
    options = step.get(action)
    label = action_labels().get(action, action)
    more = _STEPS.get(action)
    try:
        told = more(module, options) if more is not None and isinstance(options, Mapping) else ""
    except (KeyError, TypeError, AttributeError):
        told = ""  # it is not complete yet
    words = f"{label}: {told}" if told else label
    answer = answer_words().get(str(step.get(ANSWER) or ""))
    return f"{answer}: {words}" if answer else words


def answer_words() -> dict[str, str]:
    """Which answer a step is for."""
    return {"approved": gettext("If approved"), "rejected": gettext("If rejected")}


def word_steps(module: str, entry: Mapping[str, Any]) -> list[str]:
    return [word_step(module, step) for step in steps_of(entry)]


def word_person(text: str, module: str = "") -> str:
    """An entry of `to`: owner, actor, user:anna, role:sales, team:North, field:email, an address."""
    kind, colon, value = text.partition(":")
    if not colon:
        known = {
            "owner": gettext("the owner"), "actor": gettext("whoever set it off"),
            "leader": gettext("who leads the team of the owner"),
        }  # fmt: skip
        return known.get(kind, text)
    if kind == "user":
        return _user_names().get(value, value)
    if kind == "role":
        return gettext("everybody who is %(role)s", role=role_label(value))
    if kind == "team":
        return gettext("Team %(name)s", name=value)
    return field_name(module, value) if kind == "field" and module else value


def _user_names() -> dict[str, str]:
    if "setup_usernames" not in g:
        g.setup_usernames = {user.username: user.label for user in all_users()}
    names: dict[str, str] = g.setup_usernames
    return names


def _people(module: str, options: Mapping[str, Any]) -> str:
    return gettext(", ").join(word_person(str(each), module) for each in options["to"])


def _email(module: str, options: Mapping[str, Any]) -> str:
    template = options.get("template")
    said = email_documents().get(str(template), {}).get("label") or template if template else options.get("subject", "")
    return gettext("“%(what)s” to %(whom)s", what=said, whom=_people(module, options))


def _assign(module: str, options: Mapping[str, Any]) -> str:
    if "round_robin" in options:
        whom = gettext(", ").join(word_person(str(each)) for each in options["round_robin"])
        return gettext("%(whom)s in turn", whom=whom)
    if "least_busy" in options:
        whom = gettext(", ").join(word_person(str(each)) for each in options["least_busy"])
        return gettext("who owns the fewest of %(whom)s", whom=whom)
    return word_person(str(options["to"]))


def _link(module: str, options: Mapping[str, Any]) -> str:
    listed, record = relation_name(module, str(options["relation"])), options.get("record")
    if options.get("undo"):
        return gettext("takes %(record)s out of “%(list)s”", record=record, list=listed)
    what = record or gettext("what was created")
    return gettext("%(record)s in “%(list)s”", record=what, list=listed)


def _tag(module: str, options: Mapping[str, Any]) -> str:
    on, off = (gettext(", ").join(map(str, options.get(key) or ())) for key in ("add", "remove"))
    return " ".join(filter(None, (on and f"+ {on}", off and f"− {off}")))


def _set_fields(module: str, options: Mapping[str, Any]) -> str:
    names = [field_name(module, name) for name in options if name != "record"]
    return gettext(", ").join(names)


def _wait(module: str, options: Mapping[str, Any]) -> str:
    if "until" in options:
        return gettext("until %(when)s", when=options["until"])
    span = word_span(options["for"])
    if options.get("before"):
        return gettext("until %(span)s before %(field)s", span=span, field=field_name(module, str(options["before"])))
    if options.get("after"):
        return gettext("until %(span)s after %(field)s", span=span, field=field_name(module, str(options["after"])))
    return span


def word_span(span: Mapping[str, Any]) -> str:
    """3 days."""
    unit, count = next(iter(span.items()))
    if not isinstance(count, int):
        return ""
    words = {
        "minutes": ngettext("%(num)s minute", "%(num)s minutes", count),
        "hours": ngettext("%(num)s hour", "%(num)s hours", count),
        "days": ngettext("%(num)s day", "%(num)s days", count),
        "weeks": ngettext("%(num)s week", "%(num)s weeks", count),
    }
    return words.get(unit, "")


def _approval(module: str, options: Mapping[str, Any]) -> str:
    return gettext(", ").join(word_person(str(each), module) for each in options["by"])


_STEPS: Mapping[str, Callable[[str, Mapping[str, Any]], str]] = {
    "email": _email,
    "notify": _people,
    "assign": _assign,
    "set_fields": _set_fields,
    "create_record": lambda module, options: module_name(str(options["module"])),
    "create_event": lambda module, options: str(options["subject"]),
    "link": _link,
    "tag": _tag,
    "create_task": lambda module, options: str(options["subject"]),
    "webhook": lambda module, options: str(options["url"]),
    "wait": _wait,
    "approval": _approval,
}
