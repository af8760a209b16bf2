from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.exports import ExportRecord, ExportState, Notice
from bot.domain.ids import ExportId, TeamId, UserId
from bot.store.database import open_store

if TYPE_CHECKING:
    from bot.store.database import Store

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=1)
ANAS = ExportRecord(
    id=ExportId("e1"),
    team=TeamId("T1"),
    user=UserId("U-ANA"),
    channel="C-BILLING",
    text="conversations “bil*” last-week csv",
    asked_at=NOON - timedelta(seconds=2),
    zone="Europe/London",
    state=ExportState.QUEUED,
    started_at=NOON,
)
BENS = replace(ANAS, id=ExportId("e2"), user=UserId("U-BEN"), channel=None, started_at=NOON + timedelta(seconds=1))


async def test_an_export_is_found_as_it_was_begun(store: Store) -> None:
    assert await store.exports.begin(ANAS, alive_until=LATER)
    assert await store.exports.find(ANAS.id) == ANAS


async def test_what_is_over_is_not_found(store: Store) -> None:
    await store.exports.begin(ANAS, alive_until=LATER)
    await store.exports.over(ANAS.id)
    assert await store.exports.find(ANAS.id) is None


async def test_the_message_that_shows_it_is_remembered(store: Store) -> None:
    await store.exports.begin(ANAS, alive_until=LATER)
    await store.exports.watched(ANAS.id, Notice(channel="D1", ts="1763294400.000100"))
    found = await store.exports.find(ANAS.id)
    assert found is not None
    assert found.notice == Notice(channel="D1", ts="1763294400.000100")


async def test_a_person_has_one_export_under_way(store: Store) -> None:
    assert await store.exports.begin(ANAS, alive_until=LATER)
    assert not await store.exports.begin(replace(ANAS, id=ExportId("e3")), alive_until=LATER)
    assert await store.exports.find(ExportId("e3")) is None


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(BENS, id="another person"),
        pytest.param(replace(BENS, user=ANAS.user, team=TeamId("T2")), id="the same id in another workspace"),
    ],
)
async def test_another_person_may_have_one_too(store: Store, other: ExportRecord) -> None:
    await store.exports.begin(ANAS, alive_until=LATER)
    assert await store.exports.begin(other, alive_until=LATER)


async def test_of_many_begun_at_once_one_is_taken(store: Store) -> None:
    attempts = [replace(ANAS, id=ExportId(f"e{n}")) for n in range(12)]
    begun = await asyncio.gather(*(store.exports.begin(each, alive_until=LATER) for each in attempts))
    assert begun.count(True) == 1


async def test_a_person_whose_export_was_interrupted_may_begin_another(store: Store) -> None:
    await store.exports.begin(ANAS, alive_until=NOON)
    await store.exports.claim_interrupted(now=NOON, until=LATER)
    assert await store.exports.begin(replace(ANAS, id=ExportId("e3")), alive_until=LATER)


async def test_a_beat_keeps_an_export_alive_and_says_how_it_stands(store: Store) -> None:
    await store.exports.begin(ANAS, alive_until=NOON)
    await store.exports.begin(BENS, alive_until=NOON)
    await store.exports.running(ANAS.id)
    assert await store.exports.beat([ANAS.id], alive_until=LATER) == {ANAS.id: ExportState.RUNNING}
    claimed = await store.exports.claim_interrupted(now=NOON, until=LATER)
    assert [record.id for record in claimed] == [BENS.id]


async def test_a_beat_tells_that_the_owner_wants_it_stopped(store: Store) -> None:
    await store.exports.begin(ANAS, alive_until=LATER)
    assert await store.exports.stop(ANAS.id)
    await store.exports.running(ANAS.id)
    assert await store.exports.beat([ANAS.id], alive_until=LATER) == {ANAS.id: ExportState.STOPPING}


async def test_what_is_over_cannot_be_stopped(store: Store) -> None:
    assert not await store.exports.stop(ANAS.id)


async def test_what_was_given_to_another_process_is_not_in_the_answer_to_a_beat(store: Store) -> None:
    await store.exports.begin(ANAS, alive_until=NOON)
    await store.exports.claim_interrupted(now=NOON, until=LATER)
    assert await store.exports.beat([ANAS.id], alive_until=LATER) == {}
    assert not await store.exports.stop(ANAS.id)


async def test_an_export_is_interrupted_at_the_instant_its_life_ends_and_no_earlier(store: Store) -> None:
    await store.exports.begin(ANAS, alive_until=LATER)
    assert await store.exports.claim_interrupted(now=LATER - timedelta(microseconds=1), until=LATER) == ()
    claimed = await store.exports.claim_interrupted(now=LATER, until=LATER + timedelta(minutes=1))
    assert claimed == (replace(ANAS, state=ExportState.INTERRUPTED),)


async def test_an_abandoned_export_is_interrupted_at_once(store: Store) -> None:
    await store.exports.begin(ANAS, alive_until=LATER)
    await store.exports.abandon(ANAS.id, now=NOON)
    assert [record.id for record in await store.exports.claim_interrupted(now=NOON, until=LATER)] == [ANAS.id]


async def test_an_interrupted_export_whose_owner_was_not_told_in_time_is_given_out_again(store: Store) -> None:
    await store.exports.begin(ANAS, alive_until=NOON)
    await store.exports.claim_interrupted(now=NOON, until=LATER)
    assert await store.exports.claim_interrupted(now=LATER - timedelta(seconds=1), until=LATER) == ()
    again = await store.exports.claim_interrupted(now=LATER, until=LATER + timedelta(minutes=1))
    assert [record.id for record in again] == [ANAS.id]


async def test_of_several_processes_exactly_one_is_given_an_interrupted_export(store: Store, migrated_url: str) -> None:
    everybody = [replace(ANAS, id=ExportId(f"e{n}"), user=UserId(f"U{n}")) for n in range(20)]
    for each in everybody:
        await store.exports.begin(each, alive_until=NOON)
    async with open_store(migrated_url) as second, open_store(migrated_url) as third:
        given = await asyncio.gather(
            *(process.exports.claim_interrupted(now=NOON, until=LATER) for process in (store, second, third) * 3)
        )
    assert sorted(record.id for records in given for record in records) == sorted(each.id for each in everybody)
