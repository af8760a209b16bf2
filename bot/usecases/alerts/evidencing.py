"""What a message tells beside the bare figure: what is usual, what may lie behind it, and what can still be met."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from bot.domain.alerts.making_target import reach
from bot.domain.alerts.measures import BY_NAME, Live, window_of
from bot.domain.alerts.readings import Causes, Evidence, Found
from bot.domain.alerts.samples import Place
from bot.domain.live import half_hour_of
from bot.domain.period import midnight
from bot.domain.queues import Media, Target

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from bot.domain.alerts.readings import Reach
    from bot.domain.alerts.samples import Sample
    from bot.domain.alerts.states import Watched
    from bot.domain.sla import Switches
    from bot.store.samples import Samples
    from bot.usecases.alerts.evaluating import Evaluating, Judged, View
    from bot.usecases.samples.history import History
    from bot.usecases.samples.usual import Usual

HALF_HOUR = timedelta(minutes=30)


class _Look(NamedTuple):
    """What is read from the store together."""

    window: timedelta
    zone: ZoneInfo
    holidays: bool


class Evidencing:
    """Costs some reads of the database for each distinct window and zone, whatever the number of alerts."""

    def __init__(self, samples: Samples, history: History, *, switches: Switches) -> None:
        self._samples = samples
        self._history = history
        self._switches = switches

    async def of(self, judged: Sequence[Judged], view: View, evaluating: Evaluating) -> Mapping[Watched, Evidence]:
        """Of those that have a reading with figures."""
        found: dict[Watched, Evidence] = {}
        looks: dict[_Look, list[dict[Place, timedelta | None]]] = defaultdict(list)
        parts: dict[tuple[_Look, int], list[Judged]] = defaultdict(list)
        for one in judged:
            if one.reading is not None and one.reading.found:
                terms = one.planned.terms
                window = terms.window if terms.conditions else HALF_HOUR
                look = _Look(window, terms.zone, terms.holidays)
                parts[look, _part(looks[look], _place(one), _threshold(one))].append(one)
        for (look, _), some in parts.items():
            found |= await self._together(look, some, view, evaluating)
        return found

    async def _together(
        self, look: _Look, judged: Sequence[Judged], view: View, evaluating: Evaluating
    ) -> dict[Watched, Evidence]:
        places = {_place(one): _threshold(one) for one in judged if one.watched.media is not None}
        holidays = view.holidays if look.holidays else frozenset()
        usual: Mapping[Place, Usual] = {}
        if places:
            usual = await self._history.usual(
                places, end=view.end, window=look.window, zone=look.zone, holidays=holidays
            )
        reaches = await self._reaches(look, [one for one in judged if _promises(one)], view, holidays)
        evidence = {}
        for one in judged:
            if one.reading is None:
                continue
            place = _place(one)
            mine = usual.get(place)
            evidence[one.watched] = Evidence(
                at=one.reading.at,
                found=tuple(_beside(each, mine) for each in one.reading.found),
                causes=_causes(
                    one,
                    mine,
                    view,
                    evaluating.live(one.watched.queue, one.watched.media),
                    look.window,
                ),
                reach=reaches.get(one.watched, ()),
            )
        return evidence

    async def _reaches(
        self, look: _Look, judged: Sequence[Judged], view: View, holidays: frozenset[date]
    ) -> dict[Watched, tuple[Reach, ...]]:
        """Of service levels: can the day and the half hour still meet what is promised?"""
        if not judged:
            return {}
        day = midnight(view.end.astimezone(look.zone).date(), look.zone)
        half_hour = half_hour_of(view.end, look.zone).start
        queues = {one.watched.queue for one in judged}
        by_place: dict[Place, list[Sample]] = defaultdict(list)
        for sample in await self._samples.between(min(day, half_hour), view.end, queues):
            by_place[sample.place].append(sample)
        expected = await self._history.expected(
            [_place(one) for one in judged], after=view.end, zone=look.zone, holidays=holidays
        )
        found = {}
        for one in judged:
            place, target = _place(one), _promise(one)
            if target is None:
                continue
            coming = expected.get(place)
            spans = (
                ("today", day, coming.day if coming else None),
                ("this half hour", half_hour, coming.half_hour if coming else None),
            )
            found[one.watched] = tuple(
                self._reach(name, target, [each for each in by_place[place] if each.start >= start], still)
                for name, start, still in spans
                if start < view.end
            )
        return found

    def _reach(self, name: str, target: Target, samples: Sequence[Sample], still: int | None) -> Reach:
        amounts = window_of(samples, threshold=target.threshold, switches=self._switches)
        return reach(name=name, target=target, within=amounts.in_time, rated=amounts.rated, expected=still)


def refreshed(evidence: Evidence, *, at: datetime, found: tuple[Found, ...], live: Live | None) -> Evidence:
    """The same with the figures of a later look; what is usual is as it was."""
    before = {(each.measure, each.signal): each for each in evidence.found}
    told = []
    for each in found:
        known = before.get((each.measure, each.signal))
        if known is not None and each.usual is None:
            each = replace(each, usual=known.usual, weeks=known.weeks)  # noqa: PLW2901
        told.append(each)
    causes = evidence.causes
    if live is not None:
        causes = replace(causes, on_queue=live.on_queue, waiting=live.waiting, oldest_wait=live.oldest_wait)
    return replace(evidence, at=at, found=tuple(told), causes=causes)


def _part(parts: list[dict[Place, timedelta | None]], place: Place, threshold: timedelta | None) -> int:
    """The first of the parts that are read together in which the place has no other threshold: mostly there is one."""
    for number, part in enumerate(parts):
        if part.setdefault(place, threshold) == threshold:
            return number
    parts.append({place: threshold})
    return len(parts) - 1


def _place(one: Judged) -> Place:
    """Of a rule about agents, who have no medium, a place that nothing is known of."""
    return Place(one.watched.queue, one.watched.media or Media.UNKNOWN)


def _threshold(one: Judged) -> timedelta | None:
    asked = next((each.threshold for each in one.reading.found if each.threshold), None) if one.reading else None
    target = one.queue.targets.get(one.watched.media) if one.watched.media else None
    return asked or (target.threshold if target else None)


def _promises(one: Judged) -> bool:
    return one.watched.media is not None and _promise(one) is not None


def _promise(one: Judged) -> Target | None:
    """What a rule about service levels holds the queue to; of another rule None."""
    if one.reading is None or one.watched.media is None:
        return None
    level = next((each for each in one.reading.found if each.measure == "service_level"), None)
    if level is None:
        return None
    own = one.queue.targets.get(one.watched.media)
    if own is not None and level.threshold in (None, own.threshold):
        return own
    if level.limit is None or level.threshold is None:
        return None
    return Target(share=float(level.limit), threshold=level.threshold)


def _beside(found: Found, usual: Usual | None) -> Found:
    """With the usual range, where what was found has none of its own."""
    measure = BY_NAME[found.measure]
    if usual is None or found.usual is not None or found.window is None or measure.live:
        return found
    window = found.window
    span = usual.range_of(lambda amounts: measure.of(amounts, window))
    return replace(found, usual=(span.lowest, span.highest), weeks=span.weeks) if span else found


def _causes(one: Judged, usual: Usual | None, view: View, live: Live | None, window: timedelta) -> Causes:
    seen = live or Live()
    if usual is None or one.watched.media is None:
        return Causes(on_queue=seen.on_queue, waiting=seen.waiting, oldest_wait=seen.oldest_wait)
    now = view.windows.sums(_place(one), view.end, window)(None)
    return usual.causes(now, on_queue=seen.on_queue, waiting=seen.waiting, oldest_wait=seen.oldest_wait)
