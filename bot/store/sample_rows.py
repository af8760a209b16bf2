"""Quarter hours and glimpses as rows: whole numbers, and moments as milliseconds since 1970."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import msgspec

from bot.domain.alerts.samples import Glimpse, Place, Sample
from bot.domain.amounts import Spells, Times
from bot.domain.ids import QueueId
from bot.domain.queues import Media
from bot.store.alert_tables import SPELLS
from bot.store.reading import Unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MILLISECOND = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIMES_FROM = 11
"""The column at which spells begin."""
_NO_SPELLS = Spells()
_KEPT_IN_MEMORY = 65_536

_by_threshold = msgspec.json.Decoder(dict[int, int])
_list = msgspec.json.Decoder(list[int])


def at_ms(moment: datetime) -> int:
    return (moment - _EPOCH) // _MILLISECOND


@lru_cache(_KEPT_IN_MEMORY)
def moment_at(milliseconds: int) -> datetime:
    return _EPOCH + milliseconds * _MILLISECOND


def write_thresholds(thresholds: frozenset[timedelta]) -> str:
    return msgspec.json.encode(sorted(each // _MILLISECOND for each in thresholds)).decode()


def read_thresholds(text: str) -> frozenset[timedelta]:
    """Raises ValueError."""
    return frozenset(each * _MILLISECOND for each in _list.decode(text))


def sample_row(sample: Sample) -> tuple[Any, ...]:
    """In the order of the table's columns."""
    return (
        at_ms(sample.start),
        str(sample.place.queue),
        str(sample.place.media),
        sample.offered,
        sample.answered,
        sample.abandoned,
        sample.short_abandoned,
        sample.flow_out,
        sample.over_target,
        sample.times.transferred,
        _within_kept(sample.within),
        *_spells_kept(sample.times),
    )


def sample_in(row: Sequence[Any]) -> Sample:
    """Raises Unreadable."""
    try:
        return Sample(
            place=Place(QueueId(row[1]), Media(row[2])),
            start=moment_at(row[0]),
            offered=row[3],
            answered=row[4],
            abandoned=row[5],
            short_abandoned=row[6],
            flow_out=row[7],
            over_target=row[8],
            within=_within_read(row[10]),
            times=_times_in(row),
        )
    except (ValueError, OverflowError) as error:
        raise Unreadable("sample", f"{row[1]} {row[2]} {row[0]}", error) from error


def same_counts(before: Sample, after: Sample) -> bool:
    """Thresholds that only one of them was asked for left aside."""
    if before.within.keys() == after.within.keys():
        return before == after
    both = before.within.keys() & after.within.keys()
    if any(before.within[each] != after.within[each] for each in both):
        return False
    return sample_row(before)[:10] == sample_row(after)[:10] and before.times == after.times


def glimpse_row(glimpse: Glimpse) -> dict[str, Any]:
    return {
        "start": at_ms(glimpse.start),
        "queue_id": glimpse.place.queue,
        "media": glimpse.place.media,
        "waiting": glimpse.waiting,
        "oldest_wait_ms": None if glimpse.oldest_wait is None else glimpse.oldest_wait // _MILLISECOND,
        "on_queue": glimpse.on_queue,
        "available": glimpse.available,
    }


def glimpse_in(row: Sequence[Any]) -> Glimpse:
    """Raises Unreadable."""
    start, queue, media, waiting, oldest, on_queue, available = row
    try:
        return Glimpse(
            place=Place(QueueId(queue), Media(media)),
            start=moment_at(start),
            waiting=waiting,
            oldest_wait=None if oldest is None else oldest * _MILLISECOND,
            on_queue=on_queue,
            available=available,
        )
    except (ValueError, OverflowError) as error:
        raise Unreadable("glimpse", f"{queue} {media} {start}", error) from error


def _within_kept(within: Mapping[timedelta, int]) -> str:
    return msgspec.json.encode({each // _MILLISECOND: within[each] for each in sorted(within)}).decode()


@lru_cache(_KEPT_IN_MEMORY)
def _within_read(text: str) -> Mapping[timedelta, int]:
    return MappingProxyType({key * _MILLISECOND: value for key, value in _by_threshold.decode(text).items()})


def _spells_kept(times: Times) -> list[int]:
    kept: list[int] = []
    for name in SPELLS:
        spells: Spells = getattr(times, name)
        kept += (spells.count, spells.total // _MILLISECOND, spells.longest // _MILLISECOND)
    return kept


def _times_in(row: Sequence[Any]) -> Times:
    spells = [_spells(*row[start : start + 3]) for start in range(_TIMES_FROM, _TIMES_FROM + 21, 3)]
    queued, answered, abandoned, handled, talked, held, wrapped_up = spells
    return Times(
        queued=queued,
        answered=answered,
        abandoned=abandoned,
        handled=handled,
        talked=talked,
        held=held,
        wrapped_up=wrapped_up,
        transferred=row[9],
    )


def _spells(count: int, total: int, longest: int) -> Spells:
    if not (count or total or longest):
        return _NO_SPELLS
    return Spells(count, total * _MILLISECOND, longest * _MILLISECOND)
