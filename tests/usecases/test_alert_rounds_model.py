"""Whatever is seen, pressed, restarted, repeated and lost: the database holds what a simple model predicts.

One alert is predicted by the table of `tests.domain.alerts.model`; which message tells of it, by what is written here.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.alerts.rules import Severity, Step
from bot.store.database import open_store
from tests.domain.alerts.model import Choices, Model
from tests.usecases.alert_turns import ANA, BILLING, MINUTE, SALES, Rounds, minute, waiting

if TYPE_CHECKING:
    from bot.domain.alerts.rules import Rule

QUEUES = (BILLING.id, SALES.id)
SEEN = (0, 9, 12, 30, 0, 17, 30, None)
FIRST = 8 * 60
MANY, VERY_MANY = (10, 8), (20, 15)
CALLED = "<@U0BOSS>"


@dataclass
class Message:
    opened: int
    alerts: list[tuple[str, str, int]] = field(default_factory=list)
    """Rule, queue, and when it opened."""
    open: bool = True
    posted: bool = False


class Reference:
    """Four alerts of one channel, and the messages that tell of them."""

    def __init__(self, warning: str, critical: str) -> None:
        self.critical = critical
        self.limits = {warning: MANY, critical: VERY_MANY}
        self.models = {
            (rule, queue): Model(
                Choices(
                    pending=2,
                    recover_for=2,
                    renotify=20,
                    cooldown=6,
                    nodata_after=15,
                    hold_low=60,
                    critical=rule == critical,
                    steps=(9,) if rule == critical else (),
                    quiet=range(0),
                )
            )
            for rule in (warning, critical)
            for queue in QUEUES
        }
        self.messages: list[Message] = []
        self.lines: Counter[tuple[str, str, str, int]] = Counter()
        self.story: dict[tuple[str, str, int], list[str]] = {}

    def look(self, now: int, seen: dict[str, int | None]) -> None:
        for key in sorted(self.models, key=lambda key: (key[0] != self.critical, key)):
            model = self.models[key]
            was_open = model.incident is not None and model.incident.open
            told = model.read(now, now, self._outcome(key[0], seen[key[1]]), worse=False)
            incident = model.incident
            if incident is None:
                continue
            name = (*key, incident.opened)
            message = self._message(name)
            if "fired" in told and message is None:
                message = self._place(name, now)
            back = incident.open and ((not was_open and not incident.owed) or set(told) - {"fired"})
            if message and back:
                message.open = True
            self.story.setdefault(name, []).extend(told)
            for kind in told:
                if message and kind not in {"fired", "closed", "faded"}:
                    self.lines[kind, *key, now] = 1
        for message in self.messages:
            if message.open and not any(map(self._is_open, message.alerts)):
                message.open = False

    def press(self, which: int, what: str, now: int) -> int | None:
        """Which message it is on; None: no message is open."""
        there = [number for number, message in enumerate(self.messages) if message.open]
        if not there:
            return None
        number = there[which % len(there)]
        for rule, queue, opened in self.messages[number].alerts:
            if not self._is_open((rule, queue, opened)):
                continue
            people = self.models[rule, queue].people
            people.acked = people.acked or what == "acknowledge"
            if what == "snooze":
                people.snoozed_until = now + 10
            if what == "expected":
                for (_, other), model in self.models.items():
                    model.people.muted = model.people.muted or other == queue
        return number

    def _outcome(self, rule: str, number: int | None) -> str:
        limit, recovery = self.limits[rule]
        if number is None:
            return "nodata"
        return "breach" if number > limit else "clear" if number <= recovery else "between"

    def _is_open(self, name: tuple[str, str, int]) -> bool:
        incident = self.models[name[:2]].incident
        return incident is not None and incident.opened == name[2] and incident.open

    def _message(self, name: tuple[str, str, int]) -> Message | None:
        return next((message for message in self.messages if name in message.alerts), None)

    def _place(self, name: tuple[str, str, int], now: int) -> Message:
        for message in self.messages:
            told = [each for each in message.alerts if self._is_open(each)]
            worse = name[0] == self.critical and all(rule != self.critical for rule, _, _ in told)
            near = now - message.opened < 10 or any(queue == name[1] for _, queue, _ in told)
            if message.open and near and not worse:
                break
        else:
            message = Message(opened=now)
            self.messages.append(message)
        message.alerts.append(name)
        if message.posted:
            self.lines["joined", *name[:2], -1] = self.lines["joined", *name[:2], -1] + 1
        return message


looks = st.tuples(
    st.just("look"), st.sampled_from((2, 3, 1, 4, 11)), st.tuples(st.sampled_from(SEEN), st.sampled_from(SEEN))
)
again = st.tuples(st.sampled_from(["again", "restart", "lost", "send"]))
presses = st.tuples(st.sampled_from(["acknowledge", "snooze", "expected"]), st.integers(0, 3))
events = st.lists(st.one_of(looks, looks, looks, again, presses), min_size=7, max_size=12)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(events)
def test_the_database_holds_what_the_model_predicts(happened: list[tuple[object, ...]]) -> None:
    asyncio.run(_play(happened))


async def _play(happened: list[tuple[object, ...]]) -> None:
    async with open_store("sqlite:///:memory:") as store:
        rounds = Rounds(store)
        times = {
            "pending": 2 * MINUTE,
            "recover_for": 2 * MINUTE,
            "renotify": 20 * MINUTE,
            "cooldown": 6 * MINUTE,
            "nodata_after": 15 * MINUTE,
        }
        warning = await rounds.rule(waiting(*MANY, **times))
        steps = (Step(after=9 * MINUTE, mention=CALLED),)
        critical = await rounds.rule(waiting(*VERY_MANY, **times, severity=Severity.CRITICAL, escalation=steps))
        reference = Reference(warning.id, critical.id)
        now, seen = FIRST, dict.fromkeys(QUEUES, 0)
        for kind, *what in happened:
            if kind == "look":
                length, numbers = what
                for _ in range(length):
                    now += 1
                    seen = dict(zip(QUEUES, numbers, strict=True))
                    reference.look(now, seen)
                    assert await rounds.look(now, seen)
            elif kind == "again":
                reference.look(now, seen)
                assert await rounds.look(now, seen)
            elif kind == "restart":
                rounds.forget()
            elif kind == "lost":
                await _lost(rounds, now + 1)
                # The other one lets go at once; this one reads everything anew.
                rounds.forget()
            elif kind == "send":
                await rounds.send(now)
                for message in reference.messages:
                    message.posted = True
            else:
                await _pressed(rounds, reference, str(kind), int(str(what[0])), now)
        await _compare(rounds, reference, (warning, critical))


async def _lost(rounds: Rounds, now: int) -> None:
    """A round whose lease was somebody else's by the time it wanted to be kept."""
    turn = await rounds.turn(now, await rounds.lease(now))
    await turn.evaluate(rounds.view(now, dict.fromkeys(QUEUES, 30)), past=False)
    later = minute(now) + 4 * MINUTE
    other = await rounds.store.alerts.lease(turn._working.lease.team, "other", now=later, until=later + MINUTE)
    assert other
    assert not await turn.commit(quarter=None)
    assert await rounds.store.alerts.release(other, now=minute(now - 1))


