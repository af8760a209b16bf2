from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from bot.domain.ids import QueueId
from bot.domain.queues import Media
from bot.genesys.cells import Cells
from bot.genesys.fetching import Held, Place
from bot.genesys.recent import LIVE_FOR
from bot.genesys.tallies import Tally
from bot.genesys.wire_aggregates import Slice, Span

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
WEEK = Span(start=datetime(2026, 11, 9, tzinfo=UTC), end=datetime(2026, 11, 16, tzinfo=UTC))
NONE: frozenset[timedelta] = frozenset()


def held(buckets: int = 1) -> Held:
    starts = [WEEK.start + n * timedelta(hours=1) for n in range(buckets)]
    tallies = {Place(Media.VOICE, Slice(start, start + timedelta(hours=1))): Tally() for start in starts}
    return Held(tallies=MappingProxyType(tallies), thresholds=NONE, as_of=NOW, bodies=())


def queues(cells: Cells, count: int) -> list[bool]:
    return [cells.get(WEEK, QueueId(str(n)), NONE) is not None for n in range(count)]


def test_the_least_recently_used_goes_first() -> None:
    cells = Cells(now=lambda: NOW, most=2)
    cells.put(WEEK, QueueId("0"), held())
    cells.put(WEEK, QueueId("1"), held())
    cells.get(WEEK, QueueId("0"), NONE)
    cells.put(WEEK, QueueId("2"), held())
    assert queues(cells, 3) == [True, False, True]


def test_a_queue_with_many_buckets_takes_the_room_of_many() -> None:
    cells = Cells(now=lambda: NOW, most=10)
    for n in range(5):
        cells.put(WEEK, QueueId(str(n)), held())
    cells.put(WEEK, QueueId("5"), held(buckets=8))
    assert queues(cells, 6) == [False, False, False, True, True, True]


def test_lengths_of_time_take_the_room_of_three_counts() -> None:
    cells = Cells(now=lambda: NOW, most=7)
    for n in range(4):
        cells.put(WEEK, QueueId(str(n)), held())
    for n in range(2):
        cells.put(replace(WEEK, times=True), QueueId(str(n)), held())
    assert queues(cells, 4) == [False, False, False, True]
    assert len(cells) == 3


def test_silent_queues_take_room_too() -> None:
    cells = Cells(now=lambda: NOW, most=3)
    for n in range(1000):
        cells.put(WEEK, QueueId(str(n)), held(buckets=0))
    assert len(cells) == 3


def test_new_counts_take_the_room_of_the_old() -> None:
    cells = Cells(now=lambda: NOW, most=3)
    for _ in range(10):
        cells.put(WEEK, QueueId("0"), held())
    cells.put(WEEK, QueueId("1"), held())
    assert queues(cells, 2) == [True, True]


def test_a_period_under_way_is_kept_for_a_moment_and_one_that_settles_not_at_all() -> None:
    clock = [NOW]
    cells = Cells(now=lambda: clock[0])
    under_way = Span(start=NOW - timedelta(minutes=10), end=NOW + timedelta(minutes=20))
    settling = Span(start=NOW - timedelta(minutes=40), end=NOW - timedelta(minutes=10))
    for span in (under_way, settling):
        cells.put(span, QueueId("0"), held())
    assert cells.get(settling, QueueId("0"), NONE) is None
    clock[0] += LIVE_FOR - timedelta(milliseconds=1)
    assert cells.get(under_way, QueueId("0"), NONE) is not None
    clock[0] += timedelta(milliseconds=1)
    assert cells.get(under_way, QueueId("0"), NONE) is None
