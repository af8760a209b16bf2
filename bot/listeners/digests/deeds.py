"""What each part of `/digest` does, and says to whoever typed it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bot.blocks.digests.listed import changed_message, created_message, digest_list, removed_message
from bot.blocks.digests.log import log_message
from bot.blocks.digests.words import followed_words
from bot.blocks.help import help_message
from bot.blocks.loading import loading_message, note_message
from bot.commands.catalogue import HELP
from bot.commands.digests import command as typed
from bot.domain.period import zone_of
from bot.domain.subscriptions import SubscriptionState
from bot.listeners.desk import channel_of
from bot.listeners.digests.forms import open_edit, open_new
from bot.listeners.digests.told import confirmation_wanted, home_changed, owner_told
from bot.listeners.once import once
from bot.listeners.place_forms import settings_said
from bot.slack.outcomes import reason_of
from bot.slack.outward import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from bot.domain.ids import UserId
    from bot.domain.subscriptions import Subscription
    from bot.listeners.desk import Desk, Seat
    from bot.listeners.reply import Reply

    Deed = Callable[[Desk, Seat, Reply, Any], Coroutine[Any, Any, None]]

FIGURES = "the figures of the digest"
PRESSED_TWICE = timedelta(seconds=10)
"""Who wants a digest sent again waits so long."""


async def send_now(desk: Desk, seat: Seat, reply: Reply, subscription: Subscription) -> None:
    """Out of its turn: the schedule goes on as it was."""
    await desk.subscribing.check_send(subscription, seat.asker)
    number = subscription.number
    async with once(desk, f"digest_now:{subscription.id}", within=PRESSED_TWICE) as first:
        if not first:
            waits = f"To send it again, wait {PRESSED_TWICE.seconds} seconds."
            told = f"Digest {number} was asked for a moment ago. See whether it is there. {waits}"
            await reply.note(note_message(told))
            return
        sending = desk.digests.send_now(subscription, by=seat.visitor.user)
        posted = await reply.when_ready(sending, meanwhile=loading_message(FIGURES))
    match posted.outcome:
        case Outcome.SENT:
            where = "the channel" if channel_of(subscription.channel) else "our direct messages"
            await reply.note(note_message(f"Digest {number} is in {where}."))
        case Outcome.UNKNOWN:
            await reply.note(note_message("Slack did not confirm the message. Look for it before you send it again."))
        case _:
            await reply.note(note_message(f"Digest {number} was not sent: {reason_of(posted.error)}."))


async def _help(desk: Desk, seat: Seat, reply: Reply, _: typed.Help) -> None:
    await reply.say(help_message(HELP["digest"](desk.ask.naming.examples(seat.asker), desk.typed("digest"))))


async def _add(desk: Desk, seat: Seat, reply: Reply, command: typed.Add) -> None:
    if command.order is None:
        await open_new(desk, seat, reply)
        return
    creating = desk.subscribing.create(command.order, channel=seat.place, by=seat.asker)
    made = await reply.when_ready(creating, meanwhile=loading_message("the names of the queues"))
    await reply.say(created_message(await desk.entries.one(made), command=desk.typed("digest")))
    await confirmation_wanted(desk, made, seat.visitor.user)
    home_changed(desk, seat.visitor.user)


async def _list(desk: Desk, seat: Seat, reply: Reply, command: typed.List) -> None:
    name = desk.typed("digest")
    if command.everywhere:
        overview = await desk.subscribing.home(seat.visitor.user)
        found = await desk.entries.of(overview.subscriptions, seat.asker.sight)
        entries = await desk.entries.read_by(seat.visitor.user, found)
        damaged = await desk.subscribing.damaged.of_person(seat.visitor.user)
        await reply.say(digest_list(entries, place="your channels", command=name, placed=True, damaged=damaged))
        return
    here = await desk.entries.of(await desk.subscribing.listing(seat.place))
    entries = await desk.entries.read_by(seat.visitor.user, here)
    place = "this channel" if seat.visitor.channel else "our direct messages"
    damaged = await desk.subscribing.damaged.here(seat.place)
    await reply.say(digest_list(entries, place=place, command=name, damaged=damaged))


async def _edit(desk: Desk, seat: Seat, reply: Reply, command: typed.Edit) -> None:
    seen = await desk.subscribing.the_one(seat.place, command.number, verb="edit")
    if command.changes is None:
        await open_edit(desk, seat, reply, seen)
        return
    edited = await desk.subscribing.edit(seen, command.changes.apply(seen.order), seat.asker)
    before, after = seen.order.topic.period, edited.order.topic.period
    hint = followed_words(before, after) if command.changes.period is None and before != after else ""
    await _changed(desk, reply, seen, edited, "changed", seat.visitor.user, hint)
    if edited.state is not seen.state:
        await confirmation_wanted(desk, edited, seat.visitor.user)


async def _pause(desk: Desk, seat: Seat, reply: Reply, command: typed.Pause) -> None:
    seen = await desk.subscribing.the_one(seat.place, command.number)
    paused = await desk.subscribing.pause(seen, seat.asker)
    await _changed(desk, reply, seen, paused, "paused", seat.visitor.user)


async def _resume(desk: Desk, seat: Seat, reply: Reply, command: typed.Resume) -> None:
    seen = await desk.subscribing.the_one(seat.place, command.number, verb="resume")
    resumed = await desk.subscribing.resume(seen, seat.asker)
    await _changed(desk, reply, seen, resumed, "resumed", seat.visitor.user)
    await confirmation_wanted(desk, resumed, seat.visitor.user)


async def _confirm(desk: Desk, seat: Seat, reply: Reply, command: typed.Confirm) -> None:
    seen = await desk.subscribing.the_one(seat.place, command.number, verb="confirm")
    if seen.state is not SubscriptionState.UNCONFIRMED:
        await reply.say(note_message(f"Digest {seen.number} does not wait to be confirmed."))
        return
    confirmed = await desk.subscribing.confirm(seen, seat.asker)
    await _changed(desk, reply, seen, confirmed, "confirmed", seat.visitor.user)


async def _remove(desk: Desk, seat: Seat, reply: Reply, command: typed.Remove) -> None:
    seen = await desk.subscribing.the_one(seat.place, command.number, verb="remove")
    gone = await desk.entries.one(seen)
    await desk.subscribing.remove(seen, seat.asker)
    owner_told(desk, seen, None, "removed", seat.visitor.user)
    await reply.say(removed_message(gone))
    home_changed(desk, seat.visitor.user, seen.owner)


async def _now(desk: Desk, seat: Seat, reply: Reply, command: typed.Now) -> None:
    await send_now(desk, seat, reply, await desk.subscribing.the_one(seat.place, command.number, verb="now"))


async def _preview(desk: Desk, seat: Seat, reply: Reply, command: typed.Preview) -> None:
    if command.order is None:
        subscription = await desk.subscribing.the_one(seat.place, command.number, verb="preview")
    else:
        subscription = await desk.subscribing.draft(command.order, channel=seat.place, by=seat.asker)
    composing = desk.digests.compose(subscription, now=desk.clock(), preview=True)
    letter = await reply.when_ready(composing, meanwhile=loading_message(FIGURES))
    await reply.say(letter.message)


async def _settings(desk: Desk, seat: Seat, reply: Reply, command: typed.Settings) -> None:
    await settings_said(desk, seat, reply, command.changes)


async def _log(desk: Desk, seat: Seat, reply: Reply, _: typed.Audit) -> None:
    numbers: Mapping[str, int] = {one.id: one.number for one in await desk.subscribing.listing(seat.place)}
    changes = await desk.subscribing.log(seat.place)
    names = partial(desk.ask.naming.spoken, sight=seat.asker.sight)
    await reply.say(log_message(changes, zone_of(seat.now), numbers=numbers, names=names))


async def _changed(
    desk: Desk, reply: Reply, seen: Subscription, subscription: Subscription, what: str, by: UserId, hint: str = ""
) -> None:
    owner_told(desk, seen, subscription, what, by)
    entry = await desk.entries.one(subscription)
    await reply.say(changed_message(entry, what, command=desk.typed("digest"), hint=hint))
    home_changed(desk, by, subscription.owner)


DEEDS: Mapping[type, Deed] = MappingProxyType(
    {
        typed.Help: _help,
        typed.Add: _add,
        typed.List: _list,
        typed.Edit: _edit,
        typed.Pause: _pause,
        typed.Resume: _resume,
        typed.Confirm: _confirm,
        typed.Remove: _remove,
        typed.Now: _now,
        typed.Preview: _preview,
        typed.Settings: _settings,
        typed.Audit: _log,
    }
)
"""By what was typed."""
