"""The windows "New Digest" and "Edit Digest": opened, previewed, and read as the command they stand for."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bot.blocks.digests.form import (
    CHANNEL,
    DAYS,
    EDIT,
    NEW,
    PERIOD,
    PREVIEW,
    QUEUES,
    TIME,
    USUAL_PERIOD,
    WEEKDAY,
    WITHIN,
    ZONE,
    Entered,
    Given,
    digest_form,
    preview_view,
    read_form,
    saved_view,
)
from bot.blocks.digests.listed import changed_message, created_message
from bot.blocks.loading import NOT_OPENED, note_message
from bot.blocks.why import loading_view
from bot.commands.digests.command import Add, parse_digest
from bot.commands.reader import CARRIED_LIMIT
from bot.commands.threshold import read_threshold, threshold_text
from bot.commands.words import quoted
from bot.commands.zones import bad_zone, zone_called
from bot.domain.period import zone_of
from bot.domain.places import UNSET
from bot.errors import BadPeriod, BadWord, Explainable, NotAllowed, UnknownQueue
from bot.listeners.carried import Carried
from bot.listeners.desk import Visitor, channel_of
from bot.listeners.digests.told import confirmation_wanted, home_changed, owner_told
from bot.listeners.reply import Reply, to_person
from bot.listeners.submitting import Submitted
from bot.listeners.windows import fill

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.blocks.kit import Block
    from bot.domain.questions import Formula, QueueWord, SlaQuestion
    from bot.domain.subscriptions import Order, Subscription
    from bot.listeners.desk import Desk, Seat
    from bot.slack.payloads import Click, Submission
    from bot.usecases.naming import Sight

SAVED = "Digest"
"""Title of the window that follows, with the number of the digest."""


def register(app: AsyncApp, desk: Desk) -> None:
    async def submitted(ack: AsyncAck, body: Submission) -> None:
        visitor = Visitor.of_payload(body)
        window = Submitted(desk, visitor, ack, body, title=SAVED, at=DAYS)
        window.take(partial(_save, desk, visitor, body), field=lambda error: _field(error, body))

    app.view(NEW)(submitted)
    app.view(EDIT)(submitted)

    @app.action(PREVIEW)
    async def preview(ack: AsyncAck, body: Click) -> None:
        await ack()
        visitor = Visitor.of_payload(body)
        reply = Reply(to_person(desk.slack, visitor.user))
        opening = partial(desk.slack.push_view, body["trigger_id"], loading_view("Preview"))
        making = partial(_preview, desk, visitor, body)
        desk.promise(visitor, reply, fill(desk, reply, opening, making, title="Preview"))


async def open_new(desk: Desk, seat: Seat, reply: Reply) -> None:
    """With what is usual where it is opened."""
    given = Given(
        channel=seat.visitor.channel,
        queues=choices(desk, seat.usual.queues, seat.asker.sight),
        threshold=seat.usual.threshold,
        zone=zone_of(seat.now).key,
    )
    view = digest_form(given=given, metadata=Carried(place=seat.visitor.channel).value())
    if await desk.slack.open_view(seat.visitor.trigger, view) is None:
        await reply.note(note_message(NOT_OPENED))


async def open_every_morning(desk: Desk, seat: Seat, reply: Reply, question: SlaQuestion) -> None:
    """A new digest that asks what an answer answered, of each day before."""
    queues = await desk.ask.naming.pinned(question.queues, seat.asker)
    given = Given(
        channel=seat.visitor.channel,
        queues=choices(desk, queues, seat.asker.sight),
        threshold=question.threshold,
        zone=question.period.zone.key,
    )
    carried = Carried(place=seat.visitor.channel, formula=question.formula)
    if await desk.slack.open_view(seat.visitor.trigger, digest_form(given=given, metadata=carried.value())) is None:
        await reply.note(note_message(NOT_OPENED))


async def open_edit(desk: Desk, seat: Seat, reply: Reply, subscription: Subscription) -> None:
    carried = Carried(place=subscription.channel, subscription=subscription.id, seen_at=subscription.changed_at)
    order = subscription.order
    view = digest_form(
        title="Edit Digest",
        given=Given.of(order, choices(desk, order.topic.queues, seat.asker.sight)),
        metadata=carried.value(),
        remove=subscription.id,
    )
    if await desk.slack.open_view(seat.visitor.trigger, view) is None:
        await reply.note(note_message(NOT_OPENED))


async def _save(desk: Desk, visitor: Visitor, body: Submission) -> Block:
    """The window that says what was saved. Raises Explainable."""
    carried, entered = _carried(body), read_form(body["view"].get("state", {"values": {}})["values"])
    place = entered.channel or carried.place
    seat = await desk.welcome(replace(visitor, channel=channel_of(place or "")))
    if carried.subscription is None:
        order = _order(entered, seat, None, carried.formula)
        made = await desk.subscribing.create(order, channel=seat.place, by=seat.asker)
        said, news = created_message(await desk.entries.one(made), command=desk.typed("digest")), True
    else:
        seen = await desk.subscribing.find(carried.subscription, seen_at=carried.seen_at)
        made = await desk.subscribing.edit(seen, _order(entered, seat, seen.order), seat.asker)
        said = changed_message(await desk.entries.one(made), "changed", command=desk.typed("digest"))
        news = made.state is not seen.state
        owner_told(desk, seen, made, "changed", visitor.user)
    if news:
        await confirmation_wanted(desk, made, visitor.user)
    home_changed(desk, visitor.user, made.owner)
    return saved_view(said, title=f"{SAVED} {made.number}", channel=made.channel)


async def _preview(desk: Desk, visitor: Visitor, body: Click) -> Block:
    """The window over the form."""
    carried, entered = Carried.from_value(body["view"].get("private_metadata", "")), read_form(_values(body))
    seat = await desk.welcome(replace(visitor, channel=channel_of(entered.channel or carried.place or "")))
    seen = await desk.subscribing.find(carried.subscription) if carried.subscription else None
    order = _order(entered, seat, seen.order if seen else None, carried.formula)
    draft = await desk.subscribing.draft(order, channel=seat.place, by=seat.asker, before=seen)
    return preview_view((await desk.digests.compose(draft, now=desk.clock(), preview=True)).message)


def _order(entered: Entered, seat: Seat, before: Order | None, formula: Formula | None = None) -> Order:
    """Through the command that the form stands for: one parser reads both. Raises BadWord and BadPeriod.

    What the form does not ask for stays as it was.
    """
    if not entered.days:
        raise _Missing(WEEKDAY, "Choose at least one day.")
    if not entered.at:
        raise _Missing(TIME, "Choose the time of day at which it is sent.")
    # In a command, what is no threshold would be a queue, and behind a zone there might be more words.
    threshold = read_threshold(entered.threshold)
    if entered.threshold and threshold is None:
        raise BadWord(entered.threshold, "a threshold such as 30s, 1m30s or 2m")
    if entered.zone and zone_called(entered.zone, bare=False) is None:
        raise bad_zone(entered.zone, bare=False)
    words = [
        "add",
        ", ".join(map(_queue, entered.queues)) if entered.queues else "all",
        threshold_text(threshold) if threshold else "own target",
        entered.days,
        entered.at,
        f"zone {entered.zone}" if entered.zone else "",
        f"covering {entered.period}" if entered.period not in {None, USUAL_PERIOD} else "",
        "csv" if entered.csv else "no csv",
        "skip-empty" if entered.skip_empty else "send-empty",
    ]
    text = " ".join(word for word in words if word)
    read = parse_digest(text, now=seat.now, zone=zone_of(seat.now), usual=UNSET, limit=CARRIED_LIMIT)
    if not isinstance(read, Add) or read.order is None:
        raise BadWord(entered.threshold, "a threshold such as 30s, 1m30s or 2m")
    order = read.order
    topic = order.topic
    if before is None:
        return replace(order, topic=replace(topic, formula=formula or seat.usual.formula or topic.formula))
    kept = before.topic
    return replace(
        order,
        topic=replace(
            topic,
            queues=kept.queues if entered.queues is None else topic.queues,
            period=kept.period if entered.period is None else topic.period,
            formula=kept.formula,
            table=kept.table,
        ),
    )


class _Missing(Explainable):
    """A field that must not be empty."""

    def __init__(self, block: str, sentence: str) -> None:
        self.block = block
        super().__init__(sentence)


def _field(error: Explainable, body: Submission) -> str:
    """The block under which an error is shown."""
    entered = read_form(body["view"].get("state", {"values": {}})["values"])
    if isinstance(error, _Missing):
        return error.block
    if isinstance(error, NotAllowed) and entered.channel is not None:
        return CHANNEL
    if isinstance(error, UnknownQueue):
        return QUEUES if entered.queues is not None else WITHIN
    if isinstance(error, BadPeriod):
        return PERIOD if entered.period is not None else DAYS
    if not _readable(entered.threshold):
        return WITHIN
    return ZONE if zone_called(entered.zone, bare=False) is None else DAYS


def _readable(threshold: str) -> bool:
    try:
        return not threshold or read_threshold(threshold) is not None
    except BadWord:
        return False


def _queue(value: str) -> str:
    """An id goes in quotes; a pattern must not, or it would be a name."""
    return value if "*" in value or "?" in value else quoted(value)


def choices(desk: Desk, words: Sequence[QueueWord], sight: Sight | None) -> list[tuple[str, str]]:
    names = desk.ask.naming.spoken(tuple(words), sight)
    return [(word.text, name) for word, name in zip(words, names, strict=True)]


def _carried(body: Submission) -> Carried:
    return Carried.from_value(body["view"].get("private_metadata", ""))


def _values(body: Click) -> dict[str, dict[str, dict[str, object]]]:
    return body["view"].get("state", {"values": {}})["values"]
