"""The settings of a site: `fieldstone.yaml` in its folder, overridden by the environment."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fieldstone.kernel.codes import declare
from fieldstone.kernel.diagnostics import NOWHERE, Diagnostics
from fieldstone.kernel.errors import SiteError
from fieldstone.metadata.loader import parse_document
from fieldstone.metadata.nodes import MappingNode, Node

SETTINGS_FILE = "fieldstone.yaml"

declare("site.E001", "{file} has problems: {problems}", "Mend what is named; docs/operating lists every setting.")
declare("site.E002", "{file} holds a password but others can read it.", "Run: chmod 600 {file}")
declare("setting.E001", "There is no setting {name!r}.", "Settings: {known}.")
declare("setting.E002", "{name} should be {expected}.", "")
declare("setting.E004", "{name} cannot be {value}: it goes from {least} to {most}.", "Choose a number in between.")
declare("setting.E003", "{name} cannot be {value!r}.", "Choose one of: {known}.")


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One setting. `kind` is text, whole (a number), flag, texts (a list) or mappings (a list).
    `secret`: never shown, never logged, and a file that holds it must be closed to others. `choices`: () for any.
    `bounds`: the smallest and largest number, both allowed; None for any."""

    name: str
    default: Any
    help: str
    kind: str = "text"
    secret: bool = False
    choices: tuple[str, ...] = ()
    bounds: tuple[int, int] | None = None

    @property
    def environment(self) -> str:
        """The variable that overrides it: mail.host → FIELDSTONE_MAIL_HOST."""
        return "FIELDSTONE_" + self.name.upper().replace(".", "_")


SETTINGS = (
    Setting(
        name="database", default="", help="URL of the database; default: SQLite, site.db in the folder.", secret=True
    ),
    Setting(name="base_url", default="", help="The address people open, for links in mail: https://crm.example.com"),
    Setting(
        name="trusted_proxies",
        default=0,
        kind="whole",
        bounds=(0, 10),
        help="Reverse proxies in front, whose X-Forwarded-For and -Proto are believed.",
    ),
    Setting(name="plugins", default=(), kind="texts", help="Plugins whose metadata is in force, by name."),
    Setting(name="mail.host", default="", help="Mail server; without one, mail is written to the folder outbox/."),
    Setting(name="mail.port", default=587, kind="whole", bounds=(1, 65_535), help="Port of the mail server."),
    Setting(name="mail.user", default="", help="User name at the mail server."),
    Setting(name="mail.password", default="", help="Password at the mail server.", secret=True),
    Setting(name="mail.tls", default="starttls", choices=("none", "starttls", "tls"), help="How the line is secured."),
    Setting(name="mail.from", default="Fieldstone <fieldstone@localhost>", help="Sender of the site's mail."),
    Setting(
        name="require_second_factor",
        default=False,
        kind="flag",
        help="Whoever logs in with a password has to set up a second factor first.",
    ),
    Setting(
        name="sessions.idle_minutes",
        default=480,
        kind="whole",
        bounds=(5, 10_080),
        help="Minutes after which whoever does nothing is logged out.",
    ),
    Setting(
        name="sessions.days",
        default=7,
        kind="whole",
        bounds=(1, 90),
        help="Days after which everybody logs in again, however busy.",
    ),
    Setting(
        name="log_in_history_days",
        default=90,
        kind="whole",
        bounds=(1, 3_650),
        help="Days that the history of log-ins is kept.",
    ),
    Setting(
        name="audit_log_days", default=730, kind="whole", bounds=(30, 36_500), help="Days that the audit log is kept."
    ),
    Setting(
        name="log_in_providers",
        default=(),
        kind="mappings",
        help="OpenID Connect providers that people may log in through.",
    ),
    Setting(
        name="api.requests_per_minute",
        default=12_000,
        kind="whole",
        bounds=(0, 1_000_000),
        help="Requests that one token may send in a minute, over all processes; 0: as many as it likes.",
    ),
    Setting(name="webhooks.allowed_hosts", default=(), kind="texts", help="Private hosts that webhooks may reach."),
)

_BY_NAME = {setting.name: setting for setting in SETTINGS}
_FLAGS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_GROUPS = {setting.name.partition(".")[0] for setting in SETTINGS if "." in setting.name}


