"""What all parts of the accounts stand on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.records.accounts import codes
from fieldstone.records.accounts.actors import Surroundings
from fieldstone.records.accounts.audit import record_audit
from fieldstone.records.accounts.guards import require_administrator, require_manager, require_no_more
from fieldstone.records.accounts.second_factor import Vault
from fieldstone.records.accounts.sessions import SessionLimits
from fieldstone.records.accounts.users import UserAccount
from fieldstone.storage.database import Database
from fieldstone.storage.published import ModelSource


def utc_now() -> datetime:
    return datetime.now(UTC)


class AccountsBase:
    """`models` says which roles there are and which language and zone hold for who has not chosen; without
    it roles are not checked. `vault` encrypts the keys of second factors; without it there are none.
    `session_limits` say when sessions end by themselves."""

    def __init__(
        self,
        database: Database,
        models: ModelSource | None = None,
        *,
        clock: Callable[[], datetime] = utc_now,
        vault: Vault | None = None,
        session_limits: SessionLimits | None = None,
    ) -> None:
        self.database = database
        self.models = models
        self.clock = clock
        self.session_limits = session_limits or SessionLimits()
        self._vault = vault

    @property
    def vault(self) -> Vault:
        if self._vault is None:
            raise RuntimeError("these accounts were made without a vault")
        return self._vault

    def _require_manager(
        self, by: Actor | None, account: UserAccount | None = None, *, given: Iterable[str] = ()
    ) -> None:
        """That `by` may change accounts: an administrator's (`account`) only as an administrator, one that gets
        further in Setup only as somebody who gets there too, and the same for the roles that are `given`. Raises
        ForbiddenError account.E020, account.E035, account.E047."""
        if account is not None and account.is_admin:
            require_administrator(by)
        model = self.models.current.model if self.models else None
        require_manager(model, by)
        require_no_more(model, by, [*(account.roles if account else ()), *given])

    def _audit(
        self,
        conn: sa.Connection,
        action: str,
        by: Actor | None,
        target: str,
        details: Mapping[str, object] | None = None,
    ) -> None:
        record_audit(conn, action, by=by, now=self.clock(), target=target, details=details)

    def _roles(self) -> Mapping[str, object] | None:
        return self.models.current.model.roles if self.models else None

    def _known_profiles(self, profiles: Iterable[str]) -> tuple[str, ...]:
        wanted = tuple(profiles)
        known = self.models.current.model.profiles if self.models else None
        for profile in wanted:
            if known is not None and profile not in known:
                raise InvalidInputError(codes.NO_PROFILE, profile=profile[:60], profiles=", ".join(known) or "none")
        return wanted

    def _known_roles(self, roles: Iterable[str]) -> tuple[str, ...]:
        wanted, known = tuple(roles), self._roles()
        for role in wanted:
            if known is not None and role not in known:
                raise InvalidInputError(codes.NO_ROLE, role=role[:60], roles=", ".join(known))
        return wanted

    def _surroundings(self) -> Surroundings:
        if self.models is None:
            return Surroundings()
        app = self.models.current.model.app
        return Surroundings(language=app.language, zone=app.zone)
