"""Whether the site says something of its own at a place of the documents, and how it is taken away again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from fieldstone.changes.site_patch import read_effective, read_site, site_of
from fieldstone.changes.upgrade.decide import decide
from fieldstone.metadata.addresses import Address, find_address
from fieldstone.metadata.conflict import Conflict
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.sayings import is_label_alone


def says_own(site: Layer, key: str) -> bool:
    """Whether the site's own documents have a line at a dotted key, be it one that removes. Raises MetadataError when
    they cannot be read."""
    address = find_address(key)
    if address is None or address.path not in site.documents:
        return False
    return _own_steps(site, address) is not None


def reset_to_below(layers: Sequence[Layer], key: str) -> Layer:
    """The site layer without what it says at a dotted key, so that what the layers below it say holds, or the
    default. `layers` are those in force, the site's last. Nothing changes where the site says nothing."""
    site, address = site_of(layers), find_address(key)
    steps = _own_steps(site, address) if address and says_own(site, key) else None
    if address is None or steps is None:
        return site
    below: Any = read_effective(layers, address.path, without_site=True)
    for step in steps:
        below = below.get(step) if isinstance(below, dict) else None
    placed = replace(address, steps=steps)
    whole = Conflict(key=placed.key, file=address.path, base_then=None, base_now=below, site=None)
    return decide(site, whole, "theirs")


def _own_steps(site: Layer, address: Address) -> tuple[str, ...] | None:
    """Where the site's document says it: the steps of the address, or those to a text that is only a label."""
    found: Any = read_site(site, address.path)
    for length, step in enumerate(address.steps):
        if not isinstance(found, dict):
            is_label = isinstance(found, str) and is_label_alone(address.steps, length)
            return address.steps[:length] if is_label else None
        if step not in found:
            return None
        found = found[step]
    return address.steps
