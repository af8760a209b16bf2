"""When rules are judged, and when their warnings wait: local hours, on the days on which clocks change, too."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.alerts.hours import is_open, is_quiet, next_opening
from bot.domain.alerts.rules import Hours, Kind, Terms

LONDON = ZoneInfo("Europe/London")
TERMS = Terms(queues=(), kind=Kind.UNUSUAL, zone=LONDON)
WEEKDAYS, EVERY_DAY = frozenset(range(5)), frozenset(range(7))


def hours(start: str, end: str, days: frozenset[int] = WEEKDAYS) -> Hours:
    return Hours(days=days, start=time.fromisoformat(start), end=time.fromisoformat(end))


OFFICE = replace(TERMS, hours=hours("09:00", "18:00"))
NIGHT_SHIFT = replace(TERMS, hours=hours("22:00", "06:00"))
ROUND_THE_CLOCK = replace(TERMS, hours=hours("00:00", "00:00"))
QUIET = replace(TERMS, quiet=hours("22:00", "07:00", EVERY_DAY))
FRIDAY = date(2026, 11, 13)


def z(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("terms", "at", "open_"),
    [
        pytest.param(TERMS, "2026-11-15T03:00", True, id="no hours: always, on a Sunday night, too"),
        pytest.param(OFFICE, "2026-11-13T08:59", False, id="before opening"),
        pytest.param(OFFICE, "2026-11-13T09:00", False, id="the first quarter hour is not judged"),
        pytest.param(OFFICE, "2026-11-13T09:14", False, id="to its last minute"),
        pytest.param(OFFICE, "2026-11-13T09:15", True, id="from then on it is"),
        pytest.param(OFFICE, "2026-11-13T17:59", True, id="to the last minute of the day"),
        pytest.param(OFFICE, "2026-11-13T18:00", False, id="and no longer"),
        pytest.param(OFFICE, "2026-11-14T12:00", False, id="nor on Saturday"),
        pytest.param(OFFICE, "2026-07-10T08:15", True, id="in summer an hour earlier by UTC"),
        pytest.param(NIGHT_SHIFT, "2026-11-13T22:14", False, id="the night begins"),
        pytest.param(NIGHT_SHIFT, "2026-11-13T23:30", True, id="Friday's night"),
        pytest.param(NIGHT_SHIFT, "2026-11-14T00:05", True, id="midnight is no opening"),
        pytest.param(NIGHT_SHIFT, "2026-11-14T05:59", True, id="Friday's night reaches into Saturday"),
        pytest.param(NIGHT_SHIFT, "2026-11-14T06:00", False, id="to its end"),
        pytest.param(NIGHT_SHIFT, "2026-11-14T23:00", False, id="Saturday has none of its own"),
        pytest.param(NIGHT_SHIFT, "2026-11-16T05:00", False, id="nor Sunday, before Monday"),
        pytest.param(ROUND_THE_CLOCK, "2026-11-09T00:10", False, id="the week opens on Monday"),
        pytest.param(ROUND_THE_CLOCK, "2026-11-10T00:10", True, id="and does not close until Saturday"),
        pytest.param(ROUND_THE_CLOCK, "2026-11-13T23:59", True, id="to the last minute of Friday"),
        pytest.param(ROUND_THE_CLOCK, "2026-11-14T00:00", False, id="and no longer"),
    ],
)
def test_a_rule_is_judged_in_its_hours(terms: Terms, at: str, open_: bool) -> None:
    assert is_open(terms, z(at)) is open_


@pytest.mark.parametrize(
    ("at", "open_"),
    [
        pytest.param("2026-03-29T00:14", False, id="00:14 GMT: the first quarter hour"),
        pytest.param("2026-03-29T00:15", True, id="00:15 GMT"),
        pytest.param("2026-03-29T01:59", True, id="02:59 BST: the hour that is skipped is gone"),
        pytest.param("2026-03-29T02:00", False, id="03:00 BST"),
        pytest.param("2026-10-25T00:59", True, id="01:59 BST, before it comes again"),
        pytest.param("2026-10-25T01:59", True, id="01:59 GMT, the second time"),
        pytest.param("2026-10-25T02:59", True, id="02:59 GMT"),
        pytest.param("2026-10-25T03:00", False, id="03:00 GMT"),
        pytest.param("2026-10-24T23:14", False, id="00:14 BST: the first quarter hour"),
    ],
)
def test_hours_over_a_change_of_clocks_are_those_of_the_clock(at: str, open_: bool) -> None:
    assert is_open(replace(TERMS, hours=hours("00:00", "03:00", frozenset({6}))), z(at)) is open_


@pytest.mark.parametrize(
    ("terms", "at", "open_"),
    [
        pytest.param(OFFICE, "2026-11-13T12:00", False, id="a holiday"),
        pytest.param(OFFICE, "2026-11-12T12:00", True, id="the day before it"),
        pytest.param(TERMS, "2026-11-13T12:00", False, id="where there are no hours, too"),
        pytest.param(TERMS, "2026-11-14T00:00", True, id="to its midnight"),
        pytest.param(replace(OFFICE, holidays=False), "2026-11-13T12:00", True, id="a queue that works on holidays"),
        pytest.param(NIGHT_SHIFT, "2026-11-13T03:00", True, id="the night that began the day before goes on"),
        pytest.param(NIGHT_SHIFT, "2026-11-14T03:00", False, id="the night of the holiday is one to its end"),
        pytest.param(
            replace(TERMS, zone=ZoneInfo("Pacific/Auckland")),
            "2026-11-12T12:00",
            False,
            id="it is the date of the rule's zone",
        ),
    ],
)
def test_holidays_are_local_dates(terms: Terms, at: str, open_: bool) -> None:
    assert is_open(terms, z(at), holidays=frozenset({FRIDAY})) is open_


@pytest.mark.parametrize(
    ("terms", "at", "quiet"),
    [
        pytest.param(TERMS, "2026-11-13T23:00", False, id="no quiet hours"),
        pytest.param(QUIET, "2026-11-13T21:59", False, id="not yet"),
        pytest.param(QUIET, "2026-11-13T22:00", True, id="the evening"),
        pytest.param(QUIET, "2026-11-14T06:59", True, id="the morning"),
        pytest.param(QUIET, "2026-11-14T07:00", False, id="no longer"),
        pytest.param(QUIET, "2026-03-29T05:59", True, id="a night of eight hours"),
        pytest.param(QUIET, "2026-03-29T06:00", False, id="and its end"),
        pytest.param(QUIET, "2026-10-25T06:59", True, id="a night of ten hours"),
        pytest.param(QUIET, "2026-10-25T07:00", False, id="and the end of that"),
    ],
)
def test_quiet_hours_end_in_the_morning(terms: Terms, at: str, quiet: bool) -> None:
    assert is_quiet(terms, z(at)) is quiet


def test_what_is_always_quiet_is_quiet_at_noon() -> None:
    always = replace(TERMS, quiet=hours("08:00", "08:00", EVERY_DAY))
    assert is_quiet(always, z("2026-11-14T12:00"))


@pytest.mark.parametrize(
    ("terms", "at", "opens"),
    [
        pytest.param(OFFICE, "2026-11-12T10:00", "2026-11-13T09:00", id="tomorrow, and not this day again"),
        pytest.param(OFFICE, "2026-11-12T05:00", "2026-11-13T09:00", id="before opening, too, it is tomorrow's"),
        pytest.param(OFFICE, "2026-11-13T10:00", "2026-11-16T09:00", id="after Friday comes Monday"),
        pytest.param(TERMS, "2026-11-13T10:00", "2026-11-14T08:00", id="eight where no hours are set"),
        pytest.param(TERMS, "2026-03-28T10:00", "2026-03-29T07:00", id="on the day of the change by its clock"),
        pytest.param(TERMS, "2026-07-12T23:30", "2026-07-14T07:00", id="local tomorrow: it is the 13th there"),
        pytest.param(replace(TERMS, hours=hours("09:00", "18:00", frozenset())), "2026-11-13T10:00", "2026-11-14T09:00",
                     id="a queue that never opens"),
    ],
)  # fmt: skip
def test_tomorrows_opening(terms: Terms, at: str, opens: str) -> None:
    assert next_opening(terms, z(at)) == z(opens)


@pytest.mark.parametrize(
    ("terms", "opens"),
    [
        pytest.param(OFFICE, "2026-11-16T09:00", id="a holiday is passed over"),
        pytest.param(replace(OFFICE, holidays=False), "2026-11-13T09:00", id="unless the queue works on it"),
    ],
)
def test_tomorrows_opening_before_a_holiday(terms: Terms, opens: str) -> None:
    assert next_opening(terms, z("2026-11-12T10:00"), holidays=frozenset({FRIDAY})) == z(opens)


zones = st.sampled_from(["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Cairo"])
moments = st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
any_hours = st.builds(Hours, days=st.frozensets(st.integers(0, 6)), start=st.times(), end=st.times())


@given(zone=zones, at=moments, of=any_hours)
def test_the_next_opening_is_on_a_later_local_date(zone: str, at: datetime, of: Hours) -> None:
    terms = replace(TERMS, zone=ZoneInfo(zone), hours=of)
    opens = next_opening(terms, at)
    assert opens.astimezone(terms.zone).date() > at.astimezone(terms.zone).date()
