"""A site that is reshaped all the time while people work in it, and what must be true of it."""

from __future__ import annotations

import json
import re
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from fieldstone.changes import scheduling
from fieldstone.changes.doctor import examine
from fieldstone.changes.plan import Plan
from fieldstone.kernel.actors import SYSTEM
from fieldstone.kernel.errors import ConflictError, InvalidInputError, MetadataError
from fieldstone.records.changes import RecordChange
from fieldstone.records.query_types import MAX_LIMIT, Query
from fieldstone.records.tables import history
from fieldstone.runtime.site import Site
from fieldstone.storage.revisions import list_revisions
from fieldstone.storage.steps import fs_step, open_steps
from flows.living_documents import FLEET, SITE, TRACKED
from flows.living_load import AS_IT_IS, Load, written
from flows.living_oracle import COMPUTED, Oracle
from flows.living_reshaping import KINDS, Idea, Reshaping
from flows.living_values import can_make, make_value

BATCH = 500
NOT_YET = frozenset({"publish.E005", "publish.E006", "publish.E011"})
"""Why a publish may be refused: records that would not satisfy it."""
PATIENCE = 60.0

_SUM = re.compile(r"(\w+) \+ (\d+)")
_JOINED = re.compile(r"concat\((\w+), '([^']*)'\)")
"""The formulas that are made here."""


@dataclass(frozen=True)
class Memory:
    """What some records showed at a time."""

    moment: datetime
    module: str
    rows: dict[int, dict[str, Any]]


