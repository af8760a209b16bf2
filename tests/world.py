"""Traffic of a contact centre that never was: real queueing with impatient callers, and incidents put into it.

Every queue day is simulated call by call (first come, first served, exponential patience); a day with an incident
is simulated a second time without it, with the same chance, so that an incident's harm is known exactly.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from math import ceil, exp, log, sqrt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tests.queueing import QUARTER, TARGET, Slot, lived

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.domain.alerts.quarters import Quarter

ZONE = ZoneInfo("Europe/London")
KINDS = ("outage", "spike", "drop", "degradation", "understaffing", "handle-time")


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    queue: str
    kind: str
    start: datetime
    end: datetime
    size: float
    """Of arrivals or handle time the factor, of staff the share that is gone."""
    missed: int = 0
    """Contacts missed that would not have been."""
    absent: int = 0
    """Contacts that would have come and did not."""

    @property
    def material(self) -> bool:
        return self.missed >= 10 or self.absent >= 20


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    rows: dict[str, list[Quarter]]
    incidents: tuple[Incident, ...]
    holidays: frozenset[date]
    judged_from: datetime
    until: datetime

    def lines(self) -> Iterator[str]:
        """As a back-test reads them, by time."""
        found = [(row.start, name, row) for name, rows in self.rows.items() for row in rows]
        for start, name, row in sorted(found):
            yield json.dumps(
                {
                    "queue": name,
                    "start": f"{start:%Y-%m-%dT%H:%M:%SZ}",
                    "minutes": 15,
                    "offered": row.offered,
                    "answered": row.answered,
                    "abandoned": row.abandoned,
                    "short_abandoned": row.short_abandoned,
                    f"answered_within_{TARGET}": row.n - (row.missed or 0),
                    "waiting_at_end": row.waiting,
                    "oldest_wait_at_end_s": round(row.oldest_wait.total_seconds()) if row.oldest_wait else 0,
                }
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Queue:
    name: str
    peak: float
    """Contacts an hour."""
    opens: int
    closes: int
    """Quarter hours of the local day."""
    days: frozenset[int]
    handle: float
    patience: float
    slack: float
    """Agents above the load, in roots of it."""
    bias: float
    """Of the forecast that staff is planned by."""
    trend: float
    """Of contacts, a week."""
    shape: tuple[float, ...]
    """Of each weekday."""
    rota: dict[tuple[int, int], float]
    """How well each hour of the week is staffed, always."""


def build(seed: int, *, queues: int = 40, weeks: int = 16, warm: int = 9, rate: float = 0.5) -> World:
    """A world whose last `weeks - warm` weeks are to be judged; `rate` incidents a queue-week, before and in them.

    Weeks begin on 4 August 2025, so that a clock change is in the thirteenth; two holidays are after the warm ones.
    """
    chance = random.Random(seed)
    first = date(2025, 8, 4)
    length = (weeks - warm) * 7
    holidays = frozenset(
        first + timedelta(days=7 * warm + day) for day in (length // 3 // 7 * 7 + 2, length * 2 // 3 // 7 * 7)
    )
    rows: dict[str, list[Quarter]] = {}
    incidents: list[Incident] = []
    for number in range(queues):
        queue = _queue(chance, f"queue {number:02}", number, queues)
        found, happened = _history(queue, first, weeks, holidays, rate, random.Random(seed * 1000 + number))
        rows[queue.name] = found
        incidents += happened
    start = datetime.combine(first + timedelta(weeks=warm), time(), ZONE).astimezone(UTC)
    end = datetime.combine(first + timedelta(weeks=weeks), time(), ZONE).astimezone(UTC)
    return World(rows=rows, incidents=tuple(incidents), holidays=holidays, judged_from=start, until=end)


def _queue(chance: random.Random, name: str, number: int, queues: int) -> _Queue:
    peak = exp(log(2) + (log(350) - log(2)) * (number + chance.random()) / queues)
    always = number % 10 == 9
    opens, closes = (0, 96) if always else (chance.choice((28, 32, 36)), chance.choice((68, 72, 80)))
    days = frozenset(range(7)) if always else frozenset(range(6 if chance.random() < 0.3 else 5))
    return _Queue(
        name=name,
        peak=peak,
        opens=opens,
        closes=closes,
        days=days,
        handle=chance.uniform(180, 420),
        patience=chance.uniform(90, 300),
        slack=chance.uniform(0.7, 1.8),
        bias=chance.gauss(1.0, 0.03),
        trend=chance.gauss(0.0, 0.005),
        shape=tuple(chance.uniform(0.85, 1.2) if day < 5 else chance.uniform(0.3, 0.6) for day in range(7)),
        rota={(day, hour): chance.gauss(1.0, 0.03) for day in range(7) for hour in range(24)},
    )


def _profile(queue: _Queue, quarter: int) -> float:
    """Two humps, late morning and afternoon, and quiet nights."""
    hour = quarter / 4
    return 0.06 + exp(-(((hour - 10.75) / 2.0) ** 2)) * 0.94 + 0.7 * exp(-(((hour - 15.25) / 2.2) ** 2))


def _history(
    queue: _Queue, first: date, weeks: int, holidays: frozenset[date], rate: float, chance: random.Random
) -> tuple[list[Quarter], list[Incident]]:
    planned = _incidents(queue, first, weeks, rate, chance)
    rows: list[Quarter] = []
    harm = {incident: [0, 0] for incident in planned}
    for number in range(weeks * 7):
        day = first + timedelta(days=number)
        if day.weekday() not in queue.days:
            continue
        slots, moments = _plan(queue, day, number / 7, day in holidays, chance)
        seed = chance.random()
        here = [
            incident
            for incident in planned
            if incident.start < moments[-1] + timedelta(0, QUARTER) and incident.end > moments[0]
        ]
        happening = [_with(slot, moment, here) for slot, moment in zip(slots, moments, strict=True)]
        found = lived(happening, moments, usual_handle=queue.handle, mean_patience=queue.patience, seed=seed)
        rows += found
        if here:
            plain = lived(slots, moments, usual_handle=queue.handle, mean_patience=queue.patience, seed=seed)
            for incident in here:
                for was, would in zip(found, plain, strict=True):
                    if incident.start <= was.start < incident.end + timedelta(hours=1):
                        harm[incident][0] += (was.missed or 0) - (would.missed or 0)
                        harm[incident][1] += would.offered - was.offered
    known = [replace(incident, missed=harm[incident][0], absent=harm[incident][1]) for incident in planned]
    return rows, known


def _incidents(queue: _Queue, first: date, weeks: int, rate: float, chance: random.Random) -> list[Incident]:
    """At most one begins in a week, and half a day or more after the one before is over."""
    found: list[Incident] = []
    for week in range(weeks):
        if chance.random() >= rate:
            continue
        day = first + timedelta(days=7 * week + chance.choice(sorted(queue.days)[:5]))
        kind = chance.choice(KINDS)
        open_for = queue.closes - queue.opens
        quarter = queue.opens + int(open_for * (0.15 + 0.55 * chance.random()))
        start = datetime.combine(day, time(quarter // 4, quarter % 4 * 15), ZONE).astimezone(UTC)
        start += timedelta(seconds=chance.randrange(QUARTER))
        match kind:
            case "outage":
                hours, size = chance.uniform(0.5, 2), 1.0
            case "spike":
                hours, size = chance.uniform(1, 3), chance.uniform(1.8, 3.5)
            case "drop":
                hours, size = chance.uniform(1.5, 4), chance.uniform(0, 0.3)
            case "understaffing":
                hours, size = chance.uniform(2, 6), chance.uniform(0.25, 0.6)
            case "handle-time":
                hours, size = chance.uniform(2, 8), chance.uniform(1.25, 1.8)
            case _:
                hours, size = 72, chance.uniform(0.3, 0.6)
        end = start + timedelta(hours=hours)
        if found and start < found[-1].end + timedelta(hours=12):
            continue
        found.append(Incident(queue=queue.name, kind=kind, start=start, end=end, size=size))
    return found


def _plan(
    queue: _Queue, day: date, week: float, holiday: bool, chance: random.Random
) -> tuple[list[Slot], list[datetime]]:
    surprise = chance.lognormvariate(0, 0.07) * (1 + queue.trend) ** week
    absent = max(0.0, chance.gauss(0.02, 0.025))
    drift = 0.0
    slots, moments = [], []
    start = datetime.combine(day, time(queue.opens // 4, queue.opens % 4 * 15), ZONE).astimezone(UTC)
    if queue.opens == 0:
        end = datetime.combine(day + timedelta(days=1), time(), ZONE).astimezone(UTC)
        count = int((end - start).total_seconds()) // QUARTER
    else:
        count = queue.closes - queue.opens
    for number in range(count):
        moment = start + timedelta(seconds=QUARTER * number)
        local = moment.astimezone(ZONE)
        quarter = local.hour * 4 + local.minute // 15
        usual = queue.peak * _profile(queue, quarter) * queue.shape[day.weekday()]
        drift = 0.85 * drift + chance.gauss(0, 0.03)
        rate = usual * surprise * exp(drift) * (0.25 if holiday else 1.0)
        load = usual * (1 + queue.trend) ** (week - 2) * queue.bias * queue.handle / 3600
        load *= queue.rota[day.weekday(), local.hour] * (0.25 if holiday else 1.0)
        agents = (load + queue.slack * sqrt(load)) * (1 - absent)
        slots.append(Slot(rate=rate, agents=max(1, ceil(agents - 0.5))))
        moments.append(moment)
    return slots, moments


def _with(slot: Slot, moment: datetime, incidents: list[Incident]) -> Slot:
    """`slot` as it is with what happens in more than half of it."""
    middle = moment + timedelta(seconds=QUARTER / 2)
    for incident in incidents:
        if not incident.start <= middle < incident.end:
            continue
        match incident.kind:
            case "outage":
                return Slot(rate=slot.rate, agents=slot.agents, blocked=True)
            case "spike" | "drop":
                return Slot(rate=slot.rate * incident.size, agents=slot.agents)
            case "handle-time":
                return Slot(rate=slot.rate, agents=slot.agents, handle=incident.size)
            case "understaffing":
                return Slot(rate=slot.rate, agents=max(1, round(slot.agents * (1 - incident.size))))
            case _:
                gone = incident.size * (middle - incident.start) / (incident.end - incident.start)
                return Slot(rate=slot.rate, agents=max(1, round(slot.agents * (1 - gone))))
    return slot
