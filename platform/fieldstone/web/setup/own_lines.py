"""What this site says of its own, for the marks beside the attributes in the editors."""

from __future__ import annotations

from flask import g

from fieldstone.changes.origins import says_own
from fieldstone.kernel.errors import MetadataError
from fieldstone.web.setup.drafting import current_draft


def site_says(path: str) -> bool:
    """Whether the site, with the draft, says something of its own at a dotted key: for the marks in the editors."""
    if "site_says" not in g:
        g.site_says = {}
    known: dict[str, bool] = g.site_says
    if path not in known:
        try:
            known[path] = says_own(current_draft().site, path)
        except MetadataError:
            known[path] = False
    return known[path]
