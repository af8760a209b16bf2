"""What surrounds alerts: the Home tab, and the line in a digest; over the local Slack."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.blocks.alerts.actions import ACKNOWLEDGE
from bot.demo.slack_people import BILLING_FLOOR, LENA, SERVICE_DESK, TEAM
from bot.domain.ids import ChannelId, TeamId
from bot.domain.places import PlaceSettings
from bot.domain.questions import QueueWord
from tests.stories.mornings import SALES, THURSDAY

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.demo.slack_workspace import View
    from tests.stories.mornings import Morning

ALWAYS = "/alert add billing agents < 500 for 0m"
"""Fires at once, and stays."""


async def look(morning: Morning) -> None:
    """A minute passes, and rules are held against what there is."""
    watch, lookout = morning.app.alerts.watch, morning.app.alerts.lookout
    while watch._ticking:  # what the timetable began when the bot started
        await asyncio.wait({watch._ticking})
        await asyncio.sleep(0)
    morning.clock.jump(by=timedelta(minutes=1))
    await watch.tick()
    await lookout.settled()


def headings(home: View) -> list[str]:
    return [block["text"]["text"] for block in home.body["blocks"] if block["type"] == "header"]


async def test_what_is_open_comes_first_and_is_taken_from_there(
    morning: Morning, read: Callable[[object], str]
) -> None:
    await morning.says(ALWAYS)
    await look(morning)
    home = await morning.home()
    assert headings(home)[:2] == ["1 open alert", "Your alert rules and those of your channels"]
    shown = read(home.body)
    assert "Nobody has it yet" in shown
    assert "Warning, open for" in shown
    assert "1 · Billing: " in shown
    assert "last fired" in shown

    await morning.presses(home, ACKNOWLEDGE)
    await morning.app.promises.settled()
    assert "Acknowledged by" in read((await morning.home()).body)


async def test_alerts_of_channels_that_somebody_is_not_in_are_not_theirs(morning: Morning) -> None:
    await morning.says(ALWAYS, channel=SERVICE_DESK)
    await look(morning)
    assert not any("open alert" in head for head in headings(await morning.home(LENA)))


async def test_queues_that_a_channel_may_no_longer_see_are_not_named_at_home(
    morning: Morning, read: Callable[[object], str]
) -> None:
    await morning.says(ALWAYS)
    await look(morning)
    store, team = morning.app.alerts.watch._store, TeamId(TEAM)
    settings = PlaceSettings(limit=(QueueWord(text=SALES.id, quoted=True),))
    assert await store.places.put(team, ChannelId(BILLING_FLOOR), settings, by=None, now=morning.clock.now)
    home = await morning.home()
    assert not any("open alert" in head for head in headings(home))
    rules = read(home.body).partition("Your alert rules")[2].partition("The same every morning")[0]
    assert "Billing" not in rules


async def test_a_digest_tells_what_fired_in_its_period_in_its_own_channel(
    morning: Morning, read: Callable[[object], str]
) -> None:
    await morning.says("/digest add billing 20s weekdays 07:45")
    await morning.says("/digest add billing 20s weekdays 07:45", channel=SERVICE_DESK)
    await morning.says(ALWAYS)
    await look(morning)
    await morning.at(THURSDAY)
    (digest,) = (one for one in morning.posted() if "Digest" in read(one.blocks))
    assert "Alerts Wed 11 Nov: 1 fired, none acknowledged, 1 still open" in read(digest.blocks)
    (elsewhere,) = morning.posted(SERVICE_DESK)
    assert "Alerts" not in read(elsewhere.blocks)
