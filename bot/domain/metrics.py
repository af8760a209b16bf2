"""The one table of metrics: what each is called, how it is computed, in which unit, and which direction is better.

Formulas: Genesys Cloud Resource Center, "Metric definitions"; each is one division of sums over the whole group.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from bot.domain.dimensions import Dimension
from bot.domain.sla import Share

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import timedelta

    from bot.domain.amounts import Amounts, Spells

Figure: TypeAlias = "int | timedelta | Share | None"
"""A count, a length of time, or a share; None where there is nothing to divide by, or nothing was longest."""


class Unit(StrEnum):
    COUNT = "count"
    TIME = "seconds"
    SHARE = "share"


class Better(Enum):
    """Which way a change is good news."""

    MORE = auto()
    LESS = auto()
    NEITHER = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One column of a report."""

    name: str
    """Its key in `--json`, with the unit where it is time."""
    title: str
    """The heading of its column."""
    words: tuple[str, ...]
    """What people type for it, folded; the first is the one that help shows. Several words are joined by `-`."""
    formula: str
    unit: Unit
    better: Better
    of: Callable[[Amounts], Figure]
    agents: bool = False
    """Whether it can be told apart by agent: what happens before an answer belongs to nobody."""
    codes: bool = False
    """Whether it can be told apart by wrap-up code: an answer has none yet."""


def _mean(spells: Spells) -> timedelta | None:
    return spells.total / spells.count if spells.count else None


def _share(within: int, denominator: int) -> Share:
    """Never of less than nothing: in a short period what ended there may have begun before it."""
    return Share(within=max(0, within), denominator=max(0, denominator))


def _longest(spells: Spells) -> timedelta | None:
    return spells.longest if spells.count else None


