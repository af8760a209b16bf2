"""People, channels, messages and views of the local workspace.

Values are frozen: a change puts a new one in the place of the old, so that whoever holds a message keeps what was seen.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from itertools import count
from typing import Any, NewType

from bot.demo.slack_attachments import completed
from bot.demo.slack_journal import Journal, What

UserId = NewType("UserId", str)
ChannelId = NewType("ChannelId", str)

Json = dict[str, Any]
Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A member of a workspace; `team_id` differs from the workspace's own for people of other organisations."""

    id: UserId
    name: str
    real_name: str
    team_id: str
    tz: str = "Europe/London"
    is_admin: bool = False
    is_restricted: bool = False
    is_bot: bool = False
    deleted: bool = False


class Kind(StrEnum):
    """What sort of conversation a channel is."""

    PUBLIC = "public_channel"
    PRIVATE = "private_channel"
    DIRECT = "im"


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A conversation; in a direct one the members are a person and the bot, and the name is empty."""

    id: ChannelId
    name: str
    members: frozenset[UserId]
    kind: Kind = Kind.PUBLIC
    is_archived: bool = False
    is_ext_shared: bool = False
    is_pending_ext_shared: bool = False
    """Whether another organisation is invited, and has not accepted yet."""
    topic: str = ""
    creator: str = ""
    """Who made it; Slack keeps the id even when the person has left."""
    refuses_posts: str = ""
    """The error that `chat.postMessage` meets here, for example `restricted_action`; empty where the bot may post."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message as it stands; its identity is (channel, ts)."""

    channel: ChannelId
    ts: str
    user: UserId
    text: str
    blocks: tuple[Json, ...] = ()
    attachments: tuple[Json, ...] = ()
    files: tuple[Json, ...] = ()
    ephemeral_to: UserId | None = None
    """The only person who sees it; None for everybody in the channel."""
    thread_ts: str | None = None
    metadata: Json | None = None
    edited: bool = False
    deleted: bool = False

    @property
    def key(self) -> tuple[ChannelId, str]:
        """The identity under which Slack knows the message."""
        return self.channel, self.ts

    def seen_by(self, user: UserId) -> bool:
        """Whether `user`, being in the channel, is shown the message."""
        return self.ephemeral_to in (None, user)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A modal or a Home tab: what the bot sent, and what Slack added to it."""

    id: str
    root_id: str
    previous_id: str | None
    user: UserId
    hash: str
    body: Json
    opened_in: ChannelId | None = None
    """The conversation the person was looking at when the modal was opened; None for the Home tab and from it."""

    @property
    def title(self) -> str:
        """The plain text of the title; empty for a Home tab."""
        return str(self.body.get("title", {}).get("text", ""))


@dataclass(slots=True, kw_only=True)
class Workspace:
    """The state of one workspace. Nothing is persisted."""

    now: Now
    team_id: str
    team_name: str
    team_domain: str
    bot: UserId
    bot_id: str
    app_id: str
    people: dict[UserId, Person] = field(default_factory=dict)
    channels: dict[ChannelId, Channel] = field(default_factory=dict)
    user_groups: dict[str, tuple[str, frozenset[UserId]]] = field(default_factory=dict)
    """Id of a group to its handle and members."""
    messages: dict[tuple[ChannelId, str], Message] = field(default_factory=dict)
    modals: dict[UserId, list[View]] = field(default_factory=dict)
    homes: dict[UserId, View] = field(default_factory=dict)
    addresses: dict[ChannelId, ChannelId] = field(default_factory=dict)
    """Ids that channels had before to those that took their place."""
    journal: Journal = field(default_factory=Journal)
    _last_ts: int = 0
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def next_id(self, prefix: str) -> str:
        """An id nobody has yet, in the shape of Slack's: a letter, then capitals and digits."""
        return f"{prefix}{next(self._numbers):08d}"

    def next_ts(self) -> str:
        """The time now as seconds with six decimals, never twice the same."""
        self._last_ts = max(self._last_ts + 1, int(self.now().timestamp() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def change_channel(self, channel: ChannelId, **changes: Any) -> None:
        """Change fields of a channel, for example `is_archived=True` or `members=...`."""
        self.channels[channel] = replace(self.channels[channel], **changes)
        self.journal.write(What.CHANNELS)

    def remove_channel(self, channel: ChannelId) -> None:
        """Take a channel and everything said in it away."""
        del self.channels[channel]
        self.messages = {key: message for key, message in self.messages.items() if message.channel != channel}
        self.journal.write(What.CHANNELS)

    def readdress(self, old: ChannelId, new: ChannelId, **changes: Any) -> None:
        """Give a channel another id, which all its messages move to; `changes` as in `change_channel`."""
        self.channels = {
            (new if key == old else key): replace(channel, id=new, **changes) if key == old else channel
            for key, channel in self.channels.items()
        }
        moved = [replace(m, channel=new) if m.channel == old else m for m in self.messages.values()]
        self.messages = {message.key: message for message in moved}
        self.addresses.pop(new, None)
        self.addresses[old] = new
        self.journal.write(What.CHANNELS)

    def address(self, channel: ChannelId) -> ChannelId:
        """The id that a channel known under `channel` has now."""
        while channel in self.addresses:
            channel = self.addresses[channel]
        return channel

    def direct_channel(self, user: UserId) -> Channel | None:
        """The direct conversation of `user` with the bot."""
        direct = (c for c in self.channels.values() if c.kind is Kind.DIRECT and user in c.members)
        return next(direct, None)

    def post(
        self,
        channel: ChannelId,
        user: UserId,
        text: str,
        *,
        blocks: Iterable[Json] = (),
        attachments: Iterable[Json] = (),
        files: Iterable[Json] = (),
        ephemeral_to: UserId | None = None,
        thread_ts: str | None = None,
        metadata: Json | None = None,
        via: str | None = None,
        ts: str | None = None,
    ) -> Message:
        """Put a message into a channel, now or at a `ts` taken before."""
        message = Message(
            channel=channel,
            ts=ts or self.next_ts(),
            user=user,
            text=text,
            blocks=self.named(blocks),
            attachments=completed(attachments, self.named),
            files=tuple(files),
            ephemeral_to=ephemeral_to,
            thread_ts=thread_ts,
            metadata=metadata,
        )
        self.messages[message.key] = message
        self.journal.write(What.POSTED, message=message, via=via)
        return message

    def rewrite(self, message: Message, *, via: str | None = None, **changes: Any) -> Message:
        """Put new contents into a message."""
        if "blocks" in changes:
            changes["blocks"] = self.named(changes["blocks"])
        if "attachments" in changes:
            changes["attachments"] = completed(changes["attachments"], self.named)
        changed = replace(message, **changes)
        self.messages[message.key] = changed
        self.journal.write(What.UPDATED, message=changed, via=via)
        return changed

    def delete(self, message: Message, *, via: str | None = None) -> None:
        """Take a message out of its channel."""
        gone = replace(message, deleted=True)
        del self.messages[message.key]
        self.journal.write(What.DELETED, message=gone, via=via)

    def notify(self, user: UserId, text: str) -> None:
        """Show one person a passing notice of Slack's own."""
        self.journal.write(What.NOTICE, user=user, text=text)

    def new_view(
        self,
        user: UserId,
        body: Mapping[str, Any],
        *,
        below: View | None = None,
        opened_in: ChannelId | None = None,
    ) -> View:
        """A view on top of `below`, not shown yet."""
        view_id = self.next_id("V")
        return View(
            id=view_id,
            root_id=below.root_id if below else view_id,
            previous_id=below.id if below else None,
            user=user,
            hash=self.next_ts(),
            body=self.named_view(body),
            opened_in=below.opened_in if below else opened_in,
        )

    def renew_view(self, view: View, body: Mapping[str, Any]) -> View:
        """The same view with other contents and another hash, not shown yet."""
        return replace(view, hash=self.next_ts(), body=self.named_view(body))

    def show_modals(self, user: UserId, stack: Iterable[View]) -> None:
        """Show exactly these modals, the last on top."""
        self.modals[user] = list(stack)
        self.journal.write(What.MODALS, user=user)

    def show_home(self, view: View) -> None:
        """Show this Home tab to its user."""
        self.homes[view.user] = view
        self.journal.write(What.HOME, user=view.user)

    def open_view(self, *, view_id: str | None = None, external_id: str | None = None) -> View | None:
        """A modal on the screen of somebody, found by either id."""
        for view in (view for stack in self.modals.values() for view in stack):
            if view.id == view_id or (external_id and view.body.get("external_id") == external_id):
                return view
        return None

    def named_view(self, body: Mapping[str, Any]) -> Json:
        """The view with a `block_id` on every block."""
        return {**body, "blocks": list(self.named(body.get("blocks", ())))}

    def named(self, blocks: Iterable[Json]) -> tuple[Json, ...]:
        """The blocks with a `block_id` on every one, as Slack gives to those that come without."""
        return tuple(block if block.get("block_id") else {**block, "block_id": self.next_id("b")} for block in blocks)
