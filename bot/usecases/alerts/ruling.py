"""The rules of channels: who may make, change, mute and remove them.

rule = await ruling.create(terms, channel=channel, by=asker)
seen = await ruling.the_one(channel, 2)                      # or find(id), as buttons carry it
await ruling.mute(seen, until, by=asker)                     # ChangedMeanwhile when it is no more as seen
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.blocks.wording import several
from bot.domain.alerts.rules import Rule, RuleId, RuleState
from bot.domain.audit import Action
from bot.domain.ids import ChannelId, UserId
from bot.domain.names import BESIDE_DIGEST, means_all
from bot.domain.questions import QueueWord
from bot.errors import ChangedMeanwhile, NoSuchRule, NotAllowed
from bot.slack.channels import ChannelInfo, SlackSilent
from bot.usecases.naming import Asker
from bot.usecases.permits import Deed, own_place

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from bot.domain.alerts.keeping import DamagedRule
    from bot.domain.alerts.rules import Terms
    from bot.domain.ids import TeamId
    from bot.slack.channels import Channels
    from bot.store.rules import Rules
    from bot.usecases.naming import Naming, Sight
    from bot.usecases.permits import Permits
    from bot.usecases.places import Places

MOST_PER_CHANNEL = 500
MOST_NAMES = 4
"""Queues of a rule that are named one by one."""
SHARED = "The channel is shared with another organisation: an administrator has to confirm this rule first."


class Ruling:
    """Every change is permitted, made once, and in the audit log. Who changes a rule names it as they saw it."""

    def __init__(
        self,
        records: Rules,
        *,
        team: TeamId,
        naming: Naming,
        channels: Channels,
        permits: Permits,
        places: Places,
        now: Callable[[], datetime],
        command: str = "/alert",
    ) -> None:
        """`command` is what people type, for the examples in sentences."""
        self._records = records
        self._team = team
        self._naming = naming
        self._channels = channels
        self._permits = permits
        self._places = places
        self._now = now
        self._command = command

    async def create(self, terms: Terms, *, channel: ChannelId, by: Asker) -> Rule:
        """A rule of `channel` from now on; unconfirmed where another organisation reads along and nobody let it.

        `channel` is a person's own id for their direct messages with the bot. Raises NotAllowed, UnknownQueue, BadWord,
        SlackSilent, and the GenesysError family while no directory could be read.
        """
        await self._permits.check(Deed.CREATE, by.user, channel)
        state = await self._opening(channel, by.user)
        settled = await self.settled(terms, channel, by)
        here = await self._records.of_channels(self._team, [channel])
        if len(here) >= MOST_PER_CHANNEL:
            raise NotAllowed(
                f"This channel has {len(here)} rules, and more than {MOST_PER_CHANNEL} are too many. "
                f"Remove one first: {self._command} remove {here[0].number}"
            )
        return await self._records.create(
            settled,
            team=self._team,
            channel=channel,
            owner=by.user,
            state=state,
            reason=SHARED if state is RuleState.UNCONFIRMED else "",
            now=self._now(),
        )

    async def draft(self, terms: Terms, *, channel: ChannelId, by: Asker, before: Rule | None = None) -> Rule:
        """What `create` would make, or `edit` of `before`, for a trial; kept nowhere. Raises as `create` does."""
        await self._permits.check(Deed.CREATE, by.user, channel)
        now = self._now()
        return Rule(
            id=RuleId(""),
            number=0,
            team=self._team,
            channel=channel,
            owner=by.user,
            terms=await self.settled(terms, channel, by, known=before.terms.queues if before else ()),
            created_at=now,
            changed_at=now,
        )

    async def settled(self, terms: Terms, channel: ChannelId, by: Asker, known: Collection[QueueWord] = ()) -> Terms:
        """With queues pinned to their ids. Those in `known` stay as they are, also when they are gone by now."""
        asker = replace(by, sight=await self._places.sight(channel))
        words: list[QueueWord] = []
        for word in terms.queues:
            words += (word,) if word in known else await self._naming.pinned((word,), asker, BESIDE_DIGEST)
        return replace(terms, queues=tuple(dict.fromkeys(words)))

    async def edit(self, seen: Rule, terms: Terms, by: Asker) -> Rule:
        """The same rule with other terms. Raises as `create` does, and ChangedMeanwhile."""
        await self._permits.check(Deed.CHANGE, by.user, seen.channel)
        settled = await self.settled(terms, seen.channel, by, known=seen.terms.queues)
        if settled == seen.terms:
            return seen
        state = seen.state
        if state is RuleState.ACTIVE:
            state = await self._opening(seen.channel, by.user)
        return await self._change(seen, by, Action.EDITED, terms=settled, state=state)

    async def mute(self, seen: Rule, until: datetime | None, by: Asker) -> Rule:
        """Nobody is told until then; None: from now on again. Raises NotAllowed, ChangedMeanwhile, SlackSilent."""
        await self._permits.check(Deed.CHANGE, by.user, seen.channel)
        muted = await self._records.mute(seen, until, by=by.user, now=self._now())
        if muted is None:
            raise ChangedMeanwhile("Somebody changed this rule meanwhile: look at it again.")
        return muted

    async def resume(self, seen: Rule, by: Asker) -> Rule:
        """One that was stopped, or waits to be confirmed, is active from now on. Raises as `create` does."""
        deed = Deed.CONFIRM if seen.state is RuleState.UNCONFIRMED else Deed.CHANGE
        self._channels.forget(seen.channel)
        await self._permits.check(deed, by.user, seen.channel)
        if seen.state is RuleState.ACTIVE:
            return seen
        await self._opening(seen.channel, by.user)
        action = Action.CONFIRMED if deed is Deed.CONFIRM else Action.RESUMED
        return await self._change(seen, by, action, state=RuleState.ACTIVE)

    async def remove(self, seen: Rule, by: Asker) -> None:
        """Raises NotAllowed, ChangedMeanwhile."""
        instead = f"{self._command} mute {seen.number}"
        await self._permits.check(Deed.REMOVE, by.user, seen.channel, owner=seen.owner, instead=instead)
        if not await self._records.remove(seen, by=by.user, now=self._now()):
            raise ChangedMeanwhile("Somebody changed this rule meanwhile: look at it again.")

    async def the_one(self, channel: ChannelId, number: int | None, *, verb: str = "show") -> Rule:
        """Of a channel by its number, or its only one; `verb` is for the example. Raises NoSuchRule."""
        here = await self._records.of_channels(self._team, [channel])
        for one in here:
            if one.number == number or (number is None and len(here) == 1):
                return one
        raise NoSuchRule(self._none_meant(here, number, await self._places.sight(channel), verb))

    async def find(self, rule: RuleId) -> Rule:
        """By its id, as buttons and windows carry it. Raises NoSuchRule when it was removed."""
        found = await self._records.find(rule)
        if found is None or found.team != self._team:
            raise NoSuchRule("This rule has been removed.")
        return found

    async def listing(self, channel: ChannelId, by: Asker | None = None) -> tuple[Rule, ...]:
        """By number. `by` is given, and checked, unless they ask in that channel. Raises NotAllowed and SlackSilent."""
        if by:
            await self._permits.check(Deed.LIST, by.user, channel)
        return await self._records.of_channels(self._team, [channel])

    async def damaged(self, channel: ChannelId) -> tuple[DamagedRule, ...]:
        """Rules of the channel that cannot be read."""
        return await self._records.damaged(self._team, channel)

    async def remove_damaged(self, channel: ChannelId, rule: RuleId, by: Asker) -> DamagedRule:
        """Raises NoSuchRule, NotAllowed, ChangedMeanwhile."""
        seen = next((one for one in await self.damaged(channel) if one.id == rule), None)
        if seen is None:
            raise NoSuchRule("This rule has been removed.")
        await self._permits.check(Deed.REMOVE, by.user, channel, owner=seen.owner)
        if not await self._records.remove(seen, by=by.user, now=self._now()):
            raise ChangedMeanwhile("Somebody changed this rule meanwhile: look at it again.")
        return seen

    async def channels_of(self, user: UserId) -> tuple[ChannelId, ...]:
        """The channels that a person and the bot are both in, and their direct messages; Slack may not tell them all.

        Costs a request to Slack in five minutes.
        """
        try:
            return (*(one.id for one in await self._channels.of_person(user)), ChannelId(user))
        except SlackSilent:
            return (ChannelId(user),)

    async def of_places(self, channels: Collection[ChannelId]) -> tuple[Rule, ...]:
        """The rules of these channels, by channel and number."""
        return await self._records.of_channels(self._team, channels)

    async def moved(self, old: ChannelId, new: ChannelId) -> None:
        """The channel got another id: its rules are there from now on."""
        await self._records.move_channel(self._team, old, new, self._now())

    async def channel_gone(self, channel: ChannelId, why: str) -> tuple[Rule, ...]:
        """Stop what was active there, and return it once, so that each owner is told. `why` is a sentence for them."""
        return await self._records.stop_channel(self._team, channel, RuleState.STOPPED, why, self._now())

    async def channel_shared(self, channel: ChannelId) -> tuple[Rule, ...]:
        """Another organisation reads along from now on: what was active waits for an administrator."""
        return await self._records.stop_channel(self._team, channel, RuleState.UNCONFIRMED, SHARED, self._now())

    def names_of(self, terms: Terms, sight: Sight | None = None) -> str:
        """The queues by their present names, as far as `sight` shows them. From memory."""
        every = not terms.queues or any(means_all(word) for word in terms.queues)
        return "all queues" if every else several(self._naming.listed(terms.queues, sight), most=MOST_NAMES)

    def named(self, terms: Terms, sight: Sight | None = None) -> Terms:
        """The same with queues by their present names, for people to read and copy. From memory."""
        words = []
        for word, name in zip(terms.queues, self._naming.spoken(terms.queues, sight), strict=True):
            known = name != word.text and self._naming.meant([QueueWord(text=name, quoted=True)], sight)
            words.append(QueueWord(text=name, quoted=True) if known else word)
        return replace(terms, queues=tuple(words))

    def example(self, sight: Sight | None = None) -> str:
        """A queue's name for examples."""
        return self._naming.example(Asker(team=self._team, user=UserId(""), sight=sight))

    def _none_meant(self, here: Sequence[Rule], number: int | None, sight: Sight | None, verb: str) -> str:
        if not here:
            add = f"{self._command} add {self.example(sight)} sla < 80%"
            return f"There are no alert rules here yet. Add one: {add}"
        numbers = several([str(one.number) for one in here], most=len(here))
        if number is None:
            return f"There are the rules {numbers}. Say which one is meant: {self._command} {verb} {here[0].number}"
        return f"There is no rule {number} here. There {'is only' if len(here) == 1 else 'are'} {numbers}."

    async def _opening(self, channel: ChannelId, user: UserId) -> RuleState:
        """Raises NotAllowed when the channel takes no messages."""
        if own_place(channel):
            return RuleState.ACTIVE
        info = await self._channels.usable(channel)
        outsiders = isinstance(info, ChannelInfo) and info.ext_shared
        waits = outsiders and not await self._permits.is_admin(user)
        return RuleState.UNCONFIRMED if waits else RuleState.ACTIVE

    async def _change(
        self, seen: Rule, by: Asker, action: Action, *, state: RuleState, terms: Terms | None = None
    ) -> Rule:
        reason = SHARED if state is RuleState.UNCONFIRMED else seen.reason if state is seen.state else ""
        changed = await self._records.change(
            seen, by=by.user, now=self._now(), action=action, terms=terms, state=state, reason=reason
        )
        if changed is None:
            raise ChangedMeanwhile("Somebody changed this rule meanwhile: look at it again.")
        return changed
