"""The words that only `/digest` knows: days and time of sending, zone, period covered, file and empty days."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import time
from enum import Enum, auto
from typing import TYPE_CHECKING

from bot.commands.digests.days import find_days
from bot.commands.reader import QUEUE
from bot.commands.vocabulary import REPORT, SLA, Extra, squeezed
from bot.commands.words import folded_at, words_at
from bot.commands.zones import bad_zone, is_city, meant_as_zone, zone_called
from bot.domain.calendar import names_period
from bot.domain.folding import clipped
from bot.domain.names import BESIDE_DIGEST, BESIDE_SETTINGS
from bot.errors import BadWord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.commands.words import Token


class Switch(Enum):
    """What a digest does or leaves."""

    CSV = auto()
    NO_CSV = auto()
    SKIP_EMPTY = auto()
    SEND_EMPTY = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Covering:
    """The period that a digest is about, as it was typed."""

    text: str


_SWITCHES = {
    "csv": ("csv", Switch.CSV),
    "withcsv": ("csv", Switch.CSV),
    "nocsv": ("csv", Switch.NO_CSV),
    "withoutcsv": ("csv", Switch.NO_CSV),
    **dict.fromkeys(("skipempty", "nosendempty", "withoutsendempty"), ("word about empty days", Switch.SKIP_EMPTY)),
    **dict.fromkeys(("sendempty", "noskipempty", "withoutskipempty"), ("word about empty days", Switch.SEND_EMPTY)),
}
_HALF = r"(?P<half>[ap])\.?m\.?"
_CLOCK = re.compile(rf"(?P<hour>[0-9]{{1,2}}):(?P<minute>[0-9]{{2}})(?:{_HALF})?")
_HALF_CLOCK = re.compile(rf"(?P<hour>[0-9]{{1,2}})(?:[.]?(?P<minute>[0-9]{{2}}))?{_HALF}")
_HOUR = re.compile(r"(?P<hour>[0-9]{1,2})(?:[.]?(?P<minute>[0-9]{2}))?")
_POINTED = re.compile(r"(?P<hour>[01]?[0-9]|2[0-3])[.](?P<minute>[0-5][0-9])")
"""As much of Europe writes it. Nobody means a threshold of 7.45 seconds, unless the unit is there: `7.45 s`."""
UNIT = r"h|hrs?|hours?|m|mins?|minutes?|s|secs?|seconds?"
"""Of a threshold, as a pattern."""
_NAMED = {"noon": time(12), "midday": time(12), "midnight": time()}
_ABOUT = frozenset({"covering", "covers", "about", "for"})
_ZONE = frozenset({"zone", "tz", "timezone"})
_LONGEST_PERIOD = 6
_LONGEST_ZONE = 3


def find(pieces: Sequence[Token], at: int, stray: bool) -> Extra | None:
    """What the words from piece `at` on mean to a digest; in the form that a grammar's `extras` have."""
    return (
        _covering(pieces, at)
        or find_days(pieces, at)
        or _clock(pieces, at)
        or find_zone(pieces, at, stray)
        or _switch(pieces, at)
    )


def _find_beside_levels(pieces: Sequence[Token], at: int, stray: bool) -> Extra | None:
    if pieces[at].folded == "by":
        expected = "part of a digest of service levels, which always goes by queue; a table of figures begins “report”"
        raise BadWord("by", expected, example=f"/digest add report {QUEUE} by agent mon 08:00")
    return find(pieces, at, stray)


def find_zone(pieces: Sequence[Token], at: int, stray: bool) -> Extra | None:
    """The zone that the words from piece `at` on name, with or without `zone` before it. Raises BadWord."""
    announced = folded_at(pieces, at) in _ZONE
    start = at + announced
    for taken in range(_LONGEST_ZONE, 0, -1):
        text = words_at(pieces, start, taken)
        if text and (zone := zone_called(text, bare=not announced)):
            return Extra(kind="zone", value=zone, taken=start + taken - at)
    # The whole name of a city first; of what is misspelt or no name at all, one word is enough to be blamed.
    stretches = [text for taken in range(1, _LONGEST_ZONE + 1) if (text := words_at(pieces, start, taken))]
    cities = [text for text in reversed(stretches) if (announced or stray) and is_city(text)]
    for text in (*cities, *stretches):
        if meant_as_zone(text, announced=announced, stray=stray):
            raise bad_zone(text, bare=not announced)
    return None


