"""Deciding a conflict: the site layer as it is to be published afterwards."""

from __future__ import annotations

from typing import Any, Literal

from fieldstone.changes.upgrade.documents import site_documents
from fieldstone.changes.upgrade.lists import merge_lists
from fieldstone.changes.upgrade.patches import ABSENT, same
from fieldstone.changes.upgrade.structure import Steps
from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.metadata.addresses import find_address
from fieldstone.metadata.conflict import Conflict
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.writer import write_document

Choice = Literal["ours", "theirs", "both"]

NOT_LISTS = declare(
    "upgrade.E001", "{key} is no list, so both cannot be kept.", "Choose what the site has, or what the base has now."
)


def can_keep_both(conflict: Conflict) -> bool:
    """Both sides changed a list."""
    return isinstance(conflict.site, list) and isinstance(conflict.base_now, list)


def decide(site: Layer, conflict: Conflict, choice: Choice) -> Layer:
    """The site layer after the decision, for planning and publishing.

    `ours` leaves it as it is. `theirs` takes away what the site says at the key, with all that was kept alive
    or left out for it. `both` is for lists: the site's, with what the base added and without what it took out.
    A site that says nothing there any more is left as it is. Raises InvalidInputError upgrade.E001.
    """
    if choice == "both" and not can_keep_both(conflict):
        raise InvalidInputError(NOT_LISTS, key=conflict.key)
    address = find_address(conflict.key)
    document = site_documents(site, [address.path]).get(address.path) if address else None
    if choice == "ours" or address is None or document is None or document.data is None:
        return site
    if choice == "theirs":
        data = document.data
        if conflict.base_now is None:
            data = _without_place(data, address.steps)
        changed = _without(data, address.steps)
        if not changed or changed == {document.kind.key: document.name}:
            changed = None
    else:
        changed = _with_both(document.data, address.steps, conflict)
    if same(changed, document.data):
        return site
    documents = {path: text for path, text in site.documents.items() if path != address.path}
    if changed is not None:
        documents[address.path] = write_document(changed)
    return Layer(name=site.name, documents=dict(sorted(documents.items())))


def _without(data: dict[str, Any], steps: Steps) -> dict[str, Any] | None:
    """The patch that says nothing at the steps, nor holds mappings that were only there for it; None for nothing."""
    if not steps:
        return None
    key, *rest = steps
    inner = data.get(key)
    if rest and not isinstance(inner, dict):
        return data
    left = _without(inner, tuple(rest)) if isinstance(inner, dict) and rest else None
    kept = {name: left if name == key else value for name, value in data.items() if name != key or left}
    return kept or None


def _without_place(data: dict[str, Any], steps: Steps) -> dict[str, Any]:
    """The patch in which nothing is placed behind the entry at the steps, which goes: but where that one was."""
    if not steps:
        return data
    key, *rest = steps
    if rest:
        inner = data.get(key)
        return {**data, key: _without_place(inner, tuple(rest))} if isinstance(inner, dict) else data
    gone = data.get(key)
    place = gone.get("after", "") if isinstance(gone, dict) else ""
    return {
        name: {**value, "after": place} if isinstance(value, dict) and value.get("after") == key else value
        for name, value in data.items()
    }


def _with_both(data: dict[str, Any], steps: Steps, conflict: Conflict) -> dict[str, Any]:
    key, *rest = steps
    inner = data.get(key, ABSENT)
    if rest:
        return {**data, key: _with_both(inner, tuple(rest), conflict)} if isinstance(inner, dict) else data
    if not isinstance(inner, list):
        return data
    then = conflict.base_then if isinstance(conflict.base_then, list) else []
    return {**data, key: merge_lists(then, conflict.base_now, inner)}
