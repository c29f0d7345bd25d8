"""The part of the accounts by which an administrator acts as a user: to see what the user sees, and to help.

The administrator's own session does it, so it ends with that session at the latest. Every record that is changed
tells of both in its history.
"""

from __future__ import annotations

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import ForbiddenError, NotAuthenticatedError
from fieldstone.records.accounts import codes, sessions, users
from fieldstone.records.accounts.base import AccountsBase
from fieldstone.records.accounts.log_ins import Visit, note_log_in
from fieldstone.records.accounts.login import LoggedIn
from fieldstone.records.accounts.password_changes import prove_presence


class Impersonation(AccountsBase):
    def impersonate(self, secret: str, user_id: int, password: str, *, by: Actor, agent: str = "") -> LoggedIn:
        """Let the administrator's session with this secret act as a user; the result has its new secret. Needs the
        administrator's password (see `prove_presence`).

        Raises ForbiddenError account.E034 (administrators, users who are not active, oneself), account.E035 (no
        administrator asks, or one who acts as somebody already), account.E036, NotFoundError account.E009,
        InvalidInputError account.E017, TooManyRequestsError account.E002.
        """
        if not by.is_admin or by.user_id is None or by.kind != "user" or by.impersonator is not None:
            raise ForbiddenError(codes.ADMINS_ONLY)
        with self.database.read() as conn:
            account = users.get_user(conn, user_id)
        if account.is_admin or not account.active or account.id == by.user_id:
            raise ForbiddenError(codes.CANNOT_ACT_AS, name=account.label)
        administrator = prove_presence(self.database, by.user_id, password, secret, self.clock())

        def work(conn: sa.Connection) -> LoggedIn:
            now = self.clock()
            fresh = sessions.change_secret(conn, secret, account.id, now)
            if fresh is None:
                raise NotAuthenticatedError(codes.STEP_OVER)
            self._audit(conn, "impersonation.started", by, f"user:{account.id}")
            visit = Visit(address=by.address, agent=agent)
            note_log_in(
                conn,
                account.id,
                method="impersonation",
                outcome="passed",
                visit=visit,
                now=now,
                by=administrator.id,
            )
            return LoggedIn(user_id=account.id, secret=fresh)

        return self.database.transact(work)

    def stop_impersonating(self, secret: str, *, by: Actor) -> LoggedIn:
        """The session is the administrator's own again, with a new secret. Raises NotAuthenticatedError account.E030
        when it acts as nobody, or is over."""

        def work(conn: sa.Connection) -> LoggedIn:
            fresh = sessions.change_secret(conn, secret, None, self.clock())
            if fresh is None or by.impersonator is None:
                raise NotAuthenticatedError(codes.STEP_OVER)
            self._audit(conn, "impersonation.stopped", by, f"user:{by.user_id}")
            return LoggedIn(user_id=by.impersonator, secret=fresh)

        return self.database.transact(work)
