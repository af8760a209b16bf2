"""Everything the bot says to Slack: answers through response URLs, posts, views."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.outcomes import SERVER_FAILED, Refusal, Trouble, retry_after_of, trouble_of
from bot.slack.probe import refusal_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from datetime import timedelta

log = structlog.get_logger()

SLACK_API_URL = "https://slack.com/api/"
PATIENCE = aiohttp.ClientTimeout(total=20)
PATIENT_RESPONSE_TRIES = 3
LONGEST_WAIT_SECONDS = 30.0


class Outgoing(TypedDict):
    """A message as `blocks` makes them: the text that notifications and screen readers carry, and the blocks."""

    text: str
    blocks: list[dict[str, Any]]
    attachments: NotRequired[list[dict[str, Any]]]
    """Blocks behind a coloured line; absent: there are none."""


class Outcome(Enum):
    """What became of a message."""

    SENT = auto()
    REFUSED_BLOCKS = auto()
    """The workspace does not know one of the blocks: send the message without its data blocks."""
    REFUSED = auto()
    """It was not accepted, and another attempt will not help."""
    UNKNOWN = auto()
    """The connection or Slack itself failed after the message left: it may or may not be there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who the bot is in its workspace, from `auth.test`."""

    team_id: str
    bot_id: str
    bot_user_id: str
    enterprise_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What became of a message, and where it is; `channel` and `ts` are empty unless it was sent."""

    outcome: Outcome
    channel: str = ""
    """The conversation's own id: of a direct message, too, which is posted to a person's id."""
    ts: str = ""
    trouble: Trouble = Trouble.NONE
    """Why it was not sent, for who tries again by a pace of their own."""
    error: str = ""
    """Slack's word; empty when nothing came back."""
    retry_after: timedelta | None = None
    """Only when Slack named one."""


class Slack:
    """One session and three Web API clients: reads repeat whatever failed, posts repeat only what was not accepted,
    and `once` nothing at all.
    """

    def __init__(self, session: aiohttp.ClientSession, *, token: str, base_url: str) -> None:
        self.session = session
        self.posts = AsyncWebClient(
            token=token,
            base_url=base_url,
            session=session,
            retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=2)],
        )
        self.once = AsyncWebClient(token=token, base_url=base_url, session=session, retry_handlers=[])
        self.reads = AsyncWebClient(
            token=token,
            base_url=base_url,
            session=session,
            retry_handlers=[
                AsyncConnectionErrorRetryHandler(max_retry_count=2),
                AsyncRateLimitErrorRetryHandler(max_retry_count=2),
                AsyncServerErrorRetryHandler(max_retry_count=2),
            ],
        )

    def without_token(self) -> AsyncWebClient:
        """For Bolt, which puts the token in by itself and warns of a second one."""
        return AsyncWebClient(base_url=self.posts.base_url, session=self.session, retry_handlers=[])

    async def identity(self) -> Identity:
        """Raises SlackRefused."""
        with refusal_of("bot token"):
            reply = await self.reads.auth_test()
        return Identity(
            team_id=reply["team_id"],
            bot_id=reply["bot_id"],
            bot_user_id=reply["user_id"],
            enterprise_id=reply.get("enterprise_id"),
        )

    async def socket_url(self, app_token: str) -> str:
        """Where Socket Mode connects. Raises SlackRefused."""
        with refusal_of("app token"):
            reply = await self.reads.apps_connections_open(app_token=app_token)
        return str(reply["url"])

    async def respond(
        self, response_url: str, message: Outgoing, *, in_channel: bool = False, replace: bool = False
    ) -> Outcome:
        """Answer a command or a click; the URL lives 30 minutes and takes five answers.

        `replace` rewrites the answer given before, or the message that carried the button.
        """
        return await self._answer(
            response_url,
            {
                "text": message["text"],
                "blocks": message["blocks"],
                "attachments": message.get("attachments", []),
                "response_type": "in_channel" if in_channel else "ephemeral",
                "replace_original": replace,
            },
        )

    async def _answer(self, response_url: str, body: Mapping[str, Any]) -> Outcome:
        for attempt in range(1, PATIENT_RESPONSE_TRIES + 1):
            try:
                async with self.session.post(response_url, json=body) as reply:
                    said = await reply.text()
                    status, pause = reply.status, reply.headers.get("Retry-After", "1")
            except (aiohttp.ClientError, TimeoutError) as failure:
                log.warning("no reply from a response URL", failure=type(failure).__name__)
                return Outcome.UNKNOWN
            if "invalid_blocks" in said:
                return Outcome.REFUSED_BLOCKS
            if status == 200 and '"ok":false' not in said.replace(" ", ""):
                return Outcome.SENT
            if status >= SERVER_FAILED:
                log.warning("a response URL failed", status=status)
                return Outcome.UNKNOWN
            if status != 429 or attempt == PATIENT_RESPONSE_TRIES:
                log.warning("a response URL refused an answer", status=status, said=said[:200])
                return Outcome.REFUSED
            await asyncio.sleep(min(float(pause) if pause.isdigit() else 1.0, LONGEST_WAIT_SECONDS))
        return Outcome.REFUSED

    async def post(
        self,
        channel: str,
        message: Outgoing,
        *,
        metadata: Mapping[str, Any] | None = None,
        within: timedelta | None = None,
        thread: str = "",
    ) -> Posted:
        """A message for everybody in `channel`; a user id writes to that person. `thread` is the `ts` it answers.

        `metadata` lets it be found again (`bot.slack.history`). With `within` there is one attempt, and no word from
        Slack in that time is `UNKNOWN`; without it a rate limit is waited for.
        """
        client = self.posts if within is None else self.once
        try:
            async with asyncio.timeout(within.total_seconds() if within else None):
                reply = await client.chat_postMessage(
                    channel=channel,
                    text=message["text"],
                    blocks=message["blocks"],
                    attachments=message.get("attachments"),
                    metadata=dict(metadata) if metadata else None,
                    thread_ts=thread or None,
                    unfurl_links=False,
                    unfurl_media=False,
                )
            return Posted(outcome=Outcome.SENT, channel=str(reply["channel"]), ts=str(reply["ts"]))
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as failure:
            refusal = refused(failure)
            return Posted(
                outcome=_outcome(failure, channel),
                trouble=refusal.trouble,
                error=refusal.error,
                retry_after=refusal.retry_after,
            )

    async def rewrite(self, channel: str, ts: str, message: Outgoing) -> Outcome:
        """Put another message in the place of one that was posted."""
        try:
            # As harmless to repeat as a read.
            await self.reads.chat_update(
                channel=channel,
                ts=ts,
                text=message["text"],
                blocks=message["blocks"],
                # Without them the ones that are there stay.
                attachments=message.get("attachments", []),
            )
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as failure:
            return _outcome(failure, channel)
        return Outcome.SENT

    async def permalink(self, channel: str, ts: str) -> str:
        """Where a message is, for people; empty when Slack does not tell."""
        if not ts:
            return ""
        try:
            reply = await self.reads.chat_getPermalink(channel=channel, message_ts=ts)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as failure:
            log.info("a message's address is not known", failure=str(failure))
            return ""
        return str(reply["permalink"])

    async def open_view(self, trigger_id: str, view: Mapping[str, Any]) -> str | None:
        """The id of the opened modal; None when the trigger had expired (three seconds) or was used."""
        try:
            reply = await self.posts.views_open(trigger_id=trigger_id, view=dict(view))
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as failure:
            log.warning("a modal could not be opened", failure=str(failure))
            return None
        return str(reply["view"]["id"])

    async def push_view(self, trigger_id: str, view: Mapping[str, Any]) -> str | None:
        """The id of a modal on top of the one that was clicked in; None as of `open_view`."""
        try:
            reply = await self.posts.views_push(trigger_id=trigger_id, view=dict(view))
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as failure:
            log.warning("a modal could not be put on top", failure=str(failure))
            return None
        return str(reply["view"]["id"])

    async def update_view(self, view_id: str, view: Mapping[str, Any]) -> bool:
        """False when the modal stays as it was. One that is gone, since the person closed it, needs no update."""
        try:
            # As harmless to repeat as a read.
            await self.reads.views_update(view_id=view_id, view=dict(view))
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as failure:
            log.info("a modal could not be updated", failure=str(failure))
            return isinstance(failure, SlackApiError) and "not_found" in str(failure.response.data)
        return True

    async def publish_home(self, user_id: str, view: Mapping[str, Any]) -> bool:
        try:
            await self.posts.views_publish(user_id=user_id, view=dict(view))
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as failure:
            log.warning("App Home could not be published", failure=str(failure))
            return False
        return True


