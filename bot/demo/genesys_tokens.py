"""Tokens: who may call, for how long, and how often."""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.demo.genesys_errors import ApiError

if TYPE_CHECKING:
    from datetime import datetime

    from bot.demo.genesys_options import Options


@dataclass(slots=True)
class Window:
    """Requests counted since the window opened."""

    opened: datetime
    count: int = 0


@dataclass(frozen=True, slots=True)
class Pace:
    """Where a token stands in its current window."""

    count: int
    allowed: int
    reset_seconds: int

    def headers(self) -> dict[str, str]:
        """The three headers every reply carries."""
        return {
            "inin-ratelimit-count": str(self.count),
            "inin-ratelimit-allowed": str(self.allowed),
            "inin-ratelimit-reset": str(self.reset_seconds),
        }


class Tokens:
    """Tokens given out, and one fixed window of requests for each."""

    def __init__(self, client_id: str, client_secret: str, options: Options) -> None:
        self._client_id = client_id
        self._client_secret = client_secret
        self._options = options
        self._expiry: dict[str, datetime] = {}
        self._windows: dict[str, Window] = {}
        self.issued = 0

    def issue(self, now: datetime) -> str:
        """A new token, good for the configured life."""
        token = secrets.token_urlsafe(40)
        self._expiry[token] = now + self._options.token_life
        self.issued += 1
        return token

    def revoke_all(self) -> None:
        """Make every token given out so far invalid."""
        self._expiry.clear()

    def knows_client(self, authorization: str | None) -> bool:
        """Whether a Basic header carries the right id and secret."""
        if authorization is None or not authorization.startswith("Basic "):
            return False
        try:
            pair = base64.b64decode(authorization[6:], validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return False
        return secrets.compare_digest(pair.encode(), f"{self._client_id}:{self._client_secret}".encode())

    def check(self, authorization: str | None, now: datetime) -> None:
        """Let a Bearer header pass or raise the platform's 401."""
        if authorization is None or not authorization.startswith("Bearer "):
            raise ApiError(
                401, "authentication.required", "No authentication bearer token specified in authorization header."
            )
        expiry = self._expiry.get(authorization.removeprefix("Bearer "))
        if expiry is None or now >= expiry:
            raise ApiError(401, "bad.credentials", "Invalid login credentials.")

    def pace(self, authorization: str | None, now: datetime) -> Pace:
        """Count one request against its token's window."""
        key = authorization or ""
        window = self._windows.get(key)
        if window is None or now >= window.opened + self._options.rate_window:
            window = self._windows[key] = Window(opened=now)
        window.count += 1
        left = window.opened + self._options.rate_window - now
        return Pace(window.count, self._options.rate_limit, max(1, -int(-left.total_seconds() // 1)))

    def check_pace(self, pace: Pace) -> None:
        """Raise the platform's 429 when the window is full."""
        if pace.count > pace.allowed:
            raise too_many(pace.reset_seconds, with_header=self._options.retry_after)


def too_many(seconds: int, *, with_header: bool = True) -> ApiError:
    """The 429 every API sends; older layers send it without Retry-After."""
    return ApiError(
        429,
        "too.many.requests.retry.after",
        f"Rate limit exceeded the maximum. Retry the request in [{seconds}] seconds",
        headers={"Retry-After": str(seconds)} if with_header else {},
    )
