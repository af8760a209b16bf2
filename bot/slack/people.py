"""Who is asking: their name and time zone, and what they are in the workspace."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.slack.outward import Slack

log = structlog.get_logger()

MEMORY = timedelta(hours=4)
MOST_PEOPLE = 10_000
PATIENCE = timedelta(seconds=2)
"""Retries included: somebody waits, and a window can be opened for three seconds only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What `users.info` tells of somebody. Someone Slack will not tell about is taken for a member without a zone."""

    id: str
    name: str = ""
    """As colleagues read it; empty when Slack did not tell."""
    zone: ZoneInfo | None = None
    guest: bool = False
    stranger: bool = False
    """Of another organisation, met in a shared channel."""
    admin: bool = False
    """An administrator or owner of the workspace."""


class People:
    """People by id, remembered for hours: `users.info` is rate limited and time zones seldom change."""

    def __init__(self, slack: Slack, *, now: Callable[[], datetime]) -> None:
        self._slack = slack
        self._now = now
        self._known: dict[str, tuple[datetime, Person]] = {}

    async def person(self, user_id: str) -> Person:
        known = self._known.get(user_id)
        if known and self._now() - known[0] < MEMORY:
            return known[1]
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                reply = await self._slack.reads.users_info(user=user_id)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as failure:
            # A question is not refused because Slack is slow; the bot's own zone is stated in the answer.
            log.warning("a person could not be looked up", failure=type(failure).__name__)
            return known[1] if known else Person(id=user_id)
        user = reply.get("user") or {}
        person = Person(
            id=user_id,
            name=str(user.get("real_name") or user.get("name") or ""),
            zone=_zone(user.get("tz")),
            guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
            stranger=bool(user.get("is_stranger")),
            admin=bool(user.get("is_admin") or user.get("is_owner") or user.get("is_primary_owner")),
        )
        if len(self._known) >= MOST_PEOPLE:
            self._known.clear()
        self._known[user_id] = (self._now(), person)
        return person


def _zone(name: object) -> ZoneInfo | None:
    if not isinstance(name, str) or not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of zones
        return None
