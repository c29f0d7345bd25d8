"""Lists as files, and files as they were."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldstone.kernel.actors import SYSTEM, Actor
from fieldstone.kernel.errors import ForbiddenError, InvalidInputError
from fieldstone.records import export as exporting
from fieldstone.records.cells import neutralise, restore
from fieldstone.records.export import Export, export_csv, export_json_lines
from fieldstone.records.query_types import Query
from records.read.trade import NOW, Trade


def rows(pieces: Iterable[bytes]) -> list[list[str]]:
    whole = b"".join(pieces)
    assert whole.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(whole.decode("utf-8-sig"), newline="")))


def test_a_file_of_several_chunks(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "CHUNK", 7)
    (acme,) = trade.save("organization", {"name": "Acme", "industry": "Tools"})
    trade.save(
        "opportunity", *({"name": f"n{number:02}", "amount": number, "organization": acme} for number in range(20))
    )
    fields = ("name", "amount", "organization", "organization.industry", "hot", "close_date")
    wanted = Export(module="opportunity", query=Query(where="amount > 2", sort=("-amount",), fields=fields))
    found = rows(export_csv(trade.models.read, SYSTEM, wanted, now=NOW))
    assert found[0] == ["Name", "Amount", "Organization", "Organization: Industry", "Hot", "Close date"]
    assert [row[0] for row in found[1:]] == [f"n{number:02}" for number in range(19, 2, -1)]
    assert found[1] == ["n19", "19.00", "Acme", "Tools", "no", ""] or found[1][2:] == ["Acme", "Tools", "no", ""]
    named = Export(module="opportunity", query=Query(fields=fields), header="names")
    assert rows(export_csv(trade.models.read, SYSTEM, named, now=NOW))[0] == list(fields)
    assert trade.database.connections_in_use == 0


def test_formulas_of_spreadsheets_are_neutralised_and_numbers_stay_numbers(trade: Trade) -> None:
    bad = ("=1+1", "+1", "-1", "@x", "'=x", "＝1")
    trade.save("opportunity", *({"name": text, "amount": "1"} for text in bad), {"name": "it's", "score": -5})
    found = rows(export_csv(
        trade.models.read, SYSTEM, Export(module="opportunity", query=Query(fields=("name", "score"))), now=NOW
    ))  # fmt: skip
    assert [row[0] for row in found[1:]] == [*(f"'{text}" for text in bad), "it's"]
    assert [restore(row[0]) for row in found[1:]] == [*bad, "it's"]
    assert found[-1][1] == "-5"


@given(st.text(alphabet="'=+-@\t\r\nab＝"))
def test_neutralised_text_reads_back(text: str) -> None:
    assert restore(neutralise(text)) == text
    assert neutralise(text)[:1] not in tuple("=+-@\t\r\n＝")


def test_json_lines(trade: Trade) -> None:
    (acme,) = trade.save("organization", {"name": "北京"})
    trade.save(
        "opportunity", {"name": "a", "amount": "1.5", "organization": acme, "password": "hunter2"}, {"name": "b"}
    )
    fields = ("name", "amount", "organization", "organization.address.city", "password", "owner")
    pieces = export_json_lines(
        trade.models.read, SYSTEM, Export(module="opportunity", query=Query(fields=fields)), now=NOW
    )
    found = [json.loads(line) for line in b"".join(pieces).decode().splitlines()]
    assert found[0] == {
        "id": 1, "version": 1, "name": "a", "amount": found[0]["amount"], "organization": {"id": acme, "label": "北京"},
        "organization.address.city": None, "password": "••••", "owner": None,
    }  # fmt: skip
    assert found[1]["organization"] is None


def test_without_columns_every_exportable_field_is_written(trade: Trade) -> None:
    trade.save("opportunity", {"name": "a", "password": "hunter2"})
    found = rows(
        export_csv(trade.models.read, SYSTEM, Export(module="opportunity", query=Query(), header="names"), now=NOW)
    )
    assert found[0][:3] == ["id", "name", "organization"]
    assert "password" not in found[0]
    assert found[1][:2] == ["1", "a"]


def test_what_may_not_be_exported_is_said_before_the_first_byte(trade: Trade) -> None:
    reader = trade.add_user("reader", "reader")
    for actor in (reader, Actor()):
        with pytest.raises(ForbiddenError):
            export_csv(trade.models.read, actor, Export(module="opportunity", query=Query()), now=NOW)
    with pytest.raises(InvalidInputError):
        export_json_lines(
            trade.models.read, SYSTEM, Export(module="opportunity", query=Query(fields=("nope",))), now=NOW
        )


def test_an_export_holds_only_records_within_reach(trade: Trade) -> None:
    anna = trade.add_user("anna", "rep")
    trade.save("opportunity", {"name": "hers", "owner": anna.user_id}, {"name": "not hers"})
    found = rows(
        export_csv(trade.models.read, anna, Export(module="opportunity", query=Query(fields=("name",))), now=NOW)
    )
    assert found[1:] == [["hers"]]
