"""`/alert …` as it was read: one value for each of its verbs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from datetime import date, datetime

    from bot.commands.alerts.changes import Changes
    from bot.domain.alerts.rules import Terms
    from bot.domain.questions import QueueWord


@dataclass(frozen=True, slots=True, kw_only=True)
class Add:
    terms: Terms | None = None
    """With queues as they were typed. None: nothing was said, which opens the window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class List:
    everywhere: bool = False
    """Not only of this channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    number: int | None = None
    """Here and in `Edit`, `Remove` and `Confirm`: None means the only rule that the channel has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    number: int | None = None
    changes: Changes | None = None
    """With queues as they were typed. None: nothing was said, which opens the window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """`/alert test`: how a rule stands now, and when it would have fired; nobody else is told."""

    number: int | None = None
    """Without `terms`: a rule of the channel, None for the only one."""
    terms: Terms | None = None
    """A rule that is not there yet, with queues as they were typed; `number` is None then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    number: int | None = None
    """None: every rule of the channel."""
    until: datetime
    """UTC; after now. `datetime.max` with UTC: until somebody says otherwise, which has to be said in a word. An hour
    where nothing is said: a mute that was forgotten looks like good news.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmute:
    number: int | None = None
    """None: every rule of the channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove:
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm:
    """By an administrator: the rule may speak in a channel that is shared with another organisation."""

    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge:
    number: int | None = None
    """Of the rule whose open incidents are meant; None: every open incident of the channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snooze:
    number: int | None = None
    """As in `Acknowledge`."""
    until: datetime | None
    """UTC; after now. None: until each queue opens tomorrow. An hour where nothing is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    since: datetime
    """UTC; before now. Eight hours ago where nothing is said."""
    share: bool = False
    """Whether the whole channel sees it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holidays:
    """With nothing added and nothing removed: what there is, is shown."""

    added: tuple[date, ...] = ()
    """In order, none twice; only one of the two is given."""
    name: str = ""
    """Of the added ones."""
    removed: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Starter:
    """The rules to begin with."""

    queues: tuple[QueueWord, ...] = ()
    """As they were typed, else the usual ones. Empty: every queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """`/alert export`: the rules and digests of the channel as a file that `sla-bot rules apply` takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """`/alert help`."""


AlertCommand: TypeAlias = (
    "Add | List | Show | Edit | Trial | Mute | Unmute | Remove | Confirm | Acknowledge | Snooze | Handover"
    " | Holidays | Starter | Export | Help"
)