@asynccontextmanager
async def slack_client(token: str, *, base_url: str = SLACK_API_URL) -> AsyncIterator[Slack]:
    """The outward side of Slack, over one session that closes at the end."""
    async with aiohttp.ClientSession(timeout=PATIENCE) as session:
        yield Slack(session, token=token, base_url=base_url if base_url.endswith("/") else base_url + "/")


def refused(failure: SlackApiError | aiohttp.ClientError | TimeoutError) -> Refusal:
    """What a failed call of the SDK means."""
    if isinstance(failure, aiohttp.ClientConnectorError):
        # No connection was made, so nothing has left this machine.
        return Refusal(trouble=Trouble.TRANSIENT)
    if not isinstance(failure, SlackApiError):
        return Refusal(trouble=Trouble.AMBIGUOUS)
    status, said = _status_and_word(failure)
    return Refusal(
        trouble=trouble_of(said, status),
        error=said or f"HTTP {status}",
        retry_after=retry_after_of(failure.response.headers.get("Retry-After")),
    )


def _status_and_word(failure: SlackApiError) -> tuple[int, str]:
    response = failure.response
    if isinstance(response, aiohttp.ClientResponse):  # said to be JSON, and was not
        return response.status, ""
    # A gateway in front of Slack may answer in HTML, which the SDK keeps as text.
    answer = response.data
    return response.status_code, str(answer.get("error") or "") if isinstance(answer, dict) else ""


def _outcome(failure: SlackApiError | aiohttp.ClientError | TimeoutError, channel: str) -> Outcome:
    if not isinstance(failure, SlackApiError):
        return Outcome.UNKNOWN
    status, said = _status_and_word(failure)
    error = said or f"HTTP {status}"
    log.warning("a message was refused", channel=channel, error=error)
    if status >= SERVER_FAILED:
        return Outcome.UNKNOWN
    return Outcome.REFUSED_BLOCKS if error.startswith("invalid_blocks") else Outcome.REFUSED
