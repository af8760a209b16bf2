"""Whether Genesys can be seen. Silence is never good news: what cannot be seen is said, once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.errors import GenesysBadCredentials, GenesysForbidden

if TYPE_CHECKING:
    from datetime import datetime

    from bot.errors import GenesysError

PATIENCE = timedelta(minutes=3)
"""A failure that is over before is not worth a word."""
FOR_CERTAIN = timedelta(minutes=1)
"""The same where waiting does not help: refused credentials, a missing permission."""


class Eyes:
    """What the looks of this process have come to; who takes over knows from the database since when."""

    def __init__(self) -> None:
        self._since: datetime | None = None
        self._reason = ""
        self._patience = PATIENCE
        self._failed = False
        self._before: datetime | None = None
        """Since when something failed in the round of looks before: each round asks more than one thing."""

    def opened(self) -> None:
        """A new round of looks."""
        self._failed = False
        self._before = self._since

    def saw(self, now: datetime) -> None:  # noqa: ARG002  reads as `failed` does
        """Genesys answered."""
        if not self._failed:
            self._since, self._reason = None, ""

    def failed(self, error: GenesysError, now: datetime) -> None:
        """Genesys did not answer a look."""
        self._failed = True
        self._since = self._since or self._before or now
        self._reason = str(error.summary)
        certain = isinstance(error, (GenesysBadCredentials, GenesysForbidden))
        self._patience = FOR_CERTAIN if certain else PATIENCE

    def stale(self, since: datetime, now: datetime) -> None:  # noqa: ARG002  reads as `failed` does
        """It answers, but with nothing newer than `since`."""
        self._failed = True
        self._since = self._since or since
        self._reason = "Genesys Cloud answers, but has counted nothing since then although contacts are being handled."
        self._patience = PATIENCE

    def recall(self, since: datetime | None, reason: str) -> None:
        """What the process before knew."""
        if since is not None and self._since is not None and since < self._since:
            self._since = since
        elif since is not None and self._failed:
            self._since, self._reason = since, self._reason or reason

    def blind(self, now: datetime) -> tuple[datetime, str] | None:
        """Since when and why, once it has lasted long enough to be told."""
        if self._since is None or now - self._since < self._patience:
            return None
        return self._since, self._reason
