"""The part of the accounts that is about people whom a log-in provider knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from fieldstone.kernel.errors import InvalidInputError, NotAuthenticatedError
from fieldstone.kernel.folding import fold
from fieldstone.records.accounts import codes, users
from fieldstone.records.accounts.base import AccountsBase
from fieldstone.records.accounts.log_ins import Visit, note_log_in
from fieldstone.records.accounts.login import LoggedIn, find_login, start
from fieldstone.records.accounts.tables import identity
from fieldstone.records.accounts.usernames import derive_username
from fieldstone.storage.principals import principal, user


@dataclass(frozen=True, kw_only=True)
class Provider:
    """An OpenID Connect provider. `name` is part of addresses; `allowed_domains` () takes every verified address.
    `create_users`: who is unknown becomes a user with `roles` and `profiles`."""

    name: str
    label: str
    issuer: str
    client_id: str
    client_secret: str = ""
    allowed_domains: tuple[str, ...] = ()
    create_users: bool = False
    roles: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Provider(name={self.name!r}, issuer={self.issuer!r})"  # no secret in a log


@dataclass(frozen=True, kw_only=True)
class Stranger:
    """Whom a provider vouches for. `subject` stays the same for ever; `email` is "" unless it is verified."""

    subject: str
    email: str = ""
    name: str = ""


class Identities(AccountsBase):
    def log_in_through(self, provider: Provider, stranger: Stranger, *, address: str = "", agent: str = "") -> LoggedIn:
        """A session for the user whom the provider means: by the subject, known from an earlier time; else by the
        verified e-mail address of one active user, who is from then on known by the subject; else a new user,
        where the provider may make some. The provider has asked for whatever it asks for: our own second factor
        is not.

        Raises NotAuthenticatedError account.E041.
        """
        visit, method = Visit(address=address, agent=agent), f"provider:{provider.name}"

        def work(conn: sa.Connection) -> LoggedIn | None:
            user_id = self._find(conn, provider, stranger) if _is_allowed(provider, stranger) else None
            if user_id is None:
                note_log_in(conn, None, method=method, outcome="failed", visit=visit, now=self.clock())
                return None
            return start(conn, user_id, method, visit, self.clock())

        entered = self.database.transact(work)
        if entered is None:
            raise NotAuthenticatedError(codes.NOT_KNOWN_HERE, provider=provider.label)
        return entered

    def list_identities(self, user_id: int) -> Sequence[str]:
        """The names of the providers that know a user."""
        with self.database.read() as conn:
            statement = sa.select(identity.c.provider).where(identity.c.user_id == user_id)
            return list(conn.scalars(statement.order_by(identity.c.provider)))

    def _find(self, conn: sa.Connection, provider: Provider, stranger: Stranger) -> int | None:
        known = (
            sa.select(identity.c.user_id, principal.c.active)
            .join(principal, principal.c.id == identity.c.user_id)
            .where(identity.c.issuer == provider.issuer, identity.c.subject == stranger.subject)
        )
        row = conn.execute(known).one_or_none()
        if row is not None:
            return row.user_id if row.active else None
        if not stranger.email:
            return None
        user_id = self._by_email(conn, provider, stranger.email)
        if user_id is None and provider.create_users and not _is_taken(conn, stranger.email):
            user_id = self._create(conn, provider, stranger)
        if user_id is not None:
            values = {"provider": provider.name, "issuer": provider.issuer, "subject": stranger.subject}
            conn.execute(sa.insert(identity).values(**values, user_id=user_id, created_at=self.clock()))
            self._audit(conn, "identity.linked", None, f"user:{user_id}", {"provider": provider.name})
        return user_id

    def _by_email(self, conn: sa.Connection, provider: Provider, email: str) -> int | None:
        found = find_login(conn, email)
        if found is None or not found.active or fold(found.email or "") != fold(email):
            return None
        taken = sa.select(identity.c.id).where(identity.c.issuer == provider.issuer, identity.c.user_id == found.id)
        # The provider knows the user by another subject: the address belongs to somebody else now.
        return None if conn.scalar(taken) is not None else int(found.id)

    def _create(self, conn: sa.Connection, provider: Provider, stranger: Stranger) -> int:
        taken = set(conn.scalars(sa.select(user.c.username)))
        try:
            label = users.read_label(stranger.name)
        except InvalidInputError:
            label = stranger.email.partition("@")[0]
        new = users.NewUser(
            username=derive_username(label, taken),
            label=label,
            email=stranger.email,
            roles=self._known_roles(provider.roles),
            profiles=self._known_profiles(provider.profiles),
        )
        user_id = users.add_users(conn, [new], self.clock())[0]
        details = {"username": new.username, "roles": new.roles, "provider": provider.name}
        self._audit(conn, "user.added", None, f"user:{user_id}", details)
        return user_id


def _is_allowed(provider: Provider, stranger: Stranger) -> bool:
    if not provider.allowed_domains:
        return True
    domain = stranger.email.rpartition("@")[2].lower()
    return bool(domain) and domain in {allowed.lower() for allowed in provider.allowed_domains}


def _is_taken(conn: sa.Connection, email: str) -> bool:
    """Whether somebody has the address, active or not: another account beside it would be a way around."""
    statement = sa.select(user.c.id).where(sa.func.lower(user.c.email) == fold(email)).limit(1)
    return conn.scalar(statement) is not None
