"""What each part of `/alert` does, and says to whoever typed it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bot.blocks.alerts.answers import (
    added_message,
    changed_message,
    muted_message,
    removed_message,
    starter_message,
    unmuted_message,
)
from bot.blocks.alerts.handover import handover_message
from bot.blocks.alerts.listed import alert_list, rule_message
from bot.blocks.alerts.presses import acknowledged_message, snoozed_message
from bot.blocks.alerts.trial import trial_message
from bot.blocks.help import help_message
from bot.blocks.loading import loading_message, note_message
from bot.commands.alerts import spoken
from bot.commands.alerts.starter import starter_rules
from bot.commands.catalogue import HELP
from bot.domain.alerts.rules import RuleState
from bot.domain.period import zone_of
from bot.listeners.alerts.forms import open_edit, open_new
from bot.listeners.alerts.told import home_changed, in_sight, names_of_days, replayed
from bot.slack.outward import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping
    from datetime import datetime

    from bot.domain.alerts.rules import Rule
    from bot.domain.ids import ChannelId
    from bot.domain.questions import QueueWord
    from bot.listeners.desk import Desk, Seat
    from bot.listeners.reply import Reply

    Deed = Callable[[Desk, Seat, Reply, Any], Coroutine[Any, Any, None]]

PAST = "the last four weeks"


async def _help(desk: Desk, seat: Seat, reply: Reply, _: spoken.Help) -> None:
    await reply.say(help_message(HELP["alert"](desk.ask.naming.examples(seat.asker), desk.typed("alert"))))


async def _add(desk: Desk, seat: Seat, reply: Reply, command: spoken.Add) -> None:
    if command.terms is None:
        await open_new(desk, seat, reply)
        return
    creating = desk.alerts.ruling.create(command.terms, channel=seat.place, by=seat.asker)
    rule = await reply.when_ready(creating, meanwhile=loading_message("the names of the queues"))
    entry = await desk.alerts.entries.one(rule, seat.asker.sight)
    zone, name = zone_of(seat.now), desk.typed("alert")
    await reply.say(added_message(entry, now=seat.now, zone=zone, command=name))
    replay = await replayed(desk, rule)
    await reply.say(added_message(entry, now=seat.now, zone=zone, replay=replay, command=name))
    home_changed(desk, seat.visitor.user)


async def _list(desk: Desk, seat: Seat, reply: Reply, command: spoken.List) -> None:
    alerts, name = desk.alerts, desk.typed("alert")
    channels: tuple[ChannelId, ...] = (seat.place,)
    if command.everywhere:
        channels = (*await alerts.ruling.channels_of(seat.visitor.user), seat.place)
    rules = await alerts.ruling.of_places(frozenset(channels))
    admin = await desk.permits.is_admin(seat.visitor.user)
    entries = alerts.entries.read_by(await alerts.entries.of(rules, seat.asker.sight), admin=admin)
    own = await desk.places.sights(channels)
    bulletins = [
        (bulletin, shown)
        for channel in dict.fromkeys(channels)
        for bulletin, incidents in await alerts.pressing.open_in(channel)
        if (shown := in_sight(incidents, own.get(channel), seat.asker.sight))
    ]
    place = "this channel" if seat.visitor.channel else "our direct messages"
    await reply.say(
        alert_list(
            entries,
            now=seat.now,
            zone=zone_of(seat.now),
            bulletins=bulletins,
            damaged=await alerts.ruling.damaged(seat.place),
            place="your channels" if command.everywhere else place,
            command=name,
            example=f"add {alerts.ruling.example(seat.asker.sight)} sla < 80% for 10m",
            placed=command.everywhere,
            blind_since=await alerts.pressing.blind_since(),
        )
    )


async def _show(desk: Desk, seat: Seat, reply: Reply, command: spoken.Show) -> None:
    rule = await desk.alerts.ruling.the_one(seat.place, command.number, verb="show")
    entry = await desk.alerts.entries.one(rule, seat.asker.sight)
    recent = in_sight(await desk.alerts.handing_over.recent(rule, now=seat.now), seat.asker.sight)
    name = desk.typed("alert")
    await reply.say(rule_message(entry, now=seat.now, zone=zone_of(seat.now), recent=recent, command=name))


async def _edit(desk: Desk, seat: Seat, reply: Reply, command: spoken.Edit) -> None:
    seen = await desk.alerts.ruling.the_one(seat.place, command.number, verb="edit")
    if command.changes is None:
        await open_edit(desk, seat, reply, seen)
        return
    edited = await desk.alerts.ruling.edit(seen, command.changes.apply(seen.terms), seat.asker)
    await changed(desk, seat, reply, edited, "changed")


async def changed(desk: Desk, seat: Seat, reply: Reply, rule: Rule, what: str, *, past: bool = True) -> None:
    """What was changed, and when the rule would have fired as it is now."""
    entry = await desk.alerts.entries.one(rule, seat.asker.sight)
    replay = await replayed(desk, rule) if past else None
    message = changed_message(
        entry, what, now=seat.now, zone=zone_of(seat.now), replay=replay, command=desk.typed("alert")
    )
    await reply.say(message)
    home_changed(desk, seat.visitor.user, rule.owner)


async def _test(desk: Desk, seat: Seat, reply: Reply, command: spoken.Trial) -> None:
    ruling = desk.alerts.ruling
    if command.terms is None:
        rule = await ruling.the_one(seat.place, command.number, verb="test")
    else:
        rule = await ruling.draft(command.terms, channel=seat.place, by=seat.asker)
    await reply.say(await tried(desk, seat, reply, rule, saved=command.terms is None))


async def tried(desk: Desk, seat: Seat, reply: Reply, rule: Rule, *, saved: bool) -> Any:
    """How a rule stands, and when it would have fired."""
    stands = await reply.when_ready(desk.alerts.trials.stand(rule), meanwhile=loading_message(PAST))
    replay = await reply.when_ready(desk.alerts.trials.replay(rule), meanwhile=loading_message(PAST))
    (entry,) = await desk.alerts.entries.of([rule], seat.asker.sight)
    zone, name = zone_of(seat.now), desk.typed("alert")
    return trial_message(entry, stands, now=seat.now, zone=zone, replay=replay, saved=saved, command=name)


async def _mute(desk: Desk, seat: Seat, reply: Reply, command: spoken.Mute) -> None:
    rules = await _meant(desk, seat, command.number, "mute")
    muted = [await desk.alerts.ruling.mute(rule, command.until, seat.asker) for rule in rules]
    entries = await desk.alerts.entries.of(muted, seat.asker.sight)
    await reply.say(muted_message(entries, now=seat.now, zone=zone_of(seat.now)))


async def _unmute(desk: Desk, seat: Seat, reply: Reply, command: spoken.Unmute) -> None:
    rules = [one for one in await _meant(desk, seat, command.number, "unmute") if one.muted_until is not None]
    unmuted = [await desk.alerts.ruling.mute(rule, None, seat.asker) for rule in rules]
    entries = await desk.alerts.entries.of(unmuted, seat.asker.sight)
    await reply.say(unmuted_message(entries, now=seat.now, zone=zone_of(seat.now)))


async def _remove(desk: Desk, seat: Seat, reply: Reply, command: spoken.Remove) -> None:
    seen = await desk.alerts.ruling.the_one(seat.place, command.number, verb="remove")
    entry = await desk.alerts.entries.one(seen, seat.asker.sight)
    await desk.alerts.ruling.remove(seen, seat.asker)
    await reply.say(removed_message(entry, open_ended=len(entry.open)))
    home_changed(desk, seat.visitor.user, seen.owner)


async def _confirm(desk: Desk, seat: Seat, reply: Reply, command: spoken.Confirm) -> None:
    seen = await desk.alerts.ruling.the_one(seat.place, command.number, verb="confirm")
    if seen.state is not RuleState.UNCONFIRMED:
        await reply.say(note_message(f"Rule {seen.number} does not wait to be confirmed."))
        return
    await changed(desk, seat, reply, await desk.alerts.ruling.resume(seen, seat.asker), "confirmed", past=False)


async def _acknowledge(desk: Desk, seat: Seat, reply: Reply, command: spoken.Acknowledge) -> None:
    count = 0
    for bulletin, incidents in await _open(desk, seat, command.number):
        press = await desk.alerts.pressing.acknowledge(bulletin.id, seat.visitor.user)
        count += press.pressed.changed if incidents else 0
    await reply.say(acknowledged_message(count))


async def _snooze(desk: Desk, seat: Seat, reply: Reply, command: spoken.Snooze) -> None:
    count = 0
    for bulletin, _ in await _open(desk, seat, command.number):
        press = await desk.alerts.pressing.snooze(bulletin.id, seat.visitor.user, command.until)
        count += press.pressed.changed
    await reply.say(snoozed_message(count, command.until, zone=zone_of(seat.now), now=seat.now))


async def _handover(desk: Desk, seat: Seat, reply: Reply, command: spoken.Handover) -> None:
    if not command.share:
        await reply.say(await handed_over(desk, seat, command.since))
        return
    outcome = await reply.announce(await handed_over(desk, seat, command.since, shared=True))
    if outcome is not Outcome.SENT:
        await reply.say(await handed_over(desk, seat, command.since))


async def handed_over(desk: Desk, seat: Seat, since: datetime, *, shared: bool = False) -> Any:
    """The handover of a shift that began at `since`."""
    shift = await desk.alerts.handing_over.shift(seat.place, start=since, end=desk.clock())
    return handover_message(
        shift.start,
        shift.end,
        in_sight(shift.incidents, seat.asker.sight),
        zone=zone_of(seat.now),
        place="this channel" if seat.visitor.channel else "our direct messages",
        muted=shift.muted,
        shared_by=seat.visitor.user if shared else None,
        may_share=seat.visitor.channel is not None,
    )


async def _holidays(desk: Desk, seat: Seat, reply: Reply, command: spoken.Holidays) -> None:
    holidays = desk.alerts.holidays
    if command.added:
        await holidays.add(command.added, command.name, by=seat.visitor.user)
    if command.removed:
        await holidays.remove(command.removed)
    await reply.say(note_message(names_of_days(await holidays.listed(), seat.now, desk.typed("alert"))))


async def _starter(desk: Desk, seat: Seat, reply: Reply, command: spoken.Starter) -> None:
    await reply.say(await started(desk, seat, command.queues))


async def started(desk: Desk, seat: Seat, queues: tuple[QueueWord, ...]) -> Any:
    """The rules to begin with; those that the channel has already are not made twice."""
    ruling = desk.alerts.ruling
    words = await desk.ask.naming.pinned(queues, seat.asker)
    zone = zone_of(seat.now)
    meant = frozenset(queue.id for queue in desk.ask.naming.meant(words, seat.asker.sight)) if words else frozenset()
    hours = await desk.alerts.openings.usual(meant, zone=zone, now=desk.clock())
    wanted = starter_rules(words, zone=zone, target_of=desk.ask.naming.promise, hours=hours)
    here = {rule.terms for rule in await ruling.listing(seat.place)}
    made = [await ruling.create(terms, channel=seat.place, by=seat.asker) for terms in wanted if terms not in here]
    entries = await desk.alerts.entries.of(made, seat.asker.sight)
    home_changed(desk, seat.visitor.user)
    return starter_message(entries, command=desk.typed("alert"), kept=len(wanted) - len(made))


async def _export(desk: Desk, seat: Seat, reply: Reply, _: spoken.Export) -> None:
    name = desk.typed("alert")
    rules = await desk.alerts.ruling.listing(seat.place)
    entries = await desk.alerts.entries.of(rules, seat.asker.sight)
    said = "\n".join(f"{name} add {entry.text}" for entry in entries) or "There are no rules here yet."
    how = "The whole organisation as one file: `sla-bot rules export FILE`."
    await reply.say(note_message(f"{said}\n{how}"))


async def _meant(desk: Desk, seat: Seat, number: int | None, verb: str) -> tuple[Rule, ...]:
    """One rule of the channel, or all of them."""
    if number is not None:
        return (await desk.alerts.ruling.the_one(seat.place, number, verb=verb),)
    return await desk.alerts.ruling.listing(seat.place)


async def _open(desk: Desk, seat: Seat, number: int | None) -> list[Any]:
    """Open messages of the channel, or of one of its rules."""
    found = await desk.alerts.pressing.open_in(seat.place)
    if number is None:
        return list(found)
    rule = await desk.alerts.ruling.the_one(seat.place, number)
    return [one for one in found if any(each.watched.rule == rule.id for each in one[1])]


DEEDS: Mapping[type, Deed] = MappingProxyType(
    {
        spoken.Add: _add,
        spoken.List: _list,
        spoken.Show: _show,
        spoken.Edit: _edit,
        spoken.Trial: _test,
        spoken.Mute: _mute,
        spoken.Unmute: _unmute,
        spoken.Remove: _remove,
        spoken.Confirm: _confirm,
        spoken.Acknowledge: _acknowledge,
        spoken.Snooze: _snooze,
        spoken.Handover: _handover,
        spoken.Holidays: _holidays,
        spoken.Starter: _starter,
        spoken.Export: _export,
        spoken.Help: _help,
    }
)
"""By what was typed."""
