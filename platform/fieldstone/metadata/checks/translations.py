"""Translations: words for things that do not exist."""

from __future__ import annotations

from fieldstone.kernel.codes import declare
from fieldstone.metadata.checks.context import CheckContext
from fieldstone.metadata.documents import TRANSLATION
from fieldstone.metadata.nearest import nearest
from fieldstone.metadata.texts import flatten_translation, source_texts

NOTHING_THERE = declare(
    "translation.W001", "There is nothing called {key} to translate.", "Closest: {known}. Remove the words otherwise."
)
_OPTIONAL = (".help", ".placeholder")


def check_translations(context: CheckContext) -> None:
    documents = context.documents.of_kind(TRANSLATION)
    if not documents:
        return
    sources = source_texts(context.model)
    for document in documents:
        for key, node in flatten_translation(document.root).items():
            if key in sources or _is_optional(key, sources):
                continue
            siblings = [other for other in sources if other.partition(".")[0] == key.partition(".")[0]]
            known = nearest(key, siblings)
            context.problems.add(NOTHING_THERE, node.key_location, key, key=key, known=known)


def _is_optional(key: str, sources: dict[str, str]) -> bool:
    """Help that the documents leave out may still be given in another language."""
    stem, _, last = key.rpartition(".")
    return f".{last}" in _OPTIONAL and f"{stem}.label" in sources
