"""The settings of a channel, or of a person for their direct messages: told, changed by words, and in a window."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bot.blocks.digests.form import saved_view
from bot.blocks.home import CHANNEL_SETTINGS
from bot.blocks.loading import NOT_OPENED, note_message
from bot.blocks.place_settings import (
    CALLBACK,
    EDIT_SETTINGS,
    LIMIT,
    QUEUES,
    WITHIN,
    ZONE,
    EnteredSettings,
    read_settings,
    settings_form,
    settings_lines,
    settings_message,
)
from bot.commands.threshold import read_threshold
from bot.commands.zones import bad_zone, zone_called
from bot.domain.ids import ChannelId
from bot.domain.questions import QueueWord
from bot.errors import BadWord, Explainable, NotAllowed, UnknownQueue
from bot.listeners.carried import Carried
from bot.listeners.desk import Visitor, channel_of
from bot.listeners.digests.forms import choices
from bot.listeners.digests.told import home_changed
from bot.listeners.reply import Reply, to_person, to_url
from bot.listeners.submitting import Submitted
from bot.usecases.permits import Deed, own_place, seen

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.blocks.kit import Block, Message
    from bot.commands.digests.changes import SettingsChanges
    from bot.domain.places import PlaceSettings
    from bot.listeners.desk import Desk, Seat
    from bot.slack.payloads import Click, Submission


def register(app: AsyncApp, desk: Desk) -> None:
    @app.action(EDIT_SETTINGS)
    async def edit(ack: AsyncAck, body: Click) -> None:
        await ack()
        visitor = Visitor.of_click(body)
        place = body["actions"][0].get("value") or visitor.user
        desk.promise(visitor, _reply(desk, body), _open(desk, visitor, _reply(desk, body), ChannelId(place)))

    @app.action(CHANNEL_SETTINGS)
    async def chosen(ack: AsyncAck, body: Click) -> None:
        await ack()
        visitor = Visitor.of_click(body)
        place = body["actions"][0].get("selected_conversation") or visitor.user
        desk.promise(visitor, _reply(desk, body), _open(desk, visitor, _reply(desk, body), ChannelId(place)))

    @app.view(CALLBACK)
    async def submitted(ack: AsyncAck, body: Submission) -> None:
        visitor = Visitor.of_payload(body)
        entered = read_settings(body["view"].get("state", {"values": {}})["values"])
        window = Submitted(desk, visitor, ack, body, title="Settings", at=WITHIN)
        work = partial(_save, desk, visitor, entered, body)
        window.take(work, field=lambda error: _field(error, entered))


async def settings_said(desk: Desk, seat: Seat, reply: Reply, changes: SettingsChanges | None) -> None:
    """What is set where it is asked, after `changes` were made."""
    before = place = (await desk.places.settings(seat.visitor.channel, seat.visitor.user)).place
    if changes is not None:
        place = await desk.places.change(seat.place, changes.apply(place), seat.asker)
    name = "this channel" if seat.visitor.channel else "your direct messages"
    await reply.say(await _told(desk, place, seat.place, name, before))


async def _told(desk: Desk, settings: PlaceSettings, place: ChannelId, name: str, before: PlaceSettings) -> Message:
    """What differs from `before` comes first."""
    naming, own = desk.ask.naming, bool(own_place(place))
    sight = None if settings.limit is None else naming.sight(settings.limit)
    # Queues are named as they may be read here from now on.
    queues, limit = naming.spoken(settings.queues, sight), naming.spoken(settings.limit or ())
    were, limited = naming.spoken(before.queues, sight), naming.spoken(before.limit or ())
    return settings_message(
        settings,
        place_name=name,
        own=own,
        queues=queues,
        limit=limit,
        value=place,
        before=settings_lines(before, queues=were, limit=limited, own=own),
        hidden=[one.number for one in await desk.subscribing.hidden.here(place)],
        command=desk.typed("digest"),
    )


async def _open(desk: Desk, visitor: Visitor, reply: Reply, place: ChannelId) -> None:
    seat = await desk.welcome(replace(visitor, channel=channel_of(place)))
    settings = (await desk.places.settings(seat.visitor.channel, visitor.user)).place
    name = await _name(desk, place) if seat.visitor.channel else "your direct messages"
    view = settings_form(
        settings,
        may_limit=bool(seat.visitor.channel) and await desk.permits.allowed(Deed.LIMIT, visitor.user, place),
        place_name=name,
        own=not seat.visitor.channel,
        queues=choices(desk, settings.queues, seat.asker.sight),
        limit=choices(desk, settings.limit or (), None),
        metadata=Carried(place=place).value(),
    )
    if await desk.slack.open_view(visitor.trigger, view) is None:
        await reply.note(note_message(NOT_OPENED))


async def _name(desk: Desk, channel: ChannelId) -> str:
    return f"#{seen(await desk.channels.info(channel)).name}"


async def _save(desk: Desk, visitor: Visitor, entered: EnteredSettings, body: Submission) -> Block:
    """The window that says what holds from now on, and which digests that keeps back. Raises Explainable."""
    place = Carried.from_value(body["view"].get("private_metadata", "")).place or ChannelId(visitor.user)
    seat = await desk.welcome(replace(visitor, channel=channel_of(place)))
    before = (await desk.places.settings(seat.visitor.channel, visitor.user)).place
    after = await desk.places.change(place, _settings(entered, before), seat.asker)
    home_changed(desk, visitor.user)
    name = await _name(desk, place) if seat.visitor.channel else "your direct messages"
    said = await _told(desk, after, place, name, before)
    return saved_view(said, title="Settings", channel=place)


def _settings(entered: EnteredSettings, before: PlaceSettings) -> PlaceSettings:
    """Raises BadWord."""
    zone = zone_called(entered.zone, bare=False) if entered.zone else None
    if entered.zone and zone is None:
        raise bad_zone(entered.zone, bare=False)
    threshold = read_threshold(entered.threshold) if entered.threshold else None
    if entered.threshold and threshold is None:
        raise BadWord(entered.threshold, "a threshold such as 30s, 1m30s or 2m")
    if entered.may_limit and entered.limit == ():
        raise NotAllowed("Choose the queues that may be seen here, or “All queues” above.")
    return replace(
        before,
        zone=zone,
        queues=before.queues if entered.queues is None else tuple(map(_word, entered.queues)),
        threshold=threshold,
        formula=entered.formula,
        limit=_limit(entered, before),
    )


def _limit(entered: EnteredSettings, before: PlaceSettings) -> tuple[QueueWord, ...] | None:
    if not entered.may_limit:
        return before.limit
    return None if entered.limit is None else tuple(map(_word, entered.limit))


def _word(value: str) -> QueueWord:
    return QueueWord(text=value, quoted="*" not in value and "?" not in value)


def _field(error: Explainable, entered: EnteredSettings) -> str:
    if entered.zone and zone_called(entered.zone, bare=False) is None:
        return ZONE
    if isinstance(error, NotAllowed) and entered.may_limit:
        return LIMIT
    if isinstance(error, UnknownQueue) and entered.queues is not None:
        return QUEUES
    return WITHIN


def _reply(desk: Desk, body: Click) -> Reply:
    url = body.get("response_url", "")
    return Reply(to_url(desk.slack, url), on_answer=True) if url else Reply(to_person(desk.slack, body["user"]["id"]))
