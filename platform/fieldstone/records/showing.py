"""How values of records are worded for an actor."""

from __future__ import annotations

from fieldstone.fields.base import ShowContext
from fieldstone.kernel.actors import Actor
from fieldstone.records.query_types import Labels
from fieldstone.storage.published import PublishedModel


def show_context(published: PublishedModel, actor: Actor, labels: Labels) -> ShowContext:
    """In the actor's language and zone; `labels` are those of the page the values come from."""
    model = published.model
    return ShowContext(
        language=actor.language,
        zone=actor.zone,
        currency=model.app.currency,
        currencies=model.app.active_currencies,
        picklists=model.picklists,
        label_of=lambda target, id: labels.get((target, id), ""),
        text=lambda key, default: model.text(key, actor.language, default),
    )
