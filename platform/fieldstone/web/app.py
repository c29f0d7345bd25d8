"""The Flask application of a site."""

from __future__ import annotations

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from fieldstone.runtime.site import Site
from fieldstone.web import compression, current, errors, i18n, security, session, shell, static_files
from fieldstone.web.api import register_api
from fieldstone.web.current import EXTENSION
from fieldstone.web.hooks import register_hooks
from fieldstone.web.numbers import IdConverter
from fieldstone.web.pages import blueprints
from fieldstone.web.routing import LateRule
from fieldstone.web.setup import register_setup


def create_app(site: Site) -> Flask:
    """An application that serves one site; several may live in one process.

    The order matters where a line says so.
    """
    app = Flask("fieldstone.web", static_folder=None)
    app.url_rule_class = LateRule  # before the first address
    app.secret_key = site.secrets.derive("sessions")
    app.extensions[EXTENSION] = site
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = False
    app.jinja_env.auto_reload = False
    app.url_map.strict_slashes = False
    app.url_map.converters["int"] = IdConverter  # before the first address
    if proxies := site.settings["trusted_proxies"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    current.install(app)  # first, so that it sees the answer last
    compression.install(app)  # sees the answer as it is to be sent
    security.install(app, https=site.settings.base_url.startswith("https://"))  # cookie names before the first session
    session.install(app)
    i18n.install(app)  # reads the language of the actor that the session brings
    shell.install(app)
    static_files.install(app)
    errors.install(app)
    for page in blueprints():
        app.register_blueprint(page)
    register_setup(app)
    register_api(app)  # exempts itself from CSRF, as do the hooks
    register_hooks(app)
    return app
