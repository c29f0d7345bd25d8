"""What the activity of a record consists of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from fieldstone.records.history import HistoryEntry
from fieldstone.records.query_types import Labels, Record

KINDS = ("comments", "changes", "activities")
"""What one may ask for."""


@dataclass(frozen=True, kw_only=True)
class ActivityEntry:
    """`kind` change (then `change` is set), comment, added or done (then `record`). `replies` are those to a comment,
    oldest first. `via`: the workflow or import through which a record was made, "" when a person
    made it."""

    at: datetime
    kind: str
    change: HistoryEntry | None = None
    record: Record | None = None
    replies: Sequence[Record] = ()
    via: str = ""


@dataclass(frozen=True, kw_only=True)
class ActivityPage:
    """`next_cursor` "" at the end. `pinned` stand above the stream, on its first page. `labels` word the references."""

    entries: Sequence[ActivityEntry]
    next_cursor: str = ""
    pinned: Sequence[Record] = ()
    labels: Labels = field(default_factory=dict)
