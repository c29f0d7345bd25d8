"""The part of the accounts that is about second factors."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.kernel.security_log import log_security
from fieldstone.records.accounts import codes, second_factor, sessions, users
from fieldstone.records.accounts.base import AccountsBase
from fieldstone.records.accounts.guards import refuse_impersonated, require_administrator
from fieldstone.records.accounts.login_steps import end_steps
from fieldstone.records.accounts.password_changes import prove_presence


@dataclass(frozen=True, kw_only=True)
class SetUp:
    """What an authenticator app needs: the key to type (base32), or a QR code of `uri`."""

    secret: str
    uri: str


class SecondFactors(AccountsBase):
    """By the user: set up, confirmed, switched off with the password. By an administrator: reset. None of it while
    an administrator acts as the user."""

    def has_second_factor(self, user_id: int) -> bool:
        with self.database.read() as conn:
            return second_factor.is_on(conn, user_id)

    def users_with_second_factor(self, ids: Collection[int] | None = None) -> set[int]:
        """Of these users, or of all."""
        with self.database.read() as conn:
            return second_factor.find_users_with(conn, ids)

    def count_recovery_codes(self, user_id: int) -> int:
        """How many are left."""
        with self.database.read() as conn:
            return second_factor.count_recovery_codes(conn, user_id)

    def begin_second_factor(
        self, user_id: int, password: str, *, session: str = "", site_name: str = "Fieldstone", by: Actor | None = None
    ) -> SetUp:
        """A new key, to be confirmed with a code. Needs the password; of who has none, the session with this secret
        must have begun just now.

        Raises InvalidInputError account.E017, TooManyRequestsError account.E002, ForbiddenError account.E033,
        account.E036, ConflictError account.E031.
        """
        refuse_impersonated(by)
        account = prove_presence(self.database, user_id, password, session, self.clock())
        secret = self.database.transact(
            lambda conn: second_factor.begin_set_up(conn, self.vault, user_id, self.clock())
        )
        uri = second_factor.provisioning_uri(secret, account.username, site_name)
        return SetUp(secret=secret, uri=uri)

    def find_second_factor_set_up(
        self, user_id: int, site_name: str = "Fieldstone", *, by: Actor | None = None
    ) -> SetUp | None:
        """What is being set up, to show it again after a wrong code; None when nothing is. Raises ForbiddenError
        account.E033: it is a secret, whoever sees it has the codes for ever."""
        refuse_impersonated(by)
        with self.database.read() as conn:
            secret = second_factor.find_pending(conn, self.vault, user_id)
            account = users.get_user(conn, user_id)
        if secret is None:
            return None
        return SetUp(secret=secret, uri=second_factor.provisioning_uri(secret, account.username, site_name))

    def confirm_second_factor(
        self, user_id: int, code: str, *, keep_session: str = "", by: Actor | None = None
    ) -> list[str]:
        """The recovery codes, shown now and never again. From now on every log-in asks for a code; the user's other
        sessions end. Raises InvalidInputError account.E029, account.E032, ForbiddenError account.E033."""
        refuse_impersonated(by)

        def work(conn: sa.Connection) -> list[str]:
            made = second_factor.confirm(conn, self.vault, user_id, code, self.clock())
            sessions.end_sessions(conn, user_id, keep=keep_session)
            end_steps(conn, user_id)
            return made

        made = self.database.transact(work)
        log_security("second_factor.on", user=user_id, address=by.address if by else "")
        return made

    def new_recovery_codes(
        self, user_id: int, password: str, *, session: str = "", by: Actor | None = None
    ) -> list[str]:
        """Others, shown once; the earlier ones are worth nothing. Raises as `begin_second_factor`, and
        InvalidInputError account.E032 where there is no second factor."""
        refuse_impersonated(by)
        prove_presence(self.database, user_id, password, session, self.clock())

        def work(conn: sa.Connection) -> list[str]:
            if not second_factor.is_on(conn, user_id):
                raise InvalidInputError(codes.SECOND_FACTOR_OFF)
            return second_factor.make_recovery_codes(conn, user_id)

        return self.database.transact(work)

    def remove_second_factor(self, user_id: int, password: str, *, session: str = "", by: Actor | None = None) -> None:
        """By the user. Raises as `begin_second_factor`, and InvalidInputError account.E032."""
        refuse_impersonated(by)
        prove_presence(self.database, user_id, password, session, self.clock())
        if not self.database.transact(lambda conn: second_factor.remove_second_factor(conn, user_id)):
            raise InvalidInputError(codes.SECOND_FACTOR_OFF)
        log_security("second_factor.off", user=user_id, address=by.address if by else "")

    def reset_second_factor(self, user_id: int, *, by: Actor | None = None) -> None:
        """By an administrator, for a user who has lost the device: it is off, and the user is logged out everywhere.

        Raises NotFoundError account.E009, InvalidInputError account.E032, ForbiddenError account.E020."""
        require_administrator(by)

        def work(conn: sa.Connection) -> None:
            users.get_user(conn, user_id)
            if not second_factor.remove_second_factor(conn, user_id):
                raise InvalidInputError(codes.SECOND_FACTOR_OFF)
            sessions.end_sessions(conn, user_id)
            end_steps(conn, user_id)
            self._audit(conn, "second_factor.reset", by, f"user:{user_id}")

        self.database.transact(work)
