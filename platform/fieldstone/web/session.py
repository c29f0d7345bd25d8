"""Who is logged in: Flask-Login over the sessions that the database keeps.

The signed cookie holds the secret of the session, the CSRF token, toasts and the look of the pages. Ending
the session in the database ends it here with the next request.
"""

from __future__ import annotations

from dataclasses import replace

from flask import Flask, g, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user

from fieldstone.kernel.actors import Actor
from fieldstone.web.current import EXTENSION, current_published, current_site
from fieldstone.web.draft_preview import begin_preview
from fieldstone.web.errors import to_log_in

_PUBLIC_BLUEPRINTS = frozenset({"assets", "brand", "login", "api"})
_PUBLIC_ENDPOINTS = frozenset({"healthz", "readyz", "metrics"})


MUST_CHANGE = "must_change"
"""In the signed cookie: the password was given by somebody else, and a new one comes before anything else."""

_BEFORE_A_NEW_PASSWORD = frozenset({"account.password_page", "account.change_password"})

HAS_SECOND_FACTOR = "second_factor"
"""In the signed cookie of a site that asks for second factors: this user has one, as was looked up once."""

_BEFORE_A_SECOND_FACTOR = frozenset(
    {
        "account.second_factor",
        "account.begin_second_factor",
        "account.confirm_second_factor",
        "account.second_factor_set_up",
    }
)


class LoggedInUser(UserMixin):  # type: ignore[misc]
    """What Flask-Login keeps: the id is the secret of the session."""

    def __init__(self, secret: str, actor: Actor) -> None:
        self.secret = secret
        self.actor = actor

    def get_id(self) -> str:
        return self.secret


def _load(secret: str) -> LoggedInUser | None:
    actor = current_site().accounts.find_session_actor(secret)
    return None if actor is None else LoggedInUser(secret, replace(actor, address=request.remote_addr or ""))


def install(app: Flask) -> None:
    app.config["PERMANENT_SESSION_LIFETIME"] = app.extensions[EXTENSION].accounts.session_limits.lifetime
    manager = LoginManager(app)
    manager.session_protection = None  # the secret is enough; an address that changes is a phone on its way
    manager.user_loader(_load)

    @app.before_request
    def require_log_in() -> ResponseReturnValue | None:
        """Every page is for people who are logged in, but for the few that say otherwise."""
        if request.blueprint in ("assets", "api", "hooks") or request.endpoint in _PUBLIC_ENDPOINTS:
            return None
        current_published()  # the model of this request, before anything reads it
        if current_user.is_authenticated:
            g.actor = current_user.actor
            if request.blueprint == "brand":
                return begin_preview()  # that of the draft, for whoever looks at it; else as for everybody
            if MUST_CHANGE in session and request.blueprint != "login":
                return None if request.endpoint in _BEFORE_A_NEW_PASSWORD else redirect("/account/password", 303)
            if _lacks_second_factor(g.actor) and request.blueprint != "login":
                return None if request.endpoint in _BEFORE_A_SECOND_FACTOR else redirect("/account/second-factor", 303)
            return begin_preview()
        if request.endpoint is None or request.blueprint in _PUBLIC_BLUEPRINTS:
            return None  # an address that does not exist is a 404 for everybody
        return to_log_in()


def _lacks_second_factor(actor: Actor) -> bool:
    """Whether the site asks for a second factor that this user does not have. An administrator who acts as a user
    has one already, and those who came through a provider were asked there."""
    if not current_site().settings["require_second_factor"] or actor.impersonator is not None:
        return False
    if session.get(HAS_SECOND_FACTOR) != actor.user_id:
        accounts, user_id = current_site().accounts, actor.user_id or 0
        if not accounts.has_second_factor(user_id) and not accounts.came_through_provider(current_user.secret):
            return True
        session[HAS_SECOND_FACTOR] = user_id
    return False
