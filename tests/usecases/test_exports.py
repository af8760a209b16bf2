"""Everybody's exports: the line, who may do what, and what happens when a process goes."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from bot.domain.exports import Export, Fetched, FileFormat, Progress, Stage
from bot.domain.ids import ExportId, TeamId, UserId
from bot.domain.period import Period
from bot.domain.questions import ConversationsQuestion
from bot.errors import Busy, GenesysBroken, NotAllowed
from bot.store.database import Store, open_store
from bot.usecases.exports import BEAT, LIFE, LOOK, STALE, Exports
from bot.usecases.naming import Asker
from bot.usecases.underway import Cancelled, ExportOrder, Failed, Finished, Interrupted, State, Underway
from tests.migrated import migrated_file

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from bot.domain.exports import ExportRecord

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
ANA, BEN, CLEO, DINA = (Asker(team=TeamId("T1"), user=UserId(name)) for name in ("ANA", "BEN", "CLEO", "DINA"))
QUESTION = ConversationsQuestion(
    queues=(),
    period=Period(start=NOON - timedelta(days=7), end=NOON, zone=ZoneInfo("Europe/London"), name="last-week"),
)
EXPORT = Export(
    question=QUESTION, as_of=NOON, fetched=Fetched(conversations=3, rows=4, duplicates=0), files=(), summary=()
)
FETCHING = Progress(stage=Stage.FETCHING, slices_done=1, slices=4, conversations=100, left=timedelta(seconds=9))


@dataclass
class Work:
    """Stands for the making of an export: goes on until it is let, and knows who was at it."""

    begun: list[UserId] = field(default_factory=list)
    left: list[UserId] = field(default_factory=list)
    may_end: asyncio.Event = field(default_factory=asyncio.Event)
    failure: Exception | None = None

    @asynccontextmanager
    async def __call__(
        self, *_: object, asker: Asker | None, on_progress: Callable[[Progress], None], **__: object
    ) -> AsyncIterator[Export]:
        assert asker is not None
        self.begun.append(asker.user)
        try:
            on_progress(FETCHING)
            await self.may_end.wait()
            if self.failure:
                raise self.failure
            yield EXPORT
        finally:
            self.left.append(asker.user)


@dataclass
class Process:
    """One process with its exports, and a clock in the test's hand."""

    store: Store
    work: Work = field(default_factory=Work)
    now: datetime = NOON
    told: list[ExportRecord] = field(default_factory=list)
    delivered: list[Export] = field(default_factory=list)
    refusing: Exception | None = None
    exports: Exports = field(init=False)

    def __post_init__(self) -> None:
        self.exports = Exports(self.work, self.store.exports, now=lambda: self.now, sleep=self._sleep)
        self._turns: asyncio.Queue[asyncio.Event] = asyncio.Queue()
        self._asleep: asyncio.Event | None = None

    async def start(self, owner: Asker = ANA) -> Underway:
        order = ExportOrder(
            owner=owner, question=QUESTION, file_format=FileFormat.CSV, text="conversations last-week", asked_at=NOON
        )
        return await self.exports.start(order, deliver=self._deliver)

    async def look_after(self, after: timedelta = timedelta()) -> None:
        """One round of `tend`, some time later."""
        self.now += after
        tending = asyncio.create_task(self.exports.tend(self.tell))
        await self.next_turn()
        tending.cancel()
        await asyncio.wait({tending})

    async def next_turn(self) -> None:
        """Wake `tend`, and let it go round once."""
        if self._asleep:
            self._asleep.set()
        self._asleep = await self._turns.get()

    async def _deliver(self, export: Export) -> None:
        if self.refusing:
            raise self.refusing
        self.delivered.append(export)

    async def tell(self, record: ExportRecord) -> None:
        if self.refusing:
            raise self.refusing
        self.told.append(record)

    async def _sleep(self, _: float) -> None:
        woken = asyncio.Event()
        self._turns.put_nowait(woken)
        await woken.wait()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    url = migrated_file(tmp_path)
    async with open_store(url) as store:
        yield store


@pytest.fixture
async def process(store: Store) -> AsyncIterator[Process]:
    process = Process(store)
    yield process
    await process.exports.drain()


async def until(underway: Underway, wanted: Callable[[State], bool]) -> State:
    async for state in underway.states():
        if wanted(state):
            return state
    raise AssertionError("it ended otherwise")


async def end_of(underway: Underway) -> State:
    return [state async for state in underway.states()][-1]


def at_work(state: State) -> bool:
    return isinstance(state, Progress) and state.stage is Stage.FETCHING


