"""Whose turn it is: channels one after the other, and no faster than Slack allows."""

from __future__ import annotations

from itertools import pairwise

from bot.demo.slack_people import BILLING_FLOOR
from bot.domain.ids import ChannelId
from bot.usecases.digests.rounds import Line, SendingPace
from tests.usecases.digest_site import Clock, digest_site

A, B, C = ChannelId("A"), ChannelId("B"), ChannelId("C")


def pace_on(clock: Clock, per_minute: int = 240) -> SendingPace:
    return SendingPace(clock=clock.monotonic, sleep=clock.sleep, per_minute=per_minute)


def line_of(clock: Clock, pace: SendingPace, *jobs: tuple[ChannelId, str]) -> Line[str]:
    line: Line[str] = Line(pace, sleep=clock.sleep)
    for channel, job in jobs:
        line.add(channel, job)
    return line


async def handed_out(line: Line[str], pace: SendingPace) -> list[str]:
    done = []
    while True:
        async with line.next() as job:
            if job is None:
                return done
            await pace.turn(ChannelId(job[0]))
            done.append(job)


async def test_a_channel_with_many_does_not_hold_up_the_others() -> None:
    clock = Clock()
    pace = pace_on(clock)
    line = line_of(clock, pace, *((A, f"A{number}") for number in range(20)), (B, "B0"), (C, "C0"), (B, "B1"))
    assert (await handed_out(line, pace))[:5] == ["A0", "B0", "C0", "A1", "B1"]


async def test_the_workspace_has_so_many_a_minute_and_a_channel_one_a_second() -> None:
    clock = Clock()
    pace = pace_on(clock)
    moments: list[tuple[ChannelId, float]] = []
    for number in range(120):
        channel = ChannelId(f"C{number % 5}")
        await pace.turn(channel)
        moments.append((channel, clock.seconds))
    apart = [later - earlier for (_, earlier), (_, later) in pairwise(moments)]
    assert min(apart) >= 60 / 240 - 1e-6
    for one in {channel for channel, _ in moments}:
        mine = [moment for channel, moment in moments if channel == one]
        assert min(later - earlier for earlier, later in pairwise(mine)) >= 1 - 1e-6


async def test_what_slack_said_of_a_channel_holds_that_channel() -> None:
    clock = Clock()
    pace = pace_on(clock)
    pace.hold(A, 40)
    line = line_of(clock, pace, (A, "A0"), (B, "B0"), (B, "B1"))
    assert await handed_out(line, pace) == ["B0", "B1"]
    assert pace.wait_for(A) > 30


async def test_a_short_hold_is_waited_for() -> None:
    clock = Clock()
    pace = pace_on(clock)
    pace.hold(A, 3)
    assert await handed_out(line_of(clock, pace, (A, "A0")), pace) == ["A0"]


async def test_several_channels_refused_in_a_row_hold_them_all() -> None:
    clock = Clock()
    pace = pace_on(clock)
    for channel in (A, B, C):
        pace.hold(channel, 30)
    before = clock.seconds
    await pace.turn(ChannelId("D"))
    assert clock.seconds - before >= 30


async def test_a_refusal_is_forgotten_when_slack_takes_a_message() -> None:
    clock = Clock()
    pace = pace_on(clock)
    pace.hold(A, 30)
    pace.hold(B, 30)
    pace.taken()
    pace.hold(C, 30)
    before = clock.seconds
    await pace.turn(ChannelId("D"))
    assert clock.seconds - before < 1


async def test_a_closed_line_hands_nothing_out() -> None:
    clock = Clock()
    pace = pace_on(clock)
    line = line_of(clock, pace, (A, "A0"))
    line.close()
    assert await handed_out(line, pace) == []


async def test_many_digests_of_a_minute_cost_few_requests_and_keep_slack_s_pace() -> None:
    async with digest_site() as site:
        channels = [BILLING_FLOOR, *site.add_channels(39)]
        subscriptions = [await site.subscribe(channel=channels[number % 40]) for number in range(120)]
        begun = site.clock.seconds
        await site.digests().tick()
        posts = site.local.calls_of("chat.postMessage")
        assert len(site.keys()) == len(subscriptions) == len(posts)
        assert all(post.ok for post in posts)
        assert site.clock.seconds - begun >= 119 * 60 / 240
        assert len(site.requests.to("/api/v2/analytics/conversations/aggregates/query")) <= 2
