"""Words in the languages of the interface, as the editors of Setup read and write them beside a label."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fieldstone.changes.rollback import with_site_layer
from fieldstone.changes.site_patch import patch_document, read_effective
from fieldstone.metadata.documents import TRANSLATION, document_path
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.model import AppModel
from fieldstone.web.i18n import LANGUAGES

SOURCE = "en"
"""What documents are written in."""


def other_languages() -> list[tuple[str, str]]:
    """(language, its name) of those that labels are translated into."""
    return [(language, label) for language, label in LANGUAGES.items() if language != SOURCE]


def words_of(model: AppModel, key: str) -> dict[str, str]:
    """Language → what it says for a key of `metadata.texts`; "" where nothing."""
    return {language: model.texts.get(language, {}).get(key, "") for language, _label in other_languages()}


def with_language_words(
    layers: Sequence[Layer],
    words: Mapping[str, Mapping[str, str]],
    put: Callable[[dict[str, Any], Mapping[str, str]], dict[str, Any]],
) -> Layer:
    """The site layer with other words: language → key → text, each put into the document of the language by `put`."""
    site = layers[-1]
    for language, said in words.items():
        path = document_path(TRANSLATION, language)
        below = with_site_layer(layers, site)
        data = read_effective(below, path) or {"language": language}
        wanted = put(data, said)
        if wanted != data:
            site = patch_document(below, path, wanted)
    return site
