"""What a refusal means: Slack's error codes sorted by what a sender has to do; pure.

Source: reference of `chat.postMessage`, its errors. Codes that are not listed are `OTHER`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

SERVER_FAILED = 500
"""Statuses from here on say nothing of what became of the message."""
_TOO_MANY = 429


class Trouble(Enum):
    """Why a message was not taken, by what follows from it."""

    NONE = auto()
    CHANNEL = auto()
    """This conversation takes no messages of the bot until a person changes something there."""
    WORKSPACE = auto()
    """Nothing can be sent anywhere until an administrator changes something."""
    MIGRATING = auto()
    """The workspace is being moved; it takes hours."""
    PAYLOAD = auto()
    """A defect of ours: a simpler message may be taken."""
    PLAN = auto()
    """The workspace has reached a limit of its plan."""
    TRANSIENT = auto()
    """It was certainly not taken, and another attempt may be."""
    AMBIGUOUS = auto()
    """It may have been posted all the same."""
    OTHER = auto()
    """Not taken, for a reason that nobody has described."""


_CLASSES: dict[Trouble, frozenset[str]] = {
    Trouble.CHANNEL: frozenset(
        {
            "channel_not_found",
            "is_archived",
            "not_in_channel",
            "restricted_action",
            "restricted_action_read_only_channel",
            "restricted_action_thread_only_channel",
            "restricted_action_non_threadable_channel",
            "ekm_access_denied",
            "messages_tab_disabled",
            "no_permission",
            "user_not_in_channel",
            "cannot_dm_bot",
            "user_disabled",
            "user_not_found",
        }
    ),
    Trouble.WORKSPACE: frozenset(
        {
            "account_inactive",
            "token_revoked",
            "token_expired",
            "invalid_auth",
            "not_authed",
            "team_access_not_granted",
            "access_denied",
            "missing_scope",
            "not_allowed_token_type",
            "not_enabled",
        }
    ),
    Trouble.MIGRATING: frozenset({"team_added_to_org", "org_login_required"}),
    Trouble.PAYLOAD: frozenset(
        {
            "invalid_blocks",
            "invalid_blocks_format",
            "msg_blocks_too_long",
            "msg_too_long",
            "no_text",
            "too_many_attachments",
            "invalid_metadata_format",
            "invalid_metadata_schema",
            "metadata_too_large",
            "metadata_must_be_sent_from_app",
        }
    ),
    Trouble.PLAN: frozenset({"message_limit_exceeded"}),
    Trouble.TRANSIENT: frozenset({"ratelimited", "rate_limited", "service_unavailable", "request_timeout"}),
    Trouble.AMBIGUOUS: frozenset({"internal_error", "fatal_error"}),
}
_BY_CODE = {code: trouble for trouble, codes in _CLASSES.items() for code in codes}

_SENTENCES = {
    "channel_not_found": "the channel was deleted, or it is private and the bot is no longer in it",
    "is_archived": "the channel is archived",
    "not_in_channel": "the bot is not in the channel",
    "ekm_access_denied": "the workspace's administrators have suspended access to the channel",
    "message_limit_exceeded": "the workspace has reached the number of messages its plan allows",
    "missing_scope": "the Slack app lacks a permission",
    "token_revoked": "the Slack app was removed from the workspace",
    "account_inactive": "the Slack app was removed from the workspace",
}
_READ_ONLY = "the bot is not allowed to post in the channel"


def trouble_of(error: str, status: int = 200) -> Trouble:
    """`error` is Slack's word, empty without one; `status` the reply's."""
    if status == _TOO_MANY:
        return Trouble.TRANSIENT
    if known := _BY_CODE.get(error):
        return known
    if error.startswith("invalid_metadata"):
        return Trouble.PAYLOAD
    return Trouble.AMBIGUOUS if status >= SERVER_FAILED or not error else Trouble.OTHER


def reason_of(error: str) -> str:
    """Why, in words that follow "because"."""
    if known := _SENTENCES.get(error):
        return known
    if trouble_of(error) is Trouble.CHANNEL:
        return _READ_ONLY
    return f"Slack refused the message ({error})" if error else "Slack did not answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One call that Slack did not take, or that went unanswered."""

    trouble: Trouble
    error: str = ""
    """Slack's word, or `HTTP 502`; empty when nothing came back."""
    retry_after: timedelta | None = None
    """Only when Slack named one."""


def retry_after_of(header: str | None) -> timedelta | None:
    """The header `Retry-After` in whole seconds; None when it is absent or no number."""
    text = (header or "").strip()
    return timedelta(seconds=int(text)) if text.isascii() and text.isdigit() else None
