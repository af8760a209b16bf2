"""Why a digest is late, as far as the process that sends it can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.usecases.digests.due import LATE, ready_at

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.domain.deliveries import Delivery
    from bot.usecases.digests.leases import Job
    from bot.usecases.digests.weather import Weather

MANY = "many messages were due before it"
BROKEN_OFF = "an earlier attempt to send it broke off"
TROUBLE = "something went wrong inside the bot at its time"


class Lateness:
    """Remembers since when this process has looked for what is due, without a break."""

    def __init__(self, weather: Weather, *, now: Callable[[], datetime]) -> None:
        self._weather = weather
        self._now = now
        self._since: datetime | None = None
        self._looked: datetime | None = None
        self._failed: datetime | None = None

    def looks(self) -> None:
        """A look begins."""
        now = self._now()
        if self._since is None or self._looked is None or now - self._looked > LATE:
            self._since = now

    def looked(self) -> None:
        """It ended well, however long what it found took."""
        self._looked = self._now()

    def failed(self) -> None:
        """It did not: what was due then may not have been found."""
        self._since, self._failed = None, self._now()

    def reason(self, entry: Delivery, job: Job) -> str:
        """In words that follow "late: "; empty when the bot did not run. True whether it is late or not."""
        if job.asked and job.entry:
            return job.entry.note  # why it was not sent; the entry itself begins anew
        if known := entry.note or self._weather.trouble_since(entry.due_at):
            return known
        if entry.attempts > 1:
            return BROKEN_OFF
        in_time = ready_at(entry.order, entry.due_at) + LATE
        if self._since is not None and self._since <= in_time:
            return MANY
        return TROUBLE if self._failed is not None and self._failed >= entry.due_at else ""
