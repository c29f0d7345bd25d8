"""One change between two models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Change:
    """One difference.

    `kind` is add_, remove_, rename_ or change_ + what: module, field, relation, record_type, picklist,
    picklist_value, workflow, role, profile, sharing_rule, sharing, email, layout, app, texts; or change_type,
    add_index, remove_index.
    `target` is the path in the new model, or in the old one for what is removed ("opportunity.amount").
    `destructive`: values could be lost. `details`: attribute → [old, new] for a change, and for a role, a profile or
    a sharing rule that is new; else what the kind needs (`from` of a rename, `fields` of an index).
    """

    kind: str
    target: str
    destructive: bool = False
    details: Mapping[str, Any] = attribute(default_factory=dict)


def pair_names(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, str]:
    """New → old name of what both have: by identity, or by name where one of them has no identity."""
    by_identity = {item.identity: name for name, item in old.items() if item.identity}
    found = {}
    for name, item in new.items():
        before = by_identity.get(item.identity)
        if before is not None:
            found[name] = before
        elif name in old and not (item.identity and old[name].identity):
            found[name] = name
    return found
