"""Figures of groups of conversations that aggregates cannot give, taken in while the conversations pass by. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import accumulate
from typing import TYPE_CHECKING

from bot.domain.conversations import Outcome
from bot.domain.exports import GroupSummary

if TYPE_CHECKING:
    from bot.domain.conversations import Conversation
    from bot.domain.dimensions import Group
    from bot.domain.ids import WrapUpId
    from bot.usecases.grouping import Grouping, Keys
    from bot.usecases.labels import Labels

_ZERO = timedelta()
_SECOND = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)


class Waits:
    """Percentiles of waits without keeping them: a bin for each second up to an hour, for each minute above.

    A bin knows how many waits it has and their sum, so that a value is off by less than the width of its bin, and
    exact where equal waits or none but one are in it. Memory is bounded by the number of bins.
    """

    def __init__(self) -> None:
        self._bins: dict[timedelta, tuple[int, timedelta]] = {}

    def add(self, wait: timedelta) -> None:
        width = _SECOND if wait < _HOUR else _MINUTE
        floor = wait // width * width
        count, total = self._bins.get(floor, (0, _ZERO))
        self._bins[floor] = count + 1, total + wait

    def quantile(self, share: float) -> timedelta | None:
        """The value at `share` of the way through the sorted waits, between two of them by proportion; None of none."""
        bins = [self._bins[floor] for floor in sorted(self._bins)]
        upto = list(accumulate(count for count, _ in bins))
        if not upto:
            return None
        place = share * (upto[-1] - 1)
        below = int(place)

        def value(rank: int) -> timedelta:
            count, total = bins[bisect_right(upto, rank)]
            return total / count

        lower = value(below)
        return lower if place == below else lower + (value(below + 1) - lower) * (place - below)


@dataclass(slots=True)
class _Sums:
    """What is known of one group so far."""

    conversations: int = 0
    visits: int = 0
    over: int = 0
    """Conversations that have ended; only they have a duration, and only theirs is set against talk and hold."""
    duration: timedelta = _ZERO
    talk: timedelta = _ZERO
    hold: timedelta = _ZERO
    wrap_ups: set[WrapUpId] = field(default_factory=set)
    waits: Waits = field(default_factory=Waits)


class Summary:
    """A conversation with several visits in a group counts once there, with its whole duration."""

    def __init__(self, grouping: Grouping) -> None:
        self._grouping = grouping
        self._groups: defaultdict[Keys, _Sums] = defaultdict(_Sums)

    def add(self, conversation: Conversation) -> None:
        """Each conversation is added once."""
        length = conversation.end - conversation.start if conversation.end else None
        entered: set[Keys] = set()
        for visit in conversation.visits:
            keys = self._grouping.keys(conversation, visit)
            group = self._groups[keys]
            if keys not in entered:
                entered.add(keys)
                group.conversations += 1
                if length is not None:
                    group.over += 1
                    group.duration += length
            group.visits += 1
            if length is not None:
                group.talk += visit.talk
                group.hold += visit.hold
            if visit.wrap_up is not None:
                group.wrap_ups.add(visit.wrap_up)
            if visit.outcome is Outcome.ANSWERED and visit.wait is not None:
                group.waits.add(visit.wait)

    def groups(self, labels: Labels) -> tuple[GroupSummary, ...]:
        """The figures so far, the group with most conversations first; equal ones by name."""
        every = [_figures(self._grouping.labelled(keys, labels), sums) for keys, sums in self._groups.items()]
        return tuple(sorted(every, key=_size_then_name))


def _size_then_name(summary: GroupSummary) -> tuple[int, list[tuple[str, str]]]:
    return -summary.conversations, [(label.name.casefold(), label.id) for label in summary.group]


def _figures(group: Group, sums: _Sums) -> GroupSummary:
    hold = sums.hold / sums.duration if sums.duration else None
    return GroupSummary(
        group=group,
        conversations=sums.conversations,
        visits=sums.visits,
        average_duration=sums.duration / sums.over if sums.over else None,
        talk_ratio=sums.talk / sums.duration if sums.duration else None,
        hold_ratio=hold,
        efficiency=None if hold is None else max(0.0, 100 - 50 * hold),
        wrap_up_codes=len(sums.wrap_ups),
        p50_wait=sums.waits.quantile(0.5),
        p90_wait=sums.waits.quantile(0.9),
    )
