"""Who acts: a user, an API token, a workflow, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass, field, replace


@dataclass(frozen=True, kw_only=True)
class Actor:
    """The one on whose behalf records are read and written.

    `user_id` is the principal's id (None for the system), `roles` the names of the roles,
    `profiles` those of the profiles the user has besides, `team_ids` the teams. `is_admin` passes every
    module right. `via` names the workflow or import that acts for the user, for the history. `zone` is an
    IANA name, `language` en or zh_CN.
    `scopes` limits a token: () is everything its owner may do.
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
    via: str = ""
    scopes: tuple[str, ...] = field(default=())

    def through(self, via: str) -> Actor:
        """The same actor, acting by a workflow or an import."""
        return replace(self, via=via)


SYSTEM = Actor(kind="system", name="System", is_admin=True)
