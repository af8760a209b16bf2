"""What Slack tells of channels: what they are, and who is in them."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from bot.domain.ids import ChannelId, UserId
from bot.errors import Explainable, NotAllowed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from datetime import datetime

    from bot.slack.outward import Slack

log = structlog.get_logger()

MEMORY = timedelta(minutes=5)
"""Events tell of changes as well, but nobody promises that they arrive."""
SHORT_MEMORY = timedelta(seconds=20)
"""Of somebody who is not in a channel: perhaps they are about to join it."""
MOST_KEPT = 10_000
PATIENCE = timedelta(seconds=10)
PAGE = 500
MOST_PAGES_OF_MEMBERS = 20
MOST_PAGES_OF_CHANNELS = 10
MOST_PAGES_OF_BOT = 100

_UNSEEN = frozenset({"channel_not_found", "not_in_channel", "missing_scope", "team_access_not_granted"})
"""Slack's words for a conversation that this bot is not shown, among them direct messages between people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelInfo:
    """A channel as `conversations.info` describes it."""

    id: ChannelId
    name: str
    """Without its #; it changes."""
    archived: bool = False
    ext_shared: bool = False
    """Shared with another organisation, whose people read along, or will as soon as they accept the invitation
    (`is_ext_shared`, `is_pending_ext_shared`).
    """
    creator: UserId | None = None
    bot_may_write: bool = False
    """Whether a message would be taken: the bot is a member, or may write in public channels without being one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """A conversation the bot is not shown: private and not invited, deleted, or never there."""

    id: ChannelId
    bot: str
    """Its user name, for whoever may invite it."""

    def refusal(self) -> NotAllowed:
        return NotAllowed(f"The bot cannot see this channel. Type /invite @{self.bot} there first.")


class SlackSilent(Explainable):
    """Slack did not say what had to be known before going on."""

    remedy = "Try again in a minute."

    def __init__(self) -> None:
        super().__init__("Slack did not tell who is in this channel.")


class ListingRefused(Explainable):
    """Slack does not tell this bot which channels it is in, before somebody changes the Slack app."""

    remedy = "Ask your administrator to grant the scopes channels:read and groups:read."

    def __init__(self) -> None:
        super().__init__("Slack does not tell the bot which channels it is in.")


class Channels:
    """Channels by id, their members, and the channels of a person, remembered for a few minutes."""

    def __init__(self, slack: Slack, *, now: Callable[[], datetime]) -> None:
        self._slack = slack
        self._now = now
        self._infos: dict[ChannelId, tuple[datetime, ChannelInfo]] = {}
        self._members: dict[tuple[ChannelId, UserId], tuple[datetime, bool]] = {}
        self._of_people: dict[UserId, tuple[datetime, tuple[ChannelInfo, ...]]] = {}
        self._bot = ""

    async def info(self, channel: ChannelId) -> ChannelInfo | Unseen:
        """Costs a request in five minutes. Raises SlackSilent."""
        known = self._infos.get(channel)
        if known and self._now() < known[0]:
            return known[1]
        async with _answered():
            try:
                reply = await self._slack.reads.conversations_info(channel=channel)
            except SlackApiError as refusal:
                return await self._unseen(channel, refusal)
        found = _info(reply.get("channel") or {}, may_write_uninvited=_may_write_uninvited(reply.headers))
        _keep(self._infos, channel, (self._now() + MEMORY, found))
        return found

    async def has_member(self, channel: ChannelId, user: UserId) -> bool:
        """Costs a request for each `PAGE` members at most. Raises NotAllowed with the invitation when the bot cannot
        see the channel, and SlackSilent.
        """
        known = self._members.get((channel, user))
        if known and self._now() < known[0]:
            return known[1]
        async with _answered():
            try:
                found = await self._is_listed(channel, user)
            except SlackApiError as refusal:
                unseen = await self._unseen(channel, refusal)
                raise unseen.refusal() from refusal
        _keep(self._members, (channel, user), (self._now() + (MEMORY if found else SHORT_MEMORY), found))
        return found

    async def of_person(self, user: UserId) -> tuple[ChannelInfo, ...]:
        """The channels that a person is in and the bot can see, archived ones left out; at most 5,000.

        Public ones, and private ones that the bot is in. Source: `users.conversations`, 20 requests a minute for
        everybody together. Raises SlackSilent.
        """
        known = self._of_people.get(user)
        if known and self._now() < known[0]:
            return known[1]
        found: list[ChannelInfo] = []
        async with _answered():
            cursor, pages = "", 0
            while pages == 0 or (cursor and pages < MOST_PAGES_OF_CHANNELS):
                some, cursor = await self._listed(cursor, user=user, exclude_archived=True)
                found, pages = found + some, pages + 1
        _keep(self._of_people, user, (self._now() + MEMORY, tuple(found)))
        return tuple(found)

    async def of_bot(self) -> tuple[ChannelInfo, ...]:
        """All channels that the bot itself is in, archived ones among them; never from memory.

        Source: `users.conversations`, a request for each `PAGE` of them. Raises SlackSilent, and ListingRefused
        without the scopes.
        """
        found: list[ChannelInfo] = []
        cursor, pages = "", 0
        while pages == 0 or (cursor and pages < MOST_PAGES_OF_BOT):
            async with _answered():
                try:
                    some, cursor = await self._listed(cursor)
                except SlackApiError as refusal:
                    if _word(refusal) == "missing_scope":
                        raise ListingRefused from refusal
                    raise
            found, pages = found + some, pages + 1
        return tuple(found)

    async def usable(self, channel: ChannelId) -> ChannelInfo:
        """A channel that takes the bot's messages. Raises NotAllowed with what to do otherwise, and SlackSilent."""
        found = await self.info(channel)
        if isinstance(found, ChannelInfo) and found.bot_may_write and not found.archived:
            return found
        self.forget(channel)  # whoever reads the refusal repairs it and tries again at once
        if isinstance(found, Unseen):
            raise found.refusal()
        if found.archived:
            raise NotAllowed(f"#{found.name} is archived and takes no messages. Unarchive it first.")
        async with _answered():
            bot = await self._own_name()
        raise NotAllowed(f"The bot may not write in #{found.name}. Type /invite @{bot} there first.")

    def forget(self, channel: ChannelId) -> None:
        """Something happened to it: look at it anew."""
        self._infos.pop(channel, None)
        for pair in [pair for pair in self._members if pair[0] == channel]:
            del self._members[pair]
        for user in [user for user, (_, found) in self._of_people.items() if any(one.id == channel for one in found)]:
            del self._of_people[user]

    async def _listed(self, cursor: str, **which: Any) -> tuple[list[ChannelInfo], str]:
        """A page of `users.conversations`, and the cursor of the next one, empty after the last."""
        reply = await self._slack.reads.users_conversations(
            types="public_channel,private_channel", limit=PAGE, cursor=cursor, **which
        )
        uninvited = _may_write_uninvited(reply.headers)
        found = [_info(one, may_write_uninvited=uninvited) for one in reply.get("channels") or ()]
        return found, _next_cursor(reply.get("response_metadata"))

    async def _is_listed(self, channel: ChannelId, user: UserId) -> bool:
        cursor, pages = "", 0
        while pages == 0 or cursor:
            if pages == MOST_PAGES_OF_MEMBERS:
                # In a channel of that size the person's own list of channels is the shorter one.
                return any(one.id == channel for one in await self.of_person(user))
            reply = await self._slack.reads.conversations_members(channel=channel, limit=PAGE, cursor=cursor)
            if user in (reply.get("members") or ()):
                return True
            cursor, pages = _next_cursor(reply.get("response_metadata")), pages + 1
        return False

    async def _unseen(self, channel: ChannelId, refusal: SlackApiError) -> Unseen:
        """Raises `refusal` when it says anything else."""
        if _word(refusal) not in _UNSEEN:
            raise refusal
        return Unseen(id=channel, bot=await self._own_name())

    async def _own_name(self) -> str:
        if not self._bot:
            self._bot = str((await self._slack.reads.auth_test())["user"])
        return self._bot


