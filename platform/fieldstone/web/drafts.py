"""What is typed into a form and not saved stays in the browser's tab; the server tells when it may be forgotten."""

from __future__ import annotations

from flask import g, request, session

_KEY = "draft_saved"


def draft_saved() -> None:
    """The next page has the tab forget what was typed into the form that was sent to this address."""
    session[_KEY] = request.path


def take_saved_draft() -> str:
    return str(session.pop(_KEY, ""))


def draft_owner() -> str:
    """Whose forms these are; what anybody else typed in this tab is forgotten."""
    actor = g.get("actor")
    return "" if actor is None or actor.user_id is None else str(actor.user_id)
