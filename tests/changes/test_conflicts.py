"""Conflicts of upgrades: decided, kept, followed, settled."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest

from changes.upgrades import (
    DEAL_PATH,
    LAYOUT,
    LAYOUT_PATH,
    LESS,
    patch,
    site,
    standard,
    upgrade,
)
from fieldstone.changes.upgrade.decide import Choice, can_keep_both, decide
from fieldstone.changes.upgrade.lists import merge_lists
from fieldstone.changes.upgrade.merge import merge_site
from fieldstone.changes.upgrade.record import record_conflicts, review_conflicts
from fieldstone.kernel.errors import InvalidInputError
from fieldstone.metadata.conflict import Conflict
from fieldstone.metadata.layers import Layer
from fieldstone.storage.conflicts import find_conflict, list_open, mark_decided
from fieldstone.storage.database import Database
from fieldstone.storage.system import create_system_tables
from metadata.example import DEAL


def test_a_list_that_both_changed_is_a_conflict_which_keeps_both_on_demand() -> None:
    own = site(layout="module: deal\nlist: {columns: [stage, name, close_date]}\n")
    now = standard(layout=LAYOUT.replace("[name, amount, stage]", "[name, amount, stage, chance]"))
    merged = upgrade(now, own)
    assert merged.site == own
    (conflict,) = merged.conflicts
    assert conflict.key == "layouts.deal.list.columns"
    assert can_keep_both(conflict)
    both = decide(merged.site, conflict, "both")
    assert patch(both, LAYOUT_PATH)["list"]["columns"] == ["stage", "chance", "name", "close_date"]
    assert decide(merged.site, conflict, "theirs").documents == {}
    assert decide(merged.site, conflict, "ours") is merged.site


@pytest.mark.parametrize(
    ("then", "now", "ours", "expected"),
    [
        ("abc", "abcd", "cbax", "cdbax"),
        ("abc", "zabc", "cba", "zcba"),
        ("abc", "ac", "abcx", "acx"),
        ("abc", "abc", "c", "c"),
        ("ab", "aqb", "b", "qb"),
        ("", "ab", "xb", "axb"),
    ],
)
def test_items_of_lists_are_merged(then: str, now: str, ours: str, expected: str) -> None:
    assert "".join(merge_lists(list(then), list(now), list(ours))) == expected


def test_what_stands_behind_an_entry_moves_up_when_it_goes() -> None:
    own = site(deal="module: deal\nfields: {chance: {label: Odds}, extra: {type: date, after: chance}}\n")
    merged = upgrade(standard(**LESS), own)
    theirs = decide(merged.site, merged.conflicts[0], "theirs")
    assert patch(theirs) == {"module": "deal", "fields": {"extra": {"type": "date", "after": "amount"}}}


def test_only_lists_can_keep_both() -> None:
    conflict = Conflict(key="modules.deal.plural", file=DEAL_PATH, base_then="a", base_now="b", site="c")
    with pytest.raises(InvalidInputError, match=r"upgrade\.E001"):
        decide(site(), conflict, "both")
    choices: list[Choice] = ["ours", "theirs"]
    assert [decide(site(), conflict, choice) for choice in choices] == [site(), site()]


def test_open_conflicts_are_kept_followed_and_settled(database: Database) -> None:
    create_system_tables(database)
    own = site(deal="module: deal\nfields: {amount: {min: 2.5}}\nplural: Ours\n")

    def publish(now: Sequence[Layer], conflicts: Sequence[Conflict], version: int) -> list[tuple[str, Any, Any, int]]:
        database.transact(lambda conn: record_conflicts(conn, [*now, own], conflicts, version))
        with database.read() as conn:
            return [
                (each.conflict.key, each.conflict.base_then, each.conflict.base_now, each.version)
                for each in list_open(conn)
            ]

    versions = [standard(deal=DEAL.replace("Deals", name)) for name in ("Deals", "Second", "Third", "Ours")]
    steps = [merge_site(then, now, own).conflicts for then, now in pairwise(versions)]
    assert publish(versions[1], steps[0], 2) == [("modules.deal.plural", "Deals", "Second", 2)]
    assert publish(versions[1], (), 3) == [("modules.deal.plural", "Deals", "Second", 2)]
    assert publish(versions[2], steps[1], 4) == [("modules.deal.plural", "Deals", "Third", 2)]
    assert publish(versions[3], steps[2], 5) == []
    assert publish(versions[1], steps[0], 6) == [("modules.deal.plural", "Deals", "Second", 6)]
    assert publish(versions[2], (), 7) == [("modules.deal.plural", "Deals", "Third", 6)]
    exact = merge_site(versions[0], standard(deal=DEAL.replace("min: 0", "min: 1.25")), own).conflicts
    publish(versions[3], (), 8)
    publish(standard(deal=DEAL.replace("min: 0", "min: 1.25").replace("Deals", "Ours")), exact, 9)
    with database.read() as conn:
        kept = find_conflict(conn, "modules.deal.fields.amount.min")
        assert find_conflict(conn, "modules.deal.plural") is None
    assert kept is not None
    assert kept.conflict == exact[0]
    database.transact(lambda conn: mark_decided(conn, [kept.id], "ours", None))
    with database.read() as conn:
        assert list_open(conn) == []


def test_a_conflict_is_settled_when_the_site_makes_no_difference() -> None:
    own = site(deal="module: deal\nfields: {chance: {label: Odds}}\n")
    merged = upgrade(standard(**LESS), own)
    assert review_conflicts(standard(**LESS), merged.site, merged.conflicts) == ([], [])
    assert review_conflicts(standard(**LESS), site(), merged.conflicts) == (list(merged.conflicts), [])
