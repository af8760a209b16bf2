"""What is set for the place where somebody asks: a channel's own, else the person's.

A place's id is the channel's, or the person's own for their direct messages with the bot.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.blocks.wording import several
from bot.domain.audit import Action
from bot.domain.ids import ChannelId
from bot.domain.names import BESIDE_SETTINGS
from bot.domain.places import UNSET
from bot.errors import ChangedMeanwhile, NotAllowed
from bot.usecases.permits import Deed, own_place, seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime, timedelta
    from zoneinfo import ZoneInfo

    from bot.domain.ids import TeamId, UserId
    from bot.domain.places import PlaceSettings
    from bot.domain.questions import Formula, QueueWord
    from bot.slack.channels import Channels
    from bot.store.places import Places as PlaceRecords
    from bot.usecases.naming import Asker, Naming, Sight
    from bot.usecases.permits import Permits

UNREADABLE = (
    "The settings of this channel cannot be read, so that no queue is shown here. First set anew which queues it may "
    "show: settings limit all, or settings limit and their names."
)


class Source(StrEnum):
    """Where a setting comes from."""

    CHANNEL = "channel"
    PERSON = "person"
    NOWHERE = "nowhere"
    """It is not set: the bot's own usage holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What holds where somebody asks. None and empty as in `PlaceSettings`."""

    zone: ZoneInfo | None = None
    queues: tuple[QueueWord, ...] = ()
    threshold: timedelta | None = None
    formula: Formula | None = None
    sight: Sight | None = None
    """The only queues that may be seen here, as they are at present; None: all. A limit is of the channel alone."""
    zone_from: Source = Source.NOWHERE
    queues_from: Source = Source.NOWHERE
    threshold_from: Source = Source.NOWHERE
    formula_from: Source = Source.NOWHERE
    place: PlaceSettings = UNSET
    """As set for this very place, for its form."""

    @property
    def usual(self) -> PlaceSettings:
        """What commands mean here where they say nothing."""
        return replace(self.place, zone=self.zone, queues=self.queues, threshold=self.threshold, formula=self.formula)


class Places:
    """The settings of every place, and the one way to change them."""

    def __init__(
        self,
        records: PlaceRecords,
        *,
        team: TeamId,
        naming: Naming,
        channels: Channels,
        permits: Permits,
        now: Callable[[], datetime],
    ) -> None:
        """`team` is the bot's own workspace: who asks may be of another one of the same Enterprise."""
        self._records = records
        self._team = team
        self._naming = naming
        self._channels = channels
        self._permits = permits
        self._now = now

    async def settings(self, channel: ChannelId | None, user: UserId) -> Resolved:
        """`channel` is None in direct messages. Costs one query.

        Raises the GenesysError family only where there is a limit and no directory could be read yet.
        """
        own = ChannelId(user)
        here = channel or own
        found = await self._records.of_many(self._team, {here, own})
        place, person = found.get(here, UNSET), found.get(own, UNSET)
        channels = Source.PERSON if own_place(here) else Source.CHANNEL
        sight = await self._seen_through(place)
        return Resolved(
            zone=place.zone or person.zone,
            queues=place.queues or _within(sight, person.queues),
            threshold=place.threshold or person.threshold,
            formula=place.formula or person.formula,
            sight=sight,
            zone_from=_source(place.zone, person.zone, channels),
            queues_from=_source(place.queues, _within(sight, person.queues), channels),
            threshold_from=_source(place.threshold, person.threshold, channels),
            formula_from=_source(place.formula, person.formula, channels),
            place=place,
        )

    async def sight(self, channel: ChannelId) -> Sight | None:
        """The only queues that may be seen there; None: all. Raises as `settings` does."""
        return (await self.sights([channel]))[channel]

    async def sights(self, channels: Iterable[ChannelId]) -> dict[ChannelId, Sight | None]:
        """The `sight` of each. Costs one query; where settings cannot be read, nothing may be seen."""
        found = await self._records.of_many(self._team, channels)
        return {ChannelId(place): await self._seen_through(settings) for place, settings in found.items()}

    async def change(self, place: ChannelId, settings: PlaceSettings, by: Asker) -> PlaceSettings:
        """All of a place's settings anew; what is returned has the queues pinned to their ids.

        Damaged settings are set anew by whoever says what may be seen. Raises NotAllowed, UnknownQueue and BadWord,
        ChangedMeanwhile, SlackSilent, and the GenesysError family.
        """
        before = (await self._records.of_many(self._team, [place]))[place]
        if before.damaged and settings.damaged and not own_place(place):
            raise NotAllowed(UNREADABLE)
        wanted = replace(settings, limit=settings.limit or None)
        if own_place(place):
            if wanted.limit is not None:
                raise NotAllowed("Only channels can be limited to some queues. Set the limit in a channel.")
        else:
            seen(await self._channels.info(place))
        # Queues that are set already stay, also those that are gone by now.
        limit = before.limit
        if wanted.limit != before.limit:
            pinned = await self._pinned(wanted.limit or (), before.limit or (), replace(by, sight=None))
            limit = pinned or None
        limited = limit != before.limit
        if limited:
            await self._permits.check(Deed.LIMIT, by.user, place)
        if not limited or replace(wanted, limit=None) != replace(before, limit=None):
            await self._permits.check(Deed.SETTINGS, by.user, place)
        sight = await self._seen_through(replace(wanted, limit=limit))
        if limited:
            self._check_usual(wanted.queues, before.queues, sight)
        queues = await self._pinned(wanted.queues, before.queues, replace(by, sight=sight))
        after = replace(wanted, queues=queues, limit=limit)
        if after != before:
            action = Action.LIMIT if limited else Action.SETTINGS
            kept = await self._records.put(
                self._team, place, after, by=by.user, now=self._now(), action=action, seen=before
            )
            if not kept:
                raise ChangedMeanwhile("Somebody changed these settings meanwhile: look at them again.")
        return after

    def _check_usual(self, wanted: tuple[QueueWord, ...], known: tuple[QueueWord, ...], sight: Sight | None) -> None:
        """Raises NotAllowed with the names of usual queues that a new limit would hide: whoever sets it sees them."""
        hidden = self._naming.outside(tuple(word for word in wanted if word in known), sight)
        if hidden:
            refusal = NotAllowed(f"The usual queues here would not be seen any more: {several(hidden, most=6)}.")
            refusal.remedy = "Change them together with the limit, as in: limit billing queues billing"
            raise refusal

    async def _pinned(
        self, words: tuple[QueueWord, ...], known: tuple[QueueWord, ...], asker: Asker
    ) -> tuple[QueueWord, ...]:
        return tuple(
            [
                word
                for each in words
                for word in ((each,) if each in known else await self._naming.pinned((each,), asker, BESIDE_SETTINGS))
            ]
        )

    async def _seen_through(self, settings: PlaceSettings) -> Sight | None:
        if settings.limit is None:
            return None
        if not await self._naming.known():
            await self._naming.queues(())  # waits for the first listing: without it every queue would seem hidden
        return self._naming.sight(settings.limit)


def _within(sight: Sight | None, words: tuple[QueueWord, ...]) -> tuple[QueueWord, ...]:
    """A person's usual queues as far as the channel shows them; patterns are bounded when they are read."""
    return words if sight is None else tuple(word for word in words if not word.quoted or word.text in sight)


def _source(place: object, person: object, channels: Source) -> Source:
    if place:
        return channels
    return Source.PERSON if person else Source.NOWHERE