def _covering(pieces: Sequence[Token], at: int) -> Extra | None:
    """A period, with or without `covering` before it; without, a weekday is a day of sending."""
    word = folded_at(pieces, at)
    announced = word in _ABOUT
    taken = _period(pieces, at + announced)
    if not taken:
        if word == "covering":
            following = words_at(pieces, at + 1, 1)
            expected = "a period, which follows “covering”" if following else "complete: a period follows it"
            raise BadWord(clipped(following or pieces[at].text), f"{expected}, such as yesterday or last-week")
        return None
    text = words_at(pieces, at + announced, taken)
    days = None if announced else find_days(pieces, at)
    if days and days.taken >= taken:
        return None
    return Extra(kind="period", value=Covering(text=text), taken=taken + announced)


def _period(pieces: Sequence[Token], at: int) -> int:
    """Over how many words from piece `at` on a period goes.

    `today 08:00` is none, although it is written like one: the time is that of sending. So is the last of
    `monday..friday 08:00`.
    """
    for taken in range(_LONGEST_PERIOD, 0, -1):
        text = words_at(pieces, at, taken)
        if not text or (":" in text and ".." not in text) or not names_period(text):
            continue
        if (
            taken > 1
            and ":" not in words_at(pieces, at, taken - 1)
            and _CLOCK.fullmatch(folded_at(pieces, at + taken - 1))
        ):
            continue
        return taken
    return 0


def _clock(pieces: Sequence[Token], at: int) -> Extra | None:
    announced = folded_at(pieces, at) in {"at", "@"}
    start = at + announced
    word = folded_at(pieces, start)
    if announced and word in _NAMED:
        return Extra(kind="time", value=_NAMED[word], taken=2)
    half = folded_at(pieces, start + 1)
    for taken, text in ((2, word + half if re.fullmatch(_HALF, half) else ""), (1, word)):
        found = _CLOCK.fullmatch(text) or _HALF_CLOCK.fullmatch(text) or (announced and _HOUR.fullmatch(text))
        if not found and taken == 1 and not re.fullmatch(UNIT, half):
            found = _POINTED.fullmatch(text)
        if found:
            return Extra(kind="time", value=_time(found, pieces[start].text), taken=taken + announced)
    return None


def _time(found: re.Match[str], written: str) -> time:
    said = found.groupdict()
    hour, minute, half = int(said["hour"]), int(said["minute"] or 0), said.get("half")
    if minute > 59 or hour > 23 or (half and not 1 <= hour <= 12):
        raise BadWord(clipped(written), "a time of day: they go from 00:00 to 23:59")
    if half:
        hour = hour % 12 + 12 * (half == "p")
    return time(hour, minute)


def _switch(pieces: Sequence[Token], at: int) -> Extra | None:
    for taken in (3, 2, 1):
        if known := _SWITCHES.get(squeezed(words_at(pieces, at, taken))):
            kind, switch = known
            return Extra(kind=kind, value=switch, taken=taken)
    return None


def _find_in_settings(pieces: Sequence[Token], at: int, stray: bool) -> Extra | None:
    if pieces[at].folded == "threshold":
        return Extra(kind="", value=None, taken=1)
    found = find_zone(pieces, at, stray)
    if found is None and pieces[at].folded in _ZONE:
        raise bad_zone(words_at(pieces, at + 1, 1) or pieces[at].text, bare=False)
    return found


LEVELS = replace(SLA, beside=BESIDE_DIGEST, extras=_find_beside_levels, periods=False)
"""Behind `/digest add` and `edit`."""
TABLE = replace(REPORT, beside=BESIDE_DIGEST, extras=find, periods=False)
"""The same behind `report`."""
SETTINGS = replace(SLA, beside=BESIDE_SETTINGS, extras=_find_in_settings)
"""Behind `/digest settings`, between its own words."""
