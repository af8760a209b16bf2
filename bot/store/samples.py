"""Quarter hours of queues as they were fetched, and what was seen of queues at their ends."""

from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import case, delete, func, select, tuple_

from bot.domain.alerts.keeping import Fetched, Late
from bot.domain.alerts.samples import QUARTER, quarter_of
from bot.store.alert_tables import glimpses as glimpse_table
from bot.store.alert_tables import sample_quarters
from bot.store.alert_tables import samples as table
from bot.store.inserting import insert_into
from bot.store.reading import Unreadable, left_out, portions
from bot.store.sample_rows import (
    at_ms,
    glimpse_in,
    glimpse_row,
    moment_at,
    read_thresholds,
    same_counts,
    sample_in,
    sample_row,
    write_thresholds,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Table
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from bot.domain.alerts.samples import Glimpse, Sample
    from bot.domain.ids import QueueId

T = TypeVar("T")

_DAY = timedelta(days=1)
_KEY = ("start", "queue_id", "media")
_NAMES = tuple(column.name for column in table.columns)


class Samples:
    """All moments are starts of quarter hours in UTC; ranges have their start and not their end.

    Lists leave out what cannot be read.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._told: set[str] = set()

    async def record(
        self,
        quarters: Collection[datetime],
        samples: Iterable[Sample],
        *,
        thresholds: frozenset[timedelta],
        fetched_at: datetime,
    ) -> frozenset[Late]:
        """Replace `quarters` as a whole: a place without a sample had no contacts in them. One transaction.

        Returns what is other than when it was fetched before, a threshold that was not asked for then left aside;
        nothing of quarters that are fetched for the first time. Raises ValueError for a sample of another quarter, and
        for two of the same. At first start, record a day at a time.
        """
        starts = sorted({_quarter(each) for each in quarters})
        fresh = _by_place(samples, starts)
        late: set[Late] = set()
        async with self._engine.begin() as connection:
            for some in portions(starts):
                # Written first: until the transaction ends nobody else records these quarters.
                known = await self._enter(connection, some, thresholds, fetched_at)
                late |= await self._replace(connection, some, fresh, known)
        return frozenset(late)

    async def missing(self, start: datetime, end: datetime) -> tuple[datetime, ...]:
        """Quarters that were never fetched, in order."""
        there = await self.fetched(start, end)
        first = quarter_of(start)
        each = first if first == start else first + QUARTER
        missing = []
        while each < end:
            if each not in there:
                missing.append(each)
            each += QUARTER
        return tuple(missing)

    async def fetched(self, start: datetime, end: datetime) -> Mapping[datetime, Fetched]:
        """Quarters that were fetched, in order."""
        column = sample_quarters.c.start
        query = select(sample_quarters).where(column >= at_ms(start), column < at_ms(end)).order_by(column)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        found: dict[datetime, Fetched] = {}
        for begin, at, thresholds in rows:
            try:
                found[moment_at(begin)] = Fetched(at, read_thresholds(thresholds))
            except ValueError as error:
                # As if it was never fetched: then it is, and the row is whole again.
                left_out(Unreadable("quarter", str(begin), error), self._told)
        return MappingProxyType(found)

    async def between(
        self, start: datetime, end: datetime, queues: Iterable[QueueId] | None = None
    ) -> tuple[Sample, ...]:
        """In the order of time, then queue and medium. None: of every queue."""
        return self._readable(await self._rows(table, start, end, queues), sample_in)

    async def see(self, glimpses: Iterable[Glimpse]) -> None:
        """Keep what was seen. Of one quarter the longest wait stays, of all else the last that is known."""
        rows = sorted(map(glimpse_row, glimpses), key=lambda row: tuple(row[name] for name in _KEY))
        if not rows:
            return
        insert, kept = insert_into(glimpse_table, self._engine), glimpse_table.c
        new = insert.excluded
        last = {name: func.coalesce(new[name], kept[name]) for name in ("waiting", "on_queue", "available")}
        longest = case((kept.oldest_wait_ms > new.oldest_wait_ms, kept.oldest_wait_ms), else_=new.oldest_wait_ms)
        values = {**last, "oldest_wait_ms": func.coalesce(longest, kept.oldest_wait_ms)}
        async with self._engine.begin() as connection:
            await connection.execute(insert.on_conflict_do_update(index_elements=_KEY, set_=values), rows)

    async def glimpses(
        self, start: datetime, end: datetime, queues: Iterable[QueueId] | None = None
    ) -> tuple[Glimpse, ...]:
        """In the order of time, then queue and medium. None: of every queue."""
        return self._readable(await self._rows(glimpse_table, start, end, queues), glimpse_in)

    async def prune(self, before: datetime) -> int:
        """Forget samples, glimpses and quarters that start before that: how many samples. A day at a time."""
        forgotten, limit = 0, at_ms(before)
        day = _DAY // timedelta(milliseconds=1)
        while True:
            async with self._engine.connect() as connection:
                oldest = await connection.scalar(select(func.min(sample_quarters.c.start)))
            until = limit if oldest is None else min(limit, oldest + day)
            async with self._engine.begin() as connection:
                forgotten += (await connection.execute(delete(table).where(table.c.start < until))).rowcount
                await connection.execute(delete(glimpse_table).where(glimpse_table.c.start < until))
                await connection.execute(delete(sample_quarters).where(sample_quarters.c.start < until))
            if until >= limit:
                return forgotten

    async def _enter(
        self, connection: AsyncConnection, starts: Sequence[int], thresholds: frozenset[timedelta], at: datetime
    ) -> frozenset[int]:
        """Those that were fetched before."""
        text = write_thresholds(thresholds)
        rows = [{"start": start, "fetched_at": at, "thresholds": text} for start in starts]
        insert = insert_into(sample_quarters, self._engine).values(rows).on_conflict_do_nothing()
        new = set((await connection.execute(insert.returning(sample_quarters.c.start))).scalars())
        known = frozenset(start for start in starts if start not in new)
        if known:
            again = insert_into(sample_quarters, self._engine)
            values = {"fetched_at": again.excluded.fetched_at, "thresholds": again.excluded.thresholds}
            update = again.on_conflict_do_update(index_elements=["start"], set_=values)
            await connection.execute(update, [row for row in rows if row["start"] in known])
        return known

    async def _replace(
        self,
        connection: AsyncConnection,
        starts: Sequence[int],
        fresh: Mapping[int, Mapping[tuple[str, str], Sample]],
        known: frozenset[int],
    ) -> set[Late]:
        kept: dict[tuple[int, str, str], Sequence[Any]] = {}
        if known:
            rows = await connection.execute(select(table).where(table.c.start.in_(sorted(known))))
            kept = {(row[0], row[1], row[2]): tuple(row) for row in rows}
        written, late = [], set()
        for start in starts:
            for key, sample in fresh.get(start, {}).items():
                row, before = sample_row(sample), kept.pop((start, *key), None)
                if row == before:
                    continue
                written.append(dict(zip(_NAMES, row, strict=True)))
                if start in known and not self._same(before, sample):
                    late.add(Late(sample.place, sample.start))
        if kept:
            for some in portions(kept):
                await connection.execute(delete(table).where(tuple_(*(table.c[name] for name in _KEY)).in_(some)))
            late |= {Late(gone.place, gone.start) for gone in self._readable(kept.values(), sample_in)}
        if written:
            insert = insert_into(table, self._engine)
            values = {name: insert.excluded[name] for name in _NAMES if name not in _KEY}
            await connection.execute(insert.on_conflict_do_update(index_elements=_KEY, set_=values), written)
        return late

    def _same(self, before: Sequence[Any] | None, sample: Sample) -> bool:
        try:
            return before is not None and same_counts(sample_in(before), sample)
        except Unreadable:
            return False

    async def _rows(
        self, of: Table, start: datetime, end: datetime, queues: Iterable[QueueId] | None
    ) -> Sequence[Sequence[Any]]:
        within = (of.c.start >= at_ms(start)) & (of.c.start < at_ms(end))
        which = [within] if queues is None else [within & of.c.queue_id.in_(some) for some in portions(queues)]
        rows: list[Sequence[Any]] = []
        async with self._engine.connect() as connection:
            for each in which:
                rows += (await connection.execute(select(of).where(each))).all()
        # Here and not in the database, whose languages disagree about the order of texts.
        return sorted(rows, key=lambda row: (row[0], row[1], row[2]))

    def _readable(self, rows: Iterable[Sequence[Any]], read: Callable[[Sequence[Any]], T]) -> tuple[T, ...]:
        found: list[T] = []
        for row in rows:
            try:
                found.append(read(row))
            except Unreadable as error:
                left_out(error, self._told)
        return tuple(found)


def _quarter(moment: datetime) -> int:
    if moment != quarter_of(moment):
        raise ValueError(f"{moment} is no start of a quarter of an hour")
    return at_ms(moment)


def _by_place(samples: Iterable[Sample], starts: Sequence[int]) -> Mapping[int, Mapping[tuple[str, str], Sample]]:
    fresh: dict[int, dict[tuple[str, str], Sample]] = {start: {} for start in starts}
    for sample in samples:
        start = at_ms(sample.start)
        if start not in fresh:
            raise ValueError(f"a sample of {sample.start} does not belong to the quarters that are replaced")
        key = (str(sample.place.queue), str(sample.place.media))
        if key in fresh[start]:
            raise ValueError(f"two samples of {sample.place} at {sample.start}")
        fresh[start][key] = sample
    return fresh
