"""What is seen to every hour: old entries are forgotten, and channels looked at."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.store.database import Store
    from bot.usecases.channel_watch import ChannelWatch

log = structlog.get_logger()

CLAIMS_KEPT = timedelta(days=7)
DELIVERIES_KEPT = timedelta(days=400)
"""More than a year, so that buttons of old digests and alerts answer."""


async def keep_house(store: Store, watch: ChannelWatch, now: Callable[[], datetime]) -> None:
    """What nobody will ask for any more is forgotten, and channels are looked at that may be shared by now."""
    try:
        await store.claims.prune(now() - CLAIMS_KEPT)
        await store.deliveries.prune((now() - DELIVERIES_KEPT).date())
        await store.alerts.prune(now() - DELIVERIES_KEPT)
    except Exception:
        # The next time will do; nothing else waits for it.
        log.exception("old entries could not be forgotten")
    await watch.look()
