"""What the demo offers to provoke, as the page asks for it, and the clock that walks through it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from bot.demo.centre import Centre
from bot.demo.centre_organisation import Queue
from bot.demo.clock import DemoClock, next_weekday
from bot.demo.clock_walk import LONGEST, Walk
from bot.demo.panel import BUSY
from bot.demo.provoke import SCENARIOS
from bot.demo.slack_journal import What
from bot.demo.world import World, world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

from zoneinfo import ZoneInfo

FRIDAY = datetime(2026, 11, 20, 10, 5, tzinfo=UTC)
NIGHT = datetime(2026, 11, 20, 2, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
OBSERVATIONS = "/api/v2/analytics/queues/observations/query"


class Real:
    """The real time, standing still until a test or a pause lets it pass."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> DemoClock:
    return DemoClock(real=lambda: FRIDAY)


@pytest.fixture
async def stage(clock: DemoClock) -> AsyncIterator[World]:
    async with world(clock=clock, commands=()) as both:
        yield both


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def switch(http: aiohttp.ClientSession, stage: World, key: str, *, on: bool) -> Any:
    async with http.post(f"{stage.page}page/switch", json={"key": key, "on": on}) as answer:
        return await answer.json()


async def move(http: aiohttp.ClientSession, stage: World, **how: Any) -> Any:
    async with http.post(f"{stage.page}page/clock", json=how) as answer:
        return await answer.json()


async def token(http: aiohttp.ClientSession, stage: World) -> tuple[int, dict[str, str]]:
    auth = {"Authorization": aiohttp.encode_basic_auth("demo-client", "demo-secret")}
    form = {"grant_type": "client_credentials"}
    async with http.post(f"{stage.genesys_url}/oauth/token", data=form, headers=auth) as answer:
        return answer.status, {"Authorization": f"Bearer {(await answer.json()).get('access_token')}"}


async def waiting(http: aiohttp.ClientSession, stage: World, headers: dict[str, str]) -> int:
    queue = stage.centre.queue("Billing").id
    predicates = [
        {"dimension": "queueId", "value": queue},
        {"dimension": "mediaType", "value": "voice"},
    ]
    body = {"filter": {"type": "and", "predicates": predicates}, "metrics": ["oWaiting"]}
    async with http.post(f"{stage.genesys_url}{OBSERVATIONS}", json=body, headers=headers) as answer:
        [group] = (await answer.json())["results"]
        return int(group["data"][0]["stats"]["count"])


@pytest.mark.parametrize("key", [one.key for one in SCENARIOS])
async def test_the_page_begins_and_ends_a_scenario(stage: World, http: aiohttp.ClientSession, key: str) -> None:
    begun = await switch(http, stage, key, on=True)
    assert {one["key"]: one["on"] for one in begun["switches"]}[key]
    assert stage.provoke.lasts(key)
    ended = await switch(http, stage, key, on=False)
    assert not {one["key"]: one["on"] for one in ended["switches"]}[key]


async def test_the_wire_shows_the_line_that_a_test_provokes(
    stage: World, http: aiohttp.ClientSession, clock: DemoClock
) -> None:
    _, headers = await token(http, stage)
    assert await waiting(http, stage, headers) < 5
    stage.provoke.start("agents-leave")
    clock.jump(FRIDAY + timedelta(minutes=15))
    assert await waiting(http, stage, headers) > 10
    stage.provoke.stop("agents-leave")
    clock.jump(FRIDAY + timedelta(minutes=45))
    assert await waiting(http, stage, headers) < 5


async def test_whoever_looks_at_the_page_is_told_of_a_scenario_that_a_test_begins(stage: World) -> None:
    stage.provoke.start("calls-stop", queue="Sales")
    assert [entry.what for entry in stage.slack.workspace.journal.since(0)] == [What.SWITCHES]
    assert stage.provoke.lasts("calls-stop", queue="Sales")
    assert not stage.provoke.lasts("calls-stop")


async def test_at_night_the_page_says_why_nothing_can_be_provoked(http: aiohttp.ClientSession) -> None:
    async with world(clock=DemoClock(real=lambda: NIGHT), commands=()) as stage:
        answer = await switch(http, stage, "agents-leave", on=True)
        assert not answer["ok"]
        assert "working hours" in answer["text"]
        assert not stage.provoke.lasts("agents-leave")


