from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from bot.domain.audit import Action
from bot.domain.ids import TeamId
from bot.domain.places import DAMAGED, UNSET, PlaceSettings
from bot.domain.questions import Formula, QueueWord
from bot.store.database import open_store
from bot.store.reading import Unreadable
from bot.store.settings_json import read_settings
from bot.store.tables import place_settings
from tests.store.digests import ANA, BEN, BILLING, MINUTE, NOON, SALES, TEAM, on_database

if TYPE_CHECKING:
    from bot.store.database import Store

PARIS = PlaceSettings(
    zone=ZoneInfo("Europe/Paris"),
    queues=(QueueWord(text="bil*"),),
    threshold=timedelta(seconds=20),
    formula=Formula.ANSWERED,
    limit=(QueueWord(text="7f1c", quoted=True),),
)
LONDON = replace(PARIS, zone=ZoneInfo("Europe/London"))


async def test_where_nothing_was_set_nothing_is(store: Store) -> None:
    assert await store.places.of(TEAM, BILLING) == UNSET


async def test_settings_are_found_as_they_were_put(store: Store) -> None:
    assert await store.places.put(TEAM, BILLING, PARIS, by=ANA, now=NOON)
    assert await store.places.of(TEAM, BILLING) == PARIS
    assert await store.places.put(TEAM, BILLING, LONDON, by=ANA, now=NOON)
    assert await store.places.of(TEAM, BILLING) == LONDON
    assert await store.places.put(TEAM, BILLING, UNSET, by=ANA, now=NOON)
    assert await store.places.of(TEAM, BILLING) == UNSET


async def test_every_place_of_every_workspace_has_its_own(store: Store) -> None:
    await store.places.put(TEAM, BILLING, PARIS, by=ANA, now=NOON)
    await store.places.put(TEAM, ANA, LONDON, by=ANA, now=NOON)
    assert await store.places.of(TEAM, SALES) == UNSET
    assert await store.places.of(TeamId("T2"), BILLING) == UNSET
    assert await store.places.of(TEAM, ANA) == LONDON


async def test_what_one_process_sets_another_sees_at_once(store: Store, migrated_url: str) -> None:
    async with open_store(migrated_url) as second:
        assert await second.places.of(TEAM, BILLING) == UNSET
        await store.places.put(TEAM, BILLING, PARIS, by=ANA, now=NOON)
        assert await second.places.of(TEAM, BILLING) == PARIS
        await store.places.put(TEAM, BILLING, LONDON, by=ANA, now=NOON)
        assert await second.places.of(TEAM, BILLING) == LONDON


async def test_many_places_are_asked_at_once(store: Store) -> None:
    await store.places.put(TEAM, BILLING, PARIS, by=ANA, now=NOON)
    await store.places.put(TeamId("T2"), SALES, PARIS, by=ANA, now=NOON)
    assert await store.places.of_many(TEAM, [BILLING, SALES, BILLING]) == {BILLING: PARIS, SALES: UNSET}
    assert await store.places.of_many(TEAM, []) == {}


async def test_more_places_may_be_asked_about_than_a_statement_takes(store: Store) -> None:
    await store.places.put(TEAM, BILLING, PARIS, by=ANA, now=NOON)
    found = await store.places.of_many(TEAM, [*(f"C{number}" for number in range(40_000)), BILLING])
    assert len(found) == 40_001
    assert {place for place, settings in found.items() if settings != UNSET} == {BILLING}


async def test_settings_that_somebody_else_changed_are_not_overwritten(store: Store) -> None:
    assert await store.places.put(TEAM, BILLING, PARIS, by=ANA, now=NOON, seen=UNSET)
    assert not await store.places.put(TEAM, BILLING, LONDON, by=BEN, now=NOON, seen=UNSET)
    assert await store.places.of(TEAM, BILLING) == PARIS
    assert await store.places.put(TEAM, BILLING, LONDON, by=BEN, now=NOON, seen=PARIS)
    assert [each.user for each in await store.audit.of_channel(TEAM, BILLING)] == [BEN, ANA]


