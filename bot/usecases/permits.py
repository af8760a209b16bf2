"""Who may do what with the digests and settings of a channel.

Guests and people of other organisations never come this far.
"""

from __future__ import annotations

from enum import Enum, auto
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.domain.ids import ChannelId, UserId
from bot.errors import NotAllowed
from bot.slack.channels import ChannelInfo, Unseen

if TYPE_CHECKING:
    from bot.slack.channels import Channels
    from bot.slack.people import People


class Deed(Enum):
    """What somebody wants to do."""

    LIST = auto()
    CREATE = auto()
    CHANGE = auto()
    """Edit, pause, resume, send now."""
    REMOVE = auto()
    CONFIRM = auto()
    """Let a digest speak in a channel that is shared with another organisation."""
    SETTINGS = auto()
    LIMIT = auto()
    """Say which queues a channel may see."""


class Tie(Enum):
    """What somebody is to a channel or to one of its digests."""

    ADMIN = auto()
    """Named in `BOT_ADMINS`, or an administrator or owner of the workspace."""
    OWNER = auto()
    """Made this digest."""
    MANAGER = auto()
    """Made this channel, and is in it still. Slack lets nobody but its own administration read who manages a channel,
    so its creator is taken for that; whoever took over from them asks an administrator.
    """
    MEMBER = auto()


MAY: MappingProxyType[Deed, frozenset[Tie]] = MappingProxyType(
    {
        Deed.LIST: frozenset({Tie.ADMIN, Tie.MEMBER}),
        Deed.CREATE: frozenset({Tie.ADMIN, Tie.MEMBER}),
        Deed.CHANGE: frozenset({Tie.ADMIN, Tie.MEMBER}),
        Deed.REMOVE: frozenset({Tie.ADMIN, Tie.OWNER}),
        Deed.CONFIRM: frozenset({Tie.ADMIN}),
        Deed.SETTINGS: frozenset({Tie.ADMIN, Tie.MEMBER}),
        Deed.LIMIT: frozenset({Tie.ADMIN, Tie.MANAGER}),
    }
)
"""Any of these ties is enough."""


def may(deed: Deed, ties: frozenset[Tie]) -> bool:
    return not MAY[deed].isdisjoint(ties)


def own_place(place: ChannelId) -> UserId | None:
    """The person whose direct messages with the bot `place` stands for: their id is its id. None for channels."""
    return UserId(place) if place.startswith(("U", "W")) else None


class Permits:
    """Who is what, asked of Slack only as far as the deed needs it."""

    def __init__(self, channels: Channels, people: People, *, admins: frozenset[UserId]) -> None:
        """`admins` are those of `BOT_ADMINS`."""
        self._channels = channels
        self._people = people
        self._admins = admins

    async def is_admin(self, user: UserId) -> bool:
        return user in self._admins or (await self._people.person(user)).admin

    async def allowed(self, deed: Deed, user: UserId, channel: ChannelId, *, owner: UserId | None = None) -> bool:
        """For buttons that are better not shown. Raises as `check` does when Slack cannot tell."""
        return may(deed, await self._ties(deed, user, channel, owner))

    async def check(
        self, deed: Deed, user: UserId, channel: ChannelId, *, owner: UserId | None = None, instead: str = ""
    ) -> None:
        """Raises NotAllowed with who may, and SlackSilent. `owner` is the digest's; `instead` a command to try."""
        if await self.allowed(deed, user, channel, owner=owner):
            return
        raise NotAllowed(await self._refusal(deed, channel, owner, instead))

    async def name(self, user: UserId, *, unknown: str = "Somebody") -> str:
        """What colleagues call somebody; never a mention. `unknown` when Slack does not tell."""
        return (await self._people.person(user)).name or unknown

    async def _ties(self, deed: Deed, user: UserId, channel: ChannelId, owner: UserId | None) -> frozenset[Tie]:
        wanted = MAY[deed]
        if own_place(channel):
            # The direct messages of a person are nobody else's, an administrator's neither.
            return wanted if own_place(channel) == user else frozenset()
        if owner == user and Tie.OWNER in wanted:
            return frozenset({Tie.OWNER})
        if await self.is_admin(user):
            return frozenset({Tie.ADMIN})
        if wanted.isdisjoint({Tie.MEMBER, Tie.MANAGER}) or not await self._channels.has_member(channel, user):
            return frozenset()
        if Tie.MANAGER in wanted and await self._creator(channel) == user:
            return frozenset({Tie.MEMBER, Tie.MANAGER})
        return frozenset({Tie.MEMBER})

    async def _creator(self, channel: ChannelId) -> UserId | None:
        info = await self._channels.info(channel)
        return info.creator if isinstance(info, ChannelInfo) else None

    async def _refusal(self, deed: Deed, channel: ChannelId, owner: UserId | None, instead: str) -> str:
        if own_place(channel):
            return "This belongs to somebody's direct messages with the bot, and only they can see or change it."
        match deed:
            case Deed.REMOVE:
                said = f"Only {await self._maker(owner, 'it')} or an administrator can remove it."
                return f"{said} Pause it instead: {instead}" if instead else said
            case Deed.CONFIRM:
                return (
                    "This channel is shared with another organisation, whose people would read the digest. "
                    "Only an administrator can confirm it."
                )
            case Deed.LIMIT:
                maker = await self._maker(await self._creator(channel), "this channel")
                return f"Only {maker} or an administrator can change which queues it may see."
            case Deed.LIST:
                return "Only members of that channel can see its digests. Join it first."
            case Deed.CREATE:
                return "Only members of that channel can add digests to it. Join it first."
            case Deed.CHANGE:
                return "Only members of that channel can change its digests. Join it first."
            case Deed.SETTINGS:
                return "Only members of that channel can change its settings. Join it first."

    async def _maker(self, user: UserId | None, made: str) -> str:
        name = await self.name(user, unknown="") if user else ""
        return f"{name} (who made {made})" if name else f"whoever made {made}"


def seen(info: ChannelInfo | Unseen) -> ChannelInfo:
    """Raises NotAllowed with the invitation when the bot cannot see it."""
    if isinstance(info, Unseen):
        raise info.refusal()
    return info
