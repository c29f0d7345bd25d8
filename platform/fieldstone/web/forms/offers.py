"""What the picklist fields of a form, or of a record on a board or a path, offer for what they hold at the moment.

The same rules are asked again when the record is saved; what somebody cannot know is offered, and the save decides.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from fieldstone.kernel.actors import Actor
from fieldstone.metadata.offering import Offering, Refusal, keys_of
from fieldstone.web.forms.conditions import FieldStates


class Offers:
    """`before` are the values that are stored, None for a new record. `many`: the values stand for many records, of
    which only what is common is known."""

    def __init__(
        self,
        offerings: Mapping[str, Offering],
        states: FieldStates,
        actor: Actor,
        values: Mapping[str, Any],
        before: Mapping[str, Any] | None,
        *,
        many: bool = False,
    ) -> None:
        self._offerings = offerings
        self._states = states
        self._roles = None if actor.is_admin else actor.roles
        self._values = {} if many else values
        self._before = before or {}
        self._changed = frozenset(name for name, value in values.items() if value != self._before.get(name))
        self._many = many

    def refusal(self, field: str, key: str) -> Refusal | None:
        """Why the field may not be saved with a value; None when it may."""
        offering = self._offerings.get(field)
        if offering is None:
            return None
        return offering.refusal(
            key,
            kept=key in keys_of(self._before.get(field)),
            values=self._values,
            changed=self._changed,
            roles=self._roles,
            holds=lambda compiled: None if self._many else self._states.find_out(compiled),
        )

    def in_order(self, field: str) -> Collection[str]:
        """The values in the order of the record's type, those that it does not have last."""
        offering = self._offerings.get(field)
        if offering is None:
            return ()
        return dict.fromkeys((*offering.limits.get(self._values.get("record_type") or "", ()), *offering.values))

    @property
    def roles(self) -> Collection[str] | None:
        return self._roles
