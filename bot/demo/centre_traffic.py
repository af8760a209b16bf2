"""Believable days: arrivals by hour of week, waits that grow with strain, people who give up."""

from __future__ import annotations

import math
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from bot.demo.centre_organisation import MEDIA, Hours, Media
from bot.demo.centre_table import ABANDONED, ANSWERED, DIRECTIONS, FLOW_OUT, NOBODY, OUTBOUND, Row, VisitTable
from bot.demo.centre_visits import epoch_ms

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from bot.demo.centre_organisation import Flow, Organisation

HOUR = 3_600_000
LONGEST_WAIT = 36 * HOUR
LONGEST_LIFE = 2 * LONGEST_WAIT + 12 * HOUR
"""A day's visits, the ones that its contacts are transferred to included, have emitted everything so long after it."""

_OFFICE = (0, 0, 0, 0, 0, 0, 0, 0, 6, 11, 13, 12, 9, 10, 12, 11, 9, 7, 0, 0, 0, 0, 0, 0)
_LONG = (0, 0, 0, 0, 0, 0, 0, 2, 6, 10, 11, 10, 8, 8, 9, 9, 8, 7, 5, 4, 2, 1, 0, 0)
_ALWAYS = (1, 1, 1, 1, 1, 1, 2, 4, 6, 8, 8, 8, 7, 7, 8, 8, 7, 6, 5, 4, 3, 3, 2, 2)
_BY_HOUR: dict[Hours, tuple[int, ...]] = {"office": _OFFICE, "long": _LONG, "always": _ALWAYS}
_BY_WEEKDAY: dict[Hours, tuple[float, ...]] = {
    "office": (1.2, 1.0, 0.97, 0.98, 0.9, 0.0, 0.0),
    "long": (1.15, 1.0, 0.97, 0.98, 0.95, 0.5, 0.2),
    "always": (1.1, 1.0, 0.98, 1.0, 1.0, 0.8, 0.75),
}
_BUSIEST = {hours: max(shape) for hours, shape in _BY_HOUR.items()}
_INBOUND, _OUTBOUND = DIRECTIONS.index("inbound"), DIRECTIONS.index("outbound")
_EDGES = (20_000, 20_001, 30_000, 30_001)
"""Waits that meet, or just miss, the thresholds people ask about."""
_SHORT_EDGES = (4_999, 5_000, 5_001)


def day_of_traffic(organisation: Organisation, day: date, zone: ZoneInfo, seed: int) -> VisitTable:
    """All visits of conversations that began on the local day; the same for the same seed, in any order of asking."""
    hours = _hours_of(day, zone)
    made = _Day(organisation, day, hours, seed)
    for index, queue in enumerate(organisation.queues):
        for media, flow in queue.flows.items():
            made.fill(index, media, flow)
    made.call_directly()
    prefix = f"{day.toordinal():08x}-{seed & 0xFFFF:04x}-4000-8000-"
    return VisitTable(made.rows, lambda serial: f"{prefix}{serial:012x}")


def _hours_of(day: date, zone: ZoneInfo) -> list[tuple[int, int]]:
    """(epoch ms, local hour) of each hour of the local day: 23 or 25 of them when clocks change."""
    start = epoch_ms(datetime.combine(day, time(), zone))
    end = epoch_ms(datetime.combine(day + timedelta(days=1), time(), zone))
    return [(at, datetime.fromtimestamp(at / 1000, UTC).astimezone(zone).hour) for at in range(start, end, HOUR)]


class _Place(NamedTuple):
    """Where a contact waits, and how hard that place finds it to keep up in this hour."""

    queue: int
    media: Media
    strain: float


