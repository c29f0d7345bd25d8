"""Where a new version of the base differs: the places at which the old state can be kept alive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fieldstone.changes.upgrade.documents import PlainDocument, state_of
from fieldstone.changes.upgrade.patches import ABSENT, same
from fieldstone.changes.upgrade.structure import Steps, is_container
from fieldstone.metadata.addresses import Address
from fieldstone.metadata.documents import LAYOUT, MODULE, WORKFLOW, DocumentKind


@dataclass(frozen=True, kw_only=True)
class Differences:
    """`removed`: entries and documents that the base has no more. `changed`: all else that can be held."""

    removed: tuple[Address, ...]
    changed: tuple[Address, ...]


def find_differences(then: Mapping[str, PlainDocument], now: Mapping[str, PlainDocument]) -> Differences:
    removed: list[Address] = []
    changed: list[Address] = []
    for path, document in {**now, **then}.items():
        old, new = state_of(then.get(path)), state_of(now.get(path))
        if old is None or new is None:
            continue  # it cannot be read, so nothing can be said about it
        for steps, is_gone in _differences(document.kind, (), old, new):
            found = removed if is_gone else changed
            found.append(Address(kind=document.kind, name=document.name, steps=steps))
    return Differences(removed=tuple(removed), changed=tuple(changed))


def _differences(kind: DocumentKind, steps: Steps, then: Any, now: Any) -> Iterator[tuple[Steps, bool]]:
    if same(then, now):
        return
    if not steps and then is ABSENT and not kind.file:
        yield from ((added, False) for added in _of_new_document(kind, now))
    elif not steps and now is ABSENT and not kind.file:
        yield steps, True
    elif not steps or is_container(kind, steps):
        old, new = (value if isinstance(value, dict) else {} for value in (then, now))
        for key in dict.fromkeys((*old, *new)):
            yield from _differences(kind, (*steps, key), old.get(key, ABSENT), new.get(key, ABSENT))
    else:
        yield steps, now is ABSENT


def _of_new_document(kind: DocumentKind, data: Mapping[str, Any]) -> Iterator[Steps]:
    """What can be left out of a document that the base brings. A document as a whole cannot be removed by one of
    a higher layer; what gets in the way of others in a module are the related lists that it brings to them."""
    if kind is LAYOUT:
        yield from ((key,) for key in data if key != kind.key)
    elif kind is WORKFLOW:
        yield from (("workflows", key) for key in _mapping(data.get("workflows")))
    elif kind is MODULE:
        for section in ("fields", "relations"):
            for key, entry in _mapping(data.get(section)).items():
                if "reverse" in _mapping(entry):
                    yield section, key, "reverse"


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
