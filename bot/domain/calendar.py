"""The words for periods, read as seen from a moment: `last-week`, `monday`, `2026-11-09 08:00..18:00`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.folding import fold
from bot.domain.period import Period, instant, midnight, utc, zone_of
from bot.errors import BadPeriod

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LAST_WEEKDAY = "last-weekday"
"""The last day from Monday to Friday that is over: on a Monday it is Friday."""
PERIOD_WORDS = (
    *("today", "yesterday", LAST_WEEKDAY, "this-week", "last-week", "this-month", "last-month", "last-7-days"),
    *WEEKDAYS,
)
"""The vocabulary, for help and for guessing what a misspelt word was meant to be."""

LONGEST_DAYS = 366
OLDEST = timedelta(days=5 * 365 + 2)

_DAY = timedelta(days=1)
_QUARTER = timedelta(minutes=15)
_MINUTE = timedelta(minutes=1)
_MIDNIGHT = 24 * 60
"""24:00, in minutes after the day's beginning."""
_ALIASES = {word.replace("-", ""): word for word in PERIOD_WORDS} | {
    "weektodate": "this-week",
    "monthtodate": "this-month",
    **{f"last{day}": day for day in WEEKDAYS},
    **{day[:3]: day for day in WEEKDAYS},
    "tues": "tuesday",
    "weds": "wednesday",
    "thur": "thursday",
    "thurs": "thursday",
}
_WORDS = re.compile(r"[a-z0-9]+(?:[-_ ][a-z0-9]+)*")
_LAST_DAYS = re.compile(r"(?:last)?([0-9]+)d(?:ays?)?")
_RANGE = re.compile(r" *\.{2,3} *")
_CLOCK = r"[0-9]{1,2}:[0-9]{2}"
_MARK = re.compile(
    rf"(?P<day>[0-9]{{4}}-[0-9]{{1,2}}-[0-9]{{1,2}}|[a-z]+)(?:[t ](?P<clock>{_CLOCK}))?|(?P<only_clock>{_CLOCK})"
)
_LONGEST_TEXT = 80
_ANY_MOMENT = datetime(2026, 1, 1, 12, tzinfo=ZoneInfo("UTC"))
"""What is written as a period does not depend on the moment it is seen from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    """One end of a range as written; `clock` in minutes after midnight, None for the whole day."""

    day: date
    word: str
    clock: int | None

    @property
    def text(self) -> str:
        return self.word if self.clock is None else f"{self.word} {_clock_text(self.clock)}"


def read_period(text: str, *, now: datetime) -> Period | None:
    """The period that `text` names in the zone of `now`; None when it names none.

    Raises BadPeriod for a period that cannot be answered: in the future, reversed, too long ago, too long, or so young
    that nothing of it is over.
    """
    if len(text) > _LONGEST_TEXT:
        return None
    folded = fold(text)
    ends = _RANGE.split(folded)
    if len(ends) == 2:
        return _range(ends[0].strip(), ends[1].strip(), now)
    return _named(folded, now) or _single(folded, now)


def names_period(text: str) -> bool:
    """Whether `text` is written as a period, be it one that can be answered or not."""
    try:
        return read_period(text, now=_ANY_MOMENT) is not None
    except BadPeriod:
        return True


def today_so_far(now: datetime) -> Period:
    """The day of `now` so far; raises BadPeriod in its first minute."""
    return _days(now.date(), now.date(), "today", now)


def _named(text: str, now: datetime) -> Period | None:
    if not _WORDS.fullmatch(text) or re.search(r"\d[-_ ]\d", text):
        return None  # “15 3d” is two words, not 153 days
    squeezed = re.sub(r"[-_ ]", "", text)
    today = now.date()
    monday = today - today.weekday() * _DAY
    month = today.replace(day=1)
    if days := _LAST_DAYS.fullmatch(squeezed):
        count = int(days[1])
        if not 1 <= count <= LONGEST_DAYS:
            raise _bad(f"“{text}” cannot be counted: from 1 to {LONGEST_DAYS} days can be asked for.", "last-7-days")
        return _days(today - count * _DAY, today - _DAY, f"last-{count}-days", now)
    name = _ALIASES.get(squeezed)
    if name == "this-week":
        return _days(monday, monday + 6 * _DAY, name, now)
    if name == "last-week":
        return _days(monday - 7 * _DAY, monday - _DAY, name, now)
    if name == "this-month":
        return _days(month, (month + 31 * _DAY).replace(day=1) - _DAY, name, now)
    if name == "last-month":
        return _days((month - _DAY).replace(day=1), month - _DAY, name, now)
    if name is None:
        return None
    day = _day_named(name, today)
    return _days(day, day, name, now)


def _single(text: str, now: datetime) -> Period | None:
    mark = _mark(text, now.date())
    if mark is None:
        return None
    if mark.clock is not None:
        raise _bad(f"“{text}” has a beginning and no end.", "yesterday 08:00..12:00")
    return _days(mark.day, mark.day, mark.word, now)


def _range(left: str, right: str, now: datetime) -> Period | None:
    today = now.date()
    if not left:
        if _mark(right, today) is None:
            return None
        raise _bad(f"“..{right}” has an end and no beginning.", f"{today - 7 * _DAY}..{today - _DAY}")
    first = _mark(left, today)
    if first is None:
        return None
    if right in {"", "now"}:
        return _between(first, None, f"{first.text}..", now)
    last = _mark(right, today, same_day=first)
    if last is None:
        return None
    if first.word in WEEKDAYS and last.word in WEEKDAYS and first.day > last.day:
        first = _Mark(day=first.day - 7 * _DAY, word=first.word, clock=first.clock)
    same_day = first.word == last.word and last.clock is not None and first.clock is not None
    ending = _clock_text(last.clock or 0) if same_day else last.text
    return _between(first, last, f"{first.text}..{ending}", now)


def _mark(text: str, today: date, *, same_day: _Mark | None = None) -> _Mark | None:
    found = _MARK.fullmatch(text)
    if not found:
        return None
    written = found["clock"] or found["only_clock"]
    clock = _minutes(written) if written else None
    if not found["day"]:
        word, day = (same_day.word, same_day.day) if same_day else ("today", today)
        return _Mark(day=day, word=word, clock=clock)
    if found["day"][0].isdigit():
        day = _iso(found["day"], today)
        return _Mark(day=day, word=day.isoformat(), clock=clock)
    name = _ALIASES.get(found["day"], "")
    if name not in {"today", "yesterday", *WEEKDAYS}:
        return None
    return _Mark(day=_day_named(name, today), word=name, clock=clock)


def _minutes(clock: str) -> int:
    hour, minute = map(int, clock.split(":"))
    if minute > 59 or hour * 60 + minute > _MIDNIGHT:
        raise _bad(f"“{clock}” is not a time of day.", "yesterday 08:00..12:00")
    return hour * 60 + minute


def _iso(text: str, today: date) -> date:
    year, month, day = map(int, text.split("-"))
    try:
        return date(year, month, day)
    except ValueError:
        raise _bad(f"There is no day “{text}”; dates are written year-month-day.", f"{today - _DAY}") from None


def _day_named(name: str, today: date) -> date:
    """Today, yesterday, the last working day, or the last such weekday that is over."""
    if name == "today":
        return today
    if name == "yesterday":
        return today - _DAY
    if name == LAST_WEEKDAY:
        # Of a Sunday, a Monday and a Saturday it is Friday.
        return today - {0: 3, 6: 2}.get(today.weekday(), 1) * _DAY
    return today - ((today.weekday() - WEEKDAYS.index(name) - 1) % 7 + 1) * _DAY


def _days(first: date, last: date, name: str, now: datetime) -> Period:
    return _between(_Mark(day=first, word=name, clock=None), _Mark(day=last, word=name, clock=None), name, now)


def _between(first: _Mark, last: _Mark | None, name: str, now: datetime) -> Period:
    """The period between two marks, its end cut at the last complete quarter of an hour; None: until now."""
    zone, moment, today = zone_of(now), utc(now), now.date()
    if last and _end_order(last) <= (first.day, first.clock or 0):
        raise _bad(f"“{name}” ends before it begins.", f"{today - 7 * _DAY}..{today - _DAY}")
    if first.day > today:
        raise _bad(f"“{name}” lies in the future.", "yesterday")
    if today - first.day > OLDEST:
        raise _bad(f"“{name}” begins more than five years ago.", f"{today - 7 * _DAY}..{today - _DAY}")
    start = _instant(first.day, first.clock or 0, zone)
    if start > moment:
        raise _bad(f"“{name}” lies in the future.", "yesterday")
    end = (
        None
        if last is None or last.day > today
        else _instant(last.day, _MIDNIGHT if last.clock is None else last.clock, zone)
    )
    running = end is None or end > moment
    if end is None or running:
        end = _floor(moment, _QUARTER)
        if end <= start:
            end = _floor(moment, _MINUTE)
    if end <= start:
        raise _bad(f"“{name}” has only just begun: there is nothing to count yet.", "yesterday")
    if end.astimezone(zone).replace(tzinfo=None) - start.astimezone(zone).replace(tzinfo=None) > LONGEST_DAYS * _DAY:
        raise _bad(f"“{name}” is longer than {LONGEST_DAYS} days.", f"last-{LONGEST_DAYS}-days")
    return Period(start=start, end=end, zone=zone, name=name, running=running)


def _end_order(mark: _Mark) -> tuple[date, int]:
    return (mark.day, _MIDNIGHT if mark.clock is None else mark.clock)


def _instant(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    if minutes == 0:
        return midnight(day, zone)
    if minutes == _MIDNIGHT:
        return midnight(day + _DAY, zone)
    return instant(day, time(*divmod(minutes, 60)), zone)


def _floor(moment: datetime, step: timedelta) -> datetime:
    return moment - (moment - moment.replace(hour=0, minute=0, second=0, microsecond=0)) % step


def _clock_text(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _bad(sentence: str, example: str) -> BadPeriod:
    error = BadPeriod(sentence)
    error.remedy = f"A period that works: {example}"
    return error
