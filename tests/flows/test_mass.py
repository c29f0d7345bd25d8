"""Many records at once: exact through kills, within the rights of whoever asks, with a report and a way back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from fieldstone.jobs.worker import Worker
from fieldstone.kernel.actors import SYSTEM, Actor
from fieldstone.kernel.errors import ConflictError, FieldstoneError, ForbiddenError, InvalidInputError, NotFoundError
from fieldstone.metadata.layers import Layer
from fieldstone.records.changes import RecordChange
from fieldstone.records.mass.order import MassOrder, StoredMass
from fieldstone.records.mass.tables import mass
from fieldstone.records.query_types import Query
from fieldstone.records.undo_refusals import UndoRefusedError
from fieldstone.runtime.site import Site
from flows.command import Command
from flows.processes import running, wait_until

ROWS = 800
ROLES = """roles:
  rep: {label: Rep, scope: own, modules: {"*": [view, create, edit, delete, mass_edit]}}
  reader: {label: Reader, modules: {"*": [view, edit]}}
"""
MODULE = """module: organization
fields:
  fixed: {type: text, label: Fixed, mass_edit: false}
rules:
  small: {if: "employees > 5000", message: Too many people, field: employees}
"""
WORKFLOW = """module: organization
workflows:
  touch: {label: Touch, on: manual, if: "employees < 3", do: [{set_fields: {description: "'touched'"}}]}
