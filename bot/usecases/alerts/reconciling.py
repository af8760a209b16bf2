"""Is a message that may have been posted there? Asked before it is sent again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot.slack.history import ALERT_EVENT, Seen, Sight, look_for_message
from bot.usecases.alerts.ledger import key_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.domain.alerts.states import Bulletin, Line
    from bot.slack.outward import Identity, Slack
    from bot.usecases.alerts.telling import Place

log = structlog.get_logger()

LOOKS = (0.0, 2.0, 6.0)
"""Seconds before each look for a message: a request may be on its way still when its sender is gone."""
ARRIVED = timedelta(minutes=1)
"""After which one look is enough."""
BLIND_AFTER = timedelta(minutes=5)
"""An alert is sent again when Slack could not be asked for so long."""


class Reconciling:
    """Looks for messages by their metadata."""

    def __init__(
        self,
        slack: Slack,
        identity: Identity,
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[object]],
    ) -> None:
        self._slack = slack
        self._identity = identity
        self._now = now
        self._sleep = sleep

    async def look(self, entry: Bulletin | Line, place: Place) -> Seen:
        """`LATER` is worth another look; with `NOT_THERE` and `BLIND` it is to be sent.

        A bulletin that is posted anew is not mistaken for the message that it had before.
        """
        now = self._now()
        since = entry.sending_since or now
        old = now - since > ARRIVED
        seen = Seen(sight=Sight.LATER)
        for pause in LOOKS:
            if pause:
                await self._sleep(pause)
            seen = await look_for_message(
                self._slack,
                self._identity,
                place.channel,
                key=key_of(entry),
                since=since,
                event=ALERT_EVENT,
                thread=place.thread,
            )
            if seen.sight is Sight.THERE and seen.ts == entry.ts:
                seen = Seen(sight=Sight.NOT_THERE)
            if seen.sight in {Sight.THERE, Sight.BLIND} or (old and seen.sight is Sight.NOT_THERE):
                break
        if seen.sight is Sight.LATER and now - since > BLIND_AFTER:
            seen = replace(seen, sight=Sight.BLIND)
        if seen.sight is Sight.BLIND:
            log.warning("an alert may come twice: Slack does not say whether it is there", error=seen.error)
        return seen
