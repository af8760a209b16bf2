"""The windows "New Rule" and "Edit Rule": opened, held against the past, and read as the command they stand for."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING
from xml.sax.saxutils import unescape

from bot.blocks.alerts.actions import BACKTEST
from bot.blocks.alerts.answers import added_message, changed_message
from bot.blocks.alerts.backtest import replay_view
from bot.blocks.alerts.entered import CHANNEL, EDIT, MEASURE, NEW, QUEUES, Entered, Given, read_form
from bot.blocks.alerts.form import rule_form, saved_view
from bot.blocks.loading import NOT_OPENED, note_message
from bot.blocks.why import loading_view
from bot.commands.alerts.command import read_alert
from bot.commands.alerts.spoken import Add, Edit
from bot.commands.alerts.text import rule_title
from bot.commands.reader import CARRIED_LIMIT
from bot.domain.alerts.rules import RuleId
from bot.domain.ids import ChannelId
from bot.domain.period import zone_of
from bot.domain.places import UNSET
from bot.errors import BadWord, ChangedMeanwhile, Explainable, NotAllowed, Outdated, UnknownQueue
from bot.listeners.alerts.fields import typed_in, unread
from bot.listeners.alerts.told import home_changed, replayed
from bot.listeners.desk import Visitor, channel_of
from bot.listeners.digests.forms import choices
from bot.listeners.reply import Reply, to_person
from bot.listeners.submitting import Submitted
from bot.listeners.windows import fill

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.blocks.kit import Block
    from bot.domain.alerts.rules import Rule, Terms
    from bot.listeners.desk import Desk, Seat
    from bot.slack.payloads import Click, Submission

SAVED = "Rule"
"""Title of the window that follows, with the number of the rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the window carries; it is not secret, and everything is checked again."""

    place: ChannelId | None
    rule: RuleId | None = None
    seen_at: datetime | None = None
    """When the rule was changed last, as seen when the window opened."""

    def value(self) -> str:
        at = self.seen_at.astimezone(UTC).isoformat(timespec="microseconds") if self.seen_at else None
        return json.dumps({"p": self.place, "r": self.rule, "at": at}, separators=(",", ":"))

    @classmethod
    def of(cls, body: Submission | Click) -> Held:
        """Raises Outdated for what this version has not written."""
        try:
            kept = json.loads(body["view"].get("private_metadata", ""))
            return cls(
                place=ChannelId(str(kept["p"])) if kept["p"] else None,
                rule=RuleId(str(kept["r"])) if kept["r"] else None,
                seen_at=datetime.fromisoformat(kept["at"]) if kept["at"] else None,
            )
        except (ValueError, KeyError, TypeError) as failure:
            raise Outdated from failure


def register(app: AsyncApp, desk: Desk) -> None:
    async def submitted(ack: AsyncAck, body: Submission) -> None:
        visitor = Visitor.of_payload(body)
        window = Submitted(desk, visitor, ack, body, title=SAVED, at=MEASURE)
        window.take(partial(_save, desk, visitor, body), field=lambda error: _field(error, body))

    app.view(NEW)(submitted)
    app.view(EDIT)(submitted)

    @app.action(BACKTEST)
    async def backtest(ack: AsyncAck, body: Click) -> None:
        await ack()
        visitor = Visitor.of_payload(body)
        reply = Reply(to_person(desk.slack, visitor.user))
        opening = partial(desk.slack.push_view, body["trigger_id"], loading_view("Back-Test"))
        making = partial(_backtest, desk, visitor, body)
        desk.promise(visitor, reply, fill(desk, reply, opening, making, title="Back-Test"))


async def open_new(desk: Desk, seat: Seat, reply: Reply) -> None:
    """With what is usual where it is opened."""
    queues = choices(desk, seat.usual.queues, seat.asker.sight)
    given = Given(channel=seat.visitor.channel, queues=queues)
    view = rule_form(given, metadata=Held(place=seat.visitor.channel).value())
    if await desk.slack.open_view(seat.visitor.trigger, view) is None:
        await reply.note(note_message(NOT_OPENED))


async def open_edit(desk: Desk, seat: Seat, reply: Reply, rule: Rule) -> None:
    """As the rule is now."""
    given = _given(desk, seat, rule)
    held = Held(place=rule.channel, rule=rule.id, seen_at=rule.changed_at)
    view = rule_form(given, title="Edit Rule", metadata=held.value(), remove=rule.id)
    if await desk.slack.open_view(seat.visitor.trigger, view) is None:
        await reply.note(note_message(NOT_OPENED))


def _given(desk: Desk, seat: Seat, rule: Rule) -> Given:
    queues = choices(desk, rule.terms.queues, seat.asker.sight)
    return Given.of(rule.terms, queues, rule.channel, title=rule_title(rule.terms))


async def _save(desk: Desk, visitor: Visitor, body: Submission) -> Block:
    """The window that says what was saved. Raises Explainable."""
    held = Held.of(body)
    seat = await _seat(desk, visitor, body, held)
    ruling, name = desk.alerts.ruling, desk.typed("alert")
    if held.rule is None:
        rule = await ruling.create(_new_terms(_entered(body, None), seat), channel=seat.place, by=seat.asker)
        entry, replay = await desk.alerts.entries.one(rule, seat.asker.sight), await replayed(desk, rule)
        said = added_message(entry, now=seat.now, zone=zone_of(seat.now), replay=replay, command=name)
    else:
        seen = await ruling.find(held.rule)
        if held.seen_at is not None and seen.changed_at != held.seen_at:
            raise ChangedMeanwhile("Somebody changed this rule meanwhile: open it again.")
        entered = _entered(body, _given(desk, seat, seen))
        rule = await ruling.edit(seen, _changed_terms(entered, seat, seen), seat.asker)
        entry, replay = await desk.alerts.entries.one(rule, seat.asker.sight), await replayed(desk, rule)
        said = changed_message(entry, "changed", now=seat.now, zone=zone_of(seat.now), replay=replay, command=name)
    home_changed(desk, visitor.user, rule.owner)
    # The point of a message is escaped, and stands in a window as it is.
    return saved_view(unescape(said["text"]), title=f"{SAVED} {rule.number}", channel=rule.channel)


async def _backtest(desk: Desk, visitor: Visitor, body: Click) -> Block:
    """The window over the form."""
    held = Held.of(body)
    seat = await _seat(desk, visitor, body, held)
    seen = await desk.alerts.ruling.find(held.rule) if held.rule else None
    entered = _entered(body, _given(desk, seat, seen) if seen else None)
    terms = _changed_terms(entered, seat, seen) if seen else _new_terms(entered, seat)
    draft = await desk.alerts.ruling.draft(terms, channel=seat.place, by=seat.asker, before=seen)
    replay = await desk.alerts.trials.replay(draft)
    return replay_view(replay, rule_title(terms), zone=zone_of(seat.now))


async def _seat(desk: Desk, visitor: Visitor, body: Submission | Click, held: Held) -> Seat:
    place = read_form(_values(body)).channel or held.place
    return await desk.welcome(replace(visitor, channel=channel_of(place or "")))


def _new_terms(entered: Entered, seat: Seat) -> Terms:
    """Through the command that the form stands for: one grammar reads both. Raises BadWord."""
    # No queues in the form mean all of them, and not the usual ones.
    text = entered.text if QUEUES in entered.pieces else f"all {entered.text}"
    read = read_alert(f"add {text}", now=seat.now, zone=zone_of(seat.now), usual=UNSET, limit=CARRIED_LIMIT)
    if not isinstance(read, Add) or read.terms is None:
        raise BadWord("the rule", "something that can be watched", example="/alert add billing sla < 80%")
    return read.terms


def _changed_terms(entered: Entered, seat: Seat, seen: Rule) -> Terms:
    if not entered.text:
        return seen.terms
    text = f"edit {seen.number} {entered.text}"
    read = read_alert(text, now=seat.now, zone=seen.terms.zone, usual=UNSET, limit=CARRIED_LIMIT)
    if not isinstance(read, Edit) or read.changes is None:
        return seen.terms
    return read.changes.apply(seen.terms)


def _entered(body: Submission | Click, given: Given | None) -> Entered:
    """Raises Explainable for a field that has to be filled in."""
    entered = read_form(_values(body), given)
    for block, sentence in {**entered.problems, **unread(_values(body))}.items():
        raise _Missing(block, sentence)
    return entered


class _Missing(Explainable):
    """A field that is empty, or does not go with another."""

    def __init__(self, block: str, sentence: str) -> None:
        self.block = block
        super().__init__(sentence)


def _field(error: Explainable, body: Submission) -> str:
    """The block under which an error is shown."""
    entered = read_form(_values(body))
    if isinstance(error, _Missing):
        return error.block
    if isinstance(error, NotAllowed) and entered.channel is not None:
        return CHANNEL
    if isinstance(error, UnknownQueue):
        return QUEUES
    word = error.word if isinstance(error, BadWord) else ""
    return typed_in(_values(body), word) or entered.field_of(word)


def _values(body: Submission | Click) -> dict[str, dict[str, dict[str, object]]]:
    return body["view"].get("state", {"values": {}})["values"]
