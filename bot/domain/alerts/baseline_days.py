"""What a baseline keeps by local day: the previous 28 of them."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Day:
    """Totals of one local day."""

    __slots__ = ("changes", "gave_up", "gave_up_raw", "missed", "missed_raw", "n", "noises", "number", "of", "waits")

    def __init__(self, number: int) -> None:
        self.number = number
        self.n = self.gave_up = self.missed = self.of = 0
        self.missed_raw = Raw()
        self.gave_up_raw = Raw()
        self.changes = array("f")
        self.noises = array("f")
        self.waits = array("f")


class Raw:
    """Squares of raw values; they come clipped."""

    __slots__ = ("squares", "values")

    def __init__(self, squares: float = 0.0, values: int = 0) -> None:
        self.squares = squares
        self.values = values

    def take(self, square: float) -> None:
        self.squares += square
        self.values += 1


def together(raws: Iterable[Raw]) -> Raw:
    """The squares of several days."""
    squares, values = 0.0, 0
    for raw in raws:
        squares += raw.squares
        values += raw.values
    return Raw(squares, values)
