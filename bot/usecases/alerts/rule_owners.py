"""What owners of rules have to know is told them by direct message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks.alerts.answers import stopped_message
from bot.blocks.loading import note_message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.alerts.rules import Rule
    from bot.domain.ids import ChannelId, UserId
    from bot.slack.outward import Slack
    from bot.usecases.alerts.rule_entries import RuleEntries
    from bot.usecases.alerts.ruling import Ruling


class RuleOwners:
    """Tells each person once."""

    def __init__(self, slack: Slack, ruling: Ruling, entries: RuleEntries) -> None:
        self._slack = slack
        self._ruling = ruling
        self._entries = entries

    async def channel_lost(self, channel: ChannelId, reason: str) -> None:
        """The channel takes no messages, for the `reason` (a sentence): its rules are stopped, and owners told."""
        await self.stopped(await self._ruling.channel_gone(channel, reason), reason)

    async def stopped(self, rules: Sequence[Rule], reason: str) -> None:
        """The owner of each is told."""
        for entry in await self._entries.of(rules):
            await self._slack.post(entry.rule.owner, stopped_message(entry, reason))

    async def waits(self, channel: ChannelId, reason: str) -> None:
        """Messages of the channel wait for a person, for the `reason`: the owners of its rules are told."""
        owners: dict[UserId, Rule] = {rule.owner: rule for rule in await self._ruling.listing(channel)}
        for owner in owners:
            await self._slack.post(owner, note_message(f"Alerts for <#{channel}> wait: {reason}"))
