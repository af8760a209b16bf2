"""What every listener works with, and the guard around their work."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

import structlog

from bot.blocks.failure import apology, failure_message
from bot.domain.ids import ChannelId, TeamId, UserId
from bot.errors import Busy, Explainable, NotAllowed
from bot.listeners.latest import Latest
from bot.listeners.promises import RESTARTING
from bot.usecases.naming import Asker

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.blocks.kit import Message
    from bot.domain.places import PlaceSettings
    from bot.listeners.alerts.desk import AlertDesk
    from bot.listeners.promises import Promises
    from bot.listeners.reply import Reply
    from bot.slack.channels import Channels
    from bot.slack.outward import Identity, Slack
    from bot.slack.payloads import Click, SlashCommand, Submission
    from bot.slack.people import People
    from bot.usecases.ask import Ask
    from bot.usecases.delivery import Courier
    from bot.usecases.digests.engine import Digests
    from bot.usecases.digests.entries import Entries
    from bot.usecases.digests.subscribe import Subscribing
    from bot.usecases.exports import Exports
    from bot.usecases.owners import Owners
    from bot.usecases.permits import Permits
    from bot.usecases.places import Places
    from bot.usecases.table_files import TableFiles

log = structlog.get_logger()

FAREWELL = timedelta(seconds=3)
"""How long somebody whose question is given up at shutdown is told so."""


class Claims(Protocol):
    """Things to be done once, however often they are asked for."""

    async def claim(self, key: str, now: datetime) -> bool: ...
    async def release(self, key: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who typed or pressed."""

    user: UserId
    team: TeamId
    """Their own workspace: in a shared channel it may be another organisation's."""
    enterprise: str | None = None
    channel: ChannelId | None = None
    """Where, unless it was in a window or in direct messages."""
    trigger: str = ""
    """Opens one window, within three seconds."""

    @classmethod
    def of_command(cls, command: SlashCommand) -> Visitor:
        return cls(
            user=UserId(command["user_id"]),
            team=TeamId(command["team_id"]),
            enterprise=command.get("enterprise_id"),
            channel=channel_of(command["channel_id"]),
            trigger=command["trigger_id"],
        )

    @classmethod
    def of_payload(cls, body: Click | Submission) -> Visitor:
        """A person of a shared channel carries the id of their own workspace, or at least the payload does."""
        user, team, enterprise = body["user"], body.get("team"), body.get("enterprise")
        return cls(
            user=UserId(user["id"]),
            team=TeamId(user.get("team_id") or (team["id"] if team else "")),
            enterprise=enterprise["id"] if enterprise else None,
            trigger=body.get("trigger_id", ""),
        )

    @classmethod
    def of_click(cls, body: Click) -> Visitor:
        """The same, with the channel it was in."""
        return replace(cls.of_payload(body), channel=channel_of(body.get("channel", {"id": ""})["id"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A visitor who may ask, and what goes without saying where they are."""

    visitor: Visitor
    asker: Asker
    """With the queues that may be seen from there."""
    now: datetime
    """The present moment, in the zone of the channel, else of the visitor, else of the bot."""
    usual: PlaceSettings
    """Meant where a command says nothing."""

    @property
    def place(self) -> ChannelId:
        """The channel; in direct messages the person, whose id stands for them."""
        return self.visitor.channel or ChannelId(self.visitor.user)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The collaborators of the listeners."""

    ask: Ask
    subscribing: Subscribing
    digests: Digests
    entries: Entries
    owners: Owners
    alerts: AlertDesk
    exports: Exports
    courier: Courier
    tables: TableFiles
    slack: Slack
    people: People
    channels: Channels
    permits: Permits
    places: Places
    promises: Promises
    claims: Claims
    identity: Identity
    zone: ZoneInfo
    """For people whose own zone is unknown."""
    admins: frozenset[UserId]
    """Those who are named in the settings; a workspace has others."""
    prefix: str
    """In front of every command's name."""
    clock: Callable[[], datetime]
    homes: Latest = field(default_factory=Latest)
    """Home tabs on their way, by user."""

    def typed(self, command: str) -> str:
        """The command of that name as people type it here."""
        return f"/{self.prefix}{command}"

    async def welcome(self, visitor: Visitor) -> Seat:
        """Raises NotAllowed for guests and people of other organisations."""
        ours = visitor.team == self.identity.team_id or (
            self.identity.enterprise_id is not None and visitor.enterprise == self.identity.enterprise_id
        )
        # Whose Enterprise a payload names in a shared channel is not documented, so the person is looked up as well.
        person = await self.people.person(visitor.user) if ours else None
        if person is None or person.stranger:
            raise NotAllowed(
                "Only members of this workspace can use this bot. Ask one of them to share the answer here."
            )
        if person.guest:
            raise NotAllowed(
                "Guests cannot ask this bot. Ask a full member of this workspace to share the answer here."
            )
        place = await self.places.settings(visitor.channel, visitor.user)
        return Seat(
            visitor=visitor,
            asker=Asker(team=visitor.team, user=visitor.user, sight=place.sight),
            now=self.clock().astimezone(place.usual.zone or person.zone or self.zone),
            usual=place.usual,
        )

    def promise(
        self,
        visitor: Visitor,
        reply: Reply,
        work: Coroutine[None, None, None],
        *,
        in_words: Callable[[Explainable], Coroutine[None, None, Message]] | None = None,
    ) -> None:
        """Own `work` until it is done, and tell the visitor in words should it fail. Never raises.

        `in_words` renders an error that knows more than the error itself: which command to try, which queues to offer.
        """
        guarded = self._guarded(visitor, reply, work, in_words)
        try:
            self.promises.make(guarded, owner=visitor.user)
        except Explainable as refusal:
            work.close()
            self.promises.keep(reply.note(failure_message(refusal)), owner=visitor.user)

    async def _guarded(
        self,
        visitor: Visitor,
        reply: Reply,
        work: Coroutine[None, None, None],
        in_words: Callable[[Explainable], Coroutine[None, None, Message]] | None,
    ) -> None:
        try:
            try:
                await work
            except Explainable as error:
                log.info("a question was not answered", reason=repr(error), user=visitor.user)
                await reply.note(await _worded(error, in_words))
        except asyncio.CancelledError:
            # Not done when the bot stopped: better told than waited for in vain.
            with suppress(TimeoutError):
                async with asyncio.timeout(FAREWELL.total_seconds()):
                    await reply.note(failure_message(Busy(RESTARTING)))
            raise
        except Exception:
            # The last stop before a person is left without an answer.
            reference = secrets.token_hex(4)
            log.exception("a question failed", reference=reference, user=visitor.user)
            await reply.note(apology(reference))


async def _worded(
    error: Explainable, in_words: Callable[[Explainable], Coroutine[None, None, Message]] | None
) -> Message:
    try:
        return await in_words(error) if in_words else failure_message(error)
    except Explainable:
        # What the better words are made of may be missing for the same reason: the first error is the one to tell.
        return failure_message(error)


def channel_of(place: str) -> ChannelId | None:
    """The id of a channel that has members; None for direct messages (D…), and for people (U…, W…) in their place."""
    return ChannelId(place) if place and not place.startswith(("D", "U", "W")) else None
