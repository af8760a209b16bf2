"""What could begin at a place of a text: looked at without being taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.commands.threshold import read_threshold
from bot.commands.vocabulary import squeezed
from bot.commands.words import Kind
from bot.domain.calendar import names_period, read_period
from bot.errors import BadWord

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from bot.commands.vocabulary import Extra, Grammar, Meaning
    from bot.commands.words import Token
    from bot.domain.dimensions import Dimension
    from bot.domain.period import Period

JOINTS = frozenset({"and", "&", "+"})

_LONGEST_PHRASE = 3
"""Words that one metric may be spread over: `after call work`."""
_LONGEST_PART = 6
"""Words that one part may be spread over: `1 h 30 min 20 sec`."""
_OPTIONS = frozenset({"by", "of", "share"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A threshold or a period; neither when a period was recognised without a moment to see it from."""

    text: str
    taken: int
    threshold: timedelta | None
    period: Period | None


class Lookahead:
    """The pieces of a text, and what they would mean to a grammar."""

    def __init__(self, pieces: Sequence[Token], *, now: datetime | None, example: str, grammar: Grammar) -> None:
        self._pieces = pieces
        self._now = now
        self._example = example
        self._grammar = grammar

    def word_at(self, at: int) -> Token | None:
        return self._pieces[at] if at < len(self._pieces) and self._pieces[at].kind is Kind.WORD else None

    def squeezed(self, at: int, taken: int) -> str:
        """So many words from piece `at` on as the vocabulary has them; empty when one of them is none, or an option."""
        words = [word for place in range(taken) if (word := self.word_at(at + place)) and word.folded]
        if len(words) < taken or any(word.folded in _OPTIONS for word in words):
            return ""
        return squeezed("".join(word.text for word in words))

    def grouping(self, at: int) -> tuple[Dimension, int] | None:
        """What the words from piece `at` on group by, and how many they are."""
        for taken in range(_LONGEST_PHRASE, 0, -1):
            if dimension := self._grammar.groupings.get(self.squeezed(at, taken)):
                return dimension, taken
        return None

    def meaning(self, at: int) -> tuple[Meaning, int] | None:
        """What the words from piece `at` on mean, and how many they are."""
        for taken in range(_LONGEST_PHRASE, 0, -1):
            if meaning := self._grammar.phrases.get(self.squeezed(at, taken)):
                return meaning, taken
        return None

    def own(self, at: int, *, stray: bool = False) -> Extra | None:
        """What the words from piece `at` on mean to this command alone. Raises BadWord."""
        if self._grammar.extras is None or self.word_at(at) is None:
            return None
        try:
            return self._grammar.extras(self._pieces, at, stray)
        except BadWord as error:
            error.example = error.example or self._example
            raise

    def own_target(self, at: int) -> bool:
        """Whether the words from piece `at` on say `own target`."""
        following = self.word_at(at + 1)
        return self._pieces[at].folded == "own" and following is not None and following.folded in {"target", "targets"}

    def joins(self, at: int) -> bool:
        """Whether piece `at` only joins what stands before it to another metric or medium: aht *and* asa."""
        return self._pieces[at].folded in JOINTS and self.meaning(at + 1) is not None

    def readable(self, at: int) -> bool:
        """Whether piece `at` begins another part than a queue's name."""
        piece = self.word_at(at)
        if piece is None:
            return False
        if piece.folded in _OPTIONS or self.own_target(at):
            return True
        return bool(self.joins(at) or self.meaning(at) or self.own(at) or self.measured(at))

    def measured(self, at: int) -> Measure | None:
        """The threshold or period that begins with piece `at`, over as many pieces as it goes on for."""
        pieces = self._pieces[at : at + _LONGEST_PART]
        # A word that folds to nothing, such as a lone accent, would vanish into the part beside it.
        ends = (n for n, piece in enumerate(pieces) if piece.kind is not Kind.WORD or not piece.folded)
        for taken in range(next(ends, len(pieces)), 0, -1):
            text = " ".join(piece.text for piece in pieces[:taken])
            threshold = read_threshold(text, example=self._example)
            if threshold:
                return Measure(text=text, taken=taken, threshold=threshold, period=None)
            if not self._grammar.periods:
                continue
            period = read_period(text, now=self._now) if self._now else None
            if period or (self._now is None and names_period(text)):
                return Measure(text=text, taken=taken, threshold=None, period=period)
        return None
