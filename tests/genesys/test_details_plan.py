"""Cutting loses nothing and repeats nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ids import QueueId
from bot.genesys.details_plan import _cut, _middle_midnight, _pieces
from tests.genesys.records_platform import DAY, HOUR, MONDAY, piece

if TYPE_CHECKING:
    from bot.genesys.details import DetailsSlice

moments = st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
lengths = st.timedeltas(min_value=timedelta(milliseconds=1), max_value=timedelta(days=200))


def is_midnight(moment: datetime) -> bool:
    return moment == moment.replace(hour=0, minute=0, second=0, microsecond=0)


@given(moments, lengths, st.booleans(), st.integers(1, 250))
def test_the_pieces_are_the_whole_once_for_every_queue(
    start: datetime, length: timedelta, by_job: bool, queues: int
) -> None:
    names = tuple(QueueId(f"queue-{number}") for number in range(queues))
    whole = piece(start, start + length, by_job=by_job, queues=names)
    pieces = _pieces(whole)
    chunks = {one.queues for one in pieces}
    assert sorted(name for chunk in chunks for name in chunk) == sorted(names)
    assert all(len(chunk) <= 100 for chunk in chunks)
    for chunk in chunks:
        mine = [one for one in pieces if one.queues == chunk]
        assert_whole(mine, whole)
        assert all(one.end - one.start <= (7 if by_job else 31) * DAY for one in mine)


@given(moments, lengths)
def test_a_cut_is_at_a_midnight_within_and_leaves_parts_alike(start: datetime, length: timedelta) -> None:
    whole = piece(start, start + length)
    middle = _middle_midnight(whole)
    if middle is None:
        assert (whole.end - timedelta(microseconds=1)).date() == start.date()
        return
    assert_whole(list(_cut(whole, middle)), whole)
    assert abs((middle - start) - (whole.end - middle)) <= 2 * DAY


def test_within_a_day_there_is_no_midnight() -> None:
    assert _middle_midnight(piece(MONDAY, MONDAY + DAY)) is None
    assert _middle_midnight(piece(MONDAY + HOUR, MONDAY + 2 * HOUR)) is None
    assert _middle_midnight(piece(MONDAY + HOUR, MONDAY + 25 * HOUR)) == MONDAY + DAY


def assert_whole(pieces: list[DetailsSlice], whole: DetailsSlice) -> None:
    assert (pieces[0].start, pieces[-1].end) == (whole.start, whole.end)
    for one, following in pairwise(pieces):
        assert one.end == following.start
        assert is_midnight(one.end)
    assert all(one.start < one.end for one in pieces)
