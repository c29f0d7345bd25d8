"""Physical names that are not in the catalogue: readable, short, and different for different things."""

from __future__ import annotations

import hashlib
import re

LONGEST = 50
"""Bytes; PostgreSQL cuts at 63."""


def fit_name(prefix: str, *parts: str) -> str:
    """A name made of `parts`, with a digest of them, ≤ LONGEST bytes, safe unquoted."""
    digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:10]
    readable = re.sub(r"[^a-z0-9]+", "_", "_".join(parts).lower()).strip("_")
    return f"{prefix}_{readable[: LONGEST - len(prefix) - 12]}_{digest}"
