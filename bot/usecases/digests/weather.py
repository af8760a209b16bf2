"""Whether the workspace takes messages at all, and how long to leave it alone when it does not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot.slack.outcomes import Trouble, reason_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

log = structlog.get_logger()

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(minutes=10)
MIGRATION_PAUSE = timedelta(minutes=30)
SILENCE_PAUSE = timedelta(seconds=30)
_MANY = 5
"""Messages in a row without any answer: no chance, but an outage."""


class Weather:
    """Of the workspace, as this process has met it. Digests wait while it is closed, and none is lost by that."""

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        self._now = now
        self._closed_until: datetime | None = None
        self._pause = FIRST_PAUSE
        self._silent = 0
        self._trouble_until: datetime | None = None
        self._reason = ""
        """What it is now; empty while all is well."""
        self._past_reason = ""

    @property
    def closed(self) -> bool:
        return self._closed_until is not None and self._now() < self._closed_until

    def reopens_at(self) -> datetime:
        return max(self._closed_until or self._now(), self._now())

    def refused(self, trouble: Trouble, error: str) -> None:
        """The workspace as a whole refuses. Operators see it in the log, once until it works again."""
        if self.closed:
            return
        if not self._reason:
            log.error(
                "Slack refuses the bot: digests wait until it is reinstalled or its token is renewed", error=error
            )
        self._reason = reason_of(error)
        self._close(MIGRATION_PAUSE if trouble is Trouble.MIGRATING else self._pause)
        self._pause = min(self._pause * 2, LONGEST_PAUSE)

    def unanswered(self) -> None:
        """A message went off and nothing came back."""
        self._silent += 1
        if self._silent >= _MANY and not self.closed:
            log.error("Slack does not answer: digests wait", messages=self._silent)
            self._reason = reason_of("")
            self._close(SILENCE_PAUSE)

    def answered(self) -> None:
        """A message was taken."""
        if self._reason:
            log.warning("Slack takes messages again")
            self._trouble_until = self._now()
        self._past_reason, self._reason = self._reason or self._past_reason, ""
        self._silent = 0
        self._pause = FIRST_PAUSE
        self._closed_until = None

    def trouble_since(self, moment: datetime) -> str:
        """Why something that was due at `moment` was not sent, as far as it was the workspace; else empty."""
        if self._reason:
            return self._reason
        return self._past_reason if self._trouble_until is not None and self._trouble_until > moment else ""

    def _close(self, pause: timedelta) -> None:
        self._closed_until = self._now() + pause
