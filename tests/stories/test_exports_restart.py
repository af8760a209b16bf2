"""The bot stops, or is killed, in mid-export: whoever asked for it is told once, and can start it again."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.app import running
from bot.commands.catalogue import COMMANDS
from bot.demo.centre import Centre
from bot.demo.centre_organisation import Queue
from bot.demo.centre_visits import Outcome, Visit, epoch_ms
from bot.demo.faults import DETAILS_QUERY
from bot.demo.slack_desk import Command
from bot.demo.slack_faults import Fault
from bot.demo.slack_people import ANA, BILLING_FLOOR, direct_id
from bot.demo.world import World, world
from bot.settings import Settings
from bot.store.schema import migrate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from bot.app import App, Tempo
    from bot.demo.slack_replies import Reply
    from bot.demo.slack_workspace import Message

SLA_BOT = Path(sys.executable).with_name("sla-bot")
BILLING = Queue.named("Billing")
PATIENT = timedelta(seconds=20)
LAPSED = timedelta(minutes=2)
"""Longer than a process may be silent before its exports count as lost."""


def utc_now() -> datetime:
    return datetime.now(UTC)


def after_its_life() -> datetime:
    return utc_now() + LAPSED


def visits(number: int) -> list[Visit]:
    """A call every ten minutes, up to the day before yesterday."""
    begun = epoch_ms(utc_now()) - 48 * 3_600_000
    return [
        Visit(
            conversation_id=f"c{each:04}",
            queue_id=BILLING.id,
            offered_ms=begun - each * 600_000,
            outcome=Outcome.ABANDONED,
            wait_ms=9_000,
        )
        for each in range(number)
    ]


@pytest.fixture
async def stage() -> AsyncIterator[World]:
    """Outlives the bot."""
    commands = [Command(name=f"/{command.name}", description=command.summary) for command in COMMANDS]
    async with world(now=utc_now, commands=commands, centre=Centre.of([BILLING], visits(400))) as both:
        yield both


@pytest.fixture
async def environment(stage: World, tmp_path: Path) -> dict[str, str]:
    await migrate(f"sqlite:///{tmp_path}/bot.db")
    return stage.environment | {"PORT": "0", "DATABASE_URL": f"sqlite:///{tmp_path}/bot.db"}


@pytest.fixture
def bot(environment: dict[str, str], tempo: Tempo) -> Callable[..., Any]:
    """The bot over the one database, as often as it is started."""

    @asynccontextmanager
    async def started(now: Callable[[], datetime] = utc_now) -> AsyncIterator[App]:
        async with running(Settings.from_env(environment), host="127.0.0.1", now=now, tempo=tempo) as app:
            yield app

    return started


async def begun(stage: World) -> Reply:
    """An export that is being fetched, slowly."""
    stage.faults.set("slow", delay_seconds=0.3, prefix=DETAILS_QUERY)
    reply = await stage.slack.command(ANA, BILLING_FLOOR, "/report", "conversations billing last-7-days json")
    await reply.until(lambda message: message.channel == direct_id(ANA), within=PATIENT)
    meanwhile = await stage.slack.command(ANA, BILLING_FLOOR, "/sla", "billing yesterday")
    await meanwhile.messages()  # by then it is on record where the export is watched
    return reply


async def told(reply: Reply) -> Message:
    return await reply.until(lambda message: message.text.startswith("No file: the bot was restarted"), within=PATIENT)


async def test_a_bot_that_is_stopped_tells_the_owner_when_it_is_back_and_only_once(
    stage: World, bot: Callable[..., Any], read: Callable[[object], str]
):
    async with bot():
        reply = await begun(stage)
    stage.faults.clear()
    assert not [
        message
        for message in reply.shown()
        if message.text.startswith(("No file", "Complete", "Exporting conversations of Billing, last 7 days failed"))
    ]
    async with bot():
        message = await told(reply)
        assert message.text == (
            "No file: the bot was restarted while exporting conversations of Billing, last 7 days. "
            "Start it again if you still need it."
        )
        assert stage.slack.messages(direct_id(ANA))[0].text == "This export is over: see below."
    async with bot():
        again = await stage.slack.click(ANA, message, "export_again")
        finished = await again.until(lambda one: one.text.startswith("Complete: "), within=PATIENT)
        assert "Conversations of Billing, last 7 days" in read(finished.blocks)
        sent = await again.until(lambda one: bool(one.files))
        assert sent.files[0]["name"].endswith(".json")
    assert {one.key for one in reply.versions() if "restarted" in one.text} == {message.key}


async def test_an_owner_is_told_when_slack_is_back(stage: World, bot: Callable[..., Any]):
    async with bot():
        reply = await begun(stage)
    stage.faults.clear()
    stage.slack.faults.add("chat.postMessage", Fault(status=503), times=9)
    async with bot():
        await reply.until(lambda message: message.text == "This export is over: see below.", within=PATIENT)
        meanwhile = await stage.slack.command(ANA, BILLING_FLOOR, "/sla", "billing yesterday")
        await meanwhile.messages()  # by then the word below was refused
    stage.slack.faults.clear()
    async with bot(now=after_its_life):
        await told(reply)


async def test_an_owner_is_told_though_the_words_can_no_longer_be_read(
    stage: World, bot: Callable[..., Any], tmp_path: Path
):
    async with bot():
        reply = await begun(stage)
    stage.faults.clear()
    with closing(sqlite3.connect(tmp_path / "bot.db")) as connection, connection:
        connection.execute("UPDATE exports SET text = ?", [f"conversations {'x' * 3000} yesterday"])
    async with bot():
        message = await told(reply)
        assert message.text.startswith("No file: the bot was restarted while exporting conversations. ")


async def test_whoever_asks_while_the_bot_stops_is_told_to_ask_again(stage: World, bot: Callable[..., Any]):
    async with bot() as app:
        app.promises.draining = True
        reply = await stage.slack.command(ANA, BILLING_FLOOR, "/report", "conversations billing yesterday")
        (message,) = await reply.messages()
        assert message.text == "The bot is restarting. Ask again in a minute."


async def test_a_bot_that_is_killed_leaves_an_owner_who_is_told_by_the_next(
    stage: World, environment: dict[str, str], bot: Callable[..., Any], tmp_path: Path
):
    process = await asyncio.create_subprocess_exec(
        SLA_BOT,
        "run",
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"} | environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout
    assert b"running" in await asyncio.wait_for(process.stdout.readline(), 20)
    reply = await begun(stage)
    process.kill()
    await process.wait()
    stage.faults.clear()
    async with bot(now=after_its_life):
        message = await told(reply)
        again = await stage.slack.click(ANA, message, "export_again")
        await again.until(lambda one: one.text.startswith("Complete: "), within=PATIENT)
