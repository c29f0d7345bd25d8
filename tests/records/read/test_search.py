"""Words find records, in every script, on both databases alike."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fieldstone.kernel.actors import SYSTEM
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.kernel.folding import normalise
from fieldstone.records.search import index_rows, remove_rows, search_fields, search_records
from fieldstone.records.search.tables import search_entry
from fieldstone.records.search.tokens import MOST_TOKENS, index_tokens, search_terms
from records.read.trade import NOW, Trade


def found(trade: Trade, text: str, module: str | None = None, limit: int = 20) -> list[str]:
    with trade.read() as (conn, published):
        hits = search_records(conn, published, SYSTEM, text, module=module, limit=limit, now=NOW)
    return [hit.label for hit in hits]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("kare", ["Kare-Tech GmbH"]),
        ("KARE tech", ["Kare-Tech GmbH"]),
        ("tech kar", ["Kare-Tech GmbH"]),
        ("kar tech", []),
        ("kare ", ["Kare-Tech GmbH"]),
        ("kar ", []),
        ("muller", ["Müller & Söhne"]),
        ("MÜLLER söhne", ["Müller & Söhne"]),
        ("北京", ["北京大学出版社"]),
        ("大学", ["北京大学出版社"]),
        ("社", ["北京大学出版社"]),
        ("学", ["北京大学出版社"]),
        ("京学", []),
        ("北京 springfield", []),
        ("springfield", ["Kare-Tech GmbH"]),
        ("tools", ["Müller & Söhne", "Kare-Tech GmbH"]),
        ("100%", ["100% _Pure_"]),
        ("%", []),
        ("_pure", ["100% _Pure_"]),
        ("' OR 1=1 --", []),
        ('" NEAR(', []),
        ("* AND OR NOT", []),
        ("§9", []),
        ("", []),
        ("  ", []),
    ],
)
def test_what_is_found(trade: Trade, text: str, labels: list[str]) -> None:
    trade.save(
        "organization",
        {"name": "Kare-Tech GmbH", "industry": "Tools", "address": {"city": "Springfield"}},
        {"name": "Müller & Söhne", "industry": "tools"},
        {"name": "北京大学出版社"},
        {"name": "100% _Pure_"},
    )
    assert found(trade, text) == labels


def test_the_index_follows_the_records(trade: Trade) -> None:
    (deal,) = trade.save("opportunity", {"name": "Zanzibar", "password": "hunter2", "tags": "blue"})
    assert found(trade, "zanzi") == found(trade, "OPP-0001") == ["Zanzibar"]
    assert found(trade, "hunter2") == found(trade, "sealed") == []
    trade.change("opportunity", deal, name="Timbuktu")
    assert found(trade, "zanzi") == []
    assert found(trade, "timbuktu") == ["Timbuktu"]
    trade.records.delete(SYSTEM, "opportunity", [deal])
    assert found(trade, "timbuktu") == []
    trade.records.restore(SYSTEM, "opportunity", [deal])
    assert found(trade, "timbuktu") == ["Timbuktu"]


def test_an_owner_who_changes_is_followed(trade: Trade) -> None:
    anna, bert = trade.add_user("anna", "rep"), trade.add_user("bert", "rep")
    (deal,) = trade.save("opportunity", {"name": "Zanzibar", "owner": anna.user_id})
    trade.change("opportunity", deal, owner=bert.user_id)
    with trade.read() as (conn, published):
        assert search_records(conn, published, anna, "zanzibar", now=NOW) == []
        assert len(search_records(conn, published, bert, "zanzibar", now=NOW)) == 1


def test_modules_that_are_not_searched_are_not_indexed(trade: Trade) -> None:
    trade.save("product", {"name": "Widget"})
    assert search_fields(trade.published, "product") == frozenset()
    assert {"name", "record_number", "owner", "next_step"} <= search_fields(trade.published, "opportunity")
    assert "password" not in search_fields(trade.published, "opportunity")
    with trade.read() as (conn, _):
        assert conn.execute(sa.select(sa.func.count()).select_from(search_entry)).scalar_one() == 0
    assert found(trade, "widget") == []


def test_newest_first_over_all_modules_or_in_one(trade: Trade) -> None:
    trade.save("organization", {"name": "Acme one"})
    trade.save("contact", {"name": "Acme two"})
    trade.save("opportunity", *({"name": f"Acme {number}"} for number in range(60)))
    trade.save("organization", {"name": "Acme three"})
    assert found(trade, "acme", limit=3) == ["Acme three", "Acme 59", "Acme 58"]
    assert found(trade, "acme", "organization") == ["Acme three", "Acme one"]
    assert len(found(trade, "acme", limit=200)) == 63
    with pytest.raises(InvalidInputError) as refused:
        found(trade, "acme", limit=1_000)
    assert refused.value.code == "search.E001"


def test_hits_out_of_reach_do_not_use_up_the_limit(trade: Trade) -> None:
    anna, bert = trade.add_user("anna", "rep"), trade.add_user("bert", "rep")
    trade.save("opportunity", {"name": "Acme his", "owner": bert.user_id})
    trade.save("opportunity", *({"name": f"Acme {number}", "owner": anna.user_id} for number in range(200)))
    with trade.read() as (conn, published):
        hits = search_records(conn, published, bert, "acme", now=NOW)
        assert [(hit.label, hit.module) for hit in hits] == [("Acme his", "opportunity")]


def test_hits_say_what_they_are(trade: Trade) -> None:
    (acme,) = trade.save("organization", {"name": "Acme"})
    trade.save("opportunity", {"name": "Big deal", "organization": acme, "amount": 5, "stage": "won"})
    with trade.read() as (conn, published):
        (hit,) = search_records(conn, published, SYSTEM, "big", now=NOW)
    assert (hit.module, hit.label) == ("opportunity", "Big deal")
    assert hit.detail.startswith("Acme · ")


def test_many_entries_at_once_and_their_removal(trade: Trade) -> None:
    ids = trade.save("organization", *({"name": f"Firm {number}"} for number in range(300)))

    class Row:
        def __init__(self, id: int, name: str) -> None:
            self.id = id
            self.values = {"name": name}

    def rewrite(conn: sa.Connection, published: object) -> None:
        index_rows(conn, trade.published, "organization", [Row(id, "Renamed") for id in ids])
        index_rows(conn, trade.published, "organization", [])
        remove_rows(conn, trade.published, "organization", ids[10:])
        remove_rows(conn, trade.published, "organization", [])

    trade.models.write(rewrite)
    assert found(trade, "firm") == []
    with trade.read() as (conn, _):
        assert conn.execute(sa.select(sa.func.count()).select_from(search_entry)).scalar_one() == 10


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Hello, World", ["hello", "world"]),
        ("José Ñandú", ["jose", "nandu"]),
        ("iPhone手机", ["iphone", "手机", "机"]),
        ("ｶﾀｶﾅ ①", ["カタ", "タカ", "カナ", "ナ", "1"]),
        ("a@b.co", ["a", "b", "co"]),
        ("हिन्दी", ["हिन्दी"]),
        ("x" * 90, ["x" * 40]),
        ("a a A", ["a"]),
        ("", []),
    ],
)
def test_tokens(text: str, tokens: list[str]) -> None:
    assert index_tokens([text]) == tokens


def test_tokens_are_bounded() -> None:
    assert len(index_tokens([" ".join(map(str, range(10_000)))])) == MOST_TOKENS
    assert len(search_terms(" ".join(map(str, range(100))))) == 12


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60))
def test_a_text_is_found_by_itself_and_by_its_beginning(text: str) -> None:
    tokens = index_tokens([text])
    for typed in (text, text + " "):
        terms = search_terms(typed)
        assert bool(terms) == bool(tokens)
        for term in terms:
            assert term.token in tokens or (term.prefix and any(token.startswith(term.token) for token in tokens))
    assert all(token and " " not in token and "§" not in token and "¤" not in token for token in tokens)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30))
def test_any_text_can_be_searched_for(trade: Trade, text: str) -> None:
    if text.strip():
        trade.save("organization", {"name": f"x {text}"})
    labels = found(trade, text, limit=200)
    assert not search_terms(text) or not text.strip() or any(normalise(text.strip()) in label for label in labels)
