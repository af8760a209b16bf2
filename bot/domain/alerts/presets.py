"""How easily `unusual` speaks: three words that people choose from, and the numbers that they stand for."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.domain.alerts.rules import Preset

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What rates must reach before anybody is told: all of it at once."""

    z: float
    """Standard deviations beyond the usual rate, after the queue's own restlessness was taken out."""
    missed: float
    """Share of contacts missed beyond the usual, 0 to 1."""
    abandoned: float
    excess: float
    """Contacts beyond the usual."""


LIMITS: Mapping[Preset, Limits] = MappingProxyType(
    {
        Preset.SENSITIVE: Limits(z=3.0, missed=0.15, abandoned=0.10, excess=6),
        Preset.DEFAULT: Limits(z=3.5, missed=0.20, abandoned=0.13, excess=6),
        Preset.QUIET: Limits(z=4.5, missed=0.25, abandoned=0.17, excess=10),
    }
)
