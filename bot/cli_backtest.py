"""`sla-bot backtest`: what a rule would have said of rows of the past, through the code that runs live."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, BinaryIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.alerts.replay import OutOfOrder, replay
from bot.domain.alerts.rules import Preset
from bot.domain.alerts.slots import Slots
from bot.domain.alerts.unusual import Detector
from bot.domain.alerts.zscore import ZScore
from bot.domain.folding import clipped
from bot.errors import BadWord, Explainable
from bot.files.rows_file import rows
from bot.settings import HouseSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from bot.domain.alerts.replay import Judge, Replayed

EXAMPLE = 'sla-bot backtest rows.jsonl --rule "unusual default" --timezone Europe/London'
STANDARD = "-"
_LARGEST_LIMIT = 1000.0
_PRESETS = tuple(preset.value for preset in Preset)


class BacktestRefused(Explainable):
    """What was named cannot be read or written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """What was asked for, read and found good."""

    source: str
    """A path, or `-` for standard input."""
    judge: Callable[[], Judge]


def read_backtest(
    source: str, *, rule: str, timezone: str | None, holidays: Path | None, environment: Mapping[str, str]
) -> Backtest:
    """The arguments as one question; the zone is `timezone`, or else BOT_TIMEZONE.

    Raises BadWord for a word of the rule, the zone or the holidays, BacktestRefused for a file, and SettingsError.
    """
    zone = HouseSettings.from_env(environment).bot_timezone if timezone is None else _zone(timezone)
    return Backtest(source=source, judge=_judge(rule, zone, _holidays(holidays) if holidays else frozenset()))


def run_backtest(asked: Backtest) -> Replayed:
    """Replay the rows. Raises RowRefused for a line, BacktestRefused for the file.

    Rows are streamed. Where a place's rows are not in the order of time, all of them are read into memory and sorted.
    """
    with _opened(asked.source) as lines:
        try:
            return replay(rows(lines), asked.judge)
        except OutOfOrder:
            lines.seek(0)
            return replay(sorted(rows(lines), key=lambda row: row.quarter.start), asked.judge)


def alert_lines(replayed: Replayed) -> str:
    """A line of JSON for each alarm that began: the queue, the medium where rows have one, and the row's end."""
    lines = []
    for begun in replayed.begun:
        queue, media = begun.place
        line = {"queue": queue} | ({"media": media} if media else {}) | {"at": f"{begun.at:%Y-%m-%dT%H:%M:%SZ}"}
        lines.append(json.dumps(line, ensure_ascii=False) + "\n")
    return "".join(lines)


def summary(replayed: Replayed) -> str:
    """One line for a person."""
    if replayed.first is None or replayed.last is None:
        return "No rows, no alerts."
    weeks = (replayed.last - replayed.first) / timedelta(weeks=1)
    told = f"{len(replayed.begun):,} {'alert' if len(replayed.begun) == 1 else 'alerts'}"
    places = f"{replayed.places:,} {'queue' if replayed.places == 1 else 'queues'}"
    again = f" {replayed.repeated:,} repeated rows were left out." if replayed.repeated else ""
    return f"{told} in {replayed.rows:,} rows of {places}, {weeks:.1f} weeks.{again}"


def write(text: str, out: Path) -> None:
    """Raises BacktestRefused."""
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BacktestRefused(f"“{out}” cannot be written: {error.strerror or error}.") from None


def _judge(rule: str, zone: ZoneInfo, holidays: frozenset[date]) -> Callable[[], Judge]:
    words = rule.split()
    match [word.casefold() for word in words]:
        case ["unusual"] | []:
            preset = Preset.DEFAULT
        case ["unusual", word] if word in _PRESETS:
            preset = Preset(word)
        case ["unusual", word, *_]:
            near = get_close_matches(word, _PRESETS, 1)
            raise BadWord(
                words[1] if word not in _PRESETS else words[2],
                "one of quiet, default and sensitive"
                if word not in _PRESETS
                else "expected here: a preset is one word",
                example=_example("unusual quiet"),
                suggestion=f"unusual {near[0]}" if near and word not in _PRESETS else "",
            )
        case ["zscore"]:
            return ZScore
        case ["zscore", _, *rest]:
            limit = _limit(words[1])
            if rest:
                raise BadWord(words[2], "expected here: zscore has one number", example=_example("zscore 3"))
            return lambda: ZScore(limit)
        case [word, *_]:
            near = get_close_matches(word, ("unusual", "zscore"), 1)
            raise BadWord(
                words[0],
                "a rule that can be back-tested here: unusual or zscore",
                example=_example("unusual default"),
                suggestion=near[0] if near else "",
            )
    slots = Slots(zone)
    return lambda: Detector(slots, preset, holidays)


def _limit(word: str) -> float:
    try:
        limit = float(word)
    except ValueError:
        limit = 0.0
    if not 0 < limit <= _LARGEST_LIMIT:  # also of nan
        raise BadWord(clipped(word), "a number of standard deviations above 0", example=_example("zscore 3"))
    return limit


def _example(rule: str) -> str:
    return f'sla-bot backtest rows.jsonl --rule "{rule}"'


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadWord(clipped(name), "an IANA time zone", example=EXAMPLE) from None


def _holidays(path: Path) -> frozenset[date]:
    """One ISO date a line; what follows # is passed over, and so are empty lines."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BacktestRefused(f"The holidays in “{path}” cannot be read: {_why(error)}.") from None
    days = set()
    for number, line in enumerate(text.splitlines(), 1):
        word = line.partition("#")[0].strip()
        try:
            if word:
                days.add(date.fromisoformat(word))
        except ValueError:
            raise BadWord(
                clipped(word),
                f"a date in line {number} of “{path.name}”; expected one such as 2026-12-25",
                example=EXAMPLE,
            ) from None
    return frozenset(days)


@contextmanager
def _opened(source: str) -> Iterator[BinaryIO]:
    """Lines that can be read twice: standard input is kept in a temporary file as it comes."""
    try:
        if source != STANDARD:
            with open(source, "rb") as lines:  # noqa: PTH123  `-` and paths are one argument
                yield lines
            return
        with tempfile.TemporaryFile() as kept:
            shutil.copyfileobj(sys.stdin.buffer, kept, 1 << 20)
            kept.seek(0)
            yield kept
    except OSError as error:
        raise BacktestRefused(f"“{clipped(source)}” cannot be read: {_why(error)}.") from None


def _why(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it is not text in UTF-8"
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
