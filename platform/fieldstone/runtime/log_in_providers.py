"""The setting `log_in_providers`: whom people may log in through, and where the secrets are."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import SiteError
from fieldstone.records.accounts.identities import Provider

BAD_PROVIDER = declare(
    "site.E014",
    "The log-in provider {name} cannot be used: {reason}",
    "Mend `log_in_providers` in fieldstone.yaml; docs/operating shows one.",
)

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_KEYS = {"name", "label", "issuer", "client_id", "allowed_domains", "create_users", "roles", "profiles"}


def read_providers(
    folder: Path, entries: Sequence[Mapping[str, Any]], environment: Mapping[str, str] = os.environ
) -> tuple[Provider, ...]:
    """The providers of a site, in their order. The secret of one named `work` is that of the variable
    FIELDSTONE_LOG_IN_WORK_SECRET, else the file `log-in-work.secret` in the folder of the site, which nobody else
    may read; without either it is a public client. Raises SiteError site.E014."""
    found: dict[str, Provider] = {}
    for entry in entries:
        name = str(entry.get("name", ""))
        if not _NAME.fullmatch(name) or name in found:
            raise _bad(name or "?", "its name is taken, or not made of small letters, digits and _.")
        unknown = sorted(entry.keys() - _KEYS)
        if unknown:
            raise _bad(name, f"it has no {unknown[0]}; what it has is {', '.join(sorted(_KEYS))}.")
        found[name] = _read(folder, name, entry, environment)
    return tuple(found.values())


def _read(folder: Path, name: str, entry: Mapping[str, Any], environment: Mapping[str, str]) -> Provider:
    for key in ("issuer", "client_id"):
        if not isinstance(entry.get(key), str) or not entry[key]:
            raise _bad(name, f"it needs {key}.")
    for key in ("allowed_domains", "roles", "profiles"):
        value = entry.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise _bad(name, f"{key} should be a list of texts.")
    if not isinstance(entry.get("create_users", False), bool):
        raise _bad(name, "create_users should be true or false.")
    issuer = entry["issuer"].rstrip("/")
    parts = urlsplit(issuer)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")):
        raise _bad(name, "its issuer should begin with https://.")
    return Provider(
        name=name,
        label=str(entry.get("label") or name),
        issuer=issuer,
        client_id=entry["client_id"],
        client_secret=_secret(folder, name, environment),
        allowed_domains=tuple(entry.get("allowed_domains", ())),
        create_users=entry.get("create_users", False),
        roles=tuple(entry.get("roles", ())),
        profiles=tuple(entry.get("profiles", ())),
    )


def _secret(folder: Path, name: str, environment: Mapping[str, str]) -> str:
    variable = f"FIELDSTONE_LOG_IN_{name.upper()}_SECRET"
    if environment.get(variable):
        return environment[variable]
    file = folder / f"log-in-{name}.secret"
    if not file.exists():
        return ""
    if os.name == "posix" and file.stat().st_mode & 0o077:
        raise SiteError("site.E004", file=file)
    return file.read_text("utf-8").strip()


def _bad(name: str, reason: str) -> SiteError:
    return SiteError(BAD_PROVIDER, name=name[:60], reason=reason)
