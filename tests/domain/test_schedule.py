"""When a digest is due: local days, minutes that are skipped or come twice, and restarts."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.schedule import ALL_DAYS, WEEKDAYS, WEEKEND, Days, Occasion, Rhythm, Schedule, said

DAILY = Days(rhythm=Rhythm.DAYS, weekdays=ALL_DAYS)
ZONES = (
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/Santiago",
    "Africa/Cairo",
    "America/Havana",
    "Pacific/Apia",
    "America/Nuuk",
    "UTC",
)
DAY = timedelta(days=1)


def on(*weekdays: int) -> Days:
    return Days(rhythm=Rhythm.DAYS, weekdays=frozenset(weekdays))


def weekly(weekday: int) -> Days:
    return Days(rhythm=Rhythm.WEEKLY, weekdays=frozenset({weekday}))


def monthly(day: int) -> Days:
    return Days(rhythm=Rhythm.MONTHLY, day=day)


def schedule(zone: str, clock: str, days: Days = DAILY) -> Schedule:
    return Schedule(days=days, at=time.fromisoformat(clock), zone=ZoneInfo(zone))


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + number * DAY for number in range((date(year + 1, 1, 1) - first).days)]


@pytest.mark.parametrize(
    ("zone", "day", "clock", "expected"),
    [
        pytest.param("Europe/London", "2025-03-29", "01:30", "2025-03-29T01:30Z", id="the day before the gap"),
        pytest.param("Europe/London", "2025-03-30", "00:59", "2025-03-30T00:59Z", id="a minute before the gap"),
        pytest.param("Europe/London", "2025-03-30", "01:00", "2025-03-30T01:00Z", id="the gap's first minute: 02:00"),
        pytest.param("Europe/London", "2025-03-30", "01:30", "2025-03-30T01:00Z", id="in the gap: 02:00 as well"),
        pytest.param("Europe/London", "2025-03-30", "01:59", "2025-03-30T01:00Z", id="the gap's last minute"),
        pytest.param("Europe/London", "2025-03-30", "02:00", "2025-03-30T01:00Z", id="a minute behind the gap"),
        pytest.param(
            "Europe/London", "2025-10-26", "01:30", "2025-10-26T00:30Z", id="twice: the first, in summer time"
        ),
        pytest.param("Europe/London", "2025-10-26", "02:00", "2025-10-26T02:00Z", id="behind what comes twice"),
        pytest.param("America/New_York", "2026-03-08", "02:30", "2026-03-08T07:00Z", id="west: 03:00 EDT"),
        pytest.param("America/New_York", "2026-11-01", "01:30", "2026-11-01T05:30Z", id="west: the first 01:30"),
        pytest.param("Australia/Lord_Howe", "2025-10-05", "02:15", "2025-10-04T15:30Z", id="half an hour skipped"),
        pytest.param("Australia/Lord_Howe", "2025-04-06", "01:45", "2025-04-05T14:45Z", id="half an hour twice"),
        pytest.param("Asia/Kathmandu", "2025-04-06", "07:45", "2025-04-06T02:00Z", id="an odd offset"),
        pytest.param("America/Santiago", "2025-09-07", "00:00", "2025-09-07T04:00Z", id="no midnight: 01:00"),
        pytest.param("America/Santiago", "2025-09-07", "00:59", "2025-09-07T04:00Z", id="the hour behind it, too"),
        pytest.param("America/Santiago", "2025-04-05", "23:30", "2025-04-06T02:30Z", id="23:30 twice"),
        pytest.param("America/Santiago", "2025-04-06", "00:00", "2025-04-06T04:00Z", id="midnight after 23:30 twice"),
        pytest.param("Africa/Cairo", "2025-04-25", "00:30", "2025-04-24T22:00Z", id="no midnight, east"),
        pytest.param("America/Havana", "2025-11-02", "00:30", "2025-11-02T04:30Z", id="00:30 twice"),
        pytest.param("America/Nuuk", "2025-03-29", "23:30", "2025-03-30T01:00Z", id="a gap up to midnight"),
        pytest.param("America/Toronto", "1919-03-30", "23:45", "1919-03-31T04:30Z", id="a gap over midnight, before"),
        pytest.param("America/Toronto", "1919-03-31", "00:15", "1919-03-31T04:30Z", id="a gap over midnight, behind"),
        pytest.param(
            "Pacific/Apia", "2011-12-29", "23:59", "2011-12-30T09:59Z", id="the last minute before a lost day"
        ),
        pytest.param("Pacific/Apia", "2011-12-30", "00:00", None, id="the lost day's midnight"),
        pytest.param("Pacific/Apia", "2011-12-30", "12:00", None, id="a lost day"),
        pytest.param("Pacific/Apia", "2011-12-31", "00:00", "2011-12-30T10:00Z", id="the day behind a lost day"),
        pytest.param("Pacific/Kwajalein", "1993-08-21", "08:00", None, id="another lost day"),
    ],
)
def test_a_day_has_its_minute(zone, day, clock, expected):
    found = schedule(zone, clock).moment(date.fromisoformat(day))
    assert found == (datetime.fromisoformat(expected) if expected else None)
    assert found is None or found.tzinfo is UTC


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param(WEEKDAYS, "3 4 5 6 7 10 11 12 13 14 17 18 19 20 21 24 25 26 27 28", id="Monday to Friday"),
        pytest.param(Days(rhythm=Rhythm.DAYS, weekdays=WEEKEND), "1 2 8 9 15 16 22 23", id="weekends"),
        pytest.param(on(0, 3), "3 6 10 13 17 20 24 27", id="two days of the week"),
        pytest.param(weekly(6), "2 9 16 23", id="weekly"),
        pytest.param(monthly(1), "1", id="the first of the month"),
        pytest.param(monthly(28), "28", id="the last day, by its number"),
        pytest.param(monthly(31), "28", id="the 31st is the last day of a short month"),
    ],
)
def test_the_days_of_february(days, expected):
    plan = schedule("Europe/London", "08:00", days)
    found = [day for day in days_of(2025) if day.month == 2 and plan.moment(day)]
    assert [day.day for day in found] == [int(number) for number in expected.split()]


@pytest.mark.parametrize("day", range(1, 32))
def test_every_month_has_one_monthly_digest(day):
    for year in (2024, 2025):
        plan = schedule("America/New_York", "08:00", monthly(day))
        assert [found.month for found in days_of(year) if plan.moment(found)] == list(range(1, 13))


@pytest.mark.parametrize("zone", [*ZONES])
@pytest.mark.parametrize("clock", ["00:00", "00:30", "01:30", "01:45", "02:15", "02:30", "07:45", "23:30", "23:59"])
@pytest.mark.parametrize("days", [DAILY, WEEKDAYS, weekly(6), monthly(31)], ids=said)
def test_over_a_year_each_due_day_comes_once_at_its_minute(zone, clock, days):
    plan = schedule(zone, clock, days)
    year = [day for day in days_of(2025) if days.include(day)]
    found, moment = [], datetime(2025, 1, 1, tzinfo=plan.zone) - timedelta(seconds=1)
    while not found or found[-1].day <= year[-1]:
        found.append(plan.next_after(moment))
        moment = found[-1].at
    assert [occasion.day for occasion in found[:-1]] == year
    assert all(one.at < other.at for one, other in pairwise(found))
    for occasion in found[:-1]:
        local = occasion.at.astimezone(plan.zone)
        skipped = local.replace(tzinfo=None) != datetime.combine(occasion.day, plan.at)
        assert local.fold == 0
        if skipped:  # then the minute before is on the gap's other side
            before = (occasion.at - timedelta(minutes=1)).astimezone(plan.zone)
            assert before.replace(tzinfo=None) < datetime.combine(occasion.day, plan.at)
            assert before.utcoffset() != local.utcoffset()
    assert plan.due(since=found[0].at - DAY / 24, after=None, now=found[-2].at, most=400) == tuple(found[:-1])


CLOCKS = st.one_of(
    st.sampled_from([time(0), time(0, 30), time(1, 30), time(1, 45), time(2, 15), time(2, 30), time(23, 30)]),
    st.builds(time, st.integers(0, 23), st.integers(0, 59)),
)
ANY_DAYS = st.one_of(
    st.builds(lambda days: Days(rhythm=Rhythm.DAYS, weekdays=frozenset(days)), st.sets(st.integers(0, 6), min_size=1)),
    st.integers(0, 6).map(weekly),
    st.integers(1, 31).map(monthly),
)
SCHEDULES = st.builds(
    lambda days, at, zone: Schedule(days=days, at=at, zone=ZoneInfo(zone)), ANY_DAYS, CLOCKS, st.sampled_from(ZONES)
)
TURNS = ("2025-03-30T01:00+00:00", "2025-10-26T01:00+00:00", "2011-12-30T10:00+00:00", "2025-04-05T15:00+00:00")
INSTANTS = st.one_of(
    st.builds(
        lambda turn, offset: datetime.fromisoformat(turn) + offset,
        st.sampled_from(TURNS),
        st.timedeltas(-3 * DAY, 3 * DAY),
    ),
    st.datetimes(datetime(2001, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  aware by `timezones`
)


@settings(deadline=None)
@given(plan=SCHEDULES, moment=INSTANTS)
def test_the_next_occasion_is_later_and_none_lies_between(plan, moment):
    following = plan.next_after(moment)
    assert following.at > moment
    assert plan.moment(following.day) == following.at
    assert plan.due(since=moment, after=None, now=following.at - timedelta(microseconds=1)) == ()
    assert plan.due(since=moment, after=None, now=following.at) == (following,)
    assert plan.due(since=following.at, after=None, now=following.at) == ()


@settings(deadline=None)
@given(plan=SCHEDULES, moment=INSTANTS, ahead=st.integers(-40, 40))
def test_the_next_occasion_after_a_day_is_the_first_one_that_becomes_due(plan, moment, ahead):
    """A day that was served in another zone may be tomorrow's, or farther ahead."""
    after = (moment + ahead * DAY).date()
    following = plan.next_after(moment, after=after)
    assert following.at > moment
    assert plan.due(since=moment, after=after, now=following.at - timedelta(microseconds=1), most=400) == ()
    assert plan.due(since=moment, after=after, now=following.at) == (following,)


