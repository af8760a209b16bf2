"""Troubles that can be switched on to see how a client bears them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, get_args

Mode = Literal[
    "down", "slow", "rate_limited", "rate_limited_silent", "rate_limited_long", "server_error", "bad_gateway",
    "unavailable", "gateway_timeout", "html", "truncated", "expired_token", "wrong_secret",
    "failed_job", "expired_job",
]  # fmt: skip

DETAILS_QUERY = "/api/v2/analytics/conversations/details/query"
DETAILS_JOBS = "/api/v2/analytics/conversations/details/jobs"
"""Prefixes to aim at exports; results of jobs have the suffix `/results`."""

LABELS: dict[Mode, str] = {
    "down": "Genesys is down (connections drop)",
    "slow": "Genesys is slow",
    "rate_limited": "Rate limited (429, says when to retry)",
    "rate_limited_silent": "Rate limited (429 without Retry-After)",
    "rate_limited_long": "Rate limited for an hour (429)",
    "server_error": "Internal error (500)",
    "bad_gateway": "Bad gateway (502)",
    "unavailable": "Service unavailable (503)",
    "gateway_timeout": "Query too heavy (504)",
    "html": "A proxy answers with a web page",
    "truncated": "Replies are cut off half-way",
    "expired_token": "The token is revoked (once)",
    "wrong_secret": "Wrong client secret",
    "failed_job": "An export job fails",
    "expired_job": "An export job expires after its first page",
}
"""Every mode with what a person would call it."""

MODES: tuple[Mode, ...] = get_args(Mode)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One trouble and whom it meets."""

    mode: Mode
    requests: int | None = None
    """How many more requests it meets; None until cleared."""
    after: int = 0
    """How many requests it would fit pass unharmed first."""
    prefix: str = ""
    """Only paths beginning so."""
    suffix: str = ""
    """Only paths ending so."""
    delay_seconds: float = 5.0
    """Of `slow`."""
    retry_after_seconds: int = 5
    """Of `rate_limited`."""


class Faults:
    """What is switched on now. Each request meets the first fault that fits it."""

    def __init__(self) -> None:
        self._active: list[Fault] = []
        self.met = 0
        """Requests that met a fault since the start."""

    @property
    def active(self) -> tuple[Fault, ...]:
        """The faults switched on, oldest first."""
        return tuple(self._active)

    def set(
        self,
        mode: Mode,
        *,
        requests: int | None = None,
        after: int = 0,
        prefix: str = "",
        suffix: str = "",
        delay_seconds: float = 5.0,
        retry_after_seconds: int = 5,
    ) -> None:
        """Switch a fault on, beside those already on. `expired_token` happens once unless told otherwise.

        "The third page of a details query is cut": `set("truncated", requests=1, after=2, prefix=DETAILS_QUERY)`.
        """
        if mode == "expired_token" and requests is None:
            requests = 1
        self._active.append(
            Fault(
                mode=mode,
                requests=requests,
                after=after,
                prefix=prefix,
                suffix=suffix,
                delay_seconds=delay_seconds,
                retry_after_seconds=retry_after_seconds,
            )
        )

    def lift(self, mode: Mode) -> None:
        """Switch every fault of this mode off."""
        self._active = [fault for fault in self._active if fault.mode != mode]

    def clear(self) -> None:
        """Switch everything off."""
        self._active.clear()

    def take(self, path: str) -> Fault | None:
        """The fault this request meets, counted down; None for a healthy reply.

        Revoked tokens meet API calls only, a wrong secret only the token request, and jobs are doomed when submitted.
        """
        for index, fault in enumerate(self._active):
            if not _fits(fault, path):
                continue
            if fault.after:
                self._active[index] = replace(fault, after=fault.after - 1)
                continue
            if fault.requests is not None:
                left = fault.requests - 1
                if left:
                    self._active[index] = replace(fault, requests=left)
                else:
                    del self._active[index]
            self.met += 1
            return fault
        return None


def _fits(fault: Fault, path: str) -> bool:
    if not (path.startswith(fault.prefix) and path.endswith(fault.suffix)):
        return False
    if fault.mode in ("failed_job", "expired_job"):
        return path == DETAILS_JOBS
    asks_token = path == "/oauth/token"
    return {"expired_token": not asks_token, "wrong_secret": asks_token}.get(fault.mode, True)