@pytest.mark.parametrize("before", [pytest.param(UNSET, id="nothing was set"), pytest.param(PARIS, id="it was")])
async def test_of_changes_made_at_once_by_several_processes_to_what_they_saw_one_is_made(
    store: Store, migrated_url: str, before: PlaceSettings
) -> None:
    await store.places.put(TEAM, BILLING, before, by=ANA, now=NOON)
    wanted = [replace(PARIS, threshold=timedelta(seconds=number)) for number in range(1, 13)]
    async with open_store(migrated_url) as second:
        made = await asyncio.gather(
            *(
                (store, second)[number % 2].places.put(TEAM, BILLING, each, by=ANA, now=NOON, seen=before)
                for number, each in enumerate(wanted)
            )
        )
    assert made.count(True) == 1
    assert await store.places.of(TEAM, BILLING) == wanted[made.index(True)]


async def test_the_history_of_settings_put_at_once_has_no_gap(store: Store, migrated_url: str) -> None:
    wanted = [replace(PARIS, threshold=timedelta(seconds=number)) for number in range(1, 13)]
    async with open_store(migrated_url) as second:
        await asyncio.gather(
            *(
                (store, second)[number % 2].places.put(TEAM, BILLING, each, by=ANA, now=NOON)
                for number, each in enumerate(wanted)
            )
        )
    history = {each.before: each.after for each in await store.audit.of_channel(TEAM, BILLING)}
    text, steps = "", 0
    while text in history:
        text, steps = history[text], steps + 1
    assert steps == len(wanted)
    assert await store.places.of(TEAM, BILLING) == read_settings(text)


async def test_the_audit_log_tells_who_set_what(store: Store) -> None:
    await store.places.put(TEAM, BILLING, PARIS, by=ANA, now=NOON)
    await store.places.put(TEAM, BILLING, replace(PARIS, limit=None), by=BEN, now=NOON + MINUTE, action=Action.LIMIT)
    limit, first = await store.audit.of_channel(TEAM, BILLING)
    assert (first.action, first.user, first.at, first.before) == (Action.SETTINGS, ANA, NOON, "")
    assert read_settings(first.after) == PARIS
    assert (limit.action, limit.user, limit.at) == (Action.LIMIT, BEN, NOON + MINUTE)
    assert read_settings(limit.before) == PARIS
    assert read_settings(limit.after) == replace(PARIS, limit=None)


async def test_setting_what_is_set_already_is_no_change(store: Store) -> None:
    await store.places.put(TEAM, BILLING, UNSET, by=ANA, now=NOON)
    await store.places.put(TEAM, BILLING, PARIS, by=ANA, now=NOON)
    assert await store.places.put(TEAM, BILLING, PARIS, by=BEN, now=NOON)
    assert [each.user for each in await store.audit.of_channel(TEAM, BILLING)] == [ANA]


async def test_where_settings_cannot_be_read_no_queue_is_shown(store: Store, migrated_url: str) -> None:
    for place in (BILLING, SALES):
        await store.places.put(TEAM, place, PARIS, by=ANA, now=NOON)
    damaged = update(place_settings).where(place_settings.c.place_id == BILLING)
    await on_database(migrated_url, damaged.values(settings_json='{"v":2}'))
    with pytest.raises(Unreadable, match=BILLING):
        await store.places.of(TEAM, BILLING)
    with capture_logs() as logged:
        for _ in range(2):
            assert await store.places.of_many(TEAM, [BILLING, SALES]) == {BILLING: DAMAGED, SALES: PARIS}
    assert [each["key"] for each in logged] == [BILLING]
    assert DAMAGED.limit == ()


async def test_settings_that_cannot_be_read_are_replaced_by_who_saw_that_they_cannot(
    store: Store, migrated_url: str
) -> None:
    await store.places.put(TEAM, BILLING, PARIS, by=ANA, now=NOON)
    await on_database(migrated_url, update(place_settings).values(settings_json="{"))
    for seen in (UNSET, PARIS):
        assert not await store.places.put(TEAM, BILLING, LONDON, by=ANA, now=NOON, seen=seen)
    assert await store.places.put(TEAM, BILLING, LONDON, by=ANA, now=NOON, seen=DAMAGED)
    assert not await store.places.put(TEAM, BILLING, PARIS, by=BEN, now=NOON, seen=DAMAGED), "they are read again"
    assert await store.places.of(TEAM, BILLING) == LONDON
    assert next(iter(await store.audit.of_channel(TEAM, BILLING))).before == "{"
