"""The slash commands: acknowledge, then promise the answer."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bot.errors import Outdated
from bot.listeners.alerts.command import ALERT
from bot.listeners.answering import Road, answer_typed, told
from bot.listeners.desk import Visitor
from bot.listeners.digests.command import DIGEST
from bot.listeners.queue import QUEUE
from bot.listeners.reply import Reply, to_url
from bot.listeners.report import REPORT
from bot.listeners.sla import SLA
from bot.slack.payloads import typed_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.listeners.desk import Desk
    from bot.slack.payloads import SlashCommand

ROADS: Mapping[str, Road[Any]] = MappingProxyType({road.name: road for road in (SLA, QUEUE, REPORT, DIGEST, ALERT)})
"""By the command's name."""


def register(app: AsyncApp, desk: Desk) -> None:
    for road in ROADS.values():
        _listen(app, desk, road)


def road_of(name: str) -> Road[Any]:
    """Raises Outdated for the name of a command that this version does not have."""
    if name not in ROADS:
        raise Outdated
    return ROADS[name]


def _listen(app: AsyncApp, desk: Desk, road: Road[Any]) -> None:
    @app.command(desk.typed(road.name))
    async def typed(ack: AsyncAck, command: SlashCommand) -> None:
        await ack()
        visitor = Visitor.of_command(command)
        reply = Reply(to_url(desk.slack, command["response_url"]))
        text = typed_text(command)
        work = answer_typed(desk, visitor, reply, road, text)
        desk.promise(visitor, reply, work, in_words=told(desk, visitor, road, text))
