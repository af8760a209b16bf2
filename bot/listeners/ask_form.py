"""The form "Ask About a Queue": opened from App Home, names completed while they are typed, answered by message."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import structlog

from bot.blocks import home
from bot.blocks.ask_form import (
    BY,
    BY_CHOICE,
    CALLBACK,
    PERIOD,
    PERIOD_CHOICE,
    QUEUE,
    QUEUE_SEARCH,
    THRESHOLD,
    THRESHOLD_TEXT,
    ask_form,
    queue_options,
    refused,
)
from bot.blocks.failure import explained
from bot.blocks.loading import NOT_OPENED, note_message
from bot.blocks.place_settings import LIMIT
from bot.commands.reader import TYPED_LIMIT
from bot.commands.threshold import read_threshold
from bot.domain.ids import TeamId, UserId
from bot.domain.places import UNSET
from bot.errors import BadWord, Explainable, Outdated
from bot.listeners.answering import answer, told
from bot.listeners.carried import Carried
from bot.listeners.desk import Visitor
from bot.listeners.reply import Reply, to_person
from bot.listeners.sla import SLA
from bot.listeners.submitting import IN_TIME_SECONDS
from bot.usecases.naming import Asker

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.domain.queues import Queue
    from bot.listeners.desk import Desk
    from bot.slack.payloads import Click, Submission, Suggestion


log = structlog.get_logger()


def register(app: AsyncApp, desk: Desk) -> None:
    @app.action(home.ASK)
    async def open_form(ack: AsyncAck, body: Click) -> None:
        await ack()
        visitor = Visitor.of_payload(body)
        reply = _by_message(desk, visitor)
        desk.promise(visitor, reply, _open(desk, visitor, reply, body["trigger_id"]))

    @app.options(QUEUE_SEARCH)
    async def complete(ack: AsyncAck, body: Suggestion) -> None:
        await ack(options=queue_options(await _suggested(desk, body)))

    @app.view(CALLBACK)
    async def submitted(ack: AsyncAck, body: Submission) -> None:
        entered = body["view"]["state"]["values"]
        try:
            # Read before the acknowledgement, which can show an error at its field and keep the form open.
            _check_threshold(entered[THRESHOLD][THRESHOLD_TEXT].get("value") or "")
        except BadWord as error:
            await ack(response_action="errors", errors=refused(THRESHOLD, explained(error)))
            return
        await ack()
        visitor = Visitor.of_payload(body)
        reply, typed = _by_message(desk, visitor), _command(entered)
        desk.promise(visitor, reply, _answer(desk, visitor, reply, typed), in_words=told(desk, visitor, SLA, typed))


async def _suggested(desk: Desk, body: Suggestion) -> Sequence[Queue]:
    """Nothing while it cannot be told what may be seen: a menu shows no errors, and is not waited for."""
    try:
        async with asyncio.timeout(IN_TIME_SECONDS):
            return desk.ask.naming.suggest(body.get("value") or "", await _asker(desk, body))
    except (Explainable, TimeoutError) as failure:
        log.info("no queues were suggested", reason=repr(failure))
    except Exception:
        log.exception("no queues were suggested")
    return ()


async def _asker(desk: Desk, body: Suggestion) -> Asker:
    """Whoever types, with what may be seen in the place that the window is about."""
    user, team = body["user"], body.get("team")
    try:
        place = Carried.from_value(body["view"].get("private_metadata", "")).place
    except (KeyError, Outdated):
        place = None  # a window that is about no place
    if body.get("block_id") == LIMIT:
        place = None  # whoever sets the limit chooses from all
    sight = await desk.places.sight(place) if place else None
    return Asker(team=TeamId(user.get("team_id") or (team["id"] if team else "")), user=UserId(user["id"]), sight=sight)


async def _open(desk: Desk, visitor: Visitor, reply: Reply, trigger_id: str) -> None:
    """Only for those who may ask: its menu completes names of queues. They are checked again when it is sent."""
    await desk.welcome(visitor)
    if await desk.slack.open_view(trigger_id, ask_form()) is None:
        await reply.say(note_message(NOT_OPENED))


async def _answer(desk: Desk, visitor: Visitor, reply: Reply, typed: str) -> None:
    seat = await desk.welcome(visitor)
    await answer(desk, seat, reply, SLA, SLA.read(typed, seat.now, TYPED_LIMIT, UNSET), at=seat.now)


def _check_threshold(typed: str) -> None:
    """Raises BadWord for what a command would take for anything else."""
    if typed and read_threshold(typed) is None:
        raise BadWord(typed, "a threshold such as 30s, 1m30s or 2m")


def _by_message(desk: Desk, visitor: Visitor) -> Reply:
    return Reply(to_person(desk.slack, visitor.user))


def _command(entered: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> str:
    """The form as the command it stands for: one way to ask, one parser to read it."""
    words = [
        f'"{_chosen(entered, QUEUE, QUEUE_SEARCH)}"',  # quoted, so that nothing beside it can become part of it
        entered[THRESHOLD][THRESHOLD_TEXT].get("value") or "",
        _chosen(entered, PERIOD, PERIOD_CHOICE),
        f"by {_chosen(entered, BY, BY_CHOICE)}",
    ]
    return " ".join(word for word in words if word)


def _chosen(entered: Mapping[str, Mapping[str, Mapping[str, Any]]], block: str, action: str) -> str:
    return str(entered[block][action]["selected_option"]["value"])
