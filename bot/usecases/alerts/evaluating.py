"""All rules held against all places once; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.alerts.hours import is_open
from bot.domain.alerts.judging import judge
from bot.domain.alerts.measures import live_of
from bot.domain.alerts.readings import Outcome, Reading
from bot.domain.alerts.rules import Kind
from bot.domain.alerts.samples import Place
from bot.domain.alerts.unusual import LEAST_WAIT, LEAST_WAITING
from bot.domain.live import PATIENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime

    from bot.domain.alerts.measures import Live
    from bot.domain.alerts.states import AlertState, Watched
    from bot.domain.ids import QueueId
    from bot.domain.live import Observed
    from bot.domain.queues import Media, Queue
    from bot.usecases.alerts.detecting import Detecting
    from bot.usecases.alerts.plan import Plan, Planned
    from bot.usecases.alerts.windows import Windows


_MOMENT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What can be seen of the centre."""

    now: datetime
    seen: Mapping[QueueId, Observed] | None
    """This moment; None: Genesys did not answer, or the moment is over."""
    seen_at: datetime
    windows: Windows
    end: datetime
    """Of the last quarter hour that is in the windows."""
    fresh: bool
    """Whether that quarter hour is judged for the first time."""
    overdue: bool
    """Whether a later one should be there, and Genesys does not give it."""
    detecting: Detecting | None
    """None: not learnt yet."""
    holidays: frozenset[date]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One alert key and what was read of it; None: nothing new."""

    planned: Planned
    queue: Queue
    watched: Watched
    reading: Reading | None


class Evaluating:
    """One evaluation. `open_keys` are judged whatever their media: an alert that is open is looked at to its end."""

    def __init__(self, plan: Plan, view: View, states: Mapping[Watched, AlertState]) -> None:
        self._plan = plan
        self._view = view
        self._live: dict[tuple[QueueId, Media | None], Live | None] = {}
        self._there: dict[tuple[QueueId, bool, bool], frozenset[Media]] = {}
        self._open: dict[tuple[str, QueueId], set[Media]] = {}
        for watched, state in states.items():
            if watched.media is not None and (state.open or state.since is not None):
                self._open.setdefault((watched.rule, watched.queue), set()).add(watched.media)

    def judged(self) -> Iterator[Judged]:
        """In the order of the rules."""
        for planned in self._plan.planned:
            opens = self._opens(planned)
            for queue in planned.queues:
                for media in self._media(planned, queue):
                    reading = self._reading(planned, queue, media, open_now=opens)
                    watched = planned.watched(queue.id, media)
                    yield Judged(planned=planned, queue=queue, watched=watched, reading=reading)

    def live(self, queue: QueueId, media: Media | None) -> Live | None:
        """What is seen of it now; None: Genesys did not answer, or said nothing of it."""
        key = queue, media
        if key not in self._live:
            observed = self._view.seen.get(queue) if self._view.seen is not None else None
            contacts = next((each for each in observed.contacts if each.media is media), None) if observed else None
            self._live[key] = live_of(contacts, observed.agents) if observed else None
        return self._live[key]

    def _opens(self, planned: Planned) -> bool:
        # The last quarter hour before closing is over when the queue is closed.
        at = self._view.seen_at if planned.live else self._view.end - _MOMENT
        return is_open(planned.terms, at, holidays=self._view.holidays)

    def _media(self, planned: Planned, queue: Queue) -> list[Media | None]:
        if planned.agents:
            return [None]
        there = self._media_of(queue.id, live=planned.live, usual=planned.terms.kind is not Kind.THRESHOLD)
        opens = self._open.get((planned.rule.id, queue.id), set())
        return [*sorted({each for each in there if planned.takes(each)} | opens)]

    def _media_of(self, queue: QueueId, *, live: bool, usual: bool) -> frozenset[Media]:
        """Those that had contacts; with `live` that are seen now, too, and with `usual` that ever had any."""
        key = queue, live, usual
        if key not in self._there:
            media = set(self._view.windows.media(queue))
            if live and self._view.seen is not None and queue in self._view.seen:
                media |= {each.media for each in self._view.seen[queue].contacts}
            if usual and self._view.detecting:
                media |= {place.media for place in self._view.detecting.places(queue)}
            self._there[key] = frozenset(media)
        return self._there[key]

    def _reading(self, planned: Planned, queue: Queue, media: Media | None, *, open_now: bool) -> Reading | None:
        if planned.terms.kind is not Kind.THRESHOLD:
            return self._unusual(planned, queue, media, open_now=open_now) if media is not None else None
        view = self._view
        if not planned.live:
            if view.overdue:
                return Reading(at=view.now, outcome=Outcome.NODATA)
            if not view.fresh:
                return None
        window = None
        if planned.windowed and not view.overdue and media is not None:
            window = view.windows.sums(Place(queue.id, media), view.end, planned.terms.window)
        return judge(
            planned.terms,
            window=window,
            live=self.live(queue.id, media) if planned.live else None,
            target=queue.targets.get(media) if media is not None else None,
            at=view.seen_at if planned.live else view.end,
            open=open_now,
        )

    def _unusual(self, planned: Planned, queue: Queue, media: Media, *, open_now: bool) -> Reading | None:
        view = self._view
        if view.detecting is None:
            return None
        if not open_now:
            return Reading(at=view.seen_at, outcome=Outcome.CLOSED)
        if view.overdue or view.seen is None:
            return Reading(at=view.now, outcome=Outcome.NODATA)
        place = Place(queue.id, media)
        live = self.live(queue.id, media)
        if live is not None and live.waiting is not None and media not in PATIENT:
            wait = live.oldest_wait
            view.detecting.look(place, planned.terms, waiting=live.waiting, oldest_wait=wait, at=view.seen_at)
        verdict = view.detecting.verdict(place, planned.terms)
        if verdict is None:
            return Reading(at=view.seen_at, outcome=Outcome.LOW)
        outcome = verdict.outcome
        if outcome is Outcome.CLEAR and live is not None and media not in PATIENT and _long(live):
            # A detector that has just been learnt has not seen the waits that this alert is about.
            outcome = Outcome.BETWEEN
        return Reading(at=view.seen_at, outcome=outcome, found=verdict.found)


def _long(live: Live) -> bool:
    wait = live.oldest_wait or timedelta()
    return (live.waiting or 0) >= LEAST_WAITING and wait.total_seconds() > LEAST_WAIT
