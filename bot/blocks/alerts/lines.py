"""What is said in an alert's thread: one line for each step, with mentions where somebody is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import kit
from bot.blocks.alerts.evidence import point_words
from bot.blocks.alerts.message import point_of
from bot.blocks.alerts.standing import name_of, over_words
from bot.blocks.alerts.words import calls, capital, plural, sentence, span_words, time_words
from bot.blocks.mentions import person
from bot.domain.alerts.states import LineKind

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.blocks.kit import Message
    from bot.domain.alerts.states import Incident, Line
    from bot.domain.ids import UserId

_MOST = 2000


def line_text(
    kind: LineKind,
    *,
    at: datetime,
    zone: ZoneInfo,
    incident: Incident | None = None,
    mention: str = "",
    by: UserId | None = None,
    until: datetime | None = None,
    several: int = 1,
    note: str = "",
) -> str:
    """A line as `mrkdwn`, escaped, for `Line.text`; at most 2,000 characters.

    `incident`: the one it is about; None for what is about all of a message. `mention`: who is called, as Slack writes
    it, several with spaces between. `by` and `until`: of a press, and of a snooze, where None is each queue's opening
    tomorrow. `several`: how many incidents a press was about. `note`: the reason of `BLIND`, as a sentence.
    """
    who = person(by).markup if by else "Somebody"
    if kind in _PRESSES:
        said = f"{who} {_pressed(kind, at=at, zone=zone, until=until)}"
        about = "" if several < 2 else f" ({plural(several, 'alert')})"
        name = f"{_escaped(name_of(incident))}: " if incident is not None and several < 2 else ""
        return f"{name}{said}{about}"
    said = _escaped(_told(kind, incident, at=at, zone=zone, note=note))
    called = calls([mention])
    return f"{called} {said}" if called else said


_PRESSES = frozenset({LineKind.ACKNOWLEDGED, LineKind.SNOOZED, LineKind.EXPECTED, LineKind.NORMAL})


def _pressed(kind: LineKind, *, at: datetime, zone: ZoneInfo, until: datetime | None) -> str:
    when = time_words(at, zone, at)
    match kind:
        case LineKind.ACKNOWLEDGED:
            return f"acknowledged it at {when}"
        case LineKind.SNOOZED:
            end = time_words(until, zone, at) if until else "tomorrow’s opening"
            return f"snoozed it at {when}, until {end}"
        case LineKind.EXPECTED:
            return f"said at {when} that it is expected today: nothing more is told of it"
        case _:
            return f"said at {when} that this is normal now: what is usual is learnt anew from here on"


def _told(kind: LineKind, incident: Incident | None, *, at: datetime, zone: ZoneInfo, note: str) -> str:
    when = time_words(at, zone, at)
    about = f"{name_of(incident)}: " if incident is not None else ""
    if kind is LineKind.BLIND:
        return f"{about}I cannot see Genesys since {when}{_because(note)} It stays as it was until I see it again."
    if kind is LineKind.SEEN_AGAIN:
        return f"{about}I see Genesys again since {when}."
    if incident is None:
        return f"{capital(kind.value)} at {when}"
    return _of_one(kind, incident, at=at, zone=zone)


def _of_one(kind: LineKind, incident: Incident, *, at: datetime, zone: ZoneInfo) -> str:
    name, point = name_of(incident), point_of(incident, zone=zone, now=at)
    lasting = span_words(at - incident.opened_at)
    match kind:
        case LineKind.JOINED:
            return f"Also {point}"
        case LineKind.REOPENED:
            return f"It is back, and the same alert goes on. {point}"
        case LineKind.ESCALATED:
            return f"Nobody has acknowledged this for {span_words(at - incident.fired_at)}: {point}"
        case LineKind.UNSTABLE:
            since = time_words(incident.unstable_since or at, zone, at)
            return f"{name}: unstable since {since}. It comes and goes, and that only edits the message from here on."
        case LineKind.RESOLVED:
            over = over_words(incident, zone=zone, now=at)
            return f"{name}: {over or f'over at {time_words(at, zone, at)}, after {lasting}'}"
        case _:
            return f"Still not over, after {lasting}: {name}, {point_words(incident.evidence)}"


def _because(note: str) -> str:
    said = sentence(note)
    return f": {said}" if said else "."


def _escaped(text: str) -> str:
    return kit.escaped(text, _MOST - 300)


def line_message(line: Line) -> Message:
    """The line as a message for the thread."""
    text = {"type": "mrkdwn", "text": line.text, "verbatim": True}
    return {"text": line.text, "blocks": [{"type": "section", "text": text, "expand": True}]}
