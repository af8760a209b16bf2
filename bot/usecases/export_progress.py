"""How far an export is, told at every change; what is done with that, and how often, is the listener's."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.exports import Progress, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.genesys.details import DetailsSlice, Page

WATCHED = timedelta(seconds=5)
"""How long the pace is measured before anything is said of the time left."""
TELLING = 0.02
"""The share of the work that has to be done before that."""

_DAY = timedelta(days=1)


class ExportProgress:
    """Counts, and measures the pace on `clock`, in seconds."""

    def __init__(self, tell: Callable[[Progress], None], *, clock: Callable[[], float]) -> None:
        self._tell = tell
        self._clock = clock
        self._stage = Stage.PLANNING
        self._began = clock()
        self._slices: int | None = None
        self._done = 0
        self._conversations = 0
        self._expected: int | None = None
        self._to_read = 0
        self._read = 0
        self._say()

    def planned(self, slices: Sequence[DetailsSlice]) -> None:
        """Reading begins."""
        self._stage = Stage.FETCHING
        self._began = self._clock()
        self._slices = len(slices)
        self._expected = round(sum(map(_began_within, slices)))
        self._to_read = sum(piece.expected for piece in slices)
        self._say()

    def page(self, page: Page) -> None:
        """A page was read."""
        self._read += page.read
        self._conversations += len(page.conversations)
        self._say()

    def slice_done(self) -> None:
        """A slice was read, or given up."""
        self._done += 1
        self._say()

    def writing(self) -> None:
        """Everything is read, and the last of it being written."""
        self._stage = Stage.WRITING
        self._say()

    def _say(self) -> None:
        self._tell(
            Progress(
                stage=self._stage,
                slices_done=self._done,
                slices=self._slices,
                conversations=self._conversations,
                expected=self._expected,
                left=self._left() if self._stage is Stage.FETCHING else None,
            )
        )

    def _left(self) -> timedelta | None:
        passed = timedelta(seconds=self._clock() - self._began)
        share = self._read / self._to_read if self._to_read else 0.0
        if passed < WATCHED or not TELLING <= share < 1:
            return None
        return passed / share * (1 - share)


def _began_within(piece: DetailsSlice) -> float:
    """The platform counts by whole days: of those, the part that the slice is."""
    first = piece.start.replace(hour=0, minute=0, second=0, microsecond=0)
    days = -((first - piece.end) // _DAY) * _DAY
    return piece.expected * ((piece.end - piece.start) / days)
