"""The address of one record."""

from __future__ import annotations

RECORD = "/m/<module>/<int(max=9223372036854775807):record_id>"
"""Ids are 64-bit; a larger number names nothing."""
