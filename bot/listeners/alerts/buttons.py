"""The buttons on alerts, on their lists and answers: each does what a command does, wherever it is pressed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.blocks.alerts import actions
from bot.blocks.alerts.answers import muted_message, removed_message, unmuted_message
from bot.blocks.alerts.details import details_view
from bot.blocks.alerts.presses import (
    acknowledged_before,
    expected_message,
    normal_message,
    not_useful_message,
    over_before,
)
from bot.blocks.loading import note_message
from bot.blocks.why import loading_view
from bot.domain.alerts.rules import RuleId
from bot.domain.alerts.states import BulletinId
from bot.domain.ids import ChannelId
from bot.domain.period import zone_of
from bot.errors import Outdated
from bot.listeners.alerts.deeds import changed, handed_over, started, tried
from bot.listeners.alerts.forms import open_edit, open_new
from bot.listeners.alerts.told import home_changed, in_sight
from bot.listeners.desk import Visitor, channel_of
from bot.listeners.reply import Reply, to_person, to_url
from bot.listeners.windows import fill
from bot.slack.outward import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.blocks.kit import Block
    from bot.domain.alerts.rules import Rule
    from bot.listeners.desk import Desk, Seat
    from bot.slack.payloads import Click
    from bot.usecases.alerts.pressing import Press

    Pressed = Callable[[Desk, Seat, Reply, str], Coroutine[Any, Any, None]]

DETAILS_TITLE = "Alert"
MUTED_FOR = timedelta(hours=1)
"""As `/alert mute` without a time."""
SHIFT = timedelta(hours=8)
"""As `/alert handover` without one."""


def register(app: AsyncApp, desk: Desk) -> None:
    presses: dict[str, Pressed] = {
        actions.ACKNOWLEDGE: _acknowledge,
        actions.SNOOZE: _snooze,
        actions.MORE: _more,
        actions.NEW: _new,
        actions.STARTER: _starter,
        actions.HANDOVER: _handover,
        actions.SHARE_HANDOVER: _share_handover,
        actions.REMOVE_DAMAGED: _remove_damaged,
    }
    for action, press in presses.items():
        app.action(action)(partial(_pressed, desk, press))
    of_rules = {
        actions.EDIT: _edit,
        actions.TEST: _test,
        actions.MUTE: _mute,
        actions.UNMUTE: _unmute,
        actions.REMOVE: _remove,
        actions.CONFIRM: _resume,
        actions.RESUME: _resume,
    }
    for action, deed in of_rules.items():
        app.action(action)(partial(_pressed, desk, partial(_with_rule, deed)))

    @app.action(actions.DETAILS)
    async def details(ack: AsyncAck, body: Click) -> None:
        await ack()
        visitor, reply = Visitor.of_click(body), _reply(desk, body)
        opening = partial(desk.slack.open_view, body["trigger_id"], loading_view(DETAILS_TITLE))
        making = partial(_details, desk, visitor, _value(body))
        desk.promise(visitor, reply, fill(desk, reply, opening, making, title=DETAILS_TITLE))


async def _pressed(desk: Desk, press: Pressed, ack: AsyncAck, body: Click) -> None:
    await ack()
    visitor, reply = Visitor.of_click(body), _reply(desk, body)

    async def work() -> None:
        await press(desk, await desk.welcome(visitor), reply, _value(body))

    desk.promise(visitor, reply, work())


async def _acknowledge(desk: Desk, seat: Seat, reply: Reply, value: str) -> None:
    press = await desk.alerts.pressing.acknowledge(BulletinId(value), seat.visitor.user)
    await _told_if_late(desk, seat, reply, press)
    home_changed(desk, seat.visitor.user)


async def _snooze(desk: Desk, seat: Seat, reply: Reply, value: str) -> None:
    choice, bulletin = actions.read_choice(value)
    if choice not in set(actions.SnoozeChoice):
        raise Outdated
    press = await desk.alerts.pressing.snooze(bulletin, seat.visitor.user, actions.SnoozeChoice(choice))
    if press.pressed.over:
        await _told_if_late(desk, seat, reply, press)
    elif not press.pressed.changed and press.pressed.by != seat.visitor.user:
        who = await desk.permits.name(press.pressed.by) if press.pressed.by else "Somebody"
        await reply.add(note_message(f"{who} snoozed it before you."))


async def _more(desk: Desk, seat: Seat, reply: Reply, value: str) -> None:
    choice, bulletin = actions.read_choice(value)
    pressing, user = desk.alerts.pressing, seat.visitor.user
    match choice:
        case actions.MoreChoice.NOT_USEFUL:
            press = await pressing.not_useful(bulletin, user)
            await reply.add(await _not_useful(desk, press))
        case actions.MoreChoice.NORMAL:
            incidents = await pressing.normal(bulletin, user)
            if not incidents:
                await reply.add(note_message("It was over already: nothing was changed."))
                return
            await reply.add(normal_message([one.queue_name for one in incidents]))
        case actions.MoreChoice.EXPECTED:
            press = await pressing.expected(bulletin, user)
            if press.pressed.over:
                await _told_if_late(desk, seat, reply, press)
            else:
                await reply.add(expected_message([one.queue_name for one in press.incidents]))
        case _:
            raise Outdated


async def _not_useful(desk: Desk, press: Press) -> Any:
    keys = {one.watched.rule for one in press.incidents}
    rules = [one for one in await desk.alerts.ruling.listing(press.bulletin.channel) if one.id in keys]
    entries = await desk.alerts.entries.of(rules[:1])
    again = not press.pressed.changed
    return not_useful_message(entries[0] if entries else None, command=desk.typed("alert"), again=again)


async def _told_if_late(desk: Desk, seat: Seat, reply: Reply, press: Press) -> None:
    """Who pressed second, or when it was over, is told so; nothing was changed."""
    pressed = press.pressed
    if pressed.changed:
        return
    zone = await desk.alerts.pressing.zone(press.bulletin.channel)
    if pressed.over:
        ends = [one.ended_at for one in press.incidents if one.ended_at is not None]
        ended = press.ended_at or max(ends, default=seat.now)
        await reply.add(over_before(ended, zone=zone, now=seat.now))
    elif pressed.by is not None and pressed.at is not None:
        you = pressed.by == seat.visitor.user
        await reply.add(acknowledged_before(pressed.by, pressed.at, zone=zone, now=seat.now, you=you))


async def _details(desk: Desk, visitor: Visitor, value: str) -> Block:
    seat = await desk.welcome(visitor)
    bulletin, told = await desk.alerts.pressing.find(BulletinId(value))
    incidents = in_sight(told, await desk.places.sight(bulletin.channel), seat.asker.sight)
    rules = await desk.alerts.ruling.listing(bulletin.channel)
    keys = {one.watched.rule for one in incidents}
    entries = await desk.alerts.entries.of([one for one in rules if one.id in keys], seat.asker.sight)
    return details_view(
        bulletin,
        incidents,
        now=seat.now,
        zone=await desk.alerts.pressing.zone(bulletin.channel),
        rules={entry.rule.id: entry for entry in entries},
        course=await desk.alerts.courses.of(incidents, until=desk.clock()),
        lines=await desk.alerts.pressing.lines(bulletin.id),
        permalink=await desk.slack.permalink(bulletin.channel, bulletin.ts),
        command=desk.typed("alert"),
    )


async def _new(desk: Desk, seat: Seat, reply: Reply, _: str) -> None:
    await open_new(desk, seat, reply)


async def _starter(desk: Desk, seat: Seat, reply: Reply, _: str) -> None:
    await reply.note(await started(desk, seat, seat.usual.queues))


async def _handover(desk: Desk, seat: Seat, reply: Reply, _: str) -> None:
    await reply.add(await handed_over(desk, seat, desk.clock() - SHIFT))


async def _share_handover(desk: Desk, seat: Seat, reply: Reply, value: str) -> None:
    outcome = await reply.announce(await handed_over(desk, seat, _moment(value), shared=True))
    if outcome is not Outcome.SENT:
        await reply.add(note_message("Slack did not take the message. See whether it is there, and share it again."))


async def _remove_damaged(desk: Desk, seat: Seat, reply: Reply, value: str) -> None:
    channel, _, rule = value.partition(":")
    gone = await desk.alerts.ruling.remove_damaged(ChannelId(channel), RuleId(rule), seat.asker)
    await reply.note(note_message(f"Rule {gone.number}, which could not be read, is removed."))


async def _with_rule(
    deed: Callable[[Desk, Seat, Reply, Rule], Coroutine[Any, Any, None]],
    desk: Desk,
    seat: Seat,
    reply: Reply,
    value: str,
) -> None:
    """In the channel of the rule, wherever the button was: Home tabs have none."""
    rule = await desk.alerts.ruling.find(RuleId(value))
    there = await desk.welcome(replace(seat.visitor, channel=channel_of(rule.channel)))
    await deed(desk, there, reply, rule)


async def _edit(desk: Desk, seat: Seat, reply: Reply, rule: Rule) -> None:
    await open_edit(desk, seat, reply, rule)


async def _test(desk: Desk, seat: Seat, reply: Reply, rule: Rule) -> None:
    await reply.add(await tried(desk, seat, reply, rule, saved=True))


async def _mute(desk: Desk, seat: Seat, reply: Reply, rule: Rule) -> None:
    muted = await desk.alerts.ruling.mute(rule, desk.clock() + MUTED_FOR, seat.asker)
    entries = await desk.alerts.entries.of([muted], seat.asker.sight)
    await reply.note(muted_message(entries, now=seat.now, zone=zone_of(seat.now)))
    home_changed(desk, seat.visitor.user)


async def _unmute(desk: Desk, seat: Seat, reply: Reply, rule: Rule) -> None:
    entries = await desk.alerts.entries.of([await desk.alerts.ruling.mute(rule, None, seat.asker)], seat.asker.sight)
    await reply.note(unmuted_message(entries, now=seat.now, zone=zone_of(seat.now)))
    home_changed(desk, seat.visitor.user)


async def _remove(desk: Desk, seat: Seat, reply: Reply, rule: Rule) -> None:
    entry = await desk.alerts.entries.one(rule, seat.asker.sight)
    await desk.alerts.ruling.remove(rule, seat.asker)
    await reply.note(removed_message(entry, open_ended=len(entry.open)))
    home_changed(desk, seat.visitor.user, rule.owner)


async def _resume(desk: Desk, seat: Seat, reply: Reply, rule: Rule) -> None:
    await changed(desk, seat, reply, await desk.alerts.ruling.resume(rule, seat.asker), "resumed", past=False)


def _reply(desk: Desk, body: Click) -> Reply:
    """Beside the message; for the Home tab and windows, which have no messages, as a direct message."""
    url = body.get("response_url", "")
    return Reply(to_url(desk.slack, url), on_answer=True) if url else Reply(to_person(desk.slack, body["user"]["id"]))


def _value(body: Click) -> str:
    """Of a button; of a menu that of the chosen option."""
    action = body["actions"][0]
    chosen = action.get("selected_option")
    return str(chosen["value"] if chosen else action.get("value", ""))


def _moment(value: str) -> datetime:
    """Raises Outdated."""
    try:
        found = datetime.fromisoformat(value)
    except ValueError as error:
        raise Outdated from error
    if found.tzinfo is None:
        raise Outdated
    return found
