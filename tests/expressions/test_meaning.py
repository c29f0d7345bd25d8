"""What expressions mean in Python: empties, exact decimals, text, dates, who asks."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expressions.sample import NOON, SCOPE, SCOPE_WITH_OLD
from fieldstone.expressions.arithmetic import EXACT, decode, divide, encode, modulo
from fieldstone.expressions.compiled import compile_expression
from fieldstone.expressions.evaluate import EvaluationContext, evaluate, holds
from fieldstone.expressions.function import Function, Parameter
from fieldstone.expressions.functions import FUNCTIONS
from fieldstone.expressions.types import BOOLEAN, NUMBER, ValueType

NAMES = {
    "name": "Müller & Söhne",
    "amount": Decimal("12000.50"),
    "rate": Decimal("2.5"),
    "score": 3,
    "stage": "won",
    "active": True,
    "close_date": date(2026, 3, 20),
    "created_at": datetime(2026, 3, 13, 23, 30, tzinfo=UTC),
    "opens": time(9, 30),
    "owner": 7,
    "tags": ("a", "vip"),
    "user.id": 7,
    "old.stage": "prospecting",
    "old.amount": Decimal("12000.50"),
}


def value_of(source: str, names: dict[str, Any] | None = None, context: EvaluationContext = NOON) -> Any:
    return evaluate(compile_expression(source, SCOPE_WITH_OLD), NAMES if names is None else names, context)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("0.1 + 0.2 == 0.3", True),
        ("1 / 3", Decimal("0.3333333333")),
        ("2 / 3", Decimal("0.6666666667")),
        ("-1 / 8 / 1000000000", Decimal("-0.0000000001")),
        ("0.5 / 10000000000", Decimal("0.0000000001")),
        ("1 / 0", None),
        ("1 % 0", None),
        ("-7 % 3", Decimal(2)),
        ("7 % -3", Decimal(-2)),
        ("-6 % 3", Decimal(0)),
        ("round(2.5)", Decimal(3)),
        ("round(-2.5)", Decimal(-3)),
        ("round(1.005, 2)", Decimal("1.01")),
        ("round(1250, -2)", Decimal(1300)),
        ("floor(-1.5)", Decimal(-2)),
        ("ceil(-1.5)", Decimal(-1)),
        ("abs(-3)", Decimal(3)),
        ("score * 2", Decimal(6)),
        ("1_000 + 0x10", Decimal(1016)),
        ("min(amount, 10)", Decimal(10)),
        ("max(rate, score)", Decimal(3)),
        ("99999999999999999999 * 99999999999999999999 > 1", True),
        ("99999999999999999999 * 99999999999999999999", None),
        ("amount > 10000 and stage == 'won'", True),
        ("1 < score <= 3", True),
        ("stage in ('won', 'lost')", True),
        ("stage in ('won')", True),
        ("stage in ['lost', 'prospecting']", False),
        ("'a' if score == 4 else 'b'", "b"),
        ("upper('ß') == 'ß'", True),
        ("lower('ÄÉ')", "äé"),
        ("contains(name, 'MÜLLER')", True),
        ("starts_with(name, 'mü')", True),
        ("ends_with(name, 'söhne')", True),
        ("contains('Straße', 'STRASSE')", True),
        ("matches('12345', '[0-9]{5}')", True),
        ("matches('123456', '[0-9]{5}')", False),
        (r"matches('a.b@c.de', '[^@]+@[^@]+\.[^@]+')", True),
        ("concat('Call ', name, ' ', amount, ' ', close_date)", "Call Müller & Söhne 12000.5 2026-03-20"),
        ("length(name)", Decimal(14)),
        ("left(name, 6)", "Müller"),
        ("right(name, 5)", "Söhne"),
        ("substring(name, 10, 2)", "Sö"),
        ("substring(name, 100, 2)", None),
        ("left(name, -1)", None),
        ("replace(name, ' & ', '+')", "Müller+Söhne"),
        ("trim('\u3000 x ')", "x"),
        ("has(tags, 'vip')", True),
        ("not has(tags, 'b')", True),
        ("owner == user.id", True),
        ("owner in (1, 7)", True),
        ("changed(stage) and not changed(amount)", True),
        ("changed_to(stage, 'won')", True),
        ("changed_from(stage, 'won')", False),
        ("old.stage != stage", True),
        ("opens == '09:30'", True),
        ("opens < '10:00:00'", True),
        ("date('2026-03-14') == today()", True),
        ("weekday(close_date)", Decimal(5)),
        ("quarter(close_date)", Decimal(1)),
        ("add_months(date('2026-01-31'), 1)", date(2026, 2, 28)),
        ("add_years(date('2024-02-29'), 1)", date(2025, 2, 28)),
        ("add_days('2026-12-31', 1)", date(2027, 1, 1)),
        ("add_days(close_date, 99999999999)", None),
        ("add_working_days(close_date, 1)", date(2026, 3, 23)),
        ("add_working_days('2026-03-21', -6)", date(2026, 3, 13)),
        ("add_working_days(date('2026-12-31'), 1)", date(2027, 1, 4)),
        ("add_working_days(created_at, 1)", datetime(2026, 3, 16, 23, 30, tzinfo=UTC)),
        ("add_working_days(close_date, 0)", date(2026, 3, 20)),
        ("add_working_days('9999-12-30', 9)", None),
        ("is_working_day(close_date) and not is_working_day('2027-01-01')", True),
        ("is_working_day(add_days(created_at, 1))", False),
        ("add_hours(created_at, 0.5)", datetime(2026, 3, 14, 0, 0, tzinfo=UTC)),
        ("days_between(created_at, close_date)", Decimal(7)),
        ("hours_between(created_at, now())", Decimal("12.5")),
        ("now() == '2026-03-14T12:00:00Z'", True),
        ("created_at == '2026-03-13'", True),
        ("created_at <= '2026-03-13'", True),
        ("created_at > '2026-03-13'", False),
        ("coalesce(note, name)", "Müller & Söhne"),
        ("active == True", True),
        ("active == False", False),
        ("active == (score > 1)", True),
    ],
)
def test_values(source: str, value: Any) -> None:
    found = value_of(source)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("amount + 1", None),
        ("amount == 1", False),
        ("amount != 1", True),
        ("not amount == 1", True),
        ("amount < 1", False),
        ("not amount < 1", True),
        ("amount >= amount", False),
        ("amount == rate", True),
        ("amount != rate", False),
        ("name == ''", True),
        ("name == None", True),
        ("amount == ''", True),
        ("close_date != ''", False),
        ("is_empty(tags)", True),
        ("stage in ('won', '')", True),
        ("stage not in ('won', 'lost')", True),
        ("active", False),
        ("active == False", True),
        ("is_empty(active)", False),
        ("contains(name, 'a')", False),
        ("contains(name, '')", False),
        ("has(tags, 'a')", False),
        ("within(close_date, 'this month')", False),
        ("length(name)", Decimal(0)),
        ("concat(name, note)", None),
        ("concat('', 'x', name)", "x"),
        ("lower(name)", None),
        ("max(amount, 3)", Decimal(3)),
        ("min(amount, rate)", None),
        ("changed(stage)", False),
        ("name == 'y' if active else name == 'x'", False),
        ("name < 'b'", False),
        ("None", None),
    ],
)
def test_empties(source: str, value: Any) -> None:
    assert value_of(source, {}) == value


def test_empty_on_creation_counts_as_changed() -> None:
    assert value_of("changed(stage)", {"stage": "won"}) is True
    assert value_of("changed(active)", {"active": False}) is False


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("today", "2026-03-14", "2026-03-14"),
        ("yesterday", "2026-03-13", "2026-03-13"),
        ("tomorrow", "2026-03-15", "2026-03-15"),
        ("this week", "2026-03-09", "2026-03-15"),
        ("last week", "2026-03-02", "2026-03-08"),
        ("next week", "2026-03-16", "2026-03-22"),
        ("this month", "2026-03-01", "2026-03-31"),
        ("last month", "2026-02-01", "2026-02-28"),
        ("next month", "2026-04-01", "2026-04-30"),
        ("this quarter", "2026-01-01", "2026-03-31"),
        ("last quarter", "2025-10-01", "2025-12-31"),
        ("next year", "2027-01-01", "2027-12-31"),
        ("this fiscal year", "2025-04-01", "2026-03-31"),
        ("next fiscal year", "2026-04-01", "2027-03-31"),
        ("this fiscal quarter", "2026-01-01", "2026-03-31"),
        ("next fiscal quarter", "2026-04-01", "2026-06-30"),
        ("last 7 days", "2026-03-07", "2026-03-14"),
        ("next 7 days", "2026-03-14", "2026-03-21"),
        ("3 days ago", "2026-03-11", "2026-03-11"),
        ("3 days ahead", "2026-03-17", "2026-03-17"),
        ("more than 3 days ago", "0001-01-01", "2026-03-10"),
        ("less than 3 days ago", "2026-03-12", "2026-03-14"),
        ("more than 3 days ahead", "2026-03-18", "9999-12-31"),
        ("less than 3 days ahead", "2026-03-14", "2026-03-16"),
    ],
)
def test_periods(period: str, first: str, last: str) -> None:
    """Saturday, 14 March 2026; the fiscal year begins in April."""
    context = EvaluationContext(now=NOON.now, fiscal_year_start=4)
    within = compile_expression(f"within(close_date, '{period}')", SCOPE)
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    for day, inside in ((start, True), (end, True)):
        assert holds(within, {"close_date": day}, context) is inside
    if start > date.min:
        assert not holds(within, {"close_date": date.fromordinal(start.toordinal() - 1)}, context)
    if end < date.max:
        assert not holds(within, {"close_date": date.fromordinal(end.toordinal() + 1)}, context)


def test_the_week_begins_where_the_site_says() -> None:
    sunday = EvaluationContext(now=NOON.now, week_start=6)
    within = compile_expression("within(close_date, 'this week')", SCOPE)
    assert holds(within, {"close_date": date(2026, 3, 8)}, sunday)
    assert not holds(within, {"close_date": date(2026, 3, 15)}, sunday)


def test_days_are_those_of_the_zone() -> None:
    names = {"created_at": datetime(2026, 3, 14, 4, 30, tzinfo=UTC)}
    new_york = EvaluationContext(now=NOON.now, zone="America/New_York")
    shanghai = EvaluationContext(now=datetime(2026, 3, 14, 20, tzinfo=UTC), zone="Asia/Shanghai")
    assert value_of("within(created_at, 'today')", names, new_york) is True
    assert value_of("within(created_at, 'yesterday')", names, shanghai) is True
    assert value_of("today()", names, shanghai) == date(2026, 3, 15)
    assert value_of("created_at == '2026-03-14T12:30'", names, shanghai) is True


def test_a_moment_keeps_its_time_of_day_when_clocks_change() -> None:
    berlin = EvaluationContext(now=NOON.now, zone="Europe/Berlin")
    names = {"created_at": datetime(2026, 3, 28, 8, tzinfo=UTC)}
    assert value_of("add_days(created_at, 1)", names, berlin) == datetime(2026, 3, 29, 7, tzinfo=UTC)
    assert value_of("add_hours(created_at, 24)", names, berlin) == datetime(2026, 3, 29, 8, tzinfo=UTC)


def test_midnight_that_does_not_exist() -> None:
    cairo = EvaluationContext(now=datetime(2026, 4, 24, 12, tzinfo=UTC), zone="Africa/Cairo")
    assert value_of("within(created_at, 'today')", {"created_at": datetime(2026, 4, 23, 22, tzinfo=UTC)}, cairo) is True
    assert (
        value_of("within(created_at, 'today')", {"created_at": datetime(2026, 4, 23, 21, 59, tzinfo=UTC)}, cairo)
        is False
    )


def test_who_asks() -> None:
    context = EvaluationContext(now=NOON.now, roles=("seller",), groups=("sales",), team=frozenset({7}))
    assert value_of("has_role('seller') and in_group('sales') and in_my_team(owner)", NAMES, context) is True
    assert value_of("has_role('boss') or in_group('support')", NAMES, context) is False


def test_a_compiled_expression_says_what_it_reads() -> None:
    compiled = compile_expression("changed(stage) and amount > 0 and within(close_date, 'today')", SCOPE_WITH_OLD)
    assert compiled.type == BOOLEAN
    assert compiled.paths == {("stage",), ("old", "stage"), ("amount",), ("close_date",)}
    assert compiled.functions == {"changed", "within"}
    assert (compiled.uses_old, compiled.uses_time, compiled.uses_user) == (True, True, False)
    assert compile_expression("owner == user.id", SCOPE).uses_user
    assert compile_expression("in_group('sales')", SCOPE).uses_user
    assert compile_expression("amount > 0", SCOPE) is compile_expression("amount > 0", SCOPE)
    assert compile_expression("stage", SCOPE).type.kind == "choice"
    assert compile_expression("amount * 2", SCOPE).type == NUMBER


def test_threads_do_not_see_each_other() -> None:
    compiled = compile_expression("concat(name, ' ', score)", SCOPE)
    wrong: list[Any] = []

    def work(number: int) -> None:
        names = {"name": f"n{number}", "score": number}
        wrong.extend(found for _ in range(500) if (found := evaluate(compiled, names, NOON)) != f"n{number} {number}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_plugin_registers_a_function_like_the_built_in_ones() -> None:
    FUNCTIONS.register(
        Function(
            name="double_it",
            group="plugin",
            parameters=(Parameter(name="number", kinds=("number",)),),
            result=ValueType(kind="number"),
            python=lambda number: number * 2,
            help="Twice the number.",
            example="double_it(amount)",
        )
    )
    try:
        assert value_of("double_it(score) + 1") == Decimal(7)
        assert value_of("double_it(amount)", {}) is None
        with pytest.raises(ValueError, match="registered twice"):
            FUNCTIONS.register(FUNCTIONS["double_it"])
    finally:
        FUNCTIONS._items.pop("double_it")


@pytest.mark.parametrize("function", list(FUNCTIONS), ids=lambda function: function.name)
def test_every_function_is_explained_and_its_example_works(function: Function) -> None:
    assert function.help
    assert function.usage.startswith(function.name)
    example = function.example.replace("mobile", "note").replace("phone", "note").replace("email", "note")
    example = example.replace("balance", "amount").replace("postal_code", "note").replace("record_number", "note")
    example = example.replace("billing_address.country", "billing_address.city")
    compiled = compile_expression(example, SCOPE_WITH_OLD)
    assert function.name in compiled.functions
    evaluate(compiled, NAMES, NOON)
    evaluate(compiled, {}, NOON)


_NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**25), max_value=10**25)


@settings(deadline=None)
@given(left=_NUMBERS, right=_NUMBERS)
def test_encoded_numbers_sort_as_numbers(left: Decimal, right: Decimal) -> None:
    assert (encode(left) < encode(right)) is (left < right)
    assert (encode(left) == encode(right)) is (left == right)
    assert decode(encode(left)) == left


@settings(deadline=None)
@given(left=st.integers(-(10**30), 10**30), right=st.integers(-(10**20), 10**20).filter(bool), shift=st.integers(0, 12))
def test_division_is_exact_to_ten_decimals(left: int, right: int, shift: int) -> None:
    dividend = EXACT.scaleb(Decimal(left), -shift)
    quotient = divide(dividend, Decimal(right))
    numerator, denominator = abs(left) * 10**10, abs(right) * 10**shift
    expected = (2 * numerator + denominator) // (2 * denominator)
    assert quotient is not None
    assert quotient == Decimal(expected if (left < 0) is (right < 0) else -expected).scaleb(-10, EXACT)
    remainder = modulo(left, right)
    assert remainder == left % right
