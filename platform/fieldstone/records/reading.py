"""The reading half of the facade: each method is one read-only snapshot within the actor's reach."""

from __future__ import annotations

from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import ExitStack, nullcontext
from datetime import datetime
from typing import Any

from fieldstone.kernel.actors import Actor
from fieldstone.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from fieldstone.records import codes
from fieldstone.records.aggregate import NOT_GROUPABLE, aggregate_records
from fieldstone.records.as_of.held_pieces import HeldPieces
from fieldstone.records.as_of.reach import Reach, find_reach
from fieldstone.records.as_of.snapshot import MOST_CHANGES
from fieldstone.records.changes import DuplicateMatch
from fieldstone.records.count import count_records
from fieldstone.records.duplicates import AlikePage, find_alike
from fieldstone.records.export import Export, export_csv, export_json_lines
from fieldstone.records.export_vcard import export_vcard
from fieldstone.records.export_xlsx import export_xlsx
from fieldstone.records.labels import collect_labels
from fieldstone.records.one_record import OneRecord
from fieldstone.records.paths import find_path
from fieldstone.records.query import get_records, query_records
from fieldstone.records.query_types import COUNT_CAP, Count, Labels, Page, Query, Record, SearchHit, Suggestion
from fieldstone.records.related import count_related, related_records
from fieldstone.records.resembling import find_resembling
from fieldstone.records.search.find import search_records
from fieldstone.records.stage_ages import StageAge, stage_ages
from fieldstone.records.suggest import suggest_records
from fieldstone.storage.published import PublishedModel

_FORMS = {"csv": export_csv, "json": export_json_lines, "xlsx": export_xlsx, "vcard": export_vcard}


