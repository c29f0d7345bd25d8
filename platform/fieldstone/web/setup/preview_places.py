"""Where a preview begins: the form, list or record of what a page of Setup edits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from fieldstone.kernel.errors import FieldstoneError
from fieldstone.metadata.builders.fields import inline_picklist
from fieldstone.records.query_types import Query
from fieldstone.web.current import current_actor, current_records
from fieldstone.web.i18n import gettext
from fieldstone.web.setup.draft_words import module_plural
from fieldstone.web.setup.drafting import draft_model

NEWEST = "newest"
"""Stands in an address for the record of the module that was changed last."""

_OF_PARTS = {
    "page": NEWEST, "head": NEWEST, "related": NEWEST, "quick": "new", "list": "", "board": "?as=kanban",
    "calendar": "?as=calendar",
}  # fmt: skip
"""Part of the layout editor → where it shows."""


def place_of(path: str, asked: Mapping[str, Any]) -> str:
    """The page to begin with for whoever edits at an address of Setup; `asked` is its query. "/" when the address is
    about no module."""
    steps = [step for step in path.removeprefix("/setup/").split("/") if step]
    section, name, page, thing = [*steps, "", "", "", ""][:4]
    if section == "modules" and name in draft_model().modules:
        return _of_module(name, page, thing, asked)
    if section == "workflows" and name in draft_model().modules:
        return _address(name)
    if section == "emails" and name in draft_model().emails:
        return _address(draft_model().emails[name].module, NEWEST)
    if section == "picklists" and name:
        using = (module.name for module in draft_model().modules.values() if _uses(module.name, name))
        module = next(using, "")
        return _address(module, "new") if module else "/"
    return "/"


def resolved(place: str) -> str:
    """The same place with a record in it: its form when the module has none in reach."""
    start, _slash, last = place.rpartition("/")
    if last != NEWEST or not start.startswith("/m/"):
        return place
    newest = newest_record(start.removeprefix("/m/"))
    return f"{start}/{newest or 'new'}"


def places_of(place: str) -> list[tuple[str, str]]:
    """(address, words) to choose from: those of the module that a place belongs to, all lists, and the place itself."""
    module = place.removeprefix("/m/").partition("/")[0].partition("?")[0] if place.startswith("/m/") else ""
    found = {"/": gettext("Home")}
    if module in draft_model().modules:
        plural = module_plural(module)
        if place.startswith(f"{_address(module)}?"):
            found[place] = gettext("%(name)s: as it is shown there", name=plural)
        found[_address(module)] = gettext("%(name)s: the list", name=plural)
        found[_address(module, "new")] = gettext("%(name)s: the form for a new one", name=plural)
        found[_address(module, NEWEST)] = gettext("%(name)s: the record that was changed last", name=plural)
    found |= {_address(name): module_plural(name) for name in draft_model().modules if name != module}
    if place not in found:
        found[place] = gettext("%(name)s: this record", name=module_plural(module)) if module else place
    return list(found.items())


def newest_record(module: str) -> int | None:
    """The record that was changed last, of those in reach."""
    try:
        page = current_records().query(current_actor(), module, Query(sort=("-modified_at",), fields=("id",), limit=1))
    except FieldstoneError:
        return None
    return page.records[0].id if page.records else None


def _of_module(module: str, page: str, thing: str, asked: Mapping[str, Any]) -> str:
    if page == "layout":
        return _address(module, _OF_PARTS.get(str(asked.get("part", "")), NEWEST))
    if page == "views" and thing in draft_model().layouts[module].views:
        return f"{_address(module)}?{urlencode({'view': thing})}"
    if page == "record-types" and thing in draft_model().modules[module].record_types:
        return f"{_address(module, 'new')}?{urlencode({'record_type': thing})}"
    return _address(module, {"fields": "new", "rules": "new", "record-types": "new", "relations": NEWEST}.get(page, ""))


def _address(module: str, rest: str = "") -> str:
    start = f"/m/{quote(module, safe='')}"
    return f"{start}{rest}" if rest.startswith("?") else f"{start}/{rest}" if rest else start


def _uses(module: str, picklist: str) -> bool:
    fields = draft_model().modules[module].fields
    return any(each.picklist == picklist != inline_picklist(module, each.name) for each in fields.values())
