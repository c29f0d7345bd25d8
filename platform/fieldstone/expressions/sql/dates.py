"""Days and moments. The day of a moment is that of the context's zone; bounds are worked out in Python."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from fieldstone.expressions.functions.dates import MOST_DAYS, MOST_MONTHS, MOST_SECONDS
from fieldstone.expressions.sql.numbers import NumberWriter
from fieldstone.expressions.sql.types import ComputedMoment, ComputedNumber
from fieldstone.expressions.sql.values import Constant, Element, Operand, Value
from fieldstone.expressions.types import DATE, DATETIME, NUMBER

_FIRST_MOMENT = datetime(1, 1, 1, tzinfo=UTC)
_LAST_MOMENT = datetime.max.replace(tzinfo=UTC)
_SQLITE_PARTS = {"year": "%Y", "month": "%m", "day": "%d", "weekday": "%w", "quarter": "%m"}
_POSTGRESQL_PARTS = {"weekday": "isodow"}

_Shift = Callable[[Element], Element]


class DateWriter(NumberWriter):
    def day(self, value: Operand) -> Value:
        """The day of a date or date-time."""
        if value.type.kind == "text":
            raise self.refuse("date() of a text that is not written out")
        if value.type.kind == "date":
            return Value(sql=self.element(value), type=DATE, is_column=isinstance(value, Value) and value.is_column)
        moment, zone = self.moment(value), self.context.zone
        if self.sqlite:
            return Value(sql=sa.func.fs_local_date(moment, zone, type_=sa.Date()), type=DATE)
        return Value(sql=sa.cast(sa.func.timezone(zone, moment), sa.Date()), type=DATE)

    def part(self, name: str, value: Operand) -> Value:
        """year, quarter, month, day or weekday."""
        day = self.day(value).sql
        if not self.sqlite:
            return self.whole(sa.cast(sa.extract(_POSTGRESQL_PARTS.get(name, name), day), sa.Integer()))
        number = sa.cast(sa.func.strftime(_SQLITE_PARTS[name], day), sa.Integer())
        if name == "quarter":
            return self.whole((number + 2) // 3)
        return self.whole((number + 6) % 7 + 1) if name == "weekday" else self.whole(number)

    def is_working_day(self, value: Operand) -> Element:
        """By the weekdays and holidays of the context, written out."""
        working, day = self.context.working, self.day(value)
        open_days = [weekday + 1 for weekday in sorted(working.weekdays)]
        found = [self.part("weekday", day).sql.in_(open_days)]
        if working.dates:
            found.append(day.sql.not_in([sa.literal(each, sa.Date()) for each in working.dates]))
        if working.yearly:
            number = self.part("month", day).sql * 100 + self.part("day", day).sql
            found.append(number.not_in(working.yearly))
        return sa.and_(*found)

    def within(self, value: Operand, period: Operand) -> Element:
        """Bare comparisons with the period's bounds, so that an index serves them."""
        assert isinstance(period, Constant)
        assert isinstance(value, Value)
        is_moment = value.type.kind == "datetime"
        start, end = self.context.moments(period.value) if is_moment else self.context.days(period.value)
        bounds = []
        if start is not None:
            bounds.append(value.sql >= self._side(value, start))
        if end is not None:
            bounds.append(value.sql < self._side(value, end))
        return sa.and_(*bounds)

    def _side(self, value: Value, bound: date) -> Any:
        return bound if value.is_column else self.element(Constant(value=bound, type=value.type))

    def move(self, name: str, value: Operand, count: Operand) -> Value:
        """add_days, add_months or add_years."""
        unit = "days" if name == "add_days" else "months"
        by = self._months(name, count) if unit == "months" else self.integer(count, -MOST_DAYS, MOST_DAYS)
        if value.type.kind == "date":
            day = self.element(value)
            if self.sqlite:
                return Value(sql=getattr(sa.func, f"fs_shift_day_{unit}")(day, by, type_=sa.Date()), type=DATE)
            return Value(sql=sa.cast(_shift(unit, day, by), sa.Date()), type=DATE)
        moment, zone = self.moment(value), self.context.zone
        if self.sqlite:
            function = getattr(sa.func, f"fs_shift_moment_{unit}")
            return Value(sql=function(moment, by, zone, type_=ComputedMoment()), type=DATETIME)
        wall = _shift(unit, sa.func.timezone(zone, moment, type_=sa.DateTime()), by)
        return Value(sql=sa.type_coerce(sa.func.timezone(zone, wall), ComputedMoment()), type=DATETIME)

    def _months(self, name: str, count: Operand) -> Element:
        if name == "add_years":
            return self.integer(count, -MOST_MONTHS // 12, MOST_MONTHS // 12) * 12
        return self.integer(count, -MOST_MONTHS, MOST_MONTHS)

    def add_hours(self, value: Operand, hours: Operand) -> Value:
        moment, number = self.moment(value), self.number(hours)
        if self.sqlite:
            return Value(sql=sa.func.fs_add_hours(moment, number, type_=ComputedMoment()), type=DATETIME)
        most = sa.literal(MOST_SECONDS, sa.BigInteger())
        seconds = sa.func.round(number.op("*")(sa.literal(3600, sa.Integer())))
        bounded = sa.func.greatest(sa.func.least(seconds, most), -most).op("+")(
            number.op("*")(sa.literal(0, sa.Integer()))
        )
        epoch = sa.extract("epoch", moment)
        low, high = (
            sa.extract("epoch", sa.literal(bound, ComputedMoment())) for bound in (_FIRST_MOMENT, _LAST_MOMENT)
        )
        moved = moment.op("+")(sa.cast(bounded, sa.Double()).op("*")(sa.text("interval '1 second'")))
        kept = sa.case((epoch.op("+")(bounded).between(low, high), moved))
        return Value(sql=sa.type_coerce(kept, ComputedMoment()), type=DATETIME)

    def days_between(self, start: Operand, end: Operand) -> Value:
        first, last = self.day(start).sql, self.day(end).sql
        if self.sqlite:
            return self.whole(sa.func.fs_days_between(first, last))
        return self.whole(last.op("-")(first))

    def hours_between(self, start: Operand, end: Operand) -> Value:
        first, last = self.moment(start), self.moment(end)
        if self.sqlite:
            return Value(sql=sa.func.fs_hours_between(first, last, type_=ComputedNumber()), type=NUMBER)
        seconds = Value(sql=sa.type_coerce(sa.extract("epoch", last.op("-")(first)), ComputedNumber()), type=NUMBER)
        return self.arithmetic("/", seconds, Constant(value=3600, type=NUMBER))


def _shift(unit: str, day: Element, by: Element) -> Element:
    """PostgreSQL's day or wall clock time moved on the calendar; NULL outside the years 1 to 9999."""
    if unit == "days":
        first = sa.literal(date.min, sa.Date())
        place = sa.cast(day, sa.Date()).op("-")(first).op("+")(by)
        inside = place.between(0, (date.max - date.min).days)
    else:
        months = sa.extract("year", day).op("*")(sa.literal(12, sa.Integer())).op("+")(sa.extract("month", day))
        inside = months.op("+")(by).between(13, 120_000)
    step = sa.text("interval '1 day'") if unit == "days" else sa.text("interval '1 month'")
    return sa.case((inside, day.op("+")(by.op("*")(step))))
