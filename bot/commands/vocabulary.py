"""The words that mean something in a command, beside thresholds, periods and the names of queues."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, auto
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from bot.domain.dimensions import Dimension
from bot.domain.exports import FileFormat
from bot.domain.folding import fold
from bot.domain.metrics import METRICS, Metric
from bot.domain.names import BESIDE_QUEUE, BESIDE_REPORT, BESIDE_SLA, Beside
from bot.domain.queues import Media

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from bot.commands.words import Token


class Mark(Enum):
    """A word that stands for itself."""

    COMPARE = auto()
    CONVERSATIONS = auto()


Meaning: TypeAlias = "Metric | Media | FileFormat | Mark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """A part that only one command knows."""

    kind: str
    """Of each kind there may be one, which errors call by this name; empty: any number."""
    value: object
    taken: int
    """Of how many pieces it consists."""


Extras: TypeAlias = "Callable[[Sequence[Token], int, bool], Extra | None]"
"""What begins at a place among pieces, if anything. The last argument says that a queue's name would be out of place
there. May raise BadWord, whose example the reader fills in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """What one command understands. Words are squeezed, so that `wrap-up`, `wrap up` and `WrapUp` are one."""

    beside: Beside
    groupings: Mapping[str, Dimension]
    """What may follow `by`."""
    choices: str
    """The same as told to whoever wrote something else."""
    several: bool = False
    """Whether more than one may follow."""
    phrases: Mapping[str, Meaning] = field(default_factory=lambda: MappingProxyType({}))
    extras: Extras | None = None
    """Looked for before anything else."""
    periods: bool = True
    """Whether periods are read as everywhere; False when `extras` find them."""


def squeezed(text: str) -> str:
    """The form in which a word of the vocabulary is looked up: folded, without hyphens and spaces."""
    return re.sub(r"[-_ ]", "", fold(text))


_FEW_GROUPINGS: Mapping[str, Dimension] = MappingProxyType(
    {
        "queue": Dimension.QUEUE,
        "queues": Dimension.QUEUE,
        "media": Dimension.MEDIA,
        "medium": Dimension.MEDIA,
        "hour": Dimension.HOUR,
        "hours": Dimension.HOUR,
        "day": Dimension.DAY,
        "days": Dimension.DAY,
    }
)
_GROUPINGS: Mapping[str, Dimension] = MappingProxyType(
    {
        **_FEW_GROUPINGS,
        "agent": Dimension.AGENT,
        "agents": Dimension.AGENT,
        "wrapup": Dimension.WRAPUP,
        "wrapups": Dimension.WRAPUP,
        "wrapupcode": Dimension.WRAPUP,
        "wrapupcodes": Dimension.WRAPUP,
        "direction": Dimension.DIRECTION,
        "directions": Dimension.DIRECTION,
        "division": Dimension.DIVISION,
        "divisions": Dimension.DIVISION,
    }
)
MEDIA: Mapping[str, Media] = MappingProxyType(
    {
        "voice": Media.VOICE,
        "call": Media.VOICE,
        "calls": Media.VOICE,
        "callback": Media.CALLBACK,
        "callbacks": Media.CALLBACK,
        "chat": Media.CHAT,
        "chats": Media.CHAT,
        "email": Media.EMAIL,
        "emails": Media.EMAIL,
        "message": Media.MESSAGE,
        "messages": Media.MESSAGE,
        "messaging": Media.MESSAGE,
    }
)
_MARKS: Mapping[str, Mark] = MappingProxyType(
    {
        "compare": Mark.COMPARE,
        "compared": Mark.COMPARE,
        "conversation": Mark.CONVERSATIONS,
        "conversations": Mark.CONVERSATIONS,
    }
)


def _metric_words(metrics: Iterable[Metric]) -> dict[str, Metric]:
    return {squeezed(word): metric for metric in metrics for word in (metric.name, metric.title, *metric.words)}


PHRASES: Mapping[str, Meaning] = MappingProxyType(
    {**_metric_words(METRICS), **MEDIA, **{kind.value: kind for kind in FileFormat}, **_MARKS}
)
"""Metrics by word, title and name in `--json`, media, formats and marks."""

SLA = Grammar(beside=BESIDE_SLA, groupings=_FEW_GROUPINGS, choices="queue, media, hour or day")
QUEUE = Grammar(beside=BESIDE_QUEUE, groupings=_FEW_GROUPINGS, choices=SLA.choices)
REPORT = Grammar(
    beside=BESIDE_REPORT,
    groupings=_GROUPINGS,
    choices="queue, media, hour, day, agent, wrapup, direction or division",
    several=True,
    phrases=PHRASES,
)
