"""What channels are told of the watch itself: that Genesys cannot be seen, and that nobody looked for a while."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.alerts.states import Bulletin, BulletinId, BulletinKind

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from bot.domain.alerts.keeping import Lease, Watch
    from bot.domain.ids import ChannelId
    from bot.usecases.alerts.chronicle import Story


def tell_blindness(
    story: Story,
    blind: tuple[datetime, str] | None,
    *,
    lease: Lease,
    channels: Collection[ChannelId],
    kept: Watch,
    now: datetime,
) -> None:
    """One notice in each channel that relies on alerts, and one all-clear in its place; `blind`: since when, and why.

    `kept` is how it was after the last round.
    """
    told = [one for one in story.bulletins.values() if one.kind is BulletinKind.BLIND and one.closed_at is None]
    if blind is None:
        for bulletin in told:
            story.show(replace(bulletin, closed_at=now))
    else:
        since, reason = blind
        for channel in sorted(set(channels) - {one.channel for one in told}):
            story.show(_bulletin(lease, channel, BulletinKind.BLIND, since, note=reason))
    if (blind is not None) is not (kept.blind_since is not None):
        # What is open says so, too.
        for bulletin in list(story.bulletins.values()):
            if bulletin.kind is BulletinKind.ALERT and bulletin.closed_at is None:
                story.show(bulletin)


def tell_absence(story: Story, note: str, *, lease: Lease, channel: ChannelId, since: datetime, now: datetime) -> None:
    """That nobody evaluated from `since` until `now`; over as soon as it is told."""
    story.show(replace(_bulletin(lease, channel, BulletinKind.ABSENT, since, note=note), closed_at=now))


def _bulletin(lease: Lease, channel: ChannelId, kind: BulletinKind, since: datetime, *, note: str) -> Bulletin:
    name = f"{kind.value}:{channel}:{since.isoformat()}"
    return Bulletin(
        id=BulletinId(hashlib.sha256(name.encode()).hexdigest()[:24]),
        team=lease.team,
        channel=channel,
        kind=kind,
        opened_at=since,
        revision=0,
        note=note,
    )
