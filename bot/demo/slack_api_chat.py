"""The `chat.*` methods and `blocks.validate`."""

from bot.demo.slack_blocks import check_message, check_view
from bot.demo.slack_calls import (
    LONGEST_UPDATE,
    ApiError,
    Back,
    Content,
    Handler,
    Params,
    channel_to_write_in,
    known_channel,
    read_content,
)
from bot.demo.slack_events import message_payload
from bot.demo.slack_workspace import Channel, ChannelId, Json, Message, UserId


def post_message(back: Back, params: Params) -> Json:
    """`chat.postMessage`: the answer's `channel` is the direct conversation when a person was addressed."""
    channel = channel_to_write_in(back, params.needed("channel", "channel_not_found"))
    content = _something(read_content(back, params))
    thread = _thread(back, channel, params)
    metadata = _metadata(params)
    message = back.workspace.post(
        channel.id,
        back.workspace.bot,
        content.text,
        blocks=content.blocks,
        attachments=content.attachments,
        thread_ts=thread,
        metadata=metadata,
    )
    return {"channel": channel.id, "ts": message.ts, "message": message_payload(back.workspace, message)}


def post_ephemeral(back: Back, params: Params) -> Json:
    """`chat.postEphemeral`: only for members of the channel."""
    channel = channel_to_write_in(back, params.needed("channel", "channel_not_found"))
    if back.workspace.bot not in channel.members:
        raise ApiError("not_in_channel")
    user = UserId(params.needed("user", "no_user"))
    if user not in channel.members:
        raise ApiError("user_not_in_channel")
    content = _something(read_content(back, params))
    message = back.workspace.post(
        channel.id,
        back.workspace.bot,
        content.text,
        blocks=content.blocks,
        attachments=content.attachments,
        ephemeral_to=user,
        thread_ts=_thread(back, channel, params),
    )
    return {"message_ts": message.ts}


def update(back: Back, params: Params) -> Json:
    """`chat.update`: own messages that are not ephemeral.

    Text alone takes the blocks away; attachments and metadata stay until others, or none, are given.
    """
    channel = known_channel(back, params.needed("channel", "channel_not_found"))
    message = _own(back, channel, params.needed("ts", "message_not_found"), "cant_update_message")
    if channel.is_archived:
        raise ApiError("is_inactive")
    if len(params.text("text")) > LONGEST_UPDATE:
        raise ApiError("msg_too_long")
    content = _something(read_content(back, params))
    attachments = content.attachments if "attachments" in params.given else message.attachments
    metadata = _metadata(params) if "metadata" in params.given else message.metadata
    changed = back.workspace.rewrite(
        message,
        text=content.text,
        blocks=content.blocks,
        attachments=attachments,
        metadata=metadata,
        edited=message.edited or not (content.blocks or content.attachments),
    )
    return {
        "channel": channel.id,
        "ts": message.ts,
        "text": changed.text,
        "message": message_payload(back.workspace, changed),
    }


def delete(back: Back, params: Params) -> Json:
    """`chat.delete`: own messages only."""
    channel = known_channel(back, params.needed("channel", "channel_not_found"))
    message = _own(back, channel, params.needed("ts", "message_not_found"), "cant_delete_message")
    back.workspace.delete(message)
    return {"channel": channel.id, "ts": message.ts}


def permalink(back: Back, params: Params) -> Json:
    """`chat.getPermalink`: an address on the local page."""
    channel = known_channel(back, params.needed("channel", "channel_not_found"))
    ts = params.needed("message_ts", "message_not_found")
    if (channel.id, ts) not in back.workspace.messages:
        raise ApiError("message_not_found")
    return {"channel": channel.id, "permalink": f"{back.origin()}/#{channel.id}/{ts}"}


def validate(back: Back, params: Params) -> Json:
    """`blocks.validate`: exactly one of `blocks`, `message` and `view`; every fault with pointer, code and message."""
    given = {name: value for name in ("blocks", "message", "view") if (value := params.structure(name)) is not None}
    if len(given) != 1:
        raise ApiError("invalid_arguments")
    [(name, value)] = given.items()
    if name == "view":
        found = check_view(value, value.get("type", "modal"), unknown=back.refused_blocks)
    else:
        blocks, attachments = (
            (value, []) if name == "blocks" else (value.get("blocks", []), value.get("attachments", []))
        )
        found = check_message(blocks, attachments, unknown=back.refused_blocks)
    if found:
        errors = [{"pointer": fault.pointer, "code": fault.code, "message": fault.message} for fault in found]
        raise ApiError("invalid_blocks", errors=errors)
    return {}


def _something(content: Content) -> Content:
    if content.empty:
        raise ApiError("no_text")
    return content


def _thread(back: Back, channel: Channel, params: Params) -> str | None:
    thread = params.text("thread_ts") or None
    if thread is not None and (channel.id, thread) not in back.workspace.messages:
        raise ApiError("thread_not_found")
    return thread


def _metadata(params: Params) -> Json | None:
    metadata = params.structure("metadata")
    if not metadata:
        return None
    if not isinstance(metadata, dict) or {"event_type", "event_payload"} - metadata.keys():
        raise ApiError("invalid_metadata_format")
    return metadata


def _own(back: Back, channel: Channel, ts: str, refusal: str) -> Message:
    message = back.workspace.messages.get((ChannelId(channel.id), ts))
    if message is None or message.ephemeral_to is not None:
        raise ApiError("message_not_found")
    if message.user != back.workspace.bot:
        raise ApiError(refusal)
    return message


CHAT: dict[str, Handler] = {
    "blocks.validate": validate,
    "chat.delete": delete,
    "chat.getPermalink": permalink,
    "chat.postEphemeral": post_ephemeral,
    "chat.postMessage": post_message,
    "chat.update": update,
}
