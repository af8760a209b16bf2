"""Counts of queues over one span: packed into few requests, cut in parts when the platform finds them too heavy."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from bot.errors import GenesysRefused, GenesysTooMuch, GenesysTooSlow
from bot.genesys.exchange import Call
from bot.genesys.pace import HURRIED
from bot.genesys.plan import halves
from bot.genesys.tallies import WHOLE, Facet
from bot.genesys.together import together
from bot.genesys.wire_aggregates import AGGREGATES_PATH, MOST_QUEUES, MOST_VIEWS, Slice, body, indented, read_cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime, timedelta

    from bot.domain.ids import QueueId
    from bot.domain.queues import Media
    from bot.errors import GenesysError
    from bot.genesys.exchange import Exchange
    from bot.genesys.pace import Priority
    from bot.genesys.tallies import Tally
    from bot.genesys.wire_aggregates import Span
    from bot.genesys.wire_errors import Reply

MOST_SPLITS = 5
"""How often a request is halved: up to 32 parts."""

_TOO_LONG = re.compile(r"interval", re.IGNORECASE)
_RESULT_LIMIT = re.compile(r"larger than result limit|result set is larger", re.IGNORECASE)


class Place(NamedTuple):
    """Where within a queue's counts."""

    media: Media
    slice: Slice
    facet: Facet = WHOLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The counts of one queue over one span."""

    tallies: Mapping[Place, Tally]
    thresholds: frozenset[timedelta]
    """What was counted with: a threshold that is not here is unknown, not zero."""
    as_of: datetime
    bodies: tuple[str, ...]


@dataclass(slots=True)
class Request:
    """The queues and thresholds of one request."""

    queues: list[QueueId] = field(default_factory=list)
    thresholds: set[timedelta] = field(default_factory=set)

    def takes(self, thresholds: frozenset[timedelta]) -> bool:
        return len(self.queues) < MOST_QUEUES and len(self.thresholds | thresholds) <= MOST_VIEWS


def pack(wants: Mapping[QueueId, frozenset[timedelta]]) -> tuple[Request, ...]:
    """Few requests with at most `MOST_QUEUES` queues and `MOST_VIEWS` distinct thresholds each.

    Queues with equal thresholds end up together; a queue with more thresholds than a request takes is in several.
    """
    requests: list[Request] = []
    for thresholds, queue in sorted((tuple(sorted(t)), queue) for queue, t in wants.items()):
        for start in range(0, max(1, len(thresholds)), MOST_VIEWS):
            some = frozenset(thresholds[start : start + MOST_VIEWS])
            request = next((r for r in requests if r.takes(some)), None)
            if request is None:
                request = Request()
                requests.append(request)
            request.queues.append(queue)
            request.thresholds |= some
    return tuple(requests)


class Fetching:
    """Asks for the counts of a span."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    async def fetch(
        self, span: Span, wants: Mapping[QueueId, frozenset[timedelta]], priority: Priority
    ) -> Mapping[QueueId, Held]:
        """Every queue of `wants`, all or none. Raises GenesysError."""
        return _merged(
            await together(
                self._ask(span, tuple(request.queues), tuple(sorted(request.thresholds)), priority)
                for request in pack(wants)
            )
        )

    async def _ask(
        self,
        span: Span,
        queues: tuple[QueueId, ...],
        thresholds: tuple[timedelta, ...],
        priority: Priority,
        splits: int = 0,
    ) -> Mapping[QueueId, Held]:
        wanted = body(span, queues, thresholds)
        splittable = splits < MOST_SPLITS and (len(queues) > 1 or halves(span) is not None)
        call = Call(method="POST", path=AGGREGATES_PATH, json=wanted, splittable=splittable)
        read = partial(_read, span=span, thresholds=thresholds)
        try:
            cells, as_of = await self._exchange.ask(call, read, priority)
        except (GenesysTooSlow, GenesysRefused) as error:
            # Who is in a hurry has waited for the whole of our own timeout already.
            hopeless = error.status is None and priority in HURRIED
            parts = tuple(_parts(span, queues, error)) if splittable and not hopeless else ()
            if not parts and _too_large(error):
                raise _too_much(error) from error
            if not parts:
                raise
        else:
            bodies = (indented(wanted),)
            return {
                queue: Held(
                    tallies=MappingProxyType(cells.get(queue, {})),
                    thresholds=frozenset(thresholds),
                    as_of=as_of,
                    bodies=bodies,
                )
                for queue in queues
            }
        return _merged(
            await together(
                self._ask(part_span, part_queues, thresholds, priority, splits + 1) for part_span, part_queues in parts
            )
        )


def _read(
    reply: Reply, *, span: Span, thresholds: tuple[timedelta, ...]
) -> tuple[dict[QueueId, dict[Place, Tally]], datetime]:
    by_queue: dict[QueueId, dict[Place, Tally]] = {}
    for cell, tally in read_cells(reply, span, thresholds).items():
        by_queue.setdefault(cell.queue, {})[Place(cell.media, cell.slice, cell.facet)] = tally
    return by_queue, reply.received


def _parts(span: Span, queues: tuple[QueueId, ...], error: GenesysError) -> Iterator[tuple[Span, tuple[QueueId, ...]]]:
    """What to ask instead of a request that failed with `error`; nothing when parts would fail as well."""
    too_large = isinstance(error, GenesysTooSlow) or _too_large(error)
    too_long = error.status == 400 and _TOO_LONG.search(error.detail) is not None
    if too_large and len(queues) > 1:
        middle = len(queues) // 2
        yield span, queues[:middle]
        yield span, queues[middle:]
    elif too_large or too_long:
        for half in halves(span) or ():
            yield half, queues


def _too_large(error: GenesysError) -> bool:
    """Whether the answer would have had more rows than the platform gives."""
    return isinstance(error, GenesysRefused) and _RESULT_LIMIT.search(error.detail) is not None


def _too_much(error: GenesysError) -> GenesysTooMuch:
    too_much = GenesysTooMuch(error.detail, correlation_id=error.correlation_id, status=error.status)
    too_much.remedy = "Ask for fewer queues, fewer groupings or a shorter period."
    return too_much


def _joined(one: Held, other: Held) -> Held:
    """The same queue over two stretches of time without a bucket in common, or counted with other thresholds."""
    tallies = dict(one.tallies)
    for place, tally in other.tallies.items():
        known = tallies.get(place, tally)
        tallies[place] = replace(tally, within=MappingProxyType({**known.within, **tally.within}))
    return Held(
        tallies=MappingProxyType(tallies),
        thresholds=one.thresholds | other.thresholds,
        as_of=min(one.as_of, other.as_of),
        bodies=tuple(dict.fromkeys((*one.bodies, *other.bodies))),
    )


def _merged(answers: Iterable[Mapping[QueueId, Held]]) -> Mapping[QueueId, Held]:
    held: dict[QueueId, Held] = {}
    for answer in answers:
        for queue, more in answer.items():
            held[queue] = _joined(held[queue], more) if queue in held else more
    return held