def waiting(position: int) -> Callable[[State], bool]:
    return lambda state: state == Progress(stage=Stage.QUEUED, position=position)


async def test_an_export_ends_delivered(process: Process) -> None:
    underway = await process.start()
    await until(underway, at_work)
    process.work.may_end.set()
    assert await end_of(underway) == Finished(EXPORT)
    assert process.delivered == [EXPORT]


async def test_while_it_is_delivered_the_counts_stay(process: Process) -> None:
    underway = await process.start()
    await until(underway, at_work)
    states: list[State] = []

    async def look(export: Export) -> None:
        states.append(underway.state)

    underway.deliver = look
    process.work.may_end.set()
    await end_of(underway)
    assert states == [Progress(stage=Stage.DELIVERING, slices_done=1, slices=4, conversations=100)]


async def test_an_export_goes_on_when_nobody_listens(process: Process) -> None:
    underway = await process.start()
    process.work.may_end.set()
    while not process.delivered:  # noqa: ASYNC110  nothing is to be listened to
        await asyncio.sleep(0)
    assert await end_of(underway) == Finished(EXPORT)


async def test_a_failure_ends_it_with_its_reason(process: Process) -> None:
    process.work.failure = GenesysBroken("down")
    process.work.may_end.set()
    assert await end_of(await process.start()) == Failed(process.work.failure)


async def test_a_delivery_that_fails_fails_it(process: Process) -> None:
    process.refusing = OSError("no space left")
    process.work.may_end.set()
    assert await end_of(await process.start()) == Failed(process.refusing)


async def test_a_person_has_one_export_at_a_time(process: Process) -> None:
    underway = await process.start()
    with pytest.raises(Busy):
        await process.start()
    process.work.may_end.set()
    await end_of(underway)
    assert await end_of(await process.start()) == Finished(EXPORT)


async def test_one_that_waits_counts_too(process: Process) -> None:
    for owner in (ANA, BEN, CLEO):
        await process.start(owner)
    with pytest.raises(Busy):
        await process.start(CLEO)


async def test_two_run_and_the_others_wait_in_the_order_of_asking(process: Process) -> None:
    first, second, third, fourth = [await process.start(owner) for owner in (ANA, BEN, CLEO, DINA)]
    await until(third, waiting(1))
    await until(fourth, waiting(2))
    await until(first, at_work)
    await until(second, at_work)
    assert set(process.work.begun) == {ANA.user, BEN.user}
    await process.exports.cancel(first.id, by=ANA)
    await until(third, at_work)
    await until(fourth, waiting(1))


async def test_who_waits_moves_up_when_one_before_gives_up(process: Process) -> None:
    _, _, third, fourth = [await process.start(owner) for owner in (ANA, BEN, CLEO, DINA)]
    assert await process.exports.cancel(third.id, by=CLEO)
    assert await end_of(third) == Cancelled()
    await until(fourth, waiting(1))
    assert CLEO.user not in process.work.begun


async def test_cancelling_stops_the_work(process: Process) -> None:
    underway = await process.start()
    await until(underway, at_work)
    assert await process.exports.cancel(underway.id, by=ANA)
    assert process.work.left == [ANA.user]
    assert await end_of(underway) == Cancelled()
    assert await process.store.exports.find(underway.id) is None


async def test_cancelling_twice_at_once_is_as_good_as_once(process: Process) -> None:
    underway = await process.start()
    await until(underway, at_work)
    await asyncio.gather(*(process.exports.cancel(underway.id, by=ANA) for _ in range(2)))
    assert await end_of(underway) == Cancelled()


async def test_it_can_be_cancelled_as_soon_as_it_was_asked_for(process: Process) -> None:
    underway = await process.start()
    await process.exports.cancel(underway.id, by=ANA)
    assert await end_of(underway) == Cancelled()
    assert process.work.left == process.work.begun
    assert process.delivered == []
    await until(await process.start(), at_work)


async def test_only_the_owner_may_cancel(process: Process) -> None:
    underway = await process.start()
    with pytest.raises(NotAllowed):
        await process.exports.cancel(underway.id, by=BEN)
    await until(underway, at_work)


async def test_cancelling_what_is_over_does_nothing(process: Process) -> None:
    assert not await process.exports.cancel(ExportId("long over"), by=ANA)


async def test_who_joins_late_is_told_the_newest_and_the_end(process: Process) -> None:
    process.work.may_end.set()
    underway = await process.start()
    await end_of(underway)
    assert [state async for state in underway.states()] == [Finished(EXPORT)]


