"""A site's documents go out to a folder for git, and into another site, and nothing changes on the way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from flows.command import Command

DOCUMENTS = {
    "modules/visit.yaml": """\
# Visits to customers.
module: visit
label: Visit
plural: Visits
group: activities
name_field: subject
number: {prefix: V-, digits: 4}
record_types:
  first: {label: First visit}
  again: {label: Another visit}
fields:
  subject: {type: text, label: 'Subject', required: true}
  organization: {type: lookup, to: organization, reverse: visits, reverse_label: Visits}
  purpose: {type: picklist, picklist: visit_purpose, index: true}
  cost: {type: money, min: 0.50}
  doubled:
    type: formula
    result: money
    expression: |
      cost
        * 2
rules:
  cost_of_a_sale:
    if: purpose == 'sale' and is_empty(cost)   # a sale costs something
    message: "Say: what did it cost?"
    field: cost
""",
    "modules/opportunity.yaml": """\
module: opportunity
fields:
  visits_planned: {type: integer, label: Visits planned, after: name}
  next_step: {label: Next action}
""",
    "layouts/visit.yaml": """\
module: visit
list:
  columns: [subject, organization, purpose, cost]
  views:
    dear: {label: Dear, filter: cost > 100 and purpose in ('sale'), sort: [-cost], default: true}
""",
    "workflows/visit.yaml": """\
module: visit
workflows:
  thank:
    label: Thank them
    on: created
    if: purpose == 'sale'
    do:
      - set_fields: {subject: "concat(subject, ': sold #1')"}
      - email: {to: [owner], template: thanks}
""",
    "metadata/picklists/visit_purpose.yaml": "picklist: visit_purpose\nvalues: {sale: Sale, 'no': {label: 'No'}}\n",
    "metadata/picklists/industry.yaml": "picklist: industry\nvalues:\n  mining: {label: Mining, after: ''}\n",
    "metadata/emails/thanks.yaml": """\
email: thanks
module: visit
label: Thanks
subject: 'Thanks: {{ record.subject }}'
body: |
  Hello,

    thanks for **{{ record.subject }}**. # one

  Bye
""",
    "metadata/roles.yaml": """\
roles:
  visitor: {label: Visitor, scope: own, profiles: [buyer], modules: {visit: {view: team, create: own}}}
profiles:
  buyer: {tools: [share], modules: {'*': [view]}, fields: {visit: {cost: hidden}}}
""",
    "metadata/sharing.yaml": """\
defaults: {'*': private}
rules:
  sales: {module: visit, where: purpose == 'sale', to: [{role: visitor}, {team: 'Far: west'}]}
""",
    "metadata/app.yaml": "app:\n  name: 客户拜访\n",
    "metadata/translations/zh_CN.yaml": """\
language: zh_CN
modules:
  visit:
    label: 拜访
    plural: "拜访"
    fields: {subject: 主题, cost: {label: 费用, help: 以元计。}}
