"""Buttons that several people press."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.alerts.keeping import Pressed, Round, Watch
from bot.domain.alerts.rules import RuleId
from bot.domain.alerts.states import BulletinId, Ended, IncidentId, LineKind
from bot.domain.ids import UserId
from bot.store.database import open_store
from tests.store.alerts import FIRST, bulletin, done, incident, leased, line, told
from tests.store.digests import ANA, BEN, MINUTE, NOON, SECOND

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.store.database import Store

HOUR = timedelta(hours=1)
CARLA = UserId("U-CARLA")


async def revision(store: Store) -> int:
    found = await store.bulletins.find(FIRST)
    assert found is not None
    return found.revision


async def holders(store: Store) -> list[tuple[UserId | None, UserId | None, UserId | None]]:
    return [
        (each.handling.acked_by, each.handling.snoozed_by, each.handling.expected_by)
        for each in await store.alerts.of_bulletin(FIRST)
    ]


PRESSES: dict[str, Callable[[Store, UserId], Awaitable[Pressed]]] = {
    "acknowledge": lambda store, by: store.presses.acknowledge(FIRST, by, now=NOON, line=line("ack")),
    "snooze": lambda store, by: store.presses.snooze(FIRST, by, NOON + HOUR, now=NOON, line=line("snooze")),
    "expected": lambda store, by: store.presses.expected(FIRST, by, now=NOON, line=line("expected")),
}
KEPT = {"acknowledge": NOON, "snooze": NOON + HOUR, "expected": None}


@pytest.mark.parametrize("press", PRESSES)
async def test_who_presses_first_has_it_and_the_next_learns_who_that_is(store: Store, press: str) -> None:
    await told(store, 2)
    first, second = await PRESSES[press](store, ANA), await PRESSES[press](store, BEN)
    assert first == Pressed(changed=2, by=ANA, at=KEPT[press] or NOON)
    assert second == Pressed(changed=0, by=ANA, at=KEPT[press])
    assert await revision(store) == 2
    assert len(await store.lines.of_bulletin(FIRST)) == 1


@pytest.mark.parametrize("press", PRESSES)
async def test_of_two_who_press_in_the_same_second_one_wins_all_and_the_others_learn_who(
    store: Store, migrated_url: str, press: str
) -> None:
    await told(store, 5)
    people = [UserId(f"U{number}") for number in range(8)]
    async with open_store(migrated_url) as second:
        pressed = await asyncio.gather(
            *(PRESSES[press]((store, second)[number % 2], by) for number, by in enumerate(people))
        )
    [winner] = [by for by, each in zip(people, pressed, strict=True) if each.changed]
    assert {each.by for each in pressed} == {winner}
    assert sum(each.changed for each in pressed) == 5
    assert {by for row in await holders(store) for by in row if by} == {winner}
    assert await revision(store) == 2


@pytest.mark.parametrize("press", PRESSES)
async def test_a_press_when_all_is_over_changes_nothing(store: Store, press: str) -> None:
    await told(store)
    over = incident(ended_at=NOON, ended=Ended.RESOLVED)
    await done(store, incidents=(over,), bulletins=(bulletin(closed_at=NOON),))
    assert await PRESSES[press](store, ANA) == Pressed(changed=0, over=True)
    assert await store.alerts.of_bulletin(FIRST) == (over,)
    assert await revision(store) == 2
    assert await store.lines.of_bulletin(FIRST) == ()


@pytest.mark.parametrize("press", PRESSES)
async def test_a_press_when_nothing_is_open_although_the_message_is_changes_nothing(store: Store, press: str) -> None:
    await done(store, bulletins=(bulletin(),), incidents=(incident(ended_at=NOON, ended=Ended.RESOLVED),))
    assert await PRESSES[press](store, ANA) == Pressed(changed=0, over=True)


@pytest.mark.parametrize("press", PRESSES)
async def test_a_press_on_what_nobody_knows_any_more_changes_nothing(store: Store, press: str) -> None:
    assert await PRESSES[press](store, ANA) == Pressed(changed=0, over=True)


async def test_what_joined_later_is_acknowledged_by_whoever_presses_then(store: Store) -> None:
    await told(store)
    await store.presses.acknowledge(FIRST, ANA, now=NOON)
    await done(store, minutes=1, incidents=(incident("i2"),))
    assert await store.presses.acknowledge(FIRST, BEN, now=NOON + MINUTE) == Pressed(
        changed=1, by=BEN, at=NOON + MINUTE
    )
    assert await holders(store) == [(ANA, None, None), (BEN, None, None)]


async def test_only_what_is_open_is_acknowledged(store: Store) -> None:
    await told(store, 2)
    await done(store, incidents=(incident("i1", ended_at=NOON, ended=Ended.RESOLVED),))
    assert (await store.presses.acknowledge(FIRST, ANA, now=NOON)).changed == 1


async def test_a_snooze_is_altered_by_whoever_set_it_and_by_others_when_it_is_over(store: Store) -> None:
    await told(store)
    quarter, later = NOON + 15 * MINUTE, NOON + 20 * MINUTE

    async def snooze(by: UserId, until: object, now: object = NOON) -> Pressed:
        return await store.presses.snooze(FIRST, by, until, now=now)  # type: ignore[arg-type]

    assert await snooze(ANA, quarter) == Pressed(changed=1, by=ANA, at=quarter)
    assert await snooze(BEN, NOON + HOUR) == Pressed(changed=0, by=ANA, at=quarter)
    assert await snooze(ANA, quarter) == Pressed(changed=0, by=ANA, at=quarter)
    assert await snooze(ANA, quarter - SECOND) == Pressed(changed=1, by=ANA, at=quarter - SECOND)
    assert await snooze(BEN, NOON + HOUR, now=later) == Pressed(changed=1, by=BEN, at=NOON + HOUR)


async def test_what_is_pressed_is_in_the_history_in_the_same_instant(store: Store) -> None:
    await told(store)
    said = line("acknowledged:i1", kind=LineKind.ACKNOWLEDGED, text="Ana has it.")
    await store.presses.acknowledge(FIRST, ANA, now=NOON, line=said)
    assert await store.lines.of_bulletin(FIRST) == (said,)


async def test_a_line_is_entered_in_the_history_of_a_message_also_when_it_is_over(store: Store) -> None:
    await told(store)
    await done(store, bulletins=(bulletin(closed_at=NOON),))
    await store.presses.enter(line("normal"))
    await store.presses.enter(line("normal", bulletin=BulletinId("b0")))
    assert await store.lines.of_bulletin(FIRST) == (line("normal"),)
    assert await store.lines.of_bulletin(BulletinId("b0")) == ()
    assert await revision(store) == 3


async def test_everybody_votes_once_for_each_incident_also_when_it_is_over(store: Store, migrated_url: str) -> None:
    await told(store, 2)
    await done(store, bulletins=(bulletin(closed_at=NOON),))
    async with open_store(migrated_url) as second:
        pressed = await asyncio.gather(*(each.presses.vote(FIRST, ANA, now=NOON) for each in (store, second) * 3))
    assert sorted(each.changed for each in pressed) == [0, 0, 0, 0, 0, 2]
    assert await store.presses.vote(FIRST, BEN, now=NOON + HOUR) == Pressed(changed=2, by=BEN, at=NOON + HOUR)
    assert [each.votes for each in await store.alerts.of_bulletin(FIRST)] == [(ANA, BEN)] * 2
    rules = [RuleId("r1"), RuleId("r2")]
    assert await store.alerts.votes(rules) == {RuleId("r1"): 4}
    assert await store.alerts.votes(rules, since=NOON + SECOND) == {RuleId("r1"): 2}
    assert await revision(store) == 4
    assert await store.presses.vote(BulletinId("b0"), ANA, now=NOON) == Pressed(changed=0, over=True)


async def test_presses_and_rounds_at_once_lose_nothing_and_do_not_wait_for_each_other(
    store: Store, migrated_url: str
) -> None:
    seen = await told(store, 12)
    lease = await leased(store)
    async with open_store(migrated_url) as second:
        rounds = [
            store.alerts.commit(
                lease,
                Round(
                    watch=Watch(last_tick=NOON),
                    incidents=seen if number % 2 else tuple(reversed(seen)),
                    bulletins=(bulletin(),) if number % 3 else (),
                ),
            )
            for number in range(6)
        ]
        pressed = [
            *(second.presses.acknowledge(FIRST, by, now=NOON + SECOND) for by in (ANA, BEN, CARLA)),
            *(second.presses.vote(FIRST, by, now=NOON) for by in (ANA, BEN, CARLA)),
        ]
        outcomes = await asyncio.gather(*rounds, *pressed)
    assert all(outcomes[:6])
    [winner] = {each.handling.acked_by for each in await store.alerts.of_bulletin(FIRST)}
    assert winner in {ANA, BEN, CARLA}
    assert {len(each.votes) for each in await store.alerts.of_bulletin(FIRST)} == {3}
    assert await revision(store) == 1 + 4 + 1 + 3


async def test_an_incident_that_ends_in_the_same_second_is_not_acknowledged_after_its_end(
    store: Store, migrated_url: str
) -> None:
    await told(store)
    over = incident(ended_at=NOON, ended=Ended.RESOLVED)
    ended = Round(watch=Watch(last_tick=NOON), incidents=(over,), bulletins=(bulletin(closed_at=NOON),))
    lease = await leased(store)
    async with open_store(migrated_url) as second:
        _, pressed = await asyncio.gather(
            store.alerts.commit(lease, ended), second.presses.acknowledge(FIRST, ANA, now=NOON)
        )
    found = await store.alerts.incident(IncidentId("i1"))
    assert found is not None
    assert found.ended is Ended.RESOLVED
    assert (found.handling.acked_by == ANA) is bool(pressed.changed)
    assert pressed.over is not bool(pressed.changed)