class LivingSite:
    """`steps` counts what was done, `refused` what the site would not do."""

    def __init__(self, site: Site, random: Random, monkeypatch: pytest.MonkeyPatch) -> None:
        self.site = site
        self.random = random
        # Apart, since how many records there are to choose from depends on the load: the changes of a seed do not.
        self._sampling = Random(random.random())
        self.steps: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.reshaping = Reshaping(random)
        self._monkeypatch = monkeypatch
        self._memories: list[Memory] = []
        self._numbers: defaultdict[str, dict[int, str]] = defaultdict(dict)
        self._revisions: list[int] = []
        self._fleet = 0

    def begin(self, records: int) -> None:
        """The site's own module, its plugin, and so many records."""
        self.upgrade()
        self.reshaping.documents = json.loads(json.dumps(SITE))
        self._publish(self.site.publishing.plan(self.reshaping.layer()))
        model = self.site.models.current.model
        self.tracked = {model.modules[name].identity for name in TRACKED}
        fixed = {
            field.identity
            for name, module in model.modules.items()
            for field in module.fields.values()
            if field.name not in TRACKED.get(name, (1, ()))[1]
        }
        self.oracle = Oracle(self.site.models.current)
        ids: dict[str, list[int]] = {}
        for name, (share, fields) in TRACKED.items():
            ids[model.modules[name].identity] = self._fill(name, fields, records * share // 100)
        self.load = Load(self.site, self.random, frozenset(fixed), readers=1, writers=1, ids=ids)
        self.reshaping.read(self._site_layer())

    def _fill(self, module: str, fields: Sequence[str], count: int) -> list[int]:
        published = self.site.models.current
        model = published.model
        found = model.modules[module]
        made: list[int] = []
        while len(made) < count:
            changes = []
            for serial in range(len(made) + 1, min(count, len(made) + BATCH) + 1):
                values = {
                    name: make_value(self.random, found.fields[name], model, serial)
                    for name in fields
                    if can_make(found.fields[name], model)
                }
                changes.append(RecordChange(module=module, values=values))
            result = self.site.records.save(SYSTEM, changes, options=AS_IT_IS)
            for change, saved in zip(changes, result.records, strict=True):
                self.oracle.tell([written(published, module, change.values, saved)])
                made.append(saved.id)
        return made

    @contextmanager
    def working(self) -> Iterator[None]:
        """People and a worker are at it."""
        stop = threading.Event()
        worker = threading.Thread(target=self.site.worker("living").run_forever, args=(stop,))
        worker.start()
        try:
            with self.load.running():
                yield
        finally:
            stop.set()
            self.site.jobs.wake.set()
            worker.join()

    def step(self, kind: str) -> None:
        """One step of a kind; where there is nothing of it to do, or the site refuses it, another."""
        begun = time.perf_counter()
        if self.random.random() < 0.4:
            self._monkeypatch.setattr(scheduling, "INLINE_ROWS", 100)
        for chosen in (kind, *self.random.choices(list(KINDS), k=30)):
            if self._try(chosen):
                self.steps[chosen] += 1
                self.seconds[chosen] += time.perf_counter() - begun
                break
        else:
            raise AssertionError(f"nothing could be done: {self.refused}")
        self._monkeypatch.undo()

    def _try(self, kind: str) -> bool:
        if kind == "rollback":
            return self.rollback()
        if kind == "upgrade":
            return self.upgrade()
        self.reshaping.read(self._site_layer())
        try:
            idea = self.reshaping.change(self.site.models.current.model, kind)
        except (IndexError, ValueError):
            return False
        if idea is None:
            return False
        return self._propose(idea)

    def _propose(self, idea: Idea) -> bool:
        for _ in range(2):
            try:
                plan = self.site.publishing.plan(self.reshaping.layer())
                if plan.is_empty:
                    return False
                return self._publish(plan, idea)
            except MetadataError as error:
                self.refused[f"{idea.kind} {error.diagnostics[0].code}"] += 1
                return False
            except InvalidInputError as error:
                if error.code not in NOT_YET:
                    raise
                self.refused[f"{idea.kind} {error.code}"] += 1
                return False
            except ConflictError as error:
                if error.code != "publish.E007":
                    raise
                self.wait_for_jobs()
        return False

    def _publish(self, plan: Plan, idea: Idea | None = None) -> bool:
        idea = idea or Idea(kind="")
        if hasattr(self, "load"):
            self.load.filling = frozenset(
                field.identity
                for module in plan.model.modules.values()
                for field in module.fields.values()
                if f"{module.name}.{field.name}" in {fill.path for fill in idea.fills}
            )
        self.site.publishing.publish(plan, SYSTEM, message=idea.kind, allow_destructive=True)
        self._revisions.append(plan.version + 1)
        if hasattr(self, "load"):
            with self.load.paused() as news:
                self.oracle.tell(news)
                self.oracle.publish(self.site.models.current, idea.fills, idea.replaces)
            if idea.fills:
                self.wait_for_jobs()
            self.load.filling = frozenset()
        return True

    def rollback(self) -> bool:
        """To any earlier revision."""
        if any(step.kind == "replace" for step in self._open_steps()):
            # It would be undone where it has not been done yet: the oracle takes it as done.
            self.wait_for_jobs()
        revision = self.random.choice(self._revisions)
        try:
            plan = self.site.publishing.plan_rollback(revision)
        except ConflictError as error:
            if error.code != "publish.E007":
                raise
            self.wait_for_jobs()
            plan = self.site.publishing.plan_rollback(revision)
        if plan.is_empty:
            return False
        self._publish(plan, Idea(kind=f"rollback to {revision}"))
        self.check()
        return True

    def upgrade(self) -> bool:
        """The next version of the plugin is installed, and published by itself as when a process starts."""
        if self._fleet == len(FLEET):
            return False
        self._fleet += 1
        self.install_plugin(self.site)
        if self._fleet > 1:
            return self._propose_installed()
        return True

    def install_plugin(self, site: Site) -> None:
        """The files of the version that is reached."""
        folder = site.folder / "plugins" / "fleet"
        files: dict[str, str] = {}
        for version in FLEET[: self._fleet]:
            files |= version
        for path, text in files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            if text:
                target.write_text(text, encoding="utf-8")
            else:
                target.unlink(missing_ok=True)

    def _propose_installed(self) -> bool:
        try:
            plan = self.site.publishing.plan()
        except ConflictError:
            self.wait_for_jobs()
            plan = self.site.publishing.plan()
        self._publish(plan, Idea(kind="upgrade"))
        return True

    def wait_for_jobs(self) -> None:
        """Until no row work is left."""
        until = time.monotonic() + PATIENCE
        pause = threading.Event()
        while self._open_steps():
            assert time.monotonic() < until, self._open_steps()
            self.site.jobs.wake.set()
            pause.wait(0.02)
        self.site.models.refresh()

    def _open_steps(self) -> list[Any]:
        with self.site.database.read() as conn:
            return open_steps(conn)

    def _site_layer(self) -> Any:
        layer = self.site.publishing.published_site_layer()
        assert layer
        return layer

    # What must be true.

    def check(self, *, most: int | None = 200) -> None:
        """No request failed, the doctor finds nothing, and every value is there: of `most` records of each module,
        None all."""
        self.wait_for_jobs()
        with self.load.paused() as news:
            self.oracle.tell(news)
            assert not self.load.failures, "\n".join(self.load.failures[:8])
            findings = list(examine(self.site.database, self.site.registries.compile))
            assert not findings, findings
            for module in self._modules():
                self._check_values(module, most)

    def _modules(self) -> list[str]:
        model = self.site.models.current.model
        return [name for name, module in model.modules.items() if module.identity in self.tracked]

    def _sample(self, module: str, most: int | None) -> set[int]:
        ids = self.oracle.records[self.site.models.current.model.modules[module].identity]
        return ids if most is None else set(self._sampling.sample(sorted(ids), min(most, len(ids))))

    def _check_values(self, module: str, most: int | None) -> None:
        ids = self._sample(module, most)
        expected, found = self.oracle.expected(module, ids), self._rows(module, ids)
        assert set(found) == ids
        wrong = [
            f"{module}.{name} of {id} is {found[id][name]!r}, not {value!r}"
            for id, values in expected.items()
            for name, value in values.items()
            if found[id][name] != value
        ]
        assert not wrong, self._told(wrong)
        wrong = [
            f"{module}.{name} of {id} is {found[id][name]!r}, not {value!r}"
            for name, id, value in (*self._computed(module, expected, found), *self._numbered(module, found))
            if found[id][name] != value
        ]
        assert not wrong, self._told(wrong)

    def _told(self, wrong: Sequence[str]) -> str:
        """Some of what is wrong, and what the first field of it was in each revision."""
        module, name = wrong[0].split(" ")[0].split(".")
        current = self.site.models.current.model.modules.get(module)
        identity = current.fields[name].identity if current and name in current.fields else ""
        life = [f"{len(wrong)}: {wrong[:8]}"]
        with self.site.database.read() as conn:
            said = ""
            for known in reversed(list_revisions(conn, limit=1000)):
                past = self.site.publishing.past(known.id).model
                fields = ((each.name, field) for each in past.modules.values() for field in each.fields.values())
                found = [item for item in fields if item[1].identity == identity]
                now = ", ".join(f"{each}.{f.name} {f.type} {f.column} {f.expression} {f.picklist}" for each, f in found)
                life.append(f"{known.id} {known.message}: {now if now != said else '='}")
                said = now
            life += [str(step) for step in conn.execute(sa.select(fs_step)) if step.field == identity]
        return "\n".join(life)

    def _computed(
        self, module: str, expected: dict[int, dict[str, Any]], found: dict[int, dict[str, Any]]
    ) -> Iterator[tuple[str, int, Any]]:
        """What formulas of the forms that are made here must give."""
        fields = self.site.models.current.model.modules[module].fields
        for field in fields.values():
            match = _SUM.fullmatch(field.expression) or _JOINED.fullmatch(field.expression)
            if field.type == "formula" and match:
                for id, values in expected.items():
                    if match[1] in values and not found[id]["deleted"]:
                        value, more = values[match[1]], match[2]
                        if match.re is _JOINED:
                            yield field.name, id, f"{value or ''}{more}"
                        else:
                            yield field.name, id, None if value is None else value + int(more)

    def _numbered(self, module: str, found: dict[int, dict[str, Any]]) -> Iterator[tuple[str, int, Any]]:
        """The running numbers that records were seen with: they keep them, whatever the field was in between."""
        for field in self.site.models.current.model.modules[module].fields.values():
            if field.type == "auto_number":
                seen = self._numbers[field.identity]
                for id, values in found.items():
                    assert values[field.name], f"{module}.{field.name} of {id} has no number"
                    yield field.name, id, seen.setdefault(id, values[field.name])
                assert len(set(seen.values())) == len(seen), f"{module}.{field.name} gave a number twice"

    def _rows(self, module: str, ids: set[int], as_of: datetime | None = None) -> dict[int, dict[str, Any]]:
        rows: dict[int, dict[str, Any]] = {}
        if len(ids) <= MAX_LIMIT:
            for deleted in (False, True):
                for record in self.site.records.fetch(SYSTEM, module, sorted(ids), deleted=deleted, as_of=as_of):
                    rows[record.id] = record.values | {"version": record.version, "deleted": deleted}
            return rows
        for deleted in (False, True):
            cursor, more = "", True
            while more:
                query = Query(limit=MAX_LIMIT, deleted=deleted, cursor=cursor, as_of=as_of, sort=("id",))
                page = self.site.records.query(SYSTEM, module, query)
                for record in page.records:
                    if record.id in ids:
                        rows[record.id] = record.values | {"version": record.version, "deleted": deleted}
                cursor, more = page.next_cursor, page.has_more
        return rows

    def remember(self) -> None:
        """What some records show now, to be read again as of now later on."""
        self.wait_for_jobs()
        with self.load.paused() as news:
            self.oracle.tell(news)
            model = self.site.models.current.model
            for module in self._modules():
                fields = model.modules[module].fields
                ids = self._sample(module, 40)
                rows = self._rows(module, ids)
                # What formulas gave is not kept up for what is in the recycle bin.
                computed = [name for name, field in fields.items() if field.type in COMPUTED]
                for values in rows.values():
                    for name in computed if values["deleted"] else ():
                        del values[name]
                self._memories.append(Memory(moment=self.site.clock(), module=module, rows=rows))

    def check_past(self) -> None:
        """What was remembered is what is read as of then."""
        for memory in self._memories:
            found = self._rows(memory.module, set(memory.rows), memory.moment)
            wrong = [
                f"{memory.module}.{name} of {id} at {memory.moment} was {value!r}, not {found[id].get(name)!r}"
                for id, values in memory.rows.items()
                for name, value in values.items()
                if found[id].get(name, ...) != value
            ]
            assert not wrong, self._told(wrong)

    def check_history(self) -> None:
        """Each version of each record has its entry, and each write is in it."""
        kept: dict[tuple[str, int, int], tuple[str, frozenset[str]]] = {}
        count: Counter[tuple[str, int]] = Counter()
        with self.site.database.read() as conn:
            rows = conn.execute(sa.select(history).where(history.c.kind.not_in(("linked", "unlinked")))).all()
        for row in rows:
            assert (row.module, row.record_id, row.version) not in kept, row
            kept[row.module, row.record_id, row.version] = row.kind, frozenset(json.loads(row.changes))
            count[row.module, row.record_id] += 1
        for item in self.oracle.written:
            if item.changed or item.kind != "updated":
                kind, changed = kept[*item.key, item.number]
                assert kind == item.kind
                assert item.changed <= changed or kind == "created"
        for module in self._modules():
            identity = self.site.models.current.model.modules[module].identity
            for id, values in self._rows(module, self._sample(module, None)).items():
                assert count[identity, id] == values["version"], (module, id)

    def report(self) -> None:
        """How often each kind of step was done, and the seconds one took."""
        for kind, seconds in sorted(self.seconds.items(), key=lambda item: -item[1] / self.steps[item[0]]):
            print(f"{kind:24} {self.steps[kind]:3} {seconds / self.steps[kind]:6.2f} s")
        print("refused", dict(self.refused))
        print("requests", dict(self.load.requests), "retried", dict(self.load.retried))
