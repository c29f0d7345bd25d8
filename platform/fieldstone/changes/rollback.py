"""Rollback: publish the site layer of an earlier revision upon the layers of today."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from fieldstone.kernel.codes import declare
from fieldstone.kernel.errors import NotFoundError
from fieldstone.metadata.layers import Layer
from fieldstone.storage.revisions import find_revision, load_layers

SITE = "site"

declare("publish.E004", "There is no revision {revision}.", "List the revisions and choose one of them.")


def site_layer_at(conn: sa.Connection, revision: int) -> Layer:
    """The site's own documents as they were at `revision`. Raises NotFoundError publish.E004."""
    if find_revision(conn, revision) is None:
        raise NotFoundError("publish.E004", revision=revision)
    earlier = next((layer for layer in load_layers(conn, revision) if layer.name == SITE), None)
    return earlier or Layer(name=SITE, documents={})


def with_site_layer(layers: Sequence[Layer], site: Layer) -> list[Layer]:
    """The layers with another site layer, which lies on top."""
    return [*without_site_layer(layers), site]


def without_site_layer(layers: Sequence[Layer]) -> list[Layer]:
    return [layer for layer in layers if layer.name != SITE]
