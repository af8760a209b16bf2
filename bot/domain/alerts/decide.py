"""What follows from a reading: how an alert stands now, and who is told. A pure function; the table of states is here.

What is true moves by `reading.at`, the end of the data, so that a replay after a stop decides as it would have been
decided then. Who is told moves by `now`. The two never touch: nothing that people did changes what is true.

    state       breach       between      clear          low          nodata         closed
    ok          pending      -            -              -            after a while  -
    pending     then firing  ok           ok             ok           -              ok
    firing      -            -            recovering     then faded   after a while  over
    recovering  firing       firing       then resolved  then faded   -              over
    no_data     as before,   as before    as before      as before    -              ok, over
                then breach
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.alerts.readings import Outcome
from bot.domain.alerts.states import Decision, Ended, Handling, Notice, Status
from bot.domain.alerts.telling import silence, tend

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.alerts.readings import Reading
    from bot.domain.alerts.rules import Terms
    from bot.domain.alerts.states import AlertState

__all__ = ["decide", "tend"]

UNSTABLE_WITHIN = timedelta(hours=2)
"""So many firings in this time make an alert unstable, and this long without one or an end makes it stable again."""
UNSTABLE_FROM = 3
_NOTICES = {Ended.RESOLVED: Notice.RESOLVED, Ended.CLOSED: Notice.CLOSED, Ended.FADED: Notice.FADED}
_WELL = frozenset({Outcome.CLEAR, Outcome.BETWEEN, Outcome.LOW, Outcome.CLOSED})
_OLD = "an older reading, or the same again"


def decide(
    terms: Terms,
    state: AlertState,
    handling: Handling,
    reading: Reading,
    *,
    now: datetime,
    muted: bool = False,
) -> Decision:
    """How the alert stands after `reading`, and what people are told.

    `handling` is that of the incident that `state` tells of, open or the last; `muted` is whether the rule is muted at
    `now`, or another alert speaks for this one. A reading that is not newer than the last changes nothing but what
    `tend` does; one without data never counts as the last, so that the data may still come.
    """
    if state.evaluated is not None and reading.at <= state.evaluated:
        decision = tend(terms, state, handling, now=now, muted=muted)
        return decision if decision.reason else replace(decision, reason=_OLD)
    if state.status is Status.OK and reading.outcome in _WELL and not (state.unseen_since or state.unstable_since):
        # Nearly every alert in every minute; the rest of this module would find the same.
        return Decision(state=replace(state, evaluated=reading.at))
    return _Step(terms, state, handling, reading, now, muted=muted).decision()


class _Step:
    """One newer reading, from the state before to the decision."""

    def __init__(
        self, terms: Terms, state: AlertState, handling: Handling, reading: Reading, now: datetime, *, muted: bool
    ) -> None:
        self._terms = terms
        self._before = state
        self._handling = handling
        self._reading = reading
        self._at = reading.at
        self._now = now
        self._muted = muted

    def decision(self) -> Decision:
        if self._reading.outcome is Outcome.NODATA:
            return self._tended(self._unseen(self._before))
        state = self._calmed(self._seen(self._before))
        returned = self._before.status is Status.NO_DATA
        match self._reading.outcome, state.status:
            case Outcome.CLOSED, _:
                return self._over(state, Ended.CLOSED)
            case Outcome.BREACH, Status.OK:
                return self._breached(replace(state, status=Status.PENDING, since=self._at))
            case Outcome.BREACH, Status.PENDING:
                return self._breached(state)
            case ((Outcome.BREACH | Outcome.BETWEEN), Status.RECOVERING):
                return self._tended(replace(state, status=Status.FIRING, since=None))
            case _, Status.PENDING:
                return self._tended(replace(state, status=Status.OK, since=None))
            case Outcome.CLEAR, Status.FIRING if not returned:
                return self._cleared(replace(state, status=Status.RECOVERING, since=self._at))
            case Outcome.CLEAR, Status.RECOVERING:
                return self._cleared(state)
            case Outcome.LOW, (Status.FIRING | Status.RECOVERING):
                return self._low(state)
            case _:
                return self._tended(state)

    def _unseen(self, state: AlertState) -> AlertState:
        """Nothing is said of the queue; what was true stays, and a clock that counted what was seen starts again."""
        since = state.unseen_since or self._at
        state = replace(state, unseen_since=since, low_since=None)
        long = self._at - since >= self._terms.nodata_after
        if long and state.status in {Status.OK, Status.FIRING}:
            return replace(state, status=Status.NO_DATA, before=state.status)
        return state

    def _seen(self, state: AlertState) -> AlertState:
        low_since = state.low_since if self._reading.outcome is Outcome.LOW else None
        status = state.before if state.status is Status.NO_DATA else state.status
        blind = state.unseen_since is not None and self._at - state.unseen_since >= self._terms.nodata_after
        return replace(
            state,
            status=status,
            # Nobody saw that it went on: what pends or recovers has to be seen for its time.
            since=self._at if blind and state.since is not None else state.since,
            before=Status.OK,
            evaluated=self._at,
            unseen_since=None,
            low_since=low_since,
        )

    def _calmed(self, state: AlertState) -> AlertState:
        """No longer unstable, where it neither fired nor ended for so long."""
        if state.unstable_since is None:
            return state
        last = max(filter(None, (*state.firings, state.ended_at)), default=state.unstable_since)
        if self._at - last < UNSTABLE_WITHIN:
            return state
        return replace(state, unstable_since=None, firings=())

    def _breached(self, state: AlertState) -> Decision:
        began = state.since or self._at
        if self._at - began < self._terms.pending:
            return self._tended(state)
        # Unstable means one incident that comes and goes, however far apart.
        same = state.ended_at is not None and (
            state.unstable_since is not None or self._at - state.ended_at <= self._terms.cooldown
        )
        firings = (*(each for each in state.firings if self._at - each <= UNSTABLE_WITHIN), self._at)
        was_unstable = state.unstable_since is not None
        fired = replace(
            state,
            status=Status.FIRING,
            since=None,
            ended_at=None,
            firings=firings,
            unstable_since=state.unstable_since or (firings[0] if len(firings) >= UNSTABLE_FROM else None),
        )
        if same:
            handling = replace(self._handling, acked_by=None, acked_at=None)
        else:
            fired = replace(fired, opened_at=began, fired_at=self._now, notified_at=None, escalated=0, held=False)
            handling = Handling()
        decision = self._told(fired, handling, same=same, was_unstable=was_unstable)
        return replace(decision, handling=handling if handling != self._handling else None)

    def _told(self, state: AlertState, handling: Handling, *, same: bool, was_unstable: bool) -> Decision:
        silent = silence(self._terms, handling, now=self._now, muted=self._muted)
        if silent:
            return Decision(state=replace(state, held=True), reason=f"fires, but {silent}")
        if was_unstable and state.notified_at is not None:
            return Decision(state=state, reason="fires again, but it is unstable")
        first = Notice.REOPENED if same and state.notified_at is not None else Notice.FIRED
        turned = state.unstable_since is not None and not was_unstable
        return Decision(
            state=replace(state, notified_at=self._now, held=False),
            notices=(first, Notice.UNSTABLE) if turned else (first,),
            reason="fires again soon after it was over" if same else "fires",
        )

    def _cleared(self, state: AlertState) -> Decision:
        began = state.since or self._at
        needed = self._terms.recover_for * (2 if state.unstable_since is not None else 1)
        if self._at - began < needed:
            return self._tended(state)
        return self._over(state, Ended.RESOLVED)

    def _low(self, state: AlertState) -> Decision:
        since = state.low_since or self._at
        if self._at - since < self._terms.hold_low:
            return self._tended(replace(state, low_since=since))
        return self._over(state, Ended.FADED)

    def _over(self, state: AlertState, ended: Ended) -> Decision:
        """Good again. Who was never told of the incident is not told of its end."""
        was_open = state.open
        state = replace(state, status=Status.OK, since=None, low_since=None, held=False)
        if not was_open:
            return Decision(state=state)
        state = replace(state, ended_at=self._at)
        silent = silence(self._terms, self._handling, now=self._now, muted=self._muted)
        if silent is None and state.notified_at is None:
            silent = "nobody was told of it"
        if silent is None and state.unstable_since is not None:
            silent = "it is unstable"
        if silent:
            return Decision(state=state, ended=ended, reason=f"over, but {silent}")
        return Decision(
            state=replace(state, notified_at=self._now),
            notices=(_NOTICES[ended],),
            ended=ended,
            reason="over",
        )

    def _tended(self, state: AlertState) -> Decision:
        """What time alone brings, after the reading; a worse one takes the acknowledgement away, and says so."""
        if not (self._reading.severity_rose and state.open and self._handling.acked_by is not None):
            return tend(self._terms, state, self._handling, now=self._now, muted=self._muted)
        handling = replace(self._handling, acked_by=None, acked_at=None)
        decision = tend(self._terms, state, handling, now=self._now, muted=self._muted, worse=True)
        return replace(decision, handling=handling)
