"""Files as they really come: what is wrong is named by row, everything else is imported."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from flows.command import Answer, Command
from flows.site_dump import dump_site

HEADER = "name,industry,employees\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "accounts.csv"


def _names(command: Command) -> list[str]:
    lines = command("export", "organization", "--fields", "name", "--sort", "name").output.splitlines()
    return [line.strip("\ufeff") for line in lines[1:]]


def _rows(report: object) -> list[int]:
    assert isinstance(report, dict)
    return [problem["row"] for problem in report["problems"]]


def _workbook() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", "<worksheet><row>name</row></worksheet>" * 50)
        book.writestr("[Content_Types].xml", "<Types/>")
    return content.getvalue()


UNREADABLE = {
    "empty": (b"", "is empty"),
    "blank lines": (b"\n\n \r\n", "is empty"),
    "only a mark": (b"\xef\xbb\xbf", "is empty"),
    "binary": (bytes(range(256)) * 40, "not a text file"),
    "picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)), "not a text file"),
    "workbook": (_workbook(), "Save the sheet as CSV"),
    "half a UTF-16 file": ("name,industry\nAcme,technology\n".encode("utf-16")[:-1], "cannot be read as"),
    "broken UTF-16 header": (b"\xff\xfe\x00\xd8a", "cannot be read as"),
    "column twice": (b"name,name\nAcme,Bolt\n", "stands twice"),
    "endless quote": (b'name,industry\nAcme,technology\n"Bolt,technology\n' + b"Crane,retail\n" * 50, "row 3"),
    "quote inside quotes": (b'name,industry\n"Acme "Ltd"",technology\nBolt,retail\n', "row 2"),
    "endless cell": (b"name,industry\n" + b"x" * (17 << 20) + b",retail\n", "row 2"),
    "endless header": (b"x" * (17 << 20), "row 1"),
    "no column fits": (b"colour,size\nred,7\n", "--map colour=name"),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_a_file_that_cannot_be_read_leaves_the_site_alone(plain: Command, file: Path, kind: str) -> None:
    content, says = UNREADABLE[kind]
    file.write_bytes(content)
    before = dump_site(plain.site)
    for words in (["--dry-run"], [], ["--json"]):
        answer = plain("import", "organization", file, *words, exit_code=1)
        assert says in answer.errors
        assert "accounts.csv" in answer.errors or "--map" in answer.errors
        assert "The fault is ours" not in answer.errors
        assert len(answer.errors.strip().splitlines()) >= 2
    assert dump_site(plain.site) == before
    assert not list(plain.site.glob("imports/*"))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Command:
    """One site for what leaves it as it was."""
    run = Command(tmp_path_factory.mktemp("plain") / "site")
    run("init", "--admin", "boss", "--password-stdin", stdin="a long enough password\n")
    return run


def test_a_folder_and_a_device(plain: Command, tmp_path: Path) -> None:
    plain("import", "organization", tmp_path, exit_code=2)
    plain("import", "organization", "/dev/null", exit_code=1)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters(plain: Command, file: Path, encoding: str, delimiter: str) -> None:
    rows = [["公司名称", "website"], ["北京科技有限公司", "https://a.example/?x=1"], ["Zürich; AG, Co", ""]]
    quoted = "\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    file.write_bytes(quoted.encode(encoding))
    report = plain("import", "organization", file, "--map", "公司名称=name", "--json").json
    assert (report["created"], report["failed"]) == (2, 0)
    assert set(_names(plain)) == {"北京科技有限公司", '"Zürich; AG, Co"'}
    plain("imports", "undo", str(report["import"]))


def test_an_encoding_that_is_wrong_further_down(plain: Command, file: Path) -> None:
    """The file says nothing odd at its head; what follows is neither UTF-8 nor GB 18030."""
    file.write_bytes(b"name\n" + b"Acme %d\n" * 60_000 + b"M\xfcller\xff GmbH\n")
    before = dump_site(plain.site)
    answer = plain("import", "organization", file, "--dry-run", exit_code=1)
    assert len(answer.errors.strip().splitlines()) >= 2
    assert "The fault is ours" not in answer.errors
    assert dump_site(plain.site) == before


def test_exactly_the_bad_rows_are_left_out(command: Command, file: Path) -> None:
    """1,000 rows, 3 in 100 bad in three ways; each is named by the row a spreadsheet shows."""
    lines, bad = [HEADER], {}
    for row in range(2, 1002):
        name, industry, employees = f"Company {row}", "technology", str(row)
        if row % 100 == 7:
            industry, bad[row] = "technolgy", "industry"
        elif row % 100 == 38:
            employees, bad[row] = f"many {row}", "employees"
        elif row % 100 == 61:
            name, bad[row] = "", "name"
        lines.append(f"{name},{industry},{employees}\n")
    file.write_text("".join(lines))
    assert len(bad) == 30
    dry = command("import", "organization", file, "--dry-run", "--json", exit_code=1).json
    report = command("import", "organization", file, "--json", exit_code=1).json
    assert dry == report | {"import": None}
    assert (report["created"], report["failed"]) == (970, 30)
    assert sum(problem["count"] for problem in report["problems"]) == 30
    assert {(problem["row"], problem["field"]) for problem in report["problems"]} <= set(bad.items())
    by_field = {problem["field"]: problem for problem in report["problems"]}
    assert (by_field["industry"]["value"], by_field["industry"]["count"]) == ("technolgy", 10)
    assert by_field["name"]["count"] == 10
    assert sorted(_names(command)) == sorted(f"Company {row}" for row in range(2, 1002) if row not in bad)
    shown = command("imports", "show", str(report["import"])).errors
    assert "row 7, industry" in shown


def test_ragged_rows(command: Command, file: Path) -> None:
    file.write_text(HEADER + "Acme,technology\nBolt,retail,12,extra\nCrane,retail,5,,\n\nDrill,,\nEdge\n")
    report = command("import", "organization", file, "--json", exit_code=1).json
    assert (report["created"], report["failed"]) == (2, 3)
    assert _rows(report) == [2, 3, 7]
    assert "2 cells" in report["problems"][0]["message"]
    assert _names(command) == ["Crane", "Drill"]


@pytest.mark.parametrize("field", ["name", "description", "tags", "website"])
def test_a_million_characters_in_a_cell(command: Command, file: Path, field: str) -> None:
    """Kept whole where a field takes it, else named without being repeated."""
    text = ("long words " * 100_000)[:1_000_000].strip()
    name = text if field == "name" else "Acme"
    columns = "name" if field == "name" else f"name,{field}"
    cells = name if field == "name" else f"{name},{text}"
    file.write_text(f"{columns}\n{cells}\n" + ("Bolt\n" if field == "name" else "Bolt,\n"))
    dry = command("import", "organization", file, "--dry-run", "--json", exit_code=None).json
    assert dry["created"] in (1, 2)
    answer = command("import", "organization", file, "--json", exit_code=1 if dry["failed"] else 0)
    report = answer.json
    assert "Bolt" in _names(command)
    assert len(answer.output) < 5_000
    if dry["failed"]:
        assert (report["problems"][0]["row"], report["problems"][0]["field"]) == (2, field)
    else:
        out = command("export", "organization", "--fields", f"name,{field}").output
        assert text in out


def test_control_characters_are_refused_by_row(command: Command, file: Path) -> None:
    file.write_bytes(b"name,description\n" + b"Acme,fine\n" * 1 + b"Bolt,a\x07b\nCrane,a\x1fb\n")
    report = command("import", "organization", file, "--json", exit_code=1).json
    assert (report["created"], report["failed"]) == (1, 2)
    assert sorted(_rows(report)) == [3, 4]


def test_numbers_and_dates_out_of_range(command: Command, file: Path) -> None:
    rows = ["1e999", "9" * 40, "NaN", "Infinity", "-1", "1.5", "١٢", "0x10", "1_000", "--"]
    file.write_text("name,employees\n" + "".join(f"Company {n},{text}\n" for n, text in enumerate(rows)))
    report = command("import", "organization", file, "--json", exit_code=1).json
    assert report["created"] + report["failed"] == len(rows)
    assert report["failed"] >= 7
    dates = ["0000-00-00", "2024-02-30", "99999-01-01", "tomorrow", "2024-13-01", "1/2/3"]
    file.write_text("name,close_date\n" + "".join(f"Deal {n},{text}\n" for n, text in enumerate(dates)))
    report = command("import", "opportunity", file, "--json", exit_code=1).json
    assert report["created"] + report["failed"] == len(dates)
    assert report["failed"] >= 5


def test_a_mapped_column_that_is_not_there(plain: Command, file: Path) -> None:
    file.write_text("name,sector\nAcme,technology\n")
    before = dump_site(plain.site)
    answer = plain("import", "organization", file, "--map", "sektor=industry", exit_code=1)
    assert "no column sektor" in answer.errors
    assert "Did you mean sector?" in answer.errors
    answer = plain("import", "organization", file, "--map", "sector=industri", exit_code=1)
    assert "Did you mean industry?" in answer.errors
    answer = plain("import", "organization", file, "--map", "sector=name", exit_code=1)
    assert "name, sector" in answer.errors
    answer = plain("import", "organization", file, "--key", "external_id", exit_code=1)
    assert "external_id" in answer.errors
    assert dump_site(plain.site) == before


def _warned(answer: Answer) -> list[tuple[int, str, int]]:
    return [(each["row"], each["value"], each["count"]) for each in answer.json["problems"]]


def test_a_key_that_stands_twice_in_the_file(command: Command, file: Path) -> None:
    """A warning that names the row; the later row is the one that counts."""
    file.write_text("name,employees\nAcme,1\nBolt,5\nacme,2\nCrane,7\nACME,3\n")
    answer = command("import", "organization", file, "--key", "name", "--json")
    assert (answer.json["created"], answer.json["updated"], answer.json["failed"]) == (3, 2, 0)
    assert _warned(answer) == [(4, "acme", 2)]  # rows 4 and 6
    assert "more than once" in answer.json["problems"][0]["message"]
    out = command("export", "organization", "--fields", "name,employees", "--sort", "name").output
    assert "ACME,3" in out

    # Records that were there already are no different.
    file.write_text("name,employees\nBolt,5\nCrane,8\nbolt,6\n")
    answer = command("import", "organization", file, "--key", "name", "--json")
    assert (answer.json["unchanged"], answer.json["updated"]) == (1, 2)
    assert _warned(answer) == [(4, "bolt", 1)]


def test_many_repeated_keys_cost_no_more_than_their_rows(command: Command, file: Path) -> None:
    """200 rows of which every second repeats the one before."""
    rows = "".join(f"Company {n},1\nCompany {n},2\n" for n in range(100))
    file.write_text("name,employees\n" + rows)
    report = command("import", "organization", file, "--key", "name", "--json").json
    assert (report["created"], report["updated"], report["failed"]) == (100, 100, 0)
    assert sum(problem["count"] for problem in report["problems"]) == 100