""",
}


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def write(folder: Path, documents: dict[str, str]) -> Path:
    for path, text in documents.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def other(tmp_path: Path, new_database: Callable[[str], str], request: pytest.FixtureRequest) -> Command:
    """A second fresh site on the same kind of database."""
    run = Command(tmp_path / "other")
    kind = request.node.callspec.params["command"]
    url = ["--database", new_database("postgresql")] if kind == "postgresql" else []
    run("init", "--admin", "boss", "--password-stdin", *url, stdin="a long enough password\n")
    return run


def test_what_goes_out_of_one_site_goes_into_another_and_comes_out_the_same(
    command: Command, other: Command, tmp_path: Path
) -> None:
    command("publish", write(tmp_path / "authored", DOCUMENTS))
    first = tmp_path / "first"
    report = command("metadata", "export", first, "--json").json
    assert report == {
        "folder": str(first), "revision": 2, "written": sorted(DOCUMENTS), "unchanged": [], "removed": [], "left": [],
    }  # fmt: skip
    exported = files(first)
    assert exported.keys() == DOCUMENTS.keys()
    assert exported["metadata/picklists/visit_purpose.yaml"] == (
        b'picklist: visit_purpose\nvalues:\n  sale: Sale\n  no:\n    label: "No"\n'
    )
    assert b"#" not in exported["modules/visit.yaml"]
    assert "客户拜访\n".encode() in exported["metadata/app.yaml"]

    again = command("metadata", "export", first, "--json").json
    assert (again["written"], again["unchanged"]) == ([], sorted(DOCUMENTS))
    assert files(first) == exported

    other("publish", first)
    assert other("plan", first, "--json").json["changes"] == []
    second = tmp_path / "second"
    other("metadata", "export", second)
    assert files(second) == exported


def test_the_effective_documents_are_the_whole_crm(command: Command, tmp_path: Path) -> None:
    command("publish", write(tmp_path / "authored", DOCUMENTS))
    folder = tmp_path / "whole"
    report = command("metadata", "export", folder, "--effective", "--json").json
    assert {"modules/visit.yaml", "modules/contact.yaml", "metadata/roles.yaml"} <= set(report["written"])
    opportunity = (folder / "modules/opportunity.yaml").read_text()
    assert "visits_planned:" in opportunity
    assert opportunity.index("visits_planned:") < opportunity.index("organization:")
    assert "after:" not in opportunity
    before = files(folder)
    assert command("metadata", "export", folder, "--effective", "--json").json["written"] == []
    assert files(folder) == before


def test_the_folder_is_an_exact_image_and_nothing_else_in_it_is_touched(command: Command, tmp_path: Path) -> None:
    folder = write(tmp_path / "crm", DOCUMENTS)
    command("publish", folder)
    command("metadata", "export", folder)
    foreign = {
        "README.md": "Ours.", "modules/notes.txt": "Mine.", "modules/draft.yaml": "module:  draft # not yet\n",
        "metadata/other.yaml": "other: 1\n", "data/modules/x.yaml": "module: x\n", "modules/old.yml": "module: old\n",
        "modules/latin.yaml": "module: caf\udce9\n",
    }  # fmt: skip
    for path, text in foreign.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text.encode(errors="surrogateescape"))
    untouched = {path: content for path, content in files(folder).items() if path in foreign}

    fewer = {path: text for path, text in DOCUMENTS.items() if "picklists" in path or "app" in path}
    command("publish", write(tmp_path / "fewer", fewer))
    gone = sorted(DOCUMENTS.keys() - fewer.keys())
    left = ["metadata/other.yaml", "modules/draft.yaml", "modules/latin.yaml", "modules/old.yml"]
    kept = command("metadata", "export", folder, "--keep", "--json").json
    assert (kept["removed"], sorted(kept["left"])) == ([], sorted(gone + left))
    told = command("metadata", "export", folder).output
    for path in gone:
        assert f"  removed {path}\n" in told
    for path in left:
        assert f"  left alone {path}\n" in told
    assert told.endswith(
        f"0 written, {len(fewer)} unchanged, {len(gone)} removed, {len(left)} other files left alone.\n"
    )
    assert files(folder).keys() == {*fewer, *foreign}
    assert untouched.items() <= files(folder).items()


def test_a_site_without_documents_of_its_own_exports_a_folder_that_can_be_planned(
    command: Command, tmp_path: Path
) -> None:
    told = command("metadata", "export", tmp_path / "deep" / "crm").output
    assert told.endswith("0 written, 0 unchanged, 0 removed.\n")
    assert command("plan", tmp_path / "deep" / "crm", "--json").json["changes"] == []


def test_a_file_that_cannot_be_written_is_named_and_the_old_one_stays(command: Command, tmp_path: Path) -> None:
    folder = write(tmp_path / "crm", DOCUMENTS)
    command("publish", folder)
    (folder / "layouts/visit.yaml").unlink()
    (folder / "layouts/visit.yaml").mkdir()
    refused = command("metadata", "export", folder, exit_code=1)
    assert "visit.yaml" in refused.errors
    assert not [path for path in files(folder) if path.endswith(".part")]
    assert command("metadata", "export", tmp_path / "crm/modules/visit.yaml", exit_code=2).output == ""
