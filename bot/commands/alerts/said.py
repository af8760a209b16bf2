"""What the words that only `/alert` knows mean, one value for each of its options."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta
    from fractions import Fraction

    from bot.domain.alerts.rules import Hours, Step


class What(Enum):
    """Which term of a rule a value is for."""

    PENDING = auto()
    RECOVER_FOR = auto()
    WINDOW = auto()
    RENOTIFY = auto()


class Switch(Enum):
    """What a rule does or leaves."""

    NO_HOURS = auto()
    NO_QUIET = auto()
    NO_RENOTIFY = auto()
    ON_HOLIDAYS = auto()
    NOT_ON_HOLIDAYS = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting:
    what: What
    value: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """A recovery that stands apart from its condition, as it was typed."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Minimum:
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ZScore:
    value: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    hours: Hours
    quiet: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentioned:
    who: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    steps: tuple[Step, ...]
