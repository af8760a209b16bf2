"""Random questions to the simulated platform, over HTTP, against a count over the visits it was given."""

from __future__ import annotations

import random
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, get_args
from zoneinfo import ZoneInfo

import pytest
from aiohttp.test_utils import TestServer

from bot.demo.centre import Centre
from bot.demo.centre_organisation import Flow
from bot.demo.centre_organisation import Queue as CentreQueue
from bot.demo.centre_visits import Outcome, Visit, epoch_ms
from bot.demo.faults import Faults, Mode
from bot.demo.genesys_log import RequestLog
from bot.demo.genesys_options import Options
from bot.demo.genesys_server import genesys_app
from bot.domain.ids import QueueId
from bot.domain.period import Grain, Period, buckets, midnight
from bot.domain.queues import Media
from bot.domain.sla import Reported
from bot.errors import GenesysError, GenesysForbidden
from bot.genesys.client import genesys_client
from bot.genesys.tallies import Tallies, Tally, TallyKey, TallyQuery
from tests.official_client import judge_aggregates

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from bot.genesys.client import GenesysClient

AGGREGATES = "/api/v2/analytics/conversations/aggregates/query"
NAMES = ("Billing", "Claims", "Sales", "Support", "Returns")
QUEUES = tuple(CentreQueue.named(name) for name in NAMES)
THRESHOLDS = tuple(timedelta(milliseconds=ms) for ms in (1000, 19_999, 20_000, 30_000, 60_000, 600_000))
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Cairo", "UTC")
CHANGES = {
    "Europe/Berlin": datetime(2026, 10, 25, tzinfo=UTC),
    "America/New_York": datetime(2026, 11, 1, tzinfo=UTC),
    "Asia/Kathmandu": datetime(2026, 10, 10, tzinfo=UTC),
    "Australia/Lord_Howe": datetime(2026, 10, 4, tzinfo=UTC),
    "Africa/Cairo": datetime(2026, 4, 24, tzinfo=UTC),
    "UTC": datetime(2026, 3, 1, tzinfo=UTC),
}
"""A day on which something happens to the zone's clock, where anything does."""
LATER = datetime(2026, 11, 21, 12, tzinfo=UTC)


@dataclass
class Platform:
    """The simulated platform and what it was asked."""

    url: str
    seconds: float = 0.0
    options: Options = field(default_factory=Options)
    faults: Faults = field(default_factory=Faults)
    log: RequestLog = field(default_factory=RequestLog)

    def now(self) -> datetime:
        return LATER + timedelta(seconds=self.seconds)

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [asked.body for asked in self.log.to(AGGREGATES)]

    @asynccontextmanager
    async def client(self, **changes: Any) -> AsyncIterator[GenesysClient]:
        settings: dict[str, Any] = {
            "api_url": self.url,
            "login_url": self.url,
            "client_id": "id",
            "client_secret": "secret",
            "now": self.now,
            "clock": lambda: self.seconds,
            "sleep": self.sleep,
        }
        async with genesys_client(**(settings | changes)) as client:
            yield client


@asynccontextmanager
async def platform_over(centre: Centre) -> AsyncIterator[Platform]:
    platform = Platform(url="")
    app = genesys_app(
        centre,
        now=platform.now,
        client_id="id",
        client_secret="secret",
        faults=platform.faults,
        options=platform.options,
        log=platform.log,
    )
    async with TestServer(app, host="127.0.0.1") as server:
        platform.url = str(server.make_url("")).rstrip("/")
        yield platform


