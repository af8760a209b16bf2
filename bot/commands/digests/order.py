"""What stands behind `/digest add` and `/digest edit`: the words of `/sla` or `/report`, and more."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.commands.digests.changes import Changes, TableChanges
from bot.commands.digests.words import LEVELS, TABLE, Covering, Switch
from bot.commands.parts import queues_of, threshold_of
from bot.commands.reader import QUEUE, read_parts
from bot.commands.vocabulary import Mark
from bot.domain.calendar import read_period
from bot.domain.folding import clipped, fold
from bot.domain.places import UNSET
from bot.domain.questions import USUAL_GROUPS, Formula
from bot.domain.schedule import ALL_DAYS, WEEKDAYS, Days, Rhythm, Schedule
from bot.domain.subscriptions import Order, Table, Topic
from bot.errors import BadPeriod, BadWord

if TYPE_CHECKING:
    from bot.commands.parts import Parts
    from bot.commands.vocabulary import Grammar
    from bot.domain.places import PlaceSettings

EIGHT = time(8)
"""When nothing else is said."""

_TOPIC = re.compile(r" *(?:/[\w-]*)?(?P<kind>report|sla)(?![^ ])", re.IGNORECASE)
_COMPACT = re.compile(r"(?P<hour>[01]?[0-9]|2[0-3])(?P<minute>[0-5][0-9])")
_FULL_HOUR = re.compile(r"(?P<hour>1?[0-9]|2[0-3])(?P<minute>)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EVERY_DAY = Days(rhythm=Rhythm.DAYS, weekdays=ALL_DAYS)
_EVENING = time(23, 59)


@dataclass(slots=True, kw_only=True)
class _Said:
    """What only a digest's words say; None for what was left out."""

    days: Days | None = None
    at: time | None = None
    zone: ZoneInfo | None = None
    period: str | None = None
    csv: bool | None = None
    skip_empty: bool | None = None


def grammar_of(text: str) -> tuple[Grammar, int]:
    """How `text` is to be read, and from where on: behind the word `report` as a table, else as service levels."""
    topic = _TOPIC.match(text)
    if topic is None:
        return LEVELS, 0
    return (TABLE if topic["kind"].lower() == "report" else LEVELS), topic.end()


def read_order(text: str, *, now: datetime, zone: ZoneInfo, usual: PlaceSettings, example: str, limit: int) -> Order:
    """The order that `text` describes. Raises BadWord, with `example`, and BadPeriod."""
    grammar, start = grammar_of(text)
    read = _read(text[start:], grammar, example, limit)
    said = _said(read)
    _refuse_unclear(read, said)
    schedule = Schedule(days=said.days or WEEKDAYS, at=EIGHT if said.at is None else said.at, zone=said.zone or zone)
    table = None
    if grammar is TABLE:
        table = Table(
            by=tuple(read.groupings) or USUAL_GROUPS,
            metrics=tuple(metric.name for metric in read.metrics),
            media=tuple(read.media),
            compared=Mark.COMPARE in read.marks,
        )
    topic = Topic(
        queues=queues_of(read, usual),
        period=moving(said.period or schedule.days.usual_period, schedule, now),
        threshold=threshold_of(read, usual),
        formula=read.formula or usual.formula or Formula.GENESYS,
        table=table,
    )
    return Order(topic=topic, schedule=schedule, csv=bool(said.csv), skip_empty=bool(said.skip_empty))


