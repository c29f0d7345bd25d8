"""A site whose model and records change while a clock goes on, and what its lists showed at each time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from fieldstone.fields.base import FieldValueError, ParseContext
from fieldstone.fields.registry import built_in_field_types
from fieldstone.kernel.actors import Actor
from fieldstone.metadata.catalogue import Catalogue, Wanted
from fieldstone.metadata.compiler import Compilation, compile_model
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.model import AppModel
from fieldstone.records.changes import RecordChange
from fieldstone.records.query_types import Query, Record
from fieldstone.records.save.program import program_of
from fieldstone.records.save.statements import update_rows
from fieldstone.records.service import Records
from fieldstone.records.stages import SaveRow
from fieldstone.storage.archive import ModelArchive
from fieldstone.storage.catalogue import load_catalogue, store_catalogue
from fieldstone.storage.database import Database
from fieldstone.storage.ddl import execute_operations, find_mismatches, plan_operations
from fieldstone.storage.past_models import PastModels
from fieldstone.storage.physical import read_physical
from fieldstone.storage.principals import principal
from fieldstone.storage.published import ModelSource
from fieldstone.storage.revisions import Revision, hold_version, store_revision
from fieldstone.storage.shapes import column_name, model_shapes

Rename = tuple[str, str, str]
"""Kind, old path, new path."""


@dataclass
class Timeline:
    """Anna administers, Ben and Cleo sell."""

    database: Database
    now: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    anna: Actor = field(default=Actor(user_id=1, name="Anna", is_admin=True))
    ben: Actor = field(default=Actor(user_id=2, name="Ben", roles=("seller",)))
    cleo: Actor = field(default=Actor(user_id=3, name="Cleo", roles=("seller",)))

    def __post_init__(self) -> None:
        self._types = built_in_field_types()
        self.models: ModelSource
        self.records: Records
        people = [(1, "Anna"), (2, "Ben"), (3, "Cleo")]
        rows = [{"id": id, "kind": "user", "label": label, "active": True} for id, label in people]
        self.database.transact(lambda conn: conn.execute(sa.insert(principal), rows))

    def start(self, documents: Mapping[str, str]) -> None:
        self.publish(documents)
        self.models = ModelSource(self.database, self._get_model)
        archive = ModelArchive(self.models, PastModels(self.database, self._get_model))
        self.records = Records(self.models, clock=lambda: self.now, encrypt=lambda text: text[::-1], archive=archive)

    def advance(self, **span: float) -> datetime:
        """Go on and give the moment that was."""
        before = self.now
        self.now += timedelta(**(span or {"minutes": 1}))
        return before

    def create(self, module: str, /, actor: Actor | None = None, **values: Any) -> int:
        return self.records.save(actor or self.anna, [RecordChange(module=module, values=values)]).records[0].id

    def update(self, module: str, id: int, /, **values: Any) -> None:
        self.records.save(self.anna, [RecordChange(module=module, id=id, values=values)])

    def publish(self, documents: Mapping[str, str], *renames: Rename) -> None:
        """Put documents in force, whatever they mean for the data: a field of another type moves to a new column
        with what converts, a removed one stays where it is."""
        layers = [Layer(name="site", documents=dict(documents))]
        with self.database.read() as conn:
            physical, catalogue = read_physical(conn), load_catalogue(conn)
        for kind, old, new in renames:
            catalogue = catalogue.rename(kind, old, new)
        compilation = self._compile(layers, catalogue)
        shapes = model_shapes(compilation.get_model())
        used = find_mismatches(shapes, physical, self.database.writer.dialect)
        moved = _move(compilation, used)
        if moved is not compilation.catalogue:
            compilation = self._compile(layers, moved)
            shapes = model_shapes(compilation.get_model())
        model = compilation.get_model()
        operations = plan_operations(shapes, physical, self.database.writer.dialect)

        def work(conn: sa.Connection) -> None:
            number = hold_version(conn, exclusive=True) + 1
            execute_operations(conn, operations)
            store_catalogue(conn, compilation.catalogue, number)
            revision = Revision(id=number, at=self.now, by=None, by_label="test", kind="publish", message="",
                                model_hash=model.hash, plugins={})  # fmt: skip
            store_revision(conn, revision, layers)

        self.database.transact(work)
        if hasattr(self, "models"):
            before = self.models.current
            self.models.refresh()
            self._convert(before.model)

    def _convert(self, before: AppModel) -> None:
        """Fill the new columns of retyped fields with what converts."""
        published = self.models.current

        def work(conn: sa.Connection) -> None:
            for module in published.model.modules.values():
                old = next((m for m in before.modules.values() if m.identity == module.identity), None)
                former = {f.identity: f for f in old.fields.values()} if old else {}
                program = program_of(published, module.name, conn.dialect)
                for each in module.fields.values():
                    was = former.get(each.identity)
                    if was is None or was.column == each.column:
                        continue
                    column = sa.column(was.column)
                    table = sa.table(module.table, sa.column("id"), column)
                    rows = []
                    for id, text in conn.execute(sa.select(table.c.id, column)).all():
                        value = None
                        with suppress(FieldValueError):
                            value = program.fields[each.name].type.parse(each, text and str(text), ParseContext())
                        rows.append(SaveRow(module=module.name, id=id, values={each.name: value}))
                    update_rows(conn, program.table, [program.fields[each.name]], rows)

        self.database.transact(work)

    def _compile(self, layers: Sequence[Layer], catalogue: Catalogue) -> Compilation:
        return compile_model(layers, field_types=self._types, catalogue=catalogue, actions={}, triggers=())

    def _get_model(self, layers: Sequence[Layer], catalogue: Catalogue) -> AppModel:
        return self._compile(layers, catalogue).get_model()

    def state(self, as_of: datetime | None = None) -> dict[str, Any]:
        """Everything that can be read: of today, or as of a time."""
        records, anna = self.records, self.anna
        published = self.models.current if as_of is None else records.model_at(as_of)
        found: dict[str, Any] = {}
        for name, module in published.model.modules.items():
            for deleted in (False, True):
                page = records.query(anna, name, Query(limit=500, deleted=deleted, as_of=as_of))
                key = f"{name} deleted" if deleted else name
                found[key] = [_plain(record, module, with_computed=not deleted) for record in page.records]
                found[f"{key} labels"] = dict(page.labels)
        ids = [record["id"] for record in found["opportunity"]]
        for id in ids[:5]:
            page = records.related(anna, "opportunity", id, "rivals", Query(fields=("name",), as_of=as_of))
            found[f"rivals of {id}"] = [record.id for record in page.records]
        found["groups"] = records.aggregate(
            anna, "opportunity", group=("stage",), measures=("count", "sum(amount)", "sum(forecast)"), as_of=as_of
        )
        found["by organization"] = records.aggregate(anna, "opportunity", group=("organization.rank",), as_of=as_of)
        found["count"] = records.count(anna, "opportunity", "forecast > 100 or organization.deals > 1", as_of=as_of)
        query = Query(where="amount > 10", sort=("-forecast", "name"), fields=("name",), limit=3, as_of=as_of)
        found["paged"] = self.page_through("opportunity", query)
        return found

    def page_through(self, module: str, query: Query) -> list[int]:
        """The ids of all pages."""
        page = self.records.query(self.anna, module, query)
        ids = [record.id for record in page.records]
        while page.has_more:
            page = self.records.query(self.anna, module, _with_cursor(query, page.next_cursor))
            ids += [record.id for record in page.records]
        return ids


def _with_cursor(query: Query, cursor: str) -> Query:
    return Query(
        where=query.where, sort=query.sort, fields=query.fields, limit=query.limit, cursor=cursor, as_of=query.as_of
    )


def _plain(record: Record, module: ModuleDef, *, with_computed: bool) -> dict[str, Any]:
    """Stored values of computed fields are not kept up for what is in the recycle bin."""
    computed = {name for name, each in module.fields.items() if each.type in ("formula", "rollup")}
    return {name: value for name, value in record.values.items() if with_computed or name not in computed}


def _move(compilation: Compilation, used: Any) -> Catalogue:
    model, catalogue = compilation.get_model(), compilation.catalogue
    for module in model.modules.values() if used else ():
        wanted = []
        for each in module.fields.values():
            suffixes = tuple(spec.suffix for spec in model.type_of(each).columns(each))
            wanted.append(Wanted(kind="field", path=f"{module.name}.{each.name}", suffixes=suffixes))
        for want, each in zip(wanted, module.fields.values(), strict=True):
            if any((module.table, column_name(each, suffix)) in used for suffix in want.suffixes):
                catalogue = catalogue.move_physical("field", want.path, wanted)
    return catalogue
