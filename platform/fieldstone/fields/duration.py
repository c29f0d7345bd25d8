"""A length of time, in seconds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from fieldstone.fields.base import FieldValueError, ParseContext, ShowContext
from fieldstone.fields.characters import excerpt
from fieldstone.fields.codes import DURATION_UNIT, NOT_A_DURATION
from fieldstone.fields.definition import FieldDef
from fieldstone.fields.figures import MINUS, show_number
from fieldstone.fields.integer import WholeType

_LARGEST = 10**10
_CLOCK = re.compile(r"(-?)(\d{1,7}):([0-5]\d)(?::([0-5]\d))?", re.ASCII)
_WORDS = re.compile(
    r"(-?)(?:(\d+(?:\.\d+)?) ?(?:days?|d|天) ?)?(?:(\d+(?:\.\d+)?) ?(?:hours?|hrs?|h|小时|时) ?)?"
    r"(?:(\d+(?:\.\d+)?) ?(?:minutes?|mins?|m|分钟|分) ?)?(?:(\d+) ?(?:seconds?|secs?|s|秒))?",
    re.ASCII,
)
_HOURS_MINUTES = re.compile(r"(\d{1,7}) ?h ?([0-5]?\d)", re.ASCII)


class DurationType(WholeType):
    """Whole seconds. A text must say its unit; a number is seconds."""

    name = "duration"
    label = "Duration"
    help = "A length of time: 1 h 30 min, 1:30, 90 min. A number sent by a program is seconds."
    control = "duration"

    def parse(self, field: FieldDef, raw: Any, context: ParseContext) -> Any:
        if type(raw) is str:
            raw = _read_text(raw)
        elif isinstance(raw, timedelta):
            raw = raw.total_seconds()
        if raw is not None and (isinstance(raw, bool) or not isinstance(raw, int | float | Decimal) or raw != raw):
            raise FieldValueError(NOT_A_DURATION, value=excerpt(raw))
        if raw is not None and not -_LARGEST <= raw <= _LARGEST:
            raise FieldValueError(NOT_A_DURATION, value=excerpt(raw))
        return super().parse(field, raw, context)

    def show(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        """1 h 30 min · 1 小时 30 分钟. Hours are the largest unit, since a day of work is no 24 hours."""
        if value is None:
            return ""
        hour, minute, second = ("小时", "分钟", "秒") if context.language.startswith("zh") else ("h", "min", "s")
        minutes, seconds = divmod(abs(value), 60)
        hours, minutes = divmod(minutes, 60)
        words = [f"{show_number(hours, form=context.number_format)} {hour}"] if hours else []
        if minutes:
            words.append(f"{minutes} {minute}")
        if seconds or not words:
            words.append(f"{seconds} {second}")
        return (MINUS if value < 0 else "") + " ".join(words)

    def export(self, field: FieldDef, value: Any, context: ShowContext) -> str:
        """1:30:00, always with seconds."""
        if value is None:
            return ""
        minutes, seconds = divmod(abs(value), 60)
        return f"{'-' if value < 0 else ''}{minutes // 60}:{minutes % 60:02}:{seconds:02}"

    def search_text(self, field: FieldDef, value: Any) -> str:
        return ""

    def samples(self, field: FieldDef) -> Sequence[Any]:
        return ("1h30", "1:30", "1 h 30 min", "90 min", "1.5 h", "2 天", "1 小时 30 分钟", 5400, "0:00:45")

    def bad_samples(self, field: FieldDef) -> Sequence[Any]:
        return ("90", "1:75", "long", "0.001 h", float("nan"), True, 10**11, [1])


def _read_text(raw: str) -> Decimal | int | None:
    text = raw.strip().lower()
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).replace(MINUS, "-")
    text = text.replace(",", "")
    if not text:
        return None
    if len(text) <= 60:
        if found := _CLOCK.fullmatch(text):
            seconds = int(found[2]) * 3600 + int(found[3]) * 60 + int(found[4] or 0)
            return -seconds if found[1] else seconds
        if found := _HOURS_MINUTES.fullmatch(text):
            return int(found[1]) * 3600 + int(found[2]) * 60
        if (found := _WORDS.fullmatch(text)) and any(found.groups()[1:]):
            days, hours, minutes, rest = (Decimal(part or 0) for part in found.groups()[1:])
            total = ((days * 24 + hours) * 60 + minutes) * 60 + rest
            return -total if found[1] else total
        if re.fullmatch(r"[+-]?\d+(?:\.\d+)?", text):
            raise FieldValueError(DURATION_UNIT, value=excerpt(raw.strip()))
    raise FieldValueError(NOT_A_DURATION, value=excerpt(raw))