def read_changes(text: str, *, now: datetime, zone: ZoneInfo, example: str, limit: int) -> Changes:
    """What `text` says of a digest, and nothing else. Raises BadWord, with `example`, and BadPeriod."""
    grammar, start = grammar_of(text)
    read = _read(text[start:], grammar, example, limit)
    said = _said(read)
    _refuse_unclear(read, said, editing=True)
    table = None
    if grammar is TABLE:
        table = TableChanges(
            by=tuple(read.groupings) or None,
            metrics=tuple(metric.name for metric in read.metrics) or None,
            media=tuple(read.media) or None,
            compared=Mark.COMPARE in read.marks or None,
        )
    period = said.period
    if period is not None:
        # Without a time of its own it is judged as at a day's end, when everything in a day can be asked for.
        at = _EVENING if said.at is None else said.at
        period = moving(period, Schedule(days=said.days or _EVERY_DAY, at=at, zone=said.zone or zone), now)
    return Changes(
        queues=queues_of(read, UNSET) if read.queues else None,
        threshold=read.threshold,
        own_target=read.own_target,
        formula=read.formula,
        table=table,
        period=period,
        days=said.days,
        at=said.at,
        zone=said.zone,
        csv=said.csv,
        skip_empty=said.skip_empty,
    )


def _read(text: str, grammar: Grammar, example: str, limit: int) -> Parts:
    read = read_parts(text, now=None, example=example, limit=limit, grammar=grammar)
    if Mark.CONVERSATIONS in read.marks:
        expected = "part of a digest, which brings figures; a file of every conversation is made by “/report”"
        raise BadWord("conversations", expected, example=f"/digest add report {QUEUE} by agent mon 08:00 csv")
    if written := read.written.get("format"):
        raise BadWord(clipped(written), "the file of a digest, which is csv", example=example)
    return read


def _said(read: Parts) -> _Said:
    said = _Said()
    for extra in read.extras:
        match extra:
            case Days():
                said.days = extra
            case time():
                said.at = extra
            case ZoneInfo():
                said.zone = extra
            case Covering():
                said.period = extra.text
            case Switch.CSV | Switch.NO_CSV:
                said.csv = extra is Switch.CSV
            case Switch.SKIP_EMPTY | Switch.SEND_EMPTY:
                said.skip_empty = extra is Switch.SKIP_EMPTY
    return said


def _refuse_unclear(read: Parts, said: _Said, *, editing: bool = False) -> None:
    """Raises BadWord for a threshold without its unit that may be meant as the time of sending: `0745`.

    Where only one thing may be said, so may `8`.
    """
    written = fold(read.written.get("threshold", ""))
    if said.at is not None and not written.startswith("0"):
        return
    found = _COMPACT.fullmatch(written) or (editing and _FULL_HOUR.fullmatch(written))
    if found:
        at = time(int(found["hour"]), int(found["minute"] or 0))
        expected = f"clear: a time is written {at:%H:%M}, a threshold {int(written)}s"
        example = f"/digest edit 2 {at:%H:%M}" if editing else f"/digest add {QUEUE} 30s {at:%H:%M}"
        raise BadWord(written, expected, example=example)


def moving(text: str, schedule: Schedule, now: datetime) -> str:
    """The period's own name. Raises BadPeriod when it cannot be answered at the next occasion, or never moves."""
    occasion = schedule.next_after(now).at.astimezone(schedule.zone)
    try:
        period = read_period(text, now=occasion)
    except BadPeriod as refusal:
        later = _later(text, occasion)
        if later:
            too_early = BadPeriod(f"At {occasion:%H:%M}, when the digest is sent, {refusal}")
            too_early.remedy = f"Say a later time, such as {later:%H:%M}."
            raise too_early from refusal
        raise
    if period is None or _DATE.search(period.name):
        error = BadPeriod(f"“{clipped(text)}” stays the same whenever the digest is sent.")
        error.remedy = "A period that moves with it: yesterday, last-week, last-month or last-7-days."
        raise error
    return period.name


def _later(text: str, moment: datetime) -> time | None:
    """When on the day of `moment` the whole period has settled, to the half hour, else when some of it is over."""
    half_hour = timedelta(minutes=30)
    found = None
    for step in range(1, 48):
        at = moment.replace(minute=0) + step * half_hour
        if at.date() != moment.date():
            break
        try:
            period = read_period(text, now=at)
        except BadPeriod:
            continue
        found = found or at.time()
        if period and not period.running and at - period.local_end >= half_hour:
            return at.time()
    return found
