"""Digests over the simulated platform against counts by hand over its raw visits, on days that begin or end oddly."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from bot.demo.centre_visits import Outcome, Visit, epoch_ms
from bot.domain.digest import Form
from bot.domain.period import Grain, Period, at_its_time, buckets, midnight
from bot.domain.sla import Share
from tests.usecases.by_hand_site import QUEUES, Site, asked, site

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.digest import DigestReport
    from bot.domain.sla import SlaReport

DAY = timedelta(days=1)


def some_visits(zone: ZoneInfo, day: date, chance: random.Random) -> list[Visit]:
    """On `day` and the four such weekdays before, many within a second of a half hour or about midnight."""
    visits = []
    for weeks in range(5):
        start, end = (midnight(day - weeks * 7 * DAY + more, zone) for more in (timedelta(), DAY))
        for _ in range(160):
            halves = chance.randrange(-3, round((end - start) / timedelta(minutes=30)) + 3)
            offered = start + halves * timedelta(minutes=30)
            beside = chance.choice([-1, 0, 1, chance.randrange(1_800_000), chance.randrange(1_800_000)])
            visits.append(
                Visit(
                    conversation_id=f"{weeks}-{len(visits)}",
                    queue_id=chance.choice(QUEUES).id,
                    media=chance.choice(["voice", "voice", "voice", "callback"]),
                    offered_ms=epoch_ms(offered) + beside,
                    wait_ms=chance.choice([0, 5_000, 19_999, 20_000, 20_001, 40_000, 600_000]),
                    outcome=chance.choice([Outcome.ANSWERED] * 4 + [Outcome.ABANDONED, Outcome.FLOW_OUT]),
                    talk_ms=chance.randrange(1000, 900_000),
                    acw_ms=chance.randrange(60_000),
                )
            )
    return visits


def check(report: DigestReport, here: Site, steps: Sequence[Period]) -> None:
    """Every figure of a day's digest, by hand."""
    period = report.question.period
    assert [(step.start, step.end) for step in report.usual] == [(step.start, step.end) for step in steps]
    assert len(report.lines) == 2 * len(QUEUES)
    for line in report.lines:
        assert line.queue
        assert line.share
        count = partial(here.counted, queue=line.queue.id, media=str(line.media))
        now, *past = (count(one.start, one.end) for one in (period, *steps))
        assert (line.counts.offered, line.counts.answered, line.counts.abandoned) == (
            now.offered,
            now.answered,
            now.abandoned,
        )
        assert (line.share.within, line.share.denominator) == now.share
        assert line.before == (
            Share(within=past[0].share[0], denominator=past[0].share[1]) if past[0].share[1] else None
        )
        assert line.usual
        assert (line.usual.within, line.usual.denominator) == tuple(
            map(sum, zip(*[p.share for p in past], strict=True))
        )
        assert line.aht == timedelta(milliseconds=now.handled[1]) / now.handled[0]
        calls, length = map(sum, zip(*[p.handled for p in past], strict=True))
        assert line.usual_aht == timedelta(milliseconds=length) / calls
        if line.promised:
            kept = 5 * line.share.within >= 4 * line.share.denominator
            beyond = [
                (share[1] * 0.8 - share[0], half)
                for half in buckets(period, Grain.HALF_HOUR)
                if (share := count(half.start, half.end).share) and not (kept and share[1] < 5)
            ]
            most, worst = max(beyond, key=itemgetter(0), default=(0, None))
            if kept and most <= 0:
                assert line.worst is None
                continue
            assert worst
            assert line.worst
            assert line.worst.bucket == worst
            assert (line.worst.share.within, line.worst.share.denominator) == count(worst.start, worst.end).share
    every = here.counted(period.start, period.end)
    assert report.total.share
    assert (report.total.share.within, report.total.share.denominator) == every.share
    course = [(row.bucket.start, row.counts.offered) for row in report.course if row.bucket]
    assert course == [(hour.start, here.counted(hour.start, hour.end).offered) for hour in buckets(period, Grain.HOUR)]