async def _pressed(rounds: Rounds, reference: Reference, what: str, which: int, now: int) -> None:
    number = reference.press(which, what, now)
    if number is None:
        return
    rule, queue, opened = reference.messages[number].alerts[0]
    (bulletin,) = {
        one.bulletin
        for one in await rounds.incidents()
        if one.watched[:2] == (rule, queue) and one.opened_at == minute(opened)
    }
    presses, at = rounds.store.presses, minute(now)
    match what:
        case "acknowledge":
            await presses.acknowledge(bulletin, ANA, now=at)
        case "snooze":
            await presses.snooze(bulletin, ANA, at + timedelta(minutes=10), now=at)
        case _:
            await presses.expected(bulletin, ANA, now=at)


async def _compare(rounds: Rounds, reference: Reference, rules: tuple[Rule, Rule]) -> None:
    incidents = {one.id: one for one in await rounds.incidents()}
    assert {one.watched.rule for one in incidents.values()} <= {rule.id for rule in rules}
    bulletins = [
        (
            one.opened_at,
            one.closed_at is None,
            {(*each.watched[:2], each.opened_at) for each in incidents.values() if each.bulletin == one.id},
        )
        for one in await rounds.bulletins()
    ]
    assert bulletins == [
        (minute(one.opened), one.open, {(rule, queue, minute(opened)) for rule, queue, opened in one.alerts})
        for one in reference.messages
    ]
    lines: Counter[tuple[str, str, str, int]] = Counter()
    for line in await rounds.lines():
        watched = incidents[line.key.split(":")[1]].watched
        at = -1 if line.kind == "joined" else (line.at - minute(0)) // MINUTE
        lines[line.kind, watched.rule, watched.queue, at] += 1
    assert lines == reference.lines
    for told in reference.story.values():
        ends = [kind for kind in told if kind in {"fired", "reopened", "resolved"}]
        assert ("fired", "fired") not in set(pairwise(ends))
