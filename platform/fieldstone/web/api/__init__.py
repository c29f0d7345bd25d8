"""The REST API under /api/v1: the same functions of `records` that the pages call."""

from __future__ import annotations

from flask import Blueprint, Flask
from flask.json.provider import DefaultJSONProvider

from fieldstone.web.api import (
    aggregate,
    approvals,
    batch,
    comments,
    following,
    health,
    history,
    links,
    lists,
    merging,
    metadata,
    notifications,
    openapi,
    problems,
    records,
    reminders,
    search,
    sharing,
    tags,
    views,
)
from fieldstone.web.api.caller import authenticate
from fieldstone.web.api.parameters import check_parameters
from fieldstone.web.current import current_published


def register_api(app: Flask) -> None:
    """Add the API and the health routes. The API is exempt from CSRF: it takes bearer tokens only."""
    api = Blueprint("api", __name__, url_prefix="/api/v1")
    about_lists = (lists, views, tags, aggregate, merging)
    about_records = (records, batch, history, links, comments, sharing)
    about_the_caller = (following, reminders, notifications, approvals)
    for routes in (*about_lists, *about_records, *about_the_caller, search, metadata, openapi):
        routes.add_routes(api)
    problems.add_handlers(app, api)

    @api.before_request
    def begin() -> None:
        """Who calls comes before anything that is told: whoever has no token learns nothing else."""
        current_published()  # what another process has published is in force, in the snapshot of all that follows
        authenticate()
        check_parameters()

    assert isinstance(app.json, DefaultJSONProvider)
    app.json.sort_keys = False  # fields in their declared order
    app.json.ensure_ascii = False
    app.register_blueprint(api)
    health.add_routes(app)
    app.extensions["csrf"].exempt(api)
