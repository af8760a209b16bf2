"""Both stand-ins in a process of their own, so that the bot is measured alone. Reads commands, one JSON line each."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.demo.slack_desk import Command
from bot.demo.slack_people import ANA, BILLING_FLOOR
from bot.demo.slack_workspace import UserId
from bot.demo.world import World, world

if TYPE_CHECKING:
    from bot.demo.slack_replies import Reply

MINUTE = timedelta(seconds=60)


async def burst(stage: World, *, seconds: int, per_second: int, delay: float) -> dict[str, object]:
    """`per_second` commands a second, each when it is due, while Genesys takes `delay` seconds a reply."""
    if delay:
        stage.faults.set("slow", delay_seconds=delay)
    loop = asyncio.get_running_loop()
    start = loop.time()
    people = crowd(stage, 400)

    async def one(number: int) -> Reply:
        await asyncio.sleep(max(0.0, start + number / per_second - loop.time()))
        text = f"billing {number % 120 + 1}s yesterday"
        return await stage.slack.command(people[number % len(people)], BILLING_FLOOR, "/sla", text)

    replies = await asyncio.gather(*(one(number) for number in range(seconds * per_second)))
    finals = [await reply.until(lambda one: "answered within" in one.text, within=MINUTE) for reply in replies]
    took = loop.time() - start - seconds
    stage.faults.clear()
    acks = sorted(reply.ack.ms if reply.ack.ok else float("inf") for reply in replies)
    return {"acks_ms": acks, "answered": len(finals), "last_answer_after": took}


def crowd(stage: World, size: int) -> list[UserId]:
    """So many people in one channel: nobody may have more than a few questions open."""
    workspace = stage.slack.workspace
    people = [replace(workspace.people[ANA], id=UserId(f"U0CROWD{number}")) for number in range(size)]
    workspace.people.update({person.id: person for person in people})
    channel = workspace.channels[BILLING_FLOOR]
    workspace.channels[BILLING_FLOOR] = replace(channel, members=channel.members | {person.id for person in people})
    return [person.id for person in people]


async def answer(stage: World, text: str) -> dict[str, object]:
    loop = asyncio.get_running_loop()
    before = len(stage.requests.entries)
    start = loop.time()
    reply = await stage.slack.command(ANA, BILLING_FLOOR, "/sla", text)
    message = await reply.until(lambda one: "answered" in one.text or "No contacts" in one.text)
    took = (loop.time() - start) * 1000
    return {"ms": took, "requests": len(stage.requests.entries) - before, "text": message.text}


async def main() -> None:
    commands = (Command(name="/sla", description="Service level"),)
    async with world(now=lambda: datetime.now(UTC), commands=commands) as stage:
        print(json.dumps(stage.environment), flush=True)
        for line in iter(lambda: sys.stdin, None):
            told = await asyncio.to_thread(line.readline)
            if not told:
                return
            order = json.loads(told)
            kind = order.pop("do")
            print(json.dumps(await (burst(stage, **order) if kind == "burst" else answer(stage, **order))), flush=True)


asyncio.run(main())
