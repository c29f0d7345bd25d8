"""What an evaluation knows beyond the record: the time, the place and who asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from fieldstone.expressions.periods import bounds
from fieldstone.expressions.working_days import WorkingDays

Days = tuple[date | None, date | None]
Moments = tuple[datetime | None, datetime | None]
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class EvaluationContext:
    """`now` is aware; `zone` an IANA name; `fiscal_year_start` a month 1–12; `week_start` 0 (Monday) to 6.

    `team` holds the ids of the principals in the actor's teams (members and the teams themselves).
    One context serves many evaluations: what depends on the time alone is worked out once.
    """

    now: datetime
    zone: str = "UTC"
    fiscal_year_start: int = 1
    week_start: int = 0
    working: WorkingDays = field(default_factory=WorkingDays)
    roles: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    team: frozenset[int] = frozenset()

    @cached_property
    def zone_info(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @cached_property
    def moment(self) -> datetime:
        """`now` in UTC."""
        return self.now.astimezone(UTC)

    @cached_property
    def today(self) -> date:
        return self.date_of(self.now)

    def date_of(self, moment: datetime) -> date:
        """The calendar day of a moment in the zone."""
        try:
            return moment.astimezone(self.zone_info).date()
        except OverflowError:  # the first and last day of the calendar
            return moment.date()

    def start_of(self, day: date) -> datetime:
        """The first moment of a day in the zone, in UTC."""
        return self.to_utc(datetime(day.year, day.month, day.day))

    def to_utc(self, wall: datetime) -> datetime:
        """The moment a wall clock shows `wall` in the zone: the first one when it does so twice."""
        try:
            return wall.replace(tzinfo=self.zone_info).astimezone(UTC)
        except OverflowError:
            return wall.replace(tzinfo=UTC)

    def days(self, period: str) -> Days:
        """The first day of a period and the first day after it; None where it is open."""
        known = self._days.get(period)
        if known is None:
            known = self._days[period] = bounds(period, self.today, self.week_start, self.fiscal_year_start)
        return known

    def moments(self, period: str) -> Moments:
        """The same bounds as moments in UTC."""
        known = self._moments.get(period)
        if known is None:
            first, end = self.days(period)
            known = (
                None if first is None else self.start_of(first),
                None if end is None else self.start_of(end),
            )
            self._moments[period] = known
        return known

    @cached_property
    def _days(self) -> dict[str, Days]:
        return {}

    @cached_property
    def _moments(self) -> dict[str, Moments]:
        return {}
