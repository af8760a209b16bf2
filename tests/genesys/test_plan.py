from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.period import LENGTHS, Grain, Period, midnight
from bot.genesys.plan import Misaligned, Part, halves, plan
from bot.genesys.wire_aggregates import Slice, Span

BERLIN, KATHMANDU, LORD_HOWE = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kathmandu"), ZoneInfo("Australia/Lord_Howe")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def local(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def period(start: str, end: str, zone: ZoneInfo = BERLIN) -> Period:
    return Period(start=local(start, zone), end=local(end, zone), zone=zone, name=f"{start}..{end}")


def spans(parts: tuple[Part, ...]) -> list[tuple[str, str, str | None]]:
    """Local Berlin start and end, and granularity, of every request."""
    return [
        (
            f"{p.span.start.astimezone(BERLIN):%m-%d %H:%M}",
            f"{p.span.end.astimezone(BERLIN):%m-%d %H:%M}",
            p.span.granularity,
        )
        for p in parts
    ]


LAST_WEEK, WEEK_BEFORE = period("2026-11-09", "2026-11-16"), period("2026-11-02", "2026-11-09")
FRIDAYS = tuple(
    period(f"2026-{day}", f"2026-{after}")
    for day, after in (
        ("11-20", "11-21"),
        ("11-13", "11-14"),
        ("11-06", "11-07"),
        ("10-30", "10-31"),
        ("10-23", "10-24"),
    )
)
WEEKS = (
    LAST_WEEK,
    WEEK_BEFORE,
    period("2026-10-26", "2026-11-02"),
    period("2026-10-19", "2026-10-26"),
    period("2026-10-12", "2026-10-19"),
)


