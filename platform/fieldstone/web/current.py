"""What a request works with: the site, the model it reads, and who acts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, cast

from flask import Flask, Response, current_app, g

from fieldstone.kernel.actors import Actor
from fieldstone.metadata.model import AppModel
from fieldstone.records.service import Records
from fieldstone.storage.database import Database
from fieldstone.storage.published import ModelSource, PublishedModel

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from fieldstone.runtime.site import Site

EXTENSION = "fieldstone"


def current_site() -> Site:
    return cast("Site", current_app.extensions[EXTENSION])


def current_records() -> Records:
    return current_site().records


def install(app: Flask) -> None:
    """What a request reads is one snapshot until it writes; its model is let go at its end, but not before its answer
    is sent."""
    app.wsgi_app = _OneSnapshot(app.wsgi_app, app.extensions[EXTENSION].database)  # type: ignore[method-assign]

    @app.after_request
    def keep_while_streaming(response: Response) -> Response:
        if "published" in g and response.is_streamed and not response.direct_passthrough:
            response.response = _Stream(response.response, current_site().models, g.published)
        return response

    @app.teardown_appcontext
    def unpin(_error: BaseException | None) -> None:
        if "pin" in g:
            g.pin.close()


def current_published() -> PublishedModel:
    """The model of this request: the newest when the request began, the same to its end, for `Records` too."""
    found: PublishedModel | None = g.get("published")
    if found is None:
        models = current_site().models
        found = g.published = models.refresh()
        g.pin = ExitStack()
        g.pin.enter_context(models.pinned(found))
    return found


def pin_model(published: PublishedModel) -> None:
    """Let the whole request work with another model than the newest, `Records` too: a preview."""
    current_published()
    g.published = published
    g.pin.enter_context(current_site().models.pinned(published))


def use_model(published: PublishedModel) -> None:
    """Let the rest of the request word things with another model: a past one."""
    g.published = published


def current_model() -> AppModel:
    return current_published().model


def current_actor() -> Actor:
    """Who is logged in. Only for views behind the log-in, which every page but a few is."""
    return cast(Actor, g.actor)


class _OneSnapshot:
    """Ends with the answer, whatever became of it. Parts that are made while they are sent come later, and read apart.

    Around Flask instead of in it: a context that is kept (for a stream, by a test) would keep a connection.
    """

    def __init__(self, inside: WSGIApplication, database: Database) -> None:
        self._inside = inside
        self._database = database

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with self._database.one_snapshot():
            return self._inside(environ, start_response)


class _Stream:
    """Parts of an answer that are made while it is sent, all with the model of their request."""

    def __init__(self, parts: Iterable[Any], models: ModelSource, published: PublishedModel) -> None:
        self._parts = parts
        self._next = iter(parts)
        self._models = models
        self._published = published

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        with self._models.pinned(self._published):  # for each part: the thread does other things between them
            return next(self._next)

    def close(self) -> None:
        close = getattr(self._parts, "close", None)
        if close is not None:
            close()
