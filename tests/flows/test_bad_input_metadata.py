"""Documents that cannot be right: each gets a place and a remedy, and the site stays as it was."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from flows.command import Answer, Command
from flows.site_dump import COUNTERS, IMPORTS, dump_site

VISIT = "modules/site_visit.yaml"
HEAD = "module: site_visit\nlabel: Site visit\nplural: Site visits\nname_field: subject\n"


@dataclass(frozen=True, kw_only=True)
class Bad:
    """`text` in the file `path`; the first problem is in `line` with this code, and its words contain `says`."""

    text: str
    code: str
    line: int
    says: str = ""
    path: str = VISIT


BAD = {
    "malformed": Bad(text=HEAD + "fields: {subject: {type: text}\n", code="yaml.E001", line=6),
    "tab": Bad(text=HEAD + "fields:\n\tsubject: {type: text}\n", code="yaml.E001", line=6),
    "duplicate key": Bad(
        text=HEAD + "fields:\n  subject: {type: text}\n  subject: {type: date}\n",
        code="yaml.E006",
        line=7,
        says="line 6",
    ),
    "anchors": Bad(text=HEAD + "fields: &all\n  subject: {type: text}\n  more: *all\n", code="yaml.E007", line=5),
    "recursive": Bad(text="a: &a [*a, *a]\n", code="yaml.E007", line=1),
    "merge key": Bad(text=HEAD + "fields:\n  <<: {subject: {type: text}}\n", code="yaml.E007", line=6),
    "tag": Bad(text="!!python/object/apply:os.system ['true']\n", code="yaml.E008", line=1),
    "several documents": Bad(text=HEAD + "---\nmodule: two\n", code="yaml.E009", line=5),
    "huge": Bad(text=HEAD + "# " + "x" * 1_100_000, code="yaml.E002", line=1, says="1000000"),
    "nested": Bad(text="a: " + "[" * 3_000 + "]" * 3_000, code="yaml.E004", line=1),
    "brackets that never close": Bad(text="[" * 100_000, code="yaml.E004", line=1),
    "wide": Bad(text="a: [" + "1," * 200_000 + "]", code="yaml.E005", line=1),
    "empty": Bad(text="", code="yaml.E011", line=1),
    "a list": Bad(text="- module\n", code="yaml.E011", line=1),
    "control characters": Bad(text="module: a\x00b\n", code="yaml.E003", line=1),
    "unknown field type": Bad(
        text=HEAD + "fields:\n  subject: {type: text}\n  size: {type: nubmer}\n", code="", line=7, says="nubmer"
    ),
    "unknown key": Bad(text=HEAD + "fields: {subject: {type: text}}\nfeilds: {}\n", code="", line=6, says="feilds"),
    "dangling lookup": Bad(
        text=HEAD + "fields:\n  subject: {type: text}\n  at: {type: lookup, to: organisation}\n",
        code="",
        line=7,
        says="organisation",
    ),
    "circular formulas": Bad(
        text=HEAD + "fields:\n  subject: {type: text}\n"
        "  one: {type: formula, result: integer, expression: two + 1}\n"
        "  two: {type: formula, result: integer, expression: one + 1}\n",
        code="",
        line=7,
        says="one",
    ),
    "ill-typed formula": Bad(
        text=HEAD + "fields:\n  subject: {type: text}\n"
        "  one: {type: formula, result: integer, expression: subject + 1}\n",
        code="expression.",
        line=7,
    ),
    "ill-typed rule": Bad(
        text=HEAD + "fields:\n  subject: {type: text}\n  size: {type: integer}\n"
        "rules:\n  big: {if: size > 'ten', message: Too big}\n",
        code="expression.",
        line=9,
    ),
    "no name field": Bad(text=HEAD + "fields:\n  title: {type: text}\n", code="", line=4, says="subject"),
    "bad name": Bad(text=HEAD + "fields:\n  subject: {type: text}\n  9lives: {type: text}\n", code="", line=7),
    "ill-typed workflow condition": Bad(
        path="workflows/opportunity.yaml",
        text="module: opportunity\nworkflows:\n  odd:\n    on: created\n    if: amount > 'ten'\n"
        "    do:\n      - comment: {text: Hello}\n",
        code="expression.",
        line=5,
    ),
    "condition that is no yes or no": Bad(
        path="workflows/opportunity.yaml",
        text="module: opportunity\nworkflows:\n  odd:\n    on: created\n    if: amount + 1\n"
        "    do:\n      - comment: {text: Hello}\n",
        code="expression.",
        line=5,
    ),
    "workflow of no module": Bad(
        path="workflows/oportunity.yaml",
        text="module: oportunity\nworkflows:\n  odd:\n    on: created\n    do:\n      - comment: {text: Hello}\n",
        code="",
        line=1,
        says="oportunity",
    ),
    "unknown action": Bad(
        path="workflows/opportunity.yaml",
        text="module: opportunity\nworkflows:\n  odd:\n    on: created\n    do:\n      - shout: {text: Hello}\n",
        code="",
        line=6,
        says="shout",
    ),
    "unknown picklist": Bad(
        text=HEAD + "fields:\n  subject: {type: text}\n  kind: {type: picklist, picklist: kinds}\n",
        code="",
        line=7,
        says="kinds",
    ),
    "layout with a field that is not there": Bad(
        path="layouts/opportunity.yaml",
        text="module: opportunity\nlist:\n  columns: [name, amuont]\n",
        code="",
        line=3,
        says="amuont",
    ),
}


def _write(folder: Path, path: str, text: str) -> Path:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def _problems(answer: Answer) -> list[dict[str, object]]:
    found = answer.json
    assert isinstance(found, list)
    return [each for each in found if each["severity"] == "error"]


@pytest.fixture(scope="module")
def lone(tmp_path_factory: pytest.TempPathFactory) -> Command:
    """`check` needs no site."""
    return Command(tmp_path_factory.mktemp("lone") / "site")


@pytest.mark.parametrize("name", BAD)
def test_check_says_where_and_what_to_do(lone: Command, tmp_path: Path, name: str) -> None:
    bad = BAD[name]
    _write(tmp_path, bad.path, bad.text)
    problems = _problems(lone("check", tmp_path, "--json", exit_code=1))
    first = problems[0]
    assert (first["file"], first["line"]) == (bad.path, bad.line), problems
    assert str(first["code"]).startswith(bad.code)
    assert bad.says in str(first["message"])
    assert first["hint"]
    assert len(problems) <= 50
    shown = lone("check", tmp_path, exit_code=1).errors
    assert f"{bad.path}:{bad.line}:" in shown


def test_a_file_that_is_no_text(lone: Command, tmp_path: Path) -> None:
    (tmp_path / "modules").mkdir()
    (tmp_path / VISIT).write_bytes(HEAD.encode("utf-16"))
    (problem,) = _problems(lone("check", tmp_path, "--json", exit_code=1))
    assert problem["code"] == "yaml.E003"
    assert problem["hint"]


def test_nothing_of_a_bad_folder_is_published(command: Command, tmp_path: Path) -> None:
    """All bad documents in one folder: every file is named, nothing is taken up."""
    crm = tmp_path / "crm"
    _write(crm, "modules/good.yaml", HEAD.replace("site_visit", "good") + "fields:\n  subject: {type: text}\n")
    for number, bad in enumerate(each for each in BAD.values() if each.path == VISIT):
        _write(crm, f"modules/site_visit_{number}.yaml", bad.text)
    before = dump_site(command.site)
    for words in (["plan", crm], ["publish", crm], ["plan", crm, "--json"], ["publish", crm, "--json"]):
        answer = command(*words, exit_code=1)
        assert "yaml.E006" in answer.errors
        assert "The fault is ours" not in answer.errors
    assert dump_site(command.site) == before


AGAIN = """\
module: product
workflows:
  again:
    label: Again
    on: created
    do:
      - create_record: {module: product, values: {name: "concat(name, '!')"}}
