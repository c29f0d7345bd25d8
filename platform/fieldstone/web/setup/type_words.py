"""The types of fields as Setup shows them: in groups, each with its icon and its label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fieldstone.metadata.model import AppModel
from fieldstone.web.i18n import gettext
from fieldstone.web.setup.view import later as _

_GROUPS = (
    (_("Text and number"), (
        "text", "long_text", "rich_text", "email", "phone", "url", "integer", "decimal", "percent", "money", "rating",
        "checkbox",
    )),
    (_("Date and choice"), (
        "date", "datetime", "time", "duration", "recurrence", "picklist", "multi_picklist", "tags",
    )),
    (_("Relation and person"), ("lookup", "user", "person_name", "address")),
    (_("Worked out"), ("formula", "rollup", "auto_number")),
    (_("More"), ("country", "currency", "language", "colour", "json", "secret")),
)  # fmt: skip
_ICONS = {
    "text": "fonts", "long_text": "text-paragraph", "rich_text": "markdown", "email": "at", "phone": "telephone",
    "url": "link", "integer": "123", "decimal": "123", "percent": "percent", "money": "cash", "rating": "star",
    "checkbox": "toggle-on", "date": "calendar3", "datetime": "clock", "time": "alarm", "duration": "hourglass-split",
    "picklist": "tag", "multi_picklist": "ui-checks", "tags": "tags", "lookup": "link-45deg", "user": "person",
    "owner": "person-check", "person_name": "person-badge", "address": "geo-alt", "formula": "calculator",
    "rollup": "plus-slash-minus", "auto_number": "hash", "country": "globe", "currency": "currency-exchange",
    "language": "translate", "colour": "palette", "json": "braces", "secret": "lock",
    "recurrence": "arrow-repeat",
}  # fmt: skip
_LABELS = {
    "text": _("Short text"), "long_text": _("Long text"), "rich_text": _("Rich text"), "email": _("E-mail"),
    "phone": _("Phone"), "url": _("URL"), "integer": _("Integer"), "decimal": _("Decimal"), "percent": _("Percent"),
    "money": _("Money"), "rating": _("Rating"), "checkbox": _("Checkbox"), "date": _("Date"),
    "datetime": _("Date and time"), "time": _("Time"), "duration": _("Duration"), "picklist": _("Picklist"),
    "multi_picklist": _("Multi-picklist"), "tags": _("Tags"), "lookup": _("Lookup"), "user": _("User"),
    "owner": _("Owner"), "person_name": _("Person name"), "address": _("Address"), "formula": _("Formula"),
    "rollup": _("Rollup"), "auto_number": _("Auto-number"), "country": _("Country"), "currency": _("Currency"),
    "language": _("Language"), "colour": _("Colour"), "json": _("JSON"), "secret": _("Secret"),
    "recurrence": _("Recurrence"),
}  # fmt: skip
_SYSTEM = frozenset({"owner"})
"""Types of fields that every module has already."""


@dataclass(frozen=True, kw_only=True)
class TypeChoice:
    name: str
    label: str
    icon: str


@dataclass(frozen=True, kw_only=True)
class TypeGroup:
    label: str
    types: Sequence[TypeChoice]


def type_label(model: AppModel, name: str) -> str:
    """A type in the reader's language; that of a plugin as it calls itself."""
    if name in _LABELS:
        return str(_LABELS[name])
    return model.field_types[name].label if name in model.field_types else name


def type_icon(name: str) -> str:
    return _ICONS.get(name, "puzzle")


def type_groups(model: AppModel) -> list[TypeGroup]:
    """All types that a new field may have, those of plugins last."""
    known = {name for _label, names in _GROUPS for name in names} | _SYSTEM
    others = [each.name for each in model.field_types if each.name not in known]
    groups = [(str(label), [name for name in names if name in model.field_types]) for label, names in _GROUPS]
    return [
        TypeGroup(label=label, types=[
            TypeChoice(name=name, label=type_label(model, name), icon=type_icon(name)) for name in names
        ])
        for label, names in [*groups, (gettext("Of plugins"), others)]
        if names
    ]  # fmt: skip
