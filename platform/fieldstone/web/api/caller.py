"""Who calls: the owner of a bearer token. Log-ins of browsers do not open the API, so that no page elsewhere
can act through them."""

from __future__ import annotations

from flask import g, request

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import NotAuthenticatedError
from fieldstone.web.current import current_site

NO_TOKEN = declare(
    "api.E001",
    "The request has no valid bearer token.",
    "Send `Authorization: Bearer <token>`; `fieldstone token add USER` makes one.",
)


def authenticate() -> None:
    """Put the owner of the token, with the token's scopes, where `current_actor` finds them.

    Raises NotAuthenticatedError api.E001.
    """
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    actor = current_site().accounts.find_token_actor(token.strip()) if kind.lower() == "bearer" else None
    if actor is None:
        raise NotAuthenticatedError(NO_TOKEN)
    g.actor = actor


def challenge() -> str:
    """What the WWW-Authenticate header of a refusal says (RFC 6750)."""
    given = request.headers.get("Authorization", "")
    return 'Bearer realm="Fieldstone"' + (', error="invalid_token"' if given else "")
