"""Words for periods, as seen from a moment in a zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.calendar import LONGEST_DAYS, PERIOD_WORDS, WEEKDAYS, names_period, read_period, today_so_far
from bot.domain.period import Period
from bot.errors import BadPeriod

LONDON = ZoneInfo("Europe/London")
NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
SATURDAY = datetime(2026, 11, 21, 14, 52, 30, tzinfo=LONDON)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def read(text: str, now: datetime = SATURDAY) -> Period:
    found = read_period(text, now=now)
    assert found is not None, text
    return found


@pytest.mark.parametrize(
    ("zone", "now", "asked", "start", "end", "hours"),
    [
        pytest.param(LONDON, "2025-03-31T08:00Z", "yesterday", "2025-03-30T00:00Z", "2025-03-30T23:00Z", 23, id="23 h"),
        pytest.param(
            LONDON, "2025-03-31T08:00Z", "last-week", "2025-03-24T00:00Z", "2025-03-30T23:00Z", 167, id="167 h"
        ),
        pytest.param(LONDON, "2025-03-30T22:30Z", "today", "2025-03-30T00:00Z", "2025-03-30T22:30Z", 22.5, id="today"),
        pytest.param(
            LONDON, "2025-03-30T23:30Z", "today", "2025-03-30T23:00Z", "2025-03-30T23:30Z", 0.5, id="already the 31st"
        ),
        pytest.param(
            LONDON,
            "2025-04-01T09:00Z",
            "month-to-date",
            "2025-03-31T23:00Z",
            "2025-04-01T09:00Z",
            10,
            id="month to date",
        ),
        pytest.param(
            LONDON, "2025-04-01T09:00Z", "last-month", "2025-03-01T00:00Z", "2025-03-31T23:00Z", 743, id="743 h"
        ),
        pytest.param(
            LONDON, "2025-10-27T09:00Z", "last-week", "2025-10-19T23:00Z", "2025-10-27T00:00Z", 169, id="169 h"
        ),
        pytest.param(
            LONDON,
            "2025-10-27T09:00Z",
            "last-7-days",
            "2025-10-19T23:00Z",
            "2025-10-27T00:00Z",
            169,
            id="7 days: today out",
        ),
        pytest.param(
            NEW_YORK, "2025-11-03T14:00Z", "last-week", "2025-10-27T04:00Z", "2025-11-03T05:00Z", 169, id="west"
        ),
        pytest.param(
            NEW_YORK, "2025-03-10T02:00Z", "today", "2025-03-09T05:00Z", "2025-03-10T02:00Z", 21, id="still the 9th"
        ),
        pytest.param(
            LORD_HOWE,
            "2025-10-05T23:00Z",
            "yesterday",
            "2025-10-04T13:30Z",
            "2025-10-05T13:00Z",
            23.5,
            id="half an hour",
        ),
        pytest.param(
            LORD_HOWE, "2025-10-05T23:00Z", "last-week", "2025-09-28T13:30Z", "2025-10-05T13:00Z", 167.5, id="167.5 h"
        ),
        pytest.param(
            LORD_HOWE, "2025-04-06T23:00Z", "last-week", "2025-03-30T13:00Z", "2025-04-06T13:30Z", 168.5, id="168.5 h"
        ),
    ],
)
def test_periods_around_clock_changes(zone, now, asked, start, end, hours):
    found = read(asked, at(now).astimezone(zone))
    assert (found.start, found.end, found.zone) == (at(start), at(end), zone)
    assert found.length / timedelta(hours=1) == hours


@pytest.mark.parametrize(
    ("asked", "name", "start", "end"),
    [
        pytest.param("today", "today", "2026-11-21T00:00Z", "2026-11-21T14:45Z", id="to the last complete quarter"),
        pytest.param("this-week", "this-week", "2026-11-16T00:00Z", "2026-11-21T14:45Z", id="weeks begin on Monday"),
        pytest.param("this month", "this-month", "2026-11-01T00:00Z", "2026-11-21T14:45Z", id="a month so far"),
        pytest.param("2026-11-09..", "2026-11-09..", "2026-11-09T00:00Z", "2026-11-21T14:45Z", id="an open end"),
        pytest.param("monday..now", "monday..", "2026-11-16T00:00Z", "2026-11-21T14:45Z", id="now is an open end"),
        pytest.param("monday..today", "monday..today", "2026-11-16T00:00Z", "2026-11-21T14:45Z", id="through today"),
        pytest.param("today 14:00..", "today 14:00..", "2026-11-21T14:00Z", "2026-11-21T14:45Z", id="open from a time"),
        pytest.param(
            "today 14:45..18:00",
            "today 14:45..18:00",
            "2026-11-21T14:45Z",
            "2026-11-21T14:52Z",
            id="no quarter is over yet",
        ),
        pytest.param(
            "2026-11-20..9999-12-31",
            "2026-11-20..9999-12-31",
            "2026-11-20T00:00Z",
            "2026-11-21T14:45Z",
            id="a future end",
        ),
    ],
)
def test_running_periods_end_now(asked, name, start, end):
    found = read(asked)
    assert found == Period(start=at(start), end=at(end), zone=LONDON, name=name, running=True)


@pytest.mark.parametrize(
    ("asked", "name", "start", "end"),
    [
        pytest.param("yesterday", "yesterday", "2026-11-20T00:00Z", "2026-11-21T00:00Z", id="yesterday"),
        pytest.param("last weekday", "last-weekday", "2026-11-20T00:00Z", "2026-11-21T00:00Z", id="a working day"),
        pytest.param("Last Week", "last-week", "2026-11-09T00:00Z", "2026-11-16T00:00Z", id="capitals and a space"),
        pytest.param("last—week", "last-week", "2026-11-09T00:00Z", "2026-11-16T00:00Z", id="a typographic dash"),
        pytest.param("lastweek", "last-week", "2026-11-09T00:00Z", "2026-11-16T00:00Z", id="in one word"),
        pytest.param("last_month", "last-month", "2026-10-01T00:00+01:00", "2026-11-01T00:00Z", id="an underscore"),
        pytest.param("7d", "last-7-days", "2026-11-14T00:00Z", "2026-11-21T00:00Z", id="7d"),
        pytest.param("last 1 day", "last-1-days", "2026-11-20T00:00Z", "2026-11-21T00:00Z", id="one day"),
        pytest.param("٧ days", "last-7-days", "2026-11-14T00:00Z", "2026-11-21T00:00Z", id="Arabic digits"),
        pytest.param("last-366-days", "last-366-days", "2025-11-20T00:00Z", "2026-11-21T00:00Z", id="the most days"),
        pytest.param("monday", "monday", "2026-11-16T00:00Z", "2026-11-17T00:00Z", id="this week's Monday is over"),
        pytest.param("Fri", "friday", "2026-11-20T00:00Z", "2026-11-21T00:00Z", id="yesterday's weekday"),
        pytest.param(
            "saturday", "saturday", "2026-11-14T00:00Z", "2026-11-15T00:00Z", id="today is not over: last week's"
        ),
        pytest.param("last sunday", "sunday", "2026-11-15T00:00Z", "2026-11-16T00:00Z", id="with last before it"),
        pytest.param("thurs", "thursday", "2026-11-19T00:00Z", "2026-11-20T00:00Z", id="an abbreviation"),
        pytest.param("2026-11-09", "2026-11-09", "2026-11-09T00:00Z", "2026-11-10T00:00Z", id="a date"),
        pytest.param("2026-2-3", "2026-02-03", "2026-02-03T00:00Z", "2026-02-04T00:00Z", id="a date without zeros"),
        pytest.param(
            "2026-11-09..2026-11-15",
            "2026-11-09..2026-11-15",
            "2026-11-09T00:00Z",
            "2026-11-16T00:00Z",
            id="both days count",
        ),
        pytest.param(
            "2026-11-09…2026-11-15",
            "2026-11-09..2026-11-15",
            "2026-11-09T00:00Z",
            "2026-11-16T00:00Z",
            id="an ellipsis",
        ),
        pytest.param("monday..wednesday", "monday..wednesday", "2026-11-16T00:00Z", "2026-11-19T00:00Z", id="weekdays"),
        pytest.param("fri .. mon", "friday..monday", "2026-11-13T00:00Z", "2026-11-17T00:00Z", id="over a weekend"),
        pytest.param(
            "2026-11-09T08:00..2026-11-09T18:00",
            "2026-11-09 08:00..18:00",
            "2026-11-09T08:00Z",
            "2026-11-09T18:00Z",
            id="ISO hours",
        ),
        pytest.param(
            "2026-11-09 08:00..18:00", "2026-11-09 08:00..18:00", "2026-11-09T08:00Z", "2026-11-09T18:00Z", id="hours"
        ),
        pytest.param(
            "yesterday 8:00..12:00",
            "yesterday 08:00..12:00",
            "2026-11-20T08:00Z",
            "2026-11-20T12:00Z",
            id="yesterday's",
        ),
        pytest.param(
            "9:00..12:00", "today 09:00..12:00", "2026-11-21T09:00Z", "2026-11-21T12:00Z", id="hours of today"
        ),
        pytest.param(
            "monday 18:00..24:00", "monday 18:00..24:00", "2026-11-16T18:00Z", "2026-11-17T00:00Z", id="to midnight"
        ),
        pytest.param(
            "2026-11-09 08:00..2026-11-10 12:00",
            "2026-11-09 08:00..2026-11-10 12:00",
            "2026-11-09T08:00Z",
            "2026-11-10T12:00Z",
            id="hours over days",
        ),
        pytest.param(
            "2026-11-09 22:00..2026-11-10",
            "2026-11-09 22:00..2026-11-10",
            "2026-11-09T22:00Z",
            "2026-11-11T00:00Z",
            id="from a time to the end of a day",
        ),
        pytest.param(
            "2026-10-25 00:30..01:30",
            "2026-10-25 00:30..01:30",
            "2026-10-24T23:30Z",
            "2026-10-25T00:30Z",
            id="an end in the doubled hour: the first occurrence",
        ),
        pytest.param(
            "2026-03-29 00:30..01:30",
            "2026-03-29 00:30..01:30",
            "2026-03-29T00:30Z",
            "2026-03-29T01:30Z",
            id="an end in the skipped hour moves on",
        ),
    ],
)
def test_complete_periods(asked, name, start, end):
    assert read(asked) == Period(start=at(start).astimezone(UTC), end=at(end).astimezone(UTC), zone=LONDON, name=name)


def test_a_range_that_ends_this_instant_is_complete():
    assert not read("today 9:00..12:00", datetime(2026, 11, 21, 12, 0, tzinfo=LONDON)).running
    assert read("today 9:00..12:00", datetime(2026, 11, 21, 11, 59, 59, tzinfo=LONDON)).running


def test_the_longest_range_has_366_days():
    assert read("2025-11-10..2026-11-10").length == timedelta(days=366)
    with pytest.raises(BadPeriod, match="longer than 366 days"):
        read("2025-11-09..2026-11-10")


def test_weekdays_of_a_range_are_those_before_its_end():
    tuesday = datetime(2026, 11, 17, 9, tzinfo=LONDON)
    found = read("monday..wednesday", tuesday)
    assert (found.start, found.end) == (at("2026-11-09T00:00Z"), at("2026-11-12T00:00Z"))


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        pytest.param("2026-11-22", "lies in the future", id="tomorrow"),
        pytest.param("today 15:00..16:00", "lies in the future", id="later today"),
        pytest.param("9999-12-31", "lies in the future", id="the last date there is"),
        pytest.param("0001-01-01", "more than five years ago", id="the first date there is"),
        pytest.param("0001-01-01..9999-12-31", "more than five years ago", id="all of time"),
        pytest.param("2021-11-01", "more than five years ago", id="too long ago"),
        pytest.param("2026-11-15..2026-11-09", "ends before it begins", id="reversed dates"),
        pytest.param("yesterday 12:00..08:00", "ends before it begins", id="reversed hours"),
        pytest.param("yesterday 12:00..12:00", "ends before it begins", id="no length"),
        pytest.param("2025-11-01..2026-11-15", "longer than 366 days", id="too long"),
        pytest.param("2025-01-01..", "longer than 366 days", id="too long until now"),
        pytest.param("last-367-days", "from 1 to 366 days", id="too many days"),
        pytest.param("0d", "from 1 to 366 days", id="no days"),
        pytest.param(f"last-{'9' * 60}-days", "from 1 to 366 days", id="a huge number"),
        pytest.param("2026-02-30", "There is no day", id="no such day"),
        pytest.param("0000-00-00", "There is no day", id="no such year"),
        pytest.param("2026-13-01..2026-11-01", "There is no day", id="no such month"),
        pytest.param("yesterday 8:60..9:00", "not a time of day", id="no such minute"),
        pytest.param("yesterday 24:01..25:00", "not a time of day", id="no such hour"),
        pytest.param("today 9:00", "no end", id="a time alone"),
        pytest.param("..monday", "no beginning", id="an end alone"),
    ],
)
def test_what_cannot_be_answered_is_named_with_a_period_that_can(asked, complaint):
    with pytest.raises(BadPeriod, match=complaint) as raised:
        read_period(asked, now=SATURDAY)
    working = raised.value.remedy.removeprefix("A period that works: ")
    assert read(working)


@pytest.mark.parametrize("clock", [(0, 0, 0), (0, 0, 59)])
def test_a_day_in_its_first_minute_has_nothing_to_count(clock):
    with pytest.raises(BadPeriod, match="only just begun"):
        today_so_far(datetime(2026, 11, 21, *clock, tzinfo=LONDON))


def test_before_the_first_quarter_is_over_the_whole_minutes_count():
    assert today_so_far(datetime(2026, 11, 21, 0, 14, 59, tzinfo=LONDON)).length == timedelta(minutes=14)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("billing", id="a queue"),
        pytest.param("30s", id="a threshold"),
        pytest.param("-", id="a dash"),
        pytest.param("..", id="dots"),
        pytest.param("..billing", id="a range to no day"),
        pytest.param("billing..monday", id="a range from no day"),
        pytest.param("monday..billing", id="a range to a queue"),
        pytest.param("monday..tuesday..friday", id="two ranges"),
        pytest.param("monday 30s", id="a period and more"),
        pytest.param("last-week..today", id="a week is not a day"),
        pytest.param("monday" * 20, id="too long to be one"),
    ],
)
def test_what_names_no_period_is_left_to_others(text):
    assert read_period(text, now=SATURDAY) is None


def test_every_word_of_the_vocabulary_is_a_period_of_that_name():
    assert [read(word).name for word in PERIOD_WORDS] == list(PERIOD_WORDS)
    assert all(names_period(word) for word in PERIOD_WORDS)
    assert not names_period("billing")


NOWS = st.builds(
    lambda moment, zone: moment.astimezone(ZoneInfo(zone)),
    st.one_of(
        st.datetimes(datetime(2001, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001  made aware
        st.sampled_from(["2026-03-29T01:00Z", "2026-10-25T01:00Z", "2026-01-01T00:00Z", "2024-02-29T23:59Z"]).flatmap(
            lambda text: st.timedeltas(timedelta(hours=-26), timedelta(hours=26)).map(lambda off: at(text) + off)
        ),
    ),
    st.sampled_from(
        [
            "Europe/London",
            "America/New_York",
            "Australia/Lord_Howe",
            "America/Santiago",
            "Africa/Cairo",
            "Asia/Kathmandu",
            "Pacific/Kiritimati",
            "Pacific/Pago_Pago",
            "UTC",
        ]
    ),
)
DAYS = st.one_of(
    st.sampled_from(["today", "yesterday", "now", "tomorrow", "", *WEEKDAYS]),
    st.dates().map(str),
    st.from_regex(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}", fullmatch=True),
)
CLOCKS = st.one_of(st.just(""), st.from_regex(r"[ T][0-9]{1,2}:[0-9]{2}", fullmatch=True))
ENDS = st.builds("".join, st.tuples(DAYS, CLOCKS))
PERIODS = st.one_of(
    st.sampled_from(PERIOD_WORDS),
    st.builds("{}..{}".format, ENDS, ENDS),
    ENDS,
    st.integers(0, 10**30).map("last-{}-days".format),
    st.text(),
)


def outcome(text: str, now: datetime) -> Period | BadPeriod | None:
    try:
        return read_period(text, now=now)
    except BadPeriod as error:
        return error


@given(text=PERIODS, now=NOWS)
@example(text="0001-01-01..9999-12-31", now=SATURDAY)
def test_any_text_is_a_period_or_none_or_a_complaint_with_a_way_out(text, now):
    found = outcome(text, now)
    if isinstance(found, BadPeriod):
        assert read_period(found.remedy.removeprefix("A period that works: "), now=now)
    elif found:
        assert found.end <= now
        assert found.length <= timedelta(days=LONGEST_DAYS, hours=2)
        assert read_period(found.name, now=now) == found


@pytest.mark.parametrize(
    ("today", "meant"),
    [
        pytest.param(date(2026, 11, 17), date(2026, 11, 16), id="on a Tuesday it is Monday"),
        pytest.param(date(2026, 11, 21), date(2026, 11, 20), id="on a Saturday it is Friday"),
        pytest.param(date(2026, 11, 22), date(2026, 11, 20), id="on a Sunday, too"),
        pytest.param(date(2026, 11, 23), date(2026, 11, 20), id="and on a Monday"),
    ],
)
def test_the_last_weekday_is_a_working_day_that_is_over(today, meant):
    period = read_period("last-weekday", now=datetime.combine(today, time(7, 45), LONDON))
    assert period is not None
    assert period.local_start.date() == meant
    assert period.local_end.date() == meant + timedelta(days=1)
