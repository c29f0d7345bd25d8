"""Accounts: the facade kept on the site (`site.accounts`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import InvalidInputError, SiteError
from fieldstone.records.accounts import codes, links, sessions, teams, throttle, tokens, users
from fieldstone.records.accounts.actors import Surroundings, actor_for_user, find_actor
from fieldstone.records.accounts.login import LoggedIn, log_in
from fieldstone.records.accounts.password_changes import prove_password, replace_password
from fieldstone.records.accounts.passwords import check_password, hash_password
from fieldstone.records.accounts.people_file import read_people
from fieldstone.records.accounts.people_import import PeopleReport, PeopleRoles, import_people
from fieldstone.records.accounts.user_changes import UserChanges, change_user, require_administrator
from fieldstone.storage.database import Database
from fieldstone.storage.principals import user
from fieldstone.storage.published import ModelSource


def utc_now() -> datetime:
    return datetime.now(UTC)


class Accounts:
    """Users, teams, passwords, sessions, tokens and links of a site.

    `models` says which roles there are and which language and zone hold for who has not chosen; without
    it roles are not checked. Users are named by user name where people type them (the command line), by
    id elsewhere. `by` is who does it: only an administrator makes administrators; None is the operator.
    """

    def __init__(
        self, database: Database, models: ModelSource | None = None, *, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self.database = database
        self.models = models
        self.clock = clock

    # Users

    def add_user(
        self,
        username: str,
        label: str = "",
        *,
        email: str = "",
        roles: Iterable[str] = (),
        is_admin: bool = False,
        language: str = "",
        zone: str = "",
        password: str | None = None,
        by: Actor | None = None,
    ) -> int:
        """The new user's id. Without a password nobody can log in as the user until one is set or a link is used.

        Raises ConflictError account.E007, InvalidInputError (name, password, e-mail, role), ForbiddenError.
        """
        if is_admin:
            require_administrator(by)
        roles = self._known_roles(roles)
        if password is not None:
            check_password(password, username, label)
        new = users.NewUser(
            username=username,
            label=label or username,
            email=email,
            roles=roles,
            is_admin=is_admin,
            language=language,
            zone=zone,
            password_hash=None if password is None else hash_password(password),
        )
        return self.database.transact(lambda conn: users.add_users(conn, [new], self.clock())[0])

    def list_users(self) -> list[users.UserAccount]:
        with self.database.read() as conn:
            return users.list_users(conn)

    def get_user(self, user_id: int) -> users.UserAccount:
        """Raises NotFoundError account.E009."""
        with self.database.read() as conn:
            return users.get_user(conn, user_id)

    def find_user_id(self, username: str) -> int | None:
        with self.database.read() as conn:
            return users.find_user_id(conn, username)

    def update_user(
        self,
        user_id: int,
        *,
        label: str | None = None,
        email: str | None = None,
        language: str | None = None,
        zone: str | None = None,
        theme: str | None = None,
        roles: Iterable[str] | None = None,
        is_admin: bool | None = None,
        active: bool | None = None,
        by: Actor | None = None,
    ) -> None:
        """Change what is given (see `UserChanges`). Raises NotFoundError, ForbiddenError, InvalidInputError."""
        changes = UserChanges(
            label=label,
            email=email,
            language=language,
            zone=zone,
            theme=theme,
            roles=None if roles is None else self._known_roles(roles),
            is_admin=is_admin,
            active=active,
        )
        self.database.transact(lambda conn: change_user(conn, user_id, changes, by))

    def deactivate(self, user_id: int, *, by: Actor | None = None) -> None:
        """The user can no longer log in or use tokens, and stays the owner of records."""
        self.update_user(user_id, active=False, by=by)

    def set_password(self, username: str, password: str, *, must_change: bool = False, by: Actor | None = None) -> None:
        """Give a user another password; all their sessions end.

        Raises NotFoundError account.E009, InvalidInputError for a password that is refused.
        """
        with self.database.read() as conn:
            account = users.get_user(conn, users.get_user_id(conn, username))
        if account.is_admin:
            require_administrator(by)
        replace_password(self.database, account, password, now=self.clock(), must_change=must_change)

    def change_password(self, user_id: int, present: str, new: str, *, keep_session: str = "") -> None:
        """By the user: needs the present password; every other session ends.

        Raises TooManyRequestsError account.E002, InvalidInputError account.E017 or for the new password.
        """
        account = self.get_user(user_id)
        prove_password(self.database, account, present, self.clock())
        replace_password(self.database, account, new, now=self.clock(), keep_session=keep_session)

    def import_users(self, file: Path, *, mapping: Mapping[str, str] | None = None, role: str = "") -> PeopleReport:
        """Users and two levels of teams from a CSV file (see `people_import`).

        `role` is for everybody; without it agents become sales_rep and managers sales_manager, where
        the site has those roles. Raises InvalidInputError when the file cannot be used at all.
        """
        people = read_people(file, mapping or {})
        if role:
            given = self._known_roles([role])
            roles = PeopleRoles(agent=given, manager=given)
        else:
            known = self._roles()
            roles = PeopleRoles(
                agent=tuple(name for name in ("sales_rep",) if known is None or name in known),
                manager=tuple(name for name in ("sales_manager",) if known is None or name in known),
            )
        return self.database.transact(lambda conn: import_people(conn, people, roles, self.clock()))

    # Teams

    def add_team(self, name: str, parent_id: int | None = None) -> int:
        """Raises ConflictError account.E011, NotFoundError account.E010."""
        return self.database.transact(lambda conn: teams.add_teams(conn, [(name, parent_id)])[0])

    def list_teams(self) -> list[teams.TeamNode]:
        with self.database.read() as conn:
            return teams.list_teams(conn)

    def rename_team(self, team_id: int, name: str) -> None:
        self.database.transact(lambda conn: teams.rename_team(conn, team_id, name))

    def move_team(self, team_id: int, parent_id: int | None) -> None:
        """Raises InvalidInputError account.E012 when the team would be below itself."""
        self.database.transact(lambda conn: teams.move_team(conn, team_id, parent_id))

    def set_members(self, team_id: int, members: Iterable[int], leaders: Iterable[int] = ()) -> None:
        """Replace the members of a team; leaders are members too."""
        people, leading = list(members), list(leaders)
        self.database.transact(lambda conn: teams.set_members(conn, team_id, people, leading))

    # Entering

    def log_in(self, username: str, password: str, *, address: str = "", agent: str = "") -> LoggedIn:
        """Raises NotAuthenticatedError account.E001, TooManyRequestsError account.E002."""
        return log_in(self.database, username, password, now=self.clock(), address=address, agent=agent)

    def login_link(self, username: str) -> str:
        """The key of a link that logs a user in once, within the hour. Raises NotFoundError account.E009."""
        now = self.clock()
        return self.database.transact(lambda conn: links.make_link(conn, users.get_user_id(conn, username), now))

    def use_login_link(self, key: str, *, address: str = "", agent: str = "") -> LoggedIn:
        """Raises NotAuthenticatedError account.E016 for a link that is unknown, used or too old."""
        now = self.clock()

        def work(conn: sa.Connection) -> LoggedIn:
            user_id = links.use_link(conn, key, now)
            conn.execute(sa.update(user).where(user.c.id == user_id).values(last_login_at=now))
            secret = sessions.start_session(conn, user_id, now, address, agent)
            return LoggedIn(
                user_id=user_id, secret=secret, must_change_password=users.get_user(conn, user_id).must_change_password
            )

        return self.database.transact(work)

    def log_out(self, secret: str) -> None:
        self.database.transact(lambda conn: sessions.end_session(conn, secret))

    def find_session_actor(self, secret: str) -> Actor | None:
        """Who is behind a session's secret; None when it is over. One query."""
        return sessions.find_session_actor(self.database, secret, self.clock(), self._surroundings())

    def list_sessions(self, user_id: int, secret: str = "") -> list[sessions.SessionInfo]:
        with self.database.read() as conn:
            return sessions.list_sessions(conn, user_id, self.clock(), secret)

    def end_sessions(self, user_id: int, *, only: int | None = None, keep: str = "") -> int:
        """How many ended: all of a user, the one with id `only`, or all but the one with secret `keep`."""
        return self.database.transact(lambda conn: sessions.end_sessions(conn, user_id, only=only, keep=keep))

    def list_attempts(self, user_id: int, limit: int = 50) -> list[throttle.LoginAttempt]:
        with self.database.read() as conn:
            return throttle.list_attempts(conn, user_id, limit)

    # Acting

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
        self, username: str, *, label: str, scopes: Iterable[str] = (), expires: str = "90d"
    ) -> tokens.NewToken:
        """`expires`: 30d, 52w, never. Raises NotFoundError account.E009, InvalidInputError E014, E015."""
        age, wanted, now = tokens.read_age(expires), tuple(scopes), self.clock()

        def work(conn: sa.Connection) -> tokens.NewToken:
            user_id = users.get_user_id(conn, username)
            return tokens.add_token(conn, user_id, label=label, scopes=wanted, age=age, now=now)

        return self.database.transact(work)

    def find_token_actor(self, secret: str) -> Actor | None:
        """Who a bearer token acts for, with its scopes; None when it is not valid. One query."""
        return tokens.find_token_actor(self.database, secret, self.clock(), self._surroundings())

    def list_tokens(self, user_id: int | None = None) -> list[tokens.TokenInfo]:
        with self.database.read() as conn:
            return tokens.list_tokens(conn, user_id)

    def revoke_token(self, token_id: int, user_id: int | None = None) -> None:
        """Raises NotFoundError account.E026; with `user_id`, also for a token of somebody else."""
        self.database.transact(lambda conn: tokens.revoke_token(conn, token_id, user_id))

    def _roles(self) -> Mapping[str, object] | None:
        return self.models.current.model.roles if self.models else None

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
