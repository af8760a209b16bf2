"""What befalls channels, and how the bot is told: by Socket Mode, by signed HTTP, and again if it does not answer."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from bot.demo.slack_acks import Outcome
from bot.demo.slack_local import TOKENS, local_slack, serving
from bot.demo.slack_people import ADMIN, ANA, BILLING_FLOOR, BOT, OPS_SHARED, STRANGER, TEAM
from bot.demo.slack_workspace import Channel, ChannelId, Kind

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from bot.demo.slack_acks import Ack
    from bot.demo.slack_local import LocalSlack

LEADS, NEW = ChannelId("G0LEADS"), ChannelId("C0NEW")
EVENTS = (
    "channel_archive",
    "channel_unarchive",
    "channel_deleted",
    "channel_left",
    "channel_rename",
    "group_archive",
    "group_unarchive",
    "group_deleted",
    "group_left",
    "group_rename",
    "member_joined_channel",
    "channel_id_changed",
    "channel_shared",
    "channel_unshared",
)


@pytest.fixture
def heard(bot: AsyncApp) -> list[dict[str, Any]]:
    """The events that reached the bot, with their wrappers."""
    return listening(bot)


def listening(bot: AsyncApp) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []

    async def hear(body: dict[str, Any]) -> None:
        told.append(body)

    for name in EVENTS:
        bot.event(name)(hear)
    return told


def add_leads(slack: LocalSlack, *members: str) -> None:
    slack.workspace.channels[LEADS] = Channel(
        id=LEADS, name="leads", members=frozenset({ANA, *members}), kind=Kind.PRIVATE, creator=ANA
    )


PUBLIC = [
    pytest.param(
        lambda h: h.archive(BILLING_FLOOR, by=ADMIN),
        {"type": "channel_archive", "channel": BILLING_FLOOR, "user": ADMIN},
        id="archived",
    ),
    pytest.param(
        lambda h: h.unarchive(BILLING_FLOOR, by=ADMIN),
        {"type": "channel_unarchive", "channel": BILLING_FLOOR, "user": ADMIN},
        id="brought back",
    ),
    pytest.param(
        lambda h: h.delete(BILLING_FLOOR),
        {"type": "channel_deleted", "channel": BILLING_FLOOR, "actor_id": ANA},
        id="deleted",
    ),
    pytest.param(
        lambda h: h.remove_bot(BILLING_FLOOR, by=ADMIN),
        {"type": "channel_left", "channel": BILLING_FLOOR, "actor_id": ADMIN},
        id="the bot removed",
    ),
    pytest.param(
        lambda h: h.invite_bot(BILLING_FLOOR),
        {
            "type": "member_joined_channel",
            "user": BOT,
            "channel": BILLING_FLOOR,
            "channel_type": "C",
            "team": TEAM,
            "inviter": ANA,
        },
        id="the bot invited",
    ),
    pytest.param(
        lambda h: h.change_id(BILLING_FLOOR, NEW),
        {"type": "channel_id_changed", "old_channel_id": BILLING_FLOOR, "new_channel_id": NEW},
        id="another id",
    ),
    pytest.param(
        lambda h: h.share(BILLING_FLOOR),
        {"type": "channel_shared", "connected_team_id": "T0OTHER", "channel": BILLING_FLOOR},
        id="shared",
    ),
    pytest.param(
        lambda h: h.unshare(OPS_SHARED),
        {
            "type": "channel_unshared",
            "previously_connected_team_id": "T0OTHER",
            "channel": OPS_SHARED,
            "is_ext_shared": False,
        },
        id="shared no more",
    ),
]


@pytest.mark.parametrize(("cause", "told"), PUBLIC)
async def test_the_bot_is_told_in_slacks_words(
    slack: LocalSlack, heard: list[Any], cause: Callable[[Any], Any], told: dict[str, Any]
) -> None:
    ack: Ack = await cause(slack.happenings)
    assert ack.ok
    [body] = heard
    assert body["event_id"].startswith("Ev")
    assert {key: value for key, value in body["event"].items() if key != "event_ts"} == told
    assert body["event"]["event_ts"]


@pytest.mark.parametrize(("cause", "told"), PUBLIC)
async def test_and_by_signed_http_in_the_same_words(cause: Callable[[Any], Any], told: dict[str, Any]) -> None:
    async with over_http() as (slack, heard):
        ack: Ack = await cause(slack.happenings)
    assert ack.ok
    [body] = heard
    assert {key: value for key, value in body["event"].items() if key != "event_ts"} == told


async def test_renaming_keeps_the_id(slack: LocalSlack, heard: list[Any]) -> None:
    await slack.happenings.rename(BILLING_FLOOR, "billing")
    [body] = heard
    assert (body["event"]["channel"]["id"], body["event"]["channel"]["name"]) == (BILLING_FLOOR, "billing")
    assert slack.workspace.channels[BILLING_FLOOR].name == "billing"


@pytest.mark.parametrize(
    ("cause", "type_"),
    [
        pytest.param(lambda h: h.archive(LEADS), "group_archive", id="archived"),
        pytest.param(lambda h: h.unarchive(LEADS), "group_unarchive", id="brought back"),
        pytest.param(lambda h: h.delete(LEADS), "group_deleted", id="deleted"),
        pytest.param(lambda h: h.remove_bot(LEADS), "group_left", id="the bot removed"),
        pytest.param(lambda h: h.rename(LEADS, "heads"), "group_rename", id="renamed"),
        pytest.param(lambda h: h.change_id(LEADS, NEW), "channel_id_changed", id="another id"),
    ],
)
async def test_private_channels_have_events_of_their_own_which_only_members_see(
    slack: LocalSlack, heard: list[Any], cause: Callable[[Any], Any], type_: str
) -> None:
    add_leads(slack, BOT)
    assert (await cause(slack.happenings)).ok
    assert [body["event"]["type"] for body in heard] == [type_]
    add_leads(slack)
    assert (await cause(slack.happenings)).outcome is Outcome.NOT_SENT
    assert len(heard) == 1


async def test_an_invitation_to_a_private_channel_reaches_the_bot(slack: LocalSlack, heard: list[Any]) -> None:
    add_leads(slack)
    await slack.happenings.invite_bot(LEADS)
    assert (heard[0]["event"]["channel_type"], heard[0]["event"]["inviter"]) == ("G", ANA)


async def test_what_happened_is_seen_by_the_next_calls(slack: LocalSlack, bot: AsyncApp, heard: list[Any]) -> None:
    async def error(channel: str = BILLING_FLOOR) -> str | None:
        try:
            await bot.client.chat_postMessage(channel=channel, text="x")
        except SlackApiError as refused:
            return str(refused.response["error"])
        return None

    slack.scopes -= {"chat:write.public"}
    await slack.happenings.archive(BILLING_FLOOR)
    assert await error() == "is_archived"
    await slack.happenings.unarchive(BILLING_FLOOR)
    await slack.happenings.remove_bot(BILLING_FLOOR)
    assert await error() == "not_in_channel"
    await slack.happenings.invite_bot(BILLING_FLOOR)
    assert await error() is None
    await slack.happenings.change_id(BILLING_FLOOR, NEW)
    assert (await error(), await error(NEW)) == ("channel_not_found", None)
    await slack.happenings.delete(NEW)
    assert await error(NEW) == "channel_not_found"


async def test_nobody_types_in_a_channel_that_is_archived_or_gone(slack: LocalSlack, heard: list[Any]) -> None:
    for happening in (slack.happenings.archive, slack.happenings.delete):
        await happening(BILLING_FLOOR)
        with pytest.raises(LookupError):
            slack.say(ANA, BILLING_FLOOR, "Good morning")
        with pytest.raises(LookupError):
            await slack.command(ANA, BILLING_FLOOR, "/sla")


async def test_the_history_moves_to_the_new_id(slack: LocalSlack, bot: AsyncApp, heard: list[Any]) -> None:
    ts = (await bot.client.chat_postMessage(channel=BILLING_FLOOR, text="before"))["ts"]
    await slack.happenings.change_id(BILLING_FLOOR, NEW)
    history = await bot.client.conversations_history(channel=NEW)
    assert [(message["text"], message["ts"]) for message in history["messages"]] == [("before", ts)]
    await bot.client.chat_update(channel=NEW, ts=ts, text="after")


async def test_an_answer_on_its_way_follows_the_channel_to_its_new_id(
    slack: LocalSlack, bot: AsyncApp, heard: list[Any]
) -> None:
    moved = asyncio.Event()

    @bot.command("/sla")
    async def sla(ack: Any, respond: Any) -> None:
        await ack()
        await moved.wait()
        await respond(text="71 %")

    reply = await slack.command(ANA, BILLING_FLOOR, "/sla")
    await slack.happenings.change_id(BILLING_FLOOR, NEW)
    moved.set()
    [message] = await reply.messages()
    assert (message.channel, message.text) == (NEW, "71 %")


async def test_people_of_the_other_organisation_leave_when_sharing_ends(
    slack: LocalSlack, bot: AsyncApp, heard: list[Any]
) -> None:
    await slack.happenings.unshare(OPS_SHARED)
    assert STRANGER not in slack.workspace.channels[OPS_SHARED].members
    assert not (await bot.client.conversations_info(channel=OPS_SHARED))["channel"]["is_ext_shared"]
    await slack.happenings.share(OPS_SHARED)
    assert [body["is_ext_shared_channel"] for body in heard] == [False, True]


async def test_without_the_scope_for_the_channel_nothing_is_told(slack: LocalSlack, heard: list[Any]) -> None:
    slack.scopes -= {"channels:read"}
    assert (await slack.happenings.archive(BILLING_FLOOR)).outcome is Outcome.NOT_SENT
    assert heard == []


async def test_nothing_is_told_to_an_app_whose_token_was_revoked(slack: LocalSlack, heard: list[Any]) -> None:
    slack.revoke()
    assert (await slack.happenings.archive(BILLING_FLOOR)).outcome is Outcome.NOT_SENT


async def test_only_events_the_app_subscribed_to_are_sent(slack: LocalSlack, heard: list[Any]) -> None:
    slack.dispatch.subscriptions = frozenset({"channel_archive"})
    await slack.happenings.rename(BILLING_FLOOR, "billing")
    await slack.happenings.archive(BILLING_FLOOR)
    assert [body["event"]["type"] for body in heard] == ["channel_archive"]


async def test_an_event_nobody_takes_is_sent_at_once_again_and_after_one_and_five_minutes() -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    async with serving(local_slack(now=lambda: datetime.now(UTC), sleep=sleep)) as slack:
        ack = await slack.happenings.archive(BILLING_FLOOR)
        await slack.dispatch.settled()
    assert not ack.ok
    assert waited == [60, 300]
    assert [sent.attempt for sent in slack.dispatch.sent] == [0, 1, 2, 3]
    assert len({sent.payload["event_id"] for sent in slack.dispatch.sent}) == 1


@pytest.mark.parametrize(
    ("headers", "attempts"),
    [
        pytest.param({}, ["0", "1", "2", "3"], id="until Slack gives up"),
        pytest.param({"X-Slack-No-Retry": "1"}, ["0"], id="unless the app asks not to be told again"),
    ],
)
async def test_failures_over_http_are_numbered(headers: dict[str, str], attempts: list[str]) -> None:
    seen: list[str] = []

    async def fail(request: web.Request) -> web.Response:
        seen.append(request.headers.get("X-Slack-Retry-Num", "0"))
        return web.Response(status=500, headers=headers)

    async def sleep(_seconds: float) -> None:
        """The minutes pass at once."""

    site = web.Application()
    site.router.add_post("/slack/events", fail)
    async with answered_by(site, sleep=sleep) as slack:
        await slack.happenings.archive(BILLING_FLOOR)
        await slack.dispatch.settled()
    assert seen == attempts


async def test_the_end_does_not_wait_for_repetitions() -> None:
    async with asyncio.timeout(30), serving(local_slack(now=lambda: datetime.now(UTC))) as slack:
        await slack.happenings.archive(BILLING_FLOOR)


@asynccontextmanager
async def over_http() -> AsyncIterator[tuple[LocalSlack, list[dict[str, Any]]]]:
    """A bot of Slack's own framework behind a request URL."""
    app = AsyncApp(token=TOKENS.bot, signing_secret=TOKENS.signing_secret, request_verification_enabled=True)
    heard = listening(app)
    async with answered_by(app.web_app(path="/slack/events")) as slack:
        app.client.base_url = slack.base_url
        yield slack, heard


@asynccontextmanager
async def answered_by(site: web.Application, **arguments: Any) -> AsyncIterator[LocalSlack]:
    runner = web.AppRunner(site, access_log=None, shutdown_timeout=1)
    await runner.setup()
    listener = socket.create_server(("127.0.0.1", 0))
    try:
        await web.SockSite(runner, listener).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/slack/events"
        local = local_slack(
            now=lambda: datetime.now(UTC), request_url=url, ack_within=timedelta(seconds=30), **arguments
        )
        async with serving(local) as slack:
            yield slack
    finally:
        await runner.cleanup()
