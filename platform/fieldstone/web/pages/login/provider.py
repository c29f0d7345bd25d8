"""Logging in through an OpenID Connect provider: there and back."""

from __future__ import annotations

from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from fieldstone.kernel.errors import NotAuthenticatedError
from fieldstone.records.accounts.identities import Provider
from fieldstone.web.current import current_site
from fieldstone.web.pages.login.begun import enter, show_log_in
from fieldstone.web.pages.login.blueprint import page
from fieldstone.web.security import local_path
from fieldstone.web.words import explain

_KEPT = "log_in_provider"
"""In the signed cookie, while the browser is at the provider: state, nonce and PKCE verifier."""

DEPARTURES_PER_MINUTE = 30
"""From one address."""


@page.get("/login/with/<name>")
def depart(name: str) -> ResponseReturnValue:
    """A link and no form: browsers keep forms from leading elsewhere. It changes nothing here."""
    provider = _provider(name)
    current_site().rates.take(f"provider {request.remote_addr}", DEPARTURES_PER_MINUTE)  # each may ask the provider
    target = local_path(request.args.get("next"), "/")
    try:
        departure = current_site().open_id.depart(provider, _back(name))
    except NotAuthenticatedError as error:
        return show_log_in(target, problem=explain(error)), 502
    session[_KEPT] = {**departure.kept, "next": target}
    return redirect(departure.url, 303)


@page.get("/login/with/<name>/back")
def arrive(name: str) -> ResponseReturnValue:
    provider = _provider(name)
    kept = session.pop(_KEPT, {})  # an answer counts once
    try:
        stranger = current_site().open_id.arrive(provider, _back(name), kept, request.args)
        entered = current_site().accounts.log_in_through(
            provider, stranger, address=request.remote_addr or "", agent=request.user_agent.string
        )
    except NotAuthenticatedError as error:
        return show_log_in("/", problem=explain(error)), error.status
    return enter(entered, local_path(kept["next"], "/"), remember=False)


def _provider(name: str) -> Provider:
    found = next((each for each in current_site().log_in_providers if each.name == name), None)
    if found is None:
        raise NotFound
    return found


def _back(name: str) -> str:
    """Where the provider sends the browser: the configured address, whatever the request calls this host."""
    return current_site().settings.base_url + url_for("login.arrive", name=name)
