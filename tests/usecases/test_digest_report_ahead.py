"""Many digests of the same moment cost what the most demanding of them costs."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from bot.demo.centre_organisation import Queue
from bot.demo.centre_visits import Outcome, Visit, epoch_ms
from bot.domain.ids import QueueId, TeamId, UserId
from bot.domain.questions import QueueWord, SlaQuestion
from bot.errors import GenesysError, NotAllowed, UnknownQueue
from bot.usecases.naming import Asker
from tests.usecases.by_hand_site import asked, site

if TYPE_CHECKING:
    from collections.abc import Sequence

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 20, 0, 35, tzinfo=LONDON)
"""Yesterday ended 35 minutes ago: not long enough for its counts to be kept."""
MANY = tuple(Queue.named(f"Queue {number:03}") for number in range(200))
THRESHOLDS = tuple(timedelta(seconds=seconds) for seconds in (10, 20, 30, 60, 120))


def some_visits(queues: Sequence[Queue], count: int) -> list[Visit]:
    chance = random.Random(count)
    return [
        Visit(
            conversation_id=str(number),
            queue_id=chance.choice(queues).id,
            offered_ms=epoch_ms(NOW.astimezone(UTC)) - chance.randrange(33 * 24 * 60) * 60_000,
            wait_ms=chance.choice([5_000, 20_000, 45_000, 100_000]),
            outcome=chance.choice([Outcome.ANSWERED, Outcome.ANSWERED, Outcome.ABANDONED]),
            talk_ms=60_000,
        )
        for number in range(count)
    ]


def about(
    queues: Sequence[Queue], threshold: timedelta | None = THRESHOLDS[1], words: str = "yesterday"
) -> SlaQuestion:
    named = tuple(QueueWord(text=queue.id, quoted=True) for queue in queues)
    return SlaQuestion(queues=named, threshold=threshold, period=asked(words, NOW).period)


async def test_a_thousand_digests_of_two_hundred_queues_and_five_thresholds_cost_four_requests() -> None:
    chance = random.Random(4)
    questions = [
        about(chance.sample(MANY, chance.choice([1, 3, 8])), chance.choice([*THRESHOLDS, None])) for _ in range(1000)
    ]
    async with site(some_visits(MANY, 20_000), NOW, MANY) as here:
        gathered = await here.ask.digests_ahead((question, None) for question in questions)
        assert here.requests == 0
        reports = await asyncio.gather(*(gathered.digest(question) for question in questions))
        assert here.requests <= 4
        for question, report in zip(questions[::100], reports[::100], strict=True):
            assert report == await here.digest(question)


async def test_digests_composed_one_after_the_other_do_not_ask_again() -> None:
    questions = [about([queue], threshold) for queue in MANY[:3] for threshold in THRESHOLDS]
    async with site(some_visits(MANY[:3], 900), NOW, MANY[:3]) as here:
        gathered = await here.ask.digests_ahead((question, None) for question in questions)
        for question in questions:
            report = await gathered.digest(question)
            assert report.total.threshold == question.threshold
        assert here.requests == 2


async def test_each_zone_and_period_is_asked_for_itself_and_names_of_a_period_do_not_matter() -> None:
    kathmandu = asked("yesterday", NOW.astimezone(ZoneInfo("Asia/Kathmandu")))
    questions = [about(MANY[:1]), about(MANY[1:2], words="2026-11-19"), about(MANY[:1], words="last-week"), kathmandu]
    async with site(some_visits(MANY[:3], 900), NOW, MANY[:3]) as here:
        gathered = await here.ask.digests_ahead((question, None) for question in questions)
        for question in questions:
            await gathered.digest(question)
        assert here.requests == 6


async def test_a_question_that_was_not_announced_is_answered_all_the_same() -> None:
    async with site(some_visits(MANY[:3], 900), NOW, MANY[:3]) as here:
        gathered = await here.ask.digests_ahead([(about(MANY[:1]), None)])
        await gathered.digest(about(MANY[:1]))
        for other in (about(MANY[1:2]), about(MANY[:1], THRESHOLDS[4]), about(MANY[:1], words="monday")):
            assert await gathered.digest(other) == await here.digest(other)


async def test_what_is_announced_late_is_asked_for_with_the_rest() -> None:
    async with site(some_visits(MANY[:3], 900), NOW, MANY[:3]) as here:
        gathered = await here.ask.digests_ahead([(about(MANY[:1]), None)])
        await gathered.digest(about(MANY[:1]))
        await gathered.announce([(about(MANY[1:2]), None)])
        for queue in MANY[:2]:
            assert await gathered.digest(about([queue])) == await here.digest(about([queue]))


async def test_a_word_that_means_nothing_fails_its_own_digest_only() -> None:
    unknown = SlaQuestion(queues=(QueueWord(text="nowhere at all"),), threshold=None, period=about(()).period)
    limited = Asker(team=TeamId("T"), user=UserId("U"), sight=frozenset({QueueId(MANY[1].id)}))
    async with site(some_visits(MANY[:3], 900), NOW, MANY[:3]) as here:
        questions = [(unknown, None), (about(MANY[:1]), limited), (about(MANY[:1]), None)]
        gathered = await here.ask.digests_ahead(questions)
        with pytest.raises(UnknownQueue):
            await gathered.digest(unknown)
        with pytest.raises(NotAllowed):
            await gathered.digest(about(MANY[:1]), asker=limited)
        assert (await gathered.digest(about(MANY[:1]))).total.counts.offered


async def test_a_limited_place_sees_its_own_part_of_what_all_have_asked_for() -> None:
    limited = Asker(team=TeamId("T"), user=UserId("U"), sight=frozenset({QueueId(MANY[1].id)}))
    async with site(some_visits(MANY[:3], 900), NOW, MANY[:3]) as here:
        gathered = await here.ask.digests_ahead([(about(()), None), (about(()), limited)])
        everything, part = await gathered.digest(about(())), await gathered.digest(about(()), asker=limited)
        assert [queue.name for queue in part.queues] == ["Queue 001"]
        assert [line for line in everything.lines if line.queue in part.queues] == list(part.lines)
        assert here.requests == 2


async def test_a_part_that_failed_fails_the_digests_that_need_it_and_no_others() -> None:
    yesterday, week = about(MANY[:1]), about(MANY[:1], words="last-week")
    async with site(some_visits(MANY[:3], 900), NOW, MANY[:3]) as here:
        gathered = await here.ask.digests_ahead([(yesterday, None), (about(MANY[1:2]), None), (week, None)])
        assert (await gathered.digest(week)).lines
        here.stage.faults.set("down")
        for question in (yesterday, about(MANY[1:2])):
            with pytest.raises(GenesysError):
                await gathered.digest(question)
        assert (await gathered.digest(week)).lines


async def test_a_digest_that_is_given_up_does_not_take_the_others_with_it() -> None:
    questions = [about([queue]) for queue in MANY[:3]]
    async with site(some_visits(MANY[:3], 900), NOW, MANY[:3]) as here:
        gathered = await here.ask.digests_ahead((question, None) for question in questions)
        given_up, *others = (asyncio.create_task(gathered.digest(question)) for question in questions)
        await asyncio.sleep(0)
        given_up.cancel()
        for other in others:
            assert (await other).lines
        assert (await gathered.digest(questions[0])).lines
        assert here.requests == 2
