"""Translations: every word of the documents beside what another language says for it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import abort, request
from flask.typing import ResponseReturnValue

from fieldstone.changes.editing.words import with_texts
from fieldstone.changes.site_patch import patch_document, read_effective
from fieldstone.metadata.builders.fields import inline_picklist
from fieldstone.metadata.documents import TRANSLATION, document_path
from fieldstone.web.current import current_actor, current_published
from fieldstone.web.i18n import LANGUAGES, ngettext
from fieldstone.web.numbers import find_number
from fieldstone.web.rights import setup_reach
from fieldstone.web.setup.categories import SITE
from fieldstone.web.setup.drafting import draft_model, keep_edit
from fieldstone.web.setup.translation_rows import (
    TranslationRow,
    changed_words,
    matching,
    translation_parts,
    translation_rows,
)
from fieldstone.web.setup.view import Page, form, show
from fieldstone.web.setup.view import later as _

HOME = "/setup/translations/"
SOURCE = "en"
"""What documents are written in."""

_PAGE = 100


class TranslationsView(Page):
    @show()
    def index(self) -> ResponseReturnValue:
        """The languages, and how far each is."""
        rows = []
        for language, label in _languages().items():
            found = _rows(language)
            rows.append((language, label, len(found), sum(bool(row.text) for row in found)))
        return self.render("setup/translations.html", rows=rows)

    @form("/<language>")
    def edit(self, language: str) -> ResponseReturnValue:
        """The words of one language, a page of them at a time; `part`, `search` and `missing` choose which."""
        label = _languages().get(language) or abort(404)
        rows = _rows(language)
        part, text = request.args.get("part", ""), request.args.get("search", "")[:200]
        missing = request.args.get("missing") == "1"
        problems: list[str] = []
        if request.method == "POST":
            typed = {name[2:]: value for name, value in request.form.items() if name.startswith("t.")}
            shown = {name[4:]: value for name, value in request.form.items() if name.startswith("was.")}
            words = changed_words(rows, typed, shown)
            path = document_path(TRANSLATION, language)
            step = ngettext("%(language)s: %(num)s text", "%(language)s: %(num)s texts", len(words), language=label)
            answer = keep_edit(
                step,
                lambda layers: patch_document(
                    layers, path, with_texts({"language": language, **read_effective(layers, path)}, words)
                ),
                path,
                f"{HOME}{language}?{request.query_string.decode()}".rstrip("?"),
                problems,
            )
            if answer is not None:
                return answer
        parts = translation_parts(rows)
        found = matching(rows, part=part, text=text, missing=missing)
        pages = max(1, -(-len(found) // _PAGE))
        page = min(find_number(request.args.get("page", "")) or 1, pages)
        done = sum(bool(row.text) for row in rows)
        return self.render(
            "setup/translation.html", title=label, language=language, parts=parts, part=part, search=text,
            missing=missing, found=found[(page - 1) * _PAGE : page * _PAGE], count=len(found), done=done, all=len(rows),
            percent=100 * done // (len(rows) or 1), page=page, pages=pages, problems=problems, url=_url_of(language),
            languages=_languages(), first=(page - 1) * _PAGE + 1,
        )  # fmt: skip


def _rows(language: str) -> list[TranslationRow]:
    """What may be translated by whoever reads: for an owner of modules what belongs to these."""
    rows, reach = translation_rows(draft_model(), language), setup_reach(current_published(), current_actor())
    if reach.has("structure"):
        return rows
    own = {
        inline_picklist(module, field.name)
        for module in reach.modules & draft_model().modules.keys()
        for field in draft_model().modules[module].fields.values()
        if field.picklist == inline_picklist(module, field.name)
    }
    return [
        row for row in rows
        if row.part in reach.modules or (row.key.startswith("picklist.") and row.key.split(".")[1] in own)
    ]  # fmt: skip


def _languages() -> dict[str, str]:
    """Language → its name: those of the interface, and those that documents have words for."""
    known = {language: label for language, label in LANGUAGES.items() if language != SOURCE}
    return known | {language: language for language in draft_model().texts if language not in known}


def _url_of(language: str) -> Any:
    """The address of the page with other choices."""

    def work(**changes: Any) -> str:
        kept = {name: request.args.get(name, "") for name in ("part", "search", "missing", "page")}
        chosen = {name: value for name, value in (kept | changes).items() if value not in ("", None)}
        return f"{HOME}{language}?{urlencode(chosen)}".rstrip("?")

    return work


def translations_view() -> TranslationsView:
    return TranslationsView(_("Translations"), SITE, endpoint="translations", menu_icon_value="translate")
