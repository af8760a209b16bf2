"""A centre's conversations under numbers, so that a great many can be found, counted and paged without being made."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from functools import partial
from typing import TYPE_CHECKING, Protocol

from bot.demo.centre_traffic import LONGEST_LIFE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.demo.centre import Centre
    from bot.demo.centre_table import VisitTable
    from bot.demo.centre_visits import Visit

Spot = tuple[int, int, int]
"""Where a visit took place: indexes of queue (-1 for none), medium and direction."""

_ROWS = 24


class Conversations(Protocol):
    """What a centre can tell about its conversations. Instants are epochs in milliseconds."""

    longest_life: int
    """Nothing happens in a conversation so long after its start."""

    def begun(self, start_ms: int, end_ms: int) -> Sequence[int]:
        """Numbers of the conversations with `start <= first offer < end`, by start and id, the future included."""

    def spots(self, number: int, now_ms: int) -> list[Spot]:
        """Where its visits took place that have begun."""

    def span(self, number: int) -> tuple[int, int]:
        """When it begins and when the last work for it ends."""

    def visits(self, number: int, now_ms: int) -> list[Visit]:
        """Its visits that have begun, oldest first; never none."""


class TabledConversations:
    """Conversations of a centre that keeps tables: the number is the table's key and the place in it."""

    longest_life = LONGEST_LIFE

    def __init__(self, centre: Centre) -> None:
        self._centre = centre

    def begun(self, start_ms: int, end_ms: int) -> Sequence[int]:
        """See `Conversations`."""
        found: array[int] = array("q")
        for key in self._centre.days(start_ms, end_ms):
            table = self._centre.table(key)
            held = table.conversations()
            first, last = (bisect_left(held, at, key=partial(_start, table)) for at in (start_ms, end_ms))
            found.extend(range(key << _ROWS | first, key << _ROWS | last))
        return found

    def spots(self, number: int, now_ms: int) -> list[Spot]:
        """See `Conversations`."""
        table, rows = self._rows(number)
        return [
            (table.queue[row], table.media[row], table.direction[row]) for row in rows if table.offered[row] <= now_ms
        ]

    def span(self, number: int) -> tuple[int, int]:
        """See `Conversations`."""
        table, rows = self._rows(number)
        last = rows[-1]
        worked = table.wait[last] + table.talk[last] + table.hold[last] + table.acw[last]
        return table.offered[rows[0]], table.offered[last] + worked

    def visits(self, number: int, now_ms: int) -> list[Visit]:
        """See `Conversations`."""
        table, rows = self._rows(number)
        return [table.visit(row, self._centre.organisation) for row in rows if table.offered[row] <= now_ms]

    def _rows(self, number: int) -> tuple[VisitTable, tuple[int, ...]]:
        table = self._centre.table(number >> _ROWS)
        return table, table.conversations()[number & (1 << _ROWS) - 1]


def _start(table: VisitTable, rows: tuple[int, ...]) -> int:
    return table.offered[rows[0]]
