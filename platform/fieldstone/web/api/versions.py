"""The version of a record in requests and answers: ETag, If-Match, If-None-Match and `base_version`."""

from __future__ import annotations

import re
from typing import Any

from flask import request

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import FieldstoneError, InvalidInputError

NO_VERSION = declare(
    "api.E010",
    "The change does not say which version it is based on.",
    "Send the ETag you read as If-Match, or base_version in the body.",
)
BAD_VERSION = declare("api.E011", "{value} is no version of a record.", 'Send the ETag you read, such as "3".')

_ETAG = re.compile(r'(?:W/)?"?(\d{1,9})"?')
_LARGEST = 10**9


class PreconditionRequiredError(FieldstoneError):
    """A change without the version it is based on. Seen by the caller."""

    status = 428


def etag(version: int) -> str:
    return f'"{version}"'


def matches_etag(version: int) -> bool:
    """Whether the caller has this version already (If-None-Match)."""
    given = (text.strip() for text in request.headers.get("If-None-Match", "").split(","))
    return any(text == "*" or text.removeprefix("W/") == etag(version) for text in given)


def required_version() -> int | None:
    """The version that must still be the current one (If-Match); None without, or for "*", any.

    Raises InvalidInputError api.E011.
    """
    header = request.headers.get("If-Match", "").strip()
    if header in ("", "*"):
        return None
    found = _ETAG.fullmatch(header)
    if found is None:
        raise InvalidInputError(BAD_VERSION, value=header[:80], field="If-Match")
    return int(found[1])


def base_version(values: dict[str, Any]) -> int | None:
    """Takes `base_version` out of a body. Raises InvalidInputError api.E011."""
    given = values.pop("base_version", None)
    if given is not None and (type(given) is not int or not 0 < given < _LARGEST):
        raise InvalidInputError(BAD_VERSION, value=str(given)[:80], field="base_version")
    return given


def require_base(values: dict[str, Any]) -> tuple[int | None, bool]:
    """The version a change is based on, and whether it must still be the current one.

    Raises PreconditionRequiredError api.E010 when the caller says neither.
    """
    base, required = base_version(values), required_version()
    if required is not None:
        return required, True
    if base is None and not request.headers.get("If-Match"):
        raise PreconditionRequiredError(NO_VERSION)
    return base, False