def same_as_sla(report: DigestReport, level: SlaReport) -> None:
    assert {(line.queue, line.media): (line.counts, line.share, line.before) for line in report.lines} == {
        (row.queue, row.media): (row.counts, row.share, row.previous) for row in level.rows
    }
    assert (report.total.counts, report.total.share, report.total.before) == (
        level.total.counts,
        level.total.share,
        level.total.previous,
    )
    assert report.silent == level.silent


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        pytest.param("Europe/London", date(2026, 3, 29), 23, id="London springs"),
        pytest.param("Europe/London", date(2026, 10, 25), 25, id="London falls back"),
        pytest.param("America/New_York", date(2026, 3, 8), 23, id="New York springs"),
        pytest.param("America/New_York", date(2026, 11, 1), 25, id="New York falls back"),
        pytest.param("Australia/Lord_Howe", date(2026, 10, 4), 23.5, id="Lord Howe springs by half an hour"),
        pytest.param("Australia/Lord_Howe", date(2026, 4, 5), 24.5, id="Lord Howe falls back by half an hour"),
        pytest.param("Asia/Kathmandu", date(2026, 3, 29), 24, id="Kathmandu is 5:45 ahead"),
        pytest.param("Asia/Kathmandu", date(2026, 10, 25), 24, id="Kathmandu half a year later"),
        pytest.param("America/Santiago", date(2026, 9, 6), 23, id="a midnight that is skipped"),
        pytest.param("America/Santiago", date(2026, 9, 13), 24, id="compared with a day that had none"),
    ],
)
async def test_a_day_is_counted_as_by_hand_and_as_sla_counts_it(zone: str, day: date, hours: float) -> None:
    there = ZoneInfo(zone)
    visits = some_visits(there, day, random.Random(f"{zone} {day}"))
    now = midnight(day + DAY, there) + timedelta(hours=9)
    async with site(visits, now) as here:
        question = asked("yesterday", now.astimezone(there))
        report = await here.digest(question)
        assert here.requests == 2
        assert report.form is Form.DAY
        assert question.period.length == hours * timedelta(hours=1)
        steps = [
            Period(
                start=midnight(day - weeks * 7 * DAY, there),
                end=midnight(day - weeks * 7 * DAY + DAY, there),
                zone=there,
                name="x",
            )
            for weeks in range(1, 5)
        ]
        check(report, here, steps)
        same_as_sla(report, await here.ask.sla(question))


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        pytest.param("Europe/London", date(2026, 10, 25), id="after the hour that came twice"),
        pytest.param("Australia/Lord_Howe", date(2026, 4, 5), id="after the half hour that came twice"),
        pytest.param("Asia/Kathmandu", date(2026, 10, 25), id="5:45 ahead"),
    ],
)
async def test_a_day_so_far_is_compared_with_the_same_local_times(zone: str, day: date) -> None:
    there = ZoneInfo(zone)
    visits = some_visits(there, day, random.Random(f"so far {zone} {day}"))
    now = datetime.combine(day, datetime.min.time(), there).replace(hour=14, minute=52)
    async with site([visit for visit in visits if visit.handled_ms < epoch_ms(now.astimezone(UTC))], now) as here:
        question = asked("today", now)
        report = await here.digest(question)
        assert here.requests == 5
        steps = [
            Period(
                start=midnight(day - weeks * 7 * DAY, there),
                end=at_its_time(question.period.end, there, day - weeks * 7 * DAY),
                zone=there,
                name="x",
            )
            for weeks in range(1, 5)
        ]
        check(report, here, steps)
        same_as_sla(report, await here.ask.sla(question))


def months_of_visits(now: datetime, chance: random.Random) -> list[Visit]:
    return [
        Visit(
            conversation_id=str(number),
            queue_id=chance.choice(QUEUES).id,
            offered_ms=epoch_ms(now) - chance.randrange(170 * 24 * 60) * 60_000,
            wait_ms=chance.choice([19_000, 20_000, 20_001, 40_000]),
            outcome=chance.choice([Outcome.ANSWERED, Outcome.ANSWERED, Outcome.ABANDONED]),
            talk_ms=60_000,
        )
        for number in range(3000)
    ]


@pytest.mark.parametrize(
    ("zone", "at", "words", "form", "requests", "course"),
    [
        pytest.param("Europe/London", "2026-10-26T09:00", "last-week", Form.WEEK, 2, [1] * 7, id="a week of 169 hours"),
        pytest.param(
            "Australia/Lord_Howe", "2026-11-02T09:00", "last-week", Form.WEEK, 2, [1] * 7, id="four weeks after"
        ),
        pytest.param(
            "America/New_York", "2026-12-01T09:00", "last-month", Form.MONTH, 5, [7, 7, 7, 7, 2], id="a month"
        ),
        pytest.param("Europe/London", "2026-10-28T09:00", "last-3-days", Form.OTHER, 2, [1] * 3, id="other days"),
    ],
)
async def test_longer_periods_are_counted_as_by_hand(
    zone: str, at: str, words: str, form: Form, requests: int, course: list[int]
) -> None:
    there = ZoneInfo(zone)
    now = datetime.fromisoformat(at).replace(tzinfo=there)
    async with site(months_of_visits(now.astimezone(UTC), random.Random(zone)), now) as here:
        question = asked(words, now)
        report = await here.digest(question)
        assert (report.form, here.requests) == (form, requests)
        for line in report.lines:
            assert line.queue
            assert line.share
            count = partial(here.counted, queue=line.queue.id)
            ours, *past = (count(one.start, one.end).share for one in (question.period, *report.usual))
            assert (line.share.within, line.share.denominator) == ours
            assert (line.usual is None) == (form is Form.OTHER)
            if line.usual:
                assert (line.usual.within, line.usual.denominator) == tuple(map(sum, zip(*past, strict=True)))
            assert report.before
            assert line.before
            assert (line.before.within, line.before.denominator) == count(report.before.start, report.before.end).share
        assert [
            (row.bucket.end.astimezone(there).date() - row.bucket.start.astimezone(there).date()).days
            for row in report.course
            if row.bucket
        ] == course
        assert [row.counts.offered for row in report.course] == [
            here.counted(row.bucket.start, row.bucket.end).offered for row in report.course if row.bucket
        ]
        same_as_sla(report, await here.ask.sla(question))