@asynccontextmanager
async def _answered() -> AsyncIterator[None]:
    """Raises SlackSilent for whatever keeps Slack from answering in the block."""
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            yield
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as failure:
        log.warning("a channel could not be looked up", failure=type(failure).__name__)
        raise SlackSilent from failure


def _word(refusal: SlackApiError) -> str:
    """Slack's own; empty when something in front of it answered."""
    answer = refusal.response.data
    return str(answer.get("error") or "") if isinstance(answer, dict) else ""


def _info(told: Mapping[str, Any], *, may_write_uninvited: bool) -> ChannelInfo:
    private = bool(told.get("is_private"))
    # Listings of a person's channels leave it out, and have private channels only where the bot is.
    member = bool(told.get("is_member", private))
    return ChannelInfo(
        id=ChannelId(str(told["id"])),
        name=str(told.get("name") or ""),
        archived=bool(told.get("is_archived")),
        ext_shared=bool(told.get("is_ext_shared") or told.get("is_pending_ext_shared")),
        creator=UserId(str(told["creator"])) if told.get("creator") else None,
        bot_may_write=member or (may_write_uninvited and not private),
    )


def _may_write_uninvited(headers: Mapping[str, Any]) -> bool:
    """Slack sends the token's scopes with every answer. Without them the first message will tell."""
    scopes = {name.lower(): str(value) for name, value in headers.items()}.get("x-oauth-scopes")
    return scopes is None or "chat:write.public" in (scope.strip() for scope in scopes.split(","))


def _next_cursor(metadata: Mapping[str, Any] | None) -> str:
    return str((metadata or {}).get("next_cursor") or "")


def _keep(memory: dict[Any, Any], key: object, value: object) -> None:
    if len(memory) >= MOST_KEPT:
        memory.clear()
    memory[key] = value
