"""In which zone a channel reads the time of its alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection
    from zoneinfo import ZoneInfo

    from bot.domain.ids import ChannelId, TeamId
    from bot.store.places import Places


class Zones:
    """The channel's own, else the bot's."""

    def __init__(self, places: Places, *, team: TeamId, usual: ZoneInfo) -> None:
        self._places = places
        self._team = team
        self._usual = usual

    async def of(self, channels: Collection[ChannelId]) -> dict[ChannelId, ZoneInfo]:
        """Costs one query."""
        found = await self._places.of_many(self._team, channels) if channels else {}
        zones = {channel: settings.zone for channel, settings in found.items()}
        return {channel: zones.get(channel) or self._usual for channel in channels}
