"""Local days, what a period is compared with, its buckets, and how it is said."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import read_period
from bot.domain.period import Grain, Period, buckets, dated, instant, midnight, previous, spoken, zone_of

LONDON = ZoneInfo("Europe/London")
NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
SANTIAGO = ZoneInfo("America/Santiago")
QUARTER = timedelta(minutes=15)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def period(text: str, now: str, zone: ZoneInfo) -> Period:
    found = read_period(text, now=at(now).astimezone(zone))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("zone", "day", "start", "end", "rows"),
    [
        pytest.param("Europe/London", "2025-03-30", "2025-03-30T00:00Z", "2025-03-30T23:00Z", 92, id="23 hours"),
        pytest.param("Europe/London", "2025-10-26", "2025-10-25T23:00Z", "2025-10-27T00:00Z", 100, id="25 hours"),
        pytest.param("Europe/London", "2026-03-29", "2026-03-29T00:00Z", "2026-03-29T23:00Z", 92, id="23, next year"),
        pytest.param("Europe/London", "2026-10-25", "2026-10-24T23:00Z", "2026-10-26T00:00Z", 100, id="25, next year"),
        pytest.param("America/New_York", "2025-03-09", "2025-03-09T05:00Z", "2025-03-10T04:00Z", 92, id="west, 23"),
        pytest.param("America/New_York", "2025-11-02", "2025-11-02T04:00Z", "2025-11-03T05:00Z", 100, id="west, 25"),
        pytest.param("America/New_York", "2026-03-08", "2026-03-08T05:00Z", "2026-03-09T04:00Z", 92, id="west, 2026"),
        pytest.param(
            "Australia/Lord_Howe", "2025-04-06", "2025-04-05T13:00Z", "2025-04-06T13:30Z", 98, id="24.5 hours"
        ),
        pytest.param(
            "Australia/Lord_Howe", "2025-10-05", "2025-10-04T13:30Z", "2025-10-05T13:00Z", 94, id="23.5 hours"
        ),
        pytest.param("America/Santiago", "2025-09-07", "2025-09-07T04:00Z", "2025-09-08T03:00Z", 92, id="no 00:00"),
        pytest.param("Africa/Cairo", "2025-04-25", "2025-04-24T22:00Z", "2025-04-25T21:00Z", 92, id="no 00:00, east"),
        pytest.param("Asia/Kathmandu", "2025-04-25", "2025-04-24T18:15Z", "2025-04-25T18:15Z", 96, id="odd offset"),
        pytest.param(
            "America/Nuuk", "2025-03-30", "2025-03-30T01:00Z", "2025-03-31T01:00Z", 96, id="gap ends at 00:00"
        ),
        pytest.param("America/Havana", "2025-11-02", "2025-11-02T04:00Z", "2025-11-03T05:00Z", 100, id="00:00 twice"),
        pytest.param(
            "America/Toronto", "1919-03-31", "1919-03-31T04:30Z", "1919-04-01T04:00Z", 94, id="gap over 00:00"
        ),
    ],
)
def test_a_local_day_lasts_from_its_first_instant_to_that_of_the_next(zone, day, start, end, rows):
    zone, day = ZoneInfo(zone), date.fromisoformat(day)
    assert midnight(day, zone) == at(start)
    assert midnight(day + timedelta(days=1), zone) == at(end)
    assert (at(end) - at(start)) / QUARTER == rows


@pytest.mark.parametrize(
    ("zone", "local", "expected"),
    [
        pytest.param(LONDON, "2025-10-26T01:30", "2025-10-26T00:30Z", id="twice: the first occurrence"),
        pytest.param(NEW_YORK, "2025-11-02T01:30", "2025-11-02T05:30Z", id="twice in the west"),
        pytest.param(LONDON, "2025-03-30T01:30", "2025-03-30T01:30Z", id="skipped: moved on by the gap, 02:30 BST"),
        pytest.param(LORD_HOWE, "2025-10-05T02:15", "2025-10-04T15:45Z", id="a gap of half an hour"),
    ],
)
def test_local_times_that_occur_twice_or_never(zone, local, expected):
    moment = at(local)
    assert instant(moment.date(), moment.time(), zone) == at(expected)


@pytest.mark.parametrize(
    ("zone", "now", "asked", "start", "end"),
    [
        pytest.param(LONDON, "2025-10-27T09:00Z", "yesterday", "2025-10-18T23:00Z", "2025-10-19T23:00Z", id="a day"),
        pytest.param(
            LONDON,
            "2025-10-27T09:05Z",
            "today",
            "2025-10-19T23:00Z",
            "2025-10-20T08:00Z",
            id="today to the same local time",
        ),
        pytest.param(
            NEW_YORK,
            "2025-11-03T14:00Z",
            "today",
            "2025-10-27T04:00Z",
            "2025-10-27T13:00Z",
            id="clocks changed between",
        ),
        pytest.param(
            LORD_HOWE, "2025-10-05T22:00Z", "today", "2025-09-28T13:30Z", "2025-09-28T22:30Z", id="by half an hour"
        ),
        pytest.param(
            LONDON,
            "2025-10-27T12:00Z",
            "today 9:00..10:00",
            "2025-10-20T08:00Z",
            "2025-10-20T09:00Z",
            id="hours of a day",
        ),
        pytest.param(LONDON, "2025-04-08T09:00Z", "last-week", "2025-03-24T00:00Z", "2025-03-30T23:00Z", id="a week"),
        pytest.param(
            LONDON, "2025-10-29T09:10Z", "this-week", "2025-10-19T23:00Z", "2025-10-22T08:00Z", id="the week so far"
        ),
        pytest.param(LONDON, "2025-05-15T09:00Z", "last-month", "2025-03-01T00:00Z", "2025-03-31T23:00Z", id="a month"),
        pytest.param(
            LONDON,
            "2025-12-01T09:00Z",
            "2025-11-01..2025-11-03",
            "2025-10-29T00:00Z",
            "2025-11-01T00:00Z",
            id="days from the first of a month",
        ),
        pytest.param(
            LONDON,
            "2025-12-01T09:00Z",
            "2025-10-01..2025-10-31",
            "2025-08-31T23:00Z",
            "2025-09-30T23:00Z",
            id="a month given by its dates",
        ),
        pytest.param(
            LONDON, "2026-01-15T09:00Z", "last-month", "2025-11-01T00:00Z", "2025-12-01T00:00Z", id="December"
        ),
        pytest.param(
            LONDON, "2025-04-10T09:10Z", "this-month", "2025-03-01T00:00Z", "2025-03-10T10:00Z", id="the month so far"
        ),
        pytest.param(
            LONDON, "2025-03-31T09:00Z", "this-month", "2025-02-01T00:00Z", "2025-03-01T00:00Z", id="no 31 February"
        ),
        pytest.param(
            LONDON,
            "2025-10-28T09:00Z",
            "last-3-days",
            "2025-10-21T23:00Z",
            "2025-10-24T23:00Z",
            id="as many days before",
        ),
        pytest.param(
            LONDON,
            "2025-11-05T09:00Z",
            "2025-10-25 12:00..2025-10-26 12:00",
            "2025-10-24T10:00Z",
            "2025-10-25T11:00Z",
            id="otherwise the same elapsed time: 25 hours",
        ),
        pytest.param(
            LONDON, "2025-11-05T09:07Z", "2025-11-03..", "2025-10-31T15:00Z", "2025-11-03T00:00Z", id="an open end"
        ),
        pytest.param(
            SANTIAGO,
            "2025-09-14T15:00Z",
            "today",
            "2025-09-07T04:00Z",
            "2025-09-07T15:00Z",
            id="against a day without 00:00",
        ),
    ],
)
def test_a_period_is_compared_with_its_like_before(zone, now, asked, start, end):
    before = previous(period(asked, now, zone))
    assert (before.start, before.end, before.zone) == (at(start), at(end), zone)


def test_a_skipped_stretch_of_the_week_before_is_replaced_by_as_much_time_just_before():
    asked = Period(
        start=at("2011-12-31T00:00+14:00").astimezone(UTC),
        end=at("2012-01-07T00:00+14:00").astimezone(UTC),
        zone=ZoneInfo("Pacific/Apia"),
        name="2011-12-31..2012-01-06",
    )
    assert previous(asked).end == asked.start
    day_after_a_missing_one = Period(
        start=at("2012-01-06T00:00+14:00").astimezone(UTC),
        end=at("2012-01-07T00:00+14:00").astimezone(UTC),
        zone=ZoneInfo("Pacific/Apia"),
        name="2012-01-06",
    )
    assert previous(day_after_a_missing_one).length == timedelta(days=1)


@pytest.mark.parametrize(
    ("zone", "now", "asked", "grain", "lengths"),
    [
        pytest.param(LONDON, "2025-10-28T09:00Z", "last-3-days", Grain.DAY, [24, 25, 24], id="a 25-hour day"),
        pytest.param(LONDON, "2025-04-01T09:00Z", "last-3-days", Grain.DAY, [24, 23, 24], id="a 23-hour day"),
        pytest.param(LONDON, "2025-10-27T09:00Z", "yesterday", Grain.HOUR, [1] * 25, id="an hour that occurs twice"),
        pytest.param(
            LORD_HOWE, "2025-04-06T23:00Z", "yesterday", Grain.HOUR, [1, 1, 0.5] + [1] * 22, id="half an hour twice"
        ),
        pytest.param(
            LONDON, "2025-06-10T20:00Z", "today 9:30..12:15", Grain.HOUR, [0.5, 1, 1, 0.25], id="cut at full hours"
        ),
        pytest.param(
            LONDON, "2025-06-10T20:00Z", "2025-06-08 18:00..2025-06-09 06:00", Grain.DAY, [6, 6], id="cut at midnight"
        ),
        pytest.param(
            ZoneInfo("Asia/Kolkata"),
            "2025-06-10T20:00Z",
            "yesterday 9:00..11:00",
            Grain.HOUR,
            [1, 1],
            id="half-hour zone",
        ),
        pytest.param(
            LONDON, "2025-10-27T09:00Z", "yesterday", Grain.HALF_HOUR, [0.5] * 50, id="half hours of an hour twice"
        ),
        pytest.param(
            LORD_HOWE, "2025-10-05T23:00Z", "yesterday", Grain.HALF_HOUR, [0.5] * 47, id="a half hour that is skipped"
        ),
        pytest.param(
            ZoneInfo("Asia/Kathmandu"),
            "2025-06-10T20:00Z",
            "yesterday 9:15..10:45",
            Grain.HALF_HOUR,
            [0.25, 0.5, 0.5, 0.25],
            id="cut at half hours of the clock there",
        ),
    ],
)
def test_buckets_follow_the_local_clock(zone, now, asked, grain, lengths):
    found = buckets(period(asked, now, zone), grain)
    assert [(bucket.end - bucket.start) / timedelta(hours=1) for bucket in found] == lengths


ZONES = st.sampled_from(
    [LONDON, NEW_YORK, LORD_HOWE, SANTIAGO, *map(ZoneInfo, ("Asia/Kathmandu", "Africa/Cairo", "UTC", "America/Havana"))]
)
MOMENTS = st.datetimes(datetime(2018, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001  made aware


@given(start=MOMENTS, minutes=st.integers(1, 60 * 24 * 40), zone=ZONES, grain=st.sampled_from(Grain))
def test_buckets_cover_a_period_without_gap_or_overlap(start, minutes, zone, grain):
    start = start.replace(second=0, microsecond=0)
    whole = Period(start=start, end=start + timedelta(minutes=minutes), zone=zone, name="any")
    found = buckets(whole, grain)
    assert (found[0].start, found[-1].end) == (whole.start, whole.end)
    assert all(one.end == other.start for one, other in pairwise(found))
    assert all(bucket.start < bucket.end for bucket in found)
    for bucket in found[1:]:
        local = bucket.start.astimezone(zone)
        assert bucket.start == midnight(local.date(), zone) if grain is Grain.DAY else local.minute in {0, 30}


@given(start=MOMENTS, minutes=st.integers(1, 60 * 24 * 40), zone=ZONES, running=st.booleans())
def test_every_period_has_a_like_before_it_and_words_for_it(start, minutes, zone, running):
    start = start.replace(second=0, microsecond=0)
    asked = Period(start=start, end=start + timedelta(minutes=minutes), zone=zone, name="any", running=running)
    before = previous(asked)
    assert before.start < asked.start
    assert before.end <= asked.end
    assert spoken(asked).endswith(f", {zone.key}")


@given(start=MOMENTS, zone=ZONES)
def test_midnight_is_the_first_instant_of_its_date(start, zone):
    day = start.date()
    first = midnight(day, zone)
    assert first.astimezone(zone).date() == day
    assert (first - timedelta(microseconds=1)).astimezone(zone).date() < day


@pytest.mark.parametrize(
    ("now", "asked", "said"),
    [
        pytest.param("2026-11-21T14:52Z", "yesterday", "Fri 20 Nov 2026", id="a day"),
        pytest.param("2026-11-21T14:52Z", "today", "Sat 21 Nov 2026, 00:00–14:45 so far", id="a running day"),
        pytest.param("2026-11-21T14:52Z", "last-week", "Mon 9 – Sun 15 Nov 2026", id="within a month"),
        pytest.param("2026-11-03T14:52Z", "last-week", "Mon 26 Oct – Sun 1 Nov 2026", id="over a month's end"),
        pytest.param("2027-01-05T14:52Z", "last-week", "Mon 28 Dec 2026 – Sun 3 Jan 2027", id="over a year's end"),
        pytest.param("2026-11-21T14:52Z", "this-week", "Mon 16 – Sat 21 Nov 2026, so far (until 14:45)", id="running"),
        pytest.param("2026-11-21T00:10Z", "this-week", "Mon 16 – Fri 20 Nov 2026, so far", id="running to midnight"),
        pytest.param("2026-11-21T14:52Z", "2026-10-25", "Sun 25 Oct 2026 (25-hour day)", id="25 hours"),
        pytest.param("2026-11-21T14:52Z", "2026-03-29", "Sun 29 Mar 2026 (23-hour day)", id="23 hours"),
        pytest.param("2026-11-21T14:52Z", "yesterday 8:00..12:00", "Fri 20 Nov 2026, 08:00–12:00", id="hours"),
        pytest.param("2026-11-21T14:52Z", "yesterday 18:00..24:00", "Fri 20 Nov 2026, 18:00–24:00", id="to midnight"),
        pytest.param(
            "2026-11-21T14:52Z",
            "2026-11-09 08:00..2026-11-10 12:00",
            "Mon 9 Nov 2026 08:00 – Tue 10 Nov 2026 12:00",
            id="hours over days",
        ),
    ],
)
def test_periods_are_said_in_few_words(now, asked, said):
    assert spoken(period(asked, now, LONDON), zone=False) == said
    assert spoken(period(asked, now, LONDON)) == f"{said}, Europe/London"


def test_a_moment_without_an_iana_zone_is_refused():
    with pytest.raises(ValueError, match="IANA zone"):
        zone_of(datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("start", "end"),
    [
        pytest.param("2026-01-01T00:00+01:00", "2026-01-02T00:00Z", id="start not in UTC"),
        pytest.param("2026-01-01T00:00Z", "2026-01-02T00:00+01:00", id="end not in UTC"),
        pytest.param("2026-01-01T00:00Z", "2026-01-01T00:00Z", id="no length"),
    ],
)
def test_a_period_is_in_utc_and_has_a_length(start, end):
    with pytest.raises(ValueError, match="a period"):
        Period(start=at(start), end=at(end), zone=LONDON, name="odd")


def test_the_local_ends_of_a_period_are_in_its_zone():
    day = period("yesterday", "2025-10-27T09:00Z", LONDON)
    assert (day.local_start.time(), day.local_end.time()) == (time(), time())
    assert day.length == timedelta(hours=25)


@pytest.mark.parametrize(
    ("start", "end", "running", "name"),
    [
        pytest.param((11, 11, 0), (11, 12, 0), False, "2026-11-11", id="a whole day"),
        pytest.param((10, 25, 0), (10, 26, 0), False, "2026-10-25", id="a day of 25 hours"),
        pytest.param((11, 2, 0), (11, 9, 0), False, "2026-11-02..2026-11-08", id="a whole week"),
        pytest.param((11, 11, 8), (11, 11, 12), False, "as asked", id="part of a day: its name has the times"),
        pytest.param((11, 9, 0), (11, 11, 0), True, "as asked", id="still running, although it is midnight"),
    ],
)
def test_whole_days_are_called_by_their_dates(start, end, running, name):
    zone = ZoneInfo("Europe/London")
    first, last = (datetime(2026, month, day, hour, tzinfo=zone).astimezone(UTC) for month, day, hour in (start, end))
    period = Period(start=first, end=last, zone=zone, name="as asked", running=running)
    assert dated(period).name == name
    assert (dated(period).start, dated(period).end) == (first, last)
