"""Thresholds as people write them: `30`, `90 sec`, `1m30s`, `1.5m`, `4h`."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from fractions import Fraction

from bot.domain.folding import clipped, fold
from bot.errors import BadWord

SHORTEST = timedelta(seconds=1)
LONGEST = timedelta(days=7)

_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_DURATION = re.compile(
    rf"(?P<sign>[-+]?)(?=[0-9])"
    rf"(?:(?P<hours>{_NUMBER}) ?(?:h|hrs?|hours?))? ?"
    rf"(?:(?P<minutes>{_NUMBER}) ?(?:m|mins?|minutes?))? ?"
    rf"(?:(?P<seconds>{_NUMBER})(?: ?(?:s|secs?|seconds?))?)?"
)
_LONGEST_TEXT = 100
_BARE = re.compile(r"[-+]?[0-9.]+")


def read_threshold(text: str, *, example: str = "") -> timedelta | None:
    """The threshold that `text` states, to the millisecond; a bare number counts seconds. None when it states none.

    Raises BadWord, with `example`, for a threshold below SHORTEST or above LONGEST.
    """
    if any(unicodedata.category(character) == "No" for character in text):
        return None  # superscripts and circled numbers would read as ordinary digits once folded
    folded = fold(text)
    found = _DURATION.fullmatch(folded)
    if not found or (found["seconds"] and " " in folded and _BARE.fullmatch(folded.rsplit(" ", 1)[-1])):
        return None
    if len(folded) > _LONGEST_TEXT:
        raise _out_of_bounds(text, example)
    seconds = sum(
        Fraction(found[unit] or 0) * size for unit, size in (("hours", 3600), ("minutes", 60), ("seconds", 1))
    )
    too_long = seconds > LONGEST.total_seconds()
    if too_long or seconds < SHORTEST.total_seconds() or found["sign"] == "-":
        raise _out_of_bounds(text, example)
    return timedelta(milliseconds=round(seconds * 1000))


def _out_of_bounds(text: str, example: str) -> BadWord:
    return BadWord(clipped(text), "a threshold: it goes from 1 second to 7 days", example=example)


def threshold_text(threshold: timedelta) -> str:
    """The shortest writing that reads back as `threshold`: `30s`, `1m30s`, `1h`, `1.5s`."""
    milliseconds = threshold // timedelta(milliseconds=1)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    seconds, milliseconds = divmod(milliseconds, 1000)
    fraction = f".{milliseconds:03}".rstrip("0") if milliseconds else ""
    written = f"{hours}h" if hours else ""
    written += f"{minutes}m" if minutes else ""
    written += f"{seconds}{fraction}s" if seconds or fraction else ""
    return written
