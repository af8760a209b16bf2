"""Whatever is read, pressed, restarted and repeated: people are told what a simple model predicts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.alerts.decide import decide, tend
from bot.domain.alerts.readings import Outcome, Reading
from bot.domain.alerts.rules import Hours, Kind, Severity, Step, Terms
from bot.domain.alerts.states import AlertState, Decision, Handling, Notice
from bot.domain.ids import UserId
from bot.store.alert_json import read_state, write_state
from tests.domain.alerts.model import Choices, Model

START = datetime(2026, 11, 10, tzinfo=UTC)
MIRA = UserId("U1")


@dataclass(frozen=True)
class Event:
    """Something that happens so many minutes after what happened before."""

    gap: int
    name: str
    lag: int = 0
    """How old the data are."""
    worse: bool = False
    length: int = 0
    """Of a snooze."""


gaps = st.sampled_from([0, 1, 1, 1, 2, 3, 5, 8, 30, 70])
runs = st.builds(
    lambda times, **reading: [Event(**reading)] * times,
    times=st.integers(1, 5),
    gap=gaps,
    name=st.sampled_from([*Outcome, Outcome.BREACH, Outcome.CLEAR]).map(str),
    lag=st.sampled_from([0, 0, 0, 1, 4]),
    worse=st.sampled_from([False, False, True]),
)
"""The same again and again, as it mostly is."""
presses = st.builds(
    lambda **press: [Event(**press)],
    gap=gaps,
    name=st.sampled_from(["wait", "ack", "snooze", "expected", "mute", "restart", "restart"]),
    length=st.sampled_from([1, 5, 60]),
)
swings = st.builds(
    lambda gap, times: [Event(gap, name) for name in [Outcome.BREACH, Outcome.CLEAR] * times for _ in range(2)],
    gap=st.sampled_from([3, 5, 10]),
    times=st.integers(1, 4),
)
"""It comes and goes."""
events = st.lists(st.one_of(runs, runs, presses, swings), min_size=6, max_size=16).map(
    lambda parts: [event for part in parts for event in part]
)
lengths = st.sampled_from([0, 0, 1, 3, 10])
choices = st.builds(
    Choices,
    pending=lengths,
    recover_for=lengths,
    renotify=st.sampled_from([None, 1, 5, 60]),
    cooldown=lengths,
    nodata_after=lengths,
    hold_low=lengths,
    critical=st.booleans(),
    steps=st.sampled_from([(), (2,), (2, 6)]),
    quiet=st.sampled_from([range(0), range(20, 60)]),
)


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def terms_of(ours: Choices) -> Terms:
    return Terms(
        queues=(),
        kind=Kind.UNUSUAL,
        zone=ZoneInfo("UTC"),
        pending=minutes(ours.pending),
        recover_for=minutes(ours.recover_for),
        renotify=None if ours.renotify is None else minutes(ours.renotify),
        cooldown=minutes(ours.cooldown),
        nodata_after=minutes(ours.nodata_after),
        hold_low=minutes(ours.hold_low),
        severity=Severity.CRITICAL if ours.critical else Severity.WARNING,
        escalation=tuple(Step(after=minutes(step), mention="<@U2>") for step in ours.steps),
        # Of the first day only: the model counts minutes from its midnight.
        quiet=Hours(days=frozenset({START.weekday()}), start=time(0, 20), end=time(1)) if ours.quiet else None,
    )


class Engine:
    """What holds an alert between readings."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self.state = AlertState()
        self.handling = Handling()
        self.muted = False

    def press(self, event: Event, minute: int) -> None:
        match event.name:
            case "ack":
                self.handling = replace(self.handling, acked_by=MIRA, acked_at=START + minutes(minute))
            case "snooze":
                until = START + minutes(minute + event.length)
                self.handling = replace(self.handling, snoozed_by=MIRA, snoozed_until=until)
            case "expected":
                self.handling = replace(self.handling, expected_by=MIRA)
            case "mute":
                self.muted = not self.muted
            case "restart":
                self.state = read_state(write_state(self.state))

    def wait(self, minute: int) -> Decision:
        return self._take(tend(self._terms, self.state, self.handling, now=START + minutes(minute), muted=self.muted))

    def read(self, event: Event, minute: int) -> Decision:
        reading = Reading(
            at=START + minutes(minute - event.lag), outcome=Outcome(event.name), severity_rose=event.worse
        )
        now = START + minutes(minute)
        return self._take(decide(self._terms, self.state, self.handling, reading, now=now, muted=self.muted))

    def _take(self, decision: Decision) -> Decision:
        self.state = decision.state
        self.handling = decision.handling or self.handling
        return decision


