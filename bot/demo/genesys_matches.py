"""Which conversations a query or job means: found once, then paged as long as nothing new can have happened."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import reduce
from threading import Lock
from typing import TYPE_CHECKING

from bot.demo.centre_organisation import MEDIA
from bot.demo.centre_table import DIRECTIONS, NOBODY
from bot.demo.genesys_records import conversation_facts, segment_facts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bot.demo.centre import Centre
    from bot.demo.centre_conversations import Spot
    from bot.demo.genesys_filters import Junction
    from bot.demo.genesys_options import Late

DAY_MS = 86_400_000
KEPT = 8
"""Queries whose matches are remembered."""
DAYS_KEPT = 200
"""Days of which is remembered what some filters choose."""
FRESH_MS = 5_000
"""What is still going on is looked up again after so long: new conversations show within twice that."""
_OF_PLACES = frozenset({"queueId", "mediaType", "direction"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A stretch and filters. Instants are epochs in milliseconds."""

    first: int
    last: int
    """Conversations begin in `first <= start < last`."""
    active_from: int
    """And something of them happens at or after this."""
    descending: bool
    by_end: bool
    filters: str
    """The filters as they were written, by which equal queries are known."""
    conversation_filters: tuple[Junction, ...] = field(compare=False)
    segment_filters: tuple[Junction, ...] = field(compare=False)


class Matches:
    """Numbers of matching conversations, in the order asked for. Safe to use from several threads.

    What the filters choose is kept by UTC day, so that overlapping stretches are looked through once.
    """

    def __init__(self, centre: Centre) -> None:
        self._centre = centre
        self._kept: OrderedDict[tuple[Wanted, Late | None], tuple[int, Sequence[int]]] = OrderedDict()
        self._days: OrderedDict[tuple[int, str], tuple[int, array[int]]] = OrderedDict()
        self._lock = Lock()

    def of(self, wanted: Wanted, now_ms: int, late: Late | None = None) -> Sequence[int]:
        """The matches as of now. The first of several who ask the same does the work."""
        key = (wanted, late)
        with self._lock:
            known = self._kept.get(key)
            if known is None or not self._still_true(wanted.last, known[0], now_ms):
                known = self._kept[key] = (now_ms, self._found(wanted, now_ms, late))
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            return known[1]

    def _still_true(self, last: int, found_ms: int, now_ms: int) -> bool:
        over = last + self._centre.conversations.longest_life
        return over <= found_ms <= now_ms or 0 <= now_ms - found_ms < FRESH_MS

    def _found(self, wanted: Wanted, now_ms: int, late: Late | None) -> Sequence[int]:
        conversations = self._centre.conversations
        last = min(wanted.last, now_ms + 1)
        if wanted.first >= last:
            return ()
        found: array[int] = array("q")
        for day in range(wanted.first - wanted.first % DAY_MS, last, DAY_MS):
            found += self._of_day(wanted, day, now_ms)
        # Numbers are in the order of starts, so that the first and the last of a stretch cut it out.
        stretch = conversations.begun(wanted.first, last)
        found = found[bisect_left(found, stretch[0]) : bisect_right(found, stretch[-1])] if stretch else found[:0]
        if wanted.active_from > wanted.first:
            within = conversations.begun(wanted.active_from, last) if wanted.active_from < last else ()
            before = bisect_left(found, within[0]) if within else len(found)
            lasting = (one for one in found[:before] if conversations.span(one)[1] >= wanted.active_from)
            found = array("q", lasting) + found[before:]
        if late is not None:
            found = array("q", (number for number in found if not late.hides(number)))
        if wanted.by_end:
            found = array("q", sorted(found, key=lambda number: conversations.span(number)[1]))
        return found[::-1] if wanted.descending else found

    def _of_day(self, wanted: Wanted, day: int, now_ms: int) -> array[int]:
        key = (day, wanted.filters)
        known = self._days.get(key)
        if known is None or not self._still_true(day + DAY_MS, known[0], now_ms):
            begun = self._centre.conversations.begun(day, min(day + DAY_MS, now_ms + 1))
            chosen = reduce(lambda left, holds: filter(holds, left), self._conditions(wanted, now_ms), iter(begun))
            known = self._days[key] = (now_ms, array("q", chosen))
        self._days.move_to_end(key)
        while len(self._days) > DAYS_KEPT:
            self._days.popitem(last=False)
        return known[1]

    def _conditions(self, wanted: Wanted, now_ms: int) -> Iterator[Callable[[int], bool]]:
        """The cheap ones first: a month has a great many conversations."""
        by_place = [one for one in wanted.segment_filters if one.dimensions() <= _OF_PLACES]
        if by_place:
            yield self._in_places(by_place, now_ms)
        by_segment = [one for one in wanted.segment_filters if not one.dimensions() <= _OF_PLACES]
        if by_segment or wanted.conversation_filters:
            yield self._in_full(wanted.conversation_filters, by_segment, now_ms)

    def _in_places(self, filters: Sequence[Junction], now_ms: int) -> Callable[[int], bool]:
        """Queue, medium and direction are the same on all segments of a visit, and few combinations exist."""
        queues = self._centre.organisation.queues
        spots = self._centre.conversations.spots
        known: dict[Spot, int] = {}

        def fulfilled(spot: Spot) -> int:
            queue, media, direction = spot
            facts: dict[str, str] = {"mediaType": MEDIA[media], "direction": DIRECTIONS[direction]}
            if queue != NOBODY:
                facts["queueId"] = queues[queue].id
            known[spot] = sum(1 << bit for bit, condition in enumerate(filters) if condition.holds(facts))
            return known[spot]

        def holds(number: int) -> bool:
            bits = 0
            for spot in spots(number, now_ms):
                bits |= known[spot] if spot in known else fulfilled(spot)
            return bits == (1 << len(filters)) - 1

        return holds

    def _in_full(
        self, of_conversation: Sequence[Junction], of_segment: Sequence[Junction], now_ms: int
    ) -> Callable[[int], bool]:
        def holds(number: int) -> bool:
            visits = self._centre.conversations.visits(number, now_ms)
            facts = conversation_facts(visits, self._centre.organisation, now_ms)
            segments = segment_facts(visits, now_ms) if of_segment else []
            return all(condition.holds(facts) for condition in of_conversation) and all(
                any(condition.holds(one) for one in segments) for condition in of_segment
            )

        return holds
