"""A change of the model from the command line: planned, published, explained, taken back."""

from __future__ import annotations

import json
import re
from pathlib import Path

from flows.command import Command

SITE = """\
module: opportunity
fields:
  amount: {required: true}
  rating: {type: integer}
"""


def write(folder: Path, text: str) -> Path:
    (folder / "modules").mkdir(parents=True, exist_ok=True)
    (folder / "modules" / "opportunity.yaml").write_text(text)
    return folder


def test_a_change_is_planned_published_explained_and_taken_back(command: Command, tmp_path: Path) -> None:
    crm, kept = write(tmp_path / "crm", SITE), tmp_path / "change.plan"
    plan = command("plan", crm, "--out", kept, "--json").json
    assert {"base", "hash", "destructive", "changes"} == plan.keys()
    assert "add_field" in {each["kind"] for each in plan["changes"]}
    assert "+ add field opportunity.rating" in command("plan", crm).output
    assert command("publish", "--plan", kept, "-m", "Ratings", "--json").json["revision"] == 2
    assert "Nothing to publish" in command("publish", crm).output
    assert "moved on" in command("publish", "--plan", kept, exit_code=1).errors
    assert "together" in command("publish", crm, "--plan", kept, exit_code=2).errors
    for text in ("", "{}", '{"base": 1, "hash": 2, "site": 3}', '{"base": "", "hash": "", "site": {"a": 1}}', "\xff"):
        kept.write_text(text, encoding="latin-1")
        assert "is no plan" in command("publish", "--plan", kept, exit_code=2).errors

    required = command("explain", "opportunity.amount.required", "--json").json
    assert [(each["layer"], each["value"]) for each in required["set_by"]] == [("site", True)]
    amount = command("explain", "opportunity.amount").output
    assert re.search(r'→ site  modules/opportunity\.yaml:3:3  \{"required": true\}', amount)
    assert re.search(r'\n   standard  standard/modules/opportunity\.yaml:\d+:3  \{"type": "money"', amount)
    assert "opportunity.amount.index" in command("explain", "opportunity.amount.indx", exit_code=1).errors

    assert "~ " in command("rollback", "1", "--dry-run").output
    assert command("rollback", "1", "--json").json["revision"] == 3
    assert command("rollback", "1", "--json").json["revision"] == 3
    command("explain", "opportunity.rating", exit_code=1)
    assert "no revision 9" in command("rollback", "9", exit_code=1).errors
    revisions = command("revisions", "--json").json
    assert [(each["revision"], each["kind"], each["message"]) for each in revisions] == [
        (3, "rollback", "Back to revision 1"), (2, "publish", "Ratings"), (1, "publish", "Installed layers"),
    ]  # fmt: skip
    assert len(command("revisions", "--limit", "1", "--json").json) == 1
    assert re.search(r"^3 .*boss +rollback +Back to revision 1", command("revisions").output, re.MULTILINE)
    assert command("doctor").output == "The site is in order.\n"
    assert command("doctor", "--json").json == []


def test_documents_with_problems_are_shown_with_their_place(command: Command, tmp_path: Path) -> None:
    crm = write(tmp_path / "crm", "module: opportunity\nfields:\n  amount: {type: no_such}\n  x: {}\n")
    for words in (["check"], ["plan"], ["publish"]):
        answer = command(*words, crm, exit_code=1)
        assert "modules/opportunity.yaml:3:" in answer.errors
        assert "modules/opportunity.yaml:4:" in answer.errors
    assert len(command("revisions", "--json").json) == 1


def test_a_rollback_hides_values_and_the_next_one_shows_them_again(command: Command, tmp_path: Path) -> None:
    command("publish", write(tmp_path / "crm", SITE))
    file = tmp_path / "deals.csv"
    file.write_text("name,amount,rating\nPumps,5,7\n")
    assert command("import", "opportunity", file, "--json").json["created"] == 1
    plan = command("rollback", "1", "--dry-run", "--json").json
    (removed,) = [change for change in plan["changes"] if change["kind"] == "remove_field"]
    assert (removed["target"], removed["lost"], removed["reversible"]) == ("opportunity.rating", 1, True)
    command("rollback", "1")
    command("explain", "opportunity.rating", exit_code=1)
    command("rollback", "2")
    found = command("export", "opportunity", "--format", "json", "--fields", "name,rating").json
    assert [each["rating"] for each in found] == [7]
    assert json.dumps(found)
