"""A site with the trade model, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from fieldstone.fields.registry import built_in_field_types
from fieldstone.kernel.actors import Actor
from fieldstone.metadata.catalogue import Catalogue
from fieldstone.metadata.compiler import compile_model
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.model import AppModel
from fieldstone.records.changes import RecordChange, SavedRecord, SaveOptions
from fieldstone.records.service import Records
from fieldstone.records.stages import SaveWork
from fieldstone.storage.database import Database
from fieldstone.storage.principals import principal
from fieldstone.storage.published import ModelSource
from published_model import publish_model
from records.save.trade_documents import DOCUMENTS


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


class Stage:
    """Runs what a test gives it, as a workflow would."""

    def __init__(self) -> None:
        self.before: Callable[[SaveWork], None] | None = None
        self.after: Callable[[SaveWork], None] | None = None

    def before_save(self, work: SaveWork) -> None:
        if self.before:
            self.before(work)

    def after_save(self, work: SaveWork) -> None:
        if self.after:
            self.after(work)


@dataclass
class Trade:
    """The site with three people: Anna the administrator, Ben and Cleo who sell."""

    database: Database
    models: ModelSource
    records: Records
    clock: Clock
    stage: Stage
    anna: Actor = field(default=Actor(user_id=1, name="Anna", is_admin=True))
    ben: Actor = field(default=Actor(user_id=2, name="Ben", roles=("seller",)))
    cleo: Actor = field(default=Actor(user_id=3, name="Cleo", roles=("seller",)))

    def create(self, module: str, /, actor: Actor | None = None, **values: Any) -> int:
        return self.save(RecordChange(module=module, values=values), actor=actor)[0].id

    def update(
        self, module: str, record_id: int, /, version: int | None = None, actor: Actor | None = None, **values: Any
    ) -> SavedRecord:
        change = RecordChange(module=module, id=record_id, version=version, values=values)
        return self.save(change, actor=actor)[0]

    def save(self, *changes: RecordChange, actor: Actor | None = None, **options: Any) -> list[SavedRecord]:
        options.setdefault("ignore_duplicate_warning", True)
        return list(self.records.save(actor or self.anna, changes, options=SaveOptions(**options)).records)

    def row(self, module: str, record_id: int) -> Mapping[str, Any]:
        """The stored columns."""
        table = self.models.current.tables.module(module).table
        with self.database.read() as conn:
            return conn.execute(sa.select(table).where(table.c.id == record_id)).mappings().one()

    def rows(self, table: sa.Table) -> list[Mapping[str, Any]]:
        with self.database.read() as conn:
            return list(conn.execute(sa.select(table).order_by(table.c.id)).mappings())

    def history(self, module: str, record_id: int) -> list[tuple[str, dict[str, tuple[Any, Any]]]]:
        """(kind, field → (old, new)), oldest first."""
        entries = self.records.history(self.anna, module, record_id)
        return [(item.kind, {c.field: (c.old, c.new) for c in item.changes}) for item in reversed(entries)]


@pytest.fixture(scope="session")
def trade_model() -> AppModel:
    layer = Layer(name="site", documents=DOCUMENTS)
    types = built_in_field_types()
    return compile_model([layer], field_types=types, catalogue=Catalogue(), actions={}, triggers=()).get_model()


@pytest.fixture
def trade(database: Database, trade_model: AppModel) -> Trade:
    people = [(1, "Anna"), (2, "Ben"), (3, "Cleo")]

    def add_people(conn: sa.Connection) -> None:
        conn.execute(
            sa.insert(principal), [{"id": id, "kind": "user", "label": label, "active": True} for id, label in people]
        )
        conn.execute(sa.insert(principal), [{"id": 9, "kind": "team", "label": "North", "active": True}])

    database.transact(add_people)
    models = publish_model(database, trade_model)
    clock, stage = Clock(), Stage()
    records = Records(models, clock=clock, encrypt=lambda text: text[::-1], stages=[stage])
    return Trade(database=database, models=models, records=records, clock=clock, stage=stage)
