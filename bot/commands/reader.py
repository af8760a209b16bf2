"""The parts that commands are made of, read from a text in any order: queues, threshold, period, options."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.commands.lookahead import JOINTS, Lookahead
from bot.commands.parts import Named, Parts
from bot.commands.vocabulary import SLA, Grammar, Mark
from bot.commands.words import Kind, Token, name_text, quoted, tokens
from bot.domain.exports import FileFormat
from bot.domain.folding import clipped, fold, visible
from bot.domain.metrics import Metric
from bot.domain.names import nearest_word, stray_word
from bot.domain.questions import Formula, QueueWord
from bot.domain.queues import Media
from bot.errors import BadWord

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from bot.commands.vocabulary import Meaning

QUEUE = "<queue>"
"""Stands for the name of a queue in examples; `exemplified` puts a real one there."""
TYPED_LIMIT = 500
"""Characters of a command that a person typed."""
CARRIED_LIMIT = 2000
"""Characters of a command that a button carries: quoting and spelling out make it longer than what was typed."""

_FORMULAS = {"answered": Formula.ANSWERED, "offered": Formula.OFFERED, "genesys": Formula.GENESYS}
_HINTS = {
    "threshold": "; a queue's name with a number in it goes in quotes",
    "period": "; a range is written monday..wednesday, a queue's name like a period goes in quotes",
}
_SLASHED_DATE = re.compile(r"[0-9]{1,4}([./])[0-9]{1,2}\1[0-9]{1,4}")


def read_parts(text: str, *, now: datetime | None, example: str, limit: int, grammar: Grammar = SLA) -> Parts:
    """Read every part in `text`; words that are none of the others are the queues' names.

    Without `now`, periods are recognised and left out. A word of the grammar's phrases is a part of a name only
    between two words of it. Raises BadWord, with `example`, and BadPeriod.
    """
    if len(text) > limit:
        expected = f"short enough to read: a command has at most {limit} characters"
        raise BadWord(clipped(visible(text[:limit])), expected, example=example)
    return _Reading(text=visible(text), now=now, example=example, grammar=grammar).finish()


def queues_text(words: Sequence[QueueWord], *, next_word_is_free: bool) -> str:
    """The names as `read_parts` reads them back; `all` for none."""
    if not words:
        return "all"
    text = ", ".join(quoted(word.text) if word.quoted else word.text for word in words)
    # A comma keeps a name that ends in "last" from running into a period: "last monday".
    return f"{text}," if next_word_is_free and not words[-1].quoted and fold(text).endswith("last") else text


def with_queue(text: str, *, word: str, name: str, example: str, grammar: Grammar = SLA) -> str:
    """`text` with the queue that was typed as `word` replaced by `name` in quotes; unchanged when it is not there.

    Raises BadWord, with `example`, when `text` cannot be read.
    """
    read = read_parts(text, now=None, example=example, limit=CARRIED_LIMIT, grammar=grammar)
    queue = next((queue for queue in read.queues if queue.word.text == word), None)
    if queue is None:
        return read.text
    before, after = read.text[: queue.start], read.text[queue.end :]
    # A quote right beside another would read as a doubled one.
    gaps = (" " if before and before[-1] not in " ," else "", " " if after and after[0] not in " ," else "")
    return f"{before}{gaps[0]}{quoted(name)}{gaps[1]}{after}"


def exemplified(example: str, queue_name: str, command: str) -> str:
    """An error's or the help's example as this organisation would type it.

    `queue_name` takes the placeholder's place, in quotes where it needs them; without one it is `all`. `command` is
    the name the command goes by here, prefix included: `/cc-sla`.
    """
    arguments = re.sub(r"^/\S+", "", example).strip()
    filled = arguments.replace(QUEUE, name_text(queue_name) if queue_name else "all")
    return f"/{command.lstrip('/')} {filled}".rstrip()


class _Reading:
    """One pass over the pieces of a text, from left to right, the longest part first at each place."""

    def __init__(self, *, text: str, now: datetime | None, example: str, grammar: Grammar) -> None:
        self._pieces = tokens(text, example=example)
        self._ahead = Lookahead(self._pieces, now=now, example=example, grammar=grammar)
        self._now = now
        self._example = example
        self._grammar = grammar
        self._parts = Parts(text=text)
        self._run: list[Token] = []
        self._earlier: Token | None = None
        self._listing = False

    def finish(self) -> Parts:
        at = 0
        while at < len(self._pieces):
            at += self._read(at)
        self._end_run()
        return self._parts

    def _read(self, at: int) -> int:
        """Read one part that begins with piece `at`; returns of how many pieces it consists."""
        piece = self._pieces[at]
        if piece.kind is Kind.COMMA:
            self._end_run()
            self._listing = (
                at > 0 and bool(self._parts.queues) and self._parts.queues[-1].end == self._pieces[at - 1].end
            )
            return 1
        if piece.kind is Kind.QUOTED:
            self._end_run()
            self._parts.queues.append(_named(piece.text, piece.start, piece.end, quoted=True))
        elif taken := self._extra(at) or self._option(at) or self._phrase(at) or self._measure(at):
            self._end_run()
            self._listing = False
            return taken
        else:
            self._add_to_run(piece)
        self._listing = False
        return 1

    def _extra(self, at: int) -> int:
        stray = bool(self._parts.queues) and not self._run and not self._listing
        extra = self._ahead.own(at, stray=stray)
        if extra is None:
            return 0
        if extra.kind:
            self._once(extra.kind, " ".join(piece.text for piece in self._pieces[at : at + extra.taken]))
        self._parts.extras.append(extra.value)
        return extra.taken

    def _option(self, at: int) -> int:
        word = self._pieces[at].folded
        following = self._ahead.word_at(at + 1)
        if word == "share":
            self._parts.share = True
            return 1
        if word == "by":
            return self._groupings(at)
        if self._ahead.own_target(at):
            self._once("threshold", "own target")
            self._parts.own_target = True
            return 2
        if word == "of":
            formula = _FORMULAS.get(following.folded) if following else None
            if formula is None:
                if self._goes_on(at):
                    return 0
                raise self._bad_option(at, "answered or offered", _FORMULAS)
            self._once("formula", f"of {formula}")
            self._parts.formula = formula
            return 2
        return 0

    def _groupings(self, at: int) -> int:
        """Read `by` and what follows it, up to the last of several: `by queue, hour and agent`."""
        found, end = self._ahead.grouping(at + 1), at + 1
        if found is None:
            raise self._bad_option(at, self._grammar.choices, self._grammar.groupings)
        if not self._grammar.several:
            self._once("grouping", f"by {found[0]}")
        while found is not None:
            dimension, taken = found
            if dimension not in self._parts.groupings:
                self._parts.groupings.append(dimension)
            end += taken
            joint = self._joint_of_groupings(end)
            found = self._ahead.grouping(end + joint) if self._grammar.several else None
            end += joint if found else 0
        return end - at

    def _joint_of_groupings(self, at: int) -> int:
        """How many pieces from `at` on join one grouping to the next: a comma, a word, or nothing."""
        end = at
        while end < len(self._pieces) and (self._pieces[end].kind is Kind.COMMA or self._pieces[end].folded in JOINTS):
            end += 1
        piece = self._ahead.word_at(end)
        misspelt = (
            piece
            and end > at
            and self._grammar.several
            and not (self._ahead.grouping(end) or self._ahead.readable(end))
        )
        if piece and misspelt and nearest_word(piece.text, self._grammar.groupings):
            raise self._bad(piece, f"{self._grammar.choices}, which follow “by”", self._grammar.groupings)
        return end - at

    def _phrase(self, at: int) -> int:
        """Read a metric, a medium, a format or a mark: of the words that begin with piece `at`, as many as mean one."""
        if not self._run and self._ahead.joins(at):
            return 1
        found = self._ahead.meaning(at)
        if found is None:
            return 0
        meaning, taken = found
        if self._run and self._ahead.word_at(at + taken) and not self._ahead.readable(at + taken):
            return 0
        written = " ".join(piece.text for piece in self._pieces[at : at + taken])
        self._take(meaning, written)
        return taken

    def _take(self, meaning: Meaning, written: str) -> None:
        match meaning:
            case Metric():
                self._parts.written.setdefault("metric", written)
                self._parts.metrics += [meaning] * (meaning not in self._parts.metrics)
            case Media():
                self._parts.media += [meaning] * (meaning not in self._parts.media)
            case FileFormat():
                if meaning is not self._parts.file:
                    self._once("format", written)
                self._parts.file = meaning
            case Mark():
                self._parts.marks.add(meaning)
                if meaning is Mark.COMPARE:
                    self._parts.written.setdefault("comparison", written)

    def _measure(self, at: int) -> int:
        measured = self._ahead.measured(at)
        if measured is None:
            return 0
        self._once("threshold" if measured.threshold else "period", measured.text)
        self._parts.threshold = measured.threshold or self._parts.threshold
        self._parts.period = measured.period or self._parts.period
        return measured.taken

    def _goes_on(self, at: int) -> bool:
        """Whether the name that stands before piece `at` goes on with it and the next: Bank *of Scotland*."""
        following = self._ahead.word_at(at + 1)
        readable = following and self._ahead.readable(at + 1)
        return bool(self._run and following and not readable and not nearest_word(following.text, _FORMULAS))

    def _once(self, kind: str, written: str) -> None:
        if first := self._parts.written.get(kind):
            hint = _HINTS.get(kind, "")
            raise BadWord(
                clipped(written), f"the only {kind}: “{clipped(first)}” is there already{hint}", example=self._example
            )
        self._parts.written[kind] = written

    def _add_to_run(self, piece: Token) -> None:
        if ".." in piece.folded:
            expected = "a period; a range goes from a day to a day, such as monday..wednesday"
            raise BadWord(clipped(piece.text), expected, example=self._example_with("monday..wednesday"))
        if _SLASHED_DATE.fullmatch(piece.folded):
            example = self._example_with(f"{self._now.date() - timedelta(days=1)}") if self._now else self._example
            raise BadWord(piece.text, "a date; dates are written year-month-day", example=example)
        if not self._run and self._earlier and not self._listing:
            blamed = piece
            words = self._grammar.beside.words
            if not nearest_word(piece.text, words) and nearest_word(self._earlier.text, words):
                blamed = self._earlier
            raise stray_word(blamed.text, example=self._example, beside=self._grammar.beside)
        self._run.append(piece)

    def _end_run(self) -> None:
        if self._run:
            name = " ".join(piece.text for piece in self._run)
            self._parts.queues.append(_named(name, self._run[0].start, self._run[-1].end))
            self._earlier = self._run[0]
            self._run = []

    def _bad(self, piece: Token, expected: str, words: Iterable[str]) -> BadWord:
        suggestion = nearest_word(piece.text, words)
        return BadWord(clipped(piece.text), expected, example=self._example, suggestion=suggestion)

    def _bad_option(self, at: int, choices: str, words: Iterable[str]) -> BadWord:
        option, following = self._pieces[at], self._ahead.word_at(at + 1)
        if following is None:
            return self._bad(option, f"complete: {choices} follows it", ())
        return self._bad(following, f"{choices}, one of which follows “{option.text}”", words)

    def _example_with(self, period: str) -> str:
        return self._example.replace("last-week", period)


def _named(text: str, start: int, end: int, *, quoted: bool = False) -> Named:
    return Named(word=QueueWord(text=text, quoted=quoted), start=start, end=end)
