"""The buttons on exports: Cancel, Try Again, and CSV under a report."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.blocks.export import AGAIN, CANCEL
from bot.blocks.loading import note_message
from bot.blocks.report import CSV
from bot.commands.reader import CARRIED_LIMIT
from bot.commands.report import parse_report
from bot.domain.exports import FileFormat
from bot.domain.ids import ExportId
from bot.listeners.answering import answer
from bot.listeners.asked import Asked
from bot.listeners.desk import Visitor
from bot.listeners.reply import Reply, to_url
from bot.listeners.report import REPORT

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.listeners.desk import Desk
    from bot.slack.payloads import Click


def register(app: AsyncApp, desk: Desk) -> None:
    @app.action(CANCEL)
    async def cancel(ack: AsyncAck, body: Click) -> None:
        await ack()
        visitor, reply = Visitor.of_click(body), _reply_under(desk, body)
        desk.promise(visitor, reply, _cancel(desk, visitor, reply, ExportId(_value(body))))

    @app.action(AGAIN)
    async def again(ack: AsyncAck, body: Click) -> None:
        await ack()
        visitor, reply = Visitor.of_click(body), _reply_under(desk, body)
        desk.promise(visitor, reply, _again(desk, visitor, reply, _value(body)))

    @app.action(CSV)
    async def csv(ack: AsyncAck, body: Click) -> None:
        await ack()
        visitor, reply = Visitor.of_click(body), _reply_under(desk, body)
        desk.promise(visitor, reply, _csv(desk, visitor, reply, _value(body)))


async def _cancel(desk: Desk, visitor: Visitor, reply: Reply, export: ExportId) -> None:
    seat = await desk.welcome(visitor)
    if not await desk.exports.cancel(export, by=seat.asker):
        await reply.add(note_message("This export is over already."))


async def _again(desk: Desk, visitor: Visitor, reply: Reply, value: str) -> None:
    """The same period as before, whatever the day is by now, with what may be seen where it was asked."""
    asked = Asked.from_value(value)
    seat = await desk.welcome(replace(visitor, channel=asked.channel or visitor.channel))
    command = parse_report(asked.text, now=asked.at, limit=CARRIED_LIMIT)
    await answer(desk, seat, reply, REPORT, command, at=asked.at)


async def _csv(desk: Desk, visitor: Visitor, reply: Reply, value: str) -> None:
    """What the answer shows, as a file for whoever presses."""
    seat = await desk.welcome(visitor)
    asked = Asked.from_value(value)
    command = parse_report(asked.text, now=asked.at, limit=CARRIED_LIMIT)
    await answer(desk, seat, reply, REPORT, replace(command, file=FileFormat.CSV), at=asked.at)


def _value(body: Click) -> str:
    return body["actions"][0].get("value", "")


def _reply_under(desk: Desk, body: Click) -> Reply:
    return Reply(to_url(desk.slack, body.get("response_url", "")), on_answer=True)
