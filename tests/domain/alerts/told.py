"""An alert on a clock of minutes, told of one reading after the other, as the engine does it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from bot.domain.alerts.decide import decide, tend
from bot.domain.alerts.readings import Outcome, Reading
from bot.domain.alerts.rules import Compare, Condition, Hours, Kind, Severity, Step, Terms
from bot.domain.alerts.states import AlertState, Decision, Ended, Handling, Notice, Status
from bot.domain.ids import UserId

START = datetime(2026, 11, 10, 9, tzinfo=UTC)
MIRA = UserId("U1")
BREACH, BETWEEN, CLEAR, LOW, NODATA, CLOSED = Outcome
ACKED = Handling(acked_by=MIRA, acked_at=START)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def at(minute: float) -> datetime:
    return START + minutes(minute)


CONDITION = Condition(
    measure="service_level",
    compare=Compare.BELOW,
    limit=Fraction(70, 100),
    recovery=Fraction(75, 100),
    threshold=timedelta(seconds=20),
)
TERMS = Terms(queues=(), kind=Kind.THRESHOLD, conditions=(CONDITION,), minimum=20, zone=ZoneInfo("Europe/London"))
AT_ONCE = replace(TERMS, pending=timedelta())
CRITICAL = replace(
    AT_ONCE,
    severity=Severity.CRITICAL,
    escalation=(Step(after=minutes(15), mention="<@U2>"), Step(after=minutes(30), mention="<@U3>")),
)
NIGHT = replace(AT_ONCE, quiet=Hours(days=frozenset(range(7)), start=time(9), end=time(10)))
"""Quiet from the start to minute 60."""


class Told:
    """An alert that is told of one reading after the other, as the engine does it."""

    def __init__(self, terms: Terms = AT_ONCE, state: AlertState | None = None) -> None:
        self.terms = terms
        self.state = state or AlertState()
        self.handling = Handling()
        self.notices: list[tuple[float, Notice]] = []
        self.steps: list[int] = []
        self.ends: list[tuple[float, Ended]] = []
        self.muted = False

    def read(self, minute: float, outcome: Outcome, *, worse: bool = False, now: float | None = None) -> Decision:
        reading = Reading(at=at(minute), outcome=outcome, severity_rose=worse)
        moment = minute if now is None else now
        return self._take(
            moment, decide(self.terms, self.state, self.handling, reading, now=at(moment), muted=self.muted)
        )

    def wait(self, minute: float) -> Decision:
        return self._take(minute, tend(self.terms, self.state, self.handling, now=at(minute), muted=self.muted))

    def reads(self, *readings: tuple[float, Outcome]) -> Told:
        for minute, outcome in readings:
            self.read(minute, outcome)
        return self

    def each_minute(self, first: int, last: int, outcome: Outcome = BREACH) -> Told:
        return self.reads(*((minute, outcome) for minute in range(first, last + 1)))

    @property
    def status(self) -> Status:
        return self.state.status

    def _take(self, minute: float, decision: Decision) -> Decision:
        self.state = decision.state
        self.handling = decision.handling or self.handling
        self.notices += [(minute, notice) for notice in decision.notices]
        if decision.step is not None:
            self.steps.append(decision.step)
        if decision.ended is not None:
            self.ends.append((minute, decision.ended))
        return decision
