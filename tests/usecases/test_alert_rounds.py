"""Which message tells of what, and what a round leaves behind, on a real store."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.alerts.rules import Severity
from bot.domain.alerts.states import Ended, Line, LineKind
from bot.store.database import open_store
from tests.usecases.alert_turns import ANA, BEN, BILLING, FLOOR, MINUTE, SALES, TEAM, Rounds, minute, only, waiting

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

CALM, BUSY = {BILLING.id: 0, SALES.id: 0}, {BILLING.id: 14, SALES.id: 14}
ONE, OTHER = {BILLING.id: 14, SALES.id: 0}, {BILLING.id: 0, SALES.id: 14}
NINE = 9 * 60


@pytest.fixture
async def rounds() -> AsyncIterator[Rounds]:
    async with open_store("sqlite:///:memory:") as store:
        yield Rounds(store)


async def test_what_fires_in_one_round_is_one_message(rounds: Rounds) -> None:
    await rounds.rule(waiting(10, 8))
    await rounds.look(NINE, BUSY)
    assert len(await rounds.bulletins()) == 1
    assert {one.bulletin for one in await rounds.incidents()} == {(await rounds.bulletin()).id}


@pytest.mark.parametrize(
    ("later", "messages"),
    [
        pytest.param(9, 1, id="within ten minutes it is part of a storm"),
        pytest.param(10, 2, id="after that it speaks for itself"),
    ],
)
async def test_another_queue_joins_a_young_message(rounds: Rounds, later: int, messages: int) -> None:
    await rounds.rule(waiting(10, 8))
    await rounds.look(NINE, ONE)
    await rounds.send(NINE)
    await rounds.look(NINE + later, BUSY)
    assert len(await rounds.bulletins()) == messages
    assert [line.kind for line in await rounds.lines()] == ([LineKind.JOINED] if messages == 1 else [])


@pytest.mark.parametrize(
    ("severity", "messages"),
    [
        pytest.param(Severity.WARNING, 1, id="a second alert of the queue joins its message"),
        pytest.param(Severity.CRITICAL, 2, id="one that is worse than all of it is told by itself"),
    ],
)
async def test_a_second_alert_of_a_queue(rounds: Rounds, severity: Severity, messages: int) -> None:
    await rounds.rule(waiting(10, 8, queues=only(BILLING)))
    await rounds.rule(waiting(20, 15, queues=only(BILLING), severity=severity))
    await rounds.look(NINE, ONE)
    await rounds.look(NINE + 40, {BILLING.id: 25})
    assert len(await rounds.bulletins()) == messages


async def test_a_message_is_over_with_the_last_of_its_alerts(rounds: Rounds) -> None:
    await rounds.rule(waiting(10, 8))
    await rounds.look(NINE, BUSY)
    await rounds.look(NINE + 1, ONE)
    await rounds.look(NINE + 2, ONE)
    assert (await rounds.bulletin()).closed_at is None
    await rounds.look(NINE + 3, CALM)
    await rounds.look(NINE + 4, CALM)
    assert (await rounds.bulletin()).closed_at


async def test_who_fires_again_soon_is_the_same_incident_in_the_same_message(rounds: Rounds) -> None:
    await rounds.rule(waiting(10, 8, queues=only(BILLING)))
    for number, seen in enumerate((ONE, CALM, CALM)):
        await rounds.look(NINE + number, seen)
    rounds.forget()
    assert (await rounds.bulletin()).closed_at
    await rounds.look(NINE + 20, ONE)
    (incident,) = await rounds.incidents()
    assert (incident.ended_at, incident.firings) == (None, 2)
    assert (await rounds.bulletin()).closed_at is None


async def test_what_came_back_unheard_opens_its_message_when_it_is_told(rounds: Rounds) -> None:
    rule = await rounds.rule(waiting(10, 8, queues=only(BILLING)))
    for number, seen in enumerate((ONE, CALM, CALM)):
        await rounds.look(NINE + number, seen)
    muted = await rounds.store.rules.mute(rule, minute(NINE + 30), by=ANA, now=minute(NINE + 4))
    assert muted
    await rounds.look(NINE + 20, ONE)
    assert (await rounds.bulletin()).closed_at
    await rounds.look(NINE + 31, ONE)
    assert (await rounds.bulletin()).closed_at is None


async def test_a_removed_rule_ends_what_it_told(rounds: Rounds) -> None:
    rule = await rounds.rule(waiting(10, 8, queues=only(BILLING)))
    await rounds.look(NINE, ONE)
    assert await rounds.store.rules.remove(rule, by=ANA, now=minute(NINE + 1))
    await rounds.look(NINE + 1, ONE)
    (incident,) = await rounds.incidents()
    assert incident.ended is Ended.REMOVED
    assert (await rounds.bulletin()).closed_at
    assert not await rounds.store.alerts.states(TEAM)


async def test_nothing_is_over_while_no_queue_is_known(rounds: Rounds) -> None:
    await rounds.rule(waiting(10, 8, queues=only(BILLING)))
    await rounds.look(NINE, ONE)
    rounds.forget()
    rounds.queues, rounds.listed = (), False
    await rounds.look(NINE + 1, {})
    (incident,) = await rounds.incidents()
    assert incident.ended_at is None
    rounds.queues, rounds.listed = (SALES,), True
    await rounds.look(NINE + 2, CALM)
    (incident,) = await rounds.incidents()
    assert incident.ended is Ended.REMOVED


async def test_the_worst_is_kept(rounds: Rounds) -> None:
    await rounds.rule(waiting(10, 8, queues=only(BILLING)))
    for number, waits in enumerate((12, 40, 15)):
        await rounds.look(NINE + number, {BILLING.id: waits})
    (incident,) = await rounds.incidents()
    assert (incident.worst.found[0].figure, incident.evidence.found[0].figure) == (40, 15)


async def test_a_message_is_brought_up_to_date_every_five_minutes_at_most(rounds: Rounds) -> None:
    await rounds.rule(waiting(10, 8, queues=only(BILLING)))
    await rounds.look(NINE, ONE)
    await rounds.send(NINE)
    revisions = []
    for number in range(1, 7):
        await rounds.look(NINE + number, {BILLING.id: 20 + number})
        revisions.append((await rounds.bulletin()).revision)
    assert revisions == [1, 1, 1, 1, 2, 3]


async def test_a_round_without_the_lease_changes_nothing(rounds: Rounds) -> None:
    await rounds.rule(waiting(10, 8))
    turn = await rounds.turn(NINE, await rounds.lease(NINE))
    await turn.evaluate(rounds.view(NINE, BUSY), past=False)
    await rounds.lease(NINE + 5, holder="other")
    assert not await turn.commit(quarter=minute(NINE))
    assert not await rounds.incidents()
    assert not await rounds.bulletins()
    assert not await rounds.store.alerts.states(TEAM)
    assert (await rounds.store.alerts.watch(TEAM)).quarter is None


async def test_what_is_well_is_not_written(rounds: Rounds) -> None:
    await rounds.rule(waiting(10, 8))
    await rounds.look(NINE, CALM)
    assert not await rounds.store.alerts.states(TEAM)


async def test_expected_today_holds_on_the_day_on_which_it_was_said(rounds: Rounds) -> None:
    await rounds.rule(waiting(10, 8, queues=only(BILLING), renotify=timedelta(minutes=60)))
    late = 24 * 60 - 30
    await rounds.look(late, ONE)
    bulletin = await rounds.bulletin()
    said = minute(late + 45)
    line = Line(bulletin=bulletin.id, key="expected", kind=LineKind.EXPECTED, at=said, text="")
    await rounds.store.presses.expected(bulletin.id, ANA, now=said, line=line)
    await rounds.look(late + 100, ONE)
    assert [each.kind for each in await rounds.lines()] == [LineKind.EXPECTED]
    await rounds.look(late + 30 + 24 * 60 + 1, ONE)
    assert [each.kind for each in await rounds.lines()] == [LineKind.EXPECTED, LineKind.STILL]


async def test_what_was_expected_of_a_queue_holds_for_every_rule_about_it(rounds: Rounds) -> None:
    await rounds.rule(waiting(10, 8, queues=only(BILLING)))
    await rounds.rule(waiting(20, 15, severity=Severity.CRITICAL))
    await rounds.look(NINE, ONE)
    await rounds.store.presses.expected((await rounds.bulletin()).id, ANA, now=minute(NINE))
    await rounds.look(NINE + 60, {BILLING.id: 30, SALES.id: 0})
    assert len(await rounds.bulletins()) == 1
    await rounds.look(NINE + 120, {BILLING.id: 30, SALES.id: 30})
    assert len(await rounds.bulletins()) == 2


async def test_two_processes_tell_everything_once(migrated_url: str) -> None:
    async with open_store(migrated_url) as here, open_store(migrated_url) as there:
        one, other = Rounds(here, holder="one"), Rounds(there, holder="other")
        await one.rule(waiting(10, 8))
        for number in range(3):
            leases = await asyncio.gather(
                *(
                    each.store.alerts.lease(
                        TEAM, each.holder, now=minute(NINE + number), until=minute(NINE + number + 3)
                    )
                    for each in (one, other)
                )
            )
            assert [lease is None for lease in leases].count(True) == 1
            holder = one if leases[0] else other
            assert await holder.look(NINE + number, BUSY)
        # The holder dies without a word: nobody looks until its lease is over, and then the other one does.
        heir = other if leases[0] else one
        early = minute(NINE + 4)
        assert await heir.store.alerts.lease(TEAM, heir.holder, now=early, until=early + MINUTE) is None
        heir.forget()
        assert await heir.look(NINE + 6, BUSY)
        assert not await _late(holder)
        assert len(await heir.bulletins()) == 1
        assert len(await heir.incidents()) == 2
        assert not await heir.lines()


async def _late(holder: Rounds) -> bool:
    """A round that a process began before it was gone for long."""
    late = minute(NINE + 6)
    return await holder.store.alerts.lease(TEAM, holder.holder, now=late, until=late + MINUTE) is not None


async def test_of_two_who_acknowledge_at_once_one_is_told_who_was_first(migrated_url: str) -> None:
    async with open_store(migrated_url) as here, open_store(migrated_url) as there:
        rounds = Rounds(here)
        await rounds.rule(waiting(10, 8), FLOOR)
        await rounds.look(NINE, BUSY)
        key, now = (await rounds.bulletin()).id, minute(NINE + 1)
        presses = await asyncio.gather(
            here.presses.acknowledge(key, ANA, now=now), there.presses.acknowledge(key, BEN, now=now)
        )
        first, second = sorted(presses, key=lambda pressed: -pressed.changed)
        assert (first.changed, second.changed) == (2, 0)
        assert second.by == first.by
