"""The demo's clock, and both stand-ins when it jumps."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.clock import DemoClock, next_monday, tomorrow
from bot.demo.slack_people import ANA, BILLING_FLOOR
from bot.demo.world import World, world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
DAY = timedelta(days=1)
MORNING = time(7, 44)


@pytest.fixture
def clock() -> DemoClock:
    """Real time stands still, so that only jumps move it."""
    return DemoClock(real=lambda: NOON)


@pytest.fixture
async def stage(clock: DemoClock) -> AsyncIterator[World]:
    async with world(clock=clock, commands=()) as both:
        yield both


def test_a_jump_adds_to_the_real_time() -> None:
    real = NOON
    clock = DemoClock(real=lambda: real)
    clock.jump(NOON + DAY)
    real += timedelta(minutes=5)
    assert clock.now() == NOON + DAY + timedelta(minutes=5)


def test_the_clock_does_not_go_back(clock: DemoClock) -> None:
    clock.jump(NOON + DAY)
    with pytest.raises(ValueError, match="only goes forward"):
        clock.jump(NOON)
    assert clock.now() == NOON + DAY


@pytest.mark.parametrize(
    ("now", "zone", "at"),
    [
        pytest.param(NOON, "Europe/London", datetime(2026, 11, 17, 7, 44, tzinfo=UTC), id="an ordinary day"),
        pytest.param(
            datetime(2026, 10, 24, 12, tzinfo=UTC),
            "Europe/London",
            datetime(2026, 10, 25, 7, 44, tzinfo=UTC),
            id="summer time ends in between",
        ),
        pytest.param(
            datetime(2026, 11, 16, 23, tzinfo=UTC),
            "Asia/Kathmandu",
            datetime(2026, 11, 18, 1, 59, tzinfo=UTC),
            id="it is tomorrow there already",
        ),
    ],
)
def test_tomorrow_is_the_next_day_in_the_zone(now: datetime, zone: str, at: datetime) -> None:
    assert tomorrow(now, at=MORNING, zone=ZoneInfo(zone)) == at


@pytest.mark.parametrize(
    ("now", "day"),
    [
        pytest.param(NOON, 23, id="on a Monday the one a week later"),
        pytest.param(NOON + 5 * DAY, 23, id="from a Saturday"),
        pytest.param(datetime(2026, 11, 22, 23, 30, tzinfo=UTC), 23, id="from late on a Sunday"),
    ],
)
def test_monday_is_the_next_one(now: datetime, day: int) -> None:
    at = datetime(2026, 11, day, 7, 44, tzinfo=UTC)
    assert next_monday(now, at=MORNING, zone=ZoneInfo("Europe/London")) == at


async def test_the_page_moves_the_clock_of_both_stand_ins(stage: World, clock: DemoClock) -> None:
    async with aiohttp.ClientSession() as http:
        async with http.post(f"{stage.page}page/clock", json={"key": "tomorrow"}) as answer:
            shown = (await answer.json())["clock"]
        async with http.post(f"{stage.page}page/clock", json={"key": "yesterday"}) as answer:
            assert answer.status == 404
    morning = datetime(2026, 11, 17, 7, 44, tzinfo=UTC)
    assert (clock.now(), shown["now"] / 1000, shown["zone"]) == (morning, morning.timestamp(), "Europe/London")
    message = stage.slack.say(ANA, BILLING_FLOOR, "Good morning")
    assert float(message.ts) == pytest.approx(morning.timestamp(), abs=1)


async def test_what_was_handed_out_before_a_jump_is_good_after_it(stage: World, clock: DemoClock) -> None:
    """A trigger lives three seconds and a response URL half an hour of real time."""
    jumped = asyncio.Event()
    opened: list[Any] = []
    view = {"type": "modal", "title": {"type": "plain_text", "text": "Why?"}, "blocks": [{"type": "divider"}]}
    async with aiohttp.ClientSession() as http:
        client = AsyncWebClient(base_url=stage.slack.base_url, token=stage.slack.tokens.bot, session=http)
        app = AsyncApp(client=client, signing_secret=stage.slack.tokens.signing_secret)

        @app.command("/sla")
        async def sla(ack: Any, body: Any, respond: Any, client: Any) -> None:
            await ack()
            await jumped.wait()
            opened.append(await client.views_open(trigger_id=body["trigger_id"], view=view))
            await respond(text="71 %")

        handler = AsyncSocketModeHandler(app, stage.slack.tokens.app)
        await handler.connect_async()
        await stage.slack.socket.connected()
        reply = await stage.slack.command(ANA, BILLING_FLOOR, "/sla")
        clock.jump(NOON + DAY)
        jumped.set()
        [message] = await reply.messages()
        await handler.close_async()
    assert message.text == "71 %"
    assert opened[0]["ok"]


async def test_the_centre_answers_for_the_days_jumped_over(stage: World, clock: DemoClock) -> None:
    clock.jump(NOON + 5 * DAY)
    midnights = [(NOON.replace(hour=0) + number * DAY).strftime("%Y-%m-%dT%H:%M:%SZ") for number in range(6)]
    query = {
        "interval": f"{midnights[0]}/{midnights[-1]}",
        "granularity": "P1D",
        "timeZone": "UTC",
        "groupBy": ["queueId"],
        "metrics": ["nOffered"],
    }
    async with aiohttp.ClientSession() as http:
        grant = {"grant_type": "client_credentials"}
        secret = {"Authorization": aiohttp.encode_basic_auth("demo-client", "demo-secret")}
        async with http.post(f"{stage.genesys_url}/oauth/token", data=grant, headers=secret) as answer:
            token = (await answer.json())["access_token"]
        path = f"{stage.genesys_url}/api/v2/analytics/conversations/aggregates/query"
        async with http.post(path, json=query, headers={"Authorization": f"Bearer {token}"}) as answer:
            body = await answer.json()
    days = {piece["interval"][:10] for result in body["results"] for piece in result["data"]}
    assert {midnight[:10] for midnight in midnights[:-1]} <= days


async def test_the_page_switches_faults_of_slack_on_and_off(stage: World) -> None:
    async with aiohttp.ClientSession() as http:
        client = AsyncWebClient(
            base_url=stage.slack.base_url, token=stage.slack.tokens.bot, session=http, retry_handlers=[]
        )

        async def switch(key: str, *, on: bool) -> None:
            async with http.post(f"{stage.page}page/switch", json={"key": key, "on": on}) as answer:
                [shown] = [one["on"] for one in (await answer.json())["switches"] if one["key"] == key]
            assert shown is on

        await switch("slack-revoked", on=True)
        with pytest.raises(SlackApiError, match="token_revoked"):
            await client.chat_postMessage(channel=BILLING_FLOOR, text="x")
        await switch("slack-revoked", on=False)
        await switch("slack-mute", on=True)
        with pytest.raises(aiohttp.ClientError):
            await client.chat_postMessage(channel=BILLING_FLOOR, text="x")
        await switch("slack-mute", on=False)
        await client.chat_postMessage(channel=BILLING_FLOOR, text="y")
    assert [message.text for message in stage.slack.messages(BILLING_FLOOR)] == ["x", "y"]
