"""The tags in use, offered while somebody types one."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.web.known_tags import has_tags, known_tags
from fieldstone.web.rights import module_or_404

page = Blueprint("tags", __name__)


@page.get("/m/<module>/tags/<name>")
def suggest(module: str, name: str) -> ResponseReturnValue:
    if not has_tags(module_or_404(module), name):
        abort(404)
    return render_template("parts/known_tags.html", tags=known_tags(module, name, request.args.get("q", "")))
