"""Orders as the JSON text they are kept as.

Written in full, so that a default that changes changes no order that exists. Read strictly: what a later release
added may change what is meant, and a digest that is not sent is better than one with other figures. Keys that an
earlier release did not know have defaults. `v` counts what no default can repair.
"""

from __future__ import annotations

from datetime import time, timedelta
from functools import lru_cache
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from bot.domain.dimensions import Dimension
from bot.domain.questions import USUAL_GROUPS, Formula, QueueWord
from bot.domain.queues import Media
from bot.domain.schedule import Days, Rhythm, Schedule
from bot.domain.subscriptions import Order, Table, Topic

_MILLISECOND = timedelta(milliseconds=1)
_KEPT_IN_MEMORY = 8_192
"""Orders that need not be read again at the next tick; each takes about 2 KB."""


class Word(msgspec.Struct, forbid_unknown_fields=True):
    text: str
    quoted: bool = False


class _Table(msgspec.Struct, forbid_unknown_fields=True):
    by: tuple[Dimension, ...] = USUAL_GROUPS
    metrics: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    compared: bool = False


class _Topic(msgspec.Struct, forbid_unknown_fields=True):
    period: str
    queues: tuple[Word, ...] = ()
    threshold_ms: int | None = None
    formula: Formula = Formula.GENESYS
    table: _Table | None = None


class _Schedule(msgspec.Struct, forbid_unknown_fields=True):
    rhythm: Rhythm
    at: str
    """`07:45`."""
    zone: str
    weekdays: tuple[Annotated[int, msgspec.Meta(ge=0, le=6)], ...] = ()
    day: Annotated[int, msgspec.Meta(ge=1, le=31)] | None = None


class _Order(msgspec.Struct, forbid_unknown_fields=True):
    topic: _Topic
    schedule: _Schedule
    csv: bool = False
    skip_empty: bool = False
    v: Literal[1] = 1


_decoder = msgspec.json.Decoder(_Order)


def write_order(order: Order) -> str:
    """The same text for equal orders."""
    topic, days = order.topic, order.schedule.days
    kept = _Order(
        topic=_Topic(
            period=topic.period,
            queues=words_kept(topic.queues),
            threshold_ms=threshold_kept(topic.threshold),
            formula=topic.formula,
            table=_table_kept(topic.table),
        ),
        schedule=_Schedule(
            rhythm=days.rhythm,
            at=order.schedule.at.isoformat("minutes"),
            zone=order.schedule.zone.key,
            weekdays=tuple(sorted(days.weekdays)),
            day=days.day,
        ),
        csv=order.csv,
        skip_empty=order.skip_empty,
    )
    return msgspec.json.encode(kept).decode()


@lru_cache(_KEPT_IN_MEMORY)
def read_order(text: str) -> Order:
    """Raises ValueError, saying what is wrong with the text."""
    kept = _decoder.decode(text)
    topic, schedule = kept.topic, kept.schedule
    return Order(
        topic=Topic(
            queues=words_read(topic.queues),
            period=topic.period,
            threshold=threshold_read(topic.threshold_ms),
            formula=topic.formula,
            table=_table_read(topic.table),
        ),
        schedule=Schedule(
            days=Days(rhythm=schedule.rhythm, weekdays=frozenset(schedule.weekdays), day=schedule.day),
            at=time.fromisoformat(schedule.at),
            zone=zone_read(schedule.zone),
        ),
        csv=kept.csv,
        skip_empty=kept.skip_empty,
    )


def _table_kept(table: Table | None) -> _Table | None:
    if table is None:
        return None
    return _Table(by=table.by, metrics=table.metrics, media=table.media, compared=table.compared)


def _table_read(table: _Table | None) -> Table | None:
    if table is None:
        return None
    return Table(by=table.by, metrics=table.metrics, media=table.media, compared=table.compared)


def words_kept(words: tuple[QueueWord, ...]) -> tuple[Word, ...]:
    return tuple(Word(text=word.text, quoted=word.quoted) for word in words)


def words_read(words: tuple[Word, ...]) -> tuple[QueueWord, ...]:
    return tuple(QueueWord(text=word.text, quoted=word.quoted) for word in words)


def threshold_kept(threshold: timedelta | None) -> int | None:
    """Whole milliseconds."""
    return None if threshold is None else threshold // _MILLISECOND


def threshold_read(milliseconds: int | None) -> timedelta | None:
    return None if milliseconds is None else milliseconds * _MILLISECOND


def zone_read(key: str) -> ZoneInfo:
    """Raises ValueError when this machine knows no such zone."""
    try:
        return ZoneInfo(key)
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError(f"the zone {key} is unknown") from error
