"""How an incident stands with people: open, taken, asleep, expected, over; and in which colour that is shown."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from bot.blocks import kit
from bot.blocks.alerts.evidence import badness, worst_words
from bot.blocks.alerts.words import SEVERITIES, queue_words, span_words, time_words
from bot.blocks.mentions import person, small_print
from bot.domain.alerts.rules import Severity
from bot.domain.alerts.states import Ended

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.blocks.kit import Block
    from bot.blocks.mentions import Mention
    from bot.domain.alerts.states import Incident

CRITICAL, WARNING, TAKEN, OVER, UNSEEN = "#c0392b", "#d9822b", "#5b7a99", "#2e8b57", "#8a8f98"
"""Of the line beside a message; what it means is always said in words too."""

_MOST_HANDLED = 5


class Standing(Enum):
    OPEN = auto()
    """Nobody has done anything about it."""
    ACKNOWLEDGED = auto()
    SNOOZED = auto()
    EXPECTED = auto()
    OVER = auto()


_NAMES = {Standing.ACKNOWLEDGED: "Acknowledged", Standing.SNOOZED: "Snoozed", Standing.EXPECTED: "Expected today"}


def standing_of(incident: Incident, now: datetime) -> Standing:
    """A snooze that is past is none; asleep it is even when somebody has it."""
    handling = incident.handling
    if incident.ended_at is not None:
        return Standing.OVER
    if handling.expected_by is not None:
        return Standing.EXPECTED
    if handling.snoozed_until is not None and handling.snoozed_until > now:
        return Standing.SNOOZED
    return Standing.OPEN if handling.acked_by is None else Standing.ACKNOWLEDGED


def worst_first(incidents: Iterable[Incident], now: datetime) -> list[Incident]:
    """What is open before what is over, what nobody has before what is taken, critical before warnings."""

    def rank(incident: Incident) -> tuple[bool, bool, bool, float, datetime, str]:
        standing = standing_of(incident, now)
        return (
            standing is Standing.OVER,
            standing is not Standing.OPEN,
            incident.severity is not Severity.CRITICAL,
            -badness(incident.worst if standing is Standing.OVER else incident.evidence),
            incident.opened_at,
            incident.id,
        )

    return sorted(incidents, key=rank)


def colour_of(incidents: Sequence[Incident], now: datetime, *, blind: bool = False) -> str:
    """Of a message that tells of all of these."""
    live = [incident for incident in incidents if incident.ended_at is None]
    if not live:
        return OVER
    if blind:
        return UNSEEN
    untouched = [incident for incident in live if standing_of(incident, now) is Standing.OPEN]
    if not untouched:
        return TAKEN
    return CRITICAL if any(incident.severity is Severity.CRITICAL for incident in untouched) else WARNING


def label_of(incidents: Sequence[Incident], now: datetime) -> str:
    """What the colour says, in a word or two: “Critical”, “Warning, acknowledged”, “Over”."""
    live = [incident for incident in incidents if incident.ended_at is None]
    if not live:
        return "Over"
    critical = any(incident.severity is Severity.CRITICAL for incident in live)
    word = SEVERITIES[Severity.CRITICAL if critical else Severity.WARNING]
    standings = {standing_of(incident, now) for incident in live}
    return (
        f"{word}, {_NAMES[standings.pop()].lower()}" if len(standings) == 1 and Standing.OPEN not in standings else word
    )


def name_of(incident: Incident) -> str:
    return queue_words(incident.queue_name, incident.watched.media)


def handled_parts(incident: Incident, *, zone: ZoneInfo, now: datetime) -> list[str | Mention]:
    """As “Acknowledged by @Anna · 10:42”, with mentions; empty while nobody has done anything. Of one that is over: who
    had it.
    """
    handling = incident.handling
    standing = standing_of(incident, now)
    if standing is Standing.OVER:
        who = handling.acked_by or handling.snoozed_by
        return ["Taken by ", person(who)] if who else []
    if standing is Standing.EXPECTED and handling.expected_by:
        return ["Expected today, says ", person(handling.expected_by), " · Nothing more is told of it"]
    taken: list[str | Mention] = []
    if handling.acked_by:
        at = f" · {time_words(handling.acked_at, zone, now)}" if handling.acked_at else ""
        taken = ["Acknowledged by ", person(handling.acked_by), at]
    if standing is Standing.SNOOZED and handling.snoozed_until:
        by: list[str | Mention] = [" by ", person(handling.snoozed_by)] if handling.snoozed_by else []
        asleep: list[str | Mention] = ["Snoozed until ", time_words(handling.snoozed_until, zone, now), *by]
        return [*asleep, " · ", *taken] if taken else asleep
    return taken


def handled_blocks(ordered: Sequence[Incident], *, zone: ZoneInfo, now: datetime) -> list[Block]:
    """Who has it; with several incidents once for all that were taken together."""
    groups: dict[tuple[object, ...], list[Incident]] = {}
    for each in ordered:
        if handled_parts(each, zone=zone, now=now):
            handling = each.handling
            key = (
                standing_of(each, now) is Standing.OVER,
                *(handling.acked_by, handling.snoozed_until, handling.snoozed_by),
                handling.expected_by,
            )
            groups.setdefault(key, []).append(each)
    lines = []
    for together in list(groups.values())[:_MOST_HANDLED]:
        first_taken = min(together, key=lambda each: str(each.handling.acked_at or ""))
        parts = handled_parts(first_taken, zone=zone, now=now)
        if len(together) < len(ordered):
            names = ", ".join(dict.fromkeys(name_of(each) for each in together))
            first = str(parts[0])
            parts = [f"{kit.shorten(names, 200)}: {first[:1].lower()}{first[1:]}", *parts[1:]]
        lines.append(small_print(*parts))
    return lines


def mark_of(incident: Incident, now: datetime) -> str:
    """The same in a word, for a line of a list: “acknowledged”; empty where there is nothing to say."""
    return _NAMES.get(standing_of(incident, now), "").lower()


def over_words(incident: Incident, *, zone: ZoneInfo, now: datetime) -> str:
    """As “over at 10:52, after 47 min; worst 41 % at 10:20”."""
    if incident.ended_at is None:
        return ""
    how = {
        Ended.CLOSED: ": the queue closed",
        Ended.FADED: ": too few contacts to judge",
        Ended.REMOVED: ": its rule was changed or removed",
    }
    because = how.get(incident.ended, "") if incident.ended else ""
    lasted = span_words(incident.ended_at - incident.opened_at)
    said = f"over at {time_words(incident.ended_at, zone, now)}, after {lasted}{because}"
    worst = worst_words(incident.worst)
    return f"{said}; worst {worst} at {time_words(incident.worst.at, zone, now)}" if worst else said


def since_words(incident: Incident, *, zone: ZoneInfo, now: datetime) -> str:
    return f"since {time_words(incident.opened_at, zone, now)}"
