"""The methods that read what was said: the history of a channel, and one thread of it."""

from collections.abc import Callable

from bot.demo.slack_calls import ApiError, Back, Handler, Params, known_channel, page, permitted
from bot.demo.slack_events import message_payload
from bot.demo.slack_workspace import Channel, Json, Message

FAR_FUTURE = 1e12


def channel_history(back: Back, params: Params) -> Json:
    """`conversations.history`: newest first, without ephemeral messages and replies in threads."""
    channel = _open_channel(back, params)
    said = [message for message in _said(back, channel, params) if message.thread_ts is None]
    return page(params, "messages", said, _shape(back, params))


def thread_replies(back: Back, params: Params) -> Json:
    """`conversations.replies`: the parent, then its replies, oldest first; `ts` may be that of any of them."""
    channel = _open_channel(back, params)
    named = back.workspace.messages.get((channel.id, params.needed("ts", "thread_not_found")))
    if named is None or named.ephemeral_to is not None:
        raise ApiError("thread_not_found")
    parent = named.thread_ts or named.ts
    thread = [m for m in _said(back, channel, params, always=parent) if parent in (m.thread_ts, m.ts)]
    return page(params, "messages", thread[::-1], _shape(back, params))


def _open_channel(back: Back, params: Params) -> Channel:
    """The channel, if the bot may read it: needs the scope for its kind, and membership even if it is public."""
    channel = known_channel(back, params.needed("channel", "channel_not_found"))
    permitted(back, "history", channel.kind)
    if back.workspace.bot not in channel.members:
        raise ApiError("not_in_channel")
    return channel


def _said(back: Back, channel: Channel, params: Params, *, always: str = "") -> list[Message]:
    """What everybody in the channel was shown between `oldest` and `latest`, newest first; `always` is a ts."""
    oldest, latest = float(params.text("oldest") or 0), float(params.text("latest") or FAR_FUTURE)
    inclusive = params.flag("inclusive")

    def within(ts: str) -> bool:
        at = float(ts)
        return oldest < at < latest or (inclusive and at in (oldest, latest))

    found = [
        message
        for message in back.workspace.messages.values()
        if message.channel == channel.id
        and message.ephemeral_to is None
        and (message.ts == always or within(message.ts))
    ]
    return sorted(found, key=lambda message: float(message.ts), reverse=True)


def _shape(back: Back, params: Params) -> Callable[[Message], Json]:
    with_metadata = params.flag("include_all_metadata")

    def shape(message: Message) -> Json:
        shown = message_payload(back.workspace, message)
        replies = [
            m for m in back.workspace.messages.values() if m.channel == message.channel and m.thread_ts == message.ts
        ]
        if replies:
            shown |= {"thread_ts": message.ts, "reply_count": len(replies), "latest_reply": replies[-1].ts}
        if with_metadata and message.metadata:
            shown["metadata"] = message.metadata
        return shown

    return shape


HISTORY: dict[str, Handler] = {
    "conversations.history": channel_history,
    "conversations.replies": thread_replies,
}
