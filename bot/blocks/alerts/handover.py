"""The handover of a shift: what is open, what fired, who took it, and how long it took."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import kit
from bot.blocks.alerts.actions import SHARE_HANDOVER
from bot.blocks.alerts.evidence import point_words, worst_words
from bot.blocks.alerts.standing import mark_of, name_of, worst_first
from bot.blocks.alerts.weekly import AlertTally, counts_words
from bot.blocks.alerts.words import FOREVER, listed, plural, span_words, time_words
from bot.blocks.mentions import person, small_print
from bot.domain.alerts.rules import Severity
from bot.domain.alerts.states import Ended
from bot.domain.figures import count

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta
    from zoneinfo import ZoneInfo

    from bot.blocks.kit import Block, Message
    from bot.blocks.mentions import Mention
    from bot.domain.alerts.rules import Rule
    from bot.domain.alerts.states import Incident
    from bot.domain.ids import UserId

MOST_LINES = 20
_MOST_PEOPLE = 10


def handover_message(
    start: datetime,
    end: datetime,
    incidents: Sequence[Incident],
    *,
    zone: ZoneInfo,
    place: str = "this channel",
    muted: Sequence[Rule] = (),
    blind: Sequence[tuple[datetime, datetime | None]] = (),
    shared_by: UserId | None = None,
    may_share: bool = True,
) -> Message:
    """Of `incidents` that were open at any moment of `[start, end)`, `end` being now. `muted`: rules that tell nobody.
    `blind`: when Genesys could not be seen. `shared_by`: it is in the channel, and says who put it there; else it has a
    button Share in Channel (`SHARE_HANDOVER`, the start as value) unless it may not be shared.
    """
    live = [each for each in worst_first(incidents, end) if each.ended_at is None]
    over = sorted((each for each in incidents if each.ended_at is not None), key=lambda each: each.opened_at)
    where = kit.shorten_middle(kit.clean(place), 80) or "this channel"
    stretch = f"{time_words(start, zone, end)} to {time_words(end, zone, end)}"
    point = _point(incidents, live)
    blocks = [
        kit.header(f"Handover: {stretch}"),
        kit.section(
            f"{point}\nAlerts of {where}, {end.astimezone(zone):%a} {end.astimezone(zone).day} "
            f"{end.astimezone(zone):%b %Y}, {zone.key}"
        ),
    ]
    if live:
        blocks += [kit.paragraph(kit.bold("Still open")), *_lines([_open(each, zone=zone, end=end) for each in live])]
    if over:
        blocks += [kit.paragraph(kit.bold("Over")), *_lines([_over(each, zone=zone, end=end) for each in over])]
    blocks += _taken(incidents)
    remarks = _remarks(muted, blind, zone=zone, end=end)
    blocks += [kit.context(*remarks)] if remarks else []
    if shared_by is not None:
        blocks.append(kit.by_person("Shared by", shared_by))
    elif may_share:
        value = start.isoformat()
        blocks.append(kit.actions(kit.button("Share in Channel", action=SHARE_HANDOVER, value=value)))
    return kit.message(f"Handover {stretch}: {point}", *blocks)


def _point(incidents: Sequence[Incident], live: Sequence[Incident]) -> str:
    if not incidents:
        return "Nothing fired in this shift."
    delays = [each.handling.acked_at - each.fired_at for each in incidents if each.handling.acked_at is not None]
    tally = AlertTally(
        fired=len(incidents),
        acknowledged=len(delays),
        to_acknowledge=median_of(delays),
        not_useful=tuple((f"{name_of(each)} {each.title}", 1) for each in incidents if each.votes),
    )
    left = f"{plural(len(live), 'alert is', 'alerts are')} still open" if live else "nothing is open"
    return f"{counts_words(tally)}; {left}."


def median_of(delays: Sequence[timedelta]) -> timedelta | None:
    """The middle one, of an even number the mean of both in the middle; None of none."""
    if not delays:
        return None
    ordered, half = sorted(delays), len(delays) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _lines(items: Sequence[Sequence[Block]]) -> list[Block]:
    blocks = kit.bullet_lists(items[:MOST_LINES])
    left = len(items) - MOST_LINES
    return [*blocks, kit.context(f"… and {count(left)} more")] if left > 0 else blocks


def _open(incident: Incident, *, zone: ZoneInfo, end: datetime) -> list[Block]:
    since = f"since {time_words(incident.opened_at, zone, end)}, {span_words(end - incident.opened_at)}"
    critical = ["critical"] if incident.severity is Severity.CRITICAL else []
    told = [f": {point_words(incident.evidence)} {since}", *critical, mark_of(incident, end) or "nobody has it"]
    return [kit.bold(name_of(incident)), kit.words(", ".join(told))]


def _over(incident: Incident, *, zone: ZoneInfo, end: datetime) -> list[Block]:
    ended = incident.ended_at or end
    began = f"{time_words(incident.opened_at, zone, end)}–{time_words(ended, zone, end)}"
    worst = worst_words(incident.worst)
    told = [f": {began}, {span_words(ended - incident.opened_at)}"]
    told += [f"worst {worst}"] if worst else []
    told += ["until closing"] if incident.ended is Ended.CLOSED else []
    told += [] if incident.handling.acked_by or incident.handling.snoozed_by else ["nobody took it"]
    told += ["marked not useful"] if incident.votes else []
    return [kit.bold(name_of(incident)), kit.words(f"{', '.join(told)} ({kit.shorten(incident.title, 100)})")]


def _taken(incidents: Sequence[Incident]) -> list[Block]:
    """Who took how many, most first."""
    taken: dict[UserId, list[str]] = {}
    for each in incidents:
        if who := each.handling.acked_by or each.handling.snoozed_by:
            taken.setdefault(who, []).append(name_of(each))
    if not taken:
        return []
    parts: list[str | Mention] = ["Taken by "]
    for number, (who, names) in enumerate(sorted(taken.items(), key=lambda one: (-len(one[1]), one[0]))):
        if number == _MOST_PEOPLE:
            parts.append(f" and {count(len(taken) - _MOST_PEOPLE)} more")
            break
        parts += [", " if number else "", person(who), f" ({listed(names, 3)})"]
    return [small_print(*parts)]


def _remarks(
    muted: Sequence[Rule], blind: Sequence[tuple[datetime, datetime | None]], *, zone: ZoneInfo, end: datetime
) -> list[str]:
    said = []
    for since, until in blind[:5]:
        stretch = f"from {time_words(since, zone, end)} to {time_words(until, zone, end)}" if until else ""
        said.append(f"Genesys could not be seen {stretch or f'since {time_words(since, zone, end)}'}")
    if muted:
        numbers = [
            f"{rule.number}" + ("" if _forever(rule) else f" (until {time_words(rule.muted_until, zone, end)})")
            for rule in muted
            if rule.muted_until
        ]
        said.append(f"Muted: rule{'s' if len(numbers) > 1 else ''} {listed(numbers, 8)}" if numbers else "")
    return [each for each in said if each]


def _forever(rule: Rule) -> bool:
    return rule.muted_until is None or rule.muted_until.year >= FOREVER.year
