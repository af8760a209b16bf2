"""The living message of one or several incidents, from the first word to “Over”.

Five questions in this order: what and how bad, since when, what is usual, what probably causes it (and whether the
target can still be met), what to press.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import kit
from bot.blocks.alerts.actions import bulletin_actions, over_actions
from bot.blocks.alerts.evidence import cause_words, detail_words, point_with_usual, reach_words, usual_words
from bot.blocks.alerts.standing import (
    colour_of,
    handled_blocks,
    label_of,
    name_of,
    over_words,
    since_words,
    worst_first,
)
from bot.blocks.alerts.storm import incident_lines, lead_words
from bot.blocks.alerts.words import calls, time_words
from bot.blocks.mentions import Mention, small_print
from bot.domain.alerts.readings import Signal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.blocks.kit import Block, Message
    from bot.domain.alerts.states import Bulletin, Incident


def alert_message(
    bulletin: Bulletin,
    incidents: Sequence[Incident],
    *,
    now: datetime,
    zone: ZoneInfo,
    blind_since: datetime | None = None,
    considered: int | None = None,
    mention: Sequence[str] = (),
    command: str = "/alert",
) -> Message:
    """What a channel reads of `incidents`, in any order; within Slack's limits however many there are.

    `blind_since`: Genesys cannot be seen since then. `considered`: how many queues the rules behind it look at, for
    “7 of 12 voice queues”; None: not known. `mention`: whom it names, as Slack writes it. The same arguments make the
    same message; `now` only decides what a snooze is worth and which day a time belongs to.

    Always with one attachment. Presses: `actions.ACKNOWLEDGE`, `SNOOZE`, `DETAILS`, `MORE`. Raises ValueError without
    incidents.
    """
    if not incidents:
        raise ValueError("an alert's message tells of an incident at least")
    ordered = worst_first(incidents, now)
    live = [incident for incident in ordered if incident.ended_at is None]
    blind = blind_since if live else None
    point = _point(ordered, live, zone=zone, now=now, considered=considered)
    unseen = f"I cannot see Genesys since {time_words(blind, zone, now)}; this is how it stood then." if blind else ""
    body = _one(ordered[0], zone=zone, now=now) if len(ordered) == 1 else incident_lines(ordered, zone=zone, now=now)
    about = _lead_advice(live, command) or (kit.clean(bulletin.note) if live else "")
    blocks = [
        kit.paragraph(kit.bold(label_of(ordered, now) + (", not visible" if blind else ""))),
        *([kit.section(unseen)] if unseen else []),
        *body,
        *([kit.context(about)] if about else []),
        *handled_blocks(ordered, zone=zone, now=now),
        _actions(bulletin, live),
    ]
    called = calls(mention) if live else ""
    text = f"{point}. {unseen}" if unseen else point
    message = kit.message(text, kit.paragraph(kit.bold(point)))
    if called:
        message["text"] = f"{message['text']} {called}"
        message["blocks"].append(small_print("For ", Mention(called)))
    bar = colour_of(ordered, now, blind=blind is not None)
    fallback = kit.shorten(f"{label_of(ordered, now)}: {text}", kit.MOST_TEXT)
    message["attachments"] = [{"color": bar, "fallback": fallback, "blocks": blocks}]
    return message


def _point(
    ordered: Sequence[Incident],
    live: Sequence[Incident],
    *,
    zone: ZoneInfo,
    now: datetime,
    considered: int | None,
) -> str:
    if len(ordered) > 1:
        return lead_words(ordered, zone=zone, now=now, considered=considered)
    one = ordered[0]
    if not live:
        return f"{name_of(one)}: {over_words(one, zone=zone, now=now)}"
    return point_of(one, zone=zone, now=now)


def point_of(incident: Incident, *, zone: ZoneInfo, now: datetime) -> str:
    """As “Billing: 41 % of contacts answered in 20 s since 10:05”; of what has no limit, with the usual range."""
    point, usual = point_with_usual(incident.evidence, limits=False)
    said = f"{name_of(incident)}: {point}{f' ({usual})' if usual else ''}"
    said += f" {since_words(incident, zone=zone, now=now)}"
    return f"{said}: are contacts reaching us?" if _volume_low(incident) else said


def _one(incident: Incident, *, zone: ZoneInfo, now: datetime) -> list[Block]:
    evidence = incident.evidence
    if incident.ended_at is not None:
        # The figures of the last evaluation are good again: what it was stands above.
        was = f"It was: {incident.title}, {since_words(incident, zone=zone, now=now)}"
        return [kit.context(_history(incident, was, zone=zone, now=now))]
    told = [
        " ".join(part for part in (detail_words(evidence), usual_words(evidence, zone)) if part),
        cause_words(evidence),
        reach_words(evidence),
    ]
    lines = "\n".join(part for part in told if part)
    rule = f"Rule: {incident.title} · As of {time_words(evidence.at, zone, now)}"
    return [
        *([kit.section(lines)] if lines else []),
        kit.context(_history(incident, rule, zone=zone, now=now)),
    ]


def _history(incident: Incident, said: str, *, zone: ZoneInfo, now: datetime) -> str:
    """With what it went through: that it came and went."""
    if incident.unstable_since is not None:
        said += f" · Unstable since {time_words(incident.unstable_since, zone, now)}: it comes and goes"
    if incident.firings > 1:
        said += f" · Fired {incident.firings} times"
    return said


def _lead_advice(live: Sequence[Incident], command: str) -> str:
    """Many queues with too few contacts at once: a holiday that nobody has told, or a line that is down."""
    few = {each.watched.queue for each in live if _volume_low(each)}
    if len(few) < 3:
        return ""
    return kit.clean(f"Is today a holiday? {command} holidays says so, and it is neither judged nor learnt")


def _volume_low(incident: Incident) -> bool:
    return any(found.signal is Signal.VOLUME_LOW for found in incident.evidence.found)


def _actions(bulletin: Bulletin, live: Sequence[Incident]) -> Block:
    if not live:
        return over_actions(bulletin)
    unusual = any(found.signal is not None for each in live for found in each.evidence.found)
    taken = all(each.handling.acked_by is not None for each in live)
    return bulletin_actions(bulletin, acknowledged=taken, unusual=unusual)
