"""The Setup console: for those who shape and run the site.

Flask-Admin and all views are imported when somebody first opens Setup: a process that nobody administers starts
sooner, and stays smaller. `register_setup` puts one address in their place.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from flask import Blueprint, Flask
from flask.typing import ResponseReturnValue

from fieldstone.web.rights import require_setup

if TYPE_CHECKING:
    from fieldstone.web.setup.console import Console

page = Blueprint("setup", __name__)

_lock = threading.Lock()
_console: Console | None = None


def register_setup(app: Flask) -> None:
    app.register_blueprint(page)


@page.route("/setup/", methods=("GET", "POST"))
@page.route("/setup/<path:target>", methods=("GET", "POST"))
def open_console(target: str = "") -> ResponseReturnValue:
    """Whatever lies below /setup. The log-in and the token of a change are checked before, as for every page."""
    require_setup()  # before anything is built for somebody who may not enter; each view asks again
    return get_console().answer()


def get_console() -> Console:
    """The console of this process; it keeps nothing of a site, so that all sites share it."""
    global _console
    with _lock:
        if _console is None:
            from fieldstone.web.setup.console import Console

            _console = Console()
    return _console
