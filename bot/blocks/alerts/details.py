"""An incident in full: its rule, the course of its figures, and what was done about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.blocks import forms, kit
from bot.blocks.alerts.evidence import cause_words, detail_words, reach_words, usual_words
from bot.blocks.alerts.listed import about
from bot.blocks.alerts.message import point_of
from bot.blocks.alerts.standing import handled_blocks, name_of, over_words, worst_first
from bot.blocks.alerts.words import figure_words, plural, share_words, time_words
from bot.domain.figures import NO_FIGURE, count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.blocks.alerts.entry import Entry
    from bot.blocks.kit import Block
    from bot.domain.alerts.rules import RuleId
    from bot.domain.alerts.states import Bulletin, Incident, IncidentId, Line
    from bot.domain.sla import Share

MOST_INCIDENTS = 10
MOST_LINES = 25
_FULL = 2
"""Incidents that are told with causes and course; of more a line each."""
_SECOND = timedelta(seconds=1)
_SAFE_LINK = re.compile(r"https://[a-z0-9.-]+(?::\d+)?/[\w./?=&%-]*|http://(?:localhost|127\.0\.0\.1)[\w./?=&%:-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarter:
    """Fifteen minutes of a queue and medium; None: not known."""

    start: datetime
    offered: int | None = None
    share: Share | None = None
    """Answered in time, of those that count."""
    abandoned: int | None = None
    aht: timedelta | None = None
    on_queue: int | None = None
    waiting: int | None = None


def details_view(
    bulletin: Bulletin,
    incidents: Sequence[Incident],
    *,
    now: datetime,
    zone: ZoneInfo,
    rules: Mapping[RuleId, Entry],
    course: Mapping[IncidentId, Sequence[Quarter]] | None = None,
    lines: Sequence[Line] = (),
    permalink: str = "",
    command: str = "/alert",
) -> Block:
    """A modal, for who pressed Details. `rules` may lack one that was removed; `course` is oldest first; `lines` the
    thread in order of time; `permalink` leads to the message, and is of Slack's making.
    """
    ordered = worst_first(incidents, now)
    blocks: list[Block] = []
    for each in ordered[:MOST_INCIDENTS]:
        full = ordered.index(each) < _FULL
        rows = (course or {}).get(each.id, ()) if full else ()
        blocks += _incident(each, rules.get(each.watched.rule), rows, now=now, zone=zone, full=full)
    left = len(ordered) - MOST_INCIDENTS
    if left > 0:
        blocks.append(kit.context(f"… and {plural(left, 'alert')} more"))
    blocks += handled_blocks(ordered, zone=zone, now=now)
    blocks += [kit.divider(), *_history(lines, bulletin, now=now, zone=zone)]
    if _SAFE_LINK.fullmatch(permalink):
        blocks.append(kit.paragraph(kit.link("Open the message and its thread", permalink)))
    shown = {each.watched.rule: rules[each.watched.rule] for each in ordered if each.watched.rule in rules}
    numbers = sorted(entry.rule.number for entry in shown.values())
    if numbers:
        blocks.append(kit.context(kit.clean(f"To change it: {command} edit {numbers[0]} · Times in {zone.key}")))
    return forms.modal("Alert", blocks)


def _incident(
    incident: Incident,
    entry: Entry | None,
    rows: Sequence[Quarter],
    *,
    now: datetime,
    zone: ZoneInfo,
    full: bool,
) -> list[Block]:
    over = over_words(incident, zone=zone, now=now)
    point = f"{name_of(incident)}: {over}" if over else point_of(incident, zone=zone, now=now)
    rule = f"Rule {entry.rule.number} · {about(entry)}" if entry else f"Its rule was removed: {incident.title}"
    first = [kit.paragraph(kit.bold(point)), kit.context(f"{rule}{_times(incident, zone=zone, now=now)}")]
    if not full:
        return first
    # Of one that is over: how it was at its worst. Whether a target could be met was a matter of that moment.
    evidence = incident.worst if over else incident.evidence
    told = [detail_words(evidence), usual_words(evidence, zone), cause_words(evidence)]
    told.append("" if over else reach_words(evidence))
    said = "\n".join(part for part in told if part)
    worst = f"At its worst, {time_words(evidence.at, zone, now)}:\n" if over and said else ""
    return [*first, *([kit.section(f"{worst}{said}")] if said else []), *_course(rows, zone)]


def _times(incident: Incident, *, zone: ZoneInfo, now: datetime) -> str:
    began, told = time_words(incident.opened_at, zone, now), time_words(incident.fired_at, zone, now)
    said = f" · Began {began}, told {told}" if began != told else f" · Began {began}"
    return f"{said} · Fired {incident.firings} times" if incident.firings > 1 else said


def _course(rows: Sequence[Quarter], zone: ZoneInfo) -> list[Block]:
    """A table in a fixed-width font, since windows have no tables; columns of which nothing is known are left out."""
    if not rows:
        return []
    columns = {
        "from": [f"{row.start.astimezone(zone):%H:%M}" for row in rows],
        "in time": [share_words(row.share) if row.share else NO_FIGURE for row in rows],
        "offered": [_number(row.offered) for row in rows],
        "AHT": [_clock(row.aht) if row.aht is not None else NO_FIGURE for row in rows],
        "agents": [_number(row.on_queue) for row in rows],
        "aband.": [_number(row.abandoned) for row in rows],
        "waiting": [_number(row.waiting) for row in rows],
    }
    known = {title: cells for title, cells in columns.items() if any(cell != NO_FIGURE for cell in cells)}
    widths = [max(len(title), *map(len, cells)) for title, cells in known.items()]
    table = [list(known), *(list(row) for row in zip(*known.values(), strict=True))]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in table]
    return [kit.preformatted("\n".join(line.rstrip() for line in lines))]


def _clock(length: timedelta) -> str:
    """Narrow, under a heading that says that it is no time of day: “6:12”."""
    minutes, seconds = divmod(length // _SECOND, 60)
    return f"{minutes}:{seconds:02}"


def _number(value: int | None) -> str:
    return NO_FIGURE if value is None else figure_words(value)


def _history(lines: Sequence[Line], bulletin: Bulletin, *, now: datetime, zone: ZoneInfo) -> list[Block]:
    """The thread, latest last, as small print: with its mentions, which notify nobody in a window."""
    shown = sorted(lines, key=lambda line: (line.at, line.key))[-MOST_LINES:]
    first = f"{time_words(bulletin.opened_at, zone, now)} · First told"
    said = [f"{time_words(line.at, zone, now)} · {_tame(line.text)}" for line in shown]
    left = len(lines) - len(shown)
    skipped = [f"… {count(left)} lines before"] if left > 0 else []
    text = "\n".join([first, *skipped, *said])[: kit.MOST_TEXT]
    return [{"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}, "expand": True}]


def _tame(text: str) -> str:
    """A line of the thread, cut where it is no mention that is cut."""
    if len(text) <= kit.MOST_HEADER:
        return text
    cut = text[: kit.MOST_HEADER]
    if cut.rfind("<") > cut.rfind(">"):
        cut = cut[: cut.rfind("<")]
    return f"{re.sub(r'&[a-z]*$', '', cut)}…"
