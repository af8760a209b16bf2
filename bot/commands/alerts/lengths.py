"""Lengths of time with their unit, as `/alert` has them everywhere: `10m`, `90 sec`, `1 h 30 min`."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from bot.commands.threshold import read_threshold, threshold_text
from bot.commands.words import folded_at, words_at
from bot.domain.folding import clipped, fold
from bot.errors import BadWord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.commands.words import Token

_MOST_WORDS = 6
_BARE = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_STARTS_AS_NUMBER = re.compile(r"[-+]?[0-9]")
_NOTHING = re.compile(r"0+ ?(?:h|hrs?|hours?|m|mins?|minutes?|s|secs?|seconds?)?")
_DAYS = re.compile(r"(?P<count>[0-9]{1,3}) ?(?:d|days?)")


class Length(NamedTuple):
    value: timedelta
    taken: int
    """Of how many pieces it consists."""


def find_length(pieces: Sequence[Token], at: int) -> Length | None:
    """The length of time, with its unit, that begins with piece `at`, over as many pieces as it goes on for.

    Raises BadWord for one of more than a week, and of less than a second that is not nothing.
    """
    for taken in range(_MOST_WORDS, 0, -1):
        text = words_at(pieces, at, taken)
        if not text or _BARE.fullmatch(fold(text)):
            continue
        if _NOTHING.fullmatch(fold(text)):
            return Length(timedelta(0), taken)
        if days := _DAYS.fullmatch(fold(text)):
            return Length(timedelta(days=int(days["count"])), taken)
        try:
            found = read_threshold(text)
        except BadWord as error:
            raise BadWord(error.word, "a length of time that can be meant here: from 1 second to 7 days") from error
        if found:
            return Length(found, taken)
    return None


def length_behind(
    pieces: Sequence[Token], at: int, *, shortest: timedelta, longest: timedelta, what: str
) -> Length | None:
    """The length that stands behind the word at `at`; None when what stands there was not meant as one.

    Raises BadWord for a number without its unit, and for a length out of bounds; `what` says what it is of.
    """
    found = find_length(pieces, at + 1)
    if found is None:
        number = folded_at(pieces, at + 1)
        if _STARTS_AS_NUMBER.match(number):
            bare = _BARE.fullmatch(number)
            if bare and number.strip("0.") == "" and not shortest:
                return Length(timedelta(0), 1)
            suggestion = f"{number}m" if bare else ""
            expected = f"{what}: a length of time with its unit, such as 10m, 90s or 1h"
            raise BadWord(clipped(words_at(pieces, at + 1, 1)), expected, suggestion=suggestion)
        return None
    if not shortest <= found.value <= longest:
        expected = f"{what}: it goes from {length_text(shortest)} to {length_text(longest)}"
        raise BadWord(clipped(words_at(pieces, at + 1, found.taken)), expected)
    return found


def length_text(length: timedelta) -> str:
    """The shortest writing that reads back as `length`: `10m`, `1h30m`, `0m`."""
    return threshold_text(length) or "0m"
