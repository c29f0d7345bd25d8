"""The part of the accounts that lets people choose another password by a link."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import NotAuthenticatedError
from fieldstone.kernel.security_log import log_security
from fieldstone.records.accounts import codes, links, users
from fieldstone.records.accounts.base import AccountsBase
from fieldstone.records.accounts.guards import refuse_impersonated
from fieldstone.records.accounts.login import find_login
from fieldstone.records.accounts.password_changes import replace_password
from fieldstone.records.accounts.throttle import begin_attempt

PER_ACCOUNT = 3
"""Mails that a quarter of an hour brings to one account, whoever asks."""


class PasswordResets(AccountsBase):
    """`send_reset` queues the mail with the link to a user, or does as much for nobody (None)."""

    send_reset: Callable[[sa.Connection, int | None], object] | None = None

    def ask_for_reset(self, typed: str, *, address: str = "") -> None:
        """Send a link to the user with this name or e-mail address, if there is one who can be reached. It does the
        same work, and takes as long, when there is none. Raises TooManyRequestsError account.E002."""
        typed = typed[:200]

        def work(conn: sa.Connection) -> None:
            found = find_login(conn, typed)
            counted = found.username if found is not None else typed
            begin_attempt(
                conn, counted, found.id if found else None, address, self.clock(), what="reset", limit=PER_ACCOUNT
            )
            reachable = found is not None and found.active and bool(found.email)
            if self.send_reset is not None:
                self.send_reset(conn, found.id if found is not None and reachable else None)

        self.database.transact(work)
        log_security("password.reset_asked", address=address)

    def reset_key(self, user_id: int) -> tuple[users.UserAccount, str] | None:
        """A user who is active and the key of a new link, for the mail; None for any other."""

        def work(conn: sa.Connection) -> tuple[users.UserAccount, str] | None:
            found = users.list_users(conn, [user_id])
            if not found or not found[0].active:
                return None
            return found[0], links.make_link(conn, user_id, self.clock(), links.PASSWORD)

        return self.database.transact(work)

    def reset_link(self, username: str, *, by: Actor | None = None) -> str:
        """The key of a link for choosing another password, made by an administrator or the operator, who hands it
        over. Raises NotFoundError account.E009, ForbiddenError."""
        refuse_impersonated(by)

        def work(conn: sa.Connection) -> str:
            account = users.get_user(conn, users.get_user_id(conn, username))
            self._require_manager(by, account)
            self._audit(conn, "user.link_made", by, f"user:{account.id}", {"for": "password"})
            return links.make_link(conn, account.id, self.clock(), links.PASSWORD)

        return self.database.transact(work)

    def find_reset_user(self, key: str) -> users.UserAccount | None:
        """Whose password a link is for; looking does not use it up."""
        with self.database.read() as conn:
            user_id = links.find_link_user(conn, key, self.clock(), links.PASSWORD)
            return None if user_id is None else users.get_user(conn, user_id)

    def reset_password(self, key: str, password: str, *, address: str = "") -> None:
        """Use the link. The user is logged out everywhere, and logs in with the new password, and with the second
        factor where there is one.

        Raises NotAuthenticatedError account.E016, InvalidInputError for a password that is refused (the link
        works on).
        """
        account = self.find_reset_user(key)
        if account is None:
            raise NotAuthenticatedError(codes.BAD_LINK)
        replace_password(
            self.database,
            account,
            password,
            now=self.clock(),
            also=lambda conn: links.use_link(conn, key, self.clock(), links.PASSWORD),
        )
        log_security("password.reset", user=account.id, address=address)
