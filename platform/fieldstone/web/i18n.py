"""Languages of the interface. The catalogue is read from its .po file, once, when it is first needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel, Domain, get_babel  # type: ignore[import-untyped]
from markupsafe import Markup

from fieldstone.web.numbers import grouped

CATALOGUES = Path(__file__).parent / "translations"

LANGUAGES = {"en": "English", "zh_CN": "简体中文"}
"""Language → what it calls itself."""

_HTML_TAGS = {"en": "en", "zh_CN": "zh-CN"}


def gettext(message: str, /, **variables: object) -> str:
    """The message in the language of the request, with `%(name)s` filled in."""
    found = _catalogue().ugettext(message)
    return found % variables if variables else found


def ngettext(one: str, many: str, count: int, /, **variables: object) -> str:
    """The message for a count, which fills `%(num)s`."""
    return _catalogue().ungettext(one, many, count) % {"num": count, **variables}


def _in_template(message: str, /, **variables: object) -> Markup:
    """What a template, which is always HTML here, calls `_`: what Jinja's own gives, without its way there."""
    return Markup(_catalogue().ugettext(message)) % variables


def _catalogue() -> NullTranslations:
    """Asked for a hundred times by a page: straight, not by Flask-Babel's context."""
    language = current_language() if has_request_context() else "en"
    found = _catalogues.get(language)
    if found is None:
        found = _catalogues[language] = load_catalogue(language)
    return found


_catalogues: dict[str, NullTranslations] = {}


def load_catalogue(language: str) -> NullTranslations:
    """The translations of one language; English is the source and has none."""
    path = CATALOGUES / language / "messages.po"
    if not path.exists():
        return NullTranslations()
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language)
    translations = Translations()
    entries: dict[Any, str] = {}
    for message in catalogue:
        if not message.id or message.fuzzy:
            continue
        if isinstance(message.id, tuple):
            for form, text in enumerate(message.string or ()):
                entries[message.id[0], form] = text
        elif message.string:
            entries[message.id] = str(message.string)
    translations._catalog = entries  # as GNUTranslations fills it from a .mo file
    translations.plural = lambda n: 0  # Chinese has one form
    return translations


class CatalogueDomain(Domain):  # type: ignore[misc]
    """Flask-Babel's domain, from .po files."""

    def get_translations(self) -> NullTranslations:
        return _catalogue()


def current_language() -> str:
    """en or zh_CN: the user's own, else what was chosen before log-in, else what the browser prefers."""
    actor = g.get("actor")
    if actor is not None:
        return actor.language if actor.language in LANGUAGES else "en"
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    preferred = request.accept_languages.best_match(["en", "zh-CN", "zh"]) or "en"
    return "zh_CN" if preferred.startswith("zh") else "en"


def current_zone() -> str:
    actor = g.get("actor")
    return actor.zone if actor is not None else "UTC"


def html_language() -> str:
    return _HTML_TAGS[current_language()]


def install(app: Flask) -> None:
    babel = Babel(app, locale_selector=current_language, timezone_selector=current_zone)
    get_babel(app).instance.domain_instance = CatalogueDomain()
    app.extensions["fieldstone_babel"] = babel
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: _catalogue().ugettext(message),
        lambda one, many, count: _catalogue().ungettext(one, many, count),
        newstyle=True,
    )
    app.jinja_env.globals["_"] = _in_template
    app.jinja_env.globals.update(html_language=html_language, languages=LANGUAGES, grouped=grouped)
