"""Names of modules, fields and everything else in metadata."""

from __future__ import annotations

import keyword
import re

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")

SYSTEM_FIELDS = (
    "id", "version", "owner", "created_at", "created_by", "modified_at", "modified_by",
    "deleted_at", "record_type", "record_number",
)  # fmt: skip
"""Fields every module has without declaring them (`record_type`, `record_number` where declared)."""

RESERVED_WORDS = frozenset(
    (*SYSTEM_FIELDS, "owner_id", "old", "user", "record", "now", "today", "true", "false", "null", "none",
     "self", "this", "parent_id", "position_id", "links", "tags_all", "batch", "aggregate", "suggest", "actions",
     "convert", "history", "restore", "where", "sort", "fields", "limit", "cursor", "count", "as_of", "partial",
     "base_version", "data")
)  # fmt: skip


def is_name(text: str) -> bool:
    return bool(NAME.fullmatch(text))


def is_reserved(text: str) -> bool:
    return text in RESERVED_WORDS or keyword.iskeyword(text)
