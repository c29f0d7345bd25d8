"""What is offered while somebody types."""

from __future__ import annotations

import pytest

from fieldstone.kernel.actors import SYSTEM
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.records.query_types import Suggestion
from fieldstone.records.suggest import suggest_records
from records.read.trade import NOW, Trade


def offered(trade: Trade, text: str, module: str = "organization", limit: int = 10) -> list[str]:
    with trade.read() as (conn, published):
        found: list[Suggestion] = suggest_records(conn, published, SYSTEM, module, text, limit=limit, now=NOW)
    return [item.label for item in found]


def test_the_beginning_of_a_name_comes_first_then_words_then_parts(trade: Trade) -> None:
    trade.save("organization", *({"name": name} for name in ("Sofabed", "My sofa", "SOFA King", "sofa", "Other")))
    assert offered(trade, "sofa") == ["sofa", "SOFA King", "Sofabed", "My sofa"]
    assert offered(trade, "ofa") == ["sofa", "SOFA King", "My sofa", "Sofabed"]
    assert offered(trade, "  Sofa K") == ["SOFA King"]
    assert offered(trade, "sofa", limit=2) == ["sofa", "SOFA King"]
    assert offered(trade, "", limit=2) == ["Other", "sofa"]


def test_chinese_names_by_characters_and_by_pinyin(trade: Trade) -> None:
    trade.save("organization", *({"name": name} for name in ("北京大学", "背景设计", "上海大学")))
    assert offered(trade, "北京") == ["北京大学"]
    assert offered(trade, "bei") == ["北京大学", "背景设计"]
    assert sorted(offered(trade, "大学")) == ["上海大学", "北京大学"]


@pytest.mark.parametrize("text", ["%", "_", "/", "50%", "a_b", "'", "\\", "\x00", "\U0010ffff"])
def test_signs_of_patterns_are_literal(trade: Trade, text: str) -> None:
    trade.save("organization", {"name": "plain"}, {"name": "50% a_b/c 'd' \\e"})
    assert offered(trade, text) in ([], ["50% a_b/c 'd' \\e"], ["50% a_b/c 'd' \\e", "plain"])
    assert ("plain" in offered(trade, text)) == (not text.strip("\x00"))


def test_details_tell_namesakes_apart(trade: Trade) -> None:
    acme, globex = trade.save("organization", {"name": "Acme"}, {"name": "Globex"})
    trade.save(
        "opportunity", {"name": "Chairs", "organization": acme, "amount": 5}, {"name": "Chairs", "organization": globex}
    )
    with trade.read() as (conn, published):
        found = suggest_records(conn, published, SYSTEM, "opportunity", "chair", now=NOW)
    assert [item.label for item in found] == ["Chairs", "Chairs"]
    assert [item.detail.partition(" · ")[0] for item in found] == ["Acme", "Globex"]


def test_a_person_is_found_by_any_part_of_the_name_and_by_e_mail(trade: Trade) -> None:
    trade.save(
        "contact",
        {"name": {"salutation": "Dr", "first_name": "Anna", "last_name": "Snelling"}, "email": "a@kare.example"},
    )
    for typed in ("dr anna", "anna", "snel", "kare"):
        assert offered(trade, typed, "contact") == ["Dr Anna Snelling"]


def test_deleted_records_are_not_offered(trade: Trade) -> None:
    kept, gone = trade.save("organization", {"name": "Acme"}, {"name": "Acme gone"})
    trade.records.delete(SYSTEM, "organization", [gone])
    assert kept
    for typed in ("", "acme", "cme"):
        assert offered(trade, typed) == ["Acme"]


def test_the_number_asked_for_is_bounded(trade: Trade) -> None:
    for limit in (0, 1_000):
        with pytest.raises(InvalidInputError) as refused:
            offered(trade, "a", limit=limit)
        assert refused.value.code == "query.E010"
