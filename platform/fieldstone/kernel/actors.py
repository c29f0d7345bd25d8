"""Who acts: a user, an API token, a workflow, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass, field, replace


@dataclass(frozen=True, kw_only=True)
class Actor:
    """The one on whose behalf records are read and written.

    `user_id` is the principal's id (None for the system), `roles` the names of the roles,
    `profiles` those of the profiles the user has besides, `team_ids` the teams. `is_admin` passes every
    module right. `via` names the workflow or import that acts for the user, for the history. `zone` is an
    IANA name, `language` en or zh_CN; `date_format` and `number_format` are ways of writing
    (`fields.formats`), "" for the language's own.
    `scopes` limits a token: () is everything its owner may do. `impersonator` is the administrator who acts
    as the user; `address` is where the request came from, for the audit log.
    """

    kind: str = "user"
    user_id: int | None = None
    name: str = ""
    roles: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    team_ids: tuple[int, ...] = ()
    is_admin: bool = False
    language: str = "en"
    zone: str = "UTC"
    date_format: str = ""
    number_format: str = ""
    via: str = ""
    scopes: tuple[str, ...] = field(default=())
    impersonator: int | None = None
    address: str = field(default="", compare=False)

    def through(self, via: str) -> Actor:
        """The same actor, acting by a workflow or an import."""
        return replace(self, via=via)


SYSTEM = Actor(kind="system", name="System", is_admin=True)


def via_impersonator(user_id: int) -> str:
    """How the history names the administrator who acts in a user's name."""
    return f"user:{user_id}"


def find_impersonator(via: str) -> int | None:
    """The administrator who acted in the user's name, by what the history says; None when the user did."""
    for word in via.split(" "):
        kind, _, number = word.partition(":")
        if kind == "user" and number.isascii() and number.isdigit():
            return int(number)
    return None
