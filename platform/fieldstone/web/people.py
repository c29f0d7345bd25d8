"""Users and teams offered while somebody types into an owner or user field; what roles and profiles are called."""

from __future__ import annotations

from fieldstone.kernel.folding import fold, sort_key
from fieldstone.records.query_types import Suggestion
from fieldstone.web.current import current_actor, current_model, current_site
from fieldstone.web.i18n import current_language, gettext


def suggest_people(text: str, *, teams: bool, limit: int) -> list[Suggestion]:
    """Active ones whose name or user name holds the text; the person first when nothing is typed."""
    wanted = fold(text)
    accounts = current_site().accounts
    me = current_actor().user_id
    found = [
        Suggestion(id=user.id, label=user.label, detail=", ".join(user.teams) or user.username)
        for user in accounts.list_users()
        if user.active and (wanted in fold(user.label) or wanted in user.username)
    ]
    if teams:
        found += [
            Suggestion(id=team.id, label=team.name, detail=gettext("Team"))
            for team in accounts.list_teams()
            if team.active and wanted in fold(team.name)
        ]
    found.sort(
        key=lambda item: (bool(wanted) or item.id != me, not fold(item.label).startswith(wanted), sort_key(item.label))
    )
    return found[:limit]


def role_label(name: str) -> str:
    """What a role is called in the language of the reader; its name when it is gone."""
    role = current_model().roles.get(name)
    return current_model().text(f"role.{name}", current_language(), role.label) if role else name


def profile_label(name: str) -> str:
    """As `role_label`, of a profile."""
    profile = current_model().profiles.get(name)
    return current_model().text(f"profile.{name}", current_language(), profile.label) if profile else name