class SiteSettings:
    """What `fieldstone.yaml` and the environment say. `serve_url` is where this process listens, "" if nowhere."""

    def __init__(self, folder: Path, values: Mapping[str, Any]) -> None:
        self.folder = folder
        self.serve_url = ""
        self._values = values

    def __getitem__(self, name: str) -> Any:
        """The value of a setting, e.g. "mail.host". Raises KeyError for one that does not exist."""
        return self._values.get(name, _BY_NAME[name].default)

    def source(self, name: str, environment: Mapping[str, str] = os.environ) -> str:
        """Where the value of a setting comes from: environment, file or default."""
        if _BY_NAME[name].environment in environment:
            return "environment"
        return "file" if name in self._values else "default"

    @property
    def database_url(self) -> str:
        return self["database"] or f"sqlite:///{(self.folder / 'site.db').absolute()}"

    @property
    def base_url(self) -> str:
        """The address for links in mail."""
        return str(self["base_url"] or self.serve_url or "http://localhost:8000").rstrip("/")


def load_settings(folder: Path, environment: Mapping[str, str] = os.environ) -> SiteSettings:
    """Read the settings of a site. Raises SiteError site.E001 with every problem, site.E002."""
    file = folder / SETTINGS_FILE
    problems = Diagnostics()
    values: dict[str, Any] = {}
    text = file.read_text("utf-8", errors="surrogateescape") if file.exists() else ""  # the loader names bad bytes
    if any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines()):
        root = parse_document(text, SETTINGS_FILE, problems)
        if root is not None:
            values = _read(root, "", problems)
    for setting in SETTINGS:
        if setting.environment in environment:
            values[setting.name] = _from_environment(setting, environment[setting.environment], problems)
    if problems.has_errors:
        raise SiteError("site.E001", file=file, problems=" ".join(f"{item}" for item in problems))
    if os.name == "posix" and file.exists() and file.stat().st_mode & 0o077 and _holds_secret(text):
        raise SiteError("site.E002", file=file)
    return SiteSettings(folder, values)


def _read(node: MappingNode, prefix: str, problems: Diagnostics) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, item in node.entries.items():
        name = prefix + key
        if not prefix and key in _GROUPS and isinstance(item, MappingNode):
            values |= _read(item, f"{key}.", problems)
        elif name not in _BY_NAME:
            problems.add("setting.E001", item.key_location, name=name, known=", ".join(_BY_NAME))
        else:
            values[name] = _checked(_BY_NAME[name], item.data(), problems, item)
    return values


def _from_environment(setting: Setting, text: str, problems: Diagnostics) -> Any:
    value: Any = text
    if setting.kind == "texts":
        value = [part.strip() for part in text.split(",") if part.strip()]
    elif setting.kind == "whole" and text.isdecimal():
        value = int(text)
    elif setting.kind == "flag" and text.lower() in _FLAGS:
        value = _FLAGS[text.lower()]
    elif setting.kind == "mappings":
        with suppress(ValueError):
            value = json.loads(text)
    return _checked(setting, value, problems)


def _checked(setting: Setting, value: Any, problems: Diagnostics, node: Node | None = None) -> Any:
    """The value in its final form; a problem and the default when it has the wrong kind."""
    location = node.location if node else NOWHERE
    if value is None:
        return setting.default
    if setting.kind == "texts":
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        expected = "a list of texts"
    elif setting.kind == "mappings":
        if isinstance(value, list) and all(isinstance(item, dict) for item in value):
            return tuple(value)
        expected = "a list of mappings"
    elif setting.kind == "flag":
        if isinstance(value, bool):
            return value
        expected = "true or false"
    elif setting.kind == "whole":
        if isinstance(value, int) and not isinstance(value, bool):
            if setting.bounds is None or setting.bounds[0] <= value <= setting.bounds[1]:
                return value
            least, most = setting.bounds
            problems.add("setting.E004", location, name=setting.name, value=value, least=least, most=most)
            return setting.default
        expected = "a whole number"
    else:
        if isinstance(value, str) and value in (setting.choices or (value,)):
            return value
        if isinstance(value, str):
            known = ", ".join(setting.choices)
            problems.add("setting.E003", location, name=setting.name, value=value, known=known)
            return setting.default
        expected = "a text"
    problems.add("setting.E002", location, name=setting.name, expected=expected)
    return setting.default


def _holds_secret(text: str) -> bool:
    """A password of its own, or one in the database's URL."""
    values = _read(parse_document(text, SETTINGS_FILE, Diagnostics()) or MappingNode("", 0, 0), "", Diagnostics())
    return bool(values.get("mail.password")) or "@" in values.get("database", "")
