"""permissions.md: rights, their scopes, fields, tools, and the scopes of API tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fieldstone.metadata.rights import FIELD_ACCESS, RIGHTS, SCOPES, SHARED, TOOLS
from reference_pages.markdown import code, page, table

RIGHT_WORDS = {
    "view": "See records: pages, lists, search, API.",
    "create": "Make records.",
    "edit": "Change records, link and unlink them.",
    "delete": "Move records to the recycle bin, see the recycle bin, and bring records back.",
    "import": "Start imports.",
    "export": "Download lists as files: of records that may be viewed.",
    "mass_edit": "Change many records at once: of those that may be edited.",
    "report": "Sum and group records, besides what lists and boards show.",
}
SCOPE_WORDS = {
    "own": "Records that belong to the user, to one of the user's teams, or to a member of a team the user leads.",
    "team": "Besides, records of the members of the user's teams and of the teams below them, and of these teams.",
    "subtree": "Own records, and those of users who have a role below one of the user's roles.",
    "all": "All records.",
    "related": "Records that lead to the one a user of a portal stands for.",
}
FIELD_WORDS = {
    "hidden": "It is nowhere to be seen, and no filter or expression may ask for it.",
    "read": "Shown, never changed.",
    "edit": "Shown and changed, as far as the field itself allows. So is every field that is not named.",
}
TOOL_WORDS = {
    "share": "Share single records with others.",
    "merge": "Merge duplicates.",
    "api_tokens": "Make API tokens for oneself.",
}
SHARED_WORDS = {
    "private": "Nothing more than the scopes reach.",
    "read": "All records, to view them.",
    "edit": "All records, to view and edit them.",
}
TOKEN_WORDS = {
    "read": "The rights view and export.",
    "write": "Every right.",
    "module:NAME": "Limits the token to the module; several may be given. Alone: every right there.",
}


def render() -> str:
    introduction = (
        "A [role or profile](../administering.md#who-sees-and-does-what) gives rights on modules, each with a scope. A "
        "user may have several: a right counts when one of them gives it, with the widest scope among those that do. "
        "An administrator passes every right."
    )
    sections = (
        _section("Rights", ("Right", "Allows"), RIGHTS, RIGHT_WORDS),
        _section("Scopes of rights", ("Scope", "Reaches"), SCOPES, SCOPE_WORDS),
        _section("Fields", ("Access", "Means"), FIELD_ACCESS, FIELD_WORDS),
        _section("Tools", ("Tool", "Allows"), TOOLS, TOOL_WORDS),
        _section("Sharing defaults", ("Default", "Everybody with the right reaches"), SHARED, SHARED_WORDS),
        "## Scopes of API tokens\n\nA token has the rights of its user, and no more than its scopes allow. A token "
        "without scopes has all of them.\n\n"
        + table(("Scope", "Allows"), ((code(name), text) for name, text in TOKEN_WORDS.items())),
    )
    return page("Permissions", introduction, sections)


def _section(title: str, heads: tuple[str, str], names: Sequence[str], words: Mapping[str, str]) -> str:
    return f"## {title}\n\n" + table(heads, ((code(name), words[name]) for name in names))
