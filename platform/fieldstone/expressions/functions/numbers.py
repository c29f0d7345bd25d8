"""Functions of numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from fieldstone.expressions import codes
from fieldstone.expressions.arithmetic import ceil, floor, multiply, round_half_up
from fieldstone.expressions.context import EvaluationContext
from fieldstone.expressions.function import Function, Parameter
from fieldstone.expressions.types import NUMBER

_ORDERED = ("number", "date", "datetime", "time")
_ONE = (Parameter(name="number", kinds=("number",)),)
_SEVERAL = (
    Parameter(name="value", kinds=_ORDERED),
    Parameter(name="other", kinds=_ORDERED, optional=True, repeated=True),
)
_MOST_DIGITS = 10


def _round(value: Decimal, digits: Decimal = Decimal(0)) -> Decimal:
    return round_half_up(value, int(digits))


def _check_digits(site: Any) -> None:
    for argument in site.arguments[1:]:
        digits = argument.value
        if digits is None or digits != int(digits) or abs(digits) > _MOST_DIGITS:
            site.refuse(codes.BAD_ROUND, digits=digits)


def _min(*values: Any) -> Any:
    return min((value for value in values if value is not None), default=None)


def _max(*values: Any) -> Any:
    return max((value for value in values if value is not None), default=None)


def _in_base(context: EvaluationContext, amount: Decimal, currency: str) -> Decimal | None:
    return multiply(amount, context.rates.get(currency))


def _abs(value: Decimal) -> Decimal:
    return Decimal(value).copy_abs()


FUNCTIONS = (
    Function(
        name="in_base",
        group="numbers",
        parameters=(Parameter(name="amount", kinds=("number",)), Parameter(name="currency", kinds=("text", "choice"))),
        result=NUMBER,
        python=_in_base,
        needs_context=True,
        uses_time=True,
        sql=lambda writer, amount, currency: writer.in_base(amount, currency),
        help=(
            "An amount in another currency as one in the currency of the site, by the rate of now; empty where a "
            "currency has no rate."
        ),
        example="in_base(amount, 'EUR')",
    ),
    Function(
        name="round",
        group="numbers",
        parameters=(*_ONE, Parameter(name="decimals", kinds=("number",), optional=True, written=True)),
        result=NUMBER,
        python=_round,
        rewrite=_check_digits,
        sql=lambda writer, value, digits=None: writer.round(value, digits),
        help="The number rounded half up to a number of decimals (0 when left out).",
        example="round(amount * 1.19, 2)",
    ),
    Function(
        name="abs",
        group="numbers",
        parameters=_ONE,
        result=NUMBER,
        python=_abs,
        sql=lambda writer, value: writer.number_call("abs", value),
        help="The number without its sign.",
        example="abs(balance) > 100",
    ),
    Function(
        name="floor",
        group="numbers",
        parameters=_ONE,
        result=NUMBER,
        python=floor,
        sql=lambda writer, value: writer.number_call("floor", value),
        help="The largest whole number that is not above the number.",
        example="floor(amount / 1000)",
    ),
    Function(
        name="ceil",
        group="numbers",
        parameters=_ONE,
        result=NUMBER,
        python=ceil,
        sql=lambda writer, value: writer.number_call("ceil", value),
        help="The smallest whole number that is not below the number.",
        example="ceil(amount / 1000)",
    ),
    Function(
        name="min",
        group="numbers",
        parameters=_SEVERAL,
        result=None,
        python=_min,
        strict=False,
        sql=lambda writer, *values: writer.extreme("least", values),
        help="The least of the values; empty ones do not count.",
        example="min(amount, 10000)",
    ),
    Function(
        name="max",
        group="numbers",
        parameters=_SEVERAL,
        result=None,
        python=_max,
        strict=False,
        sql=lambda writer, *values: writer.extreme("greatest", values),
        help="The greatest of the values; empty ones do not count.",
        example="max(close_date, today())",
    ),
)
