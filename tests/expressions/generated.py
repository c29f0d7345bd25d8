"""Generated well-typed expressions and records, full of the values where engines differ."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from expressions.sample import STAGES
from fieldstone.expressions.evaluate import EvaluationContext
from fieldstone.expressions.wording import quote
from fieldstone.expressions.working_days import WorkingDays
from fieldstone.kernel.folding import normalise

LETTERS = "aAbBzZ ßẞÄäÉéΣσςıİſﬁ中文字😀%_\\'\"\u00a0\u3000e\u0301-0"
DAYS = [date(2024, 2, 29), date(2025, 12, 31), date(2026, 3, 14), date(2026, 3, 15), date(2026, 3, 29),
        date(2026, 10, 25), date(2026, 3, 31), date(2026, 11, 1), date(1, 1, 1), date(9999, 12, 31)]  # fmt: skip
MOMENTS = [
    datetime(2026, 3, 8, 6, 59, 59, 999999, tzinfo=UTC), datetime(2026, 3, 8, 7, 30, tzinfo=UTC),
    datetime(2026, 3, 29, 1, 0, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 1, 30, tzinfo=UTC), datetime(2026, 3, 13, 23, 0, tzinfo=UTC),
    datetime(2026, 3, 14, 16, 0, tzinfo=UTC), datetime(2026, 3, 14, 18, 15, tzinfo=UTC),
    datetime(2026, 4, 23, 22, 0, tzinfo=UTC), datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
]  # fmt: skip
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Asia/Shanghai", "Africa/Cairo", "Pacific/Apia"]
WORKING = [
    WorkingDays(), WorkingDays(weekdays=frozenset({6, 0, 5}), holidays={"03-14": "Pi", "2026-03-29": "Clocks"}),
    WorkingDays(weekdays=frozenset(), holidays={"01-01": "New Year"}), WorkingDays(holidays={"2026-03-31": "Close"}),
]  # fmt: skip
NUMBERS = ["0", "1", "-1", "2", "3", "7", "0.5", "-0.5", "2.5", "0.005", "0.0001", "0.00005", "10", "100", "1000000",
           "33.3333", "12345678901234.5678", "0.1", "-7", "1e18"]  # fmt: skip
AMOUNTS = ["0", "1", "-1", "2.5", "0.0001", "-0.0001", "33.3333", "100", "12345678901.2345", "-7", "0.5", "10", "3"]
PERIODS = [
    "today", "yesterday", "tomorrow", "this week", "last week", "next week", "this month", "last month",
    "next month", "this quarter", "last year", "this year", "next year", "this fiscal quarter",
    "this fiscal year", "last fiscal year", "last 7 days", "next 30 days", "3 days ago", "1 days ahead",
    "more than 5 days ago", "less than 5 days ago", "more than 5 days ahead", "less than 5 days ahead",
]  # fmt: skip

texts = st.text(alphabet=LETTERS, max_size=4).map(lambda text: normalise(text) or None)
contexts = st.builds(
    EvaluationContext,
    now=st.sampled_from(MOMENTS),
    zone=st.sampled_from(ZONES),
    fiscal_year_start=st.sampled_from([1, 4, 10]),
    week_start=st.sampled_from([0, 6]),
    working=st.sampled_from(WORKING),
    roles=st.just(("seller",)),
    team=st.just(frozenset({7, 8})),
)


def _maybe(values: Any) -> st.SearchStrategy[Any]:
    return st.none() | st.sampled_from(values)


records = st.fixed_dictionaries(
    {
        "name": texts,
        "note": texts,
        "amount": _maybe([Decimal(number).quantize(Decimal("0.0001")) for number in AMOUNTS]),
        "rate": _maybe([Decimal(number) for number in ("0.00", "0.50", "1.00", "2.50", "-1.00", "33.33", "100.00")]),
        "score": _maybe([0, 1, -1, 2, 3, 7, 100, 2**53 + 1]),
        "stage": _maybe(STAGES),
        "level": _maybe(["low", "high", "won"]),
        "active": st.sampled_from([None, True, False]),
        "close_date": _maybe(DAYS),
        "start_date": _maybe(DAYS),
        "created_at": _maybe(MOMENTS),
        "seen_at": _maybe(MOMENTS),
        "opens": _maybe([time(0), time(9, 30), time(23, 59, 59, 999999)]),
        "owner": _maybe([7, 8, 9]),
        "parent": _maybe([7, 1]),
        "tags": st.none()
        | st.lists(st.sampled_from(["a", "b", "ab", "A", "%", "中"]), min_size=1, max_size=3).map(tuple),
        "extra": st.none() | st.just("{}"),
    }
)


def _calls(form: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(lambda values: form.format(*values))


def _choose(*options: str) -> st.SearchStrategy[str]:
    return st.sampled_from(options)


def _written(values: list[Any]) -> st.SearchStrategy[str]:
    return st.sampled_from([quote(value.isoformat().replace("+00:00", "Z")) for value in values])


_NUMBER = st.sampled_from(NUMBERS)
_SMALL = _choose("0", "1", "-1", "2", "13", "1.5", "-400", "100000000000")
_LITERAL_TEXT = texts.map(lambda text: quote(text or ""))
_LITERAL_MOMENT = _written(MOMENTS) | _choose("'2026-03-29T02:30'", "''")
_LITERAL_DAY = _written([day for day in DAYS if day.year > 1])


@st.composite
def numbers(draw: st.DrawFn, depth: int) -> str:
    leaf = _choose("amount", "rate", "score") | _NUMBER
    if depth <= 0:
        return draw(leaf)
    inner, text, day, moment = numbers(depth - 1), strings(depth - 1), days(depth - 1), moments(depth - 1)
    return draw(
        leaf
        | _calls("({} {} {})", inner, _choose("+", "-", "*", "/", "%"), inner)
        | _calls("(-{})", inner)
        | _calls("round({}, {})", inner, _choose("0", "2", "-1", "10"))
        | _calls("{}({})", _choose("abs", "floor", "ceil", "round"), inner)
        | _calls("{}({}, {})", _choose("min", "max", "coalesce"), inner, inner)
        | _calls("length({})", text)
        | _calls("{}({})", _choose("year", "month", "day", "weekday", "quarter"), day | moment)
        | _calls("days_between({}, {})", day | moment, day)
        | _calls("hours_between({}, {})", moment, moment)
        | _calls("({} if {} else {})", inner, conditions(depth - 1), inner)
    )


@st.composite
def strings(draw: st.DrawFn, depth: int) -> str:
    leaf = _choose("name", "note", "level", "user.name", "user.email") | _LITERAL_TEXT
    if depth <= 0:
        return draw(leaf)
    inner, number = strings(depth - 1), numbers(depth - 2) | _SMALL
    return draw(
        leaf
        | _calls("{}({})", _choose("lower", "upper", "trim"), inner)
        | _calls("{}({}, {})", _choose("left", "right"), inner, number)
        | _calls("substring({}, {}, {})", inner, number, number)
        | _calls("replace({}, {}, {})", inner, _choose("'ab'", "'Σ'", "''"), _choose("''", "'x'", "'bb'")).filter(
            lambda call: not call.endswith("'', 'x')") and not call.endswith("'', 'bb')") and "'Σ', 'bb'" not in call
        )
        | _calls("concat({}, {}, {})", inner, numbers(depth - 1) | days(depth - 1), inner)
        | _calls("coalesce({}, {})", inner, inner)
        | _calls("({} if {} else {})", inner, conditions(depth - 1), inner)
    )


@st.composite
def days(draw: st.DrawFn, depth: int) -> str:
    leaf = _choose("close_date", "start_date", "today()") | _calls("date({})", _LITERAL_DAY)
    if depth <= 0:
        return draw(leaf)
    inner = days(depth - 1)
    return draw(
        leaf
        | _calls("date({})", moments(depth - 1))
        | _calls("{}({}, {})", _choose("add_days", "add_months", "add_years"), inner, _SMALL | numbers(depth - 1))
        | _calls("{}({}, {})", _choose("min", "max", "coalesce"), inner, inner)
        | _calls("({} if {} else {})", inner, conditions(depth - 1), inner)
    )


@st.composite
def moments(draw: st.DrawFn, depth: int) -> str:
    leaf = _choose("created_at", "seen_at", "now()")
    if depth <= 0:
        return draw(leaf)
    inner = moments(depth - 1)
    return draw(
        leaf
        | _calls("{}({}, {})", _choose("add_days", "add_months", "add_years", "add_hours"), inner, _SMALL)
        | _calls("{}({}, {})", _choose("min", "max", "coalesce"), inner, inner)
        | _calls("({} if {} else {})", inner, conditions(depth - 1), inner)
    )


_SIGN = _choose("==", "!=", "<", "<=", ">", ">=")
_EQUAL = _choose("==", "!=")
_SIMPLE = (
    _choose("active", "(not active)", "has_role('seller')", "in_my_team(owner)", "owner == user.id")
    | _choose("owner in (7, 9, '')", "stage == level", "active == False", "active == (amount > 1)", "is_empty(active)")
    | _choose("is_empty(extra)", "tags == ''")
    | _calls("stage {} {}", _EQUAL, _choose("'won'", "'lost'", "''", "None", "level"))
    | _calls("stage {} ({}, {})", _choose("in", "not in"), _choose("'won'", "''"), _choose("'lost'", "None"))
    | _calls("is_empty({})", _choose("name", "amount", "stage", "close_date", "created_at", "owner", "tags"))
    | _calls("has(tags, {})", _choose("'a'", "'%'", "'中'", "level", "''"))
    | _calls("opens {} {}", _SIGN, _choose("'09:30'", "'00:00'", "''", "opens"))
    | _calls("{} {} {}", _choose("owner", "parent"), _SIGN, _choose("7", "8.5", "owner", "user.id", "1e19"))
)  # fmt: skip


@st.composite
def conditions(draw: st.DrawFn, depth: int) -> str:
    if depth <= 0:
        return draw(_SIMPLE)
    inner, text = conditions(depth - 1), strings(depth - 1)
    number, day, moment = numbers(depth - 1), days(depth - 1), moments(depth - 1)
    return draw(
        _SIMPLE
        | _calls("({} {} {})", number, _SIGN, number)
        | _calls("({} {} {} {} {})", number, _SIGN, number, _SIGN, number)
        | _calls("{} {} ({}, {}, {})", number, _choose("in", "not in"), number, _NUMBER, _choose("None", "7"))
        | _calls("({} {} {})", text, _SIGN, text)
        | _calls("({} {} {})", day, _SIGN, day | _LITERAL_DAY | moment)
        | _calls("({} {} {})", moment, _SIGN, moment | _LITERAL_DAY | _LITERAL_MOMENT)
        | _calls("{}({}, {})", _choose("contains", "starts_with", "ends_with"), _choose("name", "note", "level"),
                 _LITERAL_TEXT | _choose("name", "note"))
        | _calls("within({}, {})", day | moment, st.sampled_from([quote(period) for period in PERIODS]))
        | _calls("is_working_day({})", day | moment)
        | _calls("(not ({}))", inner)
        | _calls("(({}) {} ({}))", inner, _choose("and", "or", "==", "!="), inner)
        | _calls("({} if {} else {})", inner, inner, inner)
    )  # fmt: skip
