"""Exact decimals: what + - * / % and rounding mean in Python and, by the same code, on SQLite."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_05UP, ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, DivisionByZero, Overflow

Number = Decimal | int

QUOTIENT = Decimal("1E-10")
"""Division keeps ten decimals."""

EXACT = Context(prec=20_000, rounding=ROUND_HALF_UP, Emin=-99_999, Emax=99_999, traps=[DivisionByZero, Overflow])
"""Sums and products of the at most 300 parts of an expression fit exactly: nothing is ever rounded."""

_NARROW = Context(prec=64, rounding=ROUND_05UP, Emin=-99_999, Emax=99_999, traps=[DivisionByZero, Overflow])
_NARROW_DIGITS = 40
_ADD, _SUBTRACT, _MULTIPLY, _REMAINDER = EXACT.add, EXACT.subtract, EXACT.multiply, EXACT.remainder
_ZERO = Decimal(0)


def add(left: Number | None, right: Number | None) -> Decimal | None:
    return None if left is None or right is None else _ADD(left, right)


def subtract(left: Number | None, right: Number | None) -> Decimal | None:
    return None if left is None or right is None else _SUBTRACT(left, right)


def multiply(left: Number | None, right: Number | None) -> Decimal | None:
    return None if left is None or right is None else _MULTIPLY(left, right)


def negate(value: Number | None) -> Decimal | None:
    return None if value is None else _SUBTRACT(_ZERO, value)


def divide(left: Number | None, right: Number | None) -> Decimal | None:
    """Ten decimals, half up; by zero is empty.

    The first division rounds so (05UP) that the second rounding sees on which side of a half it is.
    """
    if left is None or not right:
        return None
    dividend, divisor = Decimal(left), Decimal(right)
    digits = dividend.adjusted() - divisor.adjusted()
    context = _NARROW
    if digits > _NARROW_DIGITS:
        context = Context(prec=digits + 24, rounding=ROUND_05UP, Emin=-99_999, Emax=99_999)
    return context.divide(dividend, divisor).quantize(QUOTIENT, ROUND_HALF_UP, EXACT)


def modulo(left: Number | None, right: Number | None) -> Decimal | None:
    """The remainder with the divisor's sign; by zero is empty."""
    if left is None or not right:
        return None
    remainder = _REMAINDER(left, right)
    return _ADD(remainder, right) if remainder and (remainder < 0) != (right < 0) else remainder


def round_half_up(value: Number, digits: int = 0) -> Decimal:
    return Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, EXACT)


def floor(value: Number) -> Decimal:
    return Decimal(value).to_integral_value(ROUND_FLOOR, EXACT)


def ceil(value: Number) -> Decimal:
    return Decimal(value).to_integral_value(ROUND_CEILING, EXACT)


def truncate(value: Number, low: int, high: int) -> int:
    """The whole part of a number, kept between two bounds."""
    return int(min(max(value, low), high))


def plain(value: Number) -> str:
    """As people write it: 10 and 2.5, never 10.00 or 1E+1."""
    return format(Decimal(value).normalize(EXACT), "f") if value else "0"


_COMPLEMENT = str.maketrans("0123456789", "9876543210")
_OFFSET = 200_000


def encode(value: Number) -> str:
    """A text that compares by bytes exactly as the numbers do, one text for each number.

    SQLite has no exact decimals; computed numbers travel through its queries in this form.
    """
    if not value:
        return "1"
    number = value if type(value) is Decimal else Decimal(value)
    written = str(number).partition("E")[0].replace(".", "").strip("-0")
    exponent = number.adjusted() + _OFFSET
    if number < 0:
        return f"0{999_999 - exponent:06d}{written.translate(_COMPLEMENT)}~"
    return f"2{exponent:06d}{written}"


def decode(text: str) -> Decimal:
    """The number of `encode`."""
    if text[0] == "1":
        return _ZERO
    if text[0] == "2":
        exponent, digits, sign = int(text[1:7]) - _OFFSET, text[7:], ""
    else:
        exponent, digits, sign = 999_999 - int(text[1:7]) - _OFFSET, text[7:-1].translate(_COMPLEMENT), "-"
    return Decimal(f"{sign}{digits[0]}.{digits[1:]}E{exponent}")


BINARY: dict[str, Callable[[Number | None, Number | None], Decimal | None]] = {
    "+": add, "-": subtract, "*": multiply, "/": divide, "%": modulo,
}  # fmt: skip
