"""How well a rule does in a world whose incidents are known."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING

from bot.domain.alerts.replay import Named, Row, replay
from tests.world import ZONE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from bot.domain.alerts.replay import Begun, Judge
    from tests.world import Incident, World

AFTER = timedelta(hours=1)
"""How long after its end an alert still belongs to an incident: contacts that waited in it are counted later."""
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Of the weeks that are judged."""

    queue_weeks: float
    alerts: int
    false: int
    """Outside every incident."""
    unjustified: int
    """False ones before which service was not bad: 40 % and ten contacts missed of at least twenty in the hour."""
    on_holidays: int
    material: tuple[Incident, ...]
    found: dict[Incident, timedelta]
    """Material incidents, and how long they took to be told."""

    @property
    def recall(self) -> float:
        return len(self.found) / len(self.material)

    @property
    def delay(self) -> float:
        """Median, minutes."""
        return median(delay / timedelta(minutes=1) for delay in self.found.values())

    @property
    def false_rate(self) -> float:
        """For each queue-week, as the next."""
        return self.false / self.queue_weeks

    @property
    def unjustified_rate(self) -> float:
        return self.unjustified / self.queue_weeks

    def __str__(self) -> str:
        return (
            f"recall {self.recall:.2f} of {len(self.material)}, false {self.false_rate:.2f} and unjustified "
            f"{self.unjustified_rate:.2f} a queue-week, delay {self.delay:.0f} min"
        )


def score(worlds: Iterable[World], judge: Callable[[World], Callable[[], Judge]]) -> Score:
    """The totals of several worlds; `judge` makes the rule for each."""
    alerts = false = unjustified = on_holidays = 0
    weeks = 0.0
    material: list[Incident] = []
    found: dict[Incident, timedelta] = {}
    for world in worlds:
        weeks += len(world.rows) * ((world.until - world.judged_from) / timedelta(weeks=1))
        happened = defaultdict(list)
        for incident in world.incidents:
            happened[incident.queue].append(incident)
            if incident.material and _judged(world, incident.start):
                material.append(incident)
        for begun in replay(_rows(world), judge(world)).begun:
            if not world.judged_from <= begun.at < world.until:
                continue
            alerts += 1
            on_holidays += (begun.at - timedelta(minutes=1)).astimezone(ZONE).date() in world.holidays
            inside = [one for one in happened[str(begun.place.queue)] if one.start < begun.at <= one.end + AFTER]
            for incident in inside:
                found.setdefault(incident, begun.at - incident.start)
            false += not inside
            unjustified += not inside and not _bad(world, begun)
    return Score(
        queue_weeks=weeks,
        alerts=alerts,
        false=false,
        unjustified=unjustified,
        on_holidays=on_holidays,
        material=tuple(material),
        found={incident: found[incident] for incident in material if incident in found},
    )


def _rows(world: World) -> Iterator[Row]:
    for name, rows in world.rows.items():
        place = Named(name, "")
        for row in rows:
            yield Row(place, row)


def _judged(world: World, start: datetime) -> bool:
    return world.judged_from <= start < world.until and start.astimezone(ZONE).date() not in world.holidays


def _bad(world: World, begun: Begun) -> bool:
    rows = [row for row in world.rows[str(begun.place.queue)] if begun.at - _HOUR < row.end <= begun.at]
    contacts, missed = sum(row.n for row in rows), sum(row.missed or 0 for row in rows)
    return contacts >= 20 and missed >= 10 and 10 * missed >= 4 * contacts
