"""A site whose picklists and record types are renamed while it has records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

import sqlalchemy as sa

from fieldstone.fields.registry import built_in_field_types
from fieldstone.kernel.actors import SYSTEM
from fieldstone.metadata.catalogue import Catalogue
from fieldstone.metadata.compiler import compile_model
from fieldstone.metadata.layers import Layer
from fieldstone.metadata.model import AppModel
from fieldstone.records.changes import RecordChange, SaveOptions
from fieldstone.records.query import query_records
from fieldstone.records.query_types import Query
from fieldstone.records.service import Records
from fieldstone.storage.catalogue import store_catalogue
from fieldstone.storage.database import Database
from fieldstone.storage.ddl import find_mismatches, plan_operations
from fieldstone.storage.physical import read_physical
from fieldstone.storage.published import ModelSource, PublishedModel
from fieldstone.storage.revisions import Revision, hold_version, store_revision
from fieldstone.storage.shapes import model_shapes
from fieldstone.storage.tables import build_tables
from published_model import publish_model

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)

VALUES: Mapping[str, Sequence[str]] = {
    "stage": ("open", "offer", "won", "lost"),
    "outcome": ("won", "lost", "drawn"),
    "deal_topic": ("ads", "fairs", "web"),
}
TYPES = ("standard", "tender")

_DEAL = """
module: deal
name_field: name
duplicates: {{match: [stage, name], on_match: block}}
record_types:
{types}
fields:
  name: {{type: text, label: Name}}
  firm: {{type: lookup, to: firm, reverse: deals}}
  stage: {{type: picklist, picklist: stage, track_duration: true, index: true}}
  outcome: {{type: picklist, picklist: outcome}}
  slot: {{type: picklist, picklist: stage, unique: true}}
  topic:
    type: multi_picklist
    values:
{deal_topic}
  note: {{type: text}}
  due: {{type: date}}
  state:
    type: formula
    result: text
    expression: |-
      stage if due > today() else outcome
  headline:
    type: formula
    result: text
    expression: |-
      concat(stage, '/', record_type)
relations:
  firms: {{kind: many_to_many, to: firm, reverse: dealt, attributes: {{mood: {{type: picklist, picklist: outcome}}}}}}
"""
_FIRM = """
module: firm
name_field: name
fields:
  name: {{type: text}}
  won:
    type: rollup
    relation: deals
    function: count
    where: |-
      stage == '{won}'
  won_in_time:
    type: rollup
    relation: deals
    function: count
    where: |-
      stage == '{won}' and due > today()
