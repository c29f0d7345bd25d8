"""Suggestions while somebody types into a lookup: records of a module, or users and teams."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from fieldstone.kernel.folding import fold
from fieldstone.records import access
from fieldstone.records.query_types import PRINCIPAL
from fieldstone.web.current import current_actor, current_published, current_records
from fieldstone.web.described import describe
from fieldstone.web.i18n import gettext as _
from fieldstone.web.people import suggest_people
from fieldstone.web.persons import HUES, initials

page = Blueprint("suggest", __name__)

_LIMIT = 8


@dataclass(frozen=True, kw_only=True)
class Option:
    id: int
    label: str
    marked: Markup
    detail: str
    hue: str
    initials: str


@page.get("/suggest/<target>")
def suggest(target: str) -> ResponseReturnValue:
    published, actor = current_published(), current_actor()
    if target != PRINCIPAL and target not in published.model.modules:
        abort(404)
    text = request.args.get("q", "").strip()[:200]
    if target == PRINCIPAL:
        found = suggest_people(text, teams=request.args.get("teams") == "1", limit=_LIMIT)
    else:
        found = current_records().suggest(actor, target, text, limit=_LIMIT)
    options = [
        Option(
            id=item.id,
            label=item.label,
            marked=mark(item.label, text),
            detail=item.detail,
            hue=HUES[item.id % len(HUES)],
            initials=initials(item.label),
        )
        for item in found
    ]
    return render_template(
        "parts/options.html",
        options=options,
        prefix=request.args.get("for", "option"),
        person=target == PRINCIPAL,
        create=None if request.args.get("create") == "0" else _create(target, text),
        nothing=_("Nothing found"),
    )


def mark(label: str, text: str) -> Markup:
    """The label with what was typed marked in it."""
    start = fold(label).find(fold(text)) if text else -1
    if start < 0 or len(fold(label)) != len(label):
        return escape(label)
    end = start + len(fold(text))
    return Markup("%s<mark>%s</mark>%s") % (label[:start], label[start:end], label[end:])


def _create(target: str, text: str) -> dict[str, str] | None:
    """The last option makes a record of that name, for those who may."""
    published, actor = current_published(), current_actor()
    if target == PRINCIPAL or not text or not access.has_right(published, actor, target, "create"):
        return None
    module = describe(published, target, actor)
    query = urlencode({"typed": text, "for": request.args.get("for", "")})
    return {
        "url": f"/m/{target}/quick?{query}",
        "label": _("Create %(module)s “%(name)s”", module=module.noun, name=text),
    }
