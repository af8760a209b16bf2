"""Which rule looks at which queues: worked out when rules or queues change, and not every minute."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot.domain.alerts.judging import has_live, has_window, of_agents
from bot.domain.alerts.measures import BY_NAME
from bot.domain.alerts.rules import Kind
from bot.domain.alerts.states import Watched
from bot.domain.live import PATIENT
from bot.domain.queues import Media

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from bot.domain.alerts.rules import Rule, RuleId, Terms
    from bot.domain.ids import ChannelId, QueueId
    from bot.domain.questions import QueueWord
    from bot.domain.queues import Queue
    from bot.usecases.naming import Sight


log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A rule and the queues that it looks at now."""

    rule: Rule
    terms: Terms
    """The rule's; what is unusual has no other time to wait than its own."""
    title: str
    queues: tuple[Queue, ...]
    live: bool
    """Whether it is judged every minute."""
    windowed: bool
    """Whether it looks at finished contacts."""
    agents: bool
    """Whether it judges queues and not their media."""

    def watched(self, queue: QueueId, media: Media | None) -> Watched:
        return Watched(self.rule.id, queue, media)

    def takes(self, media: Media) -> bool:
        """Whether it judges this medium. Who writes an e-mail is not in line: that wait counts where it is named."""
        if self.terms.media:
            return media in self.terms.media
        return media not in PATIENT if self.live and self.terms.conditions else media is not Media.CALLBACK


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All active rules."""

    planned: tuple[Planned, ...]
    queues: Mapping[QueueId, Queue]
    """Every queue that some rule looks at."""
    unjudged: frozenset[RuleId] = frozenset()
    """Active rules that this version cannot judge: what is open of them stays as it is."""
    listed: bool = True
    """Whether it is known which queues there are; else it cannot be said that one is gone."""

    @property
    def longest(self) -> timedelta:
        """The longest window."""
        return max((each.terms.window for each in self.planned), default=timedelta())

    @property
    def channels(self) -> frozenset[ChannelId]:
        return frozenset(each.rule.channel for each in self.planned)

    def of(self, rule: RuleId) -> Planned | None:
        return next((each for each in self.planned if each.rule.id == rule), None)


NOTHING = Plan(planned=(), queues={})


def plan_of(
    rules: Iterable[Rule],
    *,
    found: Callable[[tuple[QueueWord, ...], Sight | None], Collection[Queue]],
    sights: Mapping[ChannelId, Sight | None],
    titled: Callable[[Terms], str],
    listed: bool = True,
) -> Plan:
    """`found` gives the queues that words mean as far as a channel shows them; words that mean none give none.

    `listed`: whether the organisation's queues have been read at all.
    """
    planned = []
    unjudged: set[RuleId] = set()
    meant: dict[tuple[tuple[QueueWord, ...], Sight | None], tuple[Queue, ...]] = {}
    for rule in rules:
        if any(each.measure not in BY_NAME for each in rule.terms.conditions):
            # Of a later version, say: it must not keep all the others from being judged.
            log.error("a rule has a measure that nobody knows", rule=rule.id)
            unjudged.add(rule.id)
            continue
        asked = rule.terms.queues, sights.get(rule.channel)
        if asked not in meant:
            meant[asked] = tuple(found(*asked))
        planned.append(
            Planned(
                rule=rule,
                terms=_own_time(rule.terms),
                title=titled(rule.terms),
                queues=meant[asked],
                live=rule.terms.kind is Kind.UNUSUAL or has_live(rule.terms),
                windowed=has_window(rule.terms),
                agents=of_agents(rule.terms),
            )
        )
    queues = {queue.id: queue for each in planned for queue in each.queues}
    return Plan(planned=tuple(planned), queues=queues, unjudged=frozenset(unjudged), listed=listed)


def _own_time(terms: Terms) -> Terms:
    """What is unusual is told at once: how long it must last is part of how it is found."""
    if terms.kind is Kind.THRESHOLD:
        return terms
    return replace(terms, pending=timedelta(), recover_for=timedelta())
