"""With whom something can be shared: users, teams and roles, as somebody types them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fieldstone.kernel.folding import fold
from fieldstone.records.query_types import PRINCIPAL
from fieldstone.web.current import current_model
from fieldstone.web.i18n import gettext
from fieldstone.web.labels import find_labels
from fieldstone.web.numbers import find_number
from fieldstone.web.people import role_label, suggest_people

_ROLE = "role:"
_MOST = 8


@dataclass(frozen=True, kw_only=True)
class Receiver:
    """`principal` (a user or a team) or `role`; `detail` tells twins apart."""

    label: str
    detail: str
    principal: int | None = None
    role: str = ""

    @property
    def key(self) -> str:
        """As the hidden field of the form holds it."""
        return f"{_ROLE}{self.role}" if self.role else str(self.principal)


def suggest_receivers(text: str, *, limit: int = _MOST) -> list[Receiver]:
    """Roles whose name holds the text, then people and teams."""
    people = [
        Receiver(principal=each.id, label=each.label, detail=each.detail)
        for each in suggest_people(text, teams=True, limit=limit)
    ]
    roles = list(_roles(text))[: limit // 2] if text else []
    return [*people[: limit - len(roles)], *roles]


def find_receiver(key: str, typed: str) -> Receiver | None:
    """The one that was chosen, or whose name was typed whole; None for none, or for several of that name."""
    role = key.removeprefix(_ROLE)
    if key.startswith(_ROLE) and role in current_model().roles:
        return Receiver(role=role, label=role_label(role), detail=gettext("Role"))
    number = find_number(key)
    if number is not None:
        label = find_labels([(PRINCIPAL, number)]).get((PRINCIPAL, number))
        return Receiver(principal=number, label=label, detail="") if label else None
    wanted = fold(typed)
    named = [each for each in suggest_receivers(typed, limit=50) if fold(each.label) == wanted] if wanted else []
    return named[0] if len(named) == 1 else None


def _roles(text: str) -> Iterator[Receiver]:
    wanted = fold(text)
    for name in current_model().roles:
        label = role_label(name)
        if wanted in fold(label):
            yield Receiver(role=name, label=label, detail=gettext("Role"))
