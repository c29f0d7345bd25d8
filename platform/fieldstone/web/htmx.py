"""Answers for htmx, and the same for browsers without scripts."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, make_response, redirect, request


def is_htmx() -> bool:
    return request.headers.get("HX-Request") == "true"


def go(url: str) -> Response:
    """Go to a page: as a redirect, or by htmx as a whole page."""
    if not is_htmx():
        return make_response(redirect(url, 303))
    response = make_response("", 200)
    if (
        url.partition("#")[0]
        == request.headers.get("HX-Current-URL", "").removeprefix(request.host_url[:-1]).partition("#")[0]
    ):
        response.headers["HX-Refresh"] = "true"
    else:
        response.headers["HX-Redirect"] = url
    return response


def with_event(body: str, name: str, detail: dict[str, Any]) -> Response:
    """A fragment, and an event for the page once it stands."""
    response = make_response(body)
    response.headers["HX-Trigger-After-Settle"] = json.dumps({name: detail})
    return response