class _Day:
    def __init__(self, organisation: Organisation, day: date, hours: Sequence[tuple[int, int]], seed: int) -> None:
        self.rows: list[Row] = []
        self._organisation = organisation
        self._agents = {agent.id: index for index, agent in enumerate(organisation.agents)}
        self._teams = [[self._agents[member] for member in queue.members] for queue in organisation.queues]
        self._day = day
        self._hours = hours
        self._seed = seed
        self._conversations = 0
        self._bad_day = 1.35 if Random(f"{seed}/{day}").random() < 0.1 else 1.0

    def fill(self, queue: int, media: Media, flow: Flow) -> None:
        """Let one queue's contacts on one medium arrive."""
        chance = Random(f"{self._seed}/{self._day}/{queue}/{media}")
        volume = flow.weekday * _BY_WEEKDAY[flow.hours][self._day.weekday()] * chance.uniform(0.88, 1.12)
        if not volume:
            return
        shape = _BY_HOUR[flow.hours]
        whole, peak = sum(shape), _BUSIEST[flow.hours]
        for start, hour in self._hours:
            if not shape[hour]:
                continue
            strain = flow.strain * self._bad_day * (0.75 + 0.35 * shape[hour] / peak)
            if chance.random() < 0.04:
                strain *= 1.7
            for _ in range(_arrivals(chance, volume * shape[hour] / whole)):
                self._arrive(chance, _Place(queue, media, strain), start + int(chance.random() * HOUR))

    def call_directly(self) -> None:
        """A few calls agents make without any queue: real organisations have them and reports must not count them."""
        chance = Random(f"{self._seed}/{self._day}/direct")
        if not self._organisation.agents:
            return
        for start, hour in self._hours:
            if 9 <= hour < 17 and self._day.weekday() < 5:
                for _ in range(4):
                    begun = start + int(chance.random() * HOUR)
                    self._call_out(chance, NOBODY, chance.randrange(len(self._organisation.agents)), begun)

    def _next(self) -> int:
        self._conversations += 1
        return self._conversations

    def _arrive(self, chance: Random, place: _Place, offered: int) -> None:
        team = self._teams[place.queue]
        if team and place.media == "voice" and chance.random() < 0.02:
            self._call_out(chance, place.queue, chance.choice(team), offered)
            return
        conversation = self._next()
        passed_on = self._visit(chance, place, offered, conversation, may_transfer=True)
        if passed_on is not None:
            next_door = place._replace(queue=self._next_door(place))
            self._visit(chance, next_door, passed_on, conversation, may_transfer=False)

    def _next_door(self, place: _Place) -> int:
        """Where transfers of a queue go: the nearest following queue that takes the medium."""
        queues = self._organisation.queues
        for step in range(1, len(queues)):
            other = (place.queue + step) % len(queues)
            if place.media in queues[other].flows:
                return other
        return place.queue

    def _visit(
        self, chance: Random, place: _Place, offered: int, conversation: int, *, may_transfer: bool
    ) -> int | None:
        """One stay; the instant the contact was passed on, or None."""
        queue, media = place.queue, place.media
        outcome, wait = _wait(chance, media, place.strain, self._threshold(queue, media))
        row = Row(
            queue=queue,
            media=MEDIA.index(media),
            direction=_INBOUND,
            offered=offered,
            wait=wait,
            outcome=outcome,
            conversation=conversation,
        )
        if outcome != ANSWERED:
            self.rows.append(row)
            return None
        team = self._teams[queue]
        agent = chance.choice(team) if team else NOBODY
        alert = min(wait, 1500 + int(chance.random() * 4500))
        missed = 15_000 if wait > 40_000 and media == "voice" and chance.random() < 0.06 else 0
        talk, hold, acw = handling(chance, media)
        transfer = chance.choice((1, 1, 2)) if may_transfer and chance.random() < 0.045 else 0
        self.rows.append(
            row._replace(
                agent=agent,
                alert=alert,
                missed=missed,
                talk=talk,
                hold=hold,
                acw=acw,
                wrap_up=self._wrap_up(chance),
                transfer=transfer,
            )
        )
        return offered + wait + talk + hold if transfer else None

    def _call_out(self, chance: Random, queue: int, agent: int, begun: int) -> None:
        talk, hold, acw = handling(chance, "voice")
        self.rows.append(
            Row(
                queue=queue,
                media=MEDIA.index("voice"),
                direction=_OUTBOUND,
                offered=begun,
                wait=3_000 + int(chance.random() * 15_000),
                outcome=OUTBOUND,
                conversation=self._next(),
                agent=agent,
                talk=talk,
                hold=hold,
                acw=acw,
                wrap_up=self._wrap_up(chance),
            )
        )

    def _wrap_up(self, chance: Random) -> int:
        """Skewed towards the first codes, as real ones are."""
        codes = len(self._organisation.wrap_up_codes)
        return int(chance.random() ** 2 * codes) if codes else NOBODY

    def _threshold(self, queue: int, media: Media) -> int:
        target = self._organisation.queues[queue].targets.get(media)
        return 20_000 if target is None else int(target.within.total_seconds() * 1000)


def _arrivals(chance: Random, mean: float) -> int:
    if mean > 12:
        return max(0, round(chance.gauss(mean, math.sqrt(mean))))
    floor, count, product = math.exp(-mean), 0, chance.random()
    while product > floor:
        count += 1
        product *= chance.random()
    return count


def _wait(chance: Random, media: Media, strain: float, threshold: int) -> tuple[int, int]:
    """How a stay ends and after how many ms; scaled to the medium, with the odd wait exactly on an edge."""
    if chance.random() < 0.012:
        return ANSWERED, min(chance.choice((*_EDGES, threshold, threshold + 1)), LONGEST_WAIT)
    if media == "email":
        return ANSWERED, min(int(chance.lognormvariate(math.log(4 * HOUR * strain), 1.1)), LONGEST_WAIT)
    pace = {"voice": 1.0, "chat": 1.5, "message": 3.0, "callback": 30.0}[media]
    wait = (1_200 + chance.random() * 6_500) * pace
    if chance.random() < min(0.95, 0.3 * strain**1.7):
        wait += chance.expovariate(1 / (30_000 * strain**2 * pace))
    limit = 200_000 * pace
    if media in ("voice", "chat"):
        patience = chance.uniform(900, 8_000) if chance.random() < 0.012 else chance.expovariate(1 / (200_000 * pace))
        if patience < min(wait, limit):
            return ABANDONED, chance.choice(_SHORT_EDGES) if chance.random() < 0.03 else max(300, int(patience))
    if wait > limit:
        return FLOW_OUT, int(limit)
    return ANSWERED, int(wait)


def handling(chance: Random, media: Media) -> tuple[int, int, int]:
    """Talk, hold and after-call work in ms."""
    centre = 12.75 if media in ("chat", "message") else 12.2
    talk = min(int(chance.lognormvariate(centre, 0.6)), 3 * HOUR)
    hold = min(1_000 + int(chance.expovariate(1 / 45_000)), HOUR) if media == "voice" and chance.random() < 0.18 else 0
    acw = min(1_000 + int(chance.expovariate(1 / 32_000)), 300_000) if chance.random() < 0.92 else 0
    return talk, hold, acw
