"""The site of a test of access: documents, people, teams, records; rights and sharing as the test says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from fieldstone.fields.registry import built_in_field_types
from fieldstone.kernel.actors import SYSTEM, Actor
from fieldstone.metadata.catalogue import Catalogue
from fieldstone.metadata.compiler import compile_model
from fieldstone.metadata.definitions import Grants, ProfileDef, RoleDef, SharingDef
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.model import AppModel
from fieldstone.records.access.tables import share, stands_for
from fieldstone.records.changes import RecordChange
from fieldstone.records.query import get_records
from fieldstone.records.search import index_rows
from fieldstone.records.service import Records
from fieldstone.storage import principals
from fieldstone.storage.database import Database
from fieldstone.storage.published import ModelSource, PublishedModel
from published_model import publish_model
from records.access.company_documents import DOCUMENTS

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
MODULES = ("organization", "contact", "opportunity", "quote")


@cache
def company_model() -> AppModel:
    found = compile_model(
        [Layer(name="site", documents=DOCUMENTS)],
        field_types=built_in_field_types(), catalogue=Catalogue.of([]), actions={}, triggers=(),
    )  # fmt: skip
    assert found.model is not None, [str(item) for item in found.diagnostics]
    return found.model


class Company:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = NOW
        self.models = publish_model(database, company_model(), lambda: self.now)
        self.roles: dict[str, RoleDef] = dict(company_model().roles)
        self.records = self._records()

    @property
    def published(self) -> PublishedModel:
        return self.models.current

    def govern(
        self,
        roles: Mapping[str, RoleDef] | None = None,
        profiles: Mapping[str, ProfileDef] | None = None,
        sharing: SharingDef | None = None,
    ) -> None:
        """Put other rights in force, and bring the search index up to date with them."""
        model = replace(
            company_model(), roles=dict(roles or {}), profiles=dict(profiles or {}), sharing=sharing or SharingDef()
        )
        self.models = ModelSource(self.database, lambda layers, catalogue: model, clock=lambda: self.now)
        self.records = self._records()

        def reindex(conn: sa.Connection, published: PublishedModel) -> None:
            for module in MODULES:
                table = published.tables.module(module).table
                ids = list(conn.scalars(sa.select(table.c.id)))
                index_rows(conn, published, module, get_records(conn, published, SYSTEM, module, ids, now=NOW))

        self.models.write(reindex)

    @contextmanager
    def read(self) -> Iterator[tuple[sa.Connection, PublishedModel]]:
        with self.models.read() as found:
            yield found

    def save(self, module: str, *rows: Mapping[str, Any], actor: Actor = SYSTEM) -> list[int]:
        changes = [RecordChange(module=module, values=row) for row in rows]
        return [saved.id for saved in self.records.save(actor, changes).records]

    def add_team(self, name: str, parent: int | None = None) -> int:
        def work(conn: sa.Connection) -> int:
            id = _add_principal(conn, "team", name)
            conn.execute(sa.insert(principals.team).values(id=id, name=name, parent_id=parent))
            return id

        return self.database.transact(work)

    def add_user(self, name: str) -> int:
        def work(conn: sa.Connection) -> int:
            id = _add_principal(conn, "user", name)
            conn.execute(sa.insert(principals.user).values(id=id, username=name))
            return id

        return self.database.transact(work)

    def place(
        self,
        user: int,
        roles: Sequence[str] = (),
        teams: Sequence[int] = (),
        leads: Sequence[int] = (),
        profiles: Sequence[str] = (),
    ) -> None:
        """Give a user roles, teams and profiles instead of those there were."""

        def work(conn: sa.Connection) -> None:
            for table in (principals.user_role, principals.user_profile, principals.team_member):
                conn.execute(sa.delete(table).where(table.c.user_id == user))
            for profile in profiles:
                conn.execute(sa.insert(principals.user_profile).values(user_id=user, profile=profile))
            for role in roles:
                conn.execute(sa.insert(principals.user_role).values(user_id=user, role=role))
            for team in {*teams, *leads}:
                values = {"team_id": team, "user_id": user, "leader": team in leads}
                conn.execute(sa.insert(principals.team_member).values(values))

        self.database.transact(work)

    def hire(self, name: str, *roles: str, teams: Sequence[int] = (), leads: Sequence[int] = ()) -> Actor:
        user = self.add_user(name)
        self.place(user, roles, teams, leads)
        return Actor(user_id=user, name=name, roles=roles, team_ids=tuple(sorted({*teams, *leads})))

    def share(
        self,
        module: str,
        id: int,
        access: str = "read",
        principal: int | None = None,
        role: str = "",
        until: datetime | None = None,
    ) -> None:
        identity = self.published.model.modules[module].identity
        values = {"module": identity, "record_id": id, "principal_id": principal, "role": role or None, "until": until}
        self.database.transact(lambda conn: conn.execute(sa.insert(share).values(**values, access=access, at=NOW)))

    def stand_for(self, user: int, module: str, id: int) -> None:
        identity = self.published.model.modules[module].identity
        values = {"user_id": user, "module": identity, "record_id": id}
        self.database.transact(lambda conn: conn.execute(sa.insert(stands_for).values(values)))

    def forget_sharing(self) -> None:
        def work(conn: sa.Connection) -> None:
            conn.execute(sa.delete(share))
            conn.execute(sa.delete(stands_for))

        self.database.transact(work)

    def _records(self) -> Records:
        return Records(self.models, clock=lambda: self.now)


def role(name: str, grants: Grants, parent: str = "", profiles: tuple[str, ...] = ()) -> RoleDef:
    return RoleDef(name=name, label=name.title(), grants=grants, parent=parent, profiles=profiles)


def grants(scope: str, *rights: str, **more: Any) -> Grants:
    """Every right with one scope on all modules."""
    return Grants(scope=scope, modules={"*": dict.fromkeys(rights, scope)}, **more)


def _add_principal(conn: sa.Connection, kind: str, name: str) -> int:
    taken = conn.execute(sa.select(sa.func.coalesce(sa.func.max(principals.principal.c.id), 0))).scalar_one()
    values = {"id": taken + 1, "kind": kind, "label": name.title(), "label_key": name}
    conn.execute(sa.insert(principals.principal).values(values))
    return int(taken + 1)