@pytest.mark.parametrize(
    ("periods", "grain", "expected"),
    [
        pytest.param((LAST_WEEK,), None, [("11-09 00:00", "11-16 00:00", None)], id="one period is one figure"),
        pytest.param(
            (LAST_WEEK, WEEK_BEFORE),
            None,
            [("11-02 00:00", "11-16 00:00", "P7D")],
            id="a week and the week before share a request",
        ),
        pytest.param(
            (WEEK_BEFORE, LAST_WEEK),
            None,
            [("11-02 00:00", "11-16 00:00", "P7D")],
            id="in either order",
        ),
        pytest.param(
            (period("2026-11-20", "2026-11-21"), period("2026-11-13", "2026-11-14")),
            None,
            [("11-13 00:00", "11-21 00:00", "P1D")],
            id="a Friday and the Friday before share a request of days",
        ),
        pytest.param(
            (period("2026-11-20", "2026-11-21"), period("2026-11-11", "2026-11-12")),
            None,
            [("11-20 00:00", "11-21 00:00", None), ("11-11 00:00", "11-12 00:00", None)],
            id="days further apart do not",
        ),
        pytest.param(
            (period("2026-10-25", "2026-10-26"), period("2026-10-24", "2026-10-25")),
            None,
            [("10-24 00:00", "10-26 00:00", "P1D")],
            id="a day of 25 hours is a day",
        ),
        pytest.param(
            (period("2026-11-20", "2026-11-20T14:45"), period("2026-11-13", "2026-11-13T14:45")),
            None,
            [("11-20 00:00", "11-20 14:45", None), ("11-13 00:00", "11-13 14:45", None)],
            id="a running day and the same part of another take one each",
        ),
        pytest.param(
            (period("2026-11-16", "2026-11-20"), period("2026-11-09", "2026-11-13")),
            None,
            [("11-16 00:00", "11-20 00:00", None), ("11-09 00:00", "11-13 00:00", None)],
            id="weeks with days between them take one each",
        ),
        pytest.param(
            (period("2026-11-09", "2026-11-16"), period("2026-11-03", "2026-11-09")),
            None,
            [("11-09 00:00", "11-16 00:00", None), ("11-03 00:00", "11-09 00:00", None)],
            id="and so do those of different lengths",
        ),
        pytest.param(
            (period("2026-10-17", "2026-11-02"), period("2026-10-01", "2026-10-17")),
            None,
            [("10-17 00:00", "11-02 00:00", None), ("10-01 00:00", "10-17 00:00", None)],
            id="and those of more than fifteen days",
        ),
        pytest.param(
            (LAST_WEEK, WEEK_BEFORE),
            Grain.DAY,
            [("11-09 00:00", "11-16 00:00", "P1D"), ("11-02 00:00", "11-09 00:00", None)],
            id="a grain cuts the first period only",
        ),
        pytest.param(
            (period("2026-11-20", "2026-11-20T14:45"),),
            Grain.HOUR,
            [("11-20 00:00", "11-20 14:45", "PT1H")],
            id="hours of a running day",
        ),
        pytest.param(
            (period("2026-11-20T09:15", "2026-11-20T11:15"),),
            Grain.HOUR,
            [("11-20 09:15", "11-20 10:00", None), ("11-20 10:00", "11-20 11:15", "PT1H")],
            id="a first hour cut short is asked for by itself",
        ),
        pytest.param(
            (period("2026-11-20T09:15", "2026-11-20T09:45"),),
            Grain.HOUR,
            [("11-20 09:15", "11-20 09:45", None)],
            id="less than an hour is one figure",
        ),
        pytest.param(
            (period("2026-11-20T09:15", "2026-11-20T11:15"),),
            Grain.HALF_HOUR,
            [("11-20 09:15", "11-20 09:30", None), ("11-20 09:30", "11-20 11:15", "PT30M")],
            id="a first half hour cut short, too",
        ),
        pytest.param(
            FRIDAYS,
            None,
            [("10-23 00:00", "11-21 00:00", "P1D")],
            id="five Fridays share a request of days, across a change of clocks",
        ),
        pytest.param(
            FRIDAYS,
            Grain.HALF_HOUR,
            [("11-20 00:00", "11-21 00:00", "PT30M"), ("10-23 00:00", "11-14 00:00", "P1D")],
            id="or the four before the one that is cut",
        ),
        pytest.param(
            WEEKS,
            Grain.DAY,
            [("11-09 00:00", "11-16 00:00", "P1D"), ("10-12 00:00", "11-09 00:00", "P7D")],
            id="four weeks before the one that is cut",
        ),
        pytest.param(
            WEEKS,
            None,
            [(f"{week.local_start:%m-%d} 00:00", f"{week.local_end:%m-%d} 00:00", None) for week in WEEKS],
            id="five weeks are more than a request takes",
        ),
        pytest.param(
            (*FRIDAYS[:2], period("2026-11-06", "2026-11-08")),
            None,
            [
                ("11-20 00:00", "11-21 00:00", None),
                ("11-13 00:00", "11-14 00:00", None),
                ("11-06 00:00", "11-08 00:00", None),
            ],
            id="periods of unlike length take one each",
        ),
        pytest.param(
            (period("2026-09-01", "2026-11-01"),),
            None,
            [("09-01 00:00", "10-02 00:00", None), ("10-02 00:00", "11-01 00:00", None)],
            id="more than 31 days are cut at midnight",
        ),
        pytest.param(
            (period("2026-10-01", "2026-11-01"),),
            None,
            [("10-01 00:00", "10-31 00:00", None), ("10-31 00:00", "11-01 00:00", None)],
            id="a month of 31 days and an hour too",
        ),
    ],
)
def test_as_few_requests_as_the_periods_allow(
    periods: tuple[Period, ...], grain: Grain | None, expected: list[tuple[str, str, str | None]]
) -> None:
    assert spans(plan(periods, grain)) == expected


def test_zones_that_differ_do_not_share() -> None:
    there = Period(start=WEEK_BEFORE.start, end=WEEK_BEFORE.end, zone=ZoneInfo("Europe/Paris"), name="elsewhere")
    assert len(plan((LAST_WEEK, there), None)) == 2


