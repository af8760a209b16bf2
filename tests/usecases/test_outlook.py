"""Can the running day still make target: counts of the answer, and what usually still comes from the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from bot.domain.alerts.samples import QUARTER, Place, Sample
from bot.domain.ids import QueueId, TeamId, UserId
from bot.domain.period import Period
from bot.domain.questions import Formula, Grouping, QueueWord, SlaQuestion
from bot.domain.queues import Media, Queue, Target
from bot.domain.sla import Counts, Share, SlaReport, SlaRow, Switches
from bot.store.database import open_store
from bot.usecases.alerts.holidays import Holidays
from bot.usecases.outlook import Outlook
from bot.usecases.samples.history import History

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.store.database import Store

LONDON = ZoneInfo("Europe/London")
FRIDAY = date(2026, 11, 20)
T20 = timedelta(seconds=20)
BILLING = Queue(
    id=QueueId("billing"), name="Billing", division="Home", targets={Media.VOICE: Target(share=0.8, threshold=T20)}
)
SALES = replace(BILLING, id=QueueId("sales"), name="Sales")
CALLS = Place(BILLING.id, Media.VOICE)
TEAM = TeamId("T1")


def at(clock: str, *, weeks: int = 0) -> datetime:
    return datetime.combine(FRIDAY - timedelta(weeks=weeks), time.fromisoformat(clock), LONDON).astimezone(UTC)


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    """Eight Fridays on which 40 contacts came until 10:30 and 100 after it; today 20 by 10:15, of which 10 in time."""
    async with open_store("sqlite://") as store:
        for week in range(1, 9):
            mine = [
                Sample(place=CALLS, start=at("10:15", weeks=week), answered=40),
                Sample(place=CALLS, start=at("17:00", weeks=week), answered=100),
            ]
            quarters = [at("00:00", weeks=week) + number * QUARTER for number in range(24 * 4)]
            await store.samples.record(quarters, mine, thresholds=frozenset({T20}), fetched_at=at("00:00"))
        now = [Sample(place=CALLS, start=at("10:00"), answered=20, within={T20: 10})]
        quarters = [at("00:00") + number * QUARTER for number in range(41)]
        await store.samples.record(quarters, now, thresholds=frozenset({T20}), fetched_at=at("10:16"))
        yield store


def today(**changes: Any) -> Period:
    given = {"start": at("00:00"), "end": at("10:15"), "zone": LONDON, "name": "today", "running": True}
    return Period(**(given | changes))


def report(*, period: Period | None = None, **changes: Any) -> SlaReport:
    """80 of 100 in time so far."""
    row = SlaRow(
        queue=BILLING,
        media=Media.VOICE,
        threshold=changes.pop("threshold", T20),
        target=changes.pop("target", BILLING.targets[Media.VOICE]),
        counts=Counts(offered=100, answered=100, within=80),
        share=Share(within=80, denominator=100),
    )
    question = SlaQuestion(
        queues=(QueueWord(text="billing"),),
        threshold=None,
        period=period or today(),
        by=changes.pop("by", Grouping.QUEUE),
        formula=changes.pop("formula", Formula.GENESYS),
    )
    return SlaReport(
        question=question,
        switches=Switches(),
        queues=changes.pop("queues", (BILLING,)),
        as_of=at("10:20"),
        compared_with=None,
        rows=(row,),
        silent=(),
        total=row,
    )


def outlook(store: Store) -> Outlook:
    history = History(store.samples, switches=Switches())
    holidays = Holidays(store.calendar, team=TEAM)
    return Outlook(store.samples, history, holidays=holidays, switches=Switches())


async def test_the_day_counts_from_the_answer_and_the_half_hour_from_the_store(store: Store) -> None:
    day, half_hour = (each.reach for each in await outlook(store).of(report()))
    # 80 % of 100 + 140 are 192, of which 80 are there.
    assert (day.name, day.expected, day.needed) == ("today", 140, 112)
    # 80 % of 20 + 40 are 48, of which 10 are there.
    assert (half_hour.name, half_hour.within, half_hour.expected, half_hour.needed) == ("this half hour", 10, 40, 38)


async def test_a_threshold_of_ones_own_is_held_to_the_queues_share(store: Store) -> None:
    (day,) = await outlook(store).of(report(threshold=timedelta(seconds=30)))
    assert day.reach.target == Target(share=0.8, threshold=timedelta(seconds=30))


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"period": today(running=False)}, id="the period is closed"),
        pytest.param({"period": today(start=at("00:00") - timedelta(days=1))}, id="it is longer than the day"),
        pytest.param({"period": today(start=at("09:00"))}, id="it is a part of the day"),
        pytest.param({"queues": (BILLING, SALES)}, id="several queues"),
        pytest.param({"by": Grouping.HOUR}, id="a curve"),
        pytest.param({"formula": Formula.OFFERED}, id="another formula than what is usual is counted with"),
        pytest.param({"target": None}, id="nothing is promised"),
        pytest.param({"threshold": None}, id="nothing to count with"),
    ],
)
async def test_nothing_is_said(store: Store, changes: dict[str, Any]) -> None:
    assert await outlook(store).of(report(**changes)) == ()


async def test_on_a_holiday_nothing_is_said(store: Store) -> None:
    await Holidays(store.calendar, team=TEAM).add([FRIDAY], "Feast", by=UserId("U1"))
    assert await outlook(store).of(report()) == ()


async def test_a_half_hour_that_has_just_begun_is_left_out(store: Store) -> None:
    found = await outlook(store).of(report(period=today(end=at("10:00"))))
    assert [each.reach.name for each in found] == ["today"]


async def test_a_half_hour_of_which_a_part_was_not_fetched_is_left_out(store: Store) -> None:
    found = await outlook(store).of(report(period=today(end=at("10:45"))))
    assert [each.reach.name for each in found] == ["today"]
