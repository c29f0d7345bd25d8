"""Where in Setup something of the documents is edited."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import quote

from fieldstone.kernel.diagnostics import Diagnostic
from fieldstone.metadata.documents import find_kind

_OF_MODULES = {
    "fields": "fields/", "relations": "relations/", "rules": "rules/", "record_types": "record-types/",
}  # fmt: skip
"""Section of a module's document → its page."""


def editor_of(key: str) -> str:
    """The page that edits what stands at a dotted key (`modules.lead.fields.budget.label`), or the next one around
    it; "" while there is none."""
    from fieldstone.web.setup import get_console  # it imports all views

    leads = get_console().leads
    section, *steps = key.split(".")
    return next((url for url in _addresses(section, steps) if leads(url)), "")


def editor_of_problem(diagnostic: Diagnostic) -> str:
    """The page for a problem: of what its path names, else of the document that it is in."""
    parts = diagnostic.location.file.split("/")
    files = ("/".join(parts[start:]) for start in range(len(parts)))
    kind, file = next(((kind, file) for file in files if (kind := find_kind(file))), (None, ""))
    if kind is None:
        return ""
    if kind.file:
        return editor_of(diagnostic.path) or editor_of((kind.holds or (kind.section,))[0])
    name = PurePosixPath(file).stem
    path = diagnostic.path if diagnostic.path.partition(".")[0] == name else name
    return editor_of(f"{kind.section}.{path}")


def editor_of_change(kind: str, target: str) -> str:
    """The page for a planned change (`add_field`, `lead.budget`)."""
    noun = kind.partition("_")[2]
    owner, _, last = target.partition(".")
    key = {
        "module": f"modules.{target}", "field": f"modules.{owner}.fields.{last}", "type":
        f"modules.{owner}.fields.{last}", "relation": f"modules.{owner}.relations.{last}", "record_type":
        f"modules.{owner}.record_types.{last}", "picklist": f"picklists.{target}", "picklist_value":
        f"picklists.{owner}", "workflow": f"workflows.{target}", "layout": f"layouts.{target}", "role":
        f"roles.{target}", "profile": f"profiles.{target}", "sharing": "sharing", "sharing_rule":
        f"sharing.rules.{target}", "app": "app", "email": f"emails.{target}", "texts": f"translations.{target}",
    }.get(noun, "")  # fmt: skip
    return editor_of(key) if key and not kind.startswith("remove") else ""


def _addresses(section: str, steps: list[str]) -> Iterator[str]:
    """The most exact first."""
    first, second, third = (quote(step, safe="") for step in [*steps, "", "", ""][:3])
    if section == "modules" and first:
        home = f"/setup/modules/{first}/"
        if second in _OF_MODULES:
            yield from ([f"{home}fields/{third}"] if second == "fields" and third else [])
            yield home + _OF_MODULES[second]
        yield home
    elif section == "layouts" and first:
        yield from (f"/setup/modules/{first}/layout/", f"/setup/modules/{first}/")
    elif section == "workflows":
        name = third if second == "workflows" else second
        yield from ([f"/setup/workflows/{first}/{name}"] if name else [])
        yield "/setup/workflows/"
    elif section in ("roles", "profiles"):
        yield from ([f"/setup/{section}/of/{first}"] if first else [])
        yield f"/setup/{section}/"
    elif section == "sharing" or section in ("defaults", "inherit", "rules", "portal"):
        name = second if first == "rules" else first if section == "rules" else ""
        yield from ([f"/setup/sharing/rules/{name}"] if name else [])
        yield "/setup/sharing/"
    elif section == "app":
        yield "/setup/navigation/" if first == "groups" else "/setup/company/"
    elif section in ("picklists", "translations", "emails"):
        yield from ([f"/setup/{section}/{first}"] if first else [])
        yield f"/setup/{section}/"
