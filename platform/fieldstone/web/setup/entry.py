"""A role or a profile as the document says it, changed by a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from fieldstone.changes.drafts.service import Edit
from fieldstone.changes.site_patch import patch_entry
from fieldstone.metadata.definitions import Grants, ProfileDef, RoleDef
from fieldstone.metadata.rights import FIELD_ACCESS, SETUP_PARTS, TOOLS
from fieldstone.web.setup.drafting import draft_document, draft_model
from fieldstone.web.setup.matrix import read_rows, write_modules

PATH = "metadata/roles.yaml"

Entry = RoleDef | ProfileDef
NO_GRANTS = Grants()


def entries(section: str) -> Mapping[str, Entry]:
    model = draft_model()
    return model.roles if section == "roles" else model.profiles


def read_entry(section: str, name: str) -> dict[str, Any]:
    """What the documents of the draft say of it."""
    return dict((draft_document(PATH).get(section) or {}).get(name) or {})


def with_entry(section: str, name: str, wanted: Mapping[str, Any] | None) -> Edit:
    """The edit that makes it what is `wanted`; None removes it."""
    return lambda layers: patch_entry(layers, PATH, section, name, wanted)


def changed_entry(data: Mapping[str, Any], entry: Entry, form: MultiDict[str, str]) -> dict[str, Any]:
    """`data`, which says `entry`, with what the form of its page says."""
    wanted = dict(data)
    label = form.get("label", "").strip()
    if label and label != entry.label:
        wanted["label"] = label
    if isinstance(entry, RoleDef):
        parents = draft_model().roles
        parent = form.get("parent", "")
        _put(wanted, "parent", parent if parent in parents and parent != entry.name else "", "")
        _put_setup(wanted, entry, form)
        chosen = [name for name in draft_model().profiles if name in form.getlist("profiles")]
        if set(chosen) != set(entry.profiles):
            _put(wanted, "profiles", chosen, [])
    tools = [tool for tool in TOOLS if tool in form.getlist("tools")]
    if set(tools) != entry.grants.tools:
        _put(wanted, "tools", tools, [])
    modules = write_modules(data, read_rows(form, entry.grants), entry.grants)
    _put(wanted, "modules", modules, {})
    return wanted


def _put_setup(data: dict[str, Any], role: RoleDef, form: MultiDict[str, str]) -> None:
    chosen = form.getlist("setup")
    parts = [part for part in SETUP_PARTS if part in chosen or "1" in chosen]
    if tuple(parts) != role.setup_parts:
        _put(data, "setup", True if len(parts) == len(SETUP_PARTS) else parts or False, False)
    modules = [name for name in draft_model().modules if name in form.getlist("setup_modules")]
    if set(modules) != set(role.setup_modules):
        _put(data, "setup_modules", modules, [])


def with_fields(data: Mapping[str, Any], module: str, form: Mapping[str, str]) -> dict[str, Any]:
    """`data` with what the page of the fields of a module says; a field that may be edited is
    not named. What the page does not show stays."""
    before = (data.get("fields") or {}).get(module) or {}
    fields = {name: access for name, access in before.items() if f"field.{name}" not in form}
    for name in draft_model().modules[module].fields:
        access = form.get(f"field.{name}", "edit")
        if access in FIELD_ACCESS and access != "edit":
            fields[name] = access
    named = {key: value for key, value in (data.get("fields") or {}).items() if key != module}
    if fields:
        named[module] = fields
    wanted = dict(data)
    _put(wanted, "fields", named, {})
    return wanted


def new_entry(section: str, label: str, like: str) -> dict[str, Any]:
    """A new one, with the rights of another where `like` names it."""
    data = read_entry(section, like) if like else {"modules": {}}
    data.pop("after", None)
    return {"label": label, **{key: value for key, value in data.items() if key != "label"}}


def _put(data: dict[str, Any], name: str, value: Any, default: Any) -> None:
    """A value that is the default is not written, unless it was."""
    if value == default and data.get(name, default) != value:
        data.pop(name, None)
    elif value != data.get(name, default):
        data[name] = value
