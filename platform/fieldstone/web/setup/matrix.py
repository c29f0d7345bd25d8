"""The matrix of a role or profile: modules down, rights across, a scope in each cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fieldstone.metadata.definitions import Grants
from fieldstone.metadata.rights import EVERY_MODULE, RIGHTS, SCOPES, TOOLS
from fieldstone.web.i18n import gettext
from fieldstone.web.setup.draft_words import module_plural
from fieldstone.web.setup.drafting import draft_model

_WITHOUT_SCOPE = ("create", "import")
"""A record that is made is nobody's before: the right is there or is not."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """`name` is that of its field, `value` a scope or "", `choices` the (value, words) there are."""

    name: str
    label: str
    value: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Row:
    """The rights on a module. `own`: the module is named; else it has those of the first row. `limited`: how many of
    its fields are hidden or only read."""

    module: str
    label: str
    icon: str
    own: bool
    cells: tuple[Cell, ...]
    limited: int = 0


def right_words() -> dict[str, str]:
    return {
        "view": gettext("View"), "create": gettext("Create"), "edit": gettext("Edit"), "delete": gettext("Delete"),
        "import": gettext("Import"), "export": gettext("Export"), "mass_edit": gettext("Mass edit"),
        "report": gettext("Report"),
    }  # fmt: skip


def scope_words() -> dict[str, str]:
    return {
        "own": gettext("Own"), "team": gettext("Team"), "subtree": gettext("Roles below"), "all": gettext("All"),
        "related": gettext("Related"),
    }  # fmt: skip


def field_access_words() -> dict[str, str]:
    return {"edit": gettext("Edit"), "read": gettext("Only read"), "hidden": gettext("Hidden")}


def tool_words() -> dict[str, str]:
    words = {
        "share": gettext("Share single records with others"),
        "merge": gettext("Merge duplicates"),
        "api_tokens": gettext("Make API tokens"),
    }
    return {tool: words.get(tool, tool) for tool in TOOLS}


def rows_of(grants: Grants) -> list[Row]:
    """All rows, the one for modules that are not named first."""
    rows = [
        Row(
            module=EVERY_MODULE, label=gettext("All other modules"), icon="asterisk", own=True,
            cells=_cells(EVERY_MODULE, grants.rights_on(EVERY_MODULE)),
        )
    ]  # fmt: skip
    for name, module in draft_model().modules.items():
        rows.append(
            Row(
                module=name,
                label=module_plural(name),
                icon=module.icon,
                own=name in grants.modules,
                cells=_cells(name, grants.rights_on(name)),
                limited=sum(access != "edit" for access in grants.fields.get(name, {}).values()),
            )
        )
    return rows


def _cells(module: str, rights: Mapping[str, str]) -> tuple[Cell, ...]:
    words = right_words()
    return tuple(
        Cell(
            name=f"right.{module}.{right}",
            label=words[right],
            value=rights.get(right, ""),
            choices=_choices(right, rights.get(right, "")),
        )
        for right in RIGHTS
    )


def _choices(right: str, value: str) -> tuple[tuple[str, str], ...]:
    if right in _WITHOUT_SCOPE:
        return ("", gettext("no")), (value or "all", gettext("yes"))
    words = scope_words()
    return ("", "—"), *((scope, words[scope]) for scope in SCOPES)


def read_rows(form: Mapping[str, str], grants: Grants) -> dict[str, dict[str, str]]:
    """Module or "*" → right → scope, of the modules that are named, as a form says.

    A module that was not named becomes so when it is ticked, or when one of its cells was changed.
    """
    rest = dict(grants.rights_on(EVERY_MODULE))
    found = {}
    for module in (EVERY_MODULE, *draft_model().modules):
        given = {right: scope for right in RIGHTS if (scope := form.get(f"right.{module}.{right}", "")) in SCOPES}
        if module == EVERY_MODULE:
            named = bool(given) or EVERY_MODULE in grants.modules
        else:
            named = f"own.{module}" in form or (module not in grants.modules and given != rest)
        if named:
            found[module] = given
    return found


def write_modules(data: Mapping[str, Any], rows: Mapping[str, Mapping[str, str]], grants: Grants) -> dict[str, Any]:
    """`modules` of the document: what is not changed stays as it was written, in its order."""
    before = data.get("modules") or {}
    written: dict[str, Any] = {}
    for module in (*(name for name in before if name in rows), *(name for name in rows if name not in before)):
        given = rows[module]
        if module in before and given == dict(grants.modules.get(module, {})):
            written[module] = before[module]
        elif set(given.values()) <= {grants.scope}:
            written[module] = list(given)
        else:
            written[module] = dict(given)
    return written
