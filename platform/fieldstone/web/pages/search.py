"""Searching all records: results while typing, and as a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from fieldstone.records.query_types import SearchHit
from fieldstone.web.current import current_actor, current_published, current_records
from fieldstone.web.described import DescribedModule, describe
from fieldstone.web.pages.suggest import mark

page = Blueprint("search", __name__)

_TYPING = 8
_LIMIT = 60


@dataclass(frozen=True, kw_only=True)
class Found:
    """The hits of one module."""

    module: DescribedModule
    hits: Sequence[SearchHit]


@page.get("/search")
def show() -> ResponseReturnValue:
    text = request.args.get("q", "").strip()[:200]
    return render_template("search/page.html", here="search", search_text=text, groups=_search(text, _LIMIT), mark=mark)


@page.get("/search/suggest")
def suggest() -> ResponseReturnValue:
    text = request.args.get("q", "").strip()[:200]
    return render_template("search/results.html", groups=_search(text, _TYPING), mark=mark, text=text)


def _search(text: str, limit: int) -> list[Found]:
    """By module, in the order of the best hit of each."""
    if not text:
        return []
    published, actor = current_published(), current_actor()
    groups: dict[str, list[SearchHit]] = {}
    for hit in current_records().search(actor, text, limit=limit):
        groups.setdefault(hit.module, []).append(hit)
    return [Found(module=describe(published, name, actor), hits=hits) for name, hits in groups.items()]
