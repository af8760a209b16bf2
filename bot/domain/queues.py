"""Queues as the organisation configured them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from bot.domain.ids import QueueId


class Media(StrEnum):
    """A medium, by the name that analytics uses (a queue's settings say `call` for voice)."""

    VOICE = "voice"
    CALLBACK = "callback"
    CHAT = "chat"
    EMAIL = "email"
    MESSAGE = "message"
    COBROWSE = "cobrowse"
    INTERNALMESSAGE = "internalmessage"
    SCREENMONITORING = "screenmonitoring"
    SCREENSHARE = "screenshare"
    UNKNOWN = "unknown"
    VIDEO = "video"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a queue promises on one medium: this share of contacts answered within the threshold."""

    share: float
    """0 to 1."""
    threshold: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A queue; `targets` may lack any medium, and does not count in comparisons."""

    id: QueueId
    name: str
    division: str = ""
    """The division's name; empty when unknown."""
    targets: Mapping[Media, Target] = field(default_factory=lambda: MappingProxyType({}), compare=False)
