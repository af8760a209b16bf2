"""Figures from the store and figures from the platform are the same, down to the last contact."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from bot.domain.alerts.samples import QUARTER
from bot.domain.calendar import read_period
from bot.domain.dimensions import Dimension
from bot.domain.period import Period, midnight
from bot.domain.questions import SlaQuestion
from bot.domain.sla import Switches
from bot.genesys.people import People
from bot.genesys.tallies import TallyQuery
from bot.store.database import open_store
from bot.usecases.ask import Ask
from tests.usecases.samples_site import BILLING, SALES, Clock, Site, site, some_visits

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from bot.demo.centre_visits import Visit
    from bot.genesys.tallies import Counting
    from bot.store.database import Store

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
THURSDAY = datetime(2026, 11, 19, tzinfo=UTC)
NOW = THURSDAY + timedelta(days=1, hours=10, minutes=2)


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    async with open_store("sqlite://") as store:
        yield store


def visits_of(seed: int) -> list[Visit]:
    return some_visits(random.Random(seed), THURSDAY - 5 * WEEK, THURSDAY + 2 * DAY, 1_200)


async def filled(here: Site) -> None:
    filling = here.filling(kept=6 * WEEK)
    await filling.refresh(here.clock.now)
    while (await filling.fill(here.clock.later(seconds=5))).left:
        pass
    here.log.clear()


def asking(here: Site, digesting: Counting | None = None) -> Ask:
    return Ask(
        here.directory,
        here.genesys,
        people=People(here.genesys, now=here.clock),
        switches=Switches(),
        choices=None,
        now=here.clock,
        digesting=digesting,
    )


def question(words: str, now: datetime, threshold: float | None = None) -> SlaQuestion:
    period = read_period(words, now=now)
    assert period
    wait = timedelta(seconds=threshold) if threshold is not None else None
    return SlaQuestion(queues=(), threshold=wait, period=period)


@pytest.mark.parametrize(
    ("zone", "words", "threshold"),
    [
        pytest.param("Europe/London", "yesterday", 30, id="a threshold of the grid"),
        pytest.param("America/New_York", "yesterday", None, id="each queue's own; the clocks changed between"),
        pytest.param("Asia/Kathmandu", "yesterday", None, id="days that begin at a quarter past an hour of UTC"),
        pytest.param("Australia/Lord_Howe", "last-week", None, id="weeks"),
    ],
)
async def test_a_digest_says_the_same_with_comparisons_from_the_store(
    store: Store, zone: str, words: str, threshold: float | None
) -> None:
    async with site(store, visits_of(1), clock=Clock(NOW)) as here:
        await filled(here)
        asked = question(words, here.clock.now.astimezone(ZoneInfo(zone)), threshold)
        from_store = await asking(here, here.stored).digest(asked)
        requests = len(here.asked)
        from_genesys = await asking(here).digest(asked)
    assert from_store == from_genesys
    assert from_store.usual
    assert from_store.total.usual
    assert requests == 1
    assert len(here.asked) > requests


async def test_after_late_data_was_fetched_they_still_say_the_same(store: Store) -> None:
    clock, every = Clock(NOW), visits_of(2)
    async with site(store, every[::2], clock=clock) as here:
        await filled(here)
    clock.later(days=2)
    async with site(store, every, clock=clock) as here:
        filling = here.filling()
        await filling.refresh(clock.now)
        changed = (await filling.fill(clock.now)).changed
        assert any(late.start.date() == THURSDAY.date() for late in changed)
        closed = Period(start=THURSDAY, end=THURSDAY + DAY, zone=ZoneInfo("UTC"), name="then")
        today = Period(start=THURSDAY + 3 * DAY, end=THURSDAY + 3 * DAY + QUARTER, zone=ZoneInfo("UTC"), name="now")
        query = TallyQuery(thresholds=await thresholds(here), periods=(today, closed), times=True)
        stored = await here.stored.tallies(query)
        truth = await here.genesys.tallies(query)
    assert stored.by_period == truth.by_period
    assert sum(tally.offered for tally in stored.by_period[1].values()) > 0


async def thresholds(here: Site) -> dict[Any, frozenset[timedelta]]:
    queues = await here.directory.snapshot()
    return {queue.id: frozenset(target.threshold for target in queue.targets.values()) for queue in queues}


@pytest.mark.parametrize(("zone", "seed"), [("Europe/London", 4), ("Asia/Kathmandu", 5), ("Australia/Lord_Howe", 6)])
async def test_a_closed_day_from_the_store_is_what_sla_says_of_it(store: Store, zone: str, seed: int) -> None:
    async with site(store, visits_of(seed), clock=Clock(NOW)) as here:
        await filled(here)
        there = ZoneInfo(zone)
        day = (THURSDAY - 3 * DAY).date()
        closed = Period(start=midnight(day, there), end=midnight(day + DAY, there), zone=there, name="then")
        asked = SlaQuestion(queues=(), threshold=None, period=closed)
        sla = await asking(here).sla(asked)
        query = TallyQuery(thresholds=await thresholds(here), periods=(closed, closed), times=True)
        here.log.clear()
        stored = (await here.stored.tallies(query)).by_period[1]
        assert len(here.asked) == 1  # the period asked about
    said = {(row.queue.id, row.media): row for row in sla.rows if row.queue and row.media}
    assert {(key.queue, key.media) for key in stored} >= set(said)
    for key, tally in stored.items():
        row = said[key.queue, key.media]
        assert row.counts.offered == tally.offered
        assert row.counts.answered == tally.answered
        assert row.counts.abandoned == tally.abandoned
        assert row.counts.within == (tally.within[row.threshold] if row.threshold else 0)


def query(wants: dict[Any, frozenset[timedelta]], *more: Period, **changes: Any) -> TallyQuery:
    zone = ZoneInfo("UTC")
    asked = Period(start=THURSDAY, end=THURSDAY + DAY, zone=zone, name="now")
    before = Period(start=THURSDAY - WEEK, end=THURSDAY - WEEK + DAY, zone=zone, name="then")
    settings: dict[str, Any] = {"times": True, "periods": (asked, *(more or (before,)))}
    return TallyQuery(thresholds=wants, **(settings | changes))


def stretch(start: datetime, length: timedelta = DAY) -> Period:
    return Period(start=start, end=start + length, zone=ZoneInfo("UTC"), name="then")


@pytest.mark.parametrize(
    ("more", "changes"),
    [
        pytest.param((), {"times": False}, id="the platform's own service level"),
        pytest.param((), {"by": frozenset({Dimension.DIRECTION})}, id="what is told apart further"),
        pytest.param((stretch(THURSDAY - 11 * WEEK),), {}, id="before anything was fetched"),
        pytest.param((stretch(THURSDAY - WEEK), stretch(THURSDAY - 11 * WEEK)), {}, id="all of them or none"),
        pytest.param((stretch(NOW - timedelta(hours=1, minutes=2), timedelta(hours=1)),), {}, id="not settled"),
        pytest.param((stretch(THURSDAY - WEEK, timedelta(minutes=20)),), {}, id="not whole quarter hours"),
    ],
)
async def test_what_the_store_cannot_know_is_asked_of_the_platform(
    store: Store, more: Sequence[Period], changes: dict[str, Any]
) -> None:
    async with site(store, visits_of(3), clock=Clock(NOW)) as here:
        await filled(here)
        wanted = query(await thresholds(here), *more, **changes)
        stored = await here.stored.tallies(wanted)
        asked = here.intervals
        assert stored.by_period == (await here.genesys.tallies(wanted)).by_period
    assert all(any(start <= one.start and one.end <= end for start, end in asked) for one in wanted.periods[1:])


async def test_a_threshold_that_was_not_counted_is_asked_of_the_platform(store: Store) -> None:
    async with site(store, visits_of(3), clock=Clock(NOW)) as here:
        await filled(here)
        odd = dict.fromkeys(await thresholds(here), frozenset({timedelta(seconds=17)}))
        stored = await here.stored.tallies(query(odd))
        assert stored.by_period == (await here.genesys.tallies(query(odd))).by_period


async def test_a_day_whose_night_nobody_saw_is_asked_of_the_platform(store: Store) -> None:
    async with site(store, visits_of(3), clock=Clock(NOW)) as here:
        await filled(here)
        here.clock.later(days=1)
        await here.stored.tallies(query(await thresholds(here), stretch(NOW.replace(hour=0, minute=0), DAY / 4)))
    assert len(here.asked) == 2


def test_the_sites_queues_have_thresholds_that_differ() -> None:
    assert BILLING.targets["voice"].within != SALES.targets["voice"].within
