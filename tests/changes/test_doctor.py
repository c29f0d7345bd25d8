"""The doctor finds what was changed by hand, says how to mend it, and finds nothing where nothing is wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from changes.workbench import DOCUMENTS, Workbench, layers
from fieldstone.changes import scheduling
from fieldstone.changes.doctor import examine
from fieldstone.changes.publish import publish
from fieldstone.changes.purge import plan_purge, purge
from fieldstone.jobs.kinds import JobKind
from fieldstone.jobs.queue import JobQueue
from fieldstone.kernel.actors import SYSTEM
from fieldstone.kernel.diagnostics import Diagnostic
from fieldstone.metadata.layers import Layer
from fieldstone.storage.allocate import id_key, sequence_name
from fieldstone.storage.database import Database
from fieldstone.storage.steps import note_job

SITE = """
module: lead
fields:
  city: {type: text, label: City, index: true}
  tags: {type: multi_picklist, label: Tags, picklist: lead_state}
  code: {type: integer, label: Code, unique: true}
  about: {type: lookup, label: About, to: "*"}
  note: {type: text, label: Note}
relations:
  helpers:
    kind: many_to_many
    to: organization
    attributes:
      part: {type: picklist, label: Part, picklist: lead_state}
"""
EVENT = "module: event\nlabel: Event\nplural: Events\nname_field: name\nfields:\n  name: {type: text, label: Name}\n"
BASE = layers(lead=SITE)
WITHOUT_NOTE = SITE.replace("  note: {type: text, label: Note}\n", "")


@pytest.fixture
def workbench(database: Database) -> Workbench:
    made = Workbench(database)
    made.publish(BASE)
    made.insert("organization", name="Vega")
    made.insert("lead", name="Ann", state="new", organization=1, code=7)
    return made


def examined(workbench: Workbench) -> list[Diagnostic]:
    return list(examine(workbench.database, workbench.compile))


def run(workbench: Workbench, *statements: str) -> None:
    for statement in statements:
        workbench.database.transact(lambda conn, text=statement: conn.exec_driver_sql(text))  # type: ignore[misc]


def mend(workbench: Workbench, finding: Diagnostic) -> None:
    """What the hint says, word for word."""
    repair = str(finding.params["repair"])
    assert repair in finding.hint
    run(workbench, *repair.split("; "))


def test_a_site_is_healthy_whatever_was_published(workbench: Workbench) -> None:
    def healthy() -> None:
        assert [str(finding) for finding in examined(workbench)] == []

    healthy()
    picklist = DOCUMENTS["metadata/picklists/lead_state.yaml"] + "  lost: {label: Lost}\n"
    states = [Layer(name="standard", documents={**DOCUMENTS, "metadata/picklists/lead_state.yaml": picklist}), BASE[1]]
    steps: list[list[Layer]] = [
        layers(lead=SITE, event=EVENT),
        layers(lead=SITE.replace("note: {type: text", "note: {type: long_text"), event=EVENT),
        layers(lead=SITE.replace("code: {type: integer, label: Code, unique: true}", "code: {type: date, label: D}")),
        layers(lead=WITHOUT_NOTE.replace('  about: {type: lookup, label: About, to: "*"}\n', "")),
        layers(lead=SITE.replace(", index: true", "").replace('to: "*"', "to: organization")),
        states,
        layers(lead="module: lead\nfields:\n  amount: null\n  organization: null\n"),
    ]
    for number, step in enumerate(steps):
        workbench.publish(step, allow_destructive=True)
        workbench.insert("lead", id=number + 2, name="Ben", state="won")
        healthy()
    without = {path: text.replace("  won: {label: Won}\n", "") for path, text in DOCUMENTS.items()}
    workbench.publish([Layer(name="standard", documents=without), BASE[1]], allow_destructive=True)
    healthy()
    workbench.publish(BASE)
    healthy()
    for revision in (3, 2, 6, 1):
        workbench.rollback(revision)
        healthy()
    assert workbench.models
    with workbench.database.read() as conn:
        plan = plan_purge(conn, workbench.models.current, datetime.now(UTC) + timedelta(days=1))
    assert {"module", "field"} <= {item.kind for item in plan.items}
    purge(workbench.database, workbench.models.current, plan, SYSTEM)
    healthy()
    for revision in (4, 3, 2, 1):
        workbench.rollback(revision)
        healthy()


@pytest.mark.parametrize(
    ("harm", "code", "said"),
    [
        (['DROP INDEX "{index}"'], "doctor.E003", "lead"),
        (['ALTER TABLE lead DROP COLUMN "note"'], "doctor.E003", "lead"),
        (["DROP TABLE lead_helpers"], "doctor.E003", "lead_helpers"),
        (['ALTER TABLE lead ADD COLUMN "extra" INTEGER'], "doctor.W002", "extra"),
        (["CREATE TABLE notes (id INTEGER)"], "doctor.W001", "notes"),
        (['CREATE INDEX "ix_mine" ON lead ("note")'], "doctor.W003", "ix_mine"),
        (["UPDATE fs_catalogue SET removed = TRUE WHERE path = 'lead.note'"], "doctor.E015", "lead.note"),
        (["UPDATE fs_state SET value = '1' WHERE key = 'model_version'"], "doctor.E018", "1"),
        (["UPDATE fs_revision SET model_hash = 'other'"], "doctor.E013", "2"),
        (
            ["INSERT INTO fs_catalogue (identity, kind, path, physical, removed, since) "
             "VALUES ('900', 'field', 'lead.ghost', 'ghost', FALSE, 1)"],
            "doctor.W007", "lead.ghost",
        ),
        (
            ["INSERT INTO fs_lock (name, token, holder, since, until, place, pid) "
             "VALUES ('publish', 'abc', 'Anna', {now}, {now}, '', 0)"],
            "doctor.W005", "Anna",
        ),
    ],
)  # fmt: skip
def test_what_was_done_by_hand_is_found_and_mended_as_said(
    workbench: Workbench, harm: list[str], code: str, said: str
) -> None:
    workbench.publish(layers(lead=SITE.replace("label: Note", "label: Remark")))
    with workbench.database.read() as conn:
        names = conn.execute(sa.text(_INDEXES[conn.dialect.name])).scalars().all()
    index = next(name for name in names if "city" in name)
    run(workbench, *(text.replace("{index}", index).replace("{now}", _NOW) for text in harm))
    findings = examined(workbench)
    assert code in {finding.code for finding in findings}, findings
    assert any(said in finding.message for finding in findings)
    for _ in range(3):  # a column comes before its indexes
        for finding in examined(workbench):
            mend(workbench, finding)
    assert examined(workbench) == []


_NOW = "'2026-03-14T09:00:00.000000Z'"
_INDEXES = {
    "sqlite": "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'lead'",
    "postgresql": "SELECT indexname FROM pg_indexes WHERE tablename = 'lead'",
}


def test_what_was_removed_has_to_stay_until_it_is_purged(workbench: Workbench) -> None:
    workbench.publish(layers(lead=WITHOUT_NOTE, event=EVENT))
    workbench.publish(layers(lead=WITHOUT_NOTE), allow_destructive=True)
    run(workbench, 'ALTER TABLE lead DROP COLUMN "note"', "DROP TABLE event")
    findings = examined(workbench)
    assert {finding.params["what"] for finding in findings if finding.code == "doctor.E009"} == {"lead.note", "event"}
    for finding in findings:
        mend(workbench, finding)
    assert examined(workbench) == []


def test_a_column_of_another_type_is_found_and_mended(workbench: Workbench) -> None:
    if workbench.database.dialect == "sqlite":
        harm = ['ALTER TABLE lead ADD COLUMN "other" TEXT', 'ALTER TABLE lead DROP COLUMN "note"',
                'ALTER TABLE lead RENAME COLUMN "other" TO "note"', 'ALTER TABLE lead ADD COLUMN "old" INTEGER',
                'ALTER TABLE lead DROP COLUMN "note"', 'ALTER TABLE lead RENAME COLUMN "old" TO "note"']  # fmt: skip
    else:
        harm = ['ALTER TABLE lead ALTER COLUMN "note" TYPE bigint USING NULL']
    run(workbench, *harm, "UPDATE lead SET note = 12")
    (finding,) = examined(workbench)
    assert (finding.code, finding.params["column"]) == ("doctor.E005", "note")
    mend(workbench, finding)
    assert examined(workbench) == []
    with workbench.database.read() as conn:
        assert conn.exec_driver_sql("SELECT note FROM lead").scalar_one() == "12"


def test_what_postgresql_alone_can_lack_is_found_and_mended(workbench: Workbench) -> None:
    if workbench.database.dialect == "sqlite":
        return
    with workbench.database.read() as conn:
        keys = "SELECT conname FROM pg_constraint WHERE conrelid = 'lead'::regclass AND contype = 'f'"
        key = next(name for name in conn.scalars(sa.text(keys)) if "organization" in name)
    index = next(name for name in _indexes(workbench) if "city" in name)
    refers = 'FOREIGN KEY ("code") REFERENCES "organization"'
    harm = {
        "doctor.E003": f'ALTER TABLE lead DROP CONSTRAINT "{key}"',
        "doctor.W004": f'ALTER TABLE lead ADD CONSTRAINT "mine" {refers} NOT VALID',
        "doctor.E007": f"DROP SEQUENCE {sequence_name(id_key('lead'))}",
        "doctor.E006": f"UPDATE pg_index SET indisvalid = false WHERE indexrelid = '{index}'::regclass",
    }
    for code, statement in harm.items():
        run(workbench, statement)
        assert {finding.code for finding in examined(workbench)} == {code}
        for finding in examined(workbench):
            mend(workbench, finding)
        assert examined(workbench) == []


def _indexes(workbench: Workbench) -> list[str]:
    with workbench.database.read() as conn:
        return list(conn.execute(sa.text(_INDEXES[conn.dialect.name])).scalars())


def test_an_identity_that_is_gone_or_there_twice_is_found(workbench: Workbench) -> None:
    columns = "kind, path, physical, removed, since"
    run(
        workbench,
        f"INSERT INTO fs_catalogue (identity, {columns}) VALUES ('901', 'field', 'lead.note', 'n2', FALSE, 9)",
    )
    (finding,) = [item for item in examined(workbench) if item.code == "doctor.E016"]
    assert (finding.params["what"], finding.params["count"]) == ("lead.note", 2)
    mend(workbench, finding)
    run(workbench, "DELETE FROM fs_catalogue WHERE identity = '901'")
    assert examined(workbench) == []
    run(workbench, "UPDATE fs_catalogue SET physical = 'city' WHERE path = 'lead.note'")
    assert "doctor.E017" in {finding.code for finding in examined(workbench)}
    run(workbench, "UPDATE fs_catalogue SET physical = 'note' WHERE path = 'lead.note'")
    run(workbench, "DELETE FROM fs_catalogue WHERE path = 'lead_state.won'")
    (finding,) = examined(workbench)
    assert (finding.code, finding.params["what"]) == ("doctor.E014", "lead_state.won")


def test_documents_that_are_gone_or_changed_are_found_in_every_revision(workbench: Workbench) -> None:
    workbench.publish(layers(lead=WITHOUT_NOTE))
    assert workbench.models
    with workbench.database.read() as conn:
        query = sa.text("SELECT hash FROM fs_document WHERE body = :body")
        old = conn.execute(query, {"body": SITE}).scalar_one()
        new = conn.execute(query, {"body": WITHOUT_NOTE}).scalar_one()
    run(workbench, f"DELETE FROM fs_document WHERE hash = '{old}'")
    (finding,) = examined(workbench)
    assert (finding.code, finding.params["newest"]) == ("doctor.E010", 1)
    assert old in finding.hint
    run(workbench, f"UPDATE fs_document SET body = 'nonsense' WHERE hash = '{new}'")
    assert {finding.code for finding in examined(workbench)} == {"doctor.E010", "doctor.E011", "doctor.E012"}


def test_system_tables_are_looked_at_first(workbench: Workbench) -> None:
    run(workbench, "DROP TABLE fs_purged")
    (finding,) = examined(workbench)
    assert (finding.code, finding.params["table"]) == ("doctor.E008", "fs_purged")


def test_references_and_choices_that_lead_nowhere_are_counted(workbench: Workbench) -> None:
    assert workbench.models
    organization = workbench.models.current.model.modules["organization"].identity
    for number, (module, target) in enumerate([(organization, 1), (organization, 9), ("m_gone", 1)], start=2):
        workbench.insert("lead", id=number, name="Ben", about_module=module, about_id=target)
    run(
        workbench,
        "UPDATE lead SET tags = '\x1fnew\x1fodd\x1f' WHERE id = 2",
        "UPDATE lead SET state = 'huh' WHERE id > 2",
    )
    found = {(finding.code, finding.params["field"]): finding.params for finding in examined(workbench)}
    assert {key: params["count"] for key, params in found.items()} == {
        ("doctor.E004", "about"): 2, ("doctor.W006", "state"): 2, ("doctor.W006", "tags"): 1,
    }  # fmt: skip
    assert found["doctor.W006", "tags"]["values"] == "odd"


def test_row_work_that_nobody_does_is_found(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduling, "INLINE_INDEX_ROWS", 0)
    workbench.insert("lead", id=2, name="Ben", code=8)
    proposal = layers(lead=SITE.replace("label: Code", "label: Code, index: true"))
    queue = JobQueue(workbench.database)
    queue.kinds.register(JobKind(name="changes.rows", run=lambda context, payload: None, label="Rows"))

    def enqueue(conn: sa.Connection, version: int) -> None:
        note_job(conn, version, queue.enqueue(conn, "changes.rows", {"version": version}, key=f"revision:{version}"))

    publish(workbench.database, workbench.plan(proposal), SYSTEM, past=workbench.past, finish=enqueue)
    assert examined(workbench) == []  # the index is not there yet, but somebody is to build it
    (job,) = queue.list()
    queue.cancel(job.id)
    (finding,) = examined(workbench)
    assert (finding.code, finding.params["state"]) == ("doctor.E020", "cancelled")
    assert f"fieldstone jobs retry {job.id}" in finding.hint
    queue.retry(job.id)
    assert examined(workbench) == []
    run(workbench, "DELETE FROM fs_job")
    (finding,) = examined(workbench)
    assert finding.code == "doctor.E021"
    mend(workbench, finding)
    assert examined(workbench) == []
    (again,) = queue.list()
    assert (again.kind, again.payload, again.state) == (job.kind, job.payload, "queued")
    run(workbench, "UPDATE fs_step SET state = 'failed'")
    (finding,) = examined(workbench)
    assert finding.code == "doctor.E019"
    mend(workbench, finding)
    assert examined(workbench) == []
