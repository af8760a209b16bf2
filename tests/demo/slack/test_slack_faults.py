"""Failures on request, and the pace Slack keeps by itself."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack_faults import Drop
from bot.demo.slack_local import local_slack, serving
from bot.demo.slack_pace import WORKSPACE_PACE, Limits, Pace, PostPace
from bot.demo.slack_people import ANA, BILLING_FLOOR, BOT, SERVICE_DESK, demo_workspace
from bot.demo.slack_workspace import Channel, ChannelId

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

    from bot.demo.slack_local import LocalSlack
    from bot.demo.slack_workspace import Workspace

CROWD = 200
"""Channels of a crowded workspace: more than may be posted to at once."""
CHART = {
    "type": "data_visualization",
    "title": "Media",
    "chart": {"type": "pie", "segments": [{"label": "Voice", "value": 1}]},
}


def crowded(now: Any) -> Workspace:
    """Nothing but channels."""
    workspace = demo_workspace(now=now, bot_name="Queue SLA")
    numbered = (ChannelId(f"C{number:08}") for number in range(CROWD))
    workspace.channels = {c: Channel(id=c, name=c.lower(), members=frozenset({ANA, BOT})) for c in numbered}
    return workspace


async def test_the_next_calls_fail_and_then_no_more(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.fail_next("chat.postMessage", error="is_archived", times=2)
    for _ in range(2):
        with pytest.raises(SlackApiError, match="is_archived"):
            await client.chat_postMessage(channel=BILLING_FLOOR, text="x")
    await client.chat_postMessage(channel=BILLING_FLOOR, text="x")
    assert [call.ok for call in slack.calls_of("chat.postMessage")] == [False, False, True]


@pytest.mark.parametrize(
    ("fault", "status", "header"),
    [
        pytest.param(
            {"status": 429, "retry_after": timedelta(seconds=7)}, 429, "7", id="too fast, with a time to wait"
        ),
        pytest.param({"status": 429}, 429, None, id="too fast, without"),
        pytest.param({"status": 500}, 500, None, id="Slack is broken"),
    ],
)
async def test_statuses(
    slack: LocalSlack, client: AsyncWebClient, fault: dict[str, Any], status: int, header: str | None
) -> None:
    slack.fail_next("chat.postMessage", **fault)
    with pytest.raises(SlackApiError) as failed:
        await client.chat_postMessage(channel=BILLING_FLOOR, text="x")
    assert failed.value.response.status_code == status
    assert failed.value.response.headers.get("Retry-After") == header


@pytest.mark.parametrize(("drop", "posted"), [(Drop.BEFORE, 0), (Drop.AFTER, 1)])
async def test_a_connection_breaks_before_or_after_the_call_took_effect(
    slack: LocalSlack, client: AsyncWebClient, drop: Drop, posted: int
) -> None:
    slack.fail_next("chat.postMessage", drop=drop)
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=BILLING_FLOOR, text="x")
    assert len(slack.messages(BILLING_FLOOR)) == posted


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"error": "internal_error"}, id="an error code that says nothing"),
        pytest.param({"error": "fatal_error"}, id="the other one"),
        pytest.param({"status": 503}, id="a broken gateway"),
    ],
)
@pytest.mark.parametrize("took_effect", [True, False])
async def test_a_failure_can_be_ambiguous(
    slack: LocalSlack, client: AsyncWebClient, fault: dict[str, Any], took_effect: bool
) -> None:
    slack.fail_next("chat.postMessage", took_effect=took_effect, **fault)
    with pytest.raises(SlackApiError):
        await client.chat_postMessage(channel=BILLING_FLOOR, text="x")
    assert len(slack.messages(BILLING_FLOOR)) == took_effect


async def test_an_answer_comes_later_than_the_client_waits(slack: LocalSlack) -> None:
    slack.fail_next("chat.postMessage", delay=timedelta(hours=1))
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.2)) as http:
        impatient = AsyncWebClient(base_url=slack.base_url, token=slack.tokens.bot, session=http, retry_handlers=[])
        with pytest.raises(asyncio.TimeoutError):
            await impatient.chat_postMessage(channel=BILLING_FLOOR, text="x")
    assert len(slack.messages(BILLING_FLOOR)) == 1


async def test_a_late_answer_is_an_answer_to_who_waits(clock: Any) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    async with serving(local_slack(now=clock, sleep=sleep)) as slack:
        slack.fail_next("chat.postMessage", delay=timedelta(seconds=40))
        client = AsyncWebClient(base_url=slack.base_url, token=slack.tokens.bot)
        assert (await client.chat_postMessage(channel=BILLING_FLOOR, text="x"))["ok"]
    assert waited == [40]


async def test_one_channel_fails_and_the_others_do_not(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.fail_next("chat.postMessage", error="restricted_action", channel=BILLING_FLOOR, times=None)
    for _ in range(2):
        await client.chat_postMessage(channel=SERVICE_DESK, text="x")
        with pytest.raises(SlackApiError, match="restricted_action"):
            await client.chat_postMessage(channel=BILLING_FLOOR, text="x")
    slack.faults.clear()
    await client.chat_postMessage(channel=BILLING_FLOOR, text="x")


async def test_every_method_can_fail_at_once(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.fail_next("*", status=503, times=None)
    for call in (client.auth_test(), client.conversations_info(channel=BILLING_FLOOR)):
        with pytest.raises(SlackApiError) as failed:
            await call
        assert failed.value.response.status_code == 503


async def test_slacks_client_as_it_comes_posts_twice_after_a_broken_answer(slack: LocalSlack) -> None:
    slack.fail_next("chat.postMessage", drop=Drop.AFTER)
    as_it_comes = AsyncWebClient(base_url=slack.base_url, token=slack.tokens.bot)
    await as_it_comes.chat_postMessage(channel=BILLING_FLOOR, text="x")
    assert len(slack.messages(BILLING_FLOOR)) == 2


async def test_answers_through_response_urls_can_fail_too(slack: LocalSlack, bot: AsyncApp) -> None:
    answers: list[tuple[int, str]] = []

    @bot.command("/sla")
    async def sla(ack: Any, respond: Any) -> None:
        await ack()
        for _ in range(2):
            result = await respond(text="71 %")
            answers.append((result.status_code, result.body))

    slack.fail_next("response_url", status=500, error="fatal_error")
    reply = await slack.command(ANA, BILLING_FLOOR, "/sla")
    await reply.messages()
    assert answers[0] == (500, '{"ok": false, "error": "fatal_error"}')


async def test_an_older_workspace_refuses_charts(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.refused_blocks.add("data_visualization")
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=BILLING_FLOOR, text="x", blocks=[CHART])
    assert refused.value.response["error"] == "invalid_blocks"
    slack.refused_blocks.clear()
    await client.chat_postMessage(channel=BILLING_FLOOR, text="x", blocks=[CHART])


def test_a_channel_takes_a_burst_and_then_one_post_a_second() -> None:
    at = 0.0
    pace = PostPace(Pace(burst=3), clock=lambda: at)
    assert [pace.wait_for("C1") for _ in range(4)] == [None, None, None, timedelta(seconds=1)]
    assert pace.wait_for("C2") is None
    at = 1.0
    assert [pace.wait_for("C1") for _ in range(2)] == [None, timedelta(seconds=1)]


async def test_who_posts_too_fast_is_told_how_long_to_wait(clock: Any) -> None:
    async with serving(local_slack(now=clock, pace=Pace(every=timedelta(seconds=30), burst=1))) as slack:
        client = AsyncWebClient(base_url=slack.base_url, token=slack.tokens.bot)
        await client.chat_postMessage(channel=BILLING_FLOOR, text="x")
        await client.chat_postMessage(channel=SERVICE_DESK, text="another channel")
        with pytest.raises(SlackApiError) as refused:
            await client.chat_postMessage(channel=BILLING_FLOOR, text="y")
    assert (refused.value.response["error"], refused.value.response.headers["Retry-After"]) == ("ratelimited", "30")


async def test_the_workspace_takes_three_hundred_posts_a_minute_and_no_more(clock: Any) -> None:
    seconds = 0.0
    async with serving(local_slack(now=clock, workspace=crowded(clock), clock=lambda: seconds)) as slack:
        client = AsyncWebClient(base_url=slack.base_url, token=slack.tokens.bot, retry_handlers=[])

        async def post_everywhere() -> list[SlackApiError]:
            posts = (client.chat_postMessage(channel=channel, text="x") for channel in slack.workspace.channels)
            answers = await asyncio.gather(*posts, return_exceptions=True)
            return [answer for answer in answers if isinstance(answer, SlackApiError)]

        refused = await post_everywhere()
        assert len(refused) == CROWD - WORKSPACE_PACE.burst
        assert {one.response.headers["Retry-After"] for one in refused} == {"1"}
        seconds += 10
        assert len(await post_everywhere()) == CROWD - 50


def test_a_refused_post_takes_no_place_anywhere() -> None:
    at = 0.0
    limits = Limits(channel=Pace(burst=1), workspace=Pace(every=timedelta(seconds=10), burst=2), clock=lambda: at)
    post = "chat.postMessage"
    assert limits.wait_for(post, "C1") is None
    assert limits.wait_for(post, "C1") == timedelta(seconds=1)
    assert limits.wait_for(post, "C2") is None
    assert limits.wait_for(post, "C3") == timedelta(seconds=10)
    at = 10.0
    assert limits.wait_for(post, "C3") is None


@pytest.mark.parametrize(
    ("method", "calls"),
    [
        pytest.param("users.conversations", 20, id="tier 2"),
        pytest.param("conversations.history", 50, id="tier 3"),
        pytest.param("conversations.members", 100, id="tier 4"),
        pytest.param("auth.test", None, id="hundreds a minute: not limited here"),
    ],
)
def test_every_other_method_keeps_to_its_tier(method: str, calls: int | None) -> None:
    at = 0.0
    limits = Limits(channel=Pace(), workspace=None, clock=lambda: at)
    taken = sum(limits.wait_for(method, "C1") is None for _ in range(200))
    assert taken == (calls or 200)
    at = 60.0
    assert limits.wait_for(method, "C1") is None


async def test_messages_are_rewritten_fifty_times_a_minute_at_most(clock: Any) -> None:
    async with serving(local_slack(now=clock, clock=lambda: 0.0)) as slack:
        client = AsyncWebClient(base_url=slack.base_url, token=slack.tokens.bot)
        ts = (await client.chat_postMessage(channel=BILLING_FLOOR, text="0 of 60"))["ts"]
        edits = (client.chat_update(channel=BILLING_FLOOR, ts=ts, text=f"{done} of 60") for done in range(60))
        answers = await asyncio.gather(*edits, return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, SlackApiError)]
    assert {answer.response["error"] for answer in refused} == {"ratelimited"}
    assert len(refused) == 10
