"""The organisation's holidays as `/alert holidays` takes them: dates, ranges of them, and what they are called."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.commands.alerts.spoken import Holidays
from bot.domain.folding import clipped, fold
from bot.errors import BadWord

MOST_DAYS = 60
"""In one command."""
LONGEST_NAME = 60
_EXAMPLE = "/alert holidays add 2026-12-25 Christmas Day"
_ADD = frozenset({"add", "new", "mark", "set"})
_REMOVE = frozenset({"remove", "delete", "rm", "unmark"})
_LIST = frozenset({"", "list", "show"})
_DATES = re.compile(r"([0-9]{4}-[0-9]{1,2}-[0-9]{1,2})(?: ?\.{2,3} ?([0-9]{4}-[0-9]{1,2}-[0-9]{1,2}))?[, ]*(?:and )?")


def read_holidays(rest: str) -> Holidays:
    """What is said behind `/alert holidays`. Raises BadWord."""
    word, _, following = rest.partition(" ")
    verb = fold(word)
    if verb in _LIST:
        if following:
            raise BadWord(clipped(following), f"expected here: nothing follows “{word}”", example=_EXAMPLE)
        return Holidays()
    if verb not in _ADD | _REMOVE and not verb[:1].isdigit():
        raise BadWord(clipped(word), "what holidays begin with: add, remove or list", example=_EXAMPLE)
    days, name = _days(rest if verb[:1].isdigit() else following)
    if verb in _REMOVE:
        if name:
            raise BadWord(
                clipped(name), "a date, and only dates are removed", example="/alert holidays remove 2026-12-25"
            )
        return Holidays(removed=days)
    return Holidays(added=days, name=name)


def _days(text: str) -> tuple[tuple[date, ...], str]:
    found: set[date] = set()
    at = 0
    while match := _DATES.match(text, at):
        first = _date(match[1])
        last = _date(match[2]) if match[2] else first
        if last < first or (last - first).days >= MOST_DAYS:
            expected = f"a range of dates: it goes from the first to the last, over {MOST_DAYS} days at most"
            raise BadWord(clipped(match[0].strip()), expected, example=_EXAMPLE)
        found |= {first + timedelta(days=step) for step in range((last - first).days + 1)}
        at = match.end()
    name = text[at:].strip()
    if not found or re.match(r"[0-9]", name):
        said = clipped(name.partition(" ")[0] or "holidays")
        raise BadWord(said, "a date; dates are written year-month-day", example=_EXAMPLE)
    if len(found) > MOST_DAYS or len(name) > LONGEST_NAME:
        expected = f"short enough: {MOST_DAYS} days and a name of {LONGEST_NAME} characters at most"
        raise BadWord(clipped(text), expected, example=_EXAMPLE)
    return tuple(sorted(found)), name


def _date(text: str) -> date:
    try:
        return date(*(int(part) for part in text.split("-")))
    except ValueError as error:
        raise BadWord(text, "a day that the calendar has", example=_EXAMPLE) from error
