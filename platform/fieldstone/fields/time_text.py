"""Times of day as people type them."""

from __future__ import annotations

import re
import unicodedata
from datetime import time

_TIME = re.compile(
    r"(?P<before>上午|下午)? ?(?P<hour>\d{1,2})(?::(?P<minute>\d{2}))?"
    r"(?::(?P<second>\d{2})(?:\.(?P<fraction>\d{1,6}))?)? ?(?P<after>[ap]\.?m\.?)?",
    re.ASCII,
)


def find_time(raw: str) -> time | None:
    """The time of day a text holds (14:05, 2:05 pm, 2 pm, 下午2:05), or None."""
    text = raw.strip().lower()
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    found = _TIME.fullmatch(text) if len(text) <= 24 else None
    if found is None:
        return None
    half = found["before"] or found["after"] or ""
    if (found["minute"] is None and not half) or (found["before"] and found["after"]):
        return None
    hour = int(found["hour"])
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "下午" or half[0] == "p" else 0)
    try:
        return time(
            hour, int(found["minute"] or 0), int(found["second"] or 0), int((found["fraction"] or "").ljust(6, "0"))
        )
    except ValueError:
        return None


def show_time(value: time) -> str:
    """14:05, with seconds only when there are any."""
    if value.second or value.microsecond:
        return f"{value.hour:02}:{value.minute:02}:{value.second:02}"
    return f"{value.hour:02}:{value.minute:02}"
