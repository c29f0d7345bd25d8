"""The part of the accounts that says who acts: users, tokens, the operator."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import SiteError
from fieldstone.records.access.rights import has_tool, require_tool
from fieldstone.records.accounts import codes, tokens, users
from fieldstone.records.accounts.actors import actor_for_user, find_actor
from fieldstone.records.accounts.audit import AuditEntry, list_audit
from fieldstone.records.accounts.base import AccountsBase
from fieldstone.records.accounts.guards import refuse_impersonated, require_own_or_administrator


class Acting(AccountsBase):
    """Actors and tokens. Users are named by user name where people type them, by id elsewhere."""

    def actor(self, user_id: int) -> Actor:
        """Raises NotFoundError account.E009 for a user who is unknown or not active."""
        with self.database.read() as conn:
            return actor_for_user(conn, user_id, self._surroundings())

    def find_actor(self, user_id: int) -> Actor | None:
        with self.database.read() as conn:
            return find_actor(conn, user_id, self._surroundings())

    def operator(self) -> Actor:
        """Who acts for the command line: the first administrator. Raises SiteError account.E019."""
        with self.database.read() as conn:
            administrators = users.find_administrators(conn)
            if not administrators:
                raise SiteError(codes.NO_ADMIN)
            return actor_for_user(conn, administrators[0], self._surroundings())

    def add_token(
        self,
        username: str,
        *,
        label: str,
        scopes: Iterable[str] = (),
        expires: str = "90d",
        by: Actor | None = None,
    ) -> tokens.NewToken:
        """`expires`: 30d, 52w, never. Raises NotFoundError account.E009, InvalidInputError E014, E015,
        ForbiddenError account.E033, account.E035, access.E006 (nothing gives the tool `api_tokens`)."""
        refuse_impersonated(by)
        if by is not None and self.models is not None:
            require_tool(self.models.current, by, "api_tokens")
        age, wanted, now = tokens.read_age(expires), tuple(scopes), self.clock()

        def work(conn: sa.Connection) -> tokens.NewToken:
            user_id = users.get_user_id(conn, username)
            require_own_or_administrator(user_id, by)
            made = tokens.add_token(conn, user_id, label=label, scopes=wanted, age=age, now=now)
            details = {"id": made.id, "label": label, "scopes": wanted, "expires_at": made.expires_at}
            self._audit(conn, "token.added", by, f"user:{user_id}", details)
            return made

        return self.database.transact(work)

    def may_make_tokens(self, by: Actor | None) -> bool:
        """Whether the actor, or the operator (None), has the tool `api_tokens`."""
        return by is None or self.models is None or has_tool(self.models.current, by, "api_tokens")

    def find_token_actor(self, secret: str) -> Actor | None:
        """Who a bearer token acts for, with its scopes; None when it is not valid. One query."""
        return tokens.find_token_actor(self.database, secret, self.clock(), self._surroundings())

    def list_tokens(self, user_id: int | None = None) -> list[tokens.TokenInfo]:
        with self.database.read() as conn:
            return tokens.list_tokens(conn, user_id)

    def revoke_token(self, token_id: int, user_id: int | None = None, *, by: Actor | None = None) -> None:
        """Raises NotFoundError account.E026; with `user_id`, also for a token of somebody else; ForbiddenError
        account.E033, account.E035."""
        refuse_impersonated(by)

        def work(conn: sa.Connection) -> None:
            gone = tokens.revoke_token(conn, token_id, user_id)
            require_own_or_administrator(gone.user_id, by)
            self._audit(conn, "token.revoked", by, f"user:{gone.user_id}", {"id": token_id, "label": gone.label})

        self.database.transact(work)

    def list_audit(
        self, *, limit: int = 50, before: int | None = None, action: str = "", by: int | None = None, target: str = ""
    ) -> list[AuditEntry]:
        """See `audit.list_audit`."""
        with self.database.read() as conn:
            return list_audit(conn, limit=limit, before=before, action=action, by=by, target=target)
