"""All views of Setup, as Flask-Admin registers them."""

from __future__ import annotations

from typing import Any, cast

from flask import Flask, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_admin import Admin
from flask_admin.theme import Theme
from werkzeug.exceptions import MethodNotAllowed, NotFound

from fieldstone.web.numbers import IdConverter
from fieldstone.web.setup.draft_bar import MOVED
from fieldstone.web.setup.home import HomeView
from fieldstone.web.setup.views import all_views

URL = "/setup"


class Console:
    """Flask-Admin's views with their menu and addresses.

    They are registered with an application that never runs: the one of the site, which serves them, takes no
    more addresses once it has answered a request. Its request, session and rules about log-in and tokens hold here.
    """

    def __init__(self) -> None:
        app = Flask("fieldstone.web.setup", static_folder=None)
        app.url_map.strict_slashes = False
        app.url_map.converters["int"] = IdConverter
        theme = Theme(folder="setup", base_template="setup/layout.html")
        self.admin = Admin(app, name="Setup", url=URL, index_view=HomeView(), theme=theme)
        for view in all_views():
            view.console = self
            self.admin.add_view(view)
        self.admin.index_view.console = self
        self.map = app.url_map
        self._functions = app.view_functions

    def answer(self) -> ResponseReturnValue:
        """The answer to the present request. Raises NotFound and MethodNotAllowed of werkzeug; but right after a
        step of the draft was undone or done again, the page above one that is not there."""
        try:
            endpoint, arguments = self.map.bind_to_environ(request.environ).match()
            answer = cast(ResponseReturnValue, self._functions[endpoint](**arguments))
        except (NotFound, MethodNotAllowed):
            if MOVED in session and request.method == "GET" and request.path.count("/") > 2:
                return redirect(request.path.rstrip("/").rpartition("/")[0] + "/", 303)
            raise
        if request.method == "GET":
            session.pop(MOVED, None)
        return answer

    def leads(self, url: str) -> bool:
        """Whether a page of Setup answers at an address; what it names need not be there."""
        try:
            self.map.bind_to_environ(request.environ).match(url, method="GET")
        except (NotFound, MethodNotAllowed):
            return False
        return True

    def url(self, endpoint: str, values: dict[str, Any]) -> str:
        return str(self.map.bind_to_environ(request.environ).build(endpoint, values))
