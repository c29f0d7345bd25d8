"""The pages and the API. `create_app(site)` gives the Flask application."""

from fieldstone.web.app import create_app

__all__ = ["create_app"]