METRICS: tuple[Metric, ...] = (
    Metric(
        name="offered",
        title="Offered",
        words=("offered",),
        formula="contacts that entered the queue",
        unit=Unit.COUNT,
        better=Better.NEITHER,
        of=lambda a: a.offered,
    ),
    Metric(
        name="answered",
        title="Answered",
        words=("answered",),
        formula="contacts answered by an agent",
        unit=Unit.COUNT,
        better=Better.MORE,
        of=lambda a: a.answered,
        agents=True,
    ),
    Metric(
        name="answered_share",
        title="Answered %",
        words=("answered%", "answer-rate"),
        formula="answered / offered",
        unit=Unit.SHARE,
        better=Better.MORE,
        of=lambda a: _share(a.answered, a.offered),
    ),
    Metric(
        name="service_level",
        title="Service level",
        words=("sl", "service-level", "servicelevel"),
        formula="answered within the threshold / contacts rated, under the formula asked for",
        unit=Unit.SHARE,
        better=Better.MORE,
        of=lambda a: _share(a.in_time, a.rated),
    ),
    Metric(
        name="breach_share",
        title="Breach %",
        words=("breach%", "breach", "breaches"),
        formula="100 % - service level",
        unit=Unit.SHARE,
        better=Better.LESS,
        of=lambda a: _share(a.rated - a.in_time, a.rated),
    ),
    Metric(
        name="over_target",
        title="Over target",
        words=("over-target", "late"),
        formula="contacts answered later than the queue's own target",
        unit=Unit.COUNT,
        better=Better.LESS,
        of=lambda a: a.over_target,
    ),
    Metric(
        name="abandoned",
        title="Abandoned",
        words=("abandoned", "abandons"),
        formula="contacts that left while waiting, short abandons included",
        unit=Unit.COUNT,
        better=Better.LESS,
        of=lambda a: a.abandoned,
    ),
    Metric(
        name="abandon_share",
        title="Abandon %",
        words=("abandon%", "abandon-rate", "abandonment-rate"),
        formula="(abandoned - short abandons) / (offered - short abandons)",
        unit=Unit.SHARE,
        better=Better.LESS,
        of=lambda a: _share(a.abandoned - a.short_abandoned, a.offered - a.short_abandoned),
    ),
    Metric(
        name="short_abandoned",
        title="Short abandons",
        words=("short-abandons", "short"),
        formula="contacts that left within the organisation's short-abandon limit",
        unit=Unit.COUNT,
        better=Better.NEITHER,
        of=lambda a: a.short_abandoned,
    ),
    Metric(
        name="flow_out",
        title="Flow-outs",
        words=("flow-outs", "flow-out", "flowouts"),
        formula="contacts that left the queue another way: voicemail, callback, another queue",
        unit=Unit.COUNT,
        better=Better.NEITHER,
        of=lambda a: a.flow_out,
    ),
    Metric(
        name="asa_seconds",
        title="ASA",
        words=("asa",),
        formula="wait of answered contacts / answered",
        unit=Unit.TIME,
        better=Better.LESS,
        of=lambda a: _mean(a.times.answered),
        agents=True,
    ),
    Metric(
        name="average_wait_seconds",
        title="Average wait",
        words=("average-wait", "wait", "avg-wait"),
        formula="wait of all contacts / contacts that left the queue, whatever the outcome",
        unit=Unit.TIME,
        better=Better.LESS,
        of=lambda a: _mean(a.times.queued),
    ),
    Metric(
        name="longest_wait_seconds",
        title="Longest wait",
        words=("longest-wait", "longest", "max-wait"),
        formula="the longest wait of a contact, whatever the outcome",
        unit=Unit.TIME,
        better=Better.LESS,
        of=lambda a: _longest(a.times.queued),
    ),
    Metric(
        name="handled",
        title="Handled",
        words=("handled",),
        formula="contacts whose handling ended, once for each agent",
        unit=Unit.COUNT,
        better=Better.NEITHER,
        of=lambda a: a.times.handled.count,
        agents=True,
        codes=True,
    ),
    Metric(
        name="aht_seconds",
        title="AHT",
        words=("aht", "handle", "handle-time", "average-handle-time"),
        formula="talk, hold and after-call work / contacts handled",
        unit=Unit.TIME,
        better=Better.NEITHER,
        of=lambda a: _mean(a.times.handled),
        agents=True,
        codes=True,
    ),
    Metric(
        name="talk_seconds",
        title="Talk",
        words=("talk",),
        formula="talk time / contacts handled",
        unit=Unit.TIME,
        better=Better.NEITHER,
        of=lambda a: _per_handled(a, a.times.talked),
        agents=True,
        codes=True,
    ),
    Metric(
        name="hold_seconds",
        title="Hold",
        words=("hold",),
        formula="hold time / contacts handled",
        unit=Unit.TIME,
        better=Better.LESS,
        of=lambda a: _per_handled(a, a.times.held),
        agents=True,
        codes=True,
    ),
    Metric(
        name="acw_seconds",
        title="After-call work",
        words=("acw", "after-call-work", "wrap-up-time"),
        formula="after-call work / contacts handled",
        unit=Unit.TIME,
        better=Better.NEITHER,
        of=lambda a: _per_handled(a, a.times.wrapped_up),
        agents=True,
        codes=True,
    ),
    Metric(
        name="transferred",
        title="Transfers",
        words=("transfers", "transferred"),
        formula="transfers made by agents",
        unit=Unit.COUNT,
        better=Better.LESS,
        of=lambda a: a.times.transferred,
        agents=True,
        codes=True,
    ),
)
BY_NAME: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in METRICS})

_USUAL = ("offered", "answered", "service_level", "abandoned", "abandon_share", "asa_seconds", "aht_seconds")
_USUAL_OF_AGENTS = (
    "answered",
    "asa_seconds",
    "aht_seconds",
    "talk_seconds",
    "hold_seconds",
    "acw_seconds",
    "transferred",
)
_USUAL_OF_CODES = ("handled", *_USUAL_OF_AGENTS[2:])


def usual(by: Iterable[Dimension]) -> tuple[str, ...]:
    """Names of the metrics that a report shows when none is asked for."""
    dimensions = set(by)
    if Dimension.WRAPUP in dimensions:
        return _USUAL_OF_CODES
    return _USUAL_OF_AGENTS if Dimension.AGENT in dimensions else _USUAL


def known_by(metric: Metric, by: Iterable[Dimension]) -> bool:
    """Whether the metric has a value in the groups of these dimensions."""
    dimensions = set(by)
    return (metric.agents or Dimension.AGENT not in dimensions) and (metric.codes or Dimension.WRAPUP not in dimensions)


def _per_handled(amounts: Amounts, spells: Spells) -> timedelta | None:
    """Averages over all handled contacts, so that talk, hold and after-call work add up to the handle time."""
    handled = amounts.times.handled.count
    return spells.total / handled if handled else None
