"""What every view of Setup keeps to: who may enter, how it is rendered, what it answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

import flask_admin
from flask import abort, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_babel import LazyString  # type: ignore[import-untyped]

from fieldstone.kernel.errors import FieldstoneError
from fieldstone.web.current import current_actor, current_published
from fieldstone.web.i18n import gettext
from fieldstone.web.rights import setup_reach
from fieldstone.web.setup.draft_bar import draft_bar, here
from fieldstone.web.setup.guarded_parts import STRUCTURE, may_open, part_of
from fieldstone.web.setup.languages import word_rows_of
from fieldstone.web.setup.marks import mark_of
from fieldstone.web.toasts import toast
from fieldstone.web.words import explain

if TYPE_CHECKING:
    from fieldstone.web.setup.console import Console

View = TypeVar("View", bound=Callable[..., Any])


def later(message: str) -> LazyString:
    """A message that is worded when it is shown: what is declared once is read in many languages. Import it as `_`."""
    return LazyString(gettext, message)


def show(url: str = "/") -> Callable[[View], View]:
    """A view that only shows: GET."""
    return cast(Callable[[View], View], flask_admin.expose(url, ("GET",)))


def change(url: str) -> Callable[[View], View]:
    """A view that changes something: POST, and so with the token of a form."""
    return cast(Callable[[View], View], flask_admin.expose(url, ("POST",)))


def form(url: str = "/") -> Callable[[View], View]:
    """A view that shows a form and takes it back."""
    return cast(Callable[[View], View], flask_admin.expose(url, ("GET", "POST")))


class Guarded:
    """Mixed into every view, before Flask-Admin's class."""

    console: Console
    endpoint: str
    name: object

    def is_accessible(self) -> bool:
        return may_open(self.endpoint, setup_reach(current_published(), current_actor()))

    def _handle_view(self, _view: str, /, **values: Any) -> None:
        """As Flask-Admin's, which takes no address that names something `name`. Whoever owns single modules shapes
        these alone."""
        if not self.is_accessible():
            abort(403)
        module, reach = values.get("module"), setup_reach(current_published(), current_actor())
        if module and part_of(self.endpoint) == STRUCTURE and not reach.owns(module):
            abort(403)

    def get_url(self, endpoint: str, **values: Any) -> str:
        """The address of a view; `.edit_view` is one of this class."""
        return self.console.url(self.endpoint + endpoint if endpoint.startswith(".") else endpoint, values)

    def render(self, template: str, **values: Any) -> str:
        """A page, with the bar of the draft: its title is that of the view unless it is given."""
        values.setdefault("title", self.name)
        values["draft_bar"] = draft_bar()
        values.update(mark_of=mark_of, here_of_origin=here(), words_in=word_rows_of)  # `_origin.html`, `_words.html`
        return str(super().render(template, **values))  # type: ignore[misc]

    def _run_view(self, view: Callable[..., Any], *args: Any, **values: Any) -> ResponseReturnValue:
        """Flask-Admin's own calls a view a second time after a TypeError, and tells what it did in its own words."""
        answer = view(self, *args, **values)
        session.pop("_flashes", None)  # toasts say it
        if request.method == "POST" and isinstance(answer, str):
            return answer, 422  # the form again, with what is wrong with it
        return cast(ResponseReturnValue, answer)


class Page(Guarded, flask_admin.BaseView):  # type: ignore[misc]
    """A view that is no list of things."""


def back_to(url: str) -> ResponseReturnValue:
    """After a change: to a page that shows what has become of it."""
    return redirect(url, 303)


def told(work: Callable[[], object], done: str) -> bool:
    """Do it, and say on the next page that it is done, or why it cannot be. Faults of ours pass."""
    try:
        work()
    except FieldstoneError as error:
        if error.status >= 500:
            raise
        toast(explain(error), kind="error")
        return False
    toast(done)
    return True
