"""Keys of picklists and record types: rows hold those they began with, everybody speaks the present ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fieldstone.expressions.compiled import compile_expression
from fieldstone.expressions.evaluate import holds
from fieldstone.kernel.actors import SYSTEM
from fieldstone.kernel.errors import FieldstoneError, InvalidInputError, ValidationError
from fieldstone.records.contexts import site_context
from fieldstone.records.export import Export, export_csv, export_json_lines
from fieldstone.records.imports.prepare import Prepared
from fieldstone.records.imports.twins import find_twins
from fieldstone.records.live import module_scope
from fieldstone.records.query_types import Query
from fieldstone.records.tables import history, stage_time
from fieldstone.storage.database import Database
from fieldstone.storage.tables import build_tables
from records.renamed_keys import NOW, TYPES, VALUES, Names, Site

RENAMED: Names = {
    ("stage", "won"): "lost", ("stage", "lost"): "won", ("stage", "offer"): "proposal",
    ("outcome", "won"): "triumph", ("outcome", "drawn"): "won",
    ("deal_topic", "ads"): "web", ("deal_topic", "web"): "online",
    ("deal", "tender"): "bid",
}  # fmt: skip
LATER, EARLIER = date(2026, 4, 1), date(2026, 2, 1)
ROWS: tuple[dict[str, Any], ...] = (
    {"name": "a", "stage": "won", "outcome": "won", "topic": ("ads", "web"), "record_type": "tender", "note": "won"},
    {"name": "b", "stage": "lost", "outcome": "drawn", "topic": ("web",), "record_type": "standard", "note": "online"},
    {"name": "c", "stage": "offer", "outcome": None, "topic": None, "record_type": "standard", "note": "proposal"},
    {"name": "d", "stage": "open", "outcome": "lost", "topic": ("fairs",), "record_type": "tender", "note": "web"},
    {"name": "e", "stage": None, "outcome": "won", "topic": ("ads",), "record_type": "standard", "note": None},
)  # fmt: skip


@pytest.fixture
def site(database: Database) -> Site:
    site = Site(database)
    (firm,) = site.save({"name": "Acme"}, module="firm")
    site.save(*({**row, "firm": firm, "due": LATER if row["name"] < "c" else EARLIER} for row in ROWS))
    return site


def present(names: Names, row: dict[str, Any]) -> dict[str, Any]:
    """The row in the present keys."""

    def of(owner: str, key: str | None) -> str | None:
        return None if key is None else names.get((owner, key), key)

    return {
        **row,
        "stage": of("stage", row["stage"]),
        "outcome": of("outcome", row["outcome"]),
        "topic": row["topic"] and tuple(of("deal_topic", key) for key in row["topic"]),
        "record_type": of("deal", row["record_type"]),
    }


def test_reading_gives_the_present_keys_and_no_row_is_touched(site: Site) -> None:
    columns = ("stage", "outcome", "topic", "record_type", "version")
    before = site.stored(*columns)
    site.publish(RENAMED)
    fields = tuple(ROWS[0])
    found = site.records.query(SYSTEM, "deal", Query(sort=("name",), fields=fields)).records
    assert [record.values for record in found] == [present(RENAMED, row) for row in ROWS]
    wanted = Export(module="deal", query=Query(sort=("name",), fields=("stage", "topic", "record_type")))
    lines = b"".join(export_json_lines(site.models.read, SYSTEM, wanted, now=NOW)).splitlines()
    csv = b"".join(export_csv(site.models.read, SYSTEM, wanted, now=NOW)).decode("utf-8-sig")
    exported = [json.loads(line) for line in lines]
    assert [row["stage"] for row in exported] == ["lost", "won", "proposal", "open", None]
    assert exported[0]["topic"] == ["web", "online"]
    assert csv.splitlines()[1:3] == ["The lost,The web; The online,bid", "The won,The online,standard"]
    assert site.stored(*columns) == before
    site.publish({})
    assert site.records.query(SYSTEM, "deal", Query(sort=("name",), fields=fields)).records[0].values == ROWS[0]
    assert not hasattr(site.published.tables.module("deal").column("stage").type, "keys")


def test_renaming_back_gives_the_same_tables_and_renaming_others(site: Site) -> None:
    first = site.published.tables
    site.publish(RENAMED)
    renamed = site.published.tables
    assert renamed.module("deal") is not first.module("deal")
    assert renamed.module("firm") is first.module("firm")
    assert renamed.link("deal", "firms") is not first.link("deal", "firms")
    again = build_tables(site.published.model, site.database.dialect, renamed)
    assert again.module("deal") is renamed.module("deal")


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("stage == 'lost'", "a"), ("stage == 'won'", "b"), ("stage != 'won'", "acde"),
        ("stage in ('proposal', 'won')", "bc"), ("not (stage in ('proposal', 'won'))", "ade"), ("is_empty(stage)", "e"),
        ("outcome == 'triumph'", "ae"), ("stage == outcome", "b"), ("stage != outcome", "acde"),
        ("contains(concat(stage, 'x'), 'stx')", "a"), ("starts_with(stage, 'prop')", "c"), ("note == stage", "ce"),
        ("has(topic, 'web')", "ae"), ("not has(topic, 'online')", "cde"), ("has(topic, note)", "b"),
        ("has(topic, 'web') or has(topic, 'fairs')", "ade"), ("has(topic, outcome)", ""), ("is_empty(topic)", "c"),
        ("record_type == 'bid'", "ad"), ("record_type != 'bid'", "bce"), ("starts_with(record_type, 'b')", "ad"),
        ("state == 'lost'", "ad"), ("state == 'triumph'", "e"), ("contains(state, 'los')", "ad"),
        ("coalesce(stage, outcome) == 'triumph'", "e"), ("upper(stage) == 'WON'", "b"), ("length(stage) > 4", "c"),
    ],
)  # fmt: skip
def test_filters_ask_for_the_present_keys(site: Site, where: str, expected: str) -> None:
    site.publish(RENAMED)
    assert "".join(site.find(where)) == expected


def test_an_old_key_is_no_key_any_more(site: Site) -> None:
    site.publish(RENAMED)
    with pytest.raises(FieldstoneError):
        site.find("stage == 'offer'")
    with pytest.raises(ValidationError):
        site.save({"name": "x", "stage": "offer"})
    assert site.find("note == 'offer'") == []


def test_lists_are_sorted_paged_and_grouped(site: Site) -> None:
    site.publish(RENAMED)
    assert site.find("", "order(stage)", "name") == ["e", "d", "c", "a", "b"]
    assert site.find("", "-order(outcome)", "name") == ["b", "d", "a", "e", "c"]
    for sort in (("stage",), ("-stage", "name"), ("outcome", "-stage"), ("record_type", "name"), ("state",)):
        whole = site.find("", *sort)
        paged, cursor = [], ""
        while True:
            query = Query(sort=sort, limit=2, cursor=cursor, fields=("name",))
            page = site.records.query(SYSTEM, "deal", query)
            paged += [record.values["name"] for record in page.records]
            cursor = page.next_cursor
            if not cursor:
                break
        assert paged == whole
        assert sorted(paged) == list("abcde")
    groups = site.records.aggregate(SYSTEM, "deal", group=["stage"], where="name != 'd'")
    assert [(row["stage"], row["count"]) for row in groups] == [(None, 1), ("lost", 1), ("proposal", 1), ("won", 1)]
    groups = site.records.aggregate(SYSTEM, "deal", group=["upper(outcome)", "record_type"], measures=["count(stage)"])
    assert {(row["upper(outcome)"], row["record_type"], row["count(stage)"]) for row in groups} == {
        (None, "standard", 1), ("LOST", "bid", 1), ("TRIUMPH", "bid", 1), ("TRIUMPH", "standard", 0),
        ("WON", "standard", 1),
    }  # fmt: skip


def test_a_cursor_from_before_a_rename_is_refused(site: Site) -> None:
    page = site.records.query(SYSTEM, "deal", Query(sort=("stage",), limit=2, fields=("name",)))
    site.publish(RENAMED)
    with pytest.raises(InvalidInputError):
        site.records.query(SYSTEM, "deal", Query(sort=("stage",), limit=2, fields=("name",), cursor=page.next_cursor))


def test_saving_writes_the_stored_keys(site: Site) -> None:
    site.publish(RENAMED)
    new = {"name": "x", "stage": "lost", "outcome": "The won", "topic": "web; The online", "record_type": "bid"}
    (id,) = site.save(new)
    assert site.stored("stage", "outcome", "topic", "record_type")[-1] == (
        "won",
        "drawn",
        "\x1fads\x1fweb\x1f",
        "tender",
    )
    assert site.values(id, "stage", "outcome", "topic", "record_type", "headline") == (
        "lost", "won", ("web", "online"), "bid", "lost/bid"
    )  # fmt: skip
    site.save({"id": id, "stage": "proposal", "topic": None})
    assert site.stored("stage", "topic")[-1] == ("offer", None)
    with pytest.raises(ValidationError):
        site.save({"name": "x", "stage": "proposal"})
    with pytest.raises(ValidationError):
        site.save({"name": "y", "slot": "lost"}, {"name": "z", "slot": "lost"})
    site.save({"name": "y", "slot": "lost"})
    with pytest.raises(ValidationError):
        site.save({"name": "z", "slot": "lost"})
    site.save({"name": "z", "slot": "won"})


def test_rollups_links_and_imports_know_the_mapping(site: Site) -> None:
    names = {("stage", "won"): "closed", ("outcome", "won"): "triumph"}
    site.publish(names)
    (firm,) = site.stored("id", table="firm")[0]
    (id,) = site.save({"name": "x", "stage": "closed", "firm": firm, "due": LATER})
    assert site.records.get(SYSTEM, "firm", firm, fields=("won", "won_in_time")).values == {"won": 2, "won_in_time": 2}
    site.records.link(SYSTEM, "deal", id, "firms", [firm], {"mood": "triumph"})
    assert site.stored("mood", table=site.published.tables.link("deal", "firms").name) == [("won",)]
    with site.models.read() as (conn, published):
        deal = published.model.modules["deal"]
        keys = {7: ("offer", "c"), 8: ("closed", "x"), 9: ("won", "a")}
        match = (deal.fields["stage"], deal.fields["name"])
        assert find_twins(conn, published, deal, match, keys, Prepared()) == {7: 3, 8: id}
        link = published.tables.link("deal", "firms")
        assert conn.scalars(sa.select(link.c.mood)).all() == ["triumph"]


def test_history_is_read_and_undone_in_present_keys(site: Site) -> None:
    (id,) = site.save({"name": "x", "stage": "offer", "topic": ["ads"], "record_type": "tender"})
    site.save({"id": id, "stage": "won", "topic": ["ads", "web"], "record_type": "standard"})
    site.publish(RENAMED)
    site.save({"id": id, "stage": "won"})
    newest, middle, _ = site.records.history(SYSTEM, "deal", id)
    assert [(change.old, change.new) for change in newest.changes] == [("lost", "won")]
    assert {change.field: (change.old, change.new) for change in middle.changes} == {
        "stage": ("proposal", "lost"), "topic": (("web",), ("web", "online")), "record_type": ("bid", "standard"),
    }  # fmt: skip
    site.records.undo(SYSTEM, "deal", id, newest.id)
    assert site.values(id, "stage") == ("lost",)
    with site.database.read() as conn:
        kept = conn.scalars(sa.select(history.c.changes).where(history.c.record_id == id).order_by(history.c.id)).all()
        times = sa.select(stage_time.c.value).where(stage_time.c.record_id == id).order_by(stage_time.c.id)
        assert conn.scalars(times).all() == ["offer", "won", "lost", "won"]
    assert [list(json.loads(text).values()) for text in kept[2:]] == [[["won", "lost"]], [["lost", "won"]]]
    site.records.delete(SYSTEM, "deal", [id])
    assert site.records.query(SYSTEM, "deal", Query(deleted=True, fields=("stage",))).records[0].values == {
        "stage": "lost"
    }
    site.records.restore(SYSTEM, "deal", [id])
    assert site.values(id, "stage") == ("lost",)


def test_a_value_that_is_gone_is_shown_as_it_was_called_last(site: Site) -> None:
    closed = {("stage", "won"): "closed", ("deal", "tender"): "bid"}
    site.publish(closed)
    site.save({"name": "x", "stage": "closed"})
    gone = {("stage", "won"): "", ("deal", "tender"): ""}
    site.publish(gone, {"stage": ["won"], "deal": ["tender"]})
    assert site.values(1, "stage", "record_type") == ("closed", "bid")
    (id,) = site.save({"name": "y", "stage": "won", "record_type": "tender"})
    assert site.stored("stage", "record_type")[-1] == ("won_2", "tender_2")
    assert site.find("stage == 'won'") == ["y"]
    assert site.find("record_type == 'tender'") == ["y"]
    site.save({"id": 1, "note": "still"})
    assert site.stored("stage")[0] == ("won",)
    entries = site.records.history(SYSTEM, "deal", id)
    assert len(entries) == 1
    site.publish(closed, {"stage": ["won"], "deal": ["tender"]})
    assert site.find("stage == 'closed'") == ["a", "x"]
    assert site.find("stage == 'won'") == ["y"]


_OWNERS = {**VALUES, "deal": TYPES}


@st.composite
def _names(draw: st.DrawFn) -> Names:
    """Keys of each picklist, permuted among themselves and with a new one."""
    found: dict[tuple[str, str], str] = {}
    for owner, keys in _OWNERS.items():
        chosen = draw(st.permutations([*keys, "fresh"]))
        found |= {(owner, key): new for key, new in zip(keys, chosen, strict=False)}
    return found


def _atoms(names: Names) -> Iterator[st.SearchStrategy[str]]:
    def keys(owner: str) -> st.SearchStrategy[str]:
        return st.sampled_from([names[owner, key] for key in _OWNERS[owner]])

    anything = st.sampled_from(["o", "on", "lost", "won", "web", "fresh", "standard"])
    for field, owner in (("stage", "stage"), ("outcome", "outcome"), ("record_type", "deal")):
        yield st.builds(lambda sign, key, f=field: f"{f} {sign} '{key}'", st.sampled_from(["==", "!="]), keys(owner))
        yield st.builds(lambda one, two, f=field: f"{f} in ('{one}', '{two}')", keys(owner), keys(owner))
        yield st.builds(lambda call, part, f=field: f"{call}({f}, '{part}')",
                        st.sampled_from(["contains", "starts_with", "ends_with"]), anything)  # fmt: skip
        yield st.builds(lambda part, f=field: f"contains(concat({f}, note), '{part}')", anything)
    yield st.builds(lambda key: f"has(topic, '{key}')", keys("deal_topic"))
    yield st.builds(lambda key: f"coalesce(outcome, stage) == '{key}'", anything)


_BETWEEN_COLUMNS = (
    "stage == outcome", "stage != outcome", "stage == note", "is_empty(stage)", "is_empty(topic)", "length(stage) > 4",
    "has(topic, note)", "has(topic, concat('w', 'eb'))", "outcome == lower(record_type)",
)  # fmt: skip


@pytest.fixture
def filled(database: Database) -> Site:
    site = Site(database)
    site.save(*ROWS, duplicates="ignore")
    return site


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_sql_finds_what_python_finds(filled: Site, data: st.DataObject) -> None:
    names = data.draw(_names())
    published = filled.publish_in_memory(names)
    atom = st.one_of(*_atoms(names))
    joined = st.builds(lambda one, word, two: f"({one}) {word} ({two})", atom, st.sampled_from(["and", "or"]), atom)
    context = site_context(published.model, NOW)
    drawn = st.lists(atom | joined | atom.map(lambda text: f"not ({text})"), min_size=3, max_size=6)
    for where in (*_BETWEEN_COLUMNS, *data.draw(drawn)):
        compiled = compile_expression(where, module_scope(published, "deal"), expected="boolean")
        expected = {row["name"] for row in ROWS if holds(compiled, present(names, row), context)}
        assert filled.find_in(published, where) == expected, where
