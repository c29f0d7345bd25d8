"""The reading half of the facade: each method is one read-only snapshot within the actor's reach."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import ConflictError, NotFoundError
from fieldstone.records import codes
from fieldstone.records.aggregate import aggregate_records
from fieldstone.records.count import count_records
from fieldstone.records.export import Export, export_csv, export_json_lines
from fieldstone.records.history import HistoryEntry, read_history
from fieldstone.records.labels import collect_labels
from fieldstone.records.query import get_records, query_records
from fieldstone.records.query_types import COUNT_CAP, Count, Labels, Page, Query, Record, SearchHit, Suggestion
from fieldstone.records.related import count_related, related_records
from fieldstone.records.search.find import search_records
from fieldstone.records.suggest import suggest_records
from fieldstone.storage.published import ModelSource


class Reading:
    """Raises ForbiddenError without the right to view a module, NotFoundError for what is not there or
    out of reach, InvalidInputError and ExpressionError for names and expressions that do not fit."""

    models: ModelSource
    clock: Callable[[], datetime]

    def get(self, actor: Actor, module: str, id: int, *, fields: Sequence[str] = (), deleted: bool = False) -> Record:
        """One record with the fields asked for, () all. Raises NotFoundError record.E010."""
        found = self.fetch(actor, module, [id], fields=fields, deleted=deleted)
        if not found:
            raise NotFoundError(codes.NOT_FOUND)
        return found[0]

    def fetch(
        self, actor: Actor, module: str, ids: Sequence[int], *, fields: Sequence[str] = (), deleted: bool = False
    ) -> list[Record]:
        """Those of the records that are there and within reach, in the order of `ids`."""
        with self.models.read() as (conn, published):
            return get_records(conn, published, actor, module, ids, fields, now=self.clock(), deleted=deleted)

    def require_version(self, actor: Actor, module: str, id: int, version: int) -> None:
        """Raises ConflictError record.E002 when the record has moved on from `version`, NotFoundError."""
        current = self.get(actor, module, id, fields=("version",)).version
        if current != version:
            raise ConflictError("record.E002", module=module, id=id, version=current)

    def query(self, actor: Actor, module: str, query: Query) -> Page:
        with self.models.read() as (conn, published):
            return query_records(conn, published, actor, module, query, now=self.clock())

    def related(self, actor: Actor, module: str, id: int, relation: str, query: Query) -> Page:
        """The records of a related list. Raises NotFoundError record.E010, record.E031."""
        with self.models.read() as (conn, published):
            return related_records(conn, published, actor, module, id, relation, query, now=self.clock())

    def count(
        self, actor: Actor, module: str, where: str = "", *, cap: int | None = COUNT_CAP, deleted: bool = False
    ) -> Count:
        """How many records; beyond `cap` only that there are more."""
        with self.models.read() as (conn, published):
            return count_records(conn, published, actor, module, where, now=self.clock(), cap=cap, deleted=deleted)

    def aggregate(
        self,
        actor: Actor,
        module: str,
        *,
        group: Sequence[str] = (),
        measures: Sequence[str] = ("count",),
        where: str = "",
    ) -> list[dict[str, Any]]:
        """One mapping per group: the texts of the groups and measures → values."""
        with self.models.read() as (conn, published):
            return aggregate_records(
                conn, published, actor, module, group=group, measures=measures, where=where, now=self.clock()
            )

    def suggest(self, actor: Actor, module: str, text: str, limit: int = 10) -> list[Suggestion]:
        with self.models.read() as (conn, published):
            return suggest_records(conn, published, actor, module, text, now=self.clock(), limit=limit)

    def search(self, actor: Actor, text: str, *, module: str | None = None, limit: int = 20) -> list[SearchHit]:
        with self.models.read() as (conn, published):
            return search_records(conn, published, actor, text, now=self.clock(), module=module, limit=limit)

    def labels(self, actor: Actor, wanted: Mapping[str, Collection[int]]) -> Labels:
        """Target (a module or "principal") → ids of records to name. Those out of reach are left out."""
        with self.models.read() as (conn, published):
            return collect_labels(conn, published, actor, wanted)

    def history(
        self, actor: Actor, module: str, id: int, limit: int = 50, before: int | None = None
    ) -> list[HistoryEntry]:
        """Newest first. Raises NotFoundError record.E010."""
        with self.models.read() as (conn, published):
            return read_history(conn, published, actor, module, id, limit, before)

    def export(
        self,
        actor: Actor,
        module: str,
        *,
        where: str = "",
        fields: Sequence[str] = (),
        sort: Sequence[str] = (),
        form: str = "csv",
        header: str = "labels",
    ) -> Iterator[bytes]:
        """The pieces of a file, `form` csv or json (lines). Raises ForbiddenError (right export) at once."""
        query = Query(where=where, fields=tuple(fields), sort=tuple(sort))
        write = export_csv if form == "csv" else export_json_lines
        return write(self.models.read, actor, Export(module=module, query=query, header=header), now=self.clock())

    def count_related(self, actor: Actor, module: str, id: int, relation: str, where: str = "") -> Count:
        """How many records a related list holds, capped like `count`."""
        with self.models.read() as (conn, published):
            return count_related(conn, published, actor, module, id, relation, where, now=self.clock())
