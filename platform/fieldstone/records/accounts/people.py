"""The part of the accounts that is about users."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import sqlalchemy as sa

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.kernel.security_log import log_security
from fieldstone.records.accounts import codes, users
from fieldstone.records.accounts.base import AccountsBase
from fieldstone.records.accounts.guards import refuse_impersonated, require_administrator
from fieldstone.records.accounts.hand_over import HandedOver, HandOver
from fieldstone.records.accounts.links import end_links
from fieldstone.records.accounts.password_changes import prove_password, prove_presence, replace_password
from fieldstone.records.accounts.passwords import check_password, hash_password
from fieldstone.records.accounts.people_file import read_people
from fieldstone.records.accounts.people_import import PeopleReport, PeopleRoles, import_people
from fieldstone.records.accounts.user_changes import UserChanges, change_user
from fieldstone.records.accounts.users import is_email
from fieldstone.storage.principals import principal


class People(AccountsBase):
    """Users: added, changed, imported, leaving."""

    hand_over: HandOver | None = None
    """Set once records and jobs exist."""

    def add_user(
        self,
        username: str,
        label: str = "",
        *,
        email: str = "",
        roles: Iterable[str] = (),
        profiles: Iterable[str] = (),
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
        roles = tuple(roles)
        self._require_manager(by, given=roles)
        roles, profiles = self._known_roles(roles), self._known_profiles(profiles)
        if password is not None:
            check_password(password, username, label)
        new = users.NewUser(
            username=username,
            label=label or username,
            email=email,
            roles=roles,
            profiles=profiles,
            is_admin=is_admin,
            language=language,
            zone=zone,
            password_hash=None if password is None else hash_password(password),
        )

        def work(conn: sa.Connection) -> int:
            user_id = users.add_users(conn, [new], self.clock())[0]
            details: dict[str, object] = {"username": users.read_username(username), "roles": roles}
            details |= {"profiles": profiles, "is_admin": is_admin}
            self._audit(conn, "user.added", by, f"user:{user_id}", details)
            return user_id

        return self.database.transact(work)

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

    def get_user_id(self, username: str) -> int:
        """Raises NotFoundError account.E009."""
        with self.database.read() as conn:
            return users.get_user_id(conn, username)

    def update_user(
        self,
        user_id: int,
        *,
        label: str | None = None,
        email: str | None = None,
        language: str | None = None,
        zone: str | None = None,
        date_format: str | None = None,
        number_format: str | None = None,
        theme: str | None = None,
        roles: Iterable[str] | None = None,
        profiles: Iterable[str] | None = None,
        is_admin: bool | None = None,
        active: bool | None = None,
        by: Actor | None = None,
    ) -> None:
        """Change what is given (see `UserChanges`): what they like by the users themselves, everything by who may
        change accounts, but for their own e-mail address (`change_email`). Raises NotFoundError, ForbiddenError
        account.E020, account.E033, account.E035, InvalidInputError."""
        if is_admin:
            require_administrator(by)
        account = self.get_user(user_id)
        if by is not None and by.user_id == user_id and email is not None and not is_email(account, email):
            refuse_impersonated(by)
            raise InvalidInputError(codes.OWN_EMAIL)
        is_weighty = any(each is not None for each in (label, roles, profiles, is_admin, active))
        if by is not None and (is_weighty or by.user_id != user_id):
            roles = None if roles is None else tuple(roles)
            self._require_manager(by, account, given=roles or ())
        changes = UserChanges(
            label=label,
            email=email,
            language=language,
            zone=zone,
            date_format=date_format,
            number_format=number_format,
            theme=theme,
            roles=None if roles is None else self._known_roles(roles),
            profiles=None if profiles is None else self._known_profiles(profiles),
            is_admin=is_admin,
            active=active,
        )
        self.database.transact(lambda conn: change_user(conn, user_id, changes, by, self.clock()))

    def change_email(
        self, user_id: int, email: str, password: str, *, session: str = "", by: Actor | None = None
    ) -> None:
        """By the user: links for a new password go there from now on, and log-in providers mean the user by it, so it
        needs the password (see `prove_presence`), and an address that nobody else has. Links that were sent to the
        old one work no more.

        Raises InvalidInputError account.E017, account.E023, account.E045, TooManyRequestsError account.E002,
        ForbiddenError account.E033, account.E036.
        """
        refuse_impersonated(by)
        prove_presence(self.database, user_id, password, session, self.clock())

        def work(conn: sa.Connection) -> None:
            users.require_free_email(conn, user_id, email)
            change_user(conn, user_id, UserChanges(email=email), by, self.clock())
            end_links(conn, user_id)

        self.database.transact(work)
        log_security("email.changed", user=user_id, address=by.address if by else "")

    def deactivate(self, user_id: int, *, hand_over_to: int | None = None, by: Actor | None = None) -> HandedOver:
        """The user can no longer log in: sessions, tokens and links end at once. What the user owns goes to another
        user or team, or (None) stays.

        Raises NotFoundError account.E009, ForbiddenError, InvalidInputError account.E018, account.E042; then
        nothing has changed.
        """
        if hand_over_to is not None:
            self._handing_over.check(user_id, hand_over_to)
        self.update_user(user_id, active=False, by=by)
        return HandedOver(records=0) if hand_over_to is None else self.hand_records_over(user_id, hand_over_to, by=by)

    def hand_records_over(self, owner: int, to: int, *, by: Actor | None = None) -> HandedOver:
        """Give all records of a user or team to another, those in the recycle bin too, with history; many by a job.

        Raises ForbiddenError account.E035 for who may not change accounts, InvalidInputError account.E042.
        """
        self._require_manager(by)
        given = self._handing_over.start(owner, to, by)

        def work(conn: sa.Connection) -> None:
            kinds = sa.select(principal.c.id, principal.c.kind).where(principal.c.id.in_([owner, to]))
            kind = {row.id: row.kind for row in conn.execute(kinds)}
            details = {"to": f"{kind[to]}:{to}", "records": given.records, "job": given.job}
            self._audit(conn, "records.handed_over", by, f"{kind[owner]}:{owner}", details)

        self.database.transact(work)
        return given

    @property
    def _handing_over(self) -> HandOver:
        if self.hand_over is None:
            raise RuntimeError("these accounts were made without records")
        return self.hand_over

    def set_password(self, username: str, password: str, *, must_change: bool = False, by: Actor | None = None) -> None:
        """Give a user another password; all their sessions end.

        Raises NotFoundError account.E009, ForbiddenError, InvalidInputError for a password that is refused.
        """
        refuse_impersonated(by)
        with self.database.read() as conn:
            account = users.get_user(conn, users.get_user_id(conn, username))
        self._require_manager(by, account)
        replace_password(
            self.database,
            account,
            password,
            now=self.clock(),
            must_change=must_change,
            also=lambda conn: self._audit(conn, "user.given_new_password", by, f"user:{account.id}"),
        )

    def change_password(
        self, user_id: int, present: str, new: str, *, keep_session: str = "", by: Actor | None = None
    ) -> None:
        """By the user: needs the present password; every other session ends.

        Raises TooManyRequestsError account.E002, InvalidInputError account.E017 or for the new password,
        ForbiddenError account.E033.
        """
        refuse_impersonated(by)
        account = self.get_user(user_id)
        prove_password(self.database, account, present, self.clock())
        replace_password(self.database, account, new, now=self.clock(), keep_session=keep_session)
        log_security("password.changed", user=user_id, address=by.address if by else "")

    def import_users(
        self,
        file: Path,
        *,
        mapping: Mapping[str, str] | None = None,
        role: str = "",
        profiles: Iterable[str] = (),
        by: Actor | None = None,
    ) -> PeopleReport:
        """Users and two levels of teams from a CSV file (see `people_import`).

        `role` is for everybody; without it agents become sales_rep and managers sales_manager, where
        the site has those roles. New users get the `profiles` besides.
        Raises InvalidInputError when the file cannot be used at all.
        """
        self._require_manager(by, given=[role] if role else ["sales_rep", "sales_manager"])
        people, given_profiles = read_people(file, mapping or {}), self._known_profiles(profiles)
        if role:
            given = self._known_roles([role])
            roles = PeopleRoles(agent=given, manager=given)
        else:
            known = self._roles()
            roles = PeopleRoles(
                agent=tuple(name for name in ("sales_rep",) if known is None or name in known),
                manager=tuple(name for name in ("sales_manager",) if known is None or name in known),
            )

        def work(conn: sa.Connection) -> PeopleReport:
            report = import_people(conn, people, roles, self.clock(), given_profiles)
            if report.users_added or report.teams_added:
                details = {"users": report.users_added, "teams": report.teams_added, "file": file.name}
                self._audit(conn, "users.imported", by, "", details)
            return report

        return self.database.transact(work)
