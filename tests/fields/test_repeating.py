"""Rules of repetition: the same days wherever one looks from, and in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from dateutil import rrule
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldstone.fields.repeat_reading import read_rule
from fieldstone.fields.repeat_words import word_rule

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
RULES = st.one_of(
    st.just("FREQ=DAILY"),
    st.lists(st.sampled_from(DAYS), unique=True, max_size=3).map(
        lambda days: "FREQ=WEEKLY" + (f";BYDAY={','.join(days)}" if days else "")
    ),
    st.sampled_from(
        ["FREQ=MONTHLY", "FREQ=MONTHLY;BYMONTHDAY=15,-1", "FREQ=MONTHLY;BYDAY=2TU", "FREQ=MONTHLY;BYDAY=-1FR"]
    ),
    st.just("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"),
    st.sampled_from(["FREQ=YEARLY", "FREQ=YEARLY;BYMONTH=2,6;BYMONTHDAY=29", "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH"]),
)
STARTS = st.dates(date(2024, 1, 1), date(2028, 12, 31))


@settings(max_examples=150, deadline=None)
@given(RULES, st.integers(1, 5), st.sampled_from(["", ";WKST=SU"]), STARTS, st.integers(-40, 900), st.integers(0, 400))
def test_a_window_shows_what_going_through_all_days_shows(
    text: str, interval: int, week: str, start: date, ahead: int, length: int
) -> None:
    rule = read_rule(f"{text};INTERVAL={interval}{week}")
    first = start + timedelta(days=ahead)
    last = first + timedelta(days=length)
    plain = str(rule)
    if text == "FREQ=YEARLY":
        plain += f";BYMONTH={start.month};BYMONTHDAY={start.day}"
    begin = datetime.combine(start, time())
    end = begin + timedelta(days=2_000)
    all_days = {start} | {each.date() for each in rrule.rrulestr(plain, dtstart=begin).between(begin, end, inc=True)}
    assert rule.between(start, first, last) == sorted(day for day in all_days if first <= day <= last)

    counted = replace(rule, count=9)
    days = counted.between(start, start, date(9999, 12, 31))
    assert len(days) == 9
    # The two parts of a series are the series, and what is left out is left out in either.
    part = days[5]
    left = counted.without([days[2], days[7]])
    head, tail = left.before(part), left.since(start, part)
    both = head.between(start, start, date(9999, 12, 31)) + tail.between(part, part, date(9999, 12, 31))
    kept = [day for day in days if day not in (days[2], days[7])]
    assert both == kept
    assert read_rule(str(left)) == left


@pytest.mark.parametrize(
    ("rule", "old", "new", "there"),
    [
        ("FREQ=WEEKLY;BYDAY=MO,TH\nEXDATE:20260309", "2026-03-02", "2026-03-03",
         "FREQ=WEEKLY;BYDAY=TU,FR\nEXDATE:20260310"),
        ("FREQ=MONTHLY;BYDAY=1MO", "2026-03-02", "2026-03-10", "FREQ=MONTHLY;BYDAY=2TU"),
        ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=4", "2026-03-27", "2026-03-26", "FREQ=MONTHLY;BYDAY=-1TH;COUNT=4"),
        ("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=2", "2026-03-02", "2026-04-05", "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=5"),
        ("FREQ=DAILY;UNTIL=20260310", "2026-03-02", "2026-03-04", "FREQ=DAILY;UNTIL=20260312"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,15", "2026-03-01", "2026-03-02", None),
    ],
)  # fmt: skip
def test_a_series_that_begins_elsewhere_takes_its_days_along(rule: str, old: str, new: str, there: str | None) -> None:
    moved = read_rule(rule).shifted(date.fromisoformat(old), date.fromisoformat(new))
    assert (str(moved) if moved else None) == there


@pytest.mark.parametrize(
    ("rule", "english", "chinese"),
    [
        ("FREQ=DAILY", "Every day", "每天"),
        ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "Every working day", "每个工作日"),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR,MO;UNTIL=20261231T225959Z",
            "Every 2 weeks on Monday and Friday, until 31 Dec 2026",
            "每 2 周的周一、周五，直到2026年12月31日",
        ),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=2", "Every month on the second Monday", "每月的第二个周一"),
        ("FREQ=MONTHLY;BYMONTHDAY=15;COUNT=3", "Every month on day 15, 3 times", "每月15日，共 3 次"),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1\nEXDATE;VALUE=DATE:20260331",
            "Every month on the last working day, except 31 Mar 2026",
            "每月的最后一个工作日，2026年3月31日除外",
        ),
        ("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "Every year on the fourth Thursday in November", "每年11月的第四个周四"),
        ("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=8", "Every year on day 8 of March", "每年3月8日"),
    ],
)
def test_rules_in_words(rule: str, english: str, chinese: str) -> None:
    found = read_rule(rule, "Europe/Berlin")
    assert word_rule(found, "en") == english
    assert word_rule(found, "zh_CN") == chinese
