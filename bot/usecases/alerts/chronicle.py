"""What is open and what changes in it within a round, until all of it is written at once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.domain.alerts.states import Bulletin, BulletinId, Incident, IncidentId, Line


@dataclass(slots=True, kw_only=True)
class Story:
    """What is open, and what changes in it; the changes are written as one."""

    bulletins: dict[BulletinId, Bulletin]
    """Open ones, and those that change."""
    incidents: dict[IncidentId, Incident]
    """Open ones, those of the same messages, and those that change."""
    changed: set[BulletinId] = field(default_factory=set)
    touched: set[IncidentId] = field(default_factory=set)
    lines: list[Line] = field(default_factory=list)
    unacknowledged: set[IncidentId] = field(default_factory=set)
    """Whose acknowledgement is over."""
    woken: set[IncidentId] = field(default_factory=set)
    """Whose snooze is over."""
    _told: dict[BulletinId, dict[IncidentId, None]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for incident in self.incidents.values():
            self._told.setdefault(incident.bulletin, {})[incident.id] = None

    def of(self, bulletin: BulletinId) -> list[Incident]:
        """The incidents that a message tells of."""
        return [self.incidents[key] for key in self._told.get(bulletin, ())]

    def put(self, incident: Incident) -> None:
        known = self.incidents.get(incident.id)
        if known is not None and known.bulletin != incident.bulletin:
            del self._told[known.bulletin][known.id]
        self.incidents[incident.id] = incident
        self._told.setdefault(incident.bulletin, {})[incident.id] = None
        self.touched.add(incident.id)

    def show(self, bulletin: Bulletin) -> None:
        """Its message says something else from now on."""
        if bulletin.id not in self.changed:
            bulletin = replace(bulletin, revision=bulletin.revision + 1)
            self.changed.add(bulletin.id)
        self.bulletins[bulletin.id] = bulletin

    def say(self, line: Line) -> None:
        self.lines.append(line)
