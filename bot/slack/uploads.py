"""Files into Slack, by its external upload flow. Needs the scopes files:write and im:write.

To know which channels are shared it needs channels:read and groups:read.

Source: `files.getUploadURLExternal`, `files.completeUploadExternal`, `conversations.info`, `conversations.open`.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from bot.errors import Explainable
from bot.slack.outcomes import SERVER_FAILED, Trouble, trouble_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.domain.exports import WrittenFile
    from bot.slack.outward import Slack

log = structlog.get_logger()

_SLOWEST = 50_000
"""Bytes a second: an upload that is slower is given up."""
_CONNECTING_SECONDS = 10.0
_ANSWERING_SECONDS = 60.0
_AMBIGUOUS = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})

_PASSING = frozenset({Trouble.TRANSIENT, Trouble.AMBIGUOUS, Trouble.WORKSPACE, Trouble.MIGRATING})

_INVITE = "Invite the bot to the channel with `/invite`, or ask in a direct message to it."
_ADMINISTRATOR = "Ask your administrator to allow file uploads, or to set an object store as EXPORT_URL."
_SHARED = "shared_with_others"
_UNSURE = "shared_with_whom_unknown"
_PRIVATELY = "Ask in a channel of your own organisation, or in a direct message to the bot."
_REASONS = {
    _SHARED: ("That channel is shared with another organisation, so no files are put there.", _PRIVATELY),
    _UNSURE: ("Slack did not say whether that channel is shared with another organisation.", _PRIVATELY),
    "not_in_channel": ("The bot is not in that channel, so it cannot put files there.", _INVITE),
    "channel_not_found": ("The bot cannot see that channel, so it cannot put files there.", _INVITE),
    "is_archived": ("That channel is archived.", "Ask in another channel, or in a direct message to the bot."),
    "file_upload_size_restricted": (
        "The file is larger than Slack takes here.",
        "Ask for a shorter period or fewer queues, or ask your administrator to set an object store as EXPORT_URL.",
    ),
    "storage_limit_reached": ("The workspace's storage for files is full.", _ADMINISTRATOR),
    "file_uploads_disabled": ("File uploads are switched off in this workspace.", _ADMINISTRATOR),
    "file_uploads_except_images_disabled": ("This workspace takes no files but images.", _ADMINISTRATOR),
    "slack_connect_file_upload_sharing_blocked": ("Files may not be put into a shared channel.", _ADMINISTRATOR),
    "missing_scope": (
        "The bot is not permitted to upload files.",
        "Ask your administrator to reinstall the Slack app from the current manifest, then run `sla-bot check`.",
    ),
}


class UploadRefused(Explainable):
    """A file did not reach Slack. `code` is Slack's own word or one of this module, empty without a reply.

    `unknown` is set when the connection, or Slack itself, failed at the last step: the files may be there.
    """

    def __init__(self, code: str = "", *, unknown: bool = False) -> None:
        self.code = code
        self.unknown = unknown
        if unknown:
            sentence = "Slack broke off while it was sharing the files: they may be there."
            remedy = "Look into the conversation before you ask again."
        elif code:
            sentence, remedy = _REASONS.get(
                code, (f"Slack refused the files: {code}.", "Please report this to whoever runs the bot.")
            )
        else:
            sentence, remedy = "Slack could not be reached with the files.", "Try again in a minute."
        self.remedy = remedy
        super().__init__(sentence)

    @property
    def passing(self) -> bool:
        """Whether the same may be taken a while later, without anybody doing anything about it."""
        if self.code in {"", _UNSURE}:
            return True
        return self.code not in _REASONS and (self.code.startswith("status 5") or trouble_of(self.code) in _PASSING)


async def refuse_shared(slack: Slack, channel: str) -> None:
    """Raises UploadRefused for a channel that other organisations read, or soon may, or of which it is not known."""
    try:
        reply = await slack.reads.conversations_info(channel=channel)
    except SlackApiError as refusal:
        answer = refusal.response.data
        code = str(answer.get("error")) if isinstance(answer, dict) else ""
        log.warning("a channel could not be looked up", error=code)
        raise UploadRefused(code if code == "channel_not_found" else _UNSURE) from refusal
    except (aiohttp.ClientError, TimeoutError) as failure:
        log.warning("a channel could not be looked up", failure=type(failure).__name__)
        raise UploadRefused(_UNSURE) from failure
    told = reply.get("channel") or {}
    if told.get("is_ext_shared") or told.get("is_pending_ext_shared"):
        raise UploadRefused(_SHARED)


async def upload(
    slack: Slack, *, channel: str, files: Sequence[WrittenFile], comment: str, thread: str | None = None
) -> None:
    """Show the files in one message of `channel`, a conversation's own id, with `comment` as its text; with `thread`,
    below the message that has this `ts`.

    Nothing is seen before all files are whole. Bytes are read from the disk as they leave. Raises UploadRefused.
    """
    ids = [await _sent(slack, file) for file in files]
    named: list[dict[str, str | None]] = [
        {"id": file_id, "title": file.name} for file_id, file in zip(ids, files, strict=True)
    ]
    # Works once: asked a second time, Slack no longer knows the files, whether or not they were shared.
    with refusals(last=True):
        await slack.posts.files_completeUploadExternal(
            files=named, channel_id=channel, initial_comment=comment, thread_ts=thread
        )


async def _sent(slack: Slack, file: WrittenFile) -> str:
    """The id of a file whose bytes Slack has, and nobody sees yet."""
    with refusals():
        # As harmless to repeat as a read: an address that is not used is forgotten.
        handed = await slack.reads.files_getUploadURLExternal(filename=file.name, length=file.size)
        patience = aiohttp.ClientTimeout(
            total=_ANSWERING_SECONDS + file.size / _SLOWEST, sock_connect=_CONNECTING_SECONDS
        )
        content = await asyncio.to_thread(file.path.open, "rb")
        try:
            async with slack.session.post(
                handed["upload_url"],
                data=content,
                headers={"Content-Type": "application/octet-stream"},
                timeout=patience,
            ) as reply:
                status = reply.status
        finally:
            content.close()
    if status != 200:
        log.warning("the address for a file refused it", status=status, size=file.size)
        raise UploadRefused(f"status {status}")
    return str(handed["file_id"])


@contextmanager
def refusals(*, last: bool = False) -> Iterator[None]:
    """Raises UploadRefused for whatever Slack, or the way to it, says in the block; `last` is the step that shares."""
    try:
        yield
    except SlackApiError as refusal:
        answer = refusal.response.data
        status = refusal.response.status_code
        code = str(answer.get("error")) if isinstance(answer, dict) else f"status {status}"
        log.warning("a file was refused", error=code)
        raise UploadRefused(code, unknown=last and (status >= SERVER_FAILED or code in _AMBIGUOUS)) from refusal
    except (aiohttp.ClientError, TimeoutError) as failure:
        log.warning("no reply to a file", failure=type(failure).__name__)
        raise UploadRefused(unknown=last) from failure