def is_reading(event: Event) -> bool:
    return event.name in set(Outcome)


def run(terms: Terms, happened: list[Event], *, presses: bool = True) -> list[tuple[Event, AlertState, Decision]]:
    engine, minute, found = Engine(terms), 10, []
    for event in happened:
        minute += event.gap
        before = engine.state
        if is_reading(event):
            decision = engine.read(event, minute)
        else:
            if presses:
                engine.press(event, minute)
            decision = engine.wait(minute)
        found.append((event, before, decision))
    return found


def predicted(ours: Choices, happened: list[Event]) -> list[list[str]]:
    model, minute, told = Model(ours), 10, []
    for event in happened:
        minute += event.gap
        if is_reading(event):
            told.append(model.read(minute, minute - event.lag, event.name, worse=event.worse))
            continue
        people = model.people
        match event.name:
            case "ack":
                people.acked = True
            case "snooze":
                people.snoozed_until = minute + event.length
            case "expected":
                people.expected = True
            case "mute":
                people.muted = not people.muted
        told.append(model.wait(minute))
    return told


@given(ours=choices, happened=events)
def test_people_are_told_what_the_model_predicts(ours: Choices, happened: list[Event]) -> None:
    told = [[notice.value for notice in decision.notices] for *_, decision in run(terms_of(ours), happened)]
    assert told == predicted(ours, happened)


@given(ours=choices, happened=events)
def test_nothing_fires_twice_without_an_end_between(ours: Choices, happened: list[Event]) -> None:
    firing = False
    for _, _, decision in run(terms_of(ours), happened):
        fires = {Notice.FIRED, Notice.REOPENED} & set(decision.notices)
        assert not (fires and firing)
        firing = (firing or bool(fires)) and decision.ended is None


@given(ours=choices, happened=events)
def test_nothing_fires_or_ends_because_data_are_missing(ours: Choices, happened: list[Event]) -> None:
    for event, before, decision in run(terms_of(ours), happened):
        if event.name == Outcome.NODATA:
            assert (decision.state.open, decision.ended) == (before.open, None)


@given(ours=choices, happened=events)
def test_what_people_do_never_changes_what_is_true(ours: Choices, happened: list[Event]) -> None:
    with_presses, without = (
        [
            (each.status, each.opened_at, each.ended_at, each.unstable_since)
            for *_, decision in run(terms_of(ours), happened, presses=presses)
            for each in (decision.state,)
        ]
        for presses in (True, False)
    )
    assert with_presses == without


@given(ours=choices, happened=events)
def test_a_reading_that_comes_twice_is_one(ours: Choices, happened: list[Event]) -> None:
    engine, minute = Engine(terms_of(ours)), 10
    for event in happened:
        minute += event.gap
        if not is_reading(event):
            engine.press(event, minute)
            continue
        engine.read(event, minute)
        engine.wait(minute)
        settled = engine.state
        again = engine.read(event, minute)
        assert (again.state, again.notices) == (settled, ())


@given(ours=choices, happened=events)
def test_an_end_is_said_exactly_when_an_incident_ends(ours: Choices, happened: list[Event]) -> None:
    for _, before, decision in run(terms_of(ours), happened):
        assert (decision.ended is not None) == (before.open and not decision.state.open)


@given(ours=choices, happened=events)
def test_each_step_is_taken_once_for_each_incident(ours: Choices, happened: list[Event]) -> None:
    taken = [
        (decision.state.opened_at, decision.step)
        for *_, decision in run(terms_of(ours), happened)
        if decision.step is not None
    ]
    assert len(taken) == len(set(taken))
