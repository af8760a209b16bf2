"""What holds for every digest: in which state it begins, which periods it may have, and which one is meant. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.blocks.wording import several
from bot.domain.audit import Action
from bot.domain.ids import SubscriptionId
from bot.domain.questions import ReportQuestion
from bot.domain.subscriptions import Subscription, SubscriptionState
from bot.errors import BadPeriod, ChangedMeanwhile, NotAllowed
from bot.slack.channels import ChannelInfo
from bot.usecases.bounds import check_report
from bot.usecases.permits import own_place

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.domain.audit import Change
    from bot.domain.ids import ChannelId, TeamId, UserId
    from bot.domain.subscriptions import Order
    from bot.slack.channels import Unseen

MOST_PER_CHANNEL = 20

UNCONFIRMED = "The channel is shared with another organisation: an administrator has to confirm this digest first."
"""Why a digest waits, for its owner."""

_LATER = timedelta(days=37)
"""Longer than any month: a period that is the same by then stands still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The digests of a person: those they own, and those of the channels they are in."""

    subscriptions: tuple[Subscription, ...]
    """By channel and number."""
    complete: bool = True
    """False when Slack did not tell which channels the person is in: then there are only those that they own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whether a digest speaks, and who let it."""

    state: SubscriptionState
    confirmed: bool
    """Whether an administrator has said by now that another organisation may read it."""

    @classmethod
    def of(cls, subscription: Subscription, state: SubscriptionState) -> Standing:
        return cls(state=state, confirmed=subscription.confirmed)


def opening(channel: ChannelInfo | Unseen | None, *, admin: bool, confirmed: bool = False) -> Standing:
    """Where another organisation reads along, only administrators let a digest speak, unless one did already.

    None stands for direct messages.
    """
    outsiders = isinstance(channel, ChannelInfo) and channel.ext_shared
    confirmed = confirmed or (outsiders and admin)
    waits = outsiders and not confirmed
    return Standing(
        state=SubscriptionState.UNCONFIRMED if waits else SubscriptionState.ACTIVE,
        confirmed=confirmed,
    )


def shown_anew(before: Standing, anew: Standing) -> Standing:
    """Of a digest that is to show something else: what was confirmed before is not what it shows then.

    What waits already waits for somebody to confirm it, not to change it.
    """
    return Standing(
        state=anew.state if before.state is SubscriptionState.ACTIVE else before.state,
        confirmed=anew.confirmed and before.state is not SubscriptionState.UNCONFIRMED,
    )


def reason_of(state: SubscriptionState) -> str:
    return UNCONFIRMED if state is SubscriptionState.UNCONFIRMED else ""


def drafted(order: Order, *, team: TeamId, channel: ChannelId, owner: UserId, now: datetime) -> Subscription:
    """A digest that is none yet: without an id, and with number 0."""
    return Subscription(
        id=SubscriptionId(""),
        number=0,
        team=team,
        channel=channel,
        owner=owner,
        order=order,
        state=SubscriptionState.ACTIVE,
        since=now,
        created_at=now,
        changed_at=now,
    )


def check_room(here: Sequence[Subscription], *, remove: str) -> None:
    """Whether a channel with the digests `here` may have one more; `remove` is a command. Raises NotAllowed."""
    if len(here) >= MOST_PER_CHANNEL:
        raise NotAllowed(
            f"This channel has {len(here)} digests, and more than {MOST_PER_CHANNEL} are too many. "
            f"Change one, or remove one first: {remove} {here[0].number}"
        )


def same_as(one: Subscription, here: Sequence[Subscription]) -> tuple[int, ...]:
    """The numbers of others `here` that are sent, with the same content at the same times, a file or not."""
    if one.state is not SubscriptionState.ACTIVE:
        return ()
    others = (other for other in here if other.id != one.id and other.state is one.state)
    mine = (one.order.topic, one.order.schedule)
    return tuple(other.number for other in others if (other.order.topic, other.order.schedule) == mine)


def check_period(order: Order, now: datetime) -> None:
    """Raises BadPeriod and BadWord for what could not be answered when it is next due, or would always be the same."""
    zone, first = order.schedule.zone, order.schedule.next_after(now).at
    question = order.topic.question(first.astimezone(zone))
    if isinstance(question, ReportQuestion):
        check_report(question)
    later = order.schedule.next_after(first + _LATER).at.astimezone(zone)
    try:
        stands_still = order.topic.question(later).period == question.period
    except BadPeriod:
        return
    if stands_still:
        raise BadPeriod(
            f"“{order.topic.period}” would be the same in every digest. Name a period that moves: yesterday, last-week."
        )


def none_meant(here: Sequence[Subscription], number: int | None, channel: ChannelId, *, add: str, verb: str) -> str:
    """Why `number` (None: the only one) is none of the digests `here`. `add` and `verb` are commands to try."""
    if not here:
        return f"There are no digests here yet. Add one: {add}"
    whose = "You have" if own_place(channel) else "This channel has"
    numbers = several([str(one.number) for one in here], most=len(here))
    if number is None:
        return f"{whose} the digests {numbers}. Say which one is meant: {verb} {here[0].number}"
    return f"There is no digest {number} here. {whose} {'only ' if len(here) == 1 else ''}{numbers}."


def changed_meanwhile(last: Change | None, who: str) -> ChangedMeanwhile:
    """`last` is the latest entry of the log about it, and `who` made that change."""
    if last and last.action is Action.REMOVED:
        return ChangedMeanwhile(f"{who} removed it meanwhile.")
    return ChangedMeanwhile(f"{who} changed it meanwhile: look at it again.")
