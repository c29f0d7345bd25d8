"""Who calls: the owner of a bearer token. Log-ins of browsers do not open the API, so that no page elsewhere
can act through them."""

from __future__ import annotations

from dataclasses import replace

from flask import g, request

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import ForbiddenError, NotAuthenticatedError
from fieldstone.records.access.tokens import token_allows, token_allows_tool
from fieldstone.records.accounts.secret_keys import hash_key
from fieldstone.web.current import current_actor, current_site

REFUSED_PER_MINUTE = 120
"""Requests without a valid token that an address may send in a minute."""

NO_TOKEN = declare(
    "api.E001",
    "The request has no valid bearer token.",
    "Send `Authorization: Bearer <token>`; `fieldstone token add USER` makes one.",
)

READS_ONLY = declare("api.E033", "This token may not change that.", "Use a token whose scopes allow it.")


def authenticate() -> None:
    """Put the owner of the token, with the token's scopes, where `current_actor` finds them.

    Raises NotAuthenticatedError api.E001, TooManyRequestsError account.E043 for a token that sends more than the
    site allows, and for an address that tries tokens.
    """
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    site, address = current_site(), request.remote_addr or ""
    actor = site.accounts.find_token_actor(token.strip()) if kind.lower() == "bearer" else None
    if actor is None:
        site.rates.take(f"api refused {address}", REFUSED_PER_MINUTE)
        raise NotAuthenticatedError(NO_TOKEN)
    if limit := site.settings["api.requests_per_minute"]:
        site.rates.take(f"api {hash_key(token.strip())[:24]}", limit)
    g.actor = replace(actor, address=address)


def require_writing(module: str = "") -> None:
    """For what belongs to the caller rather than to a record: it asks for no right on the module, only that the token
    is one that changes something there (no module: anywhere). Raises ForbiddenError api.E033."""
    scopes = current_actor().scopes
    if not (token_allows(scopes, module, "edit") if module else token_allows_tool(scopes)):
        raise ForbiddenError(READS_ONLY)


def challenge() -> str:
    """What the WWW-Authenticate header of a refusal says (RFC 6750)."""
    given = request.headers.get("Authorization", "")
    return 'Bearer realm="Fieldstone"' + (', error="invalid_token"' if given else "")
