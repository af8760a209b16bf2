"""What a rule may measure: the metrics of reports over a window, and what is seen of a queue this moment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import reduce
from operator import add
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.domain.amounts import ZERO, Amounts, Times
from bot.domain.metrics import BY_NAME as METRIC
from bot.domain.metrics import Better, Figure, Unit
from bot.domain.questions import Formula
from bot.domain.sla import Counts, Share

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bot.domain.alerts.samples import Sample
    from bot.domain.live import Agents, Contacts
    from bot.domain.sla import Switches

SHORT = timedelta(hours=2)
"""Windows shorter than this divide abandons by the contacts resolved: who is offered in one leaves in the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """One queue and medium as it was seen, and the agents of the whole queue. None: not reported, which is not zero."""

    waiting: int | None = None
    oldest_wait: timedelta | None = None
    """Zero when it is known that nobody waits."""
    interacting: int | None = None
    available: int | None = None
    on_queue: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Something that a condition compares with its limit: over a window, or live; never both."""

    name: str
    title: str
    words: tuple[str, ...]
    """What people type for it, folded; the first is the one that help shows."""
    formula: str
    unit: Unit
    better: Better
    counted: Callable[[Amounts], Figure] | None = None
    """Of finished contacts in a window."""
    counted_short: Callable[[Amounts], Figure] | None = None
    """The same in a window under `SHORT`, where that differs."""
    seen: Callable[[Live], Figure] | None = None
    """Of this moment."""
    agents: bool = False
    """Whether it is of a queue's agents: they have no medium."""
    threshold: bool = False
    """Whether it needs one: the condition's, or the queue's own."""

    @property
    def live(self) -> bool:
        return self.seen is not None

    @property
    def low_is_bad(self) -> bool:
        return self.better is Better.MORE

    def of(self, amounts: Amounts, window: timedelta) -> Figure:
        """Its value over a window; None where there is nothing to divide by. Raises ValueError for a live one."""
        counted = self.counted_short if self.counted_short and window < SHORT else self.counted
        if counted is None:
            raise ValueError(f"{self.name} has no window")
        return counted(amounts)

    def now(self, live: Live) -> Figure:
        """Its value as seen; None where it was not reported. Raises ValueError for one that has a window."""
        if self.seen is None:
            raise ValueError(f"{self.name} is not seen live")
        return self.seen(live)


def _abandoned_of_resolved(amounts: Amounts) -> Share:
    left = max(0, amounts.abandoned - amounts.short_abandoned)
    return Share(within=left, denominator=amounts.answered + left)


def _over_window(
    name: str, *words: str, short: Callable[[Amounts], Figure] | None = None, threshold: bool = False
) -> Measure:
    """A metric of the reports' table, under its name and words and perhaps some more; `words` come first."""
    metric = METRIC[name]
    return Measure(
        name=metric.name,
        title=metric.title,
        words=(*words, *(word for word in metric.words if word not in words)),
        formula=metric.formula,
        unit=metric.unit,
        better=metric.better,
        counted=metric.of,
        counted_short=short,
        threshold=threshold,
    )


# The longest wait of a window is not here: who writes “longest wait > 300s” means those who wait now.
MEASURES: tuple[Measure, ...] = (
    _over_window("service_level", "sla", "sl", threshold=True),
    _over_window("breach_share", threshold=True),
    _over_window("abandon_share", short=_abandoned_of_resolved),
    _over_window("offered"),
    _over_window("answered"),
    _over_window("answered_share"),
    _over_window("abandoned"),
    _over_window("short_abandoned"),
    _over_window("flow_out"),
    _over_window("over_target"),
    _over_window("asa_seconds"),
    _over_window("average_wait_seconds"),
    _over_window("handled"),
    _over_window("aht_seconds"),
    _over_window("talk_seconds"),
    _over_window("hold_seconds"),
    _over_window("acw_seconds"),
    _over_window("transferred"),
    Measure(
        name="waiting",
        title="Waiting",
        words=("waiting", "queued"),
        formula="contacts that wait for an agent now",
        unit=Unit.COUNT,
        better=Better.LESS,
        seen=lambda live: live.waiting,
    ),
    Measure(
        name="oldest_wait",
        title="Oldest wait",
        words=("longest-wait", "oldest-wait", "longest", "max-wait", "oldest"),
        formula="how long the contact has waited that has waited longest of those who wait now",
        unit=Unit.TIME,
        better=Better.LESS,
        seen=lambda live: live.oldest_wait,
    ),
    Measure(
        name="interacting",
        title="Interacting",
        words=("interacting",),
        formula="contacts that are being handled now",
        unit=Unit.COUNT,
        better=Better.NEITHER,
        seen=lambda live: live.interacting,
    ),
    Measure(
        name="available",
        title="Available agents",
        words=("available", "free", "idle"),
        formula="agents of the queue who are on queue and idle now",
        unit=Unit.COUNT,
        better=Better.MORE,
        seen=lambda live: live.available,
        agents=True,
    ),
    Measure(
        name="on_queue",
        title="Agents on queue",
        words=("on-queue", "agents"),
        formula="agents of the queue who are on queue now",
        unit=Unit.COUNT,
        better=Better.MORE,
        seen=lambda live: live.on_queue,
        agents=True,
    ),
)
BY_NAME: Mapping[str, Measure] = MappingProxyType({measure.name: measure for measure in MEASURES})
BY_WORD: Mapping[str, Measure] = MappingProxyType({word: measure for measure in MEASURES for word in measure.words})


def live_of(contacts: Contacts | None, agents: Agents | None) -> Live:
    """What was seen of one queue and medium; None for what was not reported."""
    seen = Live(
        available=agents.available if agents else None,
        on_queue=agents.on_queue if agents else None,
    )
    if contacts is None:
        return seen
    nobody_waits = contacts.waiting == 0
    return replace(
        seen,
        waiting=contacts.waiting,
        oldest_wait=ZERO if nobody_waits else contacts.longest_wait,
        interacting=contacts.interacting,
    )


def window_of(
    samples: Iterable[Sample],
    *,
    threshold: timedelta | None,
    switches: Switches,
    formula: Formula = Formula.GENESYS,
) -> Amounts:
    """Quarter hours of one place added up, as `/sla` and `/report` count the same closed period.

    `threshold` is what `in_time` counts with. Without one, or where a quarter hour with answered contacts was not asked
    for it, `in_time` and `rated` are zero: there is no service level then, and never one of a part of the window.
    """
    parts = tuple(samples)
    counts = Counts(
        offered=sum(part.offered for part in parts),
        answered=sum(part.answered for part in parts),
        abandoned=sum(part.abandoned for part in parts),
        short_abandoned=sum(part.short_abandoned for part in parts),
        flow_out=sum(part.flow_out for part in parts),
    )
    known = threshold is not None and all(threshold in part.within or not part.answered for part in parts)
    return Amounts(
        offered=counts.offered,
        answered=counts.answered,
        abandoned=counts.abandoned,
        short_abandoned=counts.short_abandoned,
        flow_out=counts.flow_out,
        over_target=sum(part.over_target for part in parts),
        in_time=sum(part.within.get(threshold, 0) for part in parts) if threshold is not None and known else 0,
        rated=counts.denominator(formula, switches) if known else 0,
        times=reduce(add, (part.times for part in parts), Times()),
    )
