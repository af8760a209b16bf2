"""Hours of the day on some weekdays: `08:00-18:00 weekdays`, `mon-fri 8am-6pm`, `22:00-07:00`."""

from __future__ import annotations

import re
from datetime import time
from typing import TYPE_CHECKING, NamedTuple

from bot.commands.digests.days import days_text, find_days
from bot.commands.words import folded_at, words_at
from bot.domain.alerts.rules import Hours
from bot.domain.folding import clipped
from bot.domain.schedule import ALL_DAYS, Days, Rhythm
from bot.errors import BadWord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.commands.words import Token

_CLOCK = r"([0-9]{1,2})(?:[:.]([0-9]{2}))?([ap]\.?m\.?)?"
_SPAN = re.compile(rf"{_CLOCK} ?(?:-|\.{{2,3}}|to|until|till) ?{_CLOCK}")
_MINUTES = 24 * 60


class Found(NamedTuple):
    hours: Hours
    taken: int
    """Of how many pieces they consist."""


def find_hours(pieces: Sequence[Token], at: int) -> Found | None:
    """The hours that begin with piece `at`, with their days before or behind them, or days alone, which are whole then.

    Without days they are those of every day. Raises BadWord.
    """
    before = _days(pieces, at)
    span = find_span(pieces, at + (before.taken if before else 0))
    if before is None and span is None:
        return None
    end = at + (before.taken if before else 0) + (span.taken if span else 0)
    behind = _days(pieces, end) if span and before is None else None
    days = before or behind
    hours = Hours(
        days=days.days if days else ALL_DAYS, start=span.start if span else time(), end=span.end if span else time()
    )
    return Found(hours, end + (behind.taken if behind else 0) - at)


class Span(NamedTuple):
    start: time
    end: time
    taken: int


def find_span(pieces: Sequence[Token], at: int) -> Span | None:
    """`08:00-18:00`, `8 - 18`, `8am to 6pm`. Raises BadWord for times that no clock shows."""
    start = at + (folded_at(pieces, at) == "from")
    for taken in (3, 2, 1):
        words = [folded_at(pieces, start + place) for place in range(taken)]
        found = _SPAN.fullmatch(" ".join(words)) if all(words) else None
        if found:
            written = words_at(pieces, start, taken)
            first = _minutes(found[1], found[2], found[3] or "", written)
            last = _minutes(found[4], found[5], found[6] or "", written)
            return Span(_time(first), _time(last), start + taken - at)
    return None


def hours_text(hours: Hours) -> str:
    """The words that read back as `hours`: `08:00-18:00 weekdays`; without days when they are all of them."""
    end = "24:00" if hours.start == hours.end == time() else f"{hours.end:%H:%M}"
    days = days_text(Days(rhythm=Rhythm.DAYS, weekdays=hours.days))
    return f"{hours.start:%H:%M}-{end}" + (f" {days}" if hours.days != ALL_DAYS else "")


class _Weekdays(NamedTuple):
    days: frozenset[int]
    taken: int


def _days(pieces: Sequence[Token], at: int) -> _Weekdays | None:
    extra = find_days(pieces, at)
    if extra is None or not isinstance(extra.value, Days):
        return None
    if extra.value.rhythm is not Rhythm.DAYS:
        expected = "days of the week, which hours go with: weekdays, daily or mon-fri"
        raise BadWord(clipped(words_at(pieces, at, 1) or "weekly"), expected)
    return _Weekdays(extra.value.weekdays, extra.taken)


def _minutes(hour: str, minute: str | None, half: str, written: str) -> int:
    clock = int(hour)
    if half:
        if not 1 <= clock <= 12:
            raise BadWord(clipped(written), "a stretch of the day: its times go from 00:00 to 24:00")
        clock = clock % 12 + 12 * (half[0] == "p")
    minutes = clock * 60 + int(minute or 0)
    if int(minute or 0) > 59 or minutes > _MINUTES:
        raise BadWord(clipped(written), "a stretch of the day: its times go from 00:00 to 24:00")
    return minutes


def _time(minutes: int) -> time:
    return time(minutes % _MINUTES // 60, minutes % 60)
