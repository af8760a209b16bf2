"""What befalls channels: their digests stop, wait, or move along, and somebody is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks.digests.notices import hello_message
from bot.domain.ids import ChannelId, TeamId, UserId
from bot.listeners.digests.told import confirmation_wanted, home_changed
from bot.usecases.alerts.ruling import SHARED
from bot.usecases.naming import Asker

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

    from bot.listeners.desk import Desk
    from bot.slack.payloads import ChannelEvent

ENDINGS = {
    "channel_archive": "the channel is archived",
    "group_archive": "the channel is archived",
    "channel_deleted": "the channel was deleted",
    "group_deleted": "the channel was deleted",
    "channel_left": "the bot was removed from the channel",
    "group_left": "the bot was removed from the channel",
}
"""Events after which a channel takes no more messages, and why, in words that follow "because"."""


def register(app: AsyncApp, desk: Desk) -> None:
    async def ended(event: ChannelEvent) -> None:
        channel = ChannelId(event["channel"])
        desk.promises.keep(_stop(desk, channel, ENDINGS[event["type"]]), owner=channel)

    for name in ENDINGS:
        app.event(name)(ended)

    @app.event("channel_id_changed")
    async def moved(event: ChannelEvent) -> None:
        old, new = ChannelId(event["old_channel_id"]), ChannelId(event["new_channel_id"])
        desk.promises.keep(_move(desk, old, new), owner=new)

    @app.event("channel_shared")
    async def shared(event: ChannelEvent) -> None:
        channel = ChannelId(event["channel"])
        desk.promises.keep(_share(desk, channel), owner=channel)

    async def other(event: ChannelEvent) -> None:
        desk.channels.forget(ChannelId(event["channel"]))

    for name in ("channel_unarchive", "group_unarchive", "channel_unshared"):
        app.event(name)(other)

    @app.event("member_joined_channel")
    async def joined(event: ChannelEvent) -> None:
        channel = ChannelId(event["channel"])
        desk.channels.forget(channel)
        if event.get("user") == desk.identity.bot_user_id:
            desk.promises.keep(_greet(desk, channel), owner=channel)


async def _stop(desk: Desk, channel: ChannelId, why: str) -> None:
    """A public channel may take messages of a bot that is not in it; what its digests meet then is told by Slack."""
    stopped = await desk.subscribing.channel_gone(channel, f"{why[:1].upper()}{why[1:]}.")
    await desk.digests.stopped(stopped)
    reason = f"{why[:1].upper()}{why[1:]}."
    await desk.alerts.owners.channel_lost(channel, reason)
    home_changed(desk, *(one.owner for one in stopped))


async def _move(desk: Desk, old: ChannelId, new: ChannelId) -> None:
    await desk.subscribing.moved(old, new)
    await desk.alerts.ruling.moved(old, new)


async def _share(desk: Desk, channel: ChannelId) -> None:
    """Owners are told by the next tick, so that none is forgotten whatever happens meanwhile."""
    for waiting in await desk.subscribing.channel_shared(channel):
        await confirmation_wanted(desk, waiting, waiting.owner)
        home_changed(desk, waiting.owner)
    await desk.alerts.owners.stopped(await desk.alerts.ruling.channel_shared(channel), SHARED)


async def _greet(desk: Desk, channel: ChannelId) -> None:
    anybody = Asker(team=TeamId(desk.identity.team_id), user=UserId(""), sight=await desk.places.sight(channel))
    queue = desk.ask.naming.example(anybody)
    example = f"add {queue if queue.isalnum() else chr(34) + queue + chr(34)} 30s weekdays 07:45"
    await desk.slack.post(channel, hello_message(desk.typed("digest"), example=example))