"""
SITE = {
    "metadata/roles.yaml": ROLES,
    "modules/organization.yaml": MODULE,
    "workflows/organization.yaml": WORKFLOW,
}


@pytest.fixture
def site(command: Command) -> Iterator[Site]:
    opened = Site.open(command.site)
    publish(opened, SITE)
    yield opened
    opened.close()


def publish(site: Site, documents: dict[str, str]) -> None:
    site.publishing.publish(site.publishing.plan(Layer(name="site", documents=documents)), SYSTEM)
    site.models.refresh()


def hire(site: Site, name: str, role: str) -> Actor:
    return site.accounts.actor(site.accounts.add_user(name, name.title(), roles=[role]))


def make(site: Site, count: int, **values: Any) -> list[int]:
    rows = [{"name": f"Company {n} of {values}", "employees": n, **values} for n in range(1, count + 1)]
    return [
        each.id
        for each in site.records.save(SYSTEM, [RecordChange(module="organization", values=v) for v in rows]).records
    ]


def order(kind: str, ids: list[int] | None = None, where: str = "", **options: Any) -> MassOrder:
    return MassOrder(module="organization", kind=kind, ids=ids, where=where, options=options)


def rows(site: Site, where: str = "", deleted: bool = False, *fields: str) -> list[dict[str, Any]]:
    query = Query(where=where, fields=fields or ("id", "version"), sort=("id",), limit=2_000, deleted=deleted)
    return [record.values for record in site.records.query(SYSTEM, "organization", query).records]


def test_a_mass_action_that_is_killed_goes_on_where_it_was(site: Site, command: Command) -> None:
    make(site, ROWS)
    boss = site.accounts.operator()

    def kill_at(moment: int) -> None:
        with running("--site", command.site, "worker") as process:
            wait_until(lambda: process.poll() is not None or state(site).last_id > moment, f"it got to {moment}")
            process.kill()

    def finish() -> None:
        # Time goes by: whoever had the job is taken for dead.
        site.database.transact(lambda conn: conn.execute(sa.text("UPDATE fs_job SET lease_until = run_at")))
        Worker(site).run_due()

    def state(site: Site) -> StoredMass:
        return site.masses.list(boss)[0]

    site.masses.start(boss, order("update", where="employees > 10", values={"description": "seen"}))
    kill_at(0)
    finish()
    assert (state(site).state, state(site).done, state(site).changed) == ("done", ROWS - 10, ROWS - 10)
    found = rows(site, "", False, "version", "description")
    assert [each["version"] for each in found] == [1] * 10 + [2] * (ROWS - 10)
    assert {each["description"] for each in found[10:]} == {"seen"}
    site.masses.start(boss, order("delete", where="employees > 20"))
    kill_at(100)
    finish()
    assert (state(site).state, state(site).changed) == ("done", ROWS - 20)
    assert len(rows(site)) == 20
    with site.database.read() as conn:
        assert conn.execute(sa.text("SELECT count(*) FROM fs_history WHERE kind = 'deleted'")).scalar() == ROWS - 20
        assert conn.execute(sa.text("SELECT count(*) FROM fs_bin")).scalar() == ROWS - 20


def test_what_is_done_to_many_stays_within_rights_and_comes_back(site: Site) -> None:
    rep, reader, boss = hire(site, "rep", "rep"), hire(site, "reader", "reader"), site.accounts.operator()
    mine, foreign = make(site, 6, owner=rep.user_id), make(site, 2)
    before = rows(site, "", False, "id", "version", "name", "employees", "tags", "owner", "modified_at")

    # Rights: of the module, of the record, of the field.
    with pytest.raises(ForbiddenError):
        site.masses.start(reader, order("update", mine, values={"description": "x"}))
    with pytest.raises(InvalidInputError):
        site.masses.start(boss, order("update", mine, values={"fixed": "x"}))
    with pytest.raises(FieldstoneError):
        site.masses.start(boss, order("update", mine, values={"created_by": 1}))
    with pytest.raises(FieldstoneError):
        site.masses.start(boss, order("update", where="nothing == 1", values={"description": "x"}))
    done = site.masses.start(rep, order("update", [*mine, *foreign], values={"employees": 9, "description": "x"}))
    assert (done.state, done.changed, done.failed) == ("done", 6, 2)
    problems = site.masses.problems(rep, done.id)
    assert {each.record for each in problems} == set(foreign)
    assert {each.label for each in problems} == {""}
    assert [each["employees"] for each in rows(site, "", False, "employees")] == [9] * 6 + [1, 2]
    with pytest.raises(NotFoundError):
        site.masses.get(boss, done.id)
    with pytest.raises(NotFoundError):
        site.masses.undo(boss, done.id)
    site.masses.undo(rep, done.id)
    assert rows(site, "", False, "id", "version", "name", "employees", "tags", "owner", "modified_at") == before
    assert site.masses.get(rep, done.id).state == "undone"
    with pytest.raises(ConflictError):
        site.masses.undo(rep, done.id)

    # Whoever acts in somebody's place is named in the history, whatever is done by it.
    standing_in = replace(rep, via=f"user:{boss.user_id}", impersonator=boss.user_id)
    acted = site.masses.start(standing_in, order("update", mine[:1], values={"description": "for Rep"}))
    (entry, *_) = site.records.history(boss, "organization", mine[0])
    assert (entry.by_label, entry.acting_label) == ("Rep", boss.name)
    site.masses.undo(rep, acted.id)

    # A rule holds for each; the others are saved. What was changed since is not undone over.
    many = site.masses.start(boss, order("update", mine, values={"employees": 6000}))
    assert (many.changed, many.failed) == (0, 6)
    assert site.masses.problems(boss, many.id)[0].message == "Too many people"
    tagged = site.masses.start(rep, order("tag", mine, add=["big", "new"]))
    assert tagged.changed == 6
    tagged = site.masses.start(rep, order("tag", mine[:2], add=["big"], remove=["new"]))
    assert [sorted(each["tags"] or ()) for each in rows(site, "", False, "tags")][:3] == [
        ["big"],
        ["big"],
        ["big", "new"],
    ]
    site.records.save(SYSTEM, [RecordChange(module="organization", id=mine[0], values={"tags": []})])
    with pytest.raises(UndoRefusedError):
        site.masses.undo(rep, tagged.id)
    assert site.masses.start(rep, order("tag", mine[:2], remove=["none"])).changed == 0

    # Comments, workflows, another owner, the bin and back, and for good.
    assert site.masses.start(rep, order("comment", mine, text="Hello")).changed == 6
    assert site.records.count(SYSTEM, "comment").value == 6
    assert site.masses.start(rep, order("workflow", mine, workflow="touch")).changed == 2
    with pytest.raises(NotFoundError):
        site.masses.start(rep, order("workflow", mine, workflow="none"))
    restricted = [mine[1]]
    site.records.save(SYSTEM, [RecordChange(module="opportunity", values={"name": "Q", "organization": mine[1]})])
    gone = site.masses.start(rep, order("delete", mine))
    assert (gone.changed, gone.failed) == (5, 1)
    assert [each.record for each in site.masses.problems(rep, gone.id)] == restricted
    assert site.masses.start(rep, order("restore", mine[2:])).changed == 4
    assert site.masses.start(rep, order("purge", mine)).changed == 1
    handed = site.masses.start(rep, order("update", mine[1:], values={"owner": boss.user_id}))
    assert (handed.changed, len(rows(site, f"owner == {boss.user_id}"))) == (5, 5)

    # One whose process died while the person waited is stopped and taken up like a job.
    site.database.transact(
        lambda conn: conn.execute(sa.update(mass).where(mass.c.id == handed.id).values(state="running"))
    )
    site.masses.cancel(rep, handed.id)
    site.masses.resume(rep, handed.id)
    Worker(site).run_due()
    again = site.masses.get(rep, handed.id)
    assert (again.state, again.done, again.changed) == ("done", 5, 5)

    # What was done long ago is forgotten when something else is done.
    count = len(site.masses.list(rep))
    ended = sa.update(mass).where(mass.c.id <= gone.id).values(finished_at=site.clock() - timedelta(days=100))
    site.database.transact(lambda conn: conn.execute(ended))
    site.masses.start(rep, order("comment", mine[2:3], text="Later"))
    assert len(site.masses.list(rep)) < count
    with pytest.raises(NotFoundError):
        site.masses.get(rep, gone.id)

    # A whole list as a job: cancelled while it waits, taken up, and a rename on the way.
    waiting = site.masses.start(boss, order("update", where="employees < 4", values={"description": "late"}))
    assert waiting.state == "queued"
    site.masses.cancel(boss, waiting.id)
    Worker(site).run_due()
    assert site.masses.get(boss, waiting.id).state == "cancelled"
    site.masses.resume(boss, waiting.id)
    moves = "moves:\n  - {id: m1, rename: {from: organization.employees, to: organization.people}}\n"
    moves += "  - {id: m2, rename: {from: organization.description, to: organization.about}}\n"
    publish(site, {**site_layer(site), "metadata/moves.yaml": moves})
    Worker(site).run_due()
    ended = site.masses.get(boss, waiting.id)
    assert (ended.state, ended.failed) == ("done", 0)
    assert ended.changed == len(rows(site, "people < 4")) == len(rows(site, "about == 'late'")) > 0
    site.masses.undo(boss, waiting.id)
    assert not rows(site, "about == 'late'")
    assert json.dumps(ended.where) == '"people < 4"'


def site_layer(site: Site) -> dict[str, str]:
    return next(dict(layer.documents) for layer in site.publishing.published_layers() if layer.name == "site")
