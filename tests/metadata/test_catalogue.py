"""Identities and physical names: fixed at creation, short, unique, never reused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldstone.kernel.stored_keys import StoredKeys
from fieldstone.metadata.catalogue import MAX_PHYSICAL, Catalogue, CatalogueEntry, Wanted
from fieldstone.metadata.former_keys import former_keys
from metadata.example import DEAL, compile_base


def wanted(*paths: str, kind: str = "field", suffixes: tuple[str, ...] = ()) -> list[Wanted]:
    return [Wanted(kind=kind, path=path, suffixes=suffixes) for path in paths]


def physical(catalogue: Catalogue, path: str, kind: str = "field") -> str:
    entry = catalogue.find(kind, path)
    assert entry is not None
    return entry.physical


def test_everything_declared_gets_an_identity_and_a_plain_name() -> None:
    compiled = compile_base()
    model, catalogue = compiled.get_model(), compiled.catalogue
    assert model.modules["deal"].table == "deal"
    assert model.modules["deal"].fields["amount"].column == "amount"
    assert catalogue.find("picklist_value", "stage.won") is not None
    identities = [entry.identity for entry in catalogue]
    assert len(set(identities)) == len(identities) == len(catalogue)
    assert model.modules["deal"].fields["amount"].identity in identities


def test_a_second_compilation_keeps_what_there_is() -> None:
    first = compile_base()
    second = compile_base(first.catalogue)
    assert second.catalogue is first.catalogue
    assert second.get_model().modules["deal"].identity == first.get_model().modules["deal"].identity


def test_what_is_removed_stays_and_comes_back_as_itself() -> None:
    first = compile_base()
    without = compile_base(first.catalogue, modules_deal=DEAL.replace("  close_date: {type: date}\n", ""))
    gone = without.catalogue.find("field", "deal.close_date")
    assert gone is not None
    assert gone.removed
    back = compile_base(without.catalogue)
    assert back.catalogue.find("field", "deal.close_date") == first.catalogue.find("field", "deal.close_date")


def test_columns_never_meet() -> None:
    catalogue = Catalogue().extend(
        [
            *wanted("a.address", suffixes=("_street", "_city")),
            *wanted("a.address_city", "a.owner_id", "a.x", "a.x__key", "a.about_id"),
            *wanted("a.about", suffixes=("_module", "_id")),
            *wanted("b.address_city"),
        ]
    )
    assert physical(catalogue, "a.address_city") == "address_city_2"
    assert physical(catalogue, "a.owner_id") == "owner_id_2"
    assert physical(catalogue, "a.x__key") == "x__key_2"
    assert physical(catalogue, "a.about") == "about_2"
    assert physical(catalogue, "b.address_city") == "address_city"


def test_a_removed_field_keeps_its_columns_whatever_they_were() -> None:
    first = Catalogue().extend(wanted("a.address", suffixes=("_city",)))
    second = first.extend([])
    third = second.extend(wanted("a.address_city"))
    assert physical(third, "a.address_city") == "x2_address_city"


def test_tables_and_link_tables_share_their_names() -> None:
    catalogue = Catalogue().extend([*wanted("a_b", kind="module"), *wanted("a.b", kind="relation")])
    assert (physical(catalogue, "a_b", "module"), physical(catalogue, "a.b", "relation")) == ("a_b", "a_b_2")


def test_long_names_are_shortened_and_stay_unique() -> None:
    long = "x" * 40
    suffix = "_" + "y" * 40
    catalogue = Catalogue().extend(
        [
            *wanted(f"a.{long}", f"a.{long[:-1]}z", suffixes=(suffix,)),
            *wanted(f"{long}.{long}", f"{long}.{long[:-1]}z", kind="relation"),
        ]
    )
    names = [entry.physical for entry in catalogue if entry.kind == "field"]
    assert len(set(names)) == 2
    assert all(len(name) <= MAX_PHYSICAL for name in names)
    assert all(len(entry.physical) <= MAX_PHYSICAL for entry in catalogue)


def test_a_rename_keeps_identity_and_place_and_takes_along_what_is_below() -> None:
    first = Catalogue().extend(
        [*wanted("a", kind="module"), *wanted("a.x"), *wanted("a.r", kind="relation"), *wanted("a.r.y")]
    )
    renamed = first.rename("module", "a", "b")
    assert renamed.find("module", "a") is None
    for kind, old, new in (
        ("module", "a", "b"),
        ("field", "a.x", "b.x"),
        ("relation", "a.r", "b.r"),
        ("field", "a.r.y", "b.r.y"),
    ):
        before, after = first.find(kind, old), renamed.find(kind, new)
        assert before is not None
        assert after is not None
        assert (after.identity, after.physical) == (before.identity, before.physical)
    with pytest.raises(KeyError):
        first.rename("field", "a.nope", "a.z")
    with pytest.raises(ValueError, match="exists already"):
        first.rename("field", "a.x", "a.x")


def test_a_name_given_up_by_a_rename_makes_a_new_place() -> None:
    renamed = Catalogue().extend(wanted("a.x")).rename("field", "a.x", "a.y")
    again = renamed.extend(wanted("a.x", "a.y"))
    assert (physical(again, "a.y"), physical(again, "a.x")) == ("x", "x_2")


def test_a_field_may_move_to_a_new_place() -> None:
    first = Catalogue().extend(wanted("a.x"))
    moved = first.move_physical("field", "a.x", wanted("a.x"))
    entry, before = moved.find("field", "a.x"), first.find("field", "a.x")
    assert entry is not None
    assert before is not None
    assert (entry.identity, entry.physical) == (before.identity, "x_2")
    assert Catalogue.of(moved).find("field", "a.x") == entry
    assert len(moved) == 2
    assert moved.extend(wanted("a.x", "a.x_2")).find("field", "a.x_2") != entry


def test_a_stored_catalogue_is_the_same_when_loaded() -> None:
    catalogue = compile_base().catalogue
    assert Catalogue.of(reversed(list(catalogue))) == catalogue
    assert Catalogue.of([CatalogueEntry("7", "module", "a", "a")]).next_identity == 8


_paths = st.lists(st.sampled_from([f"m.{name}" for name in ("a", "a_2", "a_b", "b", "a__key", "id")]), unique=True)
_suffixes = st.sampled_from([(), ("_b",), ("_b", "_b_2")])


@given(st.lists(st.tuples(_paths, _suffixes), max_size=6))
def test_no_two_columns_ever_meet(rounds: list[tuple[list[str], tuple[str, ...]]]) -> None:
    catalogue, seen = Catalogue(), {}
    suffixes: dict[str, tuple[str, ...]] = {}
    for paths, some in rounds:
        for path in paths:
            suffixes.setdefault(path, some)
        catalogue = catalogue.extend([Wanted(kind="field", path=path, suffixes=suffixes[path]) for path in paths])
        for entry in catalogue:
            assert seen.setdefault(entry.path, (entry.identity, entry.physical)) == (entry.identity, entry.physical)
    columns = [entry.physical + suffix for entry in catalogue for suffix in ("", "__key", *suffixes[entry.path])]
    assert len(set(columns)) == len(columns)


def test_a_stored_key_is_kept_by_its_value_and_given_to_no_other() -> None:
    def value(catalogue: Catalogue, key: str) -> str:
        return physical(catalogue, f"stage.{key}", "picklist_value")

    first = Catalogue().extend(wanted("stage.won", "stage.lost", kind="picklist_value"))
    renamed = first.rename("picklist_value", "stage.won", "stage.closed")
    again = renamed.extend(wanted("stage.closed", "stage.won", "stage.won_2", kind="picklist_value"))
    assert [value(again, key) for key in ("closed", "won", "won_2")] == ["won", "won_2", "won_2_2"]
    gone = again.extend(wanted("stage.won", kind="picklist_value"))
    back = gone.extend(wanted("stage.closed", "stage.lost", "stage.won", kind="picklist_value"))
    assert [value(back, key) for key in ("closed", "won", "lost")] == ["won", "won_2", "lost"]
    taken_over = gone.rename("picklist_value", "stage.won", "stage.closed")
    fresh = taken_over.extend(wanted("stage.closed", "stage.won", kind="picklist_value"))
    assert [value(fresh, key) for key in ("closed", "won")] == ["won_2", "won_3"]
    assert former_keys(fresh, "picklist_value", "stage", {"closed": "won_2", "won": "won_3"}) == {
        "won_old": "won", "won_2": "won_2_2"
    }  # fmt: skip


def test_record_types_and_picklists_move_with_what_they_belong_to() -> None:
    first = Catalogue().extend(
        [
            *wanted("deal", "note", kind="module"), *wanted("deal.x", "deal.r.y", "note.x"),
            *wanted("deal.r", kind="relation"), *wanted("deal.big", kind="record_type"),
            *wanted("deal.x", "deal.r.y", kind="inline_picklist"), *wanted("deal_z", "stage", kind="picklist"),
            *wanted("deal_x.a", "deal_r_y.a", "deal_z.a", "stage.a", "note_x.a", kind="picklist_value"),
        ]
    )  # fmt: skip
    moved = (
        first.rename("module", "deal", "sale").rename("picklist", "stage", "step").rename("field", "sale.x", "sale.w")
    )
    places = {(entry.kind, entry.path) for entry in moved} - {(entry.kind, entry.path) for entry in first}
    assert places == {
        ("module", "sale"), ("field", "sale.w"), ("field", "sale.r.y"), ("relation", "sale.r"),
        ("record_type", "sale.big"), ("inline_picklist", "sale.w"), ("inline_picklist", "sale.r.y"),
        ("picklist", "step"), ("picklist_value", "sale_w.a"), ("picklist_value", "sale_r_y.a"),
        ("picklist_value", "step.a"),
    }  # fmt: skip
    back = (
        moved.rename("field", "sale.w", "sale.x").rename("picklist", "step", "stage").rename("module", "sale", "deal")
    )
    assert back == first


def test_values_that_moved_to_a_document_stay_where_they_are() -> None:
    first = Catalogue().extend([*wanted("a.x"), *wanted("a.x", kind="inline_picklist"),
                                *wanted("a_x.k", kind="picklist_value")])  # fmt: skip
    shared = first.extend([*wanted("a.x"), *wanted("a_x", kind="picklist"), *wanted("a_x.k", kind="picklist_value")])
    assert shared.rename("field", "a.x", "a.y").find("picklist_value", "a_x.k") is not None


def test_what_a_rename_meets_is_retired_and_never_lost() -> None:
    first = Catalogue().extend([*wanted("a", "b", kind="module"), *wanted("a.x", "b.x")])
    without = first.extend([*wanted("a", kind="module"), *wanted("a.x")])
    renamed = without.rename("module", "a", "b")
    assert len(renamed) == len(first)
    assert physical(renamed.extend(wanted("b.x", "b.y")), "b.x") == "x"
    gone = without.extend([*wanted("a", kind="module"), *wanted("a.z")]).rename("module", "a", "b")
    revived, own = gone.extend(wanted("b.x")).find("field", "b.x"), first.find("field", "a.x")
    assert revived is not None
    assert own is not None
    assert revived.identity == own.identity
    with pytest.raises(ValueError, match="b exists already"):
        first.rename("module", "a", "b")


_keys = st.sampled_from("abcd")
_steps = st.lists(st.one_of(st.sets(_keys), st.tuples(_keys, _keys)), max_size=8)


@given(_steps)
def test_rows_can_always_be_read(steps: list[set[str] | tuple[str, str]]) -> None:
    """Whatever is renamed, removed and added: every stored key there ever was reads as one key only."""
    catalogue = Catalogue()
    for step in steps:
        if isinstance(step, set):
            catalogue = catalogue.extend(wanted(*(f"p.{key}" for key in sorted(step)), kind="picklist_value"))
        elif catalogue.find("picklist_value", f"p.{step[0]}"):
            try:
                catalogue = catalogue.rename("picklist_value", f"p.{step[0]}", f"p.{step[1]}")
            except ValueError:
                continue
    ever = [entry.physical for entry in catalogue]
    assert len(set(ever)) == len(ever)
    live = {entry.path[2:]: entry.physical for entry in catalogue if not entry.removed}
    former = former_keys(catalogue, "picklist_value", "p", live)
    keys = StoredKeys.of([*live.items(), *former.items()]) or StoredKeys(())
    assert len({keys.decode(stored) for stored in ever}) == len(ever)
    for stored in ever:
        assert keys.encode(keys.decode(stored)) == stored
        if stored in keys.shown and stored not in {*live, *former}:
            assert keys.encode(stored) not in ever
    for key, stored in live.items():
        assert keys.encode(key) == stored
    assert Catalogue.of(catalogue) == catalogue
