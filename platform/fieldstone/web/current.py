"""What a request works with: the site, the model it reads, and who acts."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import current_app, g

from fieldstone.kernel.actors import Actor
from fieldstone.metadata.model import AppModel
from fieldstone.records.service import Records
from fieldstone.storage.published import PublishedModel

if TYPE_CHECKING:
    from fieldstone.runtime.site import Site

EXTENSION = "fieldstone"


def current_site() -> Site:
    return cast("Site", current_app.extensions[EXTENSION])


def current_records() -> Records:
    return current_site().records


def current_published() -> PublishedModel:
    """The model of this request: the newest when the request began, the same to its end."""
    if "published" not in g:
        g.published = current_site().models.refresh()
    return cast(PublishedModel, g.published)


def current_model() -> AppModel:
    return current_published().model


def current_actor() -> Actor:
    """Who is logged in. Only for views behind the log-in, which every page but a few is."""
    return cast(Actor, g.actor)