def test_the_shared_request_s_buckets_go_to_their_periods() -> None:
    (part,) = plan((LAST_WEEK, WEEK_BEFORE), None)
    slots = [part.slot_of(Slice(p.start, p.end)) for p in (LAST_WEEK, WEEK_BEFORE)]
    assert [(slot.period, slot.bucket_start) for slot in slots if slot] == [(0, None), (1, None)]


def test_days_between_two_compared_days_belong_to_neither() -> None:
    (part,) = plan((period("2026-11-20", "2026-11-21"), period("2026-11-13", "2026-11-14")), None)
    assert part.slot_of(Slice(local("2026-11-16"), local("2026-11-17"))) is None


@pytest.mark.parametrize(
    ("start", "end"),
    [
        pytest.param("2026-11-01T12:00", "2026-11-08T12:00", id="begins before, ends within"),
        pytest.param("2026-11-08T12:00", "2026-11-15T12:00", id="across the border of both"),
        pytest.param("2026-11-09", "2026-11-16T01:00", id="ends too late"),
    ],
)
def test_a_bucket_across_an_edge_is_never_counted(start: str, end: str) -> None:
    (part,) = plan((LAST_WEEK, WEEK_BEFORE), None)
    with pytest.raises(Misaligned):
        part.slot_of(Slice(local(start), local(end)))


@pytest.mark.parametrize("end", ["2026-11-20T14:45", "2026-11-20T15:00"])
def test_the_last_hour_may_be_reported_whole_or_as_far_as_it_was_asked(end: str) -> None:
    (part,) = plan((period("2026-11-20", "2026-11-20T14:45"),), Grain.HOUR)
    slot = part.slot_of(Slice(local("2026-11-20T14:00"), local(end)))
    assert slot is not None
    assert slot.bucket_start == local("2026-11-20T14:00")


def test_quarters_are_summed_to_hours_when_hours_cannot_be_had() -> None:
    (part,) = plan((period("2026-11-20", "2026-11-21", KATHMANDU),), Grain.HOUR, careful=True)
    assert part.span.granularity == "PT15M"
    slot = part.slot_of(Slice(local("2026-11-20T14:30", KATHMANDU), local("2026-11-20T14:45", KATHMANDU)))
    assert slot is not None
    assert slot.bucket_start == local("2026-11-20T14:00", KATHMANDU)


def test_quarters_are_summed_to_half_hours_when_those_cannot_be_had() -> None:
    first, *others = plan(FRIDAYS, Grain.HALF_HOUR, careful=True)
    assert (first.span.granularity, [part.span.granularity for part in others]) == ("PT15M", [None] * 4)
    slot = first.slot_of(Slice(local("2026-11-20T14:45"), local("2026-11-20T15:00")))
    assert slot is not None
    assert slot.bucket_start == local("2026-11-20T14:30")


def test_days_between_the_fridays_are_nobody_s() -> None:
    _, shared = plan(FRIDAYS, Grain.HALF_HOUR)
    found = [shared.slot_of(Slice(friday.start, friday.end)) for friday in FRIDAYS[1:]]
    assert [slot.period for slot in found if slot] == [1, 2, 3, 4]
    assert shared.slot_of(Slice(local("2026-11-10"), local("2026-11-11"))) is None


@pytest.mark.parametrize(
    ("zone", "day", "half_hours"),
    [
        pytest.param(BERLIN, "2026-03-29", 46, id="spring"),
        pytest.param(BERLIN, "2026-10-25", 50, id="autumn"),
        pytest.param(LORD_HOWE, "2026-10-04", 47, id="half an hour less"),
        pytest.param(LORD_HOWE, "2026-04-05", 49, id="half an hour more"),
        pytest.param(KATHMANDU, "2026-11-20", 48, id="an offset of 45 minutes"),
    ],
)
def test_a_day_has_the_half_hours_its_clock_shows(zone: ZoneInfo, day: str, half_hours: int) -> None:
    start = date.fromisoformat(day)
    whole = Period(start=midnight(start, zone), end=midnight(start + DAY, zone), zone=zone, name=day)
    (part,) = plan((whole,), Grain.HALF_HOUR)
    assert len(part.slots) == half_hours
    assert all(slot.end - slot.start == HOUR / 2 for slot in part.slots)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        pytest.param(BERLIN, "2026-03-29", 23, id="spring"),
        pytest.param(BERLIN, "2026-10-25", 25, id="autumn"),
        pytest.param(KATHMANDU, "2026-11-20", 24, id="an offset of 45 minutes"),
    ],
)
def test_a_day_has_the_hours_its_clock_shows(zone: ZoneInfo, day: str, hours: int) -> None:
    start = date.fromisoformat(day)
    whole = Period(start=midnight(start, zone), end=midnight(start + DAY, zone), zone=zone, name=day)
    starts = [slot.bucket_start for part in plan((whole,), Grain.HOUR) for slot in part.slots]
    assert len(starts) == hours
    assert all(start is not None and start.astimezone(zone).minute == 0 for start in starts)


