"""The methods around channels: what they are, who is in them, and how the bot gets in."""

from collections.abc import Callable, Iterable

from bot.demo.slack_api_lookups import CREATED
from bot.demo.slack_calls import ApiError, Back, Handler, Params, known_channel, open_direct, page, permitted
from bot.demo.slack_workspace import Channel, Json, Kind, UserId, Workspace

_UNSAID_IN_LISTS_OF_PEOPLE = ("is_member", "num_members")
"""`users.conversations` answers with less about a channel than the other methods."""


def channel_info(back: Back, params: Params) -> Json:
    """`conversations.info`; `num_members` on request."""
    channel = known_channel(back, params.needed("channel", "channel_not_found"))
    permitted(back, "read", channel.kind)
    shown = channel_payload(back.workspace, channel)
    if params.flag("include_num_members"):
        shown["num_members"] = len(channel.members)
    return {"channel": shown}


def channels_list(back: Back, params: Params) -> Json:
    """`conversations.list`: of the wanted types, those the bot can see."""
    return page(params, "channels", _visible(back, params), lambda channel: channel_payload(back.workspace, channel))


def channels_of_person(back: Back, params: Params) -> Json:
    """`users.conversations`: where a person is, by default the bot itself, as far as the bot can see it."""
    user = UserId(params.text("user", back.workspace.bot))
    if user not in back.workspace.people:
        raise ApiError("user_not_found")
    channels = [channel for channel in _visible(back, params) if user in channel.members]
    return page(params, "channels", channels, _limited(back.workspace))


def channel_members(back: Back, params: Params) -> Json:
    """`conversations.members`: ids."""
    channel = known_channel(back, params.needed("channel", "channel_not_found"))
    permitted(back, "read", channel.kind)
    return page(params, "members", sorted(channel.members), str)


def open_conversation(back: Back, params: Params) -> Json:
    """`conversations.open`: the direct conversation with one person."""
    channel = open_direct(back, UserId(params.text("users")))
    if channel is None:
        raise ApiError("user_not_found")
    return {"channel": channel_payload(back.workspace, channel)}


def join(back: Back, params: Params) -> Json:
    """`conversations.join`: public channels only."""
    channel = known_channel(back, params.needed("channel", "channel_not_found"))
    if channel.kind is not Kind.PUBLIC:
        raise ApiError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise ApiError("is_archived")
    back.workspace.change_channel(channel.id, members=channel.members | {back.workspace.bot})
    return {"channel": channel_payload(back.workspace, back.workspace.channels[channel.id])}


def channel_payload(workspace: Workspace, channel: Channel) -> Json:
    """A channel as the bot sees it."""
    shown: Json = {
        "id": channel.id,
        "created": CREATED,
        "is_im": channel.kind is Kind.DIRECT,
        "is_mpim": False,
        "is_archived": channel.is_archived,
    }
    if channel.kind is Kind.DIRECT:
        [partner] = channel.members - {workspace.bot}
        return shown | {"user": partner}
    return shown | {
        "name": channel.name,
        "name_normalized": channel.name,
        "creator": channel.creator,
        "is_channel": True,
        "is_group": channel.kind is Kind.PRIVATE,
        "is_private": channel.kind is Kind.PRIVATE,
        "is_general": False,
        "is_member": workspace.bot in channel.members,
        "is_shared": channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_pending_ext_shared": channel.is_pending_ext_shared,
        "is_org_shared": False,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def _visible(back: Back, params: Params) -> list[Channel]:
    kinds = _wanted(params.text("types", Kind.PUBLIC).split(","))
    permitted(back, "read", *kinds)
    skip_archived = params.flag("exclude_archived")
    return [
        channel
        for channel in back.workspace.channels.values()
        if channel.kind in kinds
        and (channel.kind is Kind.PUBLIC or back.workspace.bot in channel.members)
        and not (skip_archived and channel.is_archived)
    ]


def _wanted(types: Iterable[str]) -> list[Kind]:
    named = {kind.strip() for kind in types} - {"mpim"}
    if named - set(Kind):
        raise ApiError("invalid_types")
    return [kind for kind in Kind if kind in named]


def _limited(workspace: Workspace) -> Callable[[Channel], Json]:
    def shape(channel: Channel) -> Json:
        shown = channel_payload(workspace, channel)
        return {key: value for key, value in shown.items() if key not in _UNSAID_IN_LISTS_OF_PEOPLE}

    return shape


CHANNELS: dict[str, Handler] = {
    "conversations.info": channel_info,
    "conversations.join": join,
    "conversations.list": channels_list,
    "conversations.members": channel_members,
    "conversations.open": open_conversation,
    "users.conversations": channels_of_person,
}
