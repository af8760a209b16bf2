"""What every method of the Web API stands on: its parameters, its errors, and the things it may touch."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.demo.slack_blocks import BlockError, check_message, check_view
from bot.demo.slack_permits import Permits
from bot.demo.slack_workspace import Channel, ChannelId, Json, Kind, UserId, Workspace

LONGEST_TEXT = 40_000
LONGEST_UPDATE = 4_000
LARGEST_VIEW = 250_000
LONGEST_PAGE = 1_000
USUAL_PAGE = 100


class ApiError(Exception):
    """A call that Slack answers with `ok: false`; extra fields go into the answer."""

    def __init__(self, error: str, **fields: Any) -> None:
        super().__init__(error)
        self.error = error
        self.fields = fields


class Params:
    """Parameters of one call. They arrive in the query, as a form or as JSON; structures may be JSON within text."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given = dict(given)

    def text(self, name: str, default: str = "") -> str:
        """A parameter as text; `default` when absent."""
        value = self.given.get(name)
        return default if value is None else str(value)

    def needed(self, name: str, error: str = "invalid_arguments") -> str:
        """A parameter that must be there."""
        value = self.text(name)
        if not value:
            raise ApiError(error, response_metadata={"messages": [f"[ERROR] missing required field: {name}"]})
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A boolean, also as `1`, `0`, `true` or `false`."""
        value = self.given.get(name)
        return default if value is None else str(value).lower() in {"1", "true"}

    def number(self, name: str, default: int) -> int:
        """A whole number."""
        text = self.text(name, str(default))
        return int(text) if text.isdecimal() else default

    def structure(self, name: str) -> Any:
        """A list or an object; None when absent. Raises `invalid_json` if it cannot be read."""
        value = self.given.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError as broken:
            raise ApiError(
                "invalid_blocks_format" if name == "blocks" else "invalid_json",
                response_metadata={"messages": [f"[ERROR] {name} is not JSON: {broken}"]},
            ) from broken


@dataclass(slots=True, kw_only=True)
class Back:
    """What stands behind the methods."""

    workspace: Workspace
    permits: Permits
    refused_blocks: set[str]
    """Types of block that are refused, to play a workspace that does not have them yet."""
    scopes: frozenset[str]
    """What the bot's token may do now."""
    revoked: str = ""
    """The error that every call with the bot's token meets; empty while the token is good."""
    origin: Callable[[], str]
    """Scheme and authority under which this Slack is reached."""


Handler = Callable[[Back, Params], Json]

SCOPE_FAMILIES = {Kind.PUBLIC: "channels", Kind.PRIVATE: "groups", Kind.DIRECT: "im"}
"""Kind of conversation to the first half of the scopes that open it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The checked contents of a message."""

    text: str
    blocks: tuple[Json, ...]
    attachments: tuple[Json, ...]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.text or self.blocks or self.attachments)


def read_content(back: Back, params: Params) -> Content:
    """Text, blocks and attachments of a message; raises `invalid_blocks`, `invalid_blocks_format`, `msg_too_long`."""
    blocks = params.structure("blocks") or []
    attachments = params.structure("attachments") or []
    if not isinstance(blocks, list) or not isinstance(attachments, list):
        raise ApiError("invalid_blocks_format")
    refuse(check_message(blocks, attachments, unknown=back.refused_blocks), "invalid_blocks")
    return Content(text=params.text("text")[:LONGEST_TEXT], blocks=tuple(blocks), attachments=tuple(attachments))


def read_view(back: Back, params: Params, surface: str) -> Json:
    """A modal or a Home tab; raises `view_too_large`, `invalid_arguments` with the faults found."""
    view = params.structure("view")
    if not isinstance(view, dict):
        raise ApiError("invalid_arguments", response_metadata={"messages": ["[ERROR] missing required field: view"]})
    if len(json.dumps(view)) > LARGEST_VIEW:
        raise ApiError("view_too_large")
    refuse(check_view(view, surface, unknown=back.refused_blocks), "invalid_arguments")
    return view


def refuse(errors: list[BlockError], code: str) -> None:
    """Raise `code` with the faults in `errors` and, as sentences, in `response_metadata.messages`."""
    if errors:
        sentences = [f"[ERROR] {error.message} [json-pointer:{error.pointer}]" for error in errors]
        raise ApiError(
            code,
            errors=[f"{error.message} [json-pointer:{error.pointer}]" for error in errors],
            response_metadata={"messages": sentences},
        )


def known_channel(back: Back, channel_id: str) -> Channel:
    """The channel as far as the bot can see it; a person's id stands for the direct conversation."""
    workspace = back.workspace
    channel = workspace.channels.get(ChannelId(channel_id)) or open_direct(back, UserId(channel_id))
    if channel is None or (channel.kind is not Kind.PUBLIC and workspace.bot not in channel.members):
        raise ApiError("channel_not_found")
    return channel


def open_direct(back: Back, user: UserId) -> Channel | None:
    """The direct conversation with a person, opened if need be; None for whom the bot cannot write to."""
    workspace = back.workspace
    person = workspace.people.get(user)
    if person is None or person.is_bot or person.deleted or person.team_id != workspace.team_id:
        return None
    if (known := workspace.direct_channel(user)) is not None:
        return known
    opened = Channel(
        id=ChannelId(workspace.next_id("D")), name="", members=frozenset({user, workspace.bot}), kind=Kind.DIRECT
    )
    workspace.channels[opened.id] = opened
    return opened


def channel_to_write_in(back: Back, channel_id: str) -> Channel:
    """A channel in which the bot may post: raises `is_archived`, `not_in_channel` or what the channel refuses with."""
    channel = known_channel(back, channel_id)
    if channel.is_archived:
        raise ApiError("is_archived")
    if channel.refuses_posts:
        raise ApiError(channel.refuses_posts)
    if back.workspace.bot not in channel.members and "chat:write.public" not in back.scopes:
        raise ApiError("not_in_channel")
    return channel


def permitted(back: Back, right: str, *kinds: Kind) -> None:
    """Raise `missing_scope` unless the token may `read`, or read the `history` of, conversations of these kinds."""
    for kind in kinds:
        needed = f"{SCOPE_FAMILIES[kind]}:{right}"
        if needed not in back.scopes:
            raise ApiError("missing_scope", needed=needed, provided=",".join(sorted(back.scopes)))


def page(params: Params, name: str, items: Sequence[Any], shape: Callable[[Any], Any]) -> Json:
    """One page of a list, with the cursor of the next; raises `invalid_cursor`, `invalid_limit`."""
    start, limit = _start(params.text("cursor")), params.number("limit", USUAL_PAGE) or USUAL_PAGE
    if limit > LONGEST_PAGE:
        raise ApiError("invalid_limit")
    end = start + limit
    more = end < len(items)
    return {
        name: [shape(item) for item in items[start:end]],
        "has_more": more,
        "response_metadata": {"next_cursor": base64.b64encode(f"next:{end}".encode()).decode() if more else ""},
    }


def _start(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        word, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise ApiError("invalid_cursor") from None
    if word != "next" or not number.isdecimal():
        raise ApiError("invalid_cursor")
    return int(number)
