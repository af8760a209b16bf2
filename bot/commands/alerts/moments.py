"""Until when something is kept quiet, and since when a shift is told: `1h`, `until tomorrow 08:00`, `since 06:00`."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.commands.alerts.lengths import find_length
from bot.commands.words import tokens
from bot.domain.calendar import WEEKDAYS
from bot.domain.folding import clipped, fold
from bot.domain.period import instant, midnight, utc
from bot.errors import BadWord

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

FOREVER = datetime.max.replace(tzinfo=UTC)
"""Until somebody says otherwise."""
LONGEST_QUIET = timedelta(days=366)
LONGEST_SHIFT = timedelta(days=7)
_DAY = timedelta(days=1)
_CLOCK = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))?([ap]m)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FOREVER = frozenset({"forever", "indefinitely", "until further notice", "until unmuted", "always"})


def read_until(text: str, *, now: datetime, zone: ZoneInfo, example: str) -> datetime:
    """The moment, UTC and after `now`, that `text` names: `2h`, `until 18:00`, `until monday`, `forever`.

    A time of day that is over today is tomorrow's; a day without a time is its beginning. Raises BadWord, with
    `example`.
    """
    folded = fold(text)
    if folded in _FOREVER:
        return FOREVER
    if length := _length(folded.removeprefix("for "), example):
        found = utc(now) + length
    else:
        found = _next(folded.removeprefix("until ").removeprefix("till "), text, now=now, zone=zone, example=example)
    if not timedelta(0) < found - utc(now) <= LONGEST_QUIET:
        raise BadWord(clipped(text), "a moment within the next year; what is to last has “forever”", example=example)
    return found


def read_since(text: str, *, now: datetime, zone: ZoneInfo, example: str) -> datetime:
    """The moment, UTC and before `now`, that a shift began: `8h`, `since 06:00`, `today`, `yesterday`.

    A time of day that is still to come is yesterday's. Raises BadWord, with `example`.
    """
    folded = fold(text).removeprefix("since ").removeprefix("from ").removeprefix("last ")
    today = now.astimezone(zone).date()
    if length := _length(folded, example):
        found = utc(now) - length
    elif folded in {"today", "yesterday"}:
        found = midnight(today - _DAY * (folded == "yesterday"), zone)
    elif clock := _time(folded):
        found = instant(today, clock, zone)
        if found >= utc(now):
            found = instant(today - _DAY, clock, zone)
    else:
        expected = "the beginning of a shift: a length such as 8h, a time such as 06:00, today or yesterday"
        raise BadWord(clipped(text), expected, example=example)
    if not timedelta(0) < utc(now) - found <= LONGEST_SHIFT:
        raise BadWord(
            clipped(text), "a shift that is still remembered: it began within the last 7 days", example=example
        )
    return found


def _next(folded: str, text: str, *, now: datetime, zone: ZoneInfo, example: str) -> datetime:
    today = now.astimezone(zone).date()
    day_word, _, rest = folded.partition(" ")
    day = _day(day_word, today)
    if day is None:
        clock = _time(folded)
        if clock is None:
            expected = "until when: a length such as 2h, a time such as 18:00, or tomorrow 08:00"
            raise BadWord(clipped(text), expected, example=example)
        found = instant(today, clock, zone)
        return found if found > utc(now) else instant(today + _DAY, clock, zone)
    clock = _time(rest.removeprefix("at ")) if rest else None
    if rest and clock is None:
        raise BadWord(clipped(rest), f"a time of day, which may follow “{day_word}”: 08:00", example=example)
    return instant(day, clock, zone) if clock else midnight(day, zone)


def _day(word: str, today: date) -> date | None:
    if word in {"today", "tomorrow"}:
        return today + _DAY * (word == "tomorrow")
    for number, name in enumerate(WEEKDAYS):
        if word in {name, name[:3]}:
            return today + _DAY * ((number - today.weekday() - 1) % 7 + 1)
    if _DATE.fullmatch(word):
        try:
            return date.fromisoformat(word)
        except ValueError:
            return None
    return None


def _time(text: str) -> time | None:
    found = _CLOCK.fullmatch(text)
    if not found or not (found[2] or found[3]):
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * (found[3] == "pm")
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _length(folded: str, example: str) -> timedelta | None:
    pieces = tokens(folded, example=example)
    try:
        found = find_length(pieces, 0)
    except BadWord as error:
        error.example = example
        raise
    return found.value if found and found.taken == len(pieces) and found.value else None
