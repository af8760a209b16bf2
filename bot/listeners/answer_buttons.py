"""The buttons under an answer: Refresh, Share in Channel, Why?, and the queues offered for an unknown name."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.blocks.failure import CHOOSE
from bot.blocks.sla import WHY
from bot.blocks.why import loading_view, why_modal
from bot.commands.reader import CARRIED_LIMIT
from bot.domain.places import UNSET
from bot.errors import Outdated
from bot.listeners.answering import answer, not_shared, told
from bot.listeners.asked import Asked, Choice
from bot.listeners.commands import ROADS, road_of
from bot.listeners.desk import Visitor
from bot.listeners.reply import Reply, to_url
from bot.listeners.sla import SLA, report_on
from bot.listeners.windows import fill
from bot.slack.outward import Outcome

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.blocks.kit import Block
    from bot.listeners.answering import Road
    from bot.listeners.desk import Desk
    from bot.slack.payloads import Click

WHY_TITLE = "Why This Figure"


def register(app: AsyncApp, desk: Desk) -> None:
    async def refresh(ack: AsyncAck, body: Click) -> None:
        await ack()
        visitor, reply = Visitor.of_click(body), _reply_under(desk, body)
        desk.promise(visitor, reply, _refresh(desk, visitor, reply, _value(body)))

    async def share(ack: AsyncAck, body: Click) -> None:
        await ack()
        visitor, reply = Visitor.of_click(body), _reply_under(desk, body)
        desk.promise(visitor, reply, _share(desk, visitor, reply, body))

    for road in ROADS.values():
        app.action(road.refresh)(refresh)
        app.action(road.share)(share)

    @app.action(WHY)
    async def why(ack: AsyncAck, body: Click) -> None:
        await ack()
        visitor, reply = Visitor.of_click(body), _reply_under(desk, body)
        opening = partial(desk.slack.open_view, body["trigger_id"], loading_view(WHY_TITLE))
        desk.promise(visitor, reply, fill(desk, reply, opening, partial(_why, desk, visitor, body), title=WHY_TITLE))

    @app.action(re.compile(f"^{CHOOSE}"))
    async def choose(ack: AsyncAck, body: Click) -> None:
        await ack()
        visitor = Visitor.of_click(body)
        reply = Reply(to_url(desk.slack, body.get("response_url", "")), on_message=True)
        road, typed = _chosen_for(body)
        work = _choose(desk, visitor, reply, _value(body))
        desk.promise(visitor, reply, work, in_words=told(desk, visitor, road, typed))


async def _refresh(desk: Desk, visitor: Visitor, reply: Reply, value: str) -> None:
    seat = await desk.welcome(visitor)
    asked = Asked.from_value(value).again(seat.now)
    road = road_of(asked.command)
    await answer(desk, seat, reply, road, road.read(asked.text, asked.at, CARRIED_LIMIT, UNSET), at=asked.at)


async def _choose(desk: Desk, visitor: Visitor, reply: Reply, value: str) -> None:
    seat = await desk.welcome(visitor)
    choice = Choice.from_value(value)
    road = road_of(choice.command)
    queue = await desk.ask.naming.remember(seat.asker, choice.word, choice.queue)
    text = road.with_queue(choice.text, word=choice.word, name=queue.name)
    await answer(desk, seat, reply, road, road.read(text, seat.now, CARRIED_LIMIT, seat.usual), at=seat.now)


async def _share(desk: Desk, visitor: Visitor, reply: Reply, body: Click) -> None:
    """Post the answer for all: once for each answer, however often the button is pressed."""
    seat = await desk.welcome(visitor)
    asked = Asked.from_value(_value(body))
    road = road_of(asked.command)
    said = await road.ask(desk, seat, road.read(asked.text, asked.at, CARRIED_LIMIT, UNSET), asked.at)
    message = body["container"].get("message_ts", "")
    key = f"share:{body.get('channel', {}).get('id', '')}:{visitor.user}:{message}:{asked.at.isoformat()}"
    shared = said(shared_by=visitor.user)
    if not await desk.claims.claim(key, desk.clock()):
        return
    outcome = await reply.announce(shared)
    if outcome in {Outcome.REFUSED, Outcome.REFUSED_BLOCKS}:
        await desk.claims.release(key)
    if outcome is not Outcome.SENT:
        await reply.add(not_shared(outcome))


async def _why(desk: Desk, visitor: Visitor, body: Click) -> Block:
    seat = await desk.welcome(visitor)
    asked = Asked.from_value(_value(body))
    report, _ = await report_on(desk, seat, SLA.read(asked.text, asked.at, CARRIED_LIMIT, UNSET), asked.at)
    return why_modal(report)


def _value(body: Click) -> str:
    return body["actions"][0].get("value", "")


def _chosen_for(body: Click) -> tuple[Road[Any], str]:
    """The command that a choice stands in; empty for a value that cannot be read, which the work itself reports."""
    try:
        choice = Choice.from_value(_value(body))
        return road_of(choice.command), choice.text
    except Outdated:
        return SLA, ""


def _reply_under(desk: Desk, body: Click) -> Reply:
    return Reply(to_url(desk.slack, body.get("response_url", "")), on_answer=True)
