"""Which conversations a menu of conversations offers to a person."""

from collections.abc import Mapping
from typing import Any

from bot.demo.slack_workspace import Channel, ChannelId, Kind, UserId, Workspace

INCLUDED = {Kind.PUBLIC: "public", Kind.PRIVATE: "private", Kind.DIRECT: "im"}


def offers(element: Mapping[str, Any], channel: Channel, user: UserId) -> bool:
    """Whether the menu offers the channel to this person: public ones to everybody, all others to their members."""
    if channel.kind is not Kind.PUBLIC and (user not in channel.members or "channels" in element["type"]):
        return False
    rules = element.get("filter") or {}
    if INCLUDED[channel.kind] not in rules.get("include", INCLUDED.values()):
        return False
    if rules.get("exclude_external_shared_channels") and channel.is_ext_shared:
        return False
    # The only direct conversations here are those with the bot.
    return not (rules.get("exclude_bot_users") and channel.kind is Kind.DIRECT)


def current(
    workspace: Workspace, element: Mapping[str, Any], opened_in: ChannelId | None, user: UserId
) -> ChannelId | None:
    """What `default_to_current_conversation` fills in: where the modal was opened, if the menu offers it."""
    if not element.get("default_to_current_conversation") or opened_in is None:
        return None
    channel = workspace.channels.get(workspace.address(opened_in))
    return channel.id if channel is not None and offers(element, channel, user) else None
