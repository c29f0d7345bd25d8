"""What templates may name besides the fields of the record."""

from __future__ import annotations

RECORD_EXTRAS = ("url", "label", "module")
"""What `record.` has besides fields: its address, its name, the label of its module."""
USER_NAMES = ("id", "name", "email", "role", "language")
APP_NAMES = ("name", "url")
