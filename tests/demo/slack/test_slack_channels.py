"""Channels and their history, as far as the bot is allowed to see them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.errors import SlackApiError

from bot.demo.slack_people import ANA, BEN, BILLING_FLOOR, BOT, GUEST, OPS_SHARED, SERVICE_DESK, STRANGER, direct_id
from bot.demo.slack_workspace import Channel, ChannelId, Kind

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.demo.slack_local import LocalSlack

PLANNING, LEADS = ChannelId("C0PLANNING"), ChannelId("C0LEADS")
KEY = {"event_type": "sla_digest", "event_payload": {"key": "digest:1:2026-11-16"}}
CHANNELS = "public_channel,private_channel"


async def refusal(call: Awaitable[Any]) -> Any:
    """The answer to a call that Slack refuses."""
    with pytest.raises(SlackApiError) as refused:
        await call
    return refused.value.response


def add(slack: LocalSlack, channel: ChannelId, *members: str, kind: Kind = Kind.PUBLIC) -> None:
    slack.workspace.channels[channel] = Channel(
        id=channel, name=channel[2:].lower(), members=frozenset(members), kind=kind
    )


async def ids(call: Awaitable[Any]) -> list[str]:
    return [channel["id"] for channel in (await call)["channels"]]


async def test_a_person_is_in_these_channels_as_far_as_the_bot_can_see(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    add(slack, PLANNING, ANA)
    add(slack, LEADS, ANA, kind=Kind.PRIVATE)
    assert await ids(client.users_conversations(user=ANA, types=CHANNELS)) == [
        BILLING_FLOOR,
        SERVICE_DESK,
        OPS_SHARED,
        PLANNING,
    ]
    slack.workspace.change_channel(LEADS, members=frozenset({ANA, BOT}))
    assert await ids(client.users_conversations(user=ANA, types="private_channel")) == [LEADS]
    assert await ids(client.users_conversations(user=GUEST)) == [BILLING_FLOOR]
    assert await ids(client.users_conversations(user=STRANGER)) == [OPS_SHARED]


async def test_without_a_person_the_bot_asks_where_it_is_itself(slack: LocalSlack, client: AsyncWebClient) -> None:
    add(slack, PLANNING, ANA)
    slack.workspace.change_channel(SERVICE_DESK, is_archived=True)
    assert await ids(client.users_conversations(exclude_archived=True)) == [BILLING_FLOOR, OPS_SHARED]
    assert await ids(client.users_conversations(types="im"))
    assert (await refusal(client.users_conversations(user="U0NOBODY")))["error"] == "user_not_found"


async def test_channels_of_a_person_come_in_pages_and_say_less(client: AsyncWebClient) -> None:
    pages = [page["channels"] async for page in await client.users_conversations(user=ANA, limit=2)]
    assert [[channel["id"] for channel in page] for page in pages] == [[BILLING_FLOOR, SERVICE_DESK], [OPS_SHARED]]
    assert "is_member" not in pages[0][0]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        pytest.param({"cursor": "2"}, "invalid_cursor", id="a cursor that Slack never gave"),
        pytest.param({"cursor": "!"}, "invalid_cursor", id="a cursor that is none"),
        pytest.param({"limit": 1001}, "invalid_limit", id="more than fits in a page"),
        pytest.param({"types": "channel"}, "invalid_types", id="no such type"),
    ],
)
async def test_lists_are_not_given_for_nonsense(client: AsyncWebClient, arguments: Any, error: str) -> None:
    assert (await refusal(client.users_conversations(**arguments)))["error"] == error


async def test_what_a_channel_is(slack: LocalSlack, client: AsyncWebClient) -> None:
    add(slack, PLANNING, ANA)
    slack.workspace.change_channel(SERVICE_DESK, is_archived=True)
    keys = ("name", "creator", "is_archived", "is_ext_shared", "is_shared", "is_member", "is_private")
    shown = {}
    for channel in (BILLING_FLOOR, SERVICE_DESK, OPS_SHARED, PLANNING):
        found = (await client.conversations_info(channel=channel))["channel"]
        shown[channel] = tuple(found[key] for key in keys)
    assert shown[BILLING_FLOOR] == ("billing-floor", ANA, False, False, False, True, False)
    assert shown[SERVICE_DESK] == ("service-desk", BEN, True, False, False, True, False)
    assert shown[OPS_SHARED][3:6] == (True, True, True)
    assert shown[PLANNING][5] is False


async def test_members_come_in_pages(client: AsyncWebClient) -> None:
    pages = [page["members"] async for page in await client.conversations_members(channel=BILLING_FLOOR, limit=2)]
    assert [len(page) for page in pages] == [2, 2, 2]
    assert {ANA, BEN, BOT} <= {member for page in pages for member in page}


READING = [
    pytest.param("conversations.info", {}, "read", id="what a channel is"),
    pytest.param("conversations.members", {}, "read", id="who is in it"),
    pytest.param("conversations.history", {}, "history", id="what was said"),
    pytest.param("conversations.replies", {"ts": "1.1"}, "history", id="one thread"),
]


@pytest.mark.parametrize(("method", "more", "right"), READING)
@pytest.mark.parametrize(("kind", "family"), [(Kind.PUBLIC, "channels"), (Kind.PRIVATE, "groups")])
async def test_each_kind_of_channel_needs_a_scope_of_its_own(
    slack: LocalSlack, client: AsyncWebClient, method: str, more: Any, right: str, kind: Kind, family: str
) -> None:
    add(slack, LEADS, ANA, BOT, kind=kind)
    slack.scopes -= {f"{family}:{right}"}
    answer = await refusal(client.api_call(method, params={"channel": LEADS, **more}))
    assert (answer["error"], answer["needed"]) == ("missing_scope", f"{family}:{right}")


async def test_a_list_of_types_needs_the_scope_of_each(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.scopes -= {"groups:read"}
    for method in (client.conversations_list, client.users_conversations):
        assert (await refusal(method(types=CHANNELS)))["needed"] == "groups:read"
        await method(types="public_channel")


async def test_history_is_for_members_only(slack: LocalSlack, client: AsyncWebClient) -> None:
    add(slack, PLANNING, ANA)
    add(slack, LEADS, ANA, kind=Kind.PRIVATE)
    errors = [
        (await refusal(client.conversations_history(channel=channel)))["error"]
        for channel in (PLANNING, LEADS, "C0NOWHERE")
    ]
    assert errors == ["not_in_channel", "channel_not_found", "channel_not_found"]


async def test_metadata_is_told_only_to_who_asks(client: AsyncWebClient) -> None:
    parent = await client.chat_postMessage(channel=BILLING_FLOOR, text="digest", metadata=KEY)
    await client.chat_postMessage(channel=BILLING_FLOOR, text="file", metadata=KEY, thread_ts=parent["ts"])
    for asked in (True, False):
        history = await client.conversations_history(channel=BILLING_FLOOR, include_all_metadata=asked)
        replies = await client.conversations_replies(channel=BILLING_FLOOR, ts=parent["ts"], include_all_metadata=asked)
        told = [m.get("metadata") for m in history["messages"] + replies["messages"]]
        assert told == ([KEY] * 3 if asked else [None] * 3)


async def test_history_is_cut_at_both_ends(slack: LocalSlack, client: AsyncWebClient, clock: Any) -> None:
    stamps = []
    for number in range(4):
        stamps.append((await client.chat_postMessage(channel=BILLING_FLOOR, text=str(number)))["ts"])
        clock.pass_by(timedelta(minutes=1))

    async def said(**within: Any) -> list[str]:
        history = await client.conversations_history(channel=BILLING_FLOOR, **within)
        return [message["text"] for message in history["messages"]]

    assert await said() == ["3", "2", "1", "0"]
    assert await said(oldest=stamps[1], latest=stamps[3]) == ["2"]
    assert await said(oldest=stamps[1], latest=stamps[3], inclusive=True) == ["3", "2", "1"]
    assert await said(limit=1) == ["3"]
    assert await said(oldest=stamps[3]) == []


async def test_a_thread_is_found_by_any_of_its_messages_with_its_files(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    parent = await client.chat_postMessage(channel=BILLING_FLOOR, text="digest")
    await client.files_upload_v2(
        content="queue,share", filename="sla.csv", channel=BILLING_FLOOR, thread_ts=parent["ts"]
    )
    [_, reply] = slack.messages(BILLING_FLOOR)
    for ts in (parent["ts"], reply.ts):
        [first, second] = (await client.conversations_replies(channel=BILLING_FLOOR, ts=ts))["messages"]
        assert (first["text"], first["reply_count"]) == ("digest", 1)
        assert [file["name"] for file in second["files"]] == ["sla.csv"]
    [shown] = (await client.conversations_history(channel=BILLING_FLOOR))["messages"]
    assert shown["latest_reply"] == reply.ts
    refused = await refusal(client.conversations_replies(channel=BILLING_FLOOR, ts="1.1"))
    assert refused["error"] == "thread_not_found"


@pytest.mark.parametrize("error", ["restricted_action", "restricted_action_read_only_channel", "messages_tab_disabled"])
async def test_a_channel_can_refuse_posts(slack: LocalSlack, client: AsyncWebClient, error: str) -> None:
    channel = direct_id(ANA) if error == "messages_tab_disabled" else BILLING_FLOOR
    slack.workspace.change_channel(channel, refuses_posts=error)
    assert (await refusal(client.chat_postMessage(channel=channel, text="x")))["error"] == error
    await client.chat_postMessage(channel=SERVICE_DESK, text="x")


@pytest.mark.parametrize("error", ["token_revoked", "account_inactive"])
async def test_a_token_is_revoked_and_good_again(slack: LocalSlack, client: AsyncWebClient, error: str) -> None:
    slack.revoke(error)
    for call in (client.auth_test(), client.chat_postMessage(channel=BILLING_FLOOR, text="x")):
        assert (await refusal(call))["error"] == error
    slack.restore()
    await client.chat_postMessage(channel=BILLING_FLOOR, text="y")
    assert [message.text for message in slack.messages(BILLING_FLOOR)] == ["y"]
