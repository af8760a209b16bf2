"""The buttons on digests and their lists: each does what a command does, wherever it is pressed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from bot.blocks.digests import listed as list_blocks
from bot.blocks.digests import message as digest_blocks
from bot.blocks.digests.form import saved_view
from bot.blocks.digests.listed import changed_message, removed_message
from bot.blocks.digests.notices import SEND_AGAIN
from bot.blocks.digests.usual import usual_blocks
from bot.blocks.loading import loading_message, note_message
from bot.blocks.report import report_message
from bot.blocks.sla import EVERY_MORNING, sla_message
from bot.blocks.why import loading_view, why_modal
from bot.commands.reader import CARRIED_LIMIT
from bot.commands.report import ReportCommand, report_text
from bot.commands.sla import SlaCommand, command_text
from bot.domain.deliveries import Stage
from bot.domain.ids import ChannelId, SubscriptionId
from bot.domain.period import dated
from bot.domain.places import UNSET
from bot.domain.questions import SlaQuestion
from bot.errors import Explainable, Outdated
from bot.listeners.answer_buttons import WHY_TITLE
from bot.listeners.answering import carried
from bot.listeners.asked import Asked
from bot.listeners.desk import Visitor, channel_of
from bot.listeners.digests.deeds import send_now
from bot.listeners.digests.forms import SAVED, open_edit, open_every_morning, open_new
from bot.listeners.digests.told import confirmation_wanted, home_changed, owner_told
from bot.listeners.reply import Reply, to_person, to_url
from bot.listeners.sla import SLA
from bot.listeners.windows import fill

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.blocks.kit import Block, Message
    from bot.domain.subscriptions import Subscription
    from bot.listeners.desk import Desk, Seat
    from bot.slack.payloads import Click
    from bot.usecases.digests.letters import Told

    Deed = Callable[[Desk, Seat, Reply, Subscription], Coroutine[Any, Any, Message | None]]
    """What to do with a digest; returns what to say of it, None when it has said that itself."""

GONE = "This digest has been removed."


def register(app: AsyncApp, desk: Desk) -> None:
    deeds: dict[str, Deed] = {
        list_blocks.EDIT: _edit,
        list_blocks.PAUSE: _pause,
        list_blocks.RESUME: _resume,
        list_blocks.CONFIRM: _confirm,
        list_blocks.REMOVE: _remove,
        list_blocks.SEND_NOW: _send_now,
    }
    for action, deed in deeds.items():
        app.action(action)(partial(_pressed, desk, deed))

    @app.action(SEND_AGAIN)
    async def again(ack: AsyncAck, body: Click) -> None:
        await ack()
        visitor, reply = Visitor.of_click(body), _reply(desk, body)
        desk.promise(visitor, reply, _send_again(desk, visitor, reply, _value(body)))

    @app.action(list_blocks.REMOVE_DAMAGED)
    async def remove_damaged(ack: AsyncAck, body: Click) -> None:
        await ack()
        visitor, reply = Visitor.of_click(body), _reply(desk, body)
        desk.promise(visitor, reply, _remove_damaged(desk, visitor, reply, _value(body)))

    @app.action(list_blocks.NEW)
    async def new(ack: AsyncAck, body: Click) -> None:
        await ack()
        visitor, reply = Visitor.of_click(body), _reply(desk, body)
        desk.promise(visitor, reply, _new(desk, visitor, reply))

    @app.action(EVERY_MORNING)
    async def every_morning(ack: AsyncAck, body: Click) -> None:
        await ack()
        visitor, reply = Visitor.of_click(body), _beside(desk, body)
        desk.promise(visitor, reply, _every_morning(desk, visitor, reply, _value(body)))

    @app.action(digest_blocks.WHY)
    async def why(ack: AsyncAck, body: Click) -> None:
        await ack()
        visitor, reply = Visitor.of_click(body), _beside(desk, body)
        opening = partial(desk.slack.open_view, body["trigger_id"], loading_view(WHY_TITLE))
        desk.promise(visitor, reply, fill(desk, reply, opening, partial(_why, desk, visitor, body), title=WHY_TITLE))

    @app.action(digest_blocks.DETAILS)
    async def details(ack: AsyncAck, body: Click) -> None:
        await ack()
        visitor, reply = Visitor.of_click(body), _beside(desk, body)
        desk.promise(visitor, reply, _details(desk, visitor, reply, _value(body)))

    @app.action(digest_blocks.MANAGE)
    async def manage(ack: AsyncAck, body: Click) -> None:
        await ack()
        visitor, reply = Visitor.of_click(body), _beside(desk, body)
        desk.promise(visitor, reply, _manage(desk, visitor, reply, _value(body)))


async def _pressed(desk: Desk, deed: Deed, ack: AsyncAck, body: Click) -> None:
    await ack()
    visitor, reply = Visitor.of_click(body), _reply(desk, body)
    desk.promise(visitor, reply, _do(desk, visitor, reply, deed, body))


async def _do(desk: Desk, visitor: Visitor, reply: Reply, deed: Deed, body: Click) -> None:
    subscription = await desk.subscribing.find(SubscriptionId(_value(body)))
    # What may be seen and done is decided in the digest's own channel, wherever the button is.
    seat = await desk.welcome(replace(visitor, channel=channel_of(subscription.channel)))
    said = await deed(desk, seat, reply, subscription)
    place = body.get("view", {}).get("type")
    if said is not None and place == "modal":
        view = saved_view(said, title=f"{SAVED} {subscription.number}", channel=subscription.channel)
        await desk.slack.update_view(body["view"]["id"], view)
    elif said is not None and place != "home":
        # A list has other digests as well, and stays; a notice has done its work.
        await (reply.add(said) if body["container"].get("is_ephemeral") else reply.say(said))
    home_changed(desk, visitor.user, subscription.owner)


async def _new(desk: Desk, visitor: Visitor, reply: Reply) -> None:
    await open_new(desk, await desk.welcome(visitor), reply)


async def _every_morning(desk: Desk, visitor: Visitor, reply: Reply, value: str) -> None:
    seat = await desk.welcome(visitor)
    asked = Asked.from_value(value)
    question = SLA.read(asked.text, asked.at, CARRIED_LIMIT, UNSET).question
    await open_every_morning(desk, seat, reply, question)


async def _edit(desk: Desk, seat: Seat, reply: Reply, subscription: Subscription) -> None:
    await open_edit(desk, seat, reply, subscription)


async def _pause(desk: Desk, seat: Seat, _: Reply, subscription: Subscription) -> Message:
    paused = await desk.subscribing.pause(subscription, seat.asker)
    owner_told(desk, subscription, paused, "paused", seat.visitor.user)
    return changed_message(await desk.entries.one(paused), "paused")


async def _resume(desk: Desk, seat: Seat, _: Reply, subscription: Subscription) -> Message:
    resumed = await desk.subscribing.resume(subscription, seat.asker)
    owner_told(desk, subscription, resumed, "resumed", seat.visitor.user)
    await confirmation_wanted(desk, resumed, seat.visitor.user)
    return changed_message(await desk.entries.one(resumed), "resumed")


async def _confirm(desk: Desk, seat: Seat, _: Reply, subscription: Subscription) -> Message:
    confirmed = await desk.subscribing.confirm(subscription, seat.asker)
    owner_told(desk, subscription, confirmed, "confirmed", seat.visitor.user)
    return changed_message(await desk.entries.one(confirmed), "confirmed")


async def _remove(desk: Desk, seat: Seat, _: Reply, subscription: Subscription) -> Message:
    gone = await desk.entries.one(subscription)
    await desk.subscribing.remove(subscription, seat.asker)
    owner_told(desk, subscription, None, "removed", seat.visitor.user)
    return removed_message(gone)


async def _remove_damaged(desk: Desk, visitor: Visitor, reply: Reply, value: str) -> None:
    channel, _, subscription = value.partition(":")
    await desk.welcome(replace(visitor, channel=channel_of(channel)))
    gone = await desk.subscribing.damaged.remove(ChannelId(channel), SubscriptionId(subscription), visitor.user)
    await reply.note(note_message(f"Digest {gone.number}, which could not be read, is removed."))
    home_changed(desk, visitor.user, gone.owner)


async def _send_now(desk: Desk, seat: Seat, reply: Reply, subscription: Subscription) -> None:
    await send_now(desk, seat, reply, subscription)


async def _send_again(desk: Desk, visitor: Visitor, reply: Reply, value: str) -> None:
    """Of the day that the button names, else the latest; told beside a notice, which may have lines of others."""
    wanted, _, written = value.partition(":")
    subscription = await desk.subscribing.find(SubscriptionId(wanted))
    seat = await desk.welcome(replace(visitor, channel=channel_of(subscription.channel)))
    await desk.subscribing.check_send(subscription, seat.asker)
    latest = (await desk.entries.one(subscription)).last
    day = _date(written) if written else latest.day if latest else None
    sending = desk.digests.send_again(subscription, day, by=seat.visitor.user) if day else None
    entry = await reply.when_ready(sending, meanwhile=loading_message("the figures of that day")) if sending else None
    number = subscription.number
    if entry is None:
        said = f"There is nothing to send again: digest {number} was sent, or is on its way."
    elif entry.stage is Stage.SENT:
        said = f"Digest {number} is in the channel."
    else:
        said = f"Digest {number} was not sent: {entry.note or 'Slack did not take it'}."
    await reply.note(note_message(said))
    home_changed(desk, visitor.user, subscription.owner)


async def _why(desk: Desk, visitor: Visitor, body: Click) -> Block:
    seat = await desk.welcome(visitor)
    told = await _told(desk, _value(body))
    question = _of_service_levels(told)
    answer = await desk.ask.sla(question, asker=seat.asker)
    return why_modal(answer, more=usual_blocks(await desk.ask.digest(question, asker=seat.asker)))


async def _details(desk: Desk, visitor: Visitor, reply: Reply, value: str) -> None:
    """Every row, for whoever presses, with the buttons of an answer: to refresh, to share, to save as a file."""
    seat = await desk.welcome(visitor)
    told = await _told(desk, value)
    at = told.at
    meanwhile = loading_message("the digest's figures")
    if isinstance(told.question, SlaQuestion):
        question = await desk.ask.settled(told.question, asker=seat.asker)
        answer = await reply.when_ready(desk.ask.sla(question, asker=seat.asker), meanwhile=meanwhile)
        token = carried("sla", command_text(SlaCommand(question=question)), at=at)
        await reply.add(sla_message(answer, token=token))
        return
    asked = await desk.ask.settled(told.question, asker=seat.asker)
    report = await reply.when_ready(desk.ask.report(asked, asker=seat.asker), meanwhile=meanwhile)
    await reply.add(report_message(report, token=carried("report", report_text(ReportCommand(question=asked)), at=at)))


async def _manage(desk: Desk, visitor: Visitor, reply: Reply, value: str) -> None:
    told = await _told(desk, value)
    seat = await desk.welcome(replace(visitor, channel=channel_of(told.subscription.channel)))
    await open_edit(desk, seat, reply, told.subscription)


async def _told(desk: Desk, value: str) -> Told:
    """Raises Explainable when the digest is gone."""
    told = await desk.digests.delivered(value)
    if told is None:
        raise Explainable(GONE)
    # Who presses days later reads no "yesterday".
    return replace(told, question=replace(told.question, period=dated(told.question.period)))


def _of_service_levels(told: Told) -> SlaQuestion:
    if not isinstance(told.question, SlaQuestion):
        raise Explainable("A report shows its formula in its own small print: press Details.")
    return told.question


def _reply(desk: Desk, body: Click) -> Reply:
    """Where the button was; for the Home tab and windows, which have no messages, as a direct message."""
    url = body.get("response_url", "")
    return Reply(to_url(desk.slack, url), on_answer=True) if url else Reply(to_person(desk.slack, body["user"]["id"]))


def _beside(desk: Desk, body: Click) -> Reply:
    """For whoever presses alone: the digest itself stays as it is for everybody."""
    return Reply(to_url(desk.slack, body.get("response_url", "")), on_answer=True)


def _value(body: Click) -> str:
    return body["actions"][0].get("value", "")


def _date(written: str) -> date:
    """Raises Outdated."""
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise Outdated from error
