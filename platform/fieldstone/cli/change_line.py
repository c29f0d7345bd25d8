"""One change of a plan, as lines for a person."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from fieldstone.changes.plan import PlannedChange, Sample
from fieldstone.cli.access_words import attribute_words
from fieldstone.cli.report import counted

_INDENT = " " * 6
_WIDTH = 110
_SHOWN_LENGTH = 40
_LOCKS = {"brief": "writers wait a moment", "rewrite": "writers wait while every row is read"}
_LOST = {
    "remove_module": ("record goes out of sight", "records go out of sight"),
    "remove_relation": ("link goes out of sight", "links go out of sight"),
    "remove_picklist_value": ("record holds it", "records hold it"),
    "remove_record_type": ("record is of it", "records are of it"),
    "change_type": ("value does not fit and stays behind", "values do not fit and stay behind"),
    "change_field": ("value does not fit and stays behind", "values do not fit and stay behind"),
}
_HELD = ("remove_role", "remove_profile")
_REPLACED = ("replace", "remove_picklist_value", "remove_record_type")
_LOST_VALUES = ("value goes out of sight", "values go out of sight")


def change_line(change: PlannedChange) -> str:
    """Marked + when it adds, ~ when it changes, - when it removes, ! when it needs a person; its effect behind."""
    effects = list(_effects(change))
    return f"  {_mark(change)} {_words(change)}" + (f"  ({'; '.join(effects)})" if effects else "")


def change_lines(change: PlannedChange) -> Iterator[str]:
    """The line, then what changes in the definition, the statements, samples of records and references rewritten."""
    line = change_line(change)
    if len(line) <= _WIDTH:
        yield line
    else:
        yield f"  {_mark(change)} {_words(change)}"
        yield from (f"{_INDENT}{effect}" for effect in _effects(change))
    for name, (old, new) in change.attributes.items():
        before, now = _shown(old), _shown(new)
        yield f"{_INDENT}{attribute_words(name)}" + (f": {before or '…'} → {now or '…'}" if before or now else "")
    yield from (f"{_INDENT}{statement}" for statement in change.ddl)
    for sample in change.samples:
        yield _sample(sample)
    for sample in change.breach.samples if change.breach else ():
        yield _sample(sample)
    if change.rewrites:
        text = f"references rewritten in {', '.join(change.rewrites)}"
        yield from textwrap.wrap(
            text,
            _WIDTH,
            initial_indent=_INDENT,
            subsequent_indent=_INDENT + "  ",
            break_long_words=False,
            break_on_hyphens=False,
        )


def _mark(change: PlannedChange) -> str:
    if change.destructive or change.breach:
        return "!"
    return {"add": "+", "remove": "-"}.get(change.kind.partition("_")[0], "~")


def _words(change: PlannedChange) -> str:
    what = change.kind.replace("_", " ")
    if change.before:
        return f"{what} {change.before} → {change.target.rpartition('.')[2]}"
    return f"{what} {change.target}" if change.target != change.kind.rpartition("_")[2] else what


def _effects(change: PlannedChange) -> Iterator[str]:
    if change.lost:
        one, many = _LOST.get(change.kind, _LOST_VALUES)
        yield f"{change.lost:,} {one if change.lost == 1 else many}"
    elif change.rows and change.kind in _REPLACED:
        yield f"{counted(change.rows, 'record')} {'gets' if change.rows == 1 else 'get'} another value"
    if change.rows and change.kind in _HELD:
        yield f"{counted(change.rows, 'user')} {'has' if change.rows == 1 else 'have'} it"
    if change.breach:
        yield f"{counted(change.breach.count, 'record')} would break it"
    if change.work:
        when = "by a job afterwards" if change.work.background else "at once"
        yield f"{counted(change.work.rows, 'record')} to go through {when}, {_duration(change.work.seconds)}"
    if change.lock in _LOCKS and change.rows:
        yield _LOCKS[change.lock]
    if not change.reversible:
        yield "a rollback does not bring the values back"


def _duration(seconds: float) -> str:
    if seconds < 1:
        return "under a second"
    return f"about {seconds:.0f} s" if seconds < 120 else f"about {seconds / 60:.0f} min"


def _sample(sample: Sample) -> str:
    shown = f"{_INDENT}record {sample.id}: {sample.value}".rstrip(": ")
    return f"{shown}  ({sample.reason})" if sample.reason else shown


def _shown(value: Any) -> str:
    """A short value as a document would say it; "" for a definition with parts of its own."""
    if value is None or value in ("", (), []):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return textwrap.shorten(", ".join(value), _SHOWN_LENGTH, placeholder=" …")
    if isinstance(value, str | int | float) or type(value).__name__ == "Decimal":
        return textwrap.shorten(str(value), _SHOWN_LENGTH, placeholder=" …")
    return ""
