"""The Web API as Slack's own client meets it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack_local import local_slack, serving
from bot.demo.slack_people import (
    ADMIN,
    ANA,
    BEN,
    BILLING_FLOOR,
    BOT,
    GUEST,
    OPS_SHARED,
    SERVICE_DESK,
    STRANGER,
    SUPERVISORS,
    TEAM,
    direct_id,
)
from bot.demo.slack_workspace import Channel, ChannelId, Kind

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from bot.demo.slack_local import LocalSlack

PLANNING = ChannelId("C0PLANNING")
DIVIDER = {"type": "divider"}


async def refusal(call: Awaitable[Any]) -> Any:
    """The answer to a call that Slack refuses."""
    with pytest.raises(SlackApiError) as refused:
        await call
    return refused.value.response


def add_planning(slack: LocalSlack, kind: Kind) -> None:
    """A channel in which the bot is not."""
    channel = Channel(id=PLANNING, name="planning", members=frozenset({ANA}), kind=kind)
    slack.workspace.channels[PLANNING] = channel


async def test_the_bot_learns_who_it_is(client: AsyncWebClient) -> None:
    answer = await client.auth_test()
    assert (answer["team_id"], answer["user_id"], answer["bot_id"]) == (TEAM, BOT, "B0BOT")
    assert "chat:write" in answer.headers["x-oauth-scopes"]


@pytest.mark.parametrize(
    ("method", "token", "error"),
    [
        pytest.param("auth.test", "xoxb-somebody-else", "invalid_auth", id="a wrong token"),
        pytest.param(
            "auth.test", "xapp-local-app", "not_allowed_token_type", id="the app's token where the bot's belongs"
        ),
        pytest.param("apps.connections.open", "xoxb-local-bot", "not_allowed_token_type", id="and the other way round"),
    ],
)
async def test_tokens_are_checked(client: AsyncWebClient, method: str, token: str, error: str) -> None:
    assert (await refusal(client.api_call(method, headers={"Authorization": f"Bearer {token}"})))["error"] == error


async def test_a_call_without_a_token_is_refused(slack: LocalSlack) -> None:
    assert (await refusal(AsyncWebClient(base_url=slack.base_url).auth_test()))["error"] == "not_authed"


async def test_a_missing_scope_is_named() -> None:
    async with serving(local_slack(now=_noon, scopes={"commands", "chat:write"})) as slack:
        client = AsyncWebClient(base_url=slack.base_url, token=slack.tokens.bot)
        answer = await refusal(client.users_info(user=ANA))
    assert (answer["error"], answer["needed"]) == ("missing_scope", "users:read")


async def test_a_message_is_posted_changed_and_deleted(slack: LocalSlack, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel=BILLING_FLOOR, text="71 %", blocks=[DIVIDER])
    assert [message.text for message in slack.messages(BILLING_FLOOR)] == ["71 %"]

    await client.chat_update(channel=BILLING_FLOOR, ts=posted["ts"], text="72 %")
    [message] = slack.messages(BILLING_FLOOR)
    assert (message.text, message.blocks, message.edited) == ("72 %", (), True)

    await client.chat_delete(channel=BILLING_FLOOR, ts=posted["ts"])
    assert slack.messages(BILLING_FLOOR) == []


async def test_a_message_to_a_person_arrives_in_the_direct_conversation(client: AsyncWebClient) -> None:
    assert (await client.chat_postMessage(channel=ANA, text="Hello"))["channel"] == direct_id(ANA)


async def test_an_ephemeral_message_is_seen_by_one_person(slack: LocalSlack, client: AsyncWebClient) -> None:
    await client.chat_postEphemeral(channel=BILLING_FLOOR, user=ANA, text="Only for you")
    assert len(slack.messages(BILLING_FLOOR, seen_by=ANA)) == 1
    assert slack.messages(BILLING_FLOOR, seen_by=BEN) == []


async def test_ephemeral_and_foreign_messages_cannot_be_updated(slack: LocalSlack, client: AsyncWebClient) -> None:
    ephemeral = await client.chat_postEphemeral(channel=BILLING_FLOOR, user=ANA, text="x")
    foreign = slack.say(ANA, BILLING_FLOOR, "my own words")
    for ts, error in ((ephemeral["message_ts"], "message_not_found"), (foreign.ts, "cant_update_message")):
        assert (await refusal(client.chat_update(channel=BILLING_FLOOR, ts=ts, text="y")))["error"] == error


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        pytest.param({"channel": "C0NOWHERE", "text": "x"}, "channel_not_found", id="an unknown channel"),
        pytest.param({"channel": BILLING_FLOOR, "text": ""}, "no_text", id="nothing to say"),
        pytest.param({"channel": BILLING_FLOOR, "text": "x", "blocks": "{"}, "invalid_blocks_format", id="broken JSON"),
        pytest.param(
            {"channel": BILLING_FLOOR, "text": "x", "blocks": [{"type": "x"}]}, "invalid_blocks", id="no such block"
        ),
        pytest.param(
            {"channel": BILLING_FLOOR, "text": "x", "thread_ts": "1.1"}, "thread_not_found", id="no such thread"
        ),
        pytest.param(
            {"channel": BILLING_FLOOR, "text": "x", "metadata": {"a": 1}}, "invalid_metadata_format", id="metadata"
        ),
    ],
)
async def test_what_cannot_be_posted_is_refused(
    slack: LocalSlack, client: AsyncWebClient, arguments: dict[str, Any], error: str
) -> None:
    assert (await refusal(client.api_call("chat.postMessage", json=arguments)))["error"] == error
    assert slack.messages(BILLING_FLOOR) == []


async def test_refused_blocks_are_explained(client: AsyncWebClient) -> None:
    blocks = [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]
    answer = await refusal(client.chat_postMessage(channel=BILLING_FLOOR, text="x", blocks=blocks))
    [message] = answer["response_metadata"]["messages"]
    assert message == "[ERROR] text must be less than 151 characters [json-pointer:/blocks/0/text/text]"


async def test_an_archived_channel_takes_no_messages(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.workspace.change_channel(BILLING_FLOOR, is_archived=True)
    assert (await refusal(client.chat_postMessage(channel=BILLING_FLOOR, text="x")))["error"] == "is_archived"


async def test_a_private_channel_without_the_bot_cannot_be_found(slack: LocalSlack, client: AsyncWebClient) -> None:
    add_planning(slack, Kind.PRIVATE)
    assert (await refusal(client.conversations_info(channel=PLANNING)))["error"] == "channel_not_found"


async def test_a_public_channel_without_the_bot_takes_posts_only_with_the_scope_for_it() -> None:
    for scopes, error in (({"chat:write"}, "not_in_channel"), ({"chat:write", "chat:write.public"}, None)):
        async with serving(local_slack(now=_noon, scopes=scopes)) as slack:
            add_planning(slack, Kind.PUBLIC)
            client = AsyncWebClient(base_url=slack.base_url, token=slack.tokens.bot)
            if error:
                assert (await refusal(client.chat_postMessage(channel=PLANNING, text="x")))["error"] == error
            else:
                await client.chat_postMessage(channel=PLANNING, text="x")


async def test_history_finds_a_message_again_by_its_metadata(slack: LocalSlack, client: AsyncWebClient) -> None:
    metadata = {"event_type": "sla_digest", "event_payload": {"key": "digest:1:2026-11-16"}}
    posted = await client.chat_postMessage(channel=BILLING_FLOOR, text="x", metadata=metadata)
    await client.chat_postEphemeral(channel=BILLING_FLOOR, user=ANA, text="not in the history")
    found = await client.conversations_history(
        channel=BILLING_FLOOR, oldest=str(float(posted["ts"]) - 5), include_all_metadata=True
    )
    assert [(m["bot_id"], m["metadata"]) for m in found["messages"]] == [("B0BOT", metadata)]


async def test_replies_stand_in_the_thread_and_not_in_the_history(client: AsyncWebClient) -> None:
    parent = await client.chat_postMessage(channel=BILLING_FLOOR, text="incident")
    await client.chat_postMessage(channel=BILLING_FLOOR, text="worse", thread_ts=parent["ts"])
    history = await client.conversations_history(channel=BILLING_FLOOR)
    thread = await client.conversations_replies(channel=BILLING_FLOOR, ts=parent["ts"])
    assert [m["text"] for m in history["messages"]] == ["incident"]
    assert [m["text"] for m in thread["messages"]] == ["incident", "worse"]


async def test_people_have_zones_and_flags(client: AsyncWebClient) -> None:
    people = {user: (await client.users_info(user=user))["user"] for user in (ANA, BEN, ADMIN, GUEST, STRANGER)}
    assert (people[ANA]["tz"], people[ANA]["tz_offset"]) == ("Europe/London", 0)
    assert (people[BEN]["tz"], people[BEN]["tz_offset"]) == ("America/New_York", -5 * 3600)
    assert people[ADMIN]["is_admin"]
    assert people[GUEST]["is_restricted"]
    assert people[STRANGER]["team_id"] != TEAM
    assert "tz" not in people[STRANGER]


async def test_lists_come_in_pages(client: AsyncWebClient) -> None:
    pages = [
        [channel["name"] for channel in page["channels"]]
        async for page in await client.conversations_list(limit=2, types="public_channel,private_channel")
    ]
    assert pages == [["billing-floor", "service-desk"], ["ops-shared"]]


async def test_channels_say_with_whom_they_are_shared(client: AsyncWebClient) -> None:
    shared = {
        c: (await client.conversations_info(channel=c))["channel"]["is_ext_shared"] for c in (OPS_SHARED, SERVICE_DESK)
    }
    assert shared == {OPS_SHARED: True, SERVICE_DESK: False}
    assert STRANGER in (await client.conversations_members(channel=OPS_SHARED))["members"]


async def test_groups_the_workspace_and_the_direct_conversation_can_be_looked_up(client: AsyncWebClient) -> None:
    assert (await client.usergroups_list(include_users=True))["usergroups"][0]["users"] == [ADMIN, ANA]
    assert (await client.usergroups_users_list(usergroup=SUPERVISORS))["users"] == [ADMIN, ANA]
    assert (await client.team_info())["team"]["name"] == "Northwind Care"
    assert (await client.conversations_open(users=ANA))["channel"]["id"] == direct_id(ANA)


async def test_the_bot_joins_a_public_channel_and_knows_itself(slack: LocalSlack, client: AsyncWebClient) -> None:
    add_planning(slack, Kind.PUBLIC)
    await client.conversations_join(channel=PLANNING)
    assert BOT in slack.workspace.channels[PLANNING].members
    assert (await client.bots_info(bot="B0BOT"))["bot"]["name"] == "Queue SLA"


async def test_a_message_has_an_address_on_the_page(slack: LocalSlack, client: AsyncWebClient) -> None:
    ts = (await client.chat_postMessage(channel=BILLING_FLOOR, text="x"))["ts"]
    answer = await client.chat_getPermalink(channel=BILLING_FLOOR, message_ts=ts)
    assert answer["permalink"] == f"{slack.origin}/#{BILLING_FLOOR}/{ts}"


async def test_blocks_can_be_validated_without_posting_them(client: AsyncWebClient) -> None:
    assert (await client.api_call("blocks.validate", params={"blocks": '[{"type": "divider"}]'}))["ok"]
    answer = await refusal(client.api_call("blocks.validate", params={"blocks": '[{"type": "section"}]'}))
    assert answer["errors"] == [
        {"pointer": "/blocks/0", "code": "missing_field", "message": "missing required field: text"}
    ]


async def test_a_view_that_is_too_large_is_refused(client: AsyncWebClient) -> None:
    field = {"type": "plain_text", "text": "x" * 2000}
    view = {"type": "home", "blocks": [{"type": "section", "fields": [field] * 10}] * 13}
    assert (await refusal(client.views_publish(user_id=ANA, view=view)))["error"] == "view_too_large"


async def test_a_home_tab_is_not_overwritten_by_who_saw_an_older_one(client: AsyncWebClient) -> None:
    view = {"type": "home", "blocks": [DIVIDER]}
    first = (await client.views_publish(user_id=ANA, view=view))["view"]["hash"]
    await client.views_publish(user_id=ANA, view=view, hash=first)
    assert (await refusal(client.views_publish(user_id=ANA, view=view, hash=first)))["error"] == "hash_conflict"


async def test_every_call_is_kept_with_its_answer(slack: LocalSlack, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel=BILLING_FLOOR, text="x")
    [call] = slack.calls_of("chat.postMessage")
    assert (call.params["text"], call.ok) == ("x", True)


def _noon() -> datetime:
    return datetime(2026, 11, 16, 12, tzinfo=UTC)
