"""Socket Mode: addresses, envelopes, acknowledgements and reconnections."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack_acks import Outcome
from bot.demo.slack_people import ANA, BILLING_FLOOR

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_bolt.async_app import AsyncApp

    from bot.demo.slack_local import LocalSlack


async def address(slack: LocalSlack) -> str:
    client = AsyncWebClient(base_url=slack.base_url)
    return str((await client.apps_connections_open(app_token=slack.tokens.app))["url"])


@asynccontextmanager
async def connected(slack: LocalSlack) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A bare connection, after its hello."""
    async with aiohttp.ClientSession() as http, http.ws_connect(await address(slack)) as socket:
        assert (await socket.receive_json())["type"] == "hello"
        yield socket


async def test_the_hello_counts_connections(slack: LocalSlack) -> None:
    async with connected(slack), aiohttp.ClientSession() as http, http.ws_connect(await address(slack)) as second:
        assert (await second.receive_json())["num_connections"] == 2


async def test_an_address_admits_once(slack: LocalSlack) -> None:
    url = await address(slack)
    async with aiohttp.ClientSession() as http:
        async with http.ws_connect(url):
            pass
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await http.ws_connect(url)


async def test_an_envelope_is_acknowledged_by_its_id_on_any_connection(slack: LocalSlack) -> None:
    async with connected(slack) as first, connected(slack) as second:
        await slack.socket.connected(2)
        typed = asyncio.create_task(slack.command(ANA, BILLING_FLOOR, "/sla", "billing"))
        envelope = await first.receive_json()
        assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
        await second.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "71 %"}})
        assert [message.text for message in await (await typed).messages()] == ["71 %"]


async def test_connections_take_turns(slack: LocalSlack) -> None:
    slack.ack_within = timedelta(milliseconds=30)
    async with connected(slack) as first, connected(slack) as second:
        await slack.socket.connected(2)
        await slack.command(ANA, BILLING_FLOOR, "/sla", "one")
        await slack.command(ANA, BILLING_FLOOR, "/sla", "two")
        texts = [(await socket.receive_json())["payload"]["text"] for socket in (first, second)]
    assert texts == ["one", "two"]


async def test_a_late_acknowledgement_helps_nobody(slack: LocalSlack) -> None:
    slack.ack_within = timedelta(milliseconds=30)
    async with connected(slack) as socket:
        await slack.socket.connected()
        reply = await slack.command(ANA, BILLING_FLOOR, "/sla")
        assert reply.ack.outcome is Outcome.TIMED_OUT
        envelope = await socket.receive_json()
        await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "too late"}})
        await socket.close()
    await slack.socket.disconnected()
    assert slack.socket.late == [envelope["envelope_id"]]
    assert slack.messages(BILLING_FLOOR) == []


async def test_an_eleventh_connection_is_turned_away(slack: LocalSlack) -> None:
    async with aiohttp.ClientSession() as http:
        sockets = [await http.ws_connect(await address(slack)) for _ in range(11)]
        greetings = [await socket.receive_json() for socket in sockets]
        assert [one["type"] for one in greetings] == ["hello"] * 10 + ["disconnect"]
        assert greetings[-1]["reason"] == "too_many_websockets"
        for socket in sockets:
            await socket.close()


@pytest.mark.parametrize("ending", ["disconnect", "drop"])
async def test_slacks_client_comes_back(slack: LocalSlack, bot: AsyncApp, ending: str) -> None:
    @bot.command("/sla")
    async def sla(ack: Any) -> None:
        await ack("71 %")

    before = len(slack.calls_of("apps.connections.open"))
    await getattr(slack.socket, ending)()
    if ending == "disconnect":
        await slack.socket.disconnected()
    async with asyncio.timeout(5):
        await slack.socket.connected()
    assert (await slack.command(ANA, BILLING_FLOOR, "/sla")).ack.ok
    assert len(slack.calls_of("apps.connections.open")) == before + 1