def some_visits(chance: random.Random, around: datetime, count: int = 1500) -> list[Visit]:
    """Within three weeks on either side; waits often exactly at a threshold, or a millisecond beside one."""
    waits = [t // timedelta(milliseconds=1) + beside for t in THRESHOLDS for beside in (-1, 0, 1)]
    visits = []
    for number in range(count):
        outcome = chance.choice([Outcome.ANSWERED, Outcome.ANSWERED, Outcome.ABANDONED, Outcome.FLOW_OUT])
        # Many begin or end within a second of an hour: buckets must part them exactly.
        offered = epoch_ms(around) + chance.randrange(-21 * 24, 21 * 24) * 3_600_000
        offered += chance.choice([0, 1, -1, chance.randrange(3_600_000)])
        visits.append(
            Visit(
                conversation_id=f"conversation-{number}",
                queue_id=chance.choice(QUEUES).id,
                media=chance.choice(["voice", "voice", "email", "callback"]),
                offered_ms=offered,
                wait_ms=chance.choice([*waits, 0, 3_599_999, chance.randrange(900_000)]),
                outcome=outcome,
            )
        )
    return visits


def counted(
    visits: Sequence[Visit], queue: QueueId, start: datetime, end: datetime, thresholds: frozenset[timedelta]
) -> dict[Media, Tally]:
    """What the platform documents, straight from the visits of a queue."""
    first, last = epoch_ms(start), epoch_ms(end)
    found: dict[Media, Tally] = {}
    for media in {visit.media for visit in visits}:
        mine = [visit for visit in visits if visit.queue_id == str(queue) and visit.media == media]
        offered = [visit for visit in mine if first <= visit.offered_ms < last]
        left = [visit for visit in mine if first <= visit.left_ms < last]
        if not offered and not left:
            continue
        waits = [visit.wait_ms for visit in left if visit.outcome is Outcome.ANSWERED]
        abandons = [visit.wait_ms for visit in left if visit.outcome is Outcome.ABANDONED]
        over = sum(1 for wait in waits if wait > 20_000 and media == "voice")
        rated = len(waits) + len(abandons)
        found[Media(media)] = Tally(
            offered=len(offered),
            answered=len(waits),
            abandoned=len(abandons),
            short_abandoned=sum(1 for wait in abandons if wait < 5000),
            flow_out=sum(1 for visit in left if visit.outcome is Outcome.FLOW_OUT),
            over_sla=over,
            within={t: sum(1 for wait in waits if wait <= t / timedelta(milliseconds=1)) for t in thresholds},
            reported=Reported(numerator=len(waits) - over, denominator=rated) if rated and media == "voice" else None,
        )
    return found


def expected(visits: Sequence[Visit], query: TallyQuery) -> tuple[dict[TallyKey, Tally], ...]:
    answer: tuple[dict[TallyKey, Tally], ...] = tuple({} for _ in query.periods)
    for position, period in enumerate(query.periods):
        cut = query.grain is not None and position == 0
        pieces = buckets(period, query.grain or Grain.DAY) if cut else (period,)
        for piece in pieces:
            for queue, thresholds in query.thresholds.items():
                for media, tally in counted(visits, queue, piece.start, piece.end, thresholds).items():
                    answer[position][TallyKey(queue, media, piece.start if cut else None)] = tally
    return answer


def without_reported(periods: tuple[Mapping[TallyKey, Tally], ...]) -> list[dict[TallyKey, tuple[Any, ...]]]:
    return [
        {
            key: (t.offered, t.answered, t.abandoned, t.short_abandoned, t.flow_out, t.over_sla, dict(t.within))
            for key, t in period.items()
        }
        for period in periods
    ]


def a_period(chance: random.Random, zone: ZoneInfo, around: datetime) -> Period:
    if chance.random() < 0.6:
        first = around.date() + timedelta(days=chance.randrange(-14, 8))
        start, end = midnight(first, zone), midnight(first + timedelta(days=chance.choice([1, 1, 2, 7])), zone)
    else:
        start = around + chance.randrange(-14 * 96, 8 * 96) * timedelta(minutes=15)
        end = start + chance.randrange(1, 7 * 96) * timedelta(minutes=15)
    return Period(start=start, end=end, zone=zone, name="any")


def a_query(chance: random.Random, zone: ZoneInfo, around: datetime) -> TallyQuery:
    period = a_period(chance, zone, around)
    before = Period(start=period.start - period.length, end=period.start, zone=zone, name="before")
    days = (period.local_end.date() - period.local_start.date()).days
    if days and chance.random() < 0.7:
        before = Period(
            start=midnight(period.local_start.date() - timedelta(days=days), zone),
            end=midnight(period.local_start.date(), zone),
            zone=zone,
            name="before",
        )
    return TallyQuery(
        thresholds={
            QueueId(queue.id): frozenset(chance.sample(THRESHOLDS, chance.randrange(4)))
            for queue in chance.sample(QUEUES, chance.randrange(1, 6))
        },
        periods=(period, before) if chance.random() < 0.5 and before.start < before.end else (period,),
        grain=chance.choice([None, None, *Grain]),
    )


@pytest.mark.parametrize("zone_name", ZONES)
async def test_every_figure_equals_a_count_over_the_visits(zone_name: str) -> None:
    chance, zone = random.Random(zone_name), ZoneInfo(zone_name)
    around = CHANGES[zone_name]
    visits = some_visits(chance, around)
    async with platform_over(Centre.of(QUEUES, visits)) as platform, platform.client() as client:
        for _ in range(25):
            query = a_query(chance, zone, around)
            answer = await client.tallies(query)
            assert without_reported(answer.by_period) == without_reported(expected(visits, query)), query


@pytest.mark.parametrize("zone_name", ZONES)
async def test_a_period_and_four_before_it_are_counted_as_they_were(zone_name: str) -> None:
    """Days and weeks that share requests, and days so far that do not; Cairo has a midnight that is skipped."""
    chance, zone = random.Random(f"four before {zone_name}"), ZoneInfo(zone_name)
    around = CHANGES[zone_name]
    visits = some_visits(chance, around, 2500)
    async with platform_over(Centre.of(QUEUES, visits)) as platform, platform.client() as client:
        for days, step, grain in ((1, 7, Grain.HALF_HOUR), (1, 7, None), (7, 7, Grain.DAY), (7, 7, None), (2, 3, None)):
            last = around.date() + timedelta(days=chance.randrange(0, 4))
            cut = timedelta(hours=chance.choice([0, 0, 7.25]))
            periods = tuple(
                Period(
                    start=midnight(last - timedelta(days=back * step), zone),
                    end=midnight(last - timedelta(days=back * step - days), zone) - cut,
                    zone=zone,
                    name="any",
                )
                for back in range(5)
            )
            thresholds = {QueueId(queue.id): frozenset(THRESHOLDS[1:3]) for queue in QUEUES[:3]}
            query = TallyQuery(thresholds=thresholds, periods=periods, grain=grain)
            answer = await client.tallies(query)
            assert without_reported(answer.by_period) == without_reported(expected(visits, query)), query
    for body in platform.bodies:
        judge_aggregates(body)


async def test_the_reported_service_level_is_the_platform_s_own() -> None:
    chance, zone = random.Random(7), ZoneInfo("Europe/Berlin")
    around = CHANGES["Europe/Berlin"]
    visits = [visit for visit in some_visits(chance, around) if visit.media == "voice"]
    async with platform_over(Centre.of(QUEUES, visits)) as platform, platform.client() as client:
        for _ in range(10):
            query = a_query(chance, zone, around)
            answer = await client.tallies(query)
            told = [{key: tally.reported for key, tally in period.items()} for period in answer.by_period]
            assert told == [
                {key: tally.reported for key, tally in period.items()} for period in expected(visits, query)
            ], query


async def test_generated_traffic_is_counted_as_it_was_generated() -> None:
    queues = [CentreQueue.named(name, voice=Flow(weekday=80), email=Flow(weekday=20)) for name in NAMES]
    centre = Centre.of(queues, seed=11)
    zone = ZoneInfo("Europe/London")
    week = Period(
        start=datetime(2026, 11, 9, tzinfo=UTC), end=datetime(2026, 11, 16, tzinfo=UTC), zone=zone, name="last-week"
    )
    query = TallyQuery(
        thresholds={QueueId(queue.id): frozenset({timedelta(seconds=30)}) for queue in queues}, periods=(week,)
    )
    visits = [
        visit
        for visit in centre.visits(week.start - timedelta(days=2), week.end)
        if visit.outcome is not Outcome.OUTBOUND and visit.queue_id is not None
    ]
    async with platform_over(centre) as platform, platform.client() as client:
        answer = await client.tallies(query)
    (asked,) = expected(visits, query)
    assert {key: (tally.offered, tally.answered, tally.within) for key, tally in asked.items()} == {
        key: (tally.offered, tally.answered, tally.within)
        for key, tally in answer.by_period[0].items()
        if tally.offered or tally.answered
    }


async def test_a_demo_sized_organisation_is_asked_in_two_requests_for_two_weeks() -> None:
    async with platform_over(Centre.demo()) as platform, platform.client() as client:
        queues = await client.queues()
        zone = ZoneInfo("Europe/London")
        weeks = [
            Period(start=midnight(day, zone), end=midnight(day + timedelta(days=7), zone), zone=zone, name="week")
            for day in (datetime(2026, 11, 9, tzinfo=UTC).date(), datetime(2026, 11, 2, tzinfo=UTC).date())
        ]
        thresholds = {queue.id: frozenset(target.threshold for target in queue.targets.values()) for queue in queues}
        answer = await client.tallies(TallyQuery(thresholds=thresholds, periods=tuple(weeks)))
    assert len(queues) > 100
    assert len(platform.bodies) == 2
    assert all(sum(tally.answered for tally in period.values()) > 5000 for period in answer.by_period)


@pytest.mark.parametrize("mode", get_args(Mode))
async def test_whatever_fails_once_the_figure_is_right_or_the_error_clear(mode: Mode) -> None:
    chance, zone = random.Random(3), ZoneInfo("Europe/Berlin")
    around = CHANGES["Europe/Berlin"]
    visits = some_visits(chance, around)
    async with platform_over(Centre.of(QUEUES, visits)) as platform, platform.client() as client:
        for _ in range(3):
            platform.faults.set(mode, requests=1, delay_seconds=0.01)
            query = a_query(chance, zone, around)
            try:
                answer: Tallies | None = await client.tallies(query)
            except GenesysError:
                assert mode in ("rate_limited_long", "wrong_secret")
            else:
                assert answer is not None
                assert without_reported(answer.by_period) == without_reported(expected(visits, query))


async def test_a_missing_permission_is_named() -> None:
    async with platform_over(Centre.of(QUEUES, [])) as platform, platform.client() as client:
        await client.permissions.count()
        await client.permissions.list_queues()
        platform.options.permissions = frozenset()
        with pytest.raises(GenesysForbidden, match="not permitted") as raised:
            await client.permissions.count()
        assert raised.value.detail == "analytics:conversationAggregate:view"
        with pytest.raises(GenesysForbidden, match="not permitted") as raised:
            await client.permissions.list_queues()
        assert raised.value.detail == "routing:queue:view"


async def test_the_pace_stays_within_the_platform_s_limit() -> None:
    async with platform_over(Centre.of(QUEUES, [])) as platform, platform.client() as client:
        await client.limits()
        for _ in range(700):
            await client.permissions.list_queues()
    assert {asked.status for asked in platform.log.entries} == {200}
