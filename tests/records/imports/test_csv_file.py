"""Files as people have them: encodings, delimiters, broken quotes, ragged and empty rows."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fieldstone.kernel.errors import InvalidInputError
from fieldstone.records.imports.csv_file import CsvFile


def _file(folder: Path, data: bytes) -> CsvFile:
    path = folder / "data.csv"
    path.write_bytes(data)
    return CsvFile(path)


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("name,city\n王伟,杭州\n".encode("utf-8-sig"), "utf-8-sig"),
        ("name,city\n王伟,杭州\n".encode("gb18030"), "gb18030"),
        ("name,city\n王伟,杭州\n".encode("utf-16"), "utf-16"),
    ],
)
def test_encodings(tmp_path: Path, data: bytes, encoding: str) -> None:
    file = _file(tmp_path, data)
    assert file.format.encoding == encoding
    assert [row.cells for row in file.rows()] == [["王伟", "杭州"]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(tmp_path: Path, delimiter: str) -> None:
    text = f"a{delimiter}b{delimiter}c\n1{delimiter}2{delimiter}3\n"
    file = _file(tmp_path, text.encode())
    assert file.header == ["a", "b", "c"]
    assert file.format.delimiter == delimiter


def test_rows_keep_their_numbers_past_empty_ones(tmp_path: Path) -> None:
    file = _file(tmp_path, b"a,b\n1,2\n,\n\n3,4,5\n6\n")
    assert [(row.number, row.cells) for row in file.rows()] == [(2, ["1", "2"]), (5, ["3", "4", "5"]), (6, ["6"])]
    assert [row.number for row in file.rows(after=2)] == [5, 6]
    assert file.count() == 3


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "import.E001"),
        (b"\xef\xbb\xbf\r\n", "import.E001"),
        (b"PK\x03\x04\x00\x00", "import.E003"),
        (b"a,b,a\n1,2,3\n", "import.E005"),
    ],
)
def test_files_that_cannot_be_used_say_why(tmp_path: Path, data: bytes, code: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        _file(tmp_path, data)
    assert caught.value.code == code
    assert caught.value.hint


def test_a_cell_beyond_all_measure_names_its_row(tmp_path: Path) -> None:
    file = _file(tmp_path, b"a,b\n1,2\n3," + b"x" * (17 * 1024 * 1024) + b"\n")
    with pytest.raises(InvalidInputError) as caught:
        list(file.rows())
    assert caught.value.code == "import.E004"
    assert caught.value.params["row"] == 3


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(rows=st.lists(st.tuples(st.text("ab\"',;\n中é ", min_size=1), st.integers()), min_size=1))
def test_what_a_csv_writer_writes_is_read_back(tmp_path: Path, rows: list[tuple[str, int]]) -> None:
    import csv

    path = tmp_path / "round.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("text", "number"), *rows])
    file = CsvFile(path)
    assert [row.cells for row in file.rows()] == [[text, str(number)] for text, number in rows]
