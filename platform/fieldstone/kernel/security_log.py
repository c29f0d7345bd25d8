"""Lines of the log about who came in, who was turned away and what administrators changed.

One line is one JSON object in ASCII, so nothing that somebody typed can begin another line or hide in one.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

LOGGER = "fieldstone.security"

_LONGEST = 300

_log = logging.getLogger(LOGGER)


def log_security(event: str, **facts: object) -> None:
    """Note an event (`login.failed`) with facts such as `user` (an id) and `address`, at the present time in
    UTC. Facts that are None or "" are left out. Never pass a secret, nor what was typed as user name."""
    if not _log.isEnabledFor(logging.INFO):
        return
    known = {name: _short(value) for name, value in facts.items() if value not in (None, "")}
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    _log.info("%s", json.dumps({"at": at, "event": event, **known}, default=str))


def _short(value: object) -> object:
    return value[:_LONGEST] if isinstance(value, str) else value
