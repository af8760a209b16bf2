"""The file that follows a message: who sends it, and when others may."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.deliveries import Delivery, FileStage, Stage
from bot.store.database import open_store
from tests.store.digests import MINUTE, NOON, occasion, subscribed

if TYPE_CHECKING:
    from bot.store.database import Store

UNTIL = NOON + MINUTE
INSTANT = timedelta(microseconds=1)


async def announced(store: Store) -> Delivery:
    entry = await store.deliveries.claim(await subscribed(store), occasion(), holder="p", now=NOON, until=UNTIL)
    assert entry is not None
    sending = await store.deliveries.sending(entry, now=NOON, until=UNTIL)
    assert sending is not None
    return sending


async def found(store: Store, entry: Delivery) -> Delivery:
    again = await store.deliveries.find(entry.subscription, entry.day)
    assert again is not None
    return again


async def with_file(store: Store) -> Delivery:
    """Sent at noon, with its file still to come; the holder's until a minute later."""
    entry = await announced(store)
    await store.deliveries.settle(entry, stage=Stage.SENT, now=NOON, ts="1.2", file=FileStage.WANTED)
    return await found(store, entry)


async def test_a_file_is_the_senders_until_the_claim_lapses(store: Store) -> None:
    entry = await with_file(store)
    assert await store.deliveries.files_wanted(UNTIL - INSTANT) == ()
    assert await store.deliveries.files_wanted(UNTIL) == (entry,)
    assert await store.deliveries.file(entry, stage=FileStage.SENDING, now=NOON)


async def test_of_several_processes_one_sends_a_file(store: Store, migrated_url: str) -> None:
    entry = await with_file(store)
    async with open_store(migrated_url) as second:
        began = await asyncio.gather(
            *(
                process.deliveries.file(entry, stage=FileStage.SENDING, now=UNTIL, until=UNTIL + MINUTE)
                for process in (store, second) * 6
            )
        )
    assert began.count(True) == 1


async def test_a_file_whose_process_is_gone_is_wanted_again(store: Store) -> None:
    entry = await with_file(store)
    assert await store.deliveries.file(entry, stage=FileStage.SENDING, now=UNTIL, until=UNTIL + MINUTE)
    assert await store.deliveries.files_wanted(UNTIL + MINUTE - INSTANT) == ()
    [lapsed] = await store.deliveries.files_wanted(UNTIL + MINUTE)
    assert lapsed.file is FileStage.SENDING
    assert await store.deliveries.file(lapsed, stage=FileStage.SENDING, now=UNTIL + MINUTE)
    assert await store.deliveries.files_wanted(UNTIL + MINUTE) == ()


@pytest.mark.parametrize("end", [FileStage.SENT, FileStage.FAILED])
async def test_a_file_ends_once(store: Store, end: FileStage) -> None:
    entry = await with_file(store)
    await store.deliveries.file(entry, stage=FileStage.SENDING, now=NOON)
    assert await store.deliveries.file(entry, stage=end, now=NOON)
    assert (await found(store, entry)).file is end
    assert not await store.deliveries.file(await found(store, entry), stage=FileStage.SENDING, now=NOON)
    assert await store.deliveries.files_wanted(NOON + timedelta(days=1)) == ()


@pytest.mark.parametrize("stage", [Stage.SKIPPED, Stage.MISSED, Stage.UNCLEAR])
async def test_without_a_message_there_is_no_file(store: Store, stage: Stage) -> None:
    entry = await announced(store)
    await store.deliveries.settle(entry, stage=stage, now=NOON, file=FileStage.WANTED)
    assert (await found(store, entry)).file is FileStage.NONE
    assert await store.deliveries.files_wanted(UNTIL) == ()


async def test_a_file_that_nobody_wants_is_not_sent(store: Store) -> None:
    entry = await announced(store)
    await store.deliveries.settle(entry, stage=Stage.SENT, now=NOON, ts="1.2")
    assert not await store.deliveries.file(entry, stage=FileStage.SENDING, now=NOON)
    assert await store.deliveries.files_wanted(UNTIL) == ()


async def test_a_file_that_is_to_be_tried_again_waits_for_its_moment(store: Store) -> None:
    entry = await with_file(store)
    await store.deliveries.file(entry, stage=FileStage.SENDING, now=NOON)
    assert await store.deliveries.file(entry, stage=FileStage.WANTED, now=NOON, until=UNTIL)
    assert await store.deliveries.files_wanted(UNTIL - INSTANT) == ()
    assert [each.file for each in await store.deliveries.files_wanted(UNTIL)] == [FileStage.WANTED]