class Reading(OneRecord):
    """Raises ForbiddenError without the right to view a module, NotFoundError for what is not there or
    out of reach, InvalidInputError and ExpressionError for names and expressions that do not fit.

    `as_of`: everything as it was at that time, with the modules and fields of then; who may see what is decided
    by the roles of today. Besides: InvalidInputError as_of.E002 (the future), as_of.E003 (too many changes
    since), NotFoundError storage.E010 (nothing was published yet), as_of.E005 (the module had another name),
    UnavailableError storage.E011 (that model does not work here).
    """

    def get(
        self,
        actor: Actor,
        module: str,
        id: int,
        *,
        fields: Sequence[str] = (),
        deleted: bool = False,
        as_of: datetime | None = None,
    ) -> Record:
        """One record with the fields asked for, () all. Raises NotFoundError record.E010."""
        found = self.fetch(actor, module, [id], fields=fields, deleted=deleted, as_of=as_of)
        if not found:
            raise NotFoundError(codes.NOT_FOUND)
        return found[0]

    def fetch(
        self,
        actor: Actor,
        module: str,
        ids: Sequence[int],
        *,
        fields: Sequence[str] = (),
        deleted: bool = False,
        as_of: datetime | None = None,
    ) -> list[Record]:
        """Those of the records that are there and within reach, in the order of `ids`."""
        with self._snapshot(actor, as_of, module, fields) as at:
            return get_records(at.conn, at.published, at.actor, module, ids, fields, now=at.now, deleted=deleted)

    def require_version(self, actor: Actor, module: str, id: int, version: int) -> None:
        """Raises ConflictError record.E002 when the record has moved on from `version`, NotFoundError."""
        current = self.get(actor, module, id, fields=("version",)).version
        if current != version:
            raise ConflictError("record.E002", module=module, id=id, version=current)

    def query(self, actor: Actor, module: str, query: Query) -> Page:
        with self._snapshot(actor, query.as_of, module, query.fields, (query.where, *query.sort)) as at:
            return query_records(at.conn, at.published, at.actor, module, query, now=at.now)

    def related(self, actor: Actor, module: str, id: int, relation: str, query: Query) -> Page:
        """The records of a related list. Raises NotFoundError record.E010, record.E031."""
        more = (query.where, *query.sort)
        with self._snapshot(actor, query.as_of, module, query.fields, more, relation=relation) as at:
            return related_records(at.conn, at.published, at.actor, module, id, relation, query, now=at.now)

    def count(
        self,
        actor: Actor,
        module: str,
        where: str = "",
        *,
        cap: int | None = COUNT_CAP,
        deleted: bool = False,
        as_of: datetime | None = None,
        quick: bool = False,
    ) -> Count:
        """How many records; beyond `cap` only that there are more. `quick`: or earlier, rather than take longer than
        a page of them."""
        with self._snapshot(actor, as_of, module, (where,)) as at:
            return count_records(
                at.conn, at.published, at.actor, module, where, now=at.now, cap=cap, deleted=deleted, quick=quick
            )

    def aggregate(
        self,
        actor: Actor,
        module: str,
        *,
        group: Sequence[str] = (),
        measures: Sequence[str] = ("count",),
        where: str = "",
        as_of: datetime | None = None,
    ) -> list[dict[str, Any]]:
        """One mapping per group: the texts of the groups and measures → values. Raises ForbiddenError without the
        right `report`."""
        with self._snapshot(actor, as_of, module, (where, *group, *measures)) as at:
            return aggregate_records(
                at.conn, at.published, at.actor, module, group=group, measures=measures, where=where, now=at.now
            )

    def totals(
        self,
        actor: Actor,
        module: str,
        *,
        by: str = "",
        measures: Sequence[str] = ("count",),
        where: str = "",
        as_of: datetime | None = None,
    ) -> list[dict[str, Any]]:
        """The figures beside a list of records, for whoever may view them: one mapping for all of them, or `by` a
        field of the module (the columns of a board, the groups of a list) one for each value, as `aggregate` gives
        them.

        Raises InvalidInputError query.E014 for a `by` that is no field of the module."""
        group = (by,) if by else ()
        with self._snapshot(actor, as_of, module, (where, *group, *measures)) as at:
            own = module in at.published.model.modules and find_path(at.published, module, (by,)) is not None
            if by and not own:
                raise InvalidInputError(NOT_GROUPABLE, group=by)
            return aggregate_records(
                at.conn, at.published, at.actor, module,
                group=group, measures=measures, where=where, now=at.now, right="view",
            )  # fmt: skip

    def stage_ages(self, actor: Actor, module: str, field: str, ids: Sequence[int]) -> Mapping[int, StageAge]:
        """Since when records are at the value of a field with `track_duration`, and how long that usually takes; of
        those in reach."""
        with self._snapshot(actor, None, module, (field,)) as at:
            return stage_ages(at.conn, at.published, at.actor, module, field, ids)

    def alike(
        self, actor: Actor, module: str, fields: Sequence[str], *, where: str = "", after: int = 0, limit: int = 20
    ) -> AlikePage:
        """Groups of records that have the same in these fields. Raises as `records.duplicates.find_alike`."""
        with self.models.read() as (conn, published):
            return find_alike(
                conn, published, actor, module, fields, now=self.clock(), where=where, after=after, limit=limit
            )

    def resembling(
        self, actor: Actor, module: str, values: Mapping[str, Any], *, besides: int | None = None
    ) -> tuple[DuplicateMatch, ...]:
        """Records that look like one being typed. As `records.resembling.find_resembling`."""
        with self.models.read() as (conn, published):
            return find_resembling(conn, published, actor, module, values, besides=besides)

    def suggest(self, actor: Actor, module: str, text: str, limit: int = 10) -> list[Suggestion]:
        with self.models.read() as (conn, published):
            return suggest_records(conn, published, actor, module, text, now=self.clock(), limit=limit)

    def search(self, actor: Actor, text: str, *, module: str | None = None, limit: int = 20) -> list[SearchHit]:
        with self.models.read() as (conn, published):
            return search_records(conn, published, actor, text, now=self.clock(), module=module, limit=limit)

    def labels(self, actor: Actor, wanted: Mapping[str, Collection[int]], *, as_of: datetime | None = None) -> Labels:
        """Target (a module or "principal") → ids of records to name. Those out of reach are left out."""

        def names(past: PublishedModel) -> Reach:
            reach = Reach()
            for module in wanted:
                if module in past.model.modules:
                    found = find_reach(past, module, [past.model.modules[module].name_field])
                    reach.modules |= found.modules
                    reach.links |= found.links
            return reach

        with self._read(actor, as_of, names) as at:
            return collect_labels(at.conn, at.published, at.actor, wanted)

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
        ids: Sequence[int] | None = None,
        as_of: datetime | None = None,
        most_changes: int | None = MOST_CHANGES,
    ) -> Generator[bytes, None, None]:
        """The pieces of a file, `form` csv, json (lines), xlsx or vcard; with `ids` only of these records. Raises
        ForbiddenError (right export) at once, InvalidInputError record.E052 for vCards of what are no people,
        record.E057 for another `form`.

        `most_changes` None: as of a time however many changes were made since, which may take long and holds one
        snapshot to the end: for jobs and the command line.
        """
        query = Query(where=where, fields=tuple(fields), sort=tuple(sort))
        write = _FORMS.get(form)
        if write is None:
            raise InvalidInputError(codes.NO_SUCH_FORM, form=form)
        export = Export(module=module, query=query, header=header, ids=ids)
        if as_of is None:
            return write(self.models.read_apart, actor, export, now=self.clock())
        held = ExitStack()
        try:
            at = held.enter_context(self._snapshot(actor, as_of, module, fields, (where, *sort), limit=most_changes))
            pieces = write(lambda: nullcontext((at.conn, at.published)), at.actor, export, now=at.now)
        except BaseException:
            held.close()
            raise
        return HeldPieces(pieces, held)

    def count_related(
        self,
        actor: Actor,
        module: str,
        id: int,
        relation: str,
        where: str = "",
        *,
        as_of: datetime | None = None,
    ) -> Count:
        """How many records a related list holds, capped like `count`."""
        with self._snapshot(actor, as_of, module, (where,), relation=relation) as at:
            return count_related(at.conn, at.published, at.actor, module, id, relation, where, now=at.now)
