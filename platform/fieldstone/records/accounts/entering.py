"""The part of the accounts that is about coming in: log-ins, links, sessions and their history."""

from __future__ import annotations

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.records.accounts import links, log_ins, sessions, throttle, users
from fieldstone.records.accounts.base import AccountsBase
from fieldstone.records.accounts.guards import is_own, refuse_impersonated
from fieldstone.records.accounts.log_ins import Visit
from fieldstone.records.accounts.login import LoggedIn, finish_first_step, log_in, log_in_with_code


class Entering(AccountsBase):
    """`address` and `agent` say where a request comes from, for the history and the throttle."""

    def log_in(self, username: str, password: str, *, address: str = "", agent: str = "") -> LoggedIn:
        """With user name or e-mail. Where the user has a second factor, the result asks for it.

        Raises NotAuthenticatedError account.E001, TooManyRequestsError account.E002."""
        visit = Visit(address=address, agent=agent)
        return log_in(self.database, username, password, now=self.clock(), visit=visit)

    def log_in_with_code(self, step: str, code: str, *, address: str = "", agent: str = "") -> LoggedIn:
        """The second step of a log-in. Raises NotAuthenticatedError account.E029, account.E030 (begin again),
        TooManyRequestsError account.E002."""
        visit = Visit(address=address, agent=agent)
        return log_in_with_code(self.database, self.vault, step, code, now=self.clock(), visit=visit)

    def login_link(self, username: str, *, by: Actor | None = None) -> str:
        """The key of a link that logs a user in once, within the hour. Raises NotFoundError account.E009,
        ForbiddenError."""
        refuse_impersonated(by)

        def work(conn: sa.Connection) -> str:
            account = users.get_user(conn, users.get_user_id(conn, username))
            self._require_manager(by, account)
            self._audit(conn, "user.link_made", by, f"user:{account.id}")
            return links.make_link(conn, account.id, self.clock())

        return self.database.transact(work)

    def use_login_link(self, key: str, *, address: str = "", agent: str = "") -> LoggedIn:
        """Raises NotAuthenticatedError account.E016 for a link that is unknown, used or too old."""
        now, visit = self.clock(), Visit(address=address, agent=agent)

        def work(conn: sa.Connection) -> LoggedIn:
            return finish_first_step(conn, links.use_link(conn, key, now), "link", visit, now)

        return self.database.transact(work)

    def log_out(self, secret: str) -> None:
        self.database.transact(lambda conn: sessions.end_session(conn, secret))

    def find_session_actor(self, secret: str) -> Actor | None:
        """Who is behind a session's secret; None when it is over. One query."""
        return sessions.find_session_actor(
            self.database, secret, self.clock(), self._surroundings(), self.session_limits
        )

    def came_through_provider(self, secret: str) -> bool:
        """Whether the session with this secret began at a log-in provider."""
        with self.database.read() as conn:
            return sessions.find_method(conn, secret).startswith("provider:")

    def list_sessions(self, user_id: int | None, secret: str = "") -> list[sessions.SessionInfo]:
        """Of a user, or (None) of everybody."""
        with self.database.read() as conn:
            return sessions.list_sessions(conn, user_id, self.clock(), self.session_limits, secret)

    def end_sessions(self, user_id: int, *, only: int | None = None, keep: str = "", by: Actor | None = None) -> int:
        """How many ended: all of a user, the one with id `only`, or all but the one with secret `keep`.

        Raises ForbiddenError account.E020, account.E035 for somebody else's, unless `by` may change accounts."""

        def work(conn: sa.Connection) -> int:
            if by is not None and by.user_id != user_id:
                self._require_manager(by, users.get_user(conn, user_id))
            ended = sessions.end_sessions(conn, user_id, only=only, keep=keep)
            if ended and not is_own(user_id, by):
                self._audit(conn, "sessions.ended", by, f"user:{user_id}", {"sessions": ended})
            return ended

        return self.database.transact(work)

    def list_attempts(self, user_id: int, limit: int = 50) -> list[throttle.LoginAttempt]:
        with self.database.read() as conn:
            return throttle.list_attempts(conn, user_id, limit)

    def list_log_ins(
        self, user_id: int | None = None, *, limit: int = 50, before: int | None = None, outcome: str = ""
    ) -> list[log_ins.LogIn]:
        """The history of log-ins, newest first, of a user or (None) of everybody; `before` is the id of an entry."""
        with self.database.read() as conn:
            return log_ins.list_log_ins(conn, user_id, limit=limit, before=before, outcome=outcome)
