"""The REST API under /api/v1 (DESIGN 9): the same functions of `records` that the pages call."""

from __future__ import annotations

from flask import Blueprint, Flask

from fieldstone.web.api import aggregate, batch, health, links, lists, problems, records, search
from fieldstone.web.current import current_published


def register_api(app: Flask) -> None:
    """Add the API and the health routes. The API is exempt from CSRF: it takes bearer tokens only."""
    api = Blueprint("api", __name__, url_prefix="/api/v1")
    for routes in (lists, aggregate, records, batch, links, search):
        routes.add_routes(api)
    problems.add_handlers(api)

    @api.before_request
    def take_up_model() -> None:
        """What another process has published is in force with the next request."""
        current_published()

    app.register_blueprint(api)
    health.add_routes(app)
    app.extensions["csrf"].exempt(api)
