"""Several incidents in one message: what they have in common first, then a line each, worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import kit
from bot.blocks.alerts.evidence import cause_words, point_with_usual, point_words, worst_words
from bot.blocks.alerts.standing import mark_of, name_of, over_words, since_words
from bot.blocks.alerts.words import listed, media_words, plural, span_words, time_words
from bot.domain.alerts.readings import Signal
from bot.domain.alerts.rules import Kind, Preset, Severity
from bot.domain.figures import count

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.blocks.kit import Block
    from bot.domain.alerts.rules import Rule
    from bot.domain.alerts.states import Incident

MOST_LIVE = 15
"""Lines: what is longer hides the buttons behind “Show more” on a phone."""
MOST_OVER = 5
_STORM = 3

_SIGNALS = {
    Signal.MISSED: "more contacts than usual not answered in time",
    Signal.ABANDONED: "more contacts than usual abandoned",
    Signal.VOLUME_LOW: "fewer contacts than usual",
    Signal.VOLUME_HIGH: "more contacts than usual",
    Signal.OLDEST_WAIT: "somebody waits unusually long",
}


def lead_words(ordered: Sequence[Incident], *, zone: ZoneInfo, now: datetime, considered: int | None) -> str:
    """The point of several, `ordered` worst first: “7 of 12 voice queues: service level < 80 % since 10:05. Worst:
    Billing, 41 % of contacts answered in 20 s”; of two of them each is said.
    """
    live = [each for each in ordered if each.ended_at is None]
    if not live:
        return _all_over(ordered, zone=zone, now=now)
    queues = {each.watched.queue for each in live}
    first = live[0]
    since = f"since {time_words(min(each.opened_at for each in live), zone, now)}"
    if len(queues) < _STORM:
        # Two rules may say the same of a queue: people read it once.
        told = list(
            dict.fromkeys(
                (name_of(each), f"{point_words(each.evidence)} {since_words(each, zone=zone, now=now)}")
                for each in live
            )
        )
        said = ": ".join(told[0])
        if len(told) > 1:
            said += f"; {told[1][1]}" if told[1][0] == told[0][0] else f"; {': '.join(told[1])}"
        return f"{said}; {plural(len(told) - 2, 'alert')} more" if len(told) > 2 else said
    said = f"{_queues(live, considered)}: {_common(live)} {since}."
    if _common(live) == _SIGNALS[Signal.VOLUME_LOW]:
        said += " Are contacts reaching us?"
    return f"{said} Worst: {name_of(first)}, {point_words(first.evidence)}"


def _queues(live: Sequence[Incident], considered: int | None) -> str:
    n = len({each.watched.queue for each in live})
    media = {each.watched.media for each in live}
    kind = f"{media_words(media.pop())} queues".strip() if len(media) == 1 else "queues"
    return f"{count(n)} of {count(considered)} {kind}" if considered and considered >= n else f"{count(n)} {kind}"


def _common(live: Sequence[Incident]) -> str:
    signals = {found.signal for each in live for found in each.evidence.found}
    only = signals.pop() if len(signals) == 1 else None
    if only is not None:
        return _SIGNALS[only]
    titles = {each.title for each in live}
    return titles.pop() if len(titles) == 1 else "several alerts"


def _all_over(ordered: Sequence[Incident], *, zone: ZoneInfo, now: datetime) -> str:
    began = min(each.opened_at for each in ordered)
    ended = max(each.ended_at for each in ordered if each.ended_at is not None)
    names = [name_of(each) for each in ordered]
    who = (
        listed(names, 3)
        if len(set(names)) < _STORM
        else f"{count(len({each.watched.queue for each in ordered}))} queues"
    )
    said = f"{who}: over at {time_words(ended, zone, now)}, after {span_words(ended - began)}"
    worst = worst_words(ordered[0].worst)
    if not worst:
        return said
    return f"{said}; worst {name_of(ordered[0])}, {worst} at {time_words(ordered[0].worst.at, zone, now)}"


def incident_lines(ordered: Sequence[Incident], *, zone: ZoneInfo, now: datetime) -> list[Block]:
    """A line each: open ones with what and since when, those that are over struck through; and of the worst what may
    lie behind it.
    """
    live = [each for each in ordered if each.ended_at is None]
    over = sorted((each for each in ordered if each.ended_at is not None), key=lambda each: str(each.ended_at))[::-1]
    most_over = MOST_OVER if live else MOST_LIVE
    mixed = len({each.severity for each in live}) > 1
    lines = list(dict.fromkeys(_live(each, zone=zone, now=now, mixed=mixed) for each in live))
    items = [[kit.bold(name), kit.words(said)] for name, said in lines[:MOST_LIVE]]
    items += [_over(each, zone=zone, now=now) for each in over[:most_over]]
    hidden = [plural(len(lines) - MOST_LIVE, "open alert")] if len(lines) > MOST_LIVE else []
    hidden += [f"{count(len(over) - most_over)} that are over"] if len(over) > most_over else []
    causes = _behind(live)
    behind = [kit.section(f"{name_of(live[0])}: {causes}")] if causes else []
    at = max(each.evidence.at for each in ordered)
    small = [f"… and {' and '.join(hidden)}: press Details"] if hidden else []
    small += [f"As of {time_words(at, zone, now)}"] if live else []
    return [*kit.bullet_lists(items), *behind, *([kit.context(" · ".join(small))] if small else [])]


def _behind(live: Sequence[Incident]) -> str:
    """Of the queue that is worst off: as the newest of its lines knows it, without what the others say themselves."""
    if not live:
        return ""
    worst = (live[0].watched.queue, live[0].watched.media)
    same = [each.evidence for each in live if (each.watched.queue, each.watched.media) == worst]
    newest = max(same, key=lambda evidence: evidence.at)
    return cause_words(newest, said=[found for evidence in same for found in evidence.found])


def _live(incident: Incident, *, zone: ZoneInfo, now: datetime, mixed: bool) -> tuple[str, str]:
    point, usual = point_with_usual(incident.evidence)
    parts = [f": {point} {since_words(incident, zone=zone, now=now)}"]
    parts += [usual] if usual else []
    parts += ["critical"] if mixed and incident.severity is Severity.CRITICAL else []
    parts += ["comes and goes"] if incident.unstable_since is not None else []
    parts += [mark] if (mark := mark_of(incident, now)) else []
    return name_of(incident), ", ".join(parts)


def _over(incident: Incident, *, zone: ZoneInfo, now: datetime) -> list[Block]:
    struck = {"type": "text", "text": f"{name_of(incident)}: {incident.title}", "style": {"strike": True}}
    struck["text"] = kit.shorten(kit.clean(str(struck["text"])), 200)
    return [struck, kit.words(f" {over_words(incident, zone=zone, now=now)}")]


def collecting_note(rule: Rule) -> str:
    """For the message that collects what is unusual for the rest of a day, once a channel has had its fill of them."""
    said = "Enough of these for a day: what else is unusual today is collected here."
    if rule.terms.kind is not Kind.UNUSUAL or rule.terms.preset is Preset.QUIET:
        return said
    fits = Preset.DEFAULT if rule.terms.preset is Preset.SENSITIVE else Preset.QUIET
    return f"{said} Rule {rule.number} would say less as “unusual {fits}”."
