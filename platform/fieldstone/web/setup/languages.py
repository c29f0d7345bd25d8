"""Words in the languages of the interface, as the editors of Setup show them beside a label and take them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import request

from fieldstone.changes.drafts.service import Edit
from fieldstone.changes.editing.words import with_texts
from fieldstone.changes.rollback import with_site_layer
from fieldstone.changes.site_patch import patch_document, read_effective
from fieldstone.metadata.documents import TRANSLATION, document_path
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.model import AppModel
from fieldstone.metadata.texts import words_path
from fieldstone.web.i18n import LANGUAGES
from fieldstone.web.setup.drafting import draft_model

SOURCE = "en"
"""What documents are written in."""

Words = Mapping[str, Mapping[str, str]]
"""Language → key of `metadata.texts` → text, "" to take it away."""


def other_languages() -> list[tuple[str, str]]:
    """(language, its name) of those that labels are translated into."""
    return [(language, label) for language, label in LANGUAGES.items() if language != SOURCE]


def words_of(model: AppModel, key: str) -> dict[str, str]:
    """Language → what it says for a key of `metadata.texts`; "" where nothing."""
    return {language: model.texts.get(language, {}).get(key, "") for language, _label in other_languages()}


def word_rows_of(key: str, part: str = "") -> list[dict[str, str]]:
    """For `_words.html`: what each language says for a key, or what was typed for it when the form comes back. `part`
    tells several labels of one form apart."""
    said = words_of(draft_model(), key)
    return [
        {
            "language": language, "label": label, "tag": language.replace("_", "-"), "name": _name(language, part),
            "text": request.form.get(_name(language, part), said[language]),
            "path": ".".join(("translations", language, *words_path(key))),
        }
        for language, label in other_languages()
    ]  # fmt: skip


def typed_words(key: str, part: str = "") -> Words:
    """What a form with `_words.html` says for a key."""
    names = {language: _name(language, part) for language, _label in other_languages()}
    return {
        language: {key: " ".join(request.form[name].split())}
        for language, name in names.items()
        if name in request.form
    }


def words_under(key: str, words: Words) -> Words:
    """The words of one key under another: what is new has its name only when it is saved."""
    return {language: {key: next(iter(said.values()))} for language, said in words.items()}


def together(*words: Words) -> Words:
    """Those of several keys."""
    found: dict[str, dict[str, str]] = {}
    for each in words:
        for language, said in each.items():
            found.setdefault(language, {}).update(said)
    return found


def with_language_words(layers: Sequence[Layer], words: Words) -> Layer:
    """The site layer in which the documents of the languages say the words."""
    site = layers[-1]
    for language, said in words.items():
        path = document_path(TRANSLATION, language)
        below = with_site_layer(layers, site)
        data = read_effective(below, path) or {"language": language}
        wanted = with_texts(data, said)
        if wanted != data:
            site = patch_document(below, path, wanted)
    return site


def edit_with_words(edit: Edit, words: Words) -> Edit:
    """The edit, and the words after it."""
    return lambda layers: with_language_words(with_site_layer(layers, edit(layers)), words)


def _name(language: str, part: str) -> str:
    return f"words.{language}.{part}" if part else f"words.{language}"
