"""What an administrator reads before publishing: each change once, what becomes of the values, what to do next."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from fieldstone.changes import scheduling
from fieldstone.kernel.actors import SYSTEM
from fieldstone.records.changes import RecordChange
from fieldstone.runtime.site import Site
from flows.command import Command


def write(folder: Path, **documents: str) -> Path:
    """`modules__deal="…"` is modules/deal.yaml; what was there before goes."""
    for old in folder.rglob("*.yaml"):
        old.unlink()
    for path, text in documents.items():
        target = folder / f"{path.replace('__', '/')}.yaml"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(dedent(text), encoding="utf-8")
    return folder


@pytest.fixture
def crm(command: Command, tmp_path: Path) -> Path:
    site = Site.open(command.site)
    names = ("Vega", "12", "Vega")
    site.records.save(
        SYSTEM, [RecordChange(module="opportunity", values={"name": name, "next_step": name}) for name in names]
    )
    site.close()
    (tmp_path / "crm").mkdir()
    return tmp_path / "crm"


def test_a_renamed_module_keeps_its_workflows(command: Command, crm: Path) -> None:
    write(crm, metadata__moves="moves:\n  - {id: deals, rename: {from: opportunity, to: deal}}\n")
    kinds = {change["kind"] for change in command("plan", crm, "--json").json["changes"]}
    assert "rename_module" in kinds
    assert not {"add_workflow", "remove_workflow"} & kinds
    lines = command("plan", crm).output.splitlines()
    assert "  ~ rename module opportunity → deal" in lines
    assert max(map(len, lines)) <= 120


def test_values_that_do_not_fit_are_counted_once(command: Command, crm: Path) -> None:
    write(
        crm,
        modules__opportunity="""
            module: opportunity
            fields:
              next_step: {type: integer, label: Steps left}
        """,
    )
    plan = command("plan", crm, "--json").json
    (retype,) = [change for change in plan["changes"] if change["kind"] == "change_type"]
    assert (retype["target"], retype["rows"], retype["lost"]) == ("opportunity.next_step", 3, 2)
    assert retype["attributes"] == {"type": ["text", "integer"]}
    assert sum(change["lost"] for change in plan["changes"]) == 2
    assert sum(change["work"] is not None for change in plan["changes"]) == 1
    shown = command("plan", crm).output
    assert "2 values do not fit and stay behind" in shown
    assert "label: Next step → Steps left" in shown
    assert "needs --allow-destructive" in shown
    command("publish", crm, exit_code=1)
    published = command("publish", crm, "--allow-destructive").output
    assert published.splitlines()[-1] == "Published as revision 2."
    assert "Nothing to roll back" in command("rollback", "2").output


def test_a_job_that_goes_on_is_announced(command: Command, crm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduling, "INLINE_ROWS", 1)
    write(crm, modules__opportunity="module: opportunity\nfields: {close_date: {type: datetime}}\n")
    assert "3 records to go through by a job afterwards, under a second" in command("plan", crm).output
    assert "fieldstone worker --once" in command("publish", crm, "--no-wait").errors
    assert command("worker", "--once").output == "1 job run.\n"
    assert "worker" not in command("rollback", "1").errors
    assert command("worker", "--once").output == "0 jobs run.\n"


def test_a_move_that_means_nothing_is_told_with_the_plan(command: Command, crm: Path) -> None:
    write(crm, metadata__moves="moves:\n  - {id: typo, rename: {from: opportunity.nxt_step, to: opportunity.todo}}\n")
    answer = command("plan", crm)
    assert "metadata/moves.yaml:2:10: warning move.W001" in answer.errors
    assert "The model stays as it is" in answer.output
    (warning,) = command("plan", crm, "--json").json["warnings"]
    assert (warning["code"], warning["place"]) == ("move.W001", "metadata/moves.yaml:2:10")
    write(crm, layouts__opportunity="module: opportunity\nlist: {columns: [name]}\n")
    assert "warnings" not in command("plan", crm, "--json").json