@settings(max_examples=200, deadline=None)
@given(
    plan=SCHEDULES,
    start=INSTANTS,
    ticks=st.lists(st.timedeltas(timedelta(seconds=1), 9 * DAY), min_size=1, max_size=40),
    forgets=st.lists(st.booleans(), min_size=40, max_size=40),
)
def test_whatever_the_ticks_and_restarts_each_day_is_due_once(plan, start, ticks, forgets):
    """A process that remembers only the last day sent (`after`), or only the start (`since`) and what it has sent."""
    now, sent = start, []
    for step, forgetful in zip(ticks, forgets, strict=False):
        now += step
        after = sent[-1].day if sent else None
        if forgetful:
            due = [
                occasion for occasion in plan.due(since=start, after=None, now=now, most=400) if occasion not in sent
            ]
        else:
            due = list(plan.due(since=start, after=after, now=now))
        assert all(occasion.at <= now for occasion in due)
        sent += due
    expected, moment = [], start
    while (following := plan.next_after(moment)).at <= now:
        expected.append(following)
        moment = following.at
    assert sent == expected
    assert len({occasion.day for occasion in sent}) == len(sent)


@settings(deadline=None)
@given(plan=SCHEDULES, start=INSTANTS, most=st.integers(1, 5))
def test_of_too_many_the_newest_are_due(plan, start, most):
    now = start + 60 * DAY
    every = plan.due(since=start, after=None, now=now, most=400)
    assert plan.due(since=start, after=None, now=now, most=most) == every[-most:]


