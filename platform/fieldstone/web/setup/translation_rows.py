"""The words of a language as the editor shows them: each beside what it translates, by part of the application."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fieldstone.kernel.folding import fold
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.texts import source_texts, words_path
from fieldstone.web.i18n import gettext
from fieldstone.web.setup.draft_words import field_label, module_plural

_LONG = ("email.body", "field.help", "module.help", "rule")
_PLACEHOLDER = re.compile(r"\{\{\s*(.*?)\s*\}\}")
_BLANKS = re.compile(r"\s+")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\ud800-\udfff]")
_LONGEST, _LONGEST_TEXT = 500, 20_000


@dataclass(frozen=True, kw_only=True)
class TranslationRow:
    """`kind` says what it is, `of` what it belongs to, in words; `path` where the document has it, as dotted steps.
    `lost`: what the source takes from the record and the translation does not."""

    key: str
    part: str
    kind: str
    of: str
    path: str
    source: str
    text: str
    is_long: bool
    lost: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TranslationPart:
    """A part of the application: a module, or what belongs to none. `missing` counts."""

    name: str
    label: str
    count: int
    missing: int


def translation_rows(model: AppModel, language: str) -> list[TranslationRow]:
    """Everything of a model that can be translated, in the order of its parts."""
    known = model.texts.get(language, {})
    rows = [_row(key, source, known.get(key, "")) for key, source in source_texts(model).items()]
    places = {name: place for place, name in enumerate(["app", "picklists", "emails", "access", *model.modules])}
    return sorted(rows, key=lambda row: places.get(row.part, 0))  # stable: fields stay in their order


def translation_parts(rows: Iterable[TranslationRow]) -> list[TranslationPart]:
    """In the order of the rows."""
    by_part: dict[str, list[TranslationRow]] = {}
    for row in rows:
        by_part.setdefault(row.part, []).append(row)
    words = _part_words()
    return [
        TranslationPart(
            name=name,
            label=words.get(name) or module_plural(name),
            count=len(found),
            missing=sum(not row.text for row in found),
        )
        for name, found in by_part.items()
    ]


def matching(rows: Iterable[TranslationRow], *, part: str, text: str, missing: bool) -> list[TranslationRow]:
    """Those of a part, with a text in any of their words, without a translation."""
    wanted = fold(text)
    return [
        row
        for row in rows
        if (not part or row.part == part)
        and (not missing or not row.text or row.lost)
        and (not wanted or wanted in fold(f"{row.source} {row.text} {row.kind} {row.of} {row.key}"))
    ]


def pasted(text: str, *, is_long: bool) -> str:
    """What was typed or pasted, without what has no place in it: control characters, and in a line breaks and runs
    of blanks. Cut where nothing is that long."""
    plain = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if is_long:
        return plain.strip()[:_LONGEST_TEXT]
    return _BLANKS.sub(" ", plain).strip()[:_LONGEST]


def changed_words(rows: Sequence[TranslationRow], typed: Mapping[str, str], shown: Mapping[str, str]) -> dict[str, str]:
    """Key → text of what a form changes: `typed` differs from what the form has `shown`, and from what holds now.
    Keys that nothing has are left out."""
    by_key = {row.key: row for row in rows}
    found = {}
    for key, raw in typed.items():
        row = by_key.get(key)
        if row is None:
            continue
        text = pasted(raw, is_long=row.is_long)
        if text != pasted(shown.get(key, ""), is_long=row.is_long) and text != row.text:
            found[key] = text
    return found


def _row(key: str, source: str, text: str) -> TranslationRow:
    kind, *names = key.split(".")
    part = _PARTS_OF.get(kind) or names[0]
    last = f"{kind}.{names[-1]}"
    uses = dict.fromkeys(_PLACEHOLDER.findall(source))
    return TranslationRow(
        key=key, part=part, kind=_kind_words().get(last) or _kind_words().get(kind, kind), of=_of(kind, names),
        path=".".join(words_path(key)), source=source, text=text,
        is_long=last in _LONG or kind in _LONG or "\n" in source,
        lost=tuple(use for use in uses if text and use not in _PLACEHOLDER.findall(text)),
    )  # fmt: skip


_PARTS_OF = {
    "group": "app", "system": "app", "picklist": "picklists", "email": "emails", "role": "access", "profile": "access",
    "sharing_rule": "access",
}  # fmt: skip


def _of(kind: str, names: Sequence[str]) -> str:
    if kind == "field":
        return field_label(names[0], names[1])
    if kind == "module":
        return module_plural(names[0])
    return names[0].replace("_", " ").capitalize() if kind in ("picklist", "email") else ""


def _part_words() -> dict[str, str]:
    return {
        "app": gettext("Everywhere"), "picklists": gettext("Picklists"), "emails": gettext("E-mail templates"),
        "access": gettext("Roles and sharing"),
    }  # fmt: skip


def _kind_words() -> dict[str, str]:
    """By kind of key, or by that and its last step."""
    return {
        "group": gettext("Group of the navigation"), "system": gettext("Field of every module"),
        "role": gettext("Role"), "profile": gettext("Profile"), "sharing_rule": gettext("Sharing rule"),
        "module.label": gettext("One record"), "module.plural": gettext("The module"), "module.help": gettext("Help"),
        "field.label": gettext("Field"), "field.help": gettext("Help"), "field.placeholder": gettext("Placeholder"),
        "picklist.label": gettext("Picklist"), "picklist": gettext("Value"), "block": gettext("Block"),
        "tab": gettext("Tab"), "view": gettext("List view"), "relation": gettext("Related list"),
        "rule": gettext("Message of a rule"), "workflow": gettext("Workflow"),
        "record_type": gettext("Record type"), "email.label": gettext("Name"), "email.subject": gettext("Subject"),
        "email.body": gettext("Text"),
    }  # fmt: skip
