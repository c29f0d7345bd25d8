"""A module with ten thousand records is changed in Setup while somebody works in it: no request fails, nothing is lost.
What was shaped so is taken to a fresh site in the end."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from fieldstone.changes.doctor import examine
from fieldstone.changes.site_patch import patch_document
from fieldstone.kernel.actors import SYSTEM
from fieldstone.metadata.model import AppModel
from fieldstone.records.changes import RecordChange
from fieldstone.records.query_types import MAX_LIMIT, Query
from fieldstone.runtime.site import Site
from fieldstone.storage.published import PublishedModel
from fieldstone.storage.steps import open_steps
from fieldstone.web import create_app
from flows.command import Command
from web.setup.test_roles import filled
from web.visitor import Visitor, text_of

RECORDS = 10_000
BATCH = 1_000
_BREATH = 0.03
"""Seconds between two requests of one person."""
PATIENCE = 60
"""Seconds that the work on all records may take at most, however busy the machine."""

FIELDS = {
    "name": {"type": "text", "label": "Name"},
    "hours": {"type": "decimal", "label": "Hours"},
    "grade": {"type": "text", "label": "Grade"},
    "place": {"type": "text", "label": "Place"},
    "note": {"type": "text", "label": "Note"},
}
SHAPED = {
    "modules/visit.yaml": {
        "module": "visit", "label": "Visit", "plural": "Visits", "name_field": "name", "fields": FIELDS,
    },
    "layouts/visit.yaml": {"module": "visit", "list": {"columns": ["name", "hours", "grade"]}},
}  # fmt: skip


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def make_site(request: pytest.FixtureRequest, new_site: Callable[[str], Site]) -> Callable[[], Site]:
    return lambda: new_site(request.param)


def test_a_living_module(make_site: Callable[[], Site], tmp_path: Path) -> None:
    site = make_site()
    setup = Setup(site)
    setup.begin()
    rows = _fill(site)
    work = Work(create_app(site), site, rows)
    with setup.jobs(), work.going_on():
        setup.rename("visit", "hours", "duration")
        work.goes_on()
        setup.retype("visit", "grade", "integer")
        work.goes_on()
        assert {type(row["grade"]) for row in _read(site)[1].values()} == {int}
        setup.remove("visit", "place")
        work.goes_on()
        assert "place" not in _module(site).fields
        setup.restore("visit", "place")
        setup.rename_module("visit", "call")
        work.goes_on()
        setup.go_back()
        work.goes_on()
    assert not work.failures, work.failures[:5]
    assert _read(site) == ("visit", rows)  # texts again, and with them all that was written meanwhile
    assert not list(examine(site.database, site.registries.compile))
    _take_to(make_site(), site, tmp_path / "documents")


def _take_to(fresh: Site, site: Site, folder: Path) -> None:
    """What a site has of its own, published from a folder elsewhere: nothing more is to be done there."""
    Command(site.folder)("metadata", "export", folder)
    there = Command(fresh.folder)
    there("publish", folder, "-m", "All at once")
    assert there("plan", folder, "--json").json["changes"] == []
    assert fresh.models.refresh().model.hash == site.models.refresh().model.hash


def _module(site: Site) -> Any:
    return next(each for each in site.models.refresh().model.modules.values() if "note" in each.fields)


def _fill(site: Site) -> dict[int, dict[str, Any]]:
    """Ten thousand records in a few statements; id → values."""
    made: dict[int, dict[str, Any]] = {}
    for first in range(1, RECORDS + 1, BATCH):
        values = [
            {"name": f"Visit {n}", "hours": n % 90, "grade": str(n % 7), "place": f"Room {n % 300}", "note": ""}
            for n in range(first, first + BATCH)
        ]
        saved = site.records.save(SYSTEM, [RecordChange(module="visit", values=each) for each in values])
        made |= {record.id: each for record, each in zip(saved.records, values, strict=True)}
    return made


def _read(site: Site) -> tuple[str, dict[int, dict[str, Any]]]:
    """What the module is called, and all of it."""
    module = _module(site)
    found: dict[int, dict[str, Any]] = {}
    cursor = None
    while True:
        names = tuple(name for name in (*FIELDS, "duration") if name in module.fields)
        page = site.records.query(
            SYSTEM, module.name, Query(fields=names, sort=("id",), limit=MAX_LIMIT, cursor=cursor)
        )
        found |= {
            row.id: {name: "" if row.values[name] is None else row.values[name] for name in names}
            for row in page.records
        }
        cursor = page.next_cursor
        if not page.has_more:
            return module.name, found


class Setup:
    """An administrator at the forms of Setup: a change in the draft, then what the review publishes."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.admin = Visitor(create_app(site))
        self.admin.log_in()
        self.user = site.accounts.find_user_id("admin") or 0

    def begin(self) -> None:
        for path, data in SHAPED.items():
            self.site.drafts.edit(
                self.user, path, lambda layers, path=path, data=data: patch_document(layers, path, data)
            )
        self._publish()

    def rename(self, module: str, field: str, new: str) -> None:
        self._send(f"{module}/fields/{field}/rename", new=new)

    def retype(self, module: str, field: str, kind: str) -> None:
        self._send(f"{module}/fields/{field}/type", type=kind, sure="1")

    def remove(self, module: str, field: str) -> None:
        self._send(f"{module}/fields/{field}/remove")

    def restore(self, module: str, field: str) -> None:
        self._send(f"{module}/fields/{field}/restore")

    def rename_module(self, module: str, new: str) -> None:
        self._send(f"{module}/rename", new=new)

    def go_back(self) -> None:
        """To what was published first."""
        answer = self.admin.post("/setup/revisions/2/back", self._read_plan("/setup/revisions/2/back"))
        assert answer.location == "/setup/revisions/", text_of(self.admin.get("/setup/revisions/"))
        self._wait()

    def _send(self, path: str, **form: str) -> None:
        answer = self.admin.post(f"/setup/modules/{path}", form)
        assert answer.status_code == 303, text_of(answer)
        self._publish()

    def _publish(self) -> None:
        answer = self.admin.post("/setup/draft/publish", self._read_plan("/setup/draft/"))
        assert answer.location == "/setup/revisions/", text_of(self.admin.get("/setup/draft/"))
        self._wait()

    def _read_plan(self, page: str) -> dict[str, Any]:
        return {**filled(self.admin.get(page)), "allow": "1"}

    @contextmanager
    def jobs(self) -> Iterator[None]:
        stop = threading.Event()
        worker = threading.Thread(target=self.site.worker("living").run_forever, args=(stop,))
        worker.start()
        try:
            yield
        finally:
            stop.set()
            self.site.jobs.wake.set()
            worker.join()

    def _wait(self) -> None:
        """Until nothing is left to do on the records."""
        pause = threading.Event()
        for _ in range(PATIENCE * 50):
            with self.site.database.read() as conn:
                if not open_steps(conn):
                    break
            self.site.jobs.wake.set()
            pause.wait(0.02)
        else:
            raise AssertionError("the work on the records does not end")
        self.site.models.refresh()


