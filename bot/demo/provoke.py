"""What somebody who watches the demo can provoke: agents who leave, calls that double, calls that stop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.demo.centre_visits import epoch_ms

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.demo.centre import Centre
    from bot.demo.centre_effects import Kind
    from bot.demo.centre_organisation import QueueId

BILLING = "Billing"
FEWEST_CALLS = 40
"""In the coming hour. With fewer, hardly anything would be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One thing to provoke, in words with a place for the queue's name."""

    key: str
    kind: Kind
    begin: str
    end: str


SCENARIOS = (
    Scenario(key="agents-leave", kind="agents_leave", begin="Half the agents leave {}", end="Agents come back to {}"),
    Scenario(key="calls-double", kind="calls_double", begin="Twice as many calls for {}", end="As many calls as usual"),
    Scenario(key="calls-stop", kind="calls_stop", begin="Calls stop reaching {}", end="Calls reach {} again"),
)


class Provoke:
    """Begins and ends the scenarios, at the time of the clock, for any queue by its name."""

    def __init__(self, centre: Centre, *, now: Callable[[], datetime]) -> None:
        self._centre = centre
        self._now = now
        self._told: list[Callable[[], object]] = []

    def start(self, key: str, *, queue: str = BILLING) -> None:
        """Begin a scenario now; nothing happens if it lasts. KeyError for an unknown scenario or queue."""
        self._centre.provoke(_named(key).kind, self._centre.queue(queue).id, at=self._now())
        self._tell()

    def stop(self, key: str, *, queue: str = BILLING) -> None:
        """End a scenario now; nothing happens if it does not last. KeyError as for `start`."""
        self._centre.relent(_named(key).kind, self._centre.queue(queue).id, at=self._now())
        self._tell()

    def lasts(self, key: str, *, queue: str = BILLING) -> bool:
        """Whether a scenario lasts; False for a queue that is not there."""
        numbers = [n for n, one in enumerate(self._centre.organisation.queues) if one.name == queue]
        kind, at = _named(key).kind, epoch_ms(self._now())
        return any(self._centre.befallen(kind, number, at) for number in numbers)

    def worth_it(self, key: str, *, queue: str = BILLING) -> str:
        """Why starting it now would show nothing, as a sentence; empty if it would show something."""
        now = self._now()
        queue_id: QueueId = self._centre.queue(queue).id
        coming = self._centre.visits(now, now + timedelta(hours=1))
        calls = sum(visit.queue_id == queue_id and visit.direction == "inbound" for visit in coming)
        if _named(key).key == "calls-double":
            calls *= 2
        if calls >= FEWEST_CALLS:
            return ""
        return f"{queue} expects hardly any calls now. Let the clock go to working hours first."

    def possible(self, *, queue: str = BILLING) -> bool:
        """Whether there is such a queue."""
        return any(one.name == queue for one in self._centre.queues)

    def on_change(self, tell: Callable[[], object]) -> None:
        """Call `tell` after every start and stop."""
        self._told.append(tell)

    def _tell(self) -> None:
        for tell in self._told:
            tell()


def _named(key: str) -> Scenario:
    for scenario in SCENARIOS:
        if scenario.key == key:
            return scenario
    raise KeyError(key)
