"""Figures against a count by hand over the centre's raw visits: hundreds of random questions."""

from __future__ import annotations

import random
from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from bot.app import asking
from bot.commands.sla import parse_sla
from bot.demo.centre import Centre
from bot.demo.centre_organisation import Queue
from bot.demo.centre_visits import Outcome, Visit
from bot.demo.world import ZONE, world
from bot.domain.questions import Grouping
from bot.errors import BadPeriod
from bot.settings import AskSettings
from tests.official_client import judge_aggregates

if TYPE_CHECKING:
    from bot.app import Tempo
    from bot.domain.sla import SlaReport, SlaRow

NOW = datetime(2026, 11, 5, 14, 37, 21, tzinfo=UTC)
"""A Thursday, eleven days after clocks went back in London and four after they did in New York."""
ZONES = ("Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")
QUEUES = ("Billing", "Sales", "Support", '"Billing EU"', "claims", "bill*", "Billing, Sales")
ALL_OF = ("all yesterday", "all today", "all 2026-10-25", "all 2026-11-01", "all 2026-11-04 08:15..17:45")
THRESHOLDS = ("", "20s", "30s", "1m30s", "15", "4h")
PERIODS = (
    "today", "yesterday", "this-week", "last-week", "last-7-days", "monday", "2026-10-25", "2026-11-01",
    "2026-10-24..2026-10-26", "2026-11-04 08:15..17:45", "this-month", "last-month", "3d",
)  # fmt: skip
GROUPINGS = ("", "", "by media", "by hour", "by day")
FORMULAS = ("", "of answered", "of offered")
SEEDS = range(12)
QUESTIONS_PER_SEED = 25


@pytest.fixture(scope="module")
def centre() -> Centre:
    return Centre.demo(zone=ZONE)


def question(chance: random.Random) -> tuple[str, str]:
    subject = f"{chance.choice(QUEUES)} {chance.choice(PERIODS)}" if chance.random() < 0.9 else chance.choice(ALL_OF)
    words = [
        subject,
        chance.choice(THRESHOLDS),
        chance.choice(GROUPINGS),
        chance.choice(FORMULAS),
    ]
    return " ".join(word for word in words if word), chance.choice(ZONES)


class Raw:
    """Every visit of the weeks in question, sorted into queues and media once."""

    def __init__(self, centre: Centre, start: datetime, end: datetime) -> None:
        self.entered: dict[tuple[str, str], list[int]] = {}
        self.left: dict[tuple[str, str], list[tuple[int, int, Outcome]]] = {}
        for visit in centre.visits(start, end):
            if visit.outcome is not Outcome.OUTBOUND and visit.queue_id is not None:
                line = visit.queue_id, visit.media
                self.entered.setdefault(line, []).append(visit.offered_ms)
                left = visit.offered_ms + visit.wait_ms, visit.wait_ms, visit.outcome
                self.left.setdefault(line, []).append(left)
        for entering in self.entered.values():
            entering.sort()
        for leaving in self.left.values():
            leaving.sort(key=itemgetter(0))

    def counts(
        self, queue: str, media: str, start: datetime, end: datetime, threshold: timedelta | None
    ) -> tuple[int, int, int, int, int]:
        """Offered, answered, within, abandoned, flowed out; what is after NOW has not happened."""
        first, last = (round(moment.timestamp() * 1000) for moment in (start, min(end, NOW)))
        limit = threshold / timedelta(milliseconds=1) if threshold else -1
        entered, left = self.entered.get((queue, media), []), self.left.get((queue, media), [])
        inside = left[bisect_left(left, first, key=itemgetter(0)) : bisect_left(left, last, key=itemgetter(0))]
        answered = [wait for _, wait, outcome in inside if outcome is Outcome.ANSWERED]
        return (
            bisect_left(entered, last) - bisect_left(entered, first),
            len(answered),
            sum(wait <= limit for wait in answered),
            sum(outcome is Outcome.ABANDONED for _, _, outcome in inside),
            sum(outcome is Outcome.FLOW_OUT for _, _, outcome in inside),
        )


@pytest.fixture(scope="module")
def raw(centre: Centre) -> Raw:
    return Raw(centre, NOW - timedelta(days=70), NOW)


def figures(row: SlaRow) -> tuple[int, int, int, int, int]:
    counts = row.counts
    return counts.offered, counts.answered, counts.within, counts.abandoned, counts.flow_out


