"""The properties of fields in the words of Setup, and the group each stands in."""

from __future__ import annotations

from flask_babel import LazyString  # type: ignore[import-untyped]

from fieldstone.web.i18n import gettext
from fieldstone.web.setup.view import later as _

GROUPS: tuple[tuple[LazyString, tuple[str, ...]], ...] = (
    (_("Basics"), ("label", "type", "help", "placeholder")),
    (_("Value"), (
        "picklist", "values", "to", "result", "expression", "relation", "function", "of", "where", "default",
        "default_expression", "min", "max", "min_length", "max_length", "decimals", "currency", "grouping", "pattern",
        "pattern_message", "prefix", "digits",
    )),
    (_("Rules and visibility"), (
        "required", "unique", "read_only", "read_only_after_create", "visible_when", "required_when", "read_only_when",
    )),
    (_("Behaviour"), (
        "quick_create", "mass_edit", "copy", "importable", "exportable", "searchable", "audited", "track_duration",
        "on_delete", "reverse", "reverse_label",
    )),
    (_("Advanced"), ("index", "personal", "reveals")),
)  # fmt: skip
"""Title → the properties in it, in order. Those that no group names stand in the last one."""

_WORDS: dict[str, tuple[LazyString, LazyString | None]] = {
    "label": (_("Label"), None),
    "type": (_("Type"), None),
    "help": (_("Help"), _("A sentence shown with the field.")),
    "placeholder": (_("Placeholder"), _("Shown in the empty input.")),
    "picklist": (_("Picklist"), None),
    "values": (_("Values"), _("One on each line.")),
    "to": (_("Looks up"), None),
    "result": (_("Result"), _("The type of what is worked out.")),
    "expression": (_("Expression"), None),
    "relation": (_("Related list"), None),
    "function": (_("Sums up by"), None),
    "of": (_("Of the field"), None),
    "where": (_("Only those where"), None),
    "default": (_("Default"), _("What a new record starts with.")),
    "default_expression": (_("Default, worked out"), None),
    "min": (_("Smallest value"), None),
    "max": (_("Largest value"), None),
    "min_length": (_("Fewest characters"), None),
    "max_length": (_("Most characters"), None),
    "decimals": (_("Decimals"), None),
    "currency": (_("Currency"), _("Three letters, such as EUR.")),
    "grouping": (_("Digits in groups of three"), None),
    "pattern": (_("Pattern"), _("A regular expression that the whole value must match.")),
    "pattern_message": (_("Message"), _("Said when the pattern does not match.")),
    "prefix": (_("Prefix"), None),
    "digits": (_("Digits"), None),
    "required": (_("Required"), None),
    "unique": (_("Unique"), None),
    "read_only": (_("Read-only"), None),
    "read_only_after_create": (_("Read-only after create"), None),
    "visible_when": (_("Shown when"), None),
    "required_when": (_("Required when"), None),
    "read_only_when": (_("Read-only when"), None),
    "quick_create": (_("In quick create"), None),
    "mass_edit": (_("Mass edit"), None),
    "copy": (_("Copied when duplicating"), None),
    "importable": (_("Offered in imports"), None),
    "exportable": (_("Offered in exports"), None),
    "searchable": (_("Found by search"), None),
    "audited": (_("Keep history"), None),
    "track_duration": (_("Keep how long it stays"), None),
    "on_delete": (_("When it is deleted"), None),
    "reverse": (_("Related list there"), _("Its name in documents.")),
    "reverse_label": (_("Label of that list"), None),
    "index": (_("Index"), _("For lists that filter or sort by the field.")),
    "personal": (_("Personal data"), None),
    "reveals": (_("Shown to everybody"), _("Also to those who may not read what it is worked out from.")),
}
_CHOICES: dict[str, LazyString] = {
    "on_delete.restrict": _("It cannot be deleted"),
    "on_delete.clear": _("The field is emptied"),
    "on_delete.cascade": _("This record is deleted too"),
    "function.count": _("Count"),
    "function.sum": _("Sum"),
    "function.min": _("Smallest"),
    "function.max": _("Largest"),
    "function.avg": _("Average"),
}


_OTHERS: dict[str, LazyString] = {
    "plural": _("Several"), "icon": _("Icon"), "group": _("Group of the navigation"), "subject": _("Subject"),
    "body": _("Text"), "name": _("Name of the application"), "hidden": _("Hidden"), "filter": _("Which records"),
    "views": _("List views"), "columns": _("Columns"), "sort": _("Sorted by"), "message": _("Message"),
    "condition": _("Condition"), "colour": _("Colour"),
}  # fmt: skip
"""Attributes of other things than fields, in plans."""


def attribute_word(name: str) -> str:
    """An attribute of a definition in a word or two; its name where it has none."""
    words = _WORDS.get(name) or _OTHERS.get(name)
    return str(words[0]) if isinstance(words, tuple) else str(words) if words else name.replace("_", " ")


def property_words(name: str, description: str) -> tuple[str, str]:
    """Label and help of a property; one that we do not know is called after its name, and says its description."""
    if name not in _WORDS:
        return name.replace("_", " ").capitalize(), description
    label, help_ = _WORDS[name]
    return str(label), str(help_ or "")


def choice_words(name: str, choice: str) -> str:
    return str(_CHOICES.get(f"{name}.{choice}", choice))


def yes_no() -> list[tuple[str, str]]:
    return [("", gettext("As the type has it")), ("1", gettext("Yes")), ("0", gettext("No"))]
