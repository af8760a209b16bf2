"""What befalls channels while nobody asks the bot: archived, deleted, renamed, shared, the bot invited or removed.

Each changes the workspace and tells the bot by the event Slack has for it. Shapes: docs.slack.dev/reference/events.
"""

from dataclasses import replace

from bot.demo.slack_acks import Ack
from bot.demo.slack_api_lookups import CREATED
from bot.demo.slack_calls import SCOPE_FAMILIES, Back
from bot.demo.slack_dispatch import Dispatch
from bot.demo.slack_workspace import Channel, ChannelId, Json, Kind, UserId

PARTNER = "T0OTHER"


class Happenings:
    """Every method returns how the bot took the event; `by` is who did it, by default the channel's creator."""

    def __init__(self, *, back: Back, dispatch: Dispatch) -> None:
        self._back = back
        self._workspace = back.workspace
        self._dispatch = dispatch

    async def archive(self, channel: ChannelId, *, by: UserId | None = None) -> Ack:
        """Nobody can post any more; what was said stays readable."""
        before = self._workspace.channels[channel]
        self._workspace.change_channel(channel, is_archived=True)
        return await self._tell(before, f"{_family(before)}_archive", channel=channel, user=_who(before, by))

    async def unarchive(self, channel: ChannelId, *, by: UserId | None = None) -> Ack:
        """As it was before."""
        before = self._workspace.channels[channel]
        self._workspace.change_channel(channel, is_archived=False)
        return await self._tell(before, f"{_family(before)}_unarchive", channel=channel, user=_who(before, by))

    async def delete(self, channel: ChannelId, *, by: UserId | None = None) -> Ack:
        """The channel is gone with everything said in it."""
        before = self._workspace.channels[channel]
        self._workspace.remove_channel(channel)
        return await self._tell(before, f"{_family(before)}_deleted", channel=channel, actor_id=_who(before, by))

    async def remove_bot(self, channel: ChannelId, *, by: UserId | None = None) -> Ack:
        """The bot is no member any more; a private channel it cannot even see."""
        before = self._workspace.channels[channel]
        self._workspace.change_channel(channel, members=before.members - {self._workspace.bot})
        return await self._tell(before, f"{_family(before)}_left", channel=channel, actor_id=_who(before, by))

    async def invite_bot(self, channel: ChannelId, *, by: UserId | None = None) -> Ack:
        """The bot becomes a member."""
        before = self._workspace.channels[channel]
        after = replace(before, members=before.members | {self._workspace.bot})
        self._workspace.change_channel(channel, members=after.members)
        return await self._tell(
            after,
            "member_joined_channel",
            user=self._workspace.bot,
            channel=channel,
            channel_type="G" if before.kind is Kind.PRIVATE else "C",
            team=self._workspace.team_id,
            inviter=_who(before, by),
        )

    async def rename(self, channel: ChannelId, name: str) -> Ack:
        """Another name; the id stays."""
        self._workspace.change_channel(channel, name=name)
        after = self._workspace.channels[channel]
        named = {"id": channel, "name": name, "name_normalized": name, "created": CREATED}
        return await self._tell(after, f"{_family(after)}_rename", channel=named)

    async def change_id(self, old: ChannelId, new: ChannelId) -> Ack:
        """Another id, as when sharing begins; the history moves along, and the old id is not known any more."""
        self._workspace.readdress(old, new)
        after = self._workspace.channels[new]
        return await self._tell(after, "channel_id_changed", old_channel_id=old, new_channel_id=new)

    async def share(self, channel: ChannelId, *, team: str = PARTNER) -> Ack:
        """Another organisation takes part from now on."""
        self._workspace.change_channel(channel, is_ext_shared=True)
        after = self._workspace.channels[channel]
        return await self._tell(after, "channel_shared", connected_team_id=team, channel=channel)

    async def unshare(self, channel: ChannelId, *, team: str = PARTNER) -> Ack:
        """The other organisation takes part no more; its people leave."""
        before = self._workspace.channels[channel]
        people = self._workspace.people
        own = frozenset(user for user in before.members if people[user].team_id != team)
        self._workspace.change_channel(channel, is_ext_shared=False, members=own)
        after = self._workspace.channels[channel]
        return await self._tell(
            after, "channel_unshared", previously_connected_team_id=team, channel=channel, is_ext_shared=False
        )

    async def _tell(self, place: Channel, kind: str, /, **fields: object) -> Ack:
        """Send the event, if the bot may know of this channel."""
        visible = place.kind is Kind.PUBLIC or self._workspace.bot in place.members
        allowed = f"{SCOPE_FAMILIES[place.kind]}:read" in self._back.scopes
        if not (visible and allowed):
            return Ack.not_sent()
        inner: Json = {"type": kind, **fields, "event_ts": self._workspace.next_ts()}
        return await self._dispatch.send_event(inner, shared=place.is_ext_shared)


def _family(channel: Channel) -> str:
    return "group" if channel.kind is Kind.PRIVATE else "channel"


def _who(channel: Channel, by: UserId | None) -> str:
    return by or channel.creator
