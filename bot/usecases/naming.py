"""Which queues people mean by their words, as far as they may see them."""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from bot.domain.calendar import PERIOD_WORDS
from bot.domain.folding import clipped, fold
from bot.domain.ids import QueueId
from bot.domain.names import BESIDE_SLA, NameIndex, means_all
from bot.domain.questions import QueueWord
from bot.domain.queues import Media
from bot.errors import BadWord, NotAllowed, QueueGone, UnknownQueue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from bot.domain.ids import TeamId, UserId
    from bot.domain.names import Beside
    from bot.domain.queues import Queue
    from bot.genesys.directory import QueueDirectory
    from bot.store.choices import Choices

Sight: TypeAlias = frozenset[QueueId]
"""The only queues that may be seen from a place."""

GONE = "a queue that is gone"
HIDDEN = "a queue that this channel does not show"
UNREAD = "a queue whose name could not be read yet"
_NAMELESS = frozenset({GONE, HIDDEN, UNREAD})
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MOST_INDICES = 100
"""Of places with a limit, the most recently asked from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """A person, whose choices of queues are remembered, and what may be seen from where they ask."""

    team: TeamId
    user: UserId
    sight: Sight | None = None
    """None: every queue."""


class Naming:
    """The queues of the organisation, by the words that people have for them."""

    def __init__(self, directory: QueueDirectory, *, choices: Choices | None, now: Callable[[], datetime]) -> None:
        self._directory = directory
        self._choices = choices
        self._now = now
        self._listing: tuple[Queue, ...] = ()
        self._indices: OrderedDict[Sight | None, NameIndex] = OrderedDict()

    async def queues(
        self, words: tuple[QueueWord, ...], asker: Asker | None = None, beside: Beside = BESIDE_SLA
    ) -> tuple[Queue, ...]:
        """Those that the words mean, in the order of their names; for no words all that may be seen.

        Raises UnknownQueue, BadWord and NotAllowed, and the GenesysError family while no directory could be read.
        """
        if not words:
            found = self._index(await self._directory.snapshot(), _sight(asker)).queues
        else:
            found = tuple([queue for word in words for queue in await self._find(word, asker, beside)])
        return tuple(sorted({queue.id: queue for queue in found}.values(), key=lambda queue: queue.name.casefold()))

    async def settled(
        self, words: tuple[QueueWord, ...], asker: Asker | None, beside: Beside = BESIDE_SLA
    ) -> tuple[QueueWord, ...]:
        """Each name as the directory spells it; patterns and `all` as they are. Raises as `queues` does."""
        return tuple([await self._exact(word, asker, beside, lambda queue: queue.name) for word in words])

    async def pinned(
        self, words: tuple[QueueWord, ...], asker: Asker | None, beside: Beside = BESIDE_SLA
    ) -> tuple[QueueWord, ...]:
        """Each name as the queue's id, which outlives a new name; patterns and `all` as they are."""
        return tuple([await self._exact(word, asker, beside, lambda queue: queue.id) for word in words])

    def spoken(self, words: tuple[QueueWord, ...], sight: Sight | None = None) -> tuple[str, ...]:
        """For people: pinned queues by their present names, others as they were typed. From memory.

        What is outside `sight`, that of the place where it is read, is `HIDDEN`.
        """
        return tuple(self._spoken(word, sight) for word in words)

    def listed(self, words: tuple[QueueWord, ...], sight: Sight | None = None) -> tuple[str, ...]:
        """As `spoken`, but what cannot be named is said once."""
        names = self.spoken(words, sight)
        return tuple(name for at, name in enumerate(names) if name not in _NAMELESS or name not in names[:at])

    def outside(self, words: tuple[QueueWord, ...], sight: Sight | None) -> tuple[str, ...]:
        """The names of those that are there and `sight` hides: only for who may see them all. From memory."""
        hidden = tuple(word for word, name in zip(words, self.spoken(words, sight), strict=True) if name == HIDDEN)
        return self.spoken(hidden)

    def sight(self, words: Iterable[QueueWord]) -> Sight:
        """The queues that these words mean at present; words that mean none are no error here. From memory."""
        index = self._index(self._directory.cached, None)
        seen: set[QueueId] = set()
        for word in words:
            try:
                seen.update(queue.id for queue in index.find(word))
            except (UnknownQueue, BadWord):
                continue
        return frozenset(seen)

    @property
    def listing(self) -> tuple[Queue, ...]:
        """Every queue as last read, the same object until it is read anew; empty before that. From memory."""
        return self._directory.cached

    def meant(self, words: Iterable[QueueWord], sight: Sight | None) -> tuple[Queue, ...]:
        """The queues that words mean at present; for no words all. Words that mean none are no error. From memory."""
        index = self._index(self._directory.cached, sight)
        found: dict[QueueId, Queue] = {}
        asked = tuple(words)
        for word in asked:
            try:
                found |= {queue.id: queue for queue in index.find(word)}
            except (UnknownQueue, BadWord):
                continue
        return tuple(found.values()) if asked else tuple(index.queues)

    def promise(self, word: QueueWord) -> float | None:
        """The share that the queue meant by `word` promises on the phone, else on its first medium. From memory."""
        for queue in self.meant((word,), None):
            target = queue.targets.get(Media.VOICE) or next(iter(queue.targets.values()), None)
            return target.share if target else None
        return None

    async def remember(self, asker: Asker, word: str, queue: QueueId) -> Queue:
        """`asker` means this queue by `word` from now on. Raises UnknownQueue when it is gone, and NotAllowed."""
        await self._directory.snapshot()
        chosen = self._directory.known(queue)
        if chosen is None:
            raise UnknownQueue(word)
        if asker.sight is not None and queue not in asker.sight:
            raise _not_shown(word)
        if self._choices:
            await self._choices.remember(asker.team, asker.user, fold(word), queue, now=self._now())
        return chosen

    def examples(self, asker: Asker | None = None) -> tuple[str, ...]:
        """A few names of this organisation for examples, plain words first; none while no directory was read."""
        names = (queue.name for queue in self._index(self._directory.cached, _sight(asker)).queues)
        return tuple(sorted(names, key=lambda name: (not _is_plain(name), len(name), name))[:3])

    def example(self, asker: Asker | None = None) -> str:
        """One of `examples`, or a word that says what belongs there."""
        return next(iter(self.examples(asker)), "billing")

    def suggest(self, typed: str, asker: Asker | None = None) -> tuple[Queue, ...]:
        """Queues for a menu while somebody types, best first; from memory, never from the network."""
        return self._index(self._directory.cached, _sight(asker)).suggest(typed)

    async def known(self) -> bool:
        """Whether the directory was read: without it nothing can be asked."""
        return bool(self._directory.cached)

    def _spoken(self, word: QueueWord, sight: Sight | None) -> str:
        every = self._directory.cached
        # A pattern or a word that somebody typed tells as much as a name.
        shown = sight is None or _is_there(self._index(every, sight), word)
        if not shown and _is_there(self._index(every, None), word):
            return HIDDEN
        queue = self._directory.known(QueueId(word.text))
        if queue is None and _ID.fullmatch(word.text):
            return GONE if every else UNREAD
        return queue.name if queue else word.text

    async def _exact(
        self, word: QueueWord, asker: Asker | None, beside: Beside, said: Callable[[Queue], str]
    ) -> QueueWord:
        found = await self._find(word, asker, beside)
        return word if word.wildcard or means_all(word) else QueueWord(text=said(found[0]), quoted=True)

    async def _find(self, word: QueueWord, asker: Asker | None, beside: Beside) -> tuple[Queue, ...]:
        sight = _sight(asker)
        try:
            return self._index(await self._directory.snapshot(), sight).find(word, beside=beside)
        except UnknownQueue:
            remembered = await self._remembered(word, asker)
            if remembered:
                return (remembered,)
        # The queue may be new: a directory read again answers, at most once a minute.
        listing = await self._directory.refreshed()
        try:
            return self._index(listing, sight).find(word, beside=beside)
        except UnknownQueue:
            if sight is not None and _is_there(self._index(listing, None), word):
                raise _not_shown(word.text) from None
            if word.quoted and _ID.fullmatch(word.text):
                raise QueueGone from None
            raise

    async def _remembered(self, word: QueueWord, asker: Asker | None) -> Queue | None:
        if asker is None or self._choices is None:
            return None
        chosen = await self._choices.recall(asker.team, asker.user, fold(word.text))
        if not chosen or (asker.sight is not None and chosen not in asker.sight):
            return None
        return self._directory.known(chosen)

    def _index(self, queues: tuple[Queue, ...], sight: Sight | None) -> NameIndex:
        # Made once for each listing: folding thousands of names would hold up everybody else's acknowledgement.
        if self._listing is not queues:
            self._listing = queues
            self._indices.clear()
        if sight not in self._indices:
            seen = queues if sight is None else [queue for queue in queues if queue.id in sight]
            self._indices[sight] = NameIndex(seen)
            if len(self._indices) > MOST_INDICES:
                self._indices.popitem(last=False)
        self._indices.move_to_end(sight)
        return self._indices[sight]


def narrower(one: Sight | None, other: Sight | None) -> Sight | None:
    """What may be seen from both places."""
    return other if one is None else one if other is None else one & other


def _sight(asker: Asker | None) -> Sight | None:
    return asker.sight if asker else None


def _is_there(index: NameIndex, word: QueueWord) -> bool:
    try:
        return bool(index.find(word))
    except (UnknownQueue, BadWord):
        return False


def _not_shown(word: str) -> NotAllowed:
    # An id stands for a queue that was named elsewhere, or before: nobody can read it, and its name is not for here.
    named = "that was asked about" if _ID.fullmatch(word) else f"“{clipped(word)}”"
    refusal = NotAllowed(f"This channel does not show the queue {named}.")
    refusal.remedy = "Its settings say which queues it shows; an administrator can change that."
    return refusal


def _is_plain(name: str) -> bool:
    """One word that nobody can take for anything but a queue."""
    return name.isalpha() and len(name) > 3 and fold(name) not in PERIOD_WORDS
