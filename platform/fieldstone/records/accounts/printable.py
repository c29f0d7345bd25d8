"""Texts that come from outside, as they are kept in logs and histories."""

from __future__ import annotations


def printable(text: str, longest: int) -> str:
    """Without line breaks, control characters and halves of surrogate pairs, cut at `longest` characters."""
    return "".join(char for char in text[:longest] if char.isprintable())
