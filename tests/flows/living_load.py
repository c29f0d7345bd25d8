"""Readers and writers that go on all the time, with the names of the model of the moment."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from random import Random
from typing import Any

import sqlalchemy as sa

from fieldstone.fields.definition import FieldDef
from fieldstone.kernel.actors import SYSTEM
from fieldstone.kernel.errors import FieldstoneError, ValidationError
from fieldstone.metadata.definitions import ModuleDef
from fieldstone.records.changes import RecordChange, SavedRecord, SaveOptions
from fieldstone.records.query_types import Query
from fieldstone.records.writing import write
from fieldstone.runtime.site import Site
from fieldstone.storage.published import PublishedModel
from flows.living_oracle import Written
from flows.living_values import can_make, kept_value, make_value

UNKNOWN_NAME = frozenset({"query.E001", "record.E003", "record.E011", "expression.E010", "expression.E011"})
"""What is answered to a request with a name that is no more: there is no such field, module or name."""
AS_IT_IS = SaveOptions(duplicates="ignore")


class Load:
    """`failures` are requests that should not have failed, `retried` how many met a new model. `fixed` are the
    identities of fields that other parts of the site write; those are left alone. `filling` those being filled in."""

    def __init__(
        self,
        site: Site,
        random: Random,
        fixed: frozenset[str],
        *,
        readers: int,
        writers: int,
        ids: Mapping[str, Sequence[int]],
    ) -> None:
        self.site = site
        self.failures: list[str] = []
        self.requests: Counter[str] = Counter()
        self.retried: Counter[str] = Counter()
        self.filling: frozenset[str] = frozenset()
        self._fixed = fixed
        self._stop = threading.Event()
        self._written: list[Written] = []
        self._gates = [threading.Lock() for _ in range(writers)]
        self._threads = [
            threading.Thread(target=self._go_on, args=(_Reader(self, Random(random.random())), threading.Lock()))
            for _ in range(readers)
        ]
        for place, gate in enumerate(self._gates):
            mine = {module: [id for id in known if id % writers == place] for module, known in ids.items()}
            writer = _Writer(self, Random(random.random()), place, mine)
            self._threads.append(threading.Thread(target=self._go_on, args=(writer, gate)))

    @contextmanager
    def running(self) -> Iterator[None]:
        for thread in self._threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in self._threads:
                thread.join()

    @contextmanager
    def paused(self) -> Iterator[list[Written]]:
        """While no writer is at work: what they have written since the last time."""
        with ExitStack() as stack:
            for gate in self._gates:
                stack.enter_context(gate)
            taken, self._written = self._written, []
            yield taken

    def note(self, written: Sequence[Written]) -> None:
        self._written.extend(written)

    def writable(self, module: ModuleDef, published: PublishedModel) -> list[FieldDef]:
        return [
            field
            for field in module.fields.values()
            if field.identity not in self._fixed
            and field.identity not in self.filling
            and field.identity not in published.waiting
            and can_make(field, published.model)
        ]

    def _go_on(self, worker: _Reader | _Writer, gate: threading.Lock) -> None:
        while not self._stop.is_set():
            published = self.site.models.current
            name, request = worker.next(published)
            try:
                with gate:
                    request()
                self.requests[name] += 1
            except FieldstoneError as error:
                self._excuse(name, error, published)
            except Exception as error:
                self.failures.append(f"{name}: {type(error).__name__}: {error}")

    def _excuse(self, name: str, error: FieldstoneError, published: PublishedModel) -> None:
        """A name or a limit of the model before is asked for again, with the model of now; nothing else may fail."""
        moved = self.site.models.refresh() is not published
        if moved and (error.code in UNKNOWN_NAME or isinstance(error, ValidationError)):
            self.retried[error.code] += 1
            return
        problems = error.problems if isinstance(error, ValidationError) else ()
        self.failures.append(f"{name}: {error} {[(problem.field, problem.text) for problem in problems]}")


class _Reader:
    def __init__(self, load: Load, random: Random) -> None:
        self._load = load
        self._random = random
        self._records = load.site.records

    def next(self, published: PublishedModel) -> tuple[str, Callable[[], Any]]:
        module = self._random.choice(list(published.model.modules.values()))
        kind = self._random.choice(("list", "record", "search", "history", "as of", "aggregate", "count", "suggest"))
        return kind, lambda: getattr(self, "_" + kind.replace(" ", "_"))(module, published)

    def _field(self, module: ModuleDef, published: PublishedModel) -> str:
        """One whose values are there, and which can be sorted and found by."""
        types = published.model.field_types
        found = [
            field.name
            for field in module.fields.values()
            if types[field.type].sortable and not published.waiting and field.type != "lookup"
        ]
        return self._random.choice(found or ["id"])

    def _list(self, module: ModuleDef, published: PublishedModel) -> None:
        name = self._field(module, published)
        where = self._random.choice(("", f"not is_empty({name})"))
        page = self._records.query(SYSTEM, module.name, Query(where=where, sort=(name,), limit=30))
        if page.has_more:
            more = Query(where=where, sort=(name,), limit=30, cursor=page.next_cursor)
            self._records.query(SYSTEM, module.name, more)

    def _some_id(self, module: ModuleDef) -> int | None:
        page = self._records.query(SYSTEM, module.name, Query(fields=("id",), sort=("-id",), limit=20))
        return self._random.choice(page.records).id if page.records else None

    def _record(self, module: ModuleDef, published: PublishedModel) -> None:
        if id := self._some_id(module):
            self._records.fetch(SYSTEM, module.name, [id])

    def _search(self, module: ModuleDef, published: PublishedModel) -> None:
        self._records.search(SYSTEM, self._random.choice(("note", "person", "1", "好")))

    def _history(self, module: ModuleDef, published: PublishedModel) -> None:
        if id := self._some_id(module):
            self._records.history(SYSTEM, module.name, id)

    def _as_of(self, module: ModuleDef, published: PublishedModel) -> None:
        moment = self._load.site.clock()
        then = self._records.model_at(moment).model
        self._records.query(SYSTEM, self._random.choice(list(then.modules)), Query(limit=10, as_of=moment))

    def _aggregate(self, module: ModuleDef, published: PublishedModel) -> None:
        choices = [field.name for field in module.fields.values() if field.type == "picklist"]
        group = tuple(choices[:1]) if not published.waiting else ()
        self._records.aggregate(SYSTEM, module.name, group=group)

    def _count(self, module: ModuleDef, published: PublishedModel) -> None:
        self._records.count(SYSTEM, module.name, f"is_empty({self._field(module, published)})")

    def _suggest(self, module: ModuleDef, published: PublishedModel) -> None:
        self._records.suggest(SYSTEM, module.name, "n")


class _Writer:
    """Each has records of its own, so that what it wrote last is what must be there."""

    def __init__(self, load: Load, random: Random, place: int, ids: dict[str, list[int]]) -> None:
        self._load = load
        self._random = random
        self._records = load.site.records
        self._ids = ids
        self._serial = 1_000_000 * (place + 1)
        self._gone: list[tuple[str, int]] = []

    def next(self, published: PublishedModel) -> tuple[str, Callable[[], Any]]:
        modules = {module.identity: module for module in published.model.modules.values()}
        module = modules[self._random.choice([identity for identity in self._ids if identity in modules])]
        mine = self._ids[module.identity]
        chance = self._random.random()
        if chance < 0.05 and self._gone and self._gone[-1][0] in modules:
            return "restore", lambda: self._restore(modules[self._gone[-1][0]], published)
        if chance < 0.1 and mine:
            return "delete", lambda: self._delete(module, published)
        if chance < 0.35 or not mine:
            return "create", lambda: self._save(module, None, published)
        return "update", lambda: self._save(module, self._random.choice(mine), published)

    def _save(self, module: ModuleDef, id: int | None, published: PublishedModel) -> None:
        fields = self._load.writable(module, published)
        if id is not None:
            fields = self._random.sample(fields, min(len(fields), self._random.randint(1, 3)))
        values = {}
        for field in fields:
            self._serial += 1
            values[field.name] = make_value(self._random, field, published.model, self._serial)
        self._add_required(module, id, values, published)
        if id is None and module.fields[module.name_field].name not in values:
            values[module.name_field] = f"Record {self._serial}"
        change = RecordChange(module=module.name, id=id, values=values)
        used: list[PublishedModel] = []

        def work(conn: sa.Connection, current: PublishedModel) -> SavedRecord:
            used[:] = [current]
            return self._records.save_in(conn, current, SYSTEM, [change], options=AS_IT_IS).records[0]

        saved = write(self._load.site.models, work)
        self._load.note([written(used[0], module.name, values, saved)])
        if id is None:
            self._ids[module.identity].append(saved.id)

    def _add_required(
        self, module: ModuleDef, id: int | None, values: dict[str, Any], published: PublishedModel
    ) -> None:
        """A rollback may bring back that a field is required, which some records do not have."""
        required = [field for field in self._load.writable(module, published) if field.required]
        if id is None or not required:
            return
        names = [field.name for field in required]
        (found,) = self._records.fetch(SYSTEM, module.name, [id], fields=names)
        for field in required:
            if found.values[field.name] is None:
                self._serial += 1
                values[field.name] = make_value(self._random, field, published.model, self._serial)

    def _delete(self, module: ModuleDef, published: PublishedModel) -> None:
        mine = self._ids[module.identity]
        place = self._random.randrange(len(mine))
        saved = self._records.delete(SYSTEM, module.name, [mine[place]]).records[0]
        self._gone.append((module.identity, mine.pop(place)))
        self._load.note([Written(version=0, key=self._gone[-1], kind="deleted", number=saved.version)])

    def _restore(self, module: ModuleDef, published: PublishedModel) -> None:
        saved = self._records.restore(SYSTEM, module.name, [self._gone[-1][1]]).records[0]
        key = self._gone.pop()
        self._ids[key[0]].append(key[1])
        self._load.note([Written(version=0, key=key, kind="restored", number=saved.version)])


def written(published: PublishedModel, name: str, values: Mapping[str, Any], saved: SavedRecord) -> Written:
    """What a save has done, by identities."""
    module = published.model.modules[name]
    fields = {key: module.fields[key] for key in values}
    cells = {field.identity: kept_value(field, published.model, values[key]) for key, field in fields.items()}
    return Written(
        version=published.version,
        key=(module.identity, saved.id),
        kind="created" if saved.created else "updated",
        number=saved.version,
        cells=cells,
        changed=frozenset(module.fields[key].identity for key in saved.changed if key in fields),
    )
