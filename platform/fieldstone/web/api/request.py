"""What an API request says: who calls, its parameters and its body."""

from __future__ import annotations

from typing import Any

from flask import current_app, g, request

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import InvalidInputError, NotAuthenticatedError
from fieldstone.runtime.site import Site

NO_TOKEN = declare(
    "api.E001",
    "The request has no valid bearer token.",
    "Send `Authorization: Bearer <token>`; `fieldstone token add USER` makes one.",
)
NO_JSON = declare("api.E002", "The body is no JSON object.", "Send a JSON object with Content-Type application/json.")
BAD_NUMBER = declare("api.E003", "{name} must be a whole number from {least} to {most}.", "")
NO_LIST = declare("api.E004", "{name} must be a JSON array.", "")


def current_site() -> Site:
    site = current_app.extensions["fieldstone"]
    assert isinstance(site, Site)
    return site


def current_actor() -> Actor:
    """The owner of the bearer token, with the token's scopes. Raises NotAuthenticatedError api.E001."""
    if "api_actor" not in g:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        actor = current_site().accounts.find_token_actor(token.strip()) if kind.lower() == "bearer" else None
        if actor is None:
            raise NotAuthenticatedError(NO_TOKEN)
        g.api_actor = actor
    actor = g.api_actor
    assert isinstance(actor, Actor)
    return actor


def json_object() -> dict[str, Any]:
    """The body. Raises InvalidInputError api.E002."""
    data = request.get_json(silent=True)
    if not isinstance(data, dict):
        raise InvalidInputError(NO_JSON)
    return data


def list_parameter(name: str) -> tuple[str, ...]:
    """A comma-separated parameter; commas inside parentheses do not split (`sum(amount),count`)."""
    items, depth, current = [], 0, ""
    for char in request.args.get(name, ""):
        depth += (char == "(") - (char == ")")
        if char == "," and depth == 0:
            items.append(current)
            current = ""
        else:
            current += char
    return tuple(filter(None, (item.strip() for item in (*items, current))))


def number_parameter(name: str, default: int, least: int, most: int) -> int:
    """A whole number. Raises InvalidInputError api.E003."""
    text = request.args.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or not least <= int(text[:12]) <= most:
        raise InvalidInputError(BAD_NUMBER, name=name, least=least, most=most)
    return int(text)


def flag_parameter(name: str) -> bool:
    return request.args.get(name, "").lower() in ("1", "true", "yes")


def list_of(data: dict[str, Any], name: str) -> list[Any]:
    """A list in the body. Raises InvalidInputError api.E004."""
    found = data.get(name)
    if not isinstance(found, list):
        raise InvalidInputError(NO_LIST, name=name)
    return found
