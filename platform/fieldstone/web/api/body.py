"""The body of a request: one JSON object, read strictly, so that nothing is lost or guessed on the way."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NoReturn

from flask import request

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import FieldstoneError, InvalidInputError

NO_OBJECT = declare("api.E002", "The body is no JSON object.", 'Send an object such as {{"name": "Acme"}}.')
NO_LIST = declare("api.E004", "{name} must be a JSON array.", "")
BAD_JSON = declare("api.E012", "The body is no valid JSON: {reason}.", "Send JSON in UTF-8.")
BAD_TYPE = declare("api.E013", "The body has the type {type}.", "Send JSON with Content-Type: application/json.")
BAD_IDS = declare("api.E014", "{name} must hold ids: whole numbers above 0.", 'For example {{"ids": [42]}}.')
TOO_MANY = declare("api.E020", "A batch holds {count} records; {most} are allowed.", "Send it in parts.")
UNKNOWN_KEY = declare("api.E024", "{name} is not expected in the body.", "Keys: {known}.")

NO_TEXT = declare("api.E034", "{name} must be text.", "Send a JSON string without the character U+0000.")
NO_MOMENT = declare("api.E035", "{name} must be a time with its offset.", "For example 2026-03-14T09:30:00Z.")

MOST = 1_000
"""Records of a batch."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_LARGEST_ID = 2**63 - 1


class UnsupportedTypeError(FieldstoneError):
    """A body that is no JSON. Seen by the caller."""

    status = 415


def json_object() -> dict[str, Any]:
    """The body. Numbers with a fraction come as Decimal: a float would change the last digits of an amount.

    Raises UnsupportedTypeError api.E013, InvalidInputError api.E002, E012.
    """
    if request.mimetype != "application/json" and not request.mimetype.endswith("+json"):
        raise UnsupportedTypeError(BAD_TYPE, type=request.mimetype[:80] or "unknown")
    try:
        data = json.loads(
            request.get_data(), parse_float=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_object
        )
    except RecursionError:
        raise InvalidInputError(BAD_JSON, reason="it is nested too deeply") from None
    except ValueError as error:
        raise InvalidInputError(BAD_JSON, reason=_reason(error)) from None
    if not isinstance(data, dict):
        raise InvalidInputError(NO_OBJECT)
    return data


def list_in(body: dict[str, Any], name: str) -> list[Any]:
    """The only key of a body, a list of at most MOST items. Raises InvalidInputError api.E004, E020, E024."""
    check_keys(body, (name,))
    found = body.get(name)
    if not isinstance(found, list):
        raise InvalidInputError(NO_LIST, name=name, field=name)
    if len(found) > MOST:
        raise InvalidInputError(TOO_MANY, count=len(found), most=MOST, field=name)
    return found


def ids_in(body: dict[str, Any], name: str = "ids") -> list[int]:
    """Raises InvalidInputError api.E014 and as `list_in` does."""
    found = list_in(body, name)
    if not all(is_id(each) for each in found):
        raise InvalidInputError(BAD_IDS, name=name, field=name)
    return found


def find_id_in(body: dict[str, Any], name: str) -> int | None:
    """An id, None when there is none. Raises InvalidInputError api.E014."""
    found = body.get(name)
    if found is not None and not is_id(found):
        raise InvalidInputError(BAD_IDS, name=name, field=name)
    return found


def text_in(body: dict[str, Any], name: str, *, default: str | None = None) -> str:
    """Raises InvalidInputError api.E034 for what is no text, or not there without a default."""
    found = body.get(name, default)
    if not isinstance(found, str) or "\x00" in found or _SURROGATE.search(found):
        raise InvalidInputError(NO_TEXT, name=name, field=name)
    return found


def moment_in(body: dict[str, Any], name: str) -> datetime:
    """In UTC. Raises InvalidInputError api.E035."""
    found = body.get(name)
    try:
        moment = datetime.fromisoformat(found) if isinstance(found, str) else None
        if moment is not None and moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise InvalidInputError(NO_MOMENT, name=name, field=name)


def is_id(value: Any) -> bool:
    return type(value) is int and 0 < value <= _LARGEST_ID


def check_keys(body: dict[str, Any], known: Sequence[str]) -> None:
    """Raises InvalidInputError api.E024."""
    for name in body:
        if name not in known:
            raise InvalidInputError(UNKNOWN_KEY, name=name[:80], known=", ".join(known), field=name[:80])


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {twice[:80]!r} is given twice")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _reason(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg}, line {error.lineno}, column {error.colno}"
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    text = str(error)
    return "a number has too many digits" if "digits" in text else text