zones = st.sampled_from(
    [BERLIN, KATHMANDU, LORD_HOWE, ZoneInfo("America/St_Johns"), ZoneInfo("Africa/Cairo"), ZoneInfo("UTC")]
)
quarters = st.integers(0, 366 * 96).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + n * timedelta(minutes=15))


@given(zones, quarters, st.integers(1, 60 * 96), st.sampled_from([None, *Grain]), st.booleans())
def test_slots_tile_the_period_and_requests_stay_short(
    zone: ZoneInfo, start: datetime, length: int, grain: Grain | None, careful: bool
) -> None:
    whole = Period(start=start, end=start + length * timedelta(minutes=15), zone=zone, name="any")
    parts = plan((whole,), grain, careful=careful)
    slots = [slot for part in parts for slot in part.slots]
    assert (slots[0].start, slots[-1].end) == (whole.start, whole.end)
    assert all(one.end == other.start for one, other in pairwise(slots))
    assert all(part.span.end - part.span.start <= timedelta(days=31) for part in parts)
    assert all(part.span.start == part.slots[0].start and part.span.end == part.slots[-1].end for part in parts)
    if grain is not None:
        longest = LENGTHS.get(grain, 25 * HOUR)
        assert all(slot.end - slot.start <= longest for slot in slots)


@pytest.mark.parametrize(
    ("span", "middle"),
    [
        pytest.param(
            Span(start=local("2026-11-09"), end=local("2026-11-16")), "2026-11-12T12:00", id="one figure: an hour"
        ),
        pytest.param(
            Span(start=local("2026-11-02"), end=local("2026-11-16"), granularity="P7D", zone="Europe/Berlin"),
            "2026-11-09",
            id="two weeks: between them",
        ),
        pytest.param(
            Span(start=local("2026-11-09"), end=local("2026-11-16"), granularity="P7D", zone="Europe/Berlin"),
            "2026-11-12T12:00",
            id="a single bucket: as one figure",
        ),
        pytest.param(
            Span(start=local("2026-10-24"), end=local("2026-10-28"), granularity="P1D", zone="Europe/Berlin"),
            "2026-10-26",
            id="days: a local midnight, also after a day of 25 hours",
        ),
        pytest.param(
            Span(start=local("2026-11-09"), end=local("2026-11-10"), granularity="PT1H", zone="Europe/Berlin"),
            "2026-11-09T12:00",
            id="hours: an hour",
        ),
        pytest.param(
            Span(
                start=local("2026-11-09T09:00"),
                end=local("2026-11-09T12:00"),
                granularity="PT30M",
                zone="Europe/Berlin",
            ),
            "2026-11-09T10:30",
            id="half hours: a half hour",
        ),
    ],
)
def test_a_span_too_heavy_is_halved_where_a_bucket_ends(span: Span, middle: str) -> None:
    both = halves(span)
    assert both is not None
    one, other = both
    assert (one.start, one.end, other.start, other.end) == (span.start, local(middle), local(middle), span.end)


def test_an_hour_is_not_halved() -> None:
    assert halves(Span(start=local("2026-11-09T10:00"), end=local("2026-11-09T11:00"))) is None