async def test_a_centre_without_the_queue_offers_no_scenarios(http: aiohttp.ClientSession) -> None:
    async with world(centre=Centre.of([Queue.named("Sales")], []), commands=()) as stage:
        answer = await switch(http, stage, "genesys-slow", on=False)
        assert not [one for one in answer["switches"] if one["undo"]]


async def test_an_unknown_scenario_or_queue_is_named(stage: World) -> None:
    with pytest.raises(KeyError, match="earthquake"):
        stage.provoke.start("earthquake")
    with pytest.raises(KeyError, match="Nowhere"):
        stage.provoke.start("calls-stop", queue="Nowhere")


async def test_refused_credentials_end_the_token_in_use_and_come_back(
    stage: World, http: aiohttp.ClientSession
) -> None:
    _, headers = await token(http, stage)
    await switch(http, stage, "genesys-credentials", on=True)
    body = {"filter": {"type": "or", "predicates": []}, "metrics": ["oWaiting"]}
    async with http.post(f"{stage.genesys_url}{OBSERVATIONS}", json=body, headers=headers) as answer:
        assert answer.status == 401
    assert (await token(http, stage))[0] in (400, 401)
    await switch(http, stage, "genesys-credentials", on=False)
    assert (await token(http, stage))[0] == 200


async def test_a_walk_of_ten_minutes_lets_everybody_look_at_each(
    stage: World, http: aiohttp.ClientSession, clock: DemoClock
) -> None:
    looked: list[datetime] = []

    async def look() -> None:
        looked.append(clock.now())

    clock.each_minute(look)
    assert (await move(http, stage, key="ten"))["ok"]
    assert stage.walk is not None
    await stage.walk.arrived()
    assert looked == [FRIDAY + timedelta(minutes=n) for n in range(1, 11)]


async def test_in_fast_motion_a_minute_passes_every_second() -> None:
    real = Real(FRIDAY)
    clock = DemoClock(real=real)
    looked: list[datetime] = []
    walk = Walk(clock, sleep=real.sleep)

    async def look() -> None:
        looked.append(clock.now())
        if len(looked) == 5:
            walk.set_fast(False)

    clock.each_minute(look)
    walk.set_fast(True)
    await walk.arrived()
    assert looked == [FRIDAY + timedelta(minutes=n) for n in range(1, 6)]
    assert real.at == FRIDAY + timedelta(seconds=5)


async def test_the_page_switches_fast_motion_on_and_off(stage: World, http: aiohttp.ClientSession) -> None:
    assert (await move(http, stage, key="fast", on=True))["clock"]["fast"]
    assert not (await move(http, stage, key="fast", on=False))["clock"]["fast"]


async def test_who_fails_in_a_minute_does_not_stop_the_clock(clock: DemoClock) -> None:
    async def fail() -> None:
        raise RuntimeError

    clock.each_minute(fail)
    walk = Walk(clock)
    walk.forward(timedelta(minutes=2))
    await walk.arrived()
    assert clock.now() == FRIDAY + timedelta(minutes=2)


async def test_a_walk_has_an_end(clock: DemoClock) -> None:
    walk = Walk(clock)
    walk.forward(LONGEST)
    with pytest.raises(ValueError, match="on its way"):
        walk.forward(timedelta(minutes=1))
    await walk.close()


WEEKDAYS = [
    pytest.param(FRIDAY, datetime(2026, 11, 20, 10, 30, tzinfo=UTC), id="later the same morning"),
    pytest.param(FRIDAY + timedelta(hours=1), datetime(2026, 11, 23, 10, 30, tzinfo=UTC), id="over the weekend"),
    pytest.param(datetime(2026, 11, 22, 9, tzinfo=UTC), datetime(2026, 11, 23, 10, 30, tzinfo=UTC), id="from Sunday"),
    pytest.param(datetime(2026, 3, 27, 12, tzinfo=UTC), datetime(2026, 3, 30, 9, 30, tzinfo=UTC), id="to summer time"),
]


@pytest.mark.parametrize(("now", "then"), WEEKDAYS)
def test_working_hours_are_found(now: datetime, then: datetime) -> None:
    assert next_weekday(now, at=BUSY, zone=LONDON) == then