"""


def test_a_workflow_that_triggers_itself(command: Command, tmp_path: Path) -> None:
    """Refused when that is plain; else stopped with its path when it runs, and nothing is saved."""
    crm = tmp_path / "crm"
    _write(crm, "workflows/product.yaml", AGAIN)
    (problem,) = _problems(command("check", crm, "--json", exit_code=1))
    assert (problem["code"], problem["line"]) == ("workflow.E041", 7)

    _write(crm, "workflows/product.yaml", AGAIN.replace("    do:", "    if: not is_empty(name)\n    do:"))
    command("publish", crm)
    before = dump_site(command.site, without=(*IMPORTS, *COUNTERS))
    rows = tmp_path / "products.csv"
    rows.write_text("name\nHammer\n")
    answer = command("import", "product", rows, exit_code=1)
    assert "product.again → product.again" in answer.errors
    assert "imports resume 1" in answer.errors
    assert dump_site(command.site, without=(*IMPORTS, *COUNTERS)) == before


def test_a_picklist_value_in_use_is_not_removed(command: Command, tmp_path: Path) -> None:
    crm = tmp_path / "crm"
    values = "values: {low: {label: Low}, high: {label: High}}"
    text = f"module: product\nfields:\n  risk:\n    type: picklist\n    {values}\n"
    _write(crm, "modules/product.yaml", text)
    command("publish", crm)
    rows = tmp_path / "products.csv"
    rows.write_text("name,risk\nHammer,high\n")
    command("import", "product", rows)
    before = dump_site(command.site)
    _write(crm, "modules/product.yaml", text.replace(", high: {label: High}", ""))
    (change,) = command("plan", crm, "--json").json["changes"]
    assert (change["kind"], change["lost"]) == ("remove_picklist_value", 1)
    answer = command("publish", crm, exit_code=1)
    assert "high" in answer.errors
    assert dump_site(command.site) == before


def test_a_standard_picklist_value_in_use_is_not_removed(command: Command, tmp_path: Path) -> None:
    rows = tmp_path / "organizations.csv"
    rows.write_text("name,industry\nAcme,technology\n")
    command("import", "organization", rows)
    crm = tmp_path / "crm"
    _write(crm, "metadata/picklists/industry.yaml", "picklist: industry\nvalues:\n  technology: null\n")
    before = dump_site(command.site)
    answer = command("publish", crm, exit_code=1)
    assert "technology" in answer.errors
    assert dump_site(command.site) == before


def test_a_folder_without_documents_is_not_published_by_mistake(command: Command, tmp_path: Path) -> None:
    """`publish crm/modules` instead of `publish crm` must not read as "remove everything"."""
    crm = tmp_path / "crm"
    _write(crm, VISIT, HEAD + "fields:\n  subject: {type: text}\n")
    command("publish", crm)
    before = dump_site(command.site)
    for words in (["check"], ["plan"], ["publish"]):
        answer = command(*words, crm / "modules", exit_code=2)
        assert "modules/" in answer.errors
    assert dump_site(command.site) == before
