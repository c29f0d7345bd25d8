"""Random keys that are shown once and kept only as their hash."""

from __future__ import annotations

import hashlib
import secrets


def make_key(prefix: str = "") -> str:
    """A new key with 256 random bits, fit for a header, a cookie or a URL."""
    return prefix + secrets.token_urlsafe(32)


def hash_key(key: str) -> str:
    """What is stored. A fast hash is enough: there is nothing to guess in a random key."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
