"""HTTP mode: payloads signed and posted to the bot's request URL, encoded as Slack encodes them."""

import asyncio
import hashlib
import hmac
import json
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlencode

import aiohttp

from bot.demo.slack_acks import Ack, Envelope, Form, Outcome
from bot.demo.slack_workspace import Json, Now

FORM = "application/x-www-form-urlencoded"


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The value of `X-Slack-Signature`: HMAC-SHA256 over version, time and raw body."""
    signed = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


class HttpMode:
    """Posts to one URL, which serves commands, interactivity, options and events alike."""

    def __init__(self, *, request_url: str, signing_secret: str, now: Now) -> None:
        self.request_url = request_url
        self._secret = signing_secret
        self._now = now
        self._client: aiohttp.ClientSession | None = None

    async def carry(self, envelope: Envelope, *, within: timedelta) -> Ack:
        """Post the payload; anything but a 200 in time is a failed dispatch."""
        clock = asyncio.get_running_loop().time
        started = clock()
        outcome, payload, no_retry = Outcome.FAILED, None, False
        try:
            async with asyncio.timeout(within.total_seconds()):
                outcome, payload, no_retry = await self._post(envelope)
        except TimeoutError:
            outcome = Outcome.TIMED_OUT
        except (aiohttp.ClientError, OSError):
            outcome = Outcome.FAILED
        return Ack(outcome=outcome, after=timedelta(seconds=clock() - started), payload=payload, no_retry=no_retry)

    async def close(self) -> None:
        """Close the connections to the bot."""
        if self._client is not None:
            await self._client.close()

    def headers(self, envelope: Envelope, body: bytes) -> dict[str, str]:
        """Content type, time, signature and, for a repeated event, number and reason of the repetition."""
        timestamp = str(int(self._now().timestamp()))
        headers = {
            "Content-Type": "application/json" if envelope.form is Form.EVENT else FORM,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self._secret, timestamp, body),
        }
        if envelope.retry_attempt:
            headers |= {
                "X-Slack-Retry-Num": str(envelope.retry_attempt),
                "X-Slack-Retry-Reason": envelope.retry_reason,
            }
        return headers

    async def _post(self, envelope: Envelope) -> tuple[Outcome, Json | None, bool]:
        if self._client is None:
            self._client = aiohttp.ClientSession()
        body = encoded(envelope)
        async with self._client.post(self.request_url, data=body, headers=self.headers(envelope, body)) as answer:
            content = await answer.read()
            if answer.status != HTTPStatus.OK:
                return Outcome.FAILED, None, answer.headers.get("X-Slack-No-Retry") == "1"
            return Outcome.ACKNOWLEDGED, _read(answer.content_type, content), False


def encoded(envelope: Envelope) -> bytes:
    """Commands as form fields, interactivity as one form field of JSON, events as JSON."""
    match envelope.form:
        case Form.COMMAND:
            return urlencode(envelope.payload).encode()
        case Form.INTERACTIVE:
            return urlencode({"payload": json.dumps(envelope.payload)}).encode()
        case Form.EVENT:
            return json.dumps(envelope.payload).encode()


def _read(content_type: str, content: bytes) -> Json | None:
    if not content:
        return None
    if content_type == "application/json":
        answer: Json = json.loads(content)
        return answer or None
    return {"text": content.decode()}