def test_a_day_that_was_sent_is_not_due_again_in_another_zone():
    moved = schedule("America/New_York", "08:00")
    now = datetime(2026, 11, 20, 14, tzinfo=UTC)
    since = datetime(2026, 11, 20, 8, tzinfo=UTC)  # sent at 08:00 in London, and then moved
    assert moved.due(since=since, after=date(2026, 11, 20), now=now) == ()
    assert moved.due(since=since, after=date(2026, 11, 19), now=now) == (
        Occasion(day=date(2026, 11, 20), at=datetime(2026, 11, 20, 13, tzinfo=UTC)),
    )


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param(WEEKDAYS, "weekdays", id="Monday to Friday"),
        pytest.param(DAILY, "daily", id="all seven"),
        pytest.param(Days(rhythm=Rhythm.DAYS, weekdays=WEEKEND), "weekends", id="Saturday and Sunday"),
        pytest.param(on(0, 3), "Mon and Thu", id="two"),
        pytest.param(on(4, 0, 2), "Mon, Wed and Fri", id="three, in their order"),
        pytest.param(on(0), "Mondays", id="one"),
        pytest.param(weekly(0), "weekly on Monday", id="weekly"),
        pytest.param(monthly(1), "monthly on day 1", id="monthly"),
        pytest.param(monthly(31), "monthly on the last day", id="the last of any month"),
    ],
)
def test_days_are_said_in_words(days, expected):
    assert said(days) == expected


def test_a_schedule_is_said_with_its_zone():
    assert schedule("Europe/London", "07:45", WEEKDAYS).said == "weekdays at 07:45, Europe/London"


@pytest.mark.parametrize(
    ("days", "period"),
    [
        pytest.param(WEEKDAYS, "yesterday", id="weekdays"),
        pytest.param(on(0, 3), "yesterday", id="two days"),
        pytest.param(on(0), "last-week", id="one day a week: the Sunday before a Monday says little"),
        pytest.param(weekly(0), "last-week", id="weekly"),
        pytest.param(monthly(31), "last-month", id="monthly"),
    ],
)
def test_how_often_it_comes_is_how_much_it_covers(days, period):
    assert days.usual_period == period


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(lambda: Days(rhythm=Rhythm.DAYS), id="no day"),
        pytest.param(lambda: Days(rhythm=Rhythm.DAYS, weekdays=frozenset({7})), id="no such day"),
        pytest.param(lambda: Days(rhythm=Rhythm.DAYS, weekdays=frozenset({0}), day=1), id="two kinds of days"),
        pytest.param(lambda: Days(rhythm=Rhythm.WEEKLY, weekdays=frozenset({0, 1})), id="twice a week"),
        pytest.param(lambda: Days(rhythm=Rhythm.MONTHLY), id="no day of the month"),
        pytest.param(lambda: Days(rhythm=Rhythm.MONTHLY, day=32), id="no such day of the month"),
        pytest.param(lambda: Days(rhythm=Rhythm.MONTHLY, day=1, weekdays=frozenset({0})), id="monthly on a weekday"),
        pytest.param(lambda: schedule("UTC", "08:00:01"), id="seconds"),
        pytest.param(lambda: schedule("UTC", "08:00+00:00"), id="a time with a zone"),
    ],
)
def test_days_and_times_that_mean_nothing_cannot_be_made(wrong):
    with pytest.raises(ValueError, match=r"^(a|weekdays) "):
        wrong()
