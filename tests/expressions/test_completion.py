"""Where something is typed in an expression that is not readable yet."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fieldstone.expressions.completion import Spot, find_spot


def _at(marked: str) -> Spot:
    """The spot of the bar in a source."""
    return find_spot(marked.replace("|", "", 1), marked.index("|"))


def test_names_and_values_are_told_apart() -> None:
    assert _at("am|") == Spot(kind="name", start=0, end=2, typed="am")
    assert _at("am|ount > 3") == Spot(kind="name", start=0, end=6, typed="am")
    assert _at("x and organization.ind|") == Spot(kind="name", start=19, end=22, path=("organization",), typed="ind")
    assert _at("round(org.|, 2)") == Spot(kind="name", start=10, end=10, path=("org",), call="round")
    assert _at("contains(name, 'a (b') and coalesce(|").call == "coalesce"
    assert _at("not (|").call == ""
    assert _at("金|").typed == "金"
    for source in ("stage == |", "org.stage != |", "stage in ['won', |", "stage not in (|", "changed_to(stage, |"):
        assert _at(source).kind == "choice", source
    assert _at("x and stage == 'w|on' and y") == Spot(kind="choice", start=15, end=20, path=("stage",), typed="w")
    assert _at('stage == "w|').typed == "w"
    for source in ("concat('Dear |", "amount > 12|", "'it\\'s |"):
        assert _at(source).kind == "nothing", source


@given(st.text(alphabet="ab.'\"()=! ,[]1金\\\n", max_size=40), st.integers(-2, 60))
def test_any_text_has_a_spot(source: str, cursor: int) -> None:
    spot = find_spot(source, cursor)
    assert 0 <= spot.start <= spot.end <= len(source)
    assert spot.start <= max(0, min(cursor, len(source)))
