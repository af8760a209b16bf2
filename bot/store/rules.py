"""Rules that channels have. Whoever changes one names what they saw; what changed meanwhile stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.alerts.rules import RuleState
from bot.domain.audit import Action

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncEngine

    from bot.domain.alerts.keeping import DamagedRule
    from bot.domain.alerts.rules import Rule, RuleId, Terms
    from bot.domain.ids import ChannelId, TeamId, UserId


class Rules:
    """One row for each; what is asked for one raises Unreadable when that one cannot be read, lists leave it out.

    Lists are by channel, then number. Every change writes its entry of the audit log in the same transaction.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def create(
        self,
        terms: Terms,
        *,
        team: TeamId,
        channel: ChannelId,
        owner: UserId,
        now: datetime,
        state: RuleState = RuleState.ACTIVE,
        reason: str = "",
    ) -> Rule:
        """A new one, with the next number of its channel."""
        raise NotImplementedError

    async def find(self, rule: RuleId) -> Rule | None:
        """None when it was removed. Raises Unreadable."""
        raise NotImplementedError

    async def numbered(self, team: TeamId, channel: ChannelId, number: int) -> Rule | None:
        """None when there is none. Raises Unreadable."""
        raise NotImplementedError

    async def of_channel(self, team: TeamId, channel: ChannelId) -> tuple[Rule, ...]:
        return await self.of_channels(team, (channel,))

    async def of_channels(self, team: TeamId, channels: Collection[ChannelId]) -> tuple[Rule, ...]:
        raise NotImplementedError

    async def active(self, team: TeamId) -> tuple[Rule, ...]:
        """Those that are judged; muted ones are."""
        raise NotImplementedError

    async def everything(self, team: TeamId) -> tuple[Rule, ...]:
        raise NotImplementedError

    async def damaged(self, team: TeamId, channel: ChannelId | None = None) -> tuple[DamagedRule, ...]:
        """Those that lists leave out."""
        raise NotImplementedError

    async def version(self, team: TeamId) -> int:
        """Another number after every change to any rule; cheap. Read it before the rules that it stands for."""
        raise NotImplementedError

    async def change(
        self,
        seen: Rule,
        *,
        by: UserId | None,
        now: datetime,
        action: Action = Action.EDITED,
        terms: Terms | None = None,
        owner: UserId | None = None,
        state: RuleState | None = None,
        reason: str | None = None,
    ) -> Rule | None:
        """As it is now, or None when it is no more as `seen`. What is None stays; a new state has no old reason."""
        raise NotImplementedError

    async def mute(self, seen: Rule, until: datetime | None, *, by: UserId | None, now: datetime) -> Rule | None:
        """As it is now, or None when it is no more as `seen`. None: no longer muted."""
        raise NotImplementedError

    async def remove(self, seen: Rule | DamagedRule, *, by: UserId | None, now: datetime) -> bool:
        """False when it is no more as `seen`. What fired by it stays known; its states are the evaluator's to end."""
        raise NotImplementedError

    async def stop_channel(
        self, team: TeamId, channel: ChannelId, state: RuleState, reason: str, now: datetime
    ) -> tuple[Rule, ...]:
        """The channel takes no messages, or others read along: those that were active, as they are now. Each is returned
        to one caller.
        """
        raise NotImplementedError

    async def move_channel(self, team: TeamId, old: ChannelId, new: ChannelId, now: datetime) -> int:
        """Slack gave a channel another id: how many rules moved with it, and their bulletins and incidents.

        Being told twice is harmless. A number that was given in `new` already is replaced.
        """
        raise NotImplementedError
