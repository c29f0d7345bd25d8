"""The values of a picklist as rows of a form, and what the form sends back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from fieldstone.fields.definition import PicklistDef
from fieldstone.metadata.builders.words import label_from
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.schemas.picklist import COLOURS, MEANINGS
from fieldstone.web.i18n import gettext
from fieldstone.web.setup.languages import Words, other_languages, words_of


@dataclass(frozen=True, kw_only=True)
class ValueRow:
    """`is_new`: no publish has seen it, so its key may still change without a move."""

    key: str
    label: str
    colour: str
    active: bool
    meaning: str
    probability: int | None
    roles: tuple[str, ...]
    nobody: bool
    words: Mapping[str, str]
    is_default: bool
    is_new: bool


def value_rows(
    holder_values: Mapping[str, Mapping[str, Any]],
    default: object,
    name: str,
    model: AppModel,
    known: PicklistDef | None,
) -> list[ValueRow]:
    """`known` is the picklist as it is published."""
    return [
        ValueRow(
            key=key,
            label=str(entry.get("label") or label_from(key)),
            colour=str(entry.get("colour") or "gray"),
            active=bool(entry.get("active", True)),
            meaning=str(entry.get("meaning") or ""),
            probability=entry.get("probability"),
            roles=tuple(entry.get("roles") or ()),
            nobody=entry.get("roles") == [],
            words=words_of(model, f"picklist.{name}.{key}"),
            is_default=key == default,
            is_new=known is None or key not in known.values,
        )
        for key, entry in holder_values.items()
    ]


def read_changes(
    form: MultiDict[str, str], values: Mapping[str, Mapping[str, Any]], problems: list[str]
) -> dict[str, dict[str, Any]]:
    """Key → what the form says of it, in the order of the form; what cannot be read is added to the problems."""
    found: dict[str, dict[str, Any]] = {}
    for key in form.getlist("key"):
        if key not in values:
            continue
        label = " ".join(form.get(f"label.{key}", "").split())
        if not label:
            problems.append(gettext("%(key)s needs a label.", key=key))
        shown, said = values[key], dict[str, Any]()
        if label and label != (shown.get("label") or label_from(key)):
            said["label"] = label
        active = f"active.{key}" in form
        if active != shown.get("active", True):
            said["active"] = None if active else False
        colour, meaning = form.get(f"colour.{key}", ""), form.get(f"meaning.{key}", "")
        if colour in COLOURS and colour != (shown.get("colour") or "gray"):
            said["colour"] = colour
        if meaning in MEANINGS and meaning != (shown.get("meaning") or ""):
            said["meaning"] = meaning or None
        probability = form.get(f"probability.{key}", "").strip()
        if probability and not (probability.isascii() and probability.isdigit() and int(probability[:4]) <= 100):
            problems.append(gettext("%(label)s: the probability is a number from 0 to 100.", label=label or key))
        elif probability or shown.get("probability") is not None:
            said["probability"] = int(probability) if probability else None
        roles = form.getlist(f"roles.{key}")
        if roles or shown.get("roles"):
            said["roles"] = roles or None
        found[key] = said
    return found


def read_words(form: Mapping[str, str], values: Mapping[str, Any], picklist: str) -> Words:
    """The labels of the values that the form says."""
    return {
        language: {
            f"picklist.{picklist}.{key}": " ".join(form[name].split())
            for key in values
            if (name := f"words.{language}.{key}") in form
        }
        for language, _label in other_languages()
    }


def colour_words() -> dict[str, str]:
    return {
        "gray": gettext("Grey"), "blue": gettext("Blue"), "cyan": gettext("Cyan"), "teal": gettext("Teal"),
        "green": gettext("Green"), "amber": gettext("Amber"), "orange": gettext("Orange"), "red": gettext("Red"),
        "pink": gettext("Pink"), "violet": gettext("Violet"),
    }  # fmt: skip


def meaning_words() -> dict[str, str]:
    return {
        "": "—", "open": gettext("Still open"), "won": gettext("Won"), "lost": gettext("Lost"),
        "closed": gettext("Closed"),
    }  # fmt: skip
