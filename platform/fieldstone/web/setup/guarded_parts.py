"""Which part of Setup each of its views belongs to, and so who may open it."""

from __future__ import annotations

from collections.abc import Mapping

from fieldstone.metadata.setup_reach import SetupReach
from fieldstone.web.i18n import gettext

STRUCTURE = "structure"
ANY = ""
"""The part of views that everybody who enters needs: the overview and the draft, whose steps are judged one by one."""

_PARTS: Mapping[str, str] = {
    "home": ANY, "draft": ANY, "clashes": ANY, "preview": ANY, "origin": ANY,
    "users": "people", "teams": "people", "sessions": "people", "tokens": "people", "logins": "people",
    "roles": "access", "profiles": "access", "sharing": "access",
    "company": "company", "navigation": "company",
    "audit": "system", "jobs": "system", "outbox": "system", "runs": "system", "revisions": "system",
    "conflicts": "system", "health": "system", "documents": "system",
    "settings": "system",
    "backups": "system", "mail": "system", "retention": "system",
}  # fmt: skip
"""Endpoint of a view → its part. All others shape the structure, which whoever owns a module may look at."""


def part_of(endpoint: str) -> str:
    return _PARTS.get(endpoint, STRUCTURE)


def may_open(endpoint: str, reach: SetupReach) -> bool:
    """Whether somebody may open a view; what may be changed there, the documents decide."""
    part = part_of(endpoint)
    if part == STRUCTURE and reach.modules:
        return True
    return reach.may_enter if part == ANY else reach.has(part)


def part_words() -> dict[str, str]:
    """Part → what it is called, in the order of the menu."""
    return {
        "people": gettext("People: users, teams, sessions, tokens"),
        "access": gettext("Access: roles, profiles, sharing"),
        "structure": gettext("Structure: modules, layouts, picklists, workflows, translations"),
        "company": gettext("Company: name, look, business hours, navigation"),
        "system": gettext("System: audit log, jobs, revisions, documents, mail, backups, health, settings"),
    }
