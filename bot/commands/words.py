"""A command's text as words, quoted names and commas, each with its place in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from bot.commands.vocabulary import PHRASES, squeezed
from bot.commands.zones import meant_as_zone
from bot.domain.alerts.measures import MEASURES
from bot.domain.calendar import names_period
from bot.domain.folding import clipped, fold
from bot.errors import BadWord

if TYPE_CHECKING:
    from collections.abc import Sequence

_DOUBLE = {'"': '"”“', "“": '”“"', "”": '”"', "„": '“”"', "«": "»", "»": "«"}
_SINGLE = {"'": "'’", "‘": "’'", "’": "’'", "‚": "‘’'", "‹": "›", "›": "‹"}
_PLAIN_NAME = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_RESERVED = frozenset(
    {
        *("all", "and", "by", "of", "share", "help", "last", "this"),
        *("at", "on", "every", "each", "own", "no", "with", "without", "skip", "send"),
        *(
            "daily",
            "everyday",
            "weekdays",
            "weekday",
            "workdays",
            "workday",
            "weekends",
            "weekend",
            "weekly",
            "monthly",
            "mornings",
        ),
        *("covering", "covers", "about", "for", "report", "sla", "zone", "tz", "timezone", "utc"),
        *("queue", "queues", "limit", "limits", "threshold", "none"),
        *("nocsv", "withcsv", "withoutcsv", "skipempty", "sendempty"),
        *("noskipempty", "withoutskipempty", "nosendempty", "withoutsendempty"),
        *("unusual", "anomaly", "anomalies", "zscore", "z", "score", "quiet", "default", "sensitive"),
        *("warning", "warn", "critical", "crit", "hours", "holidays", "min", "minimum", "recover", "recovers"),
        *("recovery", "mention", "mentions", "mentioning", "ping", "tell", "escalate", "escalates", "escalation"),
        *("remind", "reminder", "reminders", "repeat", "renotify", "never", "noreminders", "nohours", "noquiet"),
        *("over", "under", "below", "above", "immediately", "instantly", "anyhour", "noholidays", "onholidays"),
        *("agents", "contacts", "idle", "free", "oldest", "or", "is", "are", "within", "in", "not", "except"),
        *(squeezed(word) for measure in MEASURES for word in measure.words),
    }
)
"""Squeezed. What means something in one command or another."""
_COMMAS = ",，、،"


class Kind(Enum):
    WORD = auto()
    QUOTED = auto()
    COMMA = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A piece of a command; `start` and `end` are its place in the text, quotes included."""

    kind: Kind
    text: str
    """Without quotes."""
    start: int
    end: int

    @property
    def folded(self) -> str:
        return fold(self.text)


def tokens(text: str, *, example: str = "") -> tuple[Token, ...]:
    """Cut `text`, which has only visible characters and plain spaces (`folding.visible`), into its pieces.

    Inside quotes a doubled quote stands for one. An apostrophe is a quote only where a word begins, and only when
    another one ends a word: `'Driver's Line'` is one name. Raises BadWord, with `example`, for a quote left open.
    """
    found: list[Token] = []
    at = 0
    while at < len(text):
        character = text[at]
        if character == " ":
            at += 1
            continue
        if character in _COMMAS:
            token = Token(kind=Kind.COMMA, text=character, start=at, end=at + 1)
        else:
            token = _quoted(text, at, example) or _word(text, at)
        found.append(token)
        at = token.end
    return tuple(found)


def folded_at(pieces: Sequence[Token], at: int) -> str:
    """The word at that place, folded; empty when there is none, or something else."""
    return pieces[at].folded if at < len(pieces) and pieces[at].kind is Kind.WORD else ""


def words_at(pieces: Sequence[Token], at: int, taken: int) -> str:
    """So many words from piece `at` on, as they were typed; empty when one of them is none."""
    # A word that folds to nothing, such as a lone accent, would vanish into the part beside it.
    words = [piece for piece in pieces[at : at + taken] if piece.kind is Kind.WORD and piece.folded]
    return " ".join(piece.text for piece in words) if len(words) == taken else ""


def _word(text: str, start: int) -> Token:
    end = start
    while end < len(text) and text[end] != " " and text[end] not in _COMMAS:
        end += 1
    return Token(kind=Kind.WORD, text=text[start:end], start=start, end=end)


def _quoted(text: str, start: int, example: str) -> Token | None:
    opening = text[start]
    if opening not in _DOUBLE and opening not in _SINGLE:
        return None
    closings = _DOUBLE.get(opening) or _SINGLE[opening]
    inside: list[str] = []
    at = start + 1
    while at < len(text):
        if text[at] in closings:
            if text[at + 1 : at + 2] == text[at]:
                at += 1
            elif opening in _DOUBLE or _ends_word(text, at):
                return _name(text, start, at + 1, "".join(inside), example)
        inside.append(text[at])
        at += 1
    if opening in _SINGLE:
        return None
    raise BadWord(clipped(text[start:].strip()), "a whole name: its closing quote is missing", example=example)


def _name(text: str, start: int, end: int, name: str, example: str) -> Token:
    if not fold(name):
        raise BadWord(clipped(text[start:end]), "the name of a queue", example=example)
    return Token(kind=Kind.QUOTED, text=name, start=start, end=end)


def _ends_word(text: str, at: int) -> bool:
    return at + 1 == len(text) or text[at + 1] == " " or text[at + 1] in _COMMAS


def quoted(name: str) -> str:
    """`name` in quotes, so that `tokens` reads it back whole."""
    return '"' + "".join(c * 2 if c in _DOUBLE['"'] else c for c in name) + '"'


def name_text(name: str) -> str:
    """`name` as a person would type it: in quotes where it could be read as something else or as several words."""
    word = squeezed(name)
    reserved = word in _RESERVED or word in PHRASES or names_period(name) or names_period(word.removesuffix("s"))
    plain = _PLAIN_NAME.fullmatch(name) and not reserved and not meant_as_zone(name)
    return name if plain else quoted(name)
