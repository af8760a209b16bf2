"""Whether a failed call is worth another attempt, and when. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from bot.errors import (
    GenesysBroken,
    GenesysError,
    GenesysLimited,
    GenesysTooSlow,
    GenesysUnreachable,
    GenesysUnreadable,
)
from bot.genesys.pace import HURRIED, PATIENCE

if TYPE_CHECKING:
    from bot.genesys.pace import Priority

FIRST_WAIT = timedelta(seconds=3)
LONGEST_WAIT = timedelta(seconds=30)
MOST_REPEATS = 5
PERSON_WAITS = timedelta(seconds=20)
"""Attempts and waits together; after that the clear error is worth more than the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """What has happened to one call so far."""

    repeats: int
    elapsed: timedelta
    """Since the first attempt."""
    priority: Priority
    splittable: bool = False
    """An analytics query too heavy for the platform is cut in parts by the caller, not repeated."""
    repeatable: bool = True
    """Whether a second time does no harm where the first may have been taken."""


def wait_before_next(error: GenesysError, so_far: Attempts, *, jitter: float) -> timedelta | None:
    """How long to wait before the next attempt; None to give up.

    `jitter` is 0 to 1. Source of the figures: the official Java SDK's retries (429, 502, 503 and 504; `Retry-After`,
    else steps from 3 s; no wait above 180 s) and Genesys's advice that a 500 is not known to be transient.
    """
    if so_far.repeats >= _most_repeats(error, so_far):
        return None
    if isinstance(error, GenesysLimited):
        if so_far.elapsed + error.retry_after > PATIENCE[so_far.priority]:
            return None
        return error.retry_after + timedelta(seconds=jitter)
    wait = min(LONGEST_WAIT, FIRST_WAIT * (1 << so_far.repeats)) * (0.75 + jitter / 2)
    if so_far.priority in HURRIED and so_far.elapsed + wait > PERSON_WAITS:
        return None
    return wait


def _most_repeats(error: GenesysError, so_far: Attempts) -> int:
    if not so_far.repeatable and not isinstance(error, GenesysLimited):
        return 0
    match error:
        case GenesysLimited() | GenesysUnreachable():
            return MOST_REPEATS
        case GenesysTooSlow():
            return 0 if so_far.splittable else MOST_REPEATS
        case GenesysUnreadable():
            return 1
        case GenesysBroken() if error.status in (HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE):
            return MOST_REPEATS
        case GenesysBroken():
            return 1
        case _:
            return 0
