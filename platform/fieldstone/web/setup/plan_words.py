"""A plan in plain words: each change with what it means for the records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fieldstone.changes.plan import Plan, PlannedChange
from fieldstone.changes.told import told_change
from fieldstone.metadata.definitions import Party
from fieldstone.metadata.diff import diff
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.rights import EVERY_MODULE
from fieldstone.web.current import current_model
from fieldstone.web.i18n import gettext, ngettext
from fieldstone.web.setup.company.words import company_line
from fieldstone.web.setup.draft_words import field_label, module_plural
from fieldstone.web.setup.editors import editor_of_change
from fieldstone.web.setup.matrix import field_access_words, right_words, scope_words
from fieldstone.web.setup.property_words import attribute_word
from fieldstone.web.setup.sharing_form import access_words, default_words, party_words
from fieldstone.web.setup.target_words import label_of_target

_LONGEST = 80
_SAMPLES = 5


@dataclass(frozen=True, kw_only=True)
class ChangeWords:
    """`label` is what people call it, `target` what documents do; `effects` are sentences, `lines` what a definition
    said and says, `icon` a Bootstrap icon, `url` the page that edits it, `records` (address, number) of some that it
    is about."""

    icon: str
    what: str
    label: str
    target: str
    url: str
    records: tuple[tuple[str, int], ...]
    effects: tuple[str, ...]
    lines: tuple[tuple[str, str, str], ...]
    data: str
    has_data: bool
    references: tuple[str, ...]
    destructive: bool
    breaks: bool
    ddl: tuple[str, ...]


def word_changes(plan: Plan) -> list[ChangeWords]:
    return [_word(change, plan.model) for change in plan.changes]


def word_difference(before: AppModel, after: AppModel) -> list[ChangeWords]:
    """What differs between two models, without its effect on records."""
    return [_word(told_change(change), after) for change in diff(before, after)]


def _word(change: PlannedChange, model: AppModel) -> ChangeWords:
    verb, _separator, noun = change.kind.partition("_")
    target = f"{change.before} → {change.target.rpartition('.')[2]}" if change.before else change.target
    return ChangeWords(
        icon={"add": "plus-circle", "remove": "dash-circle", "rename": "pencil"}.get(verb, "arrow-left-right"),
        what=_what(verb, noun),
        label=label_of_target(noun, change.target, (model, current_model())),
        target="" if target == noun else target,
        url=editor_of_change(change.kind, change.target),
        records=_records(change),
        effects=(*_kind_of_field(change, model), *_effects(change)),
        lines=tuple(_line(noun, name, old, new) for name, (old, new) in change.attributes.items()),
        data=_data(change),
        has_data=bool(change.lost or change.rows),
        references=change.rewrites,
        destructive=change.destructive,
        breaks=change.breach is not None,
        ddl=change.ddl,
    )


def _records(change: PlannedChange) -> tuple[tuple[str, int], ...]:
    """Of those that would break the definition; only their numbers: whoever runs the site need not see what is in
    them."""
    module = change.target.partition(".")[0]
    if change.breach is None or module not in current_model().modules:
        return ()
    return tuple((f"/m/{module}/{sample.id}", sample.id) for sample in change.breach.samples[:_SAMPLES])


def _kind_of_field(change: PlannedChange, model: AppModel) -> Iterator[str]:
    """What a new field is."""
    module, _separator, name = change.target.partition(".")
    if change.kind == "add_field" and module in model.modules and name in model.modules[module].fields:
        yield gettext(model.type_of(model.modules[module].fields[name]).label)


def _what(verb: str, noun: str) -> str:
    thing = _nouns().get(noun, noun.replace("_", " "))
    words = {
        "add": gettext("Add %(thing)s", thing=thing),
        "remove": gettext("Remove %(thing)s", thing=thing),
        "rename": gettext("Rename %(thing)s", thing=thing),
        "replace": gettext("Replace %(thing)s", thing=thing),
    }
    if verb == "backfill":
        return gettext("Fill in the field")
    return words.get(verb) or gettext("Change %(thing)s", thing=thing)


def _nouns() -> dict[str, str]:
    return {
        "module": gettext("the module"), "field": gettext("the field"), "relation": gettext("the relation"),
        "record_type": gettext("the record type"), "picklist": gettext("the picklist"),
        "picklist_value": gettext("the picklist value"), "workflow": gettext("the workflow"),
        "role": gettext("the role"), "profile": gettext("the profile"), "sharing": gettext("the sharing"),
        "sharing_rule": gettext("the sharing rule"), "email": gettext("the e-mail template"),
        "layout": gettext("the layout"), "app": gettext("the application"), "texts": gettext("the translations"),
        "type": gettext("the type of"), "index": gettext("the index of"),
        "storage": gettext("the table"),
    }  # fmt: skip


def _effects(change: PlannedChange) -> Iterator[str]:
    if change.breach:
        yield ngettext("%(num)s record would break it", "%(num)s records would break it", change.breach.count)
    if change.work:
        yield (
            gettext("A job goes through the records afterwards")
            if change.work.background
            else gettext("The records are gone through at once")
        )
    if change.lock == "rewrite" and change.rows:
        yield gettext("Whoever saves waits while every record is read")
    if not change.reversible:
        yield gettext("Going back does not bring the values back")


def _data(change: PlannedChange) -> str:
    if change.lost:
        return ngettext("%(num)s value goes out of sight", "%(num)s values go out of sight", change.lost)
    if change.rows:
        return ngettext("%(num)s record", "%(num)s records", change.rows)
    return gettext("no data")


def _line(noun: str, name: str, old: Any, new: Any) -> tuple[str, str, str]:
    if noun in ("sharing", "sharing_rule"):
        return _sharing_line(name, old, new)
    if noun == "app":
        return company_line(name, _short(old), _short(new))
    part = name.partition(".")[0]
    values = scope_words() if part == "modules" else field_access_words() if part == "fields" else {}
    before, after = (values.get(str(each)) or _short(each) for each in (old, new))
    return _attribute(name), before, after


def _attribute(name: str) -> str:
    """What of a definition; a right or a field of a role by the words of the interface."""
    part, _separator, rest = name.partition(".")
    module, _separator, last = rest.partition(".")
    if part not in ("modules", "fields") or not rest:
        return attribute_word(name)
    plural = _plural(module)
    if not last:
        return plural
    if part == "modules":
        return f"{plural}: {right_words().get(last, last)}"
    return f"{plural}: {field_label(module, last)}"


def _plural(module: str) -> str:
    if module == EVERY_MODULE:
        return gettext("All other modules")
    return module_plural(module)


def _sharing_line(name: str, old: Any, new: Any) -> tuple[str, str, str]:
    """An attribute of the sharing or of one of its rules, by the words of its page."""
    part, _separator, module = name.partition(".")
    words = {
        "defaults": gettext("By default"), "inherit": gettext("Follows"), "owners": gettext("Owned by"),
        "portal": gettext("In a portal it belongs to"), "where": gettext("Only if"), "to": gettext("With whom"),
        "access": gettext("They may"), "module": gettext("Module"), "label": gettext("Label"),
    }  # fmt: skip
    what = words.get(part, part)
    values = {"access": access_words(), "defaults": default_words()}.get(part, {})
    before, after = (values.get(str(each)) or _short(each) for each in (old, new))
    if part == "inherit" and module:
        before, after = (field_label(module, each) if each else _short(each) for each in (old, new))
    return f"{_plural(module)}: {what}" if module else what, before, after


def _short(value: Any) -> str:
    """A value of a definition as a document would say it."""
    if value is None or value == "" or value == ():
        return "—"
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, Party):
        return party_words(value)
    if isinstance(value, tuple) and all(isinstance(item, Party) for item in value):
        return ", ".join(map(party_words, value))
    if isinstance(value, list | tuple | frozenset) and all(isinstance(item, str) for item in value):
        text = ", ".join(sorted(value) if isinstance(value, frozenset) else value)
    elif isinstance(value, str | int | float) or type(value).__name__ == "Decimal":
        text = str(value)
    else:
        return "…"
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