"""

Names = Mapping[tuple[str, str], str]
"""(picklist or "deal", first key) → present key; None of those that keep theirs. "" for one that is gone."""


def documents(names: Names, added: Mapping[str, Sequence[str]] | None = None) -> dict[str, str]:
    """The documents with the present keys. `added`: more values, by picklist."""

    def keys(owner: str, first: Sequence[str], indent: str) -> str:
        present = [names.get((owner, key), key) for key in first]
        listed = [*filter(None, present), *(added or {}).get(owner, ())]
        return "\n".join(f"{indent}{key}: {{label: The {key}}}" for key in listed)

    found = {
        f"metadata/picklists/{name}.yaml": f"picklist: {name}\nvalues:\n{keys(name, VALUES[name], '  ')}\n"
        for name in ("stage", "outcome")
    }
    topics = keys("deal_topic", VALUES["deal_topic"], "      ")
    found["modules/deal.yaml"] = _DEAL.format(types=keys("deal", TYPES, "  "), deal_topic=topics)
    found["modules/firm.yaml"] = _FIRM.format(won=names.get(("stage", "won"), "won"))
    return found


def rename(catalogue: Catalogue, before: Names, after: Names) -> Catalogue:
    """The catalogue with the keys of `after`, by way of names nobody has, so that they may change places."""
    moved = {key: (before.get(key, key[1]), after.get(key, key[1])) for key in {*before, *after}}
    steps = {key: (old, new, f"between_{number}") for number, (key, (old, new)) in zip(count(), moved.items())
             if old and new and old != new}  # fmt: skip
    for first in (True, False):
        for (owner, _), (old, new, between) in steps.items():
            kind = "record_type" if owner == "deal" else "picklist_value"
            pair = (old, between) if first else (between, new)
            catalogue = catalogue.rename(kind, f"{owner}.{pair[0]}", f"{owner}.{pair[1]}")
    return catalogue


def compile_documents(texts: Mapping[str, str], catalogue: Catalogue) -> tuple[AppModel, Catalogue]:
    found = compile_model(
        [Layer(name="site", documents=texts)],
        field_types=built_in_field_types(), catalogue=catalogue, actions={}, triggers=(),
    )  # fmt: skip
    assert found.model is not None, [str(item) for item in found.diagnostics]
    return found.model, found.catalogue


class Site:
    """`records` and `models` are those in force; `names` the present keys."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.names: Names = {}
        self._model, self.catalogue = compile_documents(documents({}), Catalogue())
        database.transact(lambda conn: store_catalogue(conn, self.catalogue, 1))
        publish_model(database, self._model)
        self.models = ModelSource(database, lambda layers, catalogue: self._model)
        self.records = Records(self.models, clock=lambda: NOW, encrypt=lambda text: text)

    @property
    def published(self) -> PublishedModel:
        return self.models.current

    def publish(self, names: Names, added: Mapping[str, Sequence[str]] | None = None) -> None:
        """Rename to `names` and publish: nothing but the catalogue and the revision is written."""
        renamed = rename(self.catalogue, self.names, names)
        self._model, self.catalogue = compile_documents(documents(names, added), renamed)
        self.names = names

        def work(conn: sa.Connection) -> None:
            shapes, physical = model_shapes(self._model), read_physical(conn)
            assert plan_operations(shapes, physical, conn.dialect) == []
            assert find_mismatches(shapes, physical, conn.dialect) == set()
            version = hold_version(conn, exclusive=True) + 1
            store_catalogue(conn, self.catalogue, version)
            new = Revision(id=version, at=NOW, by=None, by_label="", kind="publish",
                           message="", model_hash=self._model.hash, plugins={})  # fmt: skip
            store_revision(conn, new, [])

        self.database.transact(work)
        self.models.refresh()

    def publish_in_memory(self, names: Names) -> PublishedModel:
        """The model with the keys of `names` over the tables there are, in force for nobody else."""
        model, catalogue = compile_documents(documents(names), rename(self.catalogue, self.names, names))
        return PublishedModel(
            version=99, model=model, tables=build_tables(model, self.database.dialect), catalogue=catalogue
        )

    def save(self, *rows: Mapping[str, Any], module: str = "deal", **options: Any) -> list[int]:
        changes = [RecordChange(module=module, id=row.get("id"), values={key: value for key, value in row.items()
                                                                         if key != "id"}) for row in rows]  # fmt: skip
        return [saved.id for saved in self.records.save(SYSTEM, changes, options=SaveOptions(**options)).records]

    def values(self, id: int, *fields: str) -> tuple[Any, ...]:
        found = self.records.get(SYSTEM, "deal", id, fields=fields).values
        return tuple(found[name] for name in fields)

    def find(self, where: str = "", *sort: str) -> list[str]:
        """The names of the deals for which a filter holds."""
        page = self.records.query(SYSTEM, "deal", Query(where=where, sort=sort or ("name",), fields=("name",)))
        assert self.records.count(SYSTEM, "deal", where).value == len(page.records)
        return [record.values["name"] for record in page.records]

    def find_in(self, published: PublishedModel, where: str) -> set[str]:
        with self.database.read() as conn:
            page = query_records(conn, published, SYSTEM, "deal", Query(where=where, fields=("name",)), now=NOW)
        return {record.values["name"] for record in page.records}

    def stored(self, *columns: str, table: str = "deal") -> list[tuple[Any, ...]]:
        """What rows hold, in the order of their ids."""
        text = f"SELECT {', '.join(columns)} FROM {table} ORDER BY id"
        with self.database.read() as conn:
            return [tuple(row) for row in conn.exec_driver_sql(text)]
