"""Rules and digests of channels as a file has them, and what has to be done so that they are as it says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.domain.alerts.rules import Rule, Terms
    from bot.domain.ids import ChannelId, TeamId, UserId
    from bot.domain.subscriptions import Order, Subscription


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a channel has. Rows that cannot be read are not among it, and are never touched."""

    team: TeamId
    channel: ChannelId
    rules: tuple[Rule, ...] = ()
    """Here and below: by number."""
    digests: tuple[Subscription, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A rule or a digest as a file has it."""

    line: int
    """Of the file, from 1."""
    number: int | None
    """None: a new one."""
    owner: UserId
    text: str
    """The command's text, as it stands in the file."""
    terms: Terms | Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a channel is to have."""

    team: TeamId
    channel: ChannelId
    rules: tuple[Wish, ...] | None = None
    """None: the file says nothing of them, and they stay. Empty: there are to be none."""
    digests: tuple[Wish, ...] | None = None
    """The same."""


class Turn(StrEnum):
    """What becomes of a rule or a digest; as the first character of its line."""

    ADDED = "+"
    CHANGED = "~"
    REMOVED = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One rule or digest that is not as the file says."""

    turn: Turn
    team: TeamId
    channel: ChannelId
    seen: Rule | Subscription | None = None
    """As it is; None for a new one."""
    wish: Wish | None = None
    """As it is to be; None for what is removed."""
    before: str = ""
    """Its text as it is."""