def summed(parts: list[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(map(sum, zip(*parts, strict=True))) if parts else (0, 0, 0, 0, 0)


def expected(report: SlaReport, raw: Raw) -> tuple[dict[Any, tuple[int, ...]], tuple[int, ...]]:
    """Each row's counts and the total's, by hand."""
    asked = report.question
    lines: dict[tuple[str, str], tuple[int, ...]] = {}
    hours: dict[datetime, list[tuple[int, ...]]] = {}
    for queue in report.queues:
        for media in {media for known, media in raw.entered if known == queue.id}:
            target = next((target for kind, target in queue.targets.items() if kind == media), None)
            threshold = asked.threshold or (target.threshold if target else None)
            counts = raw.counts(queue.id, media, asked.period.start, asked.period.end, threshold)
            if any(counts):
                lines[queue.id, media] = counts
            if asked.by in {Grouping.HOUR, Grouping.DAY} and any(counts) and media != "callback":
                for row in report.rows:
                    assert row.bucket
                    inside = raw.counts(queue.id, media, row.bucket.start, row.bucket.end, threshold)
                    hours.setdefault(row.bucket.start, []).append(inside)
    total = summed([counts for (_, media), counts in lines.items() if media != "callback"])
    match asked.by:
        case Grouping.QUEUE:
            return {**lines}, total
        case Grouping.MEDIA:
            media = {media for _, media in lines}
            return {kind: summed([c for (_, one), c in lines.items() if one == kind]) for kind in media}, total
        case _:
            return {start: summed(parts) for start, parts in hours.items()}, total


def key(row: SlaRow) -> object:
    if row.bucket:
        return row.bucket.start
    return (row.queue.id, str(row.media)) if row.queue else str(row.media)


@pytest.mark.parametrize("seed", SEEDS)
async def test_every_figure_equals_the_count_by_hand(centre: Centre, raw: Raw, tempo: Tempo, seed: int):
    chance = random.Random(seed)
    questions = [question(chance) for _ in range(QUESTIONS_PER_SEED)]
    async with (
        world(now=lambda: NOW, commands=(), centre=centre) as stage,
        asking(AskSettings.from_env(stage.genesys_environment), now=lambda: NOW, tempo=tempo) as verbs,
    ):
        for text, zone in questions:
            asked = parse_sla(text, now=NOW.astimezone(ZoneInfo(zone))).question
            try:
                report = await verbs.ask.sla(asked)
            except BadPeriod:
                assert "by hour" in text, text
                continue
            rows, total = expected(report, raw)
            found = {key(row): figures(row) for row in report.rows}
            if asked.by in {Grouping.HOUR, Grouping.DAY}:
                rows = {start: rows.get(start, (0, 0, 0, 0, 0)) for start in found}
            assert found == rows, (text, zone)
            assert figures(report.total) == total, (text, zone)
        for sent in stage.requests.to("/api/v2/analytics/conversations/aggregates/query"):
            judge_aggregates(sent.body)


BOUNDS = [19_999, 20_000, 20_001, 29_999, 30_000, 30_001, 30_500]


@pytest.mark.parametrize(
    ("threshold", "within"),
    [
        pytest.param("20s", 2, id="an answer at exactly 20 s counts, one a millisecond later does not"),
        pytest.param("30s", 5, id="an answer at exactly 30 s counts, one a millisecond later does not"),
        pytest.param("31s", 7, id="all"),
    ],
)
async def test_a_wait_equal_to_the_threshold_is_within_it(tempo: Tempo, threshold: str, within: int):
    queue = Queue.named("Billing")
    nine = round(datetime(2026, 11, 4, 9, tzinfo=UTC).timestamp() * 1000)
    visits = [
        Visit(
            conversation_id=f"c{wait}",
            queue_id=queue.id,
            offered_ms=nine + number * 60_000,
            outcome=Outcome.ANSWERED,
            wait_ms=wait,
            talk_ms=60_000,
        )
        for number, wait in enumerate(BOUNDS)
    ]
    async with (
        world(now=lambda: NOW, commands=(), centre=Centre.of([queue], visits)) as stage,
        asking(AskSettings.from_env(stage.genesys_environment), now=lambda: NOW, tempo=tempo) as verbs,
    ):
        report = await verbs.ask.sla(
            parse_sla(f"billing {threshold} yesterday", now=NOW.astimezone(ZoneInfo("UTC"))).question
        )
        assert report.total.counts.within == within
        assert report.total.counts.answered == len(BOUNDS)


async def test_the_period_before_is_counted_as_truly(centre: Centre, raw: Raw, tempo: Tempo):
    """Weeks of unequal length in hours: the clocks went back in between."""
    async with (
        world(now=lambda: NOW, commands=(), centre=centre) as stage,
        asking(AskSettings.from_env(stage.genesys_environment), now=lambda: NOW, tempo=tempo) as verbs,
    ):
        for text in ("sales 30s last-week", "sales 30s yesterday", "sales 30s last-month", "sales 30s today"):
            report = await verbs.ask.sla(parse_sla(text, now=NOW.astimezone(ZoneInfo(ZONE))).question)
            before = report.compared_with
            assert before
            for row in report.rows:
                assert row.queue
                assert row.previous
                counted = raw.counts(row.queue.id, str(row.media), before.start, before.end, timedelta(seconds=30))
                assert (row.previous.within, row.previous.denominator) == (counted[2], counted[1] + counted[3]), text
