"""The site's key: one random secret in a file of its own, from which every other one is derived."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import SiteError, UnavailableError

KEY_FILE = "secret.key"

declare("site.E003", "{file} is missing or damaged.", "Restore it from a backup: secret fields need it.")
declare("site.E004", "Others can read {file}.", "Run: chmod 600 {file}")
declare("site.E005", "A secret value cannot be read with this site's key.", "Restore the secret.key it was saved with.")


class SiteSecrets:
    """Keys for sessions, webhooks and secret fields."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._fields = Fernet(base64.urlsafe_b64encode(self.derive("secret fields")))

    def derive(self, purpose: str) -> bytes:
        """32 bytes for one purpose, always the same ones."""
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(self._key)

    def encrypt(self, text: str) -> str:
        return self._fields.encrypt(text.encode()).decode()

    def decrypt(self, text: str) -> str:
        """Raises UnavailableError site.E005 for what another key has encrypted."""
        try:
            return self._fields.decrypt(text.encode()).decode()
        except InvalidToken as error:
            raise UnavailableError("site.E005") from error


def create_key(folder: Path) -> None:
    """Write a new key, readable by the owner alone. Raises FileExistsError: a key is never replaced."""
    descriptor = os.open(folder / KEY_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(32) + "\n")


def load_secrets(folder: Path) -> SiteSecrets:
    """Raises SiteError site.E003 (missing, damaged), site.E004 (open to others)."""
    file = folder / KEY_FILE
    try:
        key = bytes.fromhex(file.read_text("ascii").strip())
    except (OSError, ValueError) as error:
        raise SiteError("site.E003", file=file) from error
    if len(key) < 32:
        raise SiteError("site.E003", file=file)
    if os.name == "posix" and file.stat().st_mode & 0o077:
        raise SiteError("site.E004", file=file)
    return SiteSecrets(key)
