"""The settings of a site: `fieldstone.yaml` in its folder, overridden by the environment."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from fieldstone.kernel.codes import declare
from fieldstone.kernel.diagnostics import NOWHERE, Diagnostics
from fieldstone.kernel.errors import InvalidInputError, SiteError
from fieldstone.metadata.loader import parse_document
from fieldstone.metadata.nodes import MappingNode, Node
from fieldstone.runtime.setting import SETTINGS, Setting

SETTINGS_FILE = "fieldstone.yaml"

declare("site.E001", "{file} has problems: {problems}", "Mend what is named; docs/operating lists every setting.")
declare("site.E002", "{file} holds a password but others can read it.", "Run: chmod 600 {file}")
declare("setting.E001", "There is no setting {name!r}.", "Settings: {known}.")
declare("setting.E002", "{name} should be {expected}.", "")
declare("setting.E004", "{name} cannot be {value}: it goes from {least} to {most}.", "Choose a number in between.")
declare("setting.E003", "{name} cannot be {value!r}.", "Choose one of: {known}.")


_BY_NAME = {setting.name: setting for setting in SETTINGS}
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_FLAGS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_GROUPS = {setting.name.partition(".")[0] for setting in SETTINGS if "." in setting.name}


class SiteSettings:
    """What `fieldstone.yaml` and the environment say. `serve_url` is where this process listens, "" if nowhere."""

    def __init__(self, folder: Path, values: Mapping[str, Any], chosen: Mapping[str, Any] | None = None) -> None:
        self.folder = folder
        self.serve_url = ""
        self._values = values
        self._chosen = chosen or {}

    def __getitem__(self, name: str) -> Any:
        """The value of a setting, e.g. "mail.host". Raises KeyError for one that does not exist."""
        return self._values.get(name, self._chosen.get(name, _BY_NAME[name].default))

    def find(self, name: str) -> Any:
        """As the above; None for one that does not exist."""
        return self[name] if name in _BY_NAME else None

    def with_chosen(self, chosen: Mapping[str, Any]) -> SiteSettings:
        """These, with what was chosen in Setup where file and environment say nothing."""
        found = SiteSettings(self.folder, self._values, chosen)
        found.serve_url = self.serve_url
        return found

    def is_given(self, name: str) -> bool:
        """Whether file or environment say it."""
        return name in self._values

    def source(self, name: str, environment: Mapping[str, str] = os.environ) -> str:
        """Where the value of a setting comes from: environment, file, setup or default."""
        if _BY_NAME[name].environment in environment:
            return "environment"
        return "file" if name in self._values else "setup" if name in self._chosen else "default"

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


def without_secrets(folder: Path) -> str:
    """What `fieldstone.yaml` says, but for what is secret: for another machine, which has secrets of its own."""
    file = folder / SETTINGS_FILE
    text = file.read_text("utf-8", errors="surrogateescape") if file.exists() else ""
    root = parse_document(text, SETTINGS_FILE, Diagnostics()) if text.strip() else None
    kept: dict[str, Any] = {}
    for name, value in (_read(root, "", Diagnostics()) if root is not None else {}).items():
        group, _, key = name.rpartition(".")
        if not _BY_NAME[name].secret:
            place = kept.setdefault(group, {}) if group else kept
            place[key] = list(value) if isinstance(value, tuple) else value
    return yaml.safe_dump(kept, allow_unicode=True, sort_keys=False) if kept else ""


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
    elif setting.kind == "clock":
        if isinstance(value, str) and (not value or _CLOCK.fullmatch(value)):
            return value
        expected = "a time of day, such as 02:30"
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


def require_value(setting: Setting, value: Any) -> None:
    """Raises InvalidInputError with the code and the words of the first problem: setting.E002–E004."""
    problems = Diagnostics()
    _checked(setting, value, problems)
    for problem in problems:
        raise InvalidInputError(problem.code, **problem.params)


def _holds_secret(text: str) -> bool:
    """A password of its own, or one in the database's URL."""
    values = _read(parse_document(text, SETTINGS_FILE, Diagnostics()) or MappingNode("", 0, 0), "", Diagnostics())
    return bool(values.get("mail.password")) or "@" in values.get("database", "")
