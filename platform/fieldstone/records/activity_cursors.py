"""How far each source of an activity has been read, as opaque text that is checked when it comes back."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import UTC, datetime
from typing import Any

from fieldstone.kernel.errors import InvalidInputError
from fieldstone.records.cursors import BAD_CURSOR

Place = dict[str, list[Any]]
"""Source → the moment and the id read last; END where there is no more."""

END: list[Any] = []


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def write_place(place: Place) -> str:
    text = json.dumps(place, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_place(text: str) -> Place:
    """Source → the position read last, [] at its end. Whatever it holds becomes a moment and a number."""
    try:
        if len(text) > 10_000:
            raise ValueError("too long")
        place = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        return {
            str(key): [iso(datetime.fromisoformat(position[0])), int(position[1])] if position else END
            for key, position in place.items()
        }
    except (ValueError, TypeError, AttributeError, IndexError, OverflowError, RecursionError, binascii.Error):
        raise InvalidInputError(BAD_CURSOR) from None
