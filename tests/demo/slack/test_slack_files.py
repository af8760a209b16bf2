"""Files by Slack's own client and by hand: handed out, posted, completed, shared, scanned, downloaded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from bot.demo.slack_people import ANA, BILLING_FLOOR, SERVICE_DESK, STRANGER, direct_id
from bot.demo.slack_workspace import ChannelId

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.demo.slack_local import LocalSlack

TABLE = b"queue,sla\n"


@pytest.fixture
async def wire() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def refusal(call: Awaitable[Any]) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    error: str = caught.value.response["error"]
    return error


async def posted(client: AsyncWebClient, wire: aiohttp.ClientSession, content: bytes = TABLE) -> str:
    """The id of a file whose bytes have arrived."""
    handed = await client.files_getUploadURLExternal(filename="sla.csv", length=len(content))
    async with wire.post(handed["upload_url"], data=content) as reply:
        assert (reply.status, await reply.text()) == (200, f"OK - {len(content)}")
    file_id: str = handed["file_id"]
    return file_id


async def test_a_file_is_uploaded_and_shared_by_slacks_own_client(slack: LocalSlack, client: AsyncWebClient) -> None:
    uploaded = await client.files_upload_v2(
        channel=BILLING_FLOOR, content="queue,sla\n", filename="sla.csv", title="Billing", initial_comment="As asked"
    )
    assert slack.api.files.files[uploaded["files"][0]["id"]].content == TABLE
    [message] = slack.messages(BILLING_FLOOR)
    assert message.text == "As asked"
    [file] = message.files
    assert (file["name"], file["title"], file["size"], file["mimetype"]) == ("sla.csv", "Billing", 10, "text/csv")


async def test_completion_tells_neither_message_nor_type_and_the_scan_takes_a_look(
    slack: LocalSlack, client: AsyncWebClient, wire: aiohttp.ClientSession
) -> None:
    file_id = await posted(client, wire)
    answer = await client.files_completeUploadExternal(files=[{"id": file_id}], channel_id=BILLING_FLOOR)
    assert answer["files"] == [{"id": file_id, "title": "sla.csv"}]
    assert "ts" not in answer.data
    being_scanned = (await client.files_info(file=file_id))["file"]
    assert (being_scanned["mimetype"], "shares" in being_scanned) == ("", False)
    scanned = (await client.files_info(file=file_id))["file"]
    [message] = slack.messages(BILLING_FLOOR)
    assert scanned["shares"] == {"public": {BILLING_FLOOR: [{"ts": message.ts}]}}


async def test_a_file_goes_to_a_person_by_the_id_of_the_direct_conversation(
    slack: LocalSlack, client: AsyncWebClient, wire: aiohttp.ClientSession
) -> None:
    channel = (await client.conversations_open(users=ANA))["channel"]["id"]
    assert channel == direct_id(ANA)
    file_id = await posted(client, wire)
    by_person = client.files_completeUploadExternal(files=[{"id": file_id}], channel_id=ANA)
    assert await refusal(by_person) == "channel_not_found"
    await client.files_completeUploadExternal(files=[{"id": file_id}], channel_id=channel)
    slack.api.files.scanned_after = 0
    assert set((await client.files_info(file=file_id))["file"]["shares"]) == {"private"}


async def test_sharing_needs_the_bot_in_the_channel_where_a_message_does_not(
    slack: LocalSlack, client: AsyncWebClient, wire: aiohttp.ClientSession
) -> None:
    channel = slack.workspace.channels[SERVICE_DESK]
    slack.workspace.change_channel(SERVICE_DESK, members=channel.members - {slack.workspace.bot})
    await client.chat_postMessage(channel=SERVICE_DESK, text="A message may")
    file_id = await posted(client, wire)
    complete = client.files_completeUploadExternal(files=[{"id": file_id}], channel_id=SERVICE_DESK)
    assert await refusal(complete) == "not_in_channel"
    await client.files_completeUploadExternal(files=[{"id": file_id}], channel_id=BILLING_FLOOR)


async def test_a_file_can_come_as_a_reply_with_blocks(
    slack: LocalSlack, client: AsyncWebClient, wire: aiohttp.ClientSession
) -> None:
    parent = (await client.chat_postMessage(channel=BILLING_FLOOR, text="Exporting"))["ts"]
    divider = {"type": "divider", "block_id": "line"}
    await client.files_completeUploadExternal(
        files=[{"id": await posted(client, wire)}],
        channel_id=BILLING_FLOOR,
        thread_ts=parent,
        blocks=json.dumps([divider]),
    )
    *_, reply = slack.messages(BILLING_FLOOR)
    assert (reply.thread_ts, reply.blocks) == (parent, (divider,))


@pytest.mark.parametrize(
    "where",
    [
        pytest.param({"channel_id": BILLING_FLOOR, "thread_ts": "1.000001"}, id="no such thread"),
        pytest.param({"thread_ts": "1.000001"}, id="a thread of nowhere"),
        pytest.param({"channels": [BILLING_FLOOR, SERVICE_DESK], "thread_ts": "1.000001"}, id="in two channels"),
    ],
)
async def test_a_reply_needs_its_thread_in_one_channel(
    client: AsyncWebClient, wire: aiohttp.ClientSession, where: dict[str, Any]
) -> None:
    complete = client.files_completeUploadExternal(files=[{"id": await posted(client, wire)}], **where)
    assert await refusal(complete) == "invalid_arguments"


async def test_completion_happens_once(client: AsyncWebClient, wire: aiohttp.ClientSession) -> None:
    file_id = await posted(client, wire)
    await client.files_completeUploadExternal(files=[{"id": file_id}])
    assert await refusal(client.files_completeUploadExternal(files=[{"id": file_id}])) == "file_not_found"


@pytest.mark.parametrize("content", [b"", b"queue", b"queue,sla\n+"], ids=["nothing", "too little", "too much"])
async def test_other_than_the_promised_bytes_are_refused(
    client: AsyncWebClient, wire: aiohttp.ClientSession, content: bytes
) -> None:
    handed = await client.files_getUploadURLExternal(filename="sla.csv", length=len(TABLE))
    async with wire.post(handed["upload_url"], data=content) as reply:
        assert reply.status == 400
    complete = client.files_completeUploadExternal(files=[{"id": handed["file_id"]}])
    assert await refusal(complete) == "file_not_found"


async def test_a_team_can_restrict_the_size(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.api.files.largest = 1_000
    await client.files_getUploadURLExternal(filename="a.csv", length=1_000)
    too_large = client.files_getUploadURLExternal(filename="a.csv", length=1_001)
    assert await refusal(too_large) == "file_upload_size_restricted"
    assert await refusal(client.files_getUploadURLExternal(filename="a.csv", length=0)) == "missing_argument"


async def test_a_large_file_arrives_in_pieces_and_can_be_downloaded(
    client: AsyncWebClient, wire: aiohttp.ClientSession
) -> None:
    piece, times = b"x" * 1_000_000, 50

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(times):
            yield piece

    handed = await client.files_getUploadURLExternal(filename="Zürich, Störungen.csv", length=times * len(piece))
    async with wire.post(handed["upload_url"], data=pieces()) as reply:
        assert reply.status == 200
    await client.files_completeUploadExternal(files=[{"id": handed["file_id"]}], channel_id=BILLING_FLOOR)
    address = (await client.files_info(file=handed["file_id"]))["file"]["url_private_download"]
    async with wire.get(address) as reply:
        assert reply.headers["Content-Disposition"].startswith("attachment")
        assert reply.content_disposition is not None
        assert reply.content_disposition.filename == "Zürich, Störungen.csv"
        assert sum([len(part) async for part in reply.content.iter_any()]) == times * len(piece)


async def test_what_was_not_completed_cannot_be_downloaded(
    slack: LocalSlack, client: AsyncWebClient, wire: aiohttp.ClientSession
) -> None:
    file_id = await posted(client, wire)
    async with wire.get(f"{slack.origin}/files/{file_id}/sla.csv") as reply:
        assert reply.status == 404


async def test_a_conversation_with_a_person_is_opened_when_it_is_needed(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    del slack.workspace.channels[direct_id(ANA)]
    sent = await client.chat_postMessage(channel=ANA, text="Your export is ready")
    opened = (await client.conversations_open(users=ANA))["channel"]["id"]
    assert sent["channel"] == opened
    assert [message.text for message in slack.messages(ChannelId(opened))] == ["Your export is ready"]


@pytest.mark.parametrize("user", [STRANGER, "U0NOBODY", "U0BOT"])
async def test_nobody_else_can_be_written_to(client: AsyncWebClient, user: str) -> None:
    assert await refusal(client.conversations_open(users=user)) == "user_not_found"
