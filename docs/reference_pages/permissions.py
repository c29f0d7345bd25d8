"""permissions.md: the rights of roles and the scopes of API tokens."""

from __future__ import annotations

from fieldstone.metadata.schemas.application import RIGHTS, ROLES
from reference_pages.markdown import code, page, table

RIGHT_WORDS = {
    "view": "See records: pages, lists, search, API.",
    "create": "Make records.",
    "edit": "Change records, link and unlink them.",
    "delete": "Move records to the recycle bin, see the recycle bin, and bring records back.",
    "import": "Start imports.",
    "export": "Download lists as files.",
}
SCOPE_WORDS = {
    "own": "Records that belong to the user, to one of the user's teams, or to a member of a team the user leads.",
    "all": "All records.",
}
TOKEN_WORDS = {
    "read": "The rights view and export.",
    "write": "Every right.",
    "module:NAME": "Limits the token to the module; several may be given. Alone: every right there.",
}


def render() -> str:
    introduction = (
        "A [role](../administering.md#roles) gives rights on modules and a scope. A user may have several roles: a "
        "right counts when one of them gives it, with the widest scope among those that do. An administrator passes "
        "every right."
    )
    scopes = ROLES["properties"]["roles"]["additionalProperties"]["properties"]["scope"]["enum"]
    sections = (
        "## Rights\n\n" + table(("Right", "Allows"), ((code(name), RIGHT_WORDS[name]) for name in RIGHTS)),
        "## Scopes of roles\n\n" + table(("Scope", "Reaches"), ((code(name), SCOPE_WORDS[name]) for name in scopes)),
        "## Scopes of API tokens\n\nA token has the rights of its user, and no more than its scopes allow. A token "
        "without scopes has all of them.\n\n"
        + table(("Scope", "Allows"), ((code(name), text) for name, text in TOKEN_WORDS.items())),
    )
    return page("Permissions", introduction, sections)
