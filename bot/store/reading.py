"""Rows that another version of the bot wrote, or that were damaged: told by name, and no harm to the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import structlog

from bot.errors import Explainable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sqlalchemy import RowMapping

T = TypeVar("T")
Item = TypeVar("Item")

log = structlog.get_logger(__name__)

IN_A_STATEMENT = 1_000
"""Values in one list of a statement; asyncpg and SQLite both refuse more than some 32,000 parameters."""


class Unreadable(Explainable):
    """A row that cannot be read; `key` names it."""

    remedy = "Update the bot if an older version is running; else ask whoever runs it to look at this row."

    def __init__(self, what: str, key: str, reason: Exception) -> None:
        self.key = key
        super().__init__(f"The {what} {key} cannot be read: {reason}.")


def readable(rows: Iterable[RowMapping], read: Callable[[RowMapping], T], told: set[str]) -> tuple[T, ...]:
    """Those that can be read. The others are logged once; `told` remembers which ones were."""
    found: list[T] = []
    for row in rows:
        try:
            found.append(read(row))
        except Unreadable as error:
            left_out(error, told)
    return tuple(found)


def left_out(error: Unreadable, told: set[str]) -> None:
    """Log it, unless `told` says that it was."""
    if error.key not in told:
        told.add(error.key)
        log.error("a row cannot be read", key=error.key, reason=str(error))


def portions(values: Iterable[Item]) -> Iterator[Sequence[Item]]:
    """All of them without repetition, as many at a time as a statement takes."""
    each = list(dict.fromkeys(values))
    for start in range(0, len(each), IN_A_STATEMENT):
        yield each[start : start + IN_A_STATEMENT]
