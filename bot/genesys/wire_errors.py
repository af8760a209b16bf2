"""Genesys' statuses, headers and error bodies, judged into the family of bot.errors. No I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar

import msgspec

from bot.errors import (
    GenesysBadCredentials,
    GenesysBroken,
    GenesysError,
    GenesysForbidden,
    GenesysLimited,
    GenesysRefused,
    GenesysTooSlow,
    GenesysUnreadable,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

Wire = TypeVar("Wire")

UNTOLD = timedelta(seconds=3)
"""How long a 429 holds when it does not say; the step of the official Java SDK."""

_PERMISSION = re.compile(r"\b[a-z]\w*:\w+:\w+\b", re.IGNORECASE)
_LONGEST_DETAIL = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One HTTP reply, whole. `headers` has lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    received: datetime

    @property
    def correlation_id(self) -> str:
        return self.headers.get("inin-correlation-id", "")


class ErrorBody(msgspec.Struct):
    """The standard error body; every field may be missing. OAuth errors have the last two instead."""

    message: str | None = None
    code: str | None = None
    context_id: str | None = msgspec.field(name="contextId", default=None)
    error: str | None = None
    error_description: str | None = None


def read(reply: Reply, form: type[Wire]) -> Wire:
    """The body of a 200 as `form`. Raises what any other status stands for, and GenesysUnreadable."""
    if reply.status != HTTPStatus.OK:
        raise error_for(reply)
    content_type = reply.headers.get("content-type", "")
    if content_type and "json" not in content_type.lower():
        raise GenesysUnreadable(
            f"content type {content_type}", correlation_id=reply.correlation_id, status=reply.status
        )
    try:
        return msgspec.json.decode(reply.body, type=form)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise GenesysUnreadable(str(error), correlation_id=reply.correlation_id, status=reply.status) from error


def error_for(reply: Reply) -> GenesysError:
    """The error that a status other than 200 stands for."""
    status = reply.status
    said = _error_body(reply.body)
    correlation_id = reply.correlation_id or said.context_id or ""
    detail = _detail(said)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return GenesysLimited(detail, retry_after=retry_after(reply) or UNTOLD, correlation_id=correlation_id)
    if status == HTTPStatus.FORBIDDEN:
        missing = ", ".join(dict.fromkeys(_PERMISSION.findall(said.message or "")))
        return GenesysForbidden(missing or detail, correlation_id=correlation_id)
    return _family(status)(detail, correlation_id=correlation_id, status=status)


def retry_after(reply: Reply) -> timedelta | None:
    """How long the reply says to wait: seconds, or an HTTP date as seen from the moment of the reply."""
    text = reply.headers.get("retry-after", "").strip()
    try:
        return timedelta(seconds=max(0.0, float(text)))
    except (ValueError, OverflowError):
        pass
    try:
        return max(timedelta(0), parsedate_to_datetime(text) - reply.received)
    except (ValueError, TypeError):  # TypeError: a date without a zone
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """What the `inin-ratelimit-*` headers say of the current window."""

    allowed: int
    used: int
    resets_in: timedelta


def quota(headers: Mapping[str, str]) -> Quota | None:
    """None unless all three headers are there and make sense: some replies lack them."""
    try:
        allowed = int(headers["inin-ratelimit-allowed"])
        used = int(headers["inin-ratelimit-count"])
        resets_in = timedelta(seconds=float(headers["inin-ratelimit-reset"]))
    except (KeyError, ValueError, OverflowError):
        return None
    if allowed <= 0 or used < 0 or not timedelta(0) <= resets_in <= timedelta(minutes=5):
        return None
    return Quota(allowed=allowed, used=used, resets_in=resets_in)


def _family(status: int) -> type[GenesysBroken | GenesysTooSlow | GenesysRefused | GenesysBadCredentials]:
    if status == HTTPStatus.UNAUTHORIZED:
        return GenesysBadCredentials
    if status in (HTTPStatus.GATEWAY_TIMEOUT, HTTPStatus.REQUEST_TIMEOUT):
        return GenesysTooSlow
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return GenesysBroken
    return GenesysRefused


def _error_body(body: bytes) -> ErrorBody:
    try:
        return msgspec.json.decode(body, type=ErrorBody)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ErrorBody()  # proxies in front of the platform answer with HTML, or with nothing


def _detail(said: ErrorBody) -> str:
    parts = (said.code or said.error, said.message or said.error_description)
    return ": ".join(part for part in parts if part)[:_LONGEST_DETAIL]