class Work:
    """Somebody who reads pages and writes by the API all the while; `rows` follows what is written. A name that was
    true until a moment ago is asked for again with the one of now; no other request may fail."""

    def __init__(self, app: Flask, site: Site, rows: dict[int, dict[str, Any]]) -> None:
        site.accounts.add_user("ben", "Ben Nevis", roles=("sales_manager",), password="a long password")
        self.site, self.rows = site, rows
        self.visitor = Visitor(app)
        self.visitor.log_in("ben")
        self.api = app.test_client(use_cookies=False)
        self.head = {"Authorization": f"Bearer {site.accounts.add_token('ben', label='test').secret}"}
        self.failures: list[str] = []
        self.done: Counter[str] = Counter()
        self._stop = threading.Event()
        self._turned = threading.Condition()

    @contextmanager
    def going_on(self) -> Iterator[None]:
        threads = [threading.Thread(target=self._go_on, args=(each,)) for each in (self._look, self._write)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def goes_on(self) -> None:
        """Some of each was done since now, as things are now."""
        before = Counter(self.done)
        with self._turned:
            ended = self._turned.wait_for(
                lambda: self.failures or all(self.done[kind] >= before[kind] + 3 for kind in ("looked", "wrote")),
                PATIENCE,
            )
        assert not self.failures, self.failures[:5]
        assert ended, self.done - before

    def _go_on(self, act: Callable[[int, PublishedModel], tuple[str, int, str]]) -> None:
        for turn in itertools.count(1):
            if self._stop.wait(_BREATH):
                return
            published = self.site.models.current
            try:
                kind, status, text = act(turn, published)
            except Exception as error:
                kind, status, text = act.__name__, 500, repr(error)
            moved = self.site.models.current.version != published.version
            with self._turned:
                if status == 200:
                    self.done[kind] += 1
                elif status not in (404, 422) or not moved:
                    self.failures.append(f"{kind}: {status} {text[:500]}")
                self._turned.notify_all()

    def _look(self, turn: int, published: PublishedModel) -> tuple[str, int, str]:
        name = _name_in(published.model)
        path = (f"/m/{name}?view=all", f"/m/{name}/{turn}", f"/m/{name}/{turn}/edit", f"/m/{name}?as=kanban")[turn % 3]
        answer = self.visitor.get(path)
        return "looked", answer.status_code, text_of(answer)

    def _write(self, turn: int, published: PublishedModel) -> tuple[str, int, str]:
        """The grade is written as what it is now, and left alone while it is brought over."""
        name, id = _name_in(published.model), 1 + turn * 37 % RECORDS
        field = published.model.modules[name].fields["grade"]
        said: dict[str, Any] = {"note": f"Note {turn}"}
        if field.identity not in published.waiting:
            said["grade"] = 10 + turn % 80 if field.type == "integer" else str(10 + turn % 80)
        url = f"/api/v1/m/{name}/{id}"
        read = self.api.get(url, headers=self.head)
        if read.status_code != 200:
            return "wrote", read.status_code, read.text
        answer = self.api.patch(url, json=said, headers={**self.head, "If-Match": read.headers["ETag"]})
        if answer.status_code == 200:
            self.rows[id] |= {key: str(value) for key, value in said.items()}
        return "wrote", answer.status_code, answer.text


def _name_in(model: AppModel) -> str:
    return "visit" if "visit" in model.modules else "call"
