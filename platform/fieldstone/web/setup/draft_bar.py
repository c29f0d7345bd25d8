"""The bar of the draft, on every page of Setup while there are changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import request, session

from fieldstone.changes.drafts.draft import Draft, DraftStep
from fieldstone.kernel.errors import MetadataError
from fieldstone.web.current import current_site
from fieldstone.web.htmx import is_htmx
from fieldstone.web.i18n import gettext
from fieldstone.web.security import local_path
from fieldstone.web.setup.columns import moment
from fieldstone.web.setup.drafting import BROUGHT, current_draft, user_of_draft
from fieldstone.web.setup.preview_places import place_of
from fieldstone.web.words import explain

HOME = "/setup/draft/"

MOVED = "draft_moved"
"""In the signed cookie: a step was undone or done again; a page that is there no more leads to the one above it."""

_RECENT = 30


@dataclass(frozen=True, kw_only=True)
class DraftBar:
    """`back` is the page to come back to. `news`: what has become of the draft since it was last seen."""

    draft: Draft
    back: str
    news: str

    @property
    def count(self) -> int:
        return self.draft.position

    @property
    def preview(self) -> str:
        """The way to the preview of what this page edits."""
        place = urlsplit(self.back)
        to = place_of(place.path, dict(parse_qsl(place.query)))
        return f"/setup/preview/?{urlencode({'to': to, 'back': self.back})}"

    @property
    def clashes(self) -> int:
        return len(self.draft.clashes)

    @property
    def next_undone(self) -> str:
        """What Undo takes back, "" when there is nothing."""
        return self.draft.counting[-1].label if self.draft.can_undo else ""

    @property
    def next_redone(self) -> str:
        return self.draft.steps[self.draft.position].label if self.draft.can_redo else ""

    @property
    def steps(self) -> Sequence[tuple[int, DraftStep, bool]]:
        """(number, step, whether it counts): the last ones, the newest first."""
        numbered = list(enumerate(self.draft.steps, start=1))
        return [(number, step, number <= self.draft.position) for number, step in reversed(numbered[-_RECENT:])]

    def when(self, step: DraftStep) -> Any:
        return moment(step.at)


def draft_bar() -> DraftBar | None:
    """None while there is nothing in it."""
    drafts, user = current_site().drafts, user_of_draft()
    if not drafts.exists(user):
        return None
    trouble = ""
    try:
        draft = current_draft()
    except MetadataError as error:  # it can be discarded even so
        draft, trouble = drafts.get(user), explain(error)
    if not draft.steps:
        session.pop(BROUGHT, None)
        return None
    return DraftBar(draft=draft, back=here(), news=trouble or _news())


def here() -> str:
    """The address of the page that is shown, to come back to; of the whole page where a piece of it is asked for."""
    if is_htmx() and (url := request.headers.get("HX-Current-URL", "")).startswith(request.host_url):
        return local_path("/" + url.removeprefix(request.host_url), HOME)
    address = request.full_path if request.method == "GET" else request.path
    return local_path(address.rstrip("?"), HOME)


def _news() -> str:
    version = session.pop(BROUGHT, None)
    if version is None:
        return ""
    (revision,) = current_site().publishing.revisions(limit=1, before=int(version) + 1) or (None,)
    return gettext(
        "%(name)s has published revision %(number)s meanwhile. Your draft is upon it now.",
        name=(revision.by_label if revision else "") or gettext("Somebody"),
        number=version,
    )
