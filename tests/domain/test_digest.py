"""What stretches of time a digest is made of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import PERIOD_WORDS, read_period
from bot.domain.digest import Form, course_of, form_of, steps_before
from bot.errors import BadPeriod

if TYPE_CHECKING:
    from bot.domain.period import Period

LONDON, NEW_YORK, LORD_HOWE = ZoneInfo("Europe/London"), ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")
FRIDAY = datetime(2026, 11, 20, 9, 7, tzinfo=LONDON)


def named(words: str, now: datetime = FRIDAY) -> Period:
    found = read_period(words, now=now)
    assert found
    return found


@pytest.mark.parametrize(
    ("words", "form"),
    [
        pytest.param("yesterday", Form.DAY, id="a day"),
        pytest.param("2026-10-25", Form.DAY, id="of 25 hours"),
        pytest.param("today", Form.DAY, id="so far"),
        pytest.param("friday", Form.DAY, id="a weekday"),
        pytest.param("yesterday 09:00..17:00", Form.DAY, id="a part of a day"),
        pytest.param("last-week", Form.WEEK, id="a week"),
        pytest.param("2026-11-09..2026-11-15", Form.WEEK, id="the same, written as dates"),
        pytest.param("2026-10-19..2026-10-25", Form.WEEK, id="of 169 hours"),
        pytest.param("last-7-days", Form.OTHER, id="seven days from a Friday"),
        pytest.param("this-week", Form.OTHER, id="a week so far"),
        pytest.param("last-month", Form.MONTH, id="a month"),
        pytest.param("2026-02-01..2026-02-28", Form.MONTH, id="of four weeks"),
        pytest.param("2026-10-01..2026-10-30", Form.OTHER, id="a day less than a month"),
        pytest.param("this-month", Form.OTHER, id="a month so far"),
        pytest.param("2026-10-01..2026-11-15", Form.OTHER, id="more than a month"),
        pytest.param("2025-12-01..2025-12-31", Form.MONTH, id="before a new year"),
    ],
)
def test_a_period_has_a_form(words: str, form: Form) -> None:
    assert form_of(named(words)) is form


def steps(words: str, now: datetime) -> list[str]:
    """Local starts and ends."""
    period = named(words, now)
    found = steps_before(period, form_of(period))
    return [f"{step.local_start:%m-%d %H:%M} {step.local_end:%m-%d %H:%M}" for step in found]


@pytest.mark.parametrize(
    ("words", "now", "expected"),
    [
        pytest.param(
            "yesterday",
            datetime(2026, 10, 26, 9, tzinfo=LONDON),
            [
                "10-18 00:00 10-19 00:00",
                "10-11 00:00 10-12 00:00",
                "10-04 00:00 10-05 00:00",
                "09-27 00:00 09-28 00:00",
            ],
            id="Sundays before one of 25 hours",
        ),
        pytest.param(
            "today",
            datetime(2026, 11, 3, 14, 52, tzinfo=NEW_YORK),
            [
                "10-27 00:00 10-27 14:45",
                "10-20 00:00 10-20 14:45",
                "10-13 00:00 10-13 14:45",
                "10-06 00:00 10-06 14:45",
            ],
            id="the same local times, across the change of clocks",
        ),
        pytest.param(
            "last-week",
            datetime(2026, 10, 12, 9, tzinfo=LORD_HOWE),
            [
                "09-28 00:00 10-05 00:00",
                "09-21 00:00 09-28 00:00",
                "09-14 00:00 09-21 00:00",
                "09-07 00:00 09-14 00:00",
            ],
            id="weeks",
        ),
        pytest.param(
            "last-month",
            datetime(2026, 3, 2, 9, tzinfo=LONDON),
            [
                "01-01 00:00 02-01 00:00",
                "12-01 00:00 01-01 00:00",
                "11-01 00:00 12-01 00:00",
                "10-01 00:00 11-01 00:00",
            ],
            id="months across a new year",
        ),
        pytest.param("last-3-days", FRIDAY, ["11-14 00:00 11-17 00:00"], id="as many days before, once"),
        pytest.param("this-week", FRIDAY, ["11-09 00:00 11-13 09:00"], id="a week so far with the one before"),
    ],
)
def test_a_form_has_steps_before(words: str, now: datetime, expected: list[str]) -> None:
    assert steps(words, now) == expected


def test_a_step_that_the_clocks_skip_is_none() -> None:
    """01:00 to 02:00 did not exist in London on 29 March 2026."""
    period = named("2026-04-12 01:00..02:00", datetime(2026, 4, 13, tzinfo=LONDON))
    days = [step.local_start.day for step in steps_before(period, Form.DAY)]
    assert days == [5, 22, 15]


@pytest.mark.parametrize(
    ("words", "count", "last"),
    [
        pytest.param("yesterday", 24, timedelta(hours=1), id="hours of a day"),
        pytest.param("2026-10-25", 25, timedelta(hours=1), id="of 25"),
        pytest.param("last-week", 7, timedelta(days=1), id="days of a week"),
        pytest.param("2026-02-01..2026-02-28", 4, timedelta(days=7), id="weeks of February"),
        pytest.param("last-month", 5, timedelta(days=3), id="weeks of a month, from its first"),
        pytest.param("last-10-days", 10, timedelta(days=1), id="days"),
    ],
)
def test_the_course_of_a_form(words: str, count: int, last: timedelta) -> None:
    period = named(words)
    found = course_of(period, form_of(period))
    assert (len(found), found[-1].end - found[-1].start) == (count, last)


@given(
    words=st.sampled_from([*PERIOD_WORDS, "2d", "30d"]),
    moment=st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001  made aware
    zone=st.sampled_from([LONDON, NEW_YORK, LORD_HOWE, *map(ZoneInfo, ("Asia/Kathmandu", "Africa/Cairo"))]),
)
def test_steps_go_back_without_overlap_and_the_course_covers_the_period(
    words: str, moment: datetime, zone: ZoneInfo
) -> None:
    try:
        period = read_period(words, now=moment.astimezone(zone))
    except BadPeriod:
        return
    assert period
    form = form_of(period)
    back = (period, *steps_before(period, form))
    assert len(back) <= 5
    assert all(earlier.end <= later.start for later, earlier in pairwise(back))
    course = course_of(period, form)
    assert (course[0].start, course[-1].end) == (period.start, period.end)
    assert all(one.end == other.start for one, other in pairwise(course))
