"""Who is next, and how fast: what comes while others are under way, and edits beside presses."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.alerts.states import Bulletin, BulletinId, BulletinKind, Line, LineKind
from bot.domain.ids import ChannelId, TeamId
from bot.usecases.alerts.edit_pace import AT_ONCE as EDITS_AT_ONCE
from bot.usecases.alerts.edit_pace import EditPace
from bot.usecases.alerts.lanes import AT_ONCE, EditLane, Errand, PostLanes
from bot.usecases.alerts.telling import Told
from bot.usecases.digests.rounds import SendingPace
from tests.usecases.digest_site import Clock

if TYPE_CHECKING:
    from collections.abc import Callable

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINUTE = 60.0
SLACK_S_LIMIT = 50


def bulletin(name: str, channel: str = "") -> Bulletin:
    return Bulletin(
        id=BulletinId(name),
        team=TeamId("T1"),
        channel=ChannelId(channel or f"C-{name}"),
        kind=BulletinKind.ALERT,
        opened_at=NOON,
        revision=1,
    )


def errand(name: str, channel: str = "", *, line: str = "") -> Errand:
    entry = Line(bulletin=BulletinId(name), key=line, kind=LineKind.STILL, at=NOON, text=line) if line else None
    return Errand(bulletin=bulletin(name, channel), line=entry)


class Under:
    """Errands that are under way until they are let go."""

    def __init__(self, told: Callable[[Errand], Told] = lambda _: Told.DONE) -> None:
        self.clock = Clock()
        self.begun: list[str] = []
        self._may_end = asyncio.Semaphore(0)
        self._changed = asyncio.Event()
        self._told = told
        pace = SendingPace(clock=self.clock.monotonic, sleep=self.clock.sleep)
        self.lanes = PostLanes(pace, run=self._run, stopping=lambda: False, sleep=self.clock.sleep)

    async def _run(self, one: Errand) -> Told:
        self.begun.append(one.key)
        self._changed.set()
        await self._may_end.acquire()
        return self._told(one)

    async def until(self, number: int) -> None:
        """So many have begun."""
        while len(self.begun) < number:
            self._changed.clear()
            await self._changed.wait()

    def end(self, number: int = 1) -> None:
        for _ in range(number):
            self._may_end.release()

    async def all(self) -> list[str]:
        """Everything that goes, in order."""
        self.end(1000)
        while working := self.lanes.running():
            await asyncio.wait(working)
        return self.begun


async def test_what_is_worse_overtakes_a_storm_that_is_under_way() -> None:
    under = Under()
    storm = [errand(f"b{number}") for number in range(40)]
    under.lanes.fill(storm)
    await under.until(AT_ONCE)
    under.lanes.fill([errand("grave"), *storm])
    under.end()
    await under.until(AT_ONCE + 1)
    assert under.begun[-1] == "grave"
    begun = await under.all()
    assert len(begun) == len(set(begun)) == 41


async def test_a_channel_has_one_message_under_way() -> None:
    under = Under()
    under.lanes.fill([errand("a1", "A"), errand("a2", "A"), errand("b1", "B")])
    await under.until(2)
    assert under.begun == ["a1", "b1"]
    assert under.lanes.at_work == {"a1", "b1"}
    assert (await under.all())[-1] == "a2"


async def test_behind_a_line_that_does_not_go_its_thread_waits_and_others_go() -> None:
    under = Under(lambda one: Told.LATER if one.key == "a:1" else Told.DONE)
    under.lanes.fill([errand("a", "C", line="1"), errand("a", "C", line="2"), errand("b", "C", line="1")])
    assert await under.all() == ["a:1", "b:1"]


async def test_behind_a_channel_that_is_lost_nothing_goes() -> None:
    under = Under(lambda one: Told.LOST if one.key == "a" else Told.DONE)
    under.lanes.fill([errand("a", "C"), errand("b", "C"), errand("c", "D")])
    assert await under.all() == ["a", "c"]


async def test_what_is_no_longer_wanted_does_not_go() -> None:
    under = Under()
    under.lanes.fill([errand("a", "C"), errand("b", "C")])
    await under.until(1)
    under.lanes.fill([])
    assert await under.all() == ["a"]


async def test_a_press_overtakes_the_edits_that_wait_for_their_turn() -> None:
    clock, begun = Clock(), []
    most = [(bulletin(f"b{number}"), False) for number in range(30)]

    async def run(one: Bulletin) -> None:
        pace.take()
        begun.append(one.id)
        if len(begun) == 10:
            lane.fill([(bulletin("pressed"), True), *most[10:]])

    pace = EditPace(clock=clock.monotonic)
    lane = EditLane(pace, run=run, stopping=lambda: False, sleep=clock.sleep)
    lane.fill(most)
    while working := lane.running():
        await asyncio.wait(working)
    assert begun[10] == "pressed"
    assert len(begun) == 31


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 5)), max_size=300))
def test_edits_keep_within_slack_s_limit_whatever_is_urgent(wanted: list[tuple[bool, float]]) -> None:
    clock = Clock()
    pace = EditPace(clock=clock.monotonic)
    left: list[float] = []
    for urgent, pause in wanted:
        clock.seconds += pause + pace.wait_for(urgent=urgent)
        pace.take()
        left.append(clock.seconds)
    assert all(sum(start <= at < start + MINUTE for at in left) <= SLACK_S_LIMIT for start in left)


def test_presses_need_not_wait_for_what_went_before() -> None:
    clock = Clock()
    pace = EditPace(clock=clock.monotonic)
    ordinary = 0
    while not pace.wait_for(urgent=False):
        pace.take()
        ordinary += 1
    presses = 0
    while not pace.wait_for(urgent=True):
        pace.take()
        presses += 1
    assert (ordinary, presses) == (EDITS_AT_ONCE // 2, EDITS_AT_ONCE // 2)


def test_when_slack_wants_no_edits_nobody_edits() -> None:
    clock = Clock()
    pace = EditPace(clock=clock.monotonic)
    pace.hold(timedelta(seconds=40))
    assert pace.wait_for(urgent=True) == 40
    clock.seconds += 40
    assert pace.wait_for(urgent=False) == 0
