"""Whether the site says something of its own at a place of the documents, and how it is taken away again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fieldstone.changes.site_patch import read_effective, read_site, site_of
from fieldstone.changes.upgrade.decide import decide
from fieldstone.metadata.addresses import find_address
from fieldstone.metadata.conflict import Conflict
from fieldstone.metadata.layers import Layer


def says_own(site: Layer, key: str) -> bool:
    """Whether the site's own documents have a line at a dotted key, be it one that removes. Raises MetadataError when
    they cannot be read."""
    address = find_address(key)
    if address is None or address.path not in site.documents:
        return False
    found: Any = read_site(site, address.path)
    for step in address.steps:
        if not isinstance(found, dict) or step not in found:
            return False
        found = found[step]
    return True


def reset_to_below(layers: Sequence[Layer], key: str) -> Layer:
    """The site layer without what it says at a dotted key, so that what the layers below it say holds, or the
    default. `layers` are those in force, the site's last. Nothing changes where the site says nothing."""
    site, address = site_of(layers), find_address(key)
    if address is None or not says_own(site, key):
        return site
    below: Any = read_effective(layers, address.path, without_site=True)
    for step in address.steps:
        below = below.get(step) if isinstance(below, dict) else None
    whole = Conflict(key=key, file=address.path, base_then=None, base_now=below, site=None)
    return decide(site, whole, "theirs")
