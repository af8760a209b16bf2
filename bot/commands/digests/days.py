"""Days of sending as people type them: `weekdays`, `mon,thu`, `every day`, `weekly mon`, `monthly on the 1st`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.commands.vocabulary import Extra
from bot.commands.words import Kind, folded_at
from bot.domain.calendar import WEEKDAYS as WEEKDAY_WORDS
from bot.domain.folding import clipped
from bot.domain.schedule import ALL_DAYS, WEEKEND, WORKING_DAYS, Days, Rhythm
from bot.errors import BadWord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.commands.words import Token

_ABBREVIATED = {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}
_WEEKDAYS = _ABBREVIATED | {
    word: number for number, day in enumerate(WEEKDAY_WORDS) for word in (day, f"{day}s", day[:3], f"{day[:3]}s")
}
_SETS = {
    "weekdays": WORKING_DAYS,
    "weekday": WORKING_DAYS,
    "workdays": WORKING_DAYS,
    "workday": WORKING_DAYS,
    "weekends": WEEKEND,
    "weekend": WEEKEND,
}
_JOINTS = frozenset({"and", "&", "+"})
_UNTIL = frozenset({"-", "to", "till", "until", "..", "..."})
_SPAN = re.compile(r"([a-z]+)(?:-|\.{2,3})([a-z]+)")
_ORDINAL = re.compile(r"([0-9]{1,4})(?:st|nd|rd|th)?")
_LEADS = frozenset({"every", "each", "on"})


def find_days(pieces: Sequence[Token], at: int) -> Extra | None:
    """The days that the words from piece `at` on name, with an `every` or `on` before them. Raises BadWord."""
    start = at
    while folded_at(pieces, start) in _LEADS:
        start += 1
    word, every = folded_at(pieces, start), start > at and folded_at(pieces, start - 1) != "on"
    if word in {"daily", "everyday", "mornings"} or (word in {"day", "morning"} and every):
        return _days(Days(rhythm=Rhythm.DAYS, weekdays=ALL_DAYS), start + 1 - at)
    if word == "weekly" or (word == "week" and every):
        return _weekly(pieces, at, start + 1)
    if word == "monthly" or (word == "month" and every):
        return _monthly(pieces, at, start + 1)
    weekdays, end = _several(pieces, start)
    if not weekdays:
        return None
    # Without a word before the days, "mon morning desk" has a queue's name in it.
    end += folded_at(pieces, end) in ({"mornings", "morning"} if start > at else {"mornings"})
    return _days(Days(rhythm=Rhythm.DAYS, weekdays=weekdays), end - at)


def days_text(days: Days) -> str:
    """The words that read back as `days`: `weekdays`, `mon,thu`, `weekly mon`, `monthly 1`."""
    if days.day is not None:
        return f"monthly {days.day}"
    named = {ALL_DAYS: "daily", WORKING_DAYS: "weekdays", WEEKEND: "weekends"}
    if days.weekdays in named:
        return named[days.weekdays]
    listed = ",".join(WEEKDAY_WORDS[day][:3] for day in sorted(days.weekdays))
    return f"weekly {listed}" if days.rhythm is Rhythm.WEEKLY else listed


def _weekly(pieces: Sequence[Token], at: int, end: int) -> Extra:
    start = end + (folded_at(pieces, end) == "on")
    weekdays, after = _several(pieces, start)
    if len(weekdays) > 1:
        expected = "one day of the week; without “weekly”, a digest goes out on each of several days"
        written = " ".join(piece.text for piece in pieces[start:after]).replace(" ,", ",")
        raise BadWord(clipped(written), expected)
    if not weekdays:
        return _days(Days(rhythm=Rhythm.WEEKLY, weekdays=frozenset({0})), end - at)
    return _days(Days(rhythm=Rhythm.WEEKLY, weekdays=weekdays), after - at)


def _monthly(pieces: Sequence[Token], at: int, end: int) -> Extra:
    start = end
    for filler in ("on", "the", "day"):
        start += folded_at(pieces, start) == filler
    word = folded_at(pieces, start)
    if word == "last":
        after = start + 1 + (folded_at(pieces, start + 1) == "day")
        return _days(Days(rhythm=Rhythm.MONTHLY, day=31), after - at)
    ordinal = _ORDINAL.fullmatch(word)
    if not ordinal:
        return _days(Days(rhythm=Rhythm.MONTHLY, day=1), end - at)
    if not 1 <= int(ordinal[1]) <= 31:
        raise BadWord(
            clipped(pieces[start].text), "a day of the month: they go from 1 to 31, and 31 is always the last"
        )
    return _days(Days(rhythm=Rhythm.MONTHLY, day=int(ordinal[1])), start + 1 - at)


def _several(pieces: Sequence[Token], at: int) -> tuple[frozenset[int], int]:
    """Every weekday named from piece `at` on, and the place behind the last of them: `mon, wed-fri and sun`."""
    found: set[int] = set()
    end = following = at
    while (item := _item(pieces, following)) is not None:
        weekdays, end = item
        found |= weekdays
        following = end
        while folded_at(pieces, following) in _JOINTS or _comma(pieces, following):
            following += 1
    return frozenset(found), end


def _item(pieces: Sequence[Token], at: int) -> tuple[frozenset[int], int] | None:
    word = folded_at(pieces, at)
    if word in _SETS:
        return _SETS[word], at + 1
    if span := _SPAN.fullmatch(word):
        first, last = _WEEKDAYS.get(span[1]), _WEEKDAYS.get(span[2])
        return None if first is None or last is None else (_span(first, last), at + 1)
    first = _WEEKDAYS.get(word)
    if first is None:
        return None
    last = _WEEKDAYS.get(folded_at(pieces, at + 2)) if folded_at(pieces, at + 1) in _UNTIL else None
    return (frozenset({first}), at + 1) if last is None else (_span(first, last), at + 3)


def _span(first: int, last: int) -> frozenset[int]:
    return frozenset((first + step) % 7 for step in range((last - first) % 7 + 1))


def _days(days: Days, taken: int) -> Extra:
    return Extra(kind="choice of days", value=days, taken=taken)


def _comma(pieces: Sequence[Token], at: int) -> bool:
    return at < len(pieces) and pieces[at].kind is Kind.COMMA
