"""Finding queues by what people call them."""

from __future__ import annotations

import fnmatch
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from bot.domain.calendar import PERIOD_WORDS
from bot.domain.dimensions import Dimension
from bot.domain.folding import clipped, fold
from bot.domain.metrics import METRICS
from bot.errors import BadWord, UnknownQueue

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.domain.questions import QueueWord
    from bot.domain.queues import Queue

OPTION_WORDS = ("by queue", "by media", "by hour", "by day", "of answered", "of offered", "share")
REPORT_WORDS = (
    *(f"by {dimension}" for dimension in Dimension),
    *(metric.words[0] for metric in METRICS),
    *("voice", "calls", "callbacks", "chat", "email", "messages"),
    *("of answered", "of offered", "compare", "csv", "json", "conversations", "share"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What may stand beside the names of queues in a command."""

    words: tuple[str, ...]
    said: str
    """The same in words, for whoever wrote something else."""


BESIDE_SLA = Beside(words=(*PERIOD_WORDS, *OPTION_WORDS), said="a threshold, a period or an option")
BESIDE_QUEUE = Beside(words=("share",), said="“share”, the only word that goes beside queues here")
BESIDE_REPORT = Beside(words=(*PERIOD_WORDS, *REPORT_WORDS), said="a metric, a medium, a period or an option")
BESIDE_DIGEST = Beside(
    words=(
        *("weekdays", "weekends", "daily", "weekly", "monthly", "every", "report", "covering", "zone"),
        *("skip-empty", "send-empty", "no csv", "own target"),
        *PERIOD_WORDS,
        *REPORT_WORDS,
    ),
    said="a threshold, a day or time of sending, a zone, a period or an option",
)
BESIDE_SETTINGS = Beside(
    words=("zone", "queues", "limit", "own target", "of answered", "of offered", "of genesys", "none"),
    said="zone, queues, limit, a threshold or a formula",
)

CHOICES = 5
_WORD_CUTOFF = 70
_NAME_CUTOFF = 70
_SURE = 85
_LONGEST_QUERY = 100


def means_all(word: QueueWord) -> bool:
    """`all` without quotes is every queue; in quotes it is a queue of that name."""
    return not word.quoted and fold(word.text) in {"all", "all queues"}


def nearest_word(typed: str, words: Iterable[str]) -> str:
    """The word that `typed` was probably meant to be; empty when none is near."""
    folded, known = fold(typed)[:_LONGEST_QUERY], list(words)
    found = process.extractOne(folded, known, scorer=fuzz.ratio, score_cutoff=_WORD_CUTOFF)
    if found:
        return found[0]
    # Two letters swapped are most of a short word: cvs.
    return next((word for word in known if len(word) > 2 and sorted(word) == sorted(folded)), "")


def stray_word(word: str, suggestion: str = "", *, example: str = "", beside: Beside = BESIDE_SLA) -> BadWord:
    """For a word beside a queue's name: misspelt, when `suggestion` or a word of a command is near, or another name."""
    suggestion = suggestion or nearest_word(word, beside.words)
    expected = beside.said
    if not suggestion:
        expected += "; a comma goes between two queues"
    return BadWord(clipped(word), expected, example=example, suggestion=suggestion)


def _by_name(entry: tuple[str, Queue]) -> tuple[str, str, str]:
    folded, queue = entry
    return folded, queue.name, queue.id


def _words(folded: str) -> str:
    """Each word with a space before it, so that finding ` sup` is finding a word that begins so."""
    return re.sub(r"\W+", " ", f" {folded}")


class NameIndex:
    """The queues of one moment, their names folded once."""

    def __init__(self, queues: Iterable[Queue]) -> None:
        entries = sorted(((fold(queue.name), queue) for queue in queues), key=_by_name)
        self.queues: tuple[Queue, ...] = tuple(queue for _, queue in entries)
        """In the order of their names."""
        self._folded = [name for name, _ in entries]
        self._words = [_words(name) for name in self._folded]
        self._exact: dict[str, list[Queue]] = {}
        self._alike: dict[str, list[Queue]] = {}
        self._ids = {fold(queue.id): queue for queue in self.queues}
        for name, queue in zip(self._folded, self.queues, strict=True):
            self._exact.setdefault(queue.name, []).append(queue)
            self._alike.setdefault(name, []).append(queue)

    def find(self, word: QueueWord, *, example: str = "", beside: Beside = BESIDE_SLA) -> tuple[Queue, ...]:
        """The queues that `word` means: one, or with a wildcard or `all` any number, in the order of their names.

        The name letter for letter comes first, then the name with case, accents and spacing forgiven, then the id.
        Raises UnknownQueue with the nearest queues, also when several names differ in nothing but what is forgiven;
        BadWord when a queue's name is there and a word beside it is meant to be something else.
        """
        if means_all(word):
            return self.queues
        folded = fold(word.text)
        known = self._exact.get(word.text) or self._alike.get(folded)
        if known:
            if len(known) > 1:
                raise self._unknown(word.text, known, example, alike=True)
            return tuple(known)
        if folded in self._ids:
            return (self._ids[folded],)
        if word.wildcard:
            matching = self._matching(folded)
            if matching:
                return matching
        if not word.quoted:
            self._refuse_stray_word(word.text, example, beside)
        raise self._unknown(word.text, self.nearest(word.text), example)

    def nearest(self, typed: str, limit: int = CHOICES) -> tuple[Queue, ...]:
        """The queues whose names are nearest to `typed`, nearest first; none when nothing resembles it."""
        folded = fold(typed)[:_LONGEST_QUERY]
        bare = " ".join(re.sub(r"[*?]", " ", folded).split())
        if not bare:
            return ()
        containing = self._containing(bare)[:limit]
        similar = process.extract(bare, self._folded, scorer=fuzz.WRatio, score_cutoff=_NAME_CUTOFF, limit=limit * 2)
        # A short name is contained in many a long text without being near to it, and WRatio likes containing.
        alike = [entry for entry in similar if len(entry[0]) * 3 >= len(bare)]
        alike.sort(key=lambda entry: -entry[1] - fuzz.ratio(bare, entry[0]))
        places = dict.fromkeys([*containing, *(place for _, _, place in alike)])
        return tuple(self.queues[place] for place in places)[:limit]

    def suggest(self, typed: str, limit: int = 100) -> tuple[Queue, ...]:
        """Queues for type-ahead: all of them for nothing typed, otherwise those that contain it, then similar ones."""
        folded = fold(typed)
        if not folded:
            return self.queues[:limit]
        found = self._containing(folded)[:limit]
        return tuple(self.queues[place] for place in found) or self.nearest(typed, limit)

    def _containing(self, folded: str) -> list[int]:
        """Places of the names that begin with `folded`, then that have words beginning so, then that contain it."""
        words = _words(folded).split()
        ranked: tuple[list[int], list[int], list[int]] = ([], [], [])
        for place, name in enumerate(self._folded):
            if name.startswith(folded):
                ranked[0].append(place)
            elif words and all(f" {word}" in self._words[place] for word in words):
                ranked[1].append(place)
            elif folded in name:
                ranked[2].append(place)
        return [place for rank in ranked for place in rank]

    def _matching(self, pattern: str) -> tuple[Queue, ...]:
        # fnmatch translates to a pattern that cannot run away on many stars; only its brackets are not wanted.
        matches = re.compile(fnmatch.translate(pattern.replace("[", "[[]"))).match
        return tuple(queue for name, queue in zip(self._folded, self.queues, strict=True) if matches(name))

    def _refuse_stray_word(self, text: str, example: str, beside: Beside) -> None:
        words = text.split()
        folded = [fold(word) for word in words]
        for cut in range(len(words) - 1, 0, -1):
            for name, strays in ((folded[:cut], words[cut:]), (folded[-cut:], words[:-cut])):
                if " ".join(name) not in self._alike:
                    continue
                suggestion = nearest_word(" ".join(strays), beside.words) or nearest_word(strays[0], beside.words)
                if not suggestion and self._resembles(text):
                    return
                raise stray_word(strays[0], suggestion, example=example, beside=beside)

    def _resembles(self, text: str) -> bool:
        return bool(
            process.extractOne(fold(text)[:_LONGEST_QUERY], self._folded, scorer=fuzz.ratio, score_cutoff=_SURE)
        )

    @staticmethod
    def _unknown(word: str, queues: Sequence[Queue], example: str, *, alike: bool = False) -> UnknownQueue:
        near = queues[:CHOICES]
        return UnknownQueue(
            word,
            [(queue.id, queue.name) for queue in near],
            example=example,
            divisions=[queue.division for queue in near] if alike else (),
        )
