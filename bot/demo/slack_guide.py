"""What the demo tells and offers on the page besides the conversations: examples, notes, links, switches, its clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.demo.clock_walk import Walk


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """Something the page can switch on and off, for example a fault of a stand-in."""

    key: str
    label: str
    get: Callable[[], bool]
    set: Callable[[bool], None]
    """Raises ValueError with a sentence for the reader where it cannot be done now."""
    undo: str = ""
    """What the page's button says while it is on. Without it the switch is one of the faults."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A place worth knowing, named in the page's side panel."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A jump of the demo's clock that the page offers."""

    key: str
    label: str
    """Says what the clock shows afterwards, or how far it goes."""
    to: Callable[[datetime], datetime]
    """From the time now to the time after the jump."""
    walked: bool = False
    """Whether every minute in between is lived through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The demo's clock as the page shows and moves it."""

    now: Callable[[], datetime]
    jump: Callable[[datetime], None]
    zone: ZoneInfo
    steps: tuple[Step, ...] = ()
    walk: Walk | None = None
    """None where the clock can only jump."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """What the page tells a newcomer."""

    examples: tuple[str, ...] = ()
    """Commands shown as chips in an empty channel."""
    notes: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    switches: tuple[Switch, ...] = ()
    clock: Clock | None = None
    """None where time is real."""
