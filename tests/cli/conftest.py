"""A site of each kind, driven by the command."""

from __future__ import annotations

from flows.conftest import _boss_on_postgresql, _boss_on_sqlite, command

__all__ = ["_boss_on_postgresql", "_boss_on_sqlite", "command"]