async def test_at_shutdown_nothing_new_is_taken(process: Process) -> None:
    await process.exports.drain()
    with pytest.raises(Busy, match="restarting"):
        await process.start()


async def test_at_shutdown_the_work_stops_and_the_next_process_tells_the_owners_once(process: Process) -> None:
    underway = [await process.start(owner) for owner in (ANA, BEN, CLEO)]
    await until(underway[0], at_work)
    await process.exports.watched(underway[0].id, channel="D1", ts="1.2")
    await process.exports.drain()
    assert {await end_of(each) for each in underway} == {Interrupted()}
    assert set(process.work.left) == set(process.work.begun)
    successor = Process(process.store)
    await successor.look_after()
    await successor.look_after(LIFE * 2)
    assert sorted(record.user for record in successor.told) == [ANA.user, BEN.user, CLEO.user]
    assert successor.told[0].text == "conversations last-week"
    assert await process.store.exports.find(underway[0].id) is None


async def test_who_was_interrupted_can_ask_again_at_once(process: Process) -> None:
    await process.start()
    await process.exports.drain()
    successor = Process(process.store)
    await successor.look_after()
    await until(await successor.start(), at_work)
    await successor.exports.drain()


async def test_an_export_that_is_tended_is_nobody_elses(process: Process) -> None:
    await process.start()
    other = Process(process.store)
    for _ in range(10):
        await process.look_after(BEAT)
        await other.look_after(BEAT)
    assert other.told == []


async def test_an_export_whose_process_died_is_told_of_when_its_life_is_over(process: Process) -> None:
    await process.start()
    other = Process(process.store)
    await other.look_after(LIFE - timedelta(seconds=1))
    assert other.told == []
    await other.look_after(timedelta(seconds=1))
    assert [record.user for record in other.told] == [ANA.user]


async def test_a_process_that_was_thought_dead_gives_up_what_was_told_of(process: Process) -> None:
    underway = await process.start()
    await until(underway, at_work)
    await Process(process.store).look_after(LIFE)
    await process.look_after(LIFE)
    assert await end_of(underway) == Interrupted()


async def test_interrupted_exports_are_looked_for_every_minute(process: Process) -> None:
    successor = Process(process.store)
    tending = asyncio.create_task(successor.exports.tend(successor.tell))
    await successor.next_turn()
    await process.start()
    await process.exports.drain()
    successor.now += LOOK - BEAT
    await successor.next_turn()
    assert successor.told == []
    successor.now += BEAT
    await successor.next_turn()
    assert [record.user for record in successor.told] == [ANA.user]
    tending.cancel()


async def test_an_owner_who_could_not_be_told_is_told_later(process: Process) -> None:
    await process.start()
    await process.exports.drain()
    successor = Process(process.store, refusing=OSError("slack is away"))
    await successor.look_after()
    assert successor.told == []
    successor.refusing = None
    await successor.look_after(LIFE)
    assert [record.user for record in successor.told] == [ANA.user]


async def test_nobody_is_told_of_what_is_long_past(process: Process) -> None:
    underway = await process.start()
    await process.exports.drain()
    successor = Process(process.store)
    await successor.look_after(STALE)
    assert successor.told == []
    assert await process.store.exports.find(underway.id) is None


async def test_an_export_of_another_process_stops_at_its_next_beat(process: Process) -> None:
    underway = await process.start()
    await until(underway, at_work)
    assert await Process(process.store).exports.cancel(underway.id, by=ANA)
    await process.look_after(BEAT)
    assert await end_of(underway) == Cancelled()


def _by_hand(file: Path) -> sqlite3.Connection:
    """A connection beside the bot's own. To wait for a lock here stops the loop, and with it the bot: use a thread."""
    return sqlite3.connect(file, timeout=30, isolation_level=None, check_same_thread=False)


async def test_an_end_that_could_not_be_kept_is_kept_later_and_nobody_is_told(process: Process, tmp_path: Path) -> None:
    with closing(_by_hand(tmp_path / "bot.db")) as database:
        database.execute("CREATE TRIGGER full BEFORE DELETE ON exports BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        process.work.may_end.set()
        underway = await process.start()
        assert await end_of(underway) == Finished(EXPORT)
        await process.look_after(LIFE)
        assert await process.store.exports.find(underway.id) is not None
        await asyncio.to_thread(database.execute, "DROP TRIGGER full")
    await process.look_after(BEAT)
    assert await process.store.exports.find(underway.id) is None
    assert process.told == []
