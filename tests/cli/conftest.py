"""A site of each kind, driven by the command."""

from __future__ import annotations

from flows.conftest import command

__all__ = ["command"]
