"""Documents taken away whole (modules, picklists, e-mail templates), and brought back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fieldstone.changes.site_patch import read_effective, read_site, site_of, with_data, with_document
from fieldstone.metadata.addresses import Address
from fieldstone.metadata.documents import MODULE, WHOLE, DocumentKind, document_path, find_kind
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.sayings import Sayings

REMOVED = "removed"


def remove_document(layers: Sequence[Layer], path: str) -> Layer:
    """The site layer without a document. What the layers below say is taken away, and so is a module, whose records
    stay; all that the site says of it is kept for a restoration. Another that only the site has goes."""
    site, kind = site_of(layers), find_kind(path)
    assert kind in WHOLE, path
    if kind is not MODULE and not read_effective(layers, path, without_site=True):
        return with_document(site, path, None)
    return with_data(site, path, {kind.key: _name(path), **read_site(site, path), REMOVED: True})


def restore_document(layers: Sequence[Layer], path: str) -> Layer:
    """The site layer that brings a removed document back."""
    site, kind = site_of(layers), find_kind(path)
    assert kind in WHOLE, path
    said = read_site(site, path)
    if said.get(REMOVED) is not True:  # a layer below has taken it away
        return with_data(site, path, {kind.key: _name(path), **said, REMOVED: False})
    kept = {key: value for key, value in said.items() if key != REMOVED}
    return with_data(site, path, kept if kept.keys() - {kind.key} else {})


def removed_of(layers: Sequence[Layer], kind: DocumentKind) -> dict[str, dict[str, Any]]:
    """Name → what the layers say of the documents of a kind that are removed, without what is in them."""
    sayings, found = Sayings(layers), dict[str, dict[str, Any]]()
    start = document_path(kind, "")[: -len(".yaml")]
    for path in sorted({path for layer in layers for path in layer.documents if path.startswith(start)}):
        name = _name(path)
        heads = [each.value for each in sayings.of(Address(kind=kind, name=name))]
        said = {key: value for head in reversed(heads) for key, value in head.items() if not isinstance(value, dict)}
        if said.get(REMOVED) is True:
            found[name] = said
    return found


def _name(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".yaml")
