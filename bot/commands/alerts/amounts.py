"""The limits of conditions: a percentage, a number of contacts or agents, a length of time."""

from __future__ import annotations

import re
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from bot.commands.alerts.lengths import find_length, length_text
from bot.commands.words import folded_at, words_at
from bot.domain.folding import clipped
from bot.domain.metrics import Unit
from bot.errors import BadWord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.commands.words import Token

MOST = 100_000
"""Contacts or agents in a limit."""
_LONGEST = timedelta(days=7)
_SHARE = re.compile(r"(?P<number>[0-9]{1,3}(?:\.[0-9]{1,3})?)(?P<sign>%|percent|pct)?")
_NUMBER = re.compile(r"[0-9]{1,9}")
_DIGITS = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_PERCENT = frozenset({"%", "percent", "pct"})
_COUNTED = frozenset({"agent", "agents", "contact", "contacts", "people", "customers"})


class Amount(NamedTuple):
    value: Fraction
    """A share of 1, a count, or seconds."""
    taken: int
    """Of how many pieces it consists."""


def find_amount(pieces: Sequence[Token], at: int, unit: Unit, measure: str) -> Amount:
    """The amount in `unit` that begins with piece `at`. Raises BadWord, which says what `measure` is counted in."""
    written = words_at(pieces, at, 1)
    match unit:
        case Unit.SHARE:
            return _share(pieces, at, written, measure)
        case Unit.COUNT:
            return _count(pieces, at, written, measure)
        case Unit.TIME:
            return _time(pieces, at, written, measure)


def _share(pieces: Sequence[Token], at: int, written: str, measure: str) -> Amount:
    word = folded_at(pieces, at)
    found = _SHARE.fullmatch(word)
    apart = folded_at(pieces, at + 1) in _PERCENT
    if not found or not (found["sign"] or apart):
        expected = f"a percentage with its sign, in which “{measure}” is measured: 80%"
        raise BadWord(clipped(written), expected, suggestion=_meant(found["number"]) if found else "")
    share = Fraction(found["number"]) / 100
    if share > 1:
        raise BadWord(clipped(written), "a percentage that can be reached: they go from 0% to 100%")
    return Amount(share, 1 + (not found["sign"]))


def _meant(number: str) -> str:
    """“0.8” is a share of one to spreadsheets, and 80 % to people."""
    share = Fraction(number)
    return f"{float(100 * share):g}%" if "." in number and 0 < share < 1 else f"{number}%"


def _count(pieces: Sequence[Token], at: int, written: str, measure: str) -> Amount:
    word = folded_at(pieces, at)
    if not _NUMBER.fullmatch(word) or folded_at(pieces, at + 1) in _PERCENT:
        digits = _DIGITS.match(word)
        whole = digits[0].partition(".")[0][:6] if digits else ""
        raise BadWord(clipped(written), f"a whole number, in which “{measure}” is counted", suggestion=whole)
    if int(word) > MOST:
        raise BadWord(clipped(written), f"a number that can be reached: limits go up to {MOST}")
    return Amount(Fraction(int(word)), 1 + (folded_at(pieces, at + 1) in _COUNTED))


def _time(pieces: Sequence[Token], at: int, written: str, measure: str) -> Amount:
    found = find_length(pieces, at)
    if found is None:
        word = folded_at(pieces, at)
        suggestion = f"{word}{'s' if int(word) > 60 else 'm'}" if re.fullmatch(r"[0-9]{1,6}", word) else ""
        expected = f"a length of time with its unit, in which “{measure}” is measured: 5m or 90s"
        raise BadWord(clipped(written), expected, suggestion=suggestion)
    if not timedelta(0) < found.value <= _LONGEST:
        raise BadWord(clipped(words_at(pieces, at, found.taken)), "a length of time from 1 second to 7 days")
    return Amount(Fraction(found.value // timedelta(milliseconds=1), 1000), found.taken)


def amount_text(value: Fraction, unit: Unit) -> str:
    """The writing that reads back as `value`, to a thousandth of a percent and of a second."""
    match unit:
        case Unit.SHARE:
            return f"{float(round(value * 100, 3)):g}%" if value else "0%"
        case Unit.COUNT:
            return str(round(value))
        case Unit.TIME:
            return length_text(timedelta(milliseconds=round(value * 1000)))
