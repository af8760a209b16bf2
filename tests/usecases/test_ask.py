"""What is asked of the directory, without the wire."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

import httpx
import pytest

from bot.domain.calendar import today_so_far
from bot.domain.dimensions import Dimension, Label
from bot.domain.ids import QueueId
from bot.domain.questions import ConversationsQuestion, Grouping, QueueWord, ReportQuestion, SlaQuestion
from bot.domain.queues import Media, Queue, Target
from bot.domain.sla import Switches
from bot.errors import BadWord
from bot.genesys.client import genesys_client
from bot.genesys.directory import QueueDirectory
from bot.genesys.people import People
from bot.usecases.ask import Ask

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.genesys.client import GenesysClient


class Listing(tuple[Queue, ...]):  # noqa: SLOT001  it counts
    """Counts how often it is gone through."""

    readings = 0

    def __iter__(self) -> Iterator[Queue]:
        self.readings += 1
        return super().__iter__()


def utc_now() -> datetime:
    return datetime(2026, 11, 21, tzinfo=UTC)


class Noting(dict[Media, Target]):
    """Notes in which threads it was looked into."""

    def __init__(self, targets: Mapping[Media, Target]) -> None:
        super().__init__(targets)
        self.threads: set[int] = set()

    def get(self, key: Media, default: Any = None) -> Any:
        self.threads.add(threading.get_ident())
        return super().get(key, default)


async def asleep(_: float) -> None:
    raise AssertionError("nothing waits here")


async def test_the_names_of_a_listing_are_folded_once_and_not_at_every_keystroke():
    listing = Listing(Queue(id=QueueId(str(n)), name=f"Queue {n}") for n in range(3))

    async def load() -> tuple[Queue, ...]:
        return listing

    directory = QueueDirectory(load, now=utc_now, sleep=asleep, random=lambda: 0.5)
    # Names are completed from memory: the client is not asked.
    genesys = cast("GenesysClient", None)
    people = People(genesys, now=utc_now)
    ask = Ask(directory, genesys, people=people, switches=Switches(), choices=None, now=utc_now)
    await directory.snapshot()
    read_for_the_directory = listing.readings
    for typed in ("q", "qu", "que"):
        assert len(ask.naming.suggest(typed)) == 3
    assert listing.readings - read_for_the_directory == 1


async def test_the_arithmetic_of_an_answer_does_not_hold_up_the_loop():
    targets = Noting({Media.VOICE: Target(share=0.8, threshold=timedelta(seconds=20))})
    group = {"queueId": "1", "mediaType": "voice"}
    counts = [{"metric": "nOffered", "stats": {"count": 1}}]

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth/token":
            return httpx.Response(200, json={"access_token": "t", "expires_in": 3600})
        interval = json.loads(request.content)["interval"]
        found = {"group": group, "data": [{"interval": interval, "metrics": counts}]}
        return httpx.Response(200, json={"results": [found]})

    async def load() -> tuple[Queue, ...]:
        return (Queue(id=QueueId("1"), name="Billing", targets=targets),)

    now = utc_now().astimezone(ZoneInfo("Europe/London"))
    question = SlaQuestion(queues=(), threshold=None, period=today_so_far(now + timedelta(hours=9)), by=Grouping.DAY)
    async with genesys_client(
        api_url="http://genesys",
        login_url="http://genesys",
        client_id="id",
        client_secret="secret",
        now=utc_now,
        transport=httpx.MockTransport(answer),
    ) as genesys:
        directory = QueueDirectory(load, now=utc_now, sleep=asleep, random=lambda: 0.5)
        people = People(genesys, now=utc_now)
        ask = Ask(directory, genesys, people=people, switches=Switches(), choices=None, now=utc_now)
        assert (await ask.sla(question)).total.counts.offered == 1
    assert targets.threads
    assert threading.get_ident() not in targets.threads


async def test_a_report_that_means_nothing_is_refused_before_anything_is_asked():
    period = today_so_far(utc_now().astimezone(ZoneInfo("Europe/London")) + timedelta(hours=9))
    question = ReportQuestion(queues=(), period=period, by=(Dimension.AGENT,), metrics=("offered",))
    nothing = cast("Any", None)
    ask = Ask(nothing, nothing, people=nothing, switches=Switches(), choices=None, now=utc_now)
    with pytest.raises(BadWord):
        await ask.report(question)


async def test_figures_of_agents_come_also_when_names_may_not_be_read():
    answered = [{"metric": "tAnswered", "stats": {"count": 3, "sum": 30_000, "max": 20_000}}]
    group = {"queueId": "1", "mediaType": "voice", "userId": "7cfb14fd-0000"}

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth/token":
            return httpx.Response(200, json={"access_token": "t", "expires_in": 3600})
        if request.url.path == "/api/v2/users":
            return httpx.Response(403, json={"message": "You are not permitted to do that"})
        return httpx.Response(200, json={"results": [{"group": group, "data": [{"metrics": answered}]}]})

    async def load() -> tuple[Queue, ...]:
        return (Queue(id=QueueId("1"), name="Billing"),)

    period = today_so_far(utc_now().astimezone(ZoneInfo("Europe/London")) + timedelta(hours=9))
    async with genesys_client(
        api_url="http://genesys",
        login_url="http://genesys",
        client_id="id",
        client_secret="secret",
        now=utc_now,
        transport=httpx.MockTransport(answer),
    ) as genesys:
        directory = QueueDirectory(load, now=utc_now, sleep=asleep, random=lambda: 0.5)
        people = People(genesys, now=utc_now)
        ask = Ask(directory, genesys, people=people, switches=Switches(), choices=None, now=utc_now)
        report = await ask.report(ReportQuestion(queues=(), period=period, by=(Dimension.AGENT,)))
    (row,) = report.rows
    assert row.group == (Label("7cfb14fd-0000", "Unknown agent 7cfb14fd"),)
    assert row.amounts.answered == 3


@pytest.mark.parametrize("kind", [ReportQuestion, ConversationsQuestion])
async def test_a_question_that_is_kept_spells_queues_as_the_directory_does(
    kind: type[ReportQuestion | ConversationsQuestion],
):
    async def load() -> tuple[Queue, ...]:
        return (Queue(id=QueueId("1"), name="Billing EU"),)

    directory = QueueDirectory(load, now=utc_now, sleep=asleep, random=lambda: 0.5)
    nothing = cast("Any", None)
    ask = Ask(directory, nothing, people=nothing, switches=Switches(), choices=None, now=utc_now)
    period = today_so_far(utc_now().astimezone(ZoneInfo("Europe/London")) + timedelta(hours=9))
    settled = await ask.settled(kind(queues=(QueueWord(text="billing eu"),), period=period))
    assert settled.queues == (QueueWord(text="Billing EU", quoted=True),)
