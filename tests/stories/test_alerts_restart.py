"""Bots stop and start, and share a database: nothing is lost, nothing is told twice, and no clock begins again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.demo.slack_people import ANA
from bot.store.schema import migrate
from tests.stories.mornings import SALES, Clock, open_world
from tests.stories.watching import a_day, at, bar, centre_of, open_watcher, shown, standing, watching

if TYPE_CHECKING:
    from pathlib import Path

    from bot.demo.centre import Centre
    from tests.stories.watching import Watcher

RULE = "sales waiting > 10 for 2m"
GREEN = "#2e8b57"
ACKNOWLEDGE, SNOOZE = "alert_acknowledge", "alert_snooze"


@pytest.fixture
async def database(tmp_path: Path) -> str:
    """A file, as it was made at the first start."""
    url = f"sqlite:///{tmp_path / 'bot.db'}"
    await migrate(url)
    return url


def a_line() -> Centre:
    return centre_of(a_day(), standing(SALES, 14, at("10:05"), at("10:20")))


def told(bot: Watcher) -> list[object]:
    """Everything that the channel was told, and how it stands."""
    return [(one.text, shown(one), bar(one), bot.thread(one)) for one in bot.alerts()]


async def minute_by_minute(bot: Watcher, start: str, end: str, press: str = "") -> list[object]:
    """What the channel shows in each minute; at 10:08 somebody presses."""
    await bot.watch(start)
    seen = [told(bot)]
    while bot.clock.now < at(end):
        await bot.minutes(1)
        if press and bot.clock.now == at("10:08"):
            await bot.press(bot.alert(), press, value="15m" if press == SNOOZE else None)
        seen.append(told(bot))
    return seen


_UNDISTURBED: dict[str, list[object]] = {}


async def undisturbed(press: str) -> list[object]:
    """What a bot that never stops shows; once for each press."""
    if press not in _UNDISTURBED:
        async with watching(a_line(), at("10:03"), RULE) as bot:
            _UNDISTURBED[press] = await minute_by_minute(bot, "10:03", "10:33", press)
    return _UNDISTURBED[press]


def stripped(seen: list[object]) -> list[object]:
    """Each thing once, in order."""
    return [one for number, one in enumerate(seen) if number == 0 or one != seen[number - 1]]


@pytest.mark.parametrize(
    ("when", "press"),
    [
        pytest.param("10:04", "", id="while all is well"),
        pytest.param("10:06", "", id="while it is pending: the two minutes go on"),
        pytest.param("10:07", "", id="in the minute in which it fired"),
        pytest.param("10:12", "", id="while it fires"),
        pytest.param("10:12", ACKNOWLEDGE, id="while somebody has it"),
        pytest.param("10:12", SNOOZE, id="while it is snoozed"),
        pytest.param("10:25", "", id="while it recovers: the ten minutes go on"),
        pytest.param("10:30", "", id="in the minute in which it was over"),
    ],
)
async def test_a_restart_changes_nothing_of_what_is_told(when: str, press: str, database: str) -> None:
    expected = await undisturbed(press)
    clock = Clock(at("10:03"))
    async with open_world(clock, centre=a_line()) as stage:
        async with open_watcher(stage, clock, DATABASE_URL=database) as bot:
            await bot.adds(RULE)
            seen = await minute_by_minute(bot, "10:03", when, press)
        async with open_watcher(stage, clock, DATABASE_URL=database) as bot:
            await bot.look()
            assert told(bot) == seen[-1], "starting says nothing"
            seen += await minute_by_minute(bot, when, "10:33", press)
    assert stripped(seen) == stripped(expected)


async def test_a_bot_that_was_away_for_less_than_ten_minutes_tells_nothing_of_itself(database: str) -> None:
    clock = Clock(at("10:03"))
    async with open_world(clock, centre=a_line()) as stage:
        async with open_watcher(stage, clock, DATABASE_URL=database) as bot:
            await bot.adds(RULE)
            await bot.watch("10:08")
        clock.jump(at("10:17"))
        async with open_watcher(stage, clock, DATABASE_URL=database) as bot:
            await bot.look()
            assert len(bot.alerts()) == 1
            await bot.watch("10:31")
            assert bar(bot.alert()) == GREEN
            assert len(bot.posted()) == 1


async def test_what_was_missed_in_a_longer_absence_is_told_on_return(database: str) -> None:
    centre = centre_of(a_day((SALES, "10:00", "11:00")))
    clock = Clock(at("09:55"))
    async with open_world(clock, centre=centre) as stage:
        async with open_watcher(stage, clock, DATABASE_URL=database) as bot:
            await bot.adds("sales sla < 80% for 10m", RULE)
            await bot.watch("10:04")
        clock.jump(at("12:05"))
        async with open_watcher(stage, clock, DATABASE_URL=database) as bot:
            await bot.look()
            (note,) = bot.alerts()
            words = shown(note)
            assert "10:04" in words
            assert "Judged afterwards: 1 alert that I would have told you of." in words
            assert "Sales" in words
            assert "1 rule looks" in words, "what waited then cannot be asked for later"
            await bot.watch("12:20")
            assert bot.alerts() == [note], "it was over: nobody is told of it as news"


async def test_what_began_in_an_absence_and_lasts_is_told_as_an_alert(database: str) -> None:
    centre = centre_of(a_day((SALES, "10:00", "13:00")))
    clock = Clock(at("09:55"))
    async with open_world(clock, centre=centre) as stage:
        async with open_watcher(stage, clock, DATABASE_URL=database) as bot:
            await bot.adds("sales sla < 80% for 10m")
            await bot.watch("10:04")
        clock.jump(at("11:05"))
        async with open_watcher(stage, clock, DATABASE_URL=database) as bot:
            await bot.look()
            await bot.watch("11:08")
            fired = [one for one in bot.alerts() if "answered in 20 s" in one.text]
            assert len(fired) == 1
            assert "since 10:15" in fired[0].text
            assert len(bot.alerts()) == 2
            await bot.watch("11:20")
            assert len(bot.alerts()) == 2


async def test_of_two_bots_one_watches_and_the_other_takes_over_when_it_is_gone(database: str) -> None:
    clock = Clock(at("10:03"))
    async with open_world(clock, centre=a_line()) as stage, open_watcher(stage, clock, DATABASE_URL=database) as second:
        async with open_watcher(stage, clock, DATABASE_URL=database) as first:
            await first.adds(RULE)
            for _ in range(6):
                clock.jump(by=at("10:01") - at("10:00"))
                await first.look()
                await second.look()
            assert len(first.alerts()) == 1
            assert first.thread(first.alert()) == []
            await first.press(first.alert(), ACKNOWLEDGE)
            taken = told(first)
        await second.watch("10:29")
        assert [one[3] for one in told(second)] == [one[3] for one in taken]
        await second.watch("10:32")
        assert bar(second.alert()) == GREEN
        assert f"<@{ANA}>" in shown(second.alert())


async def test_where_one_bot_hangs_the_other_waits_three_minutes_and_goes_on(database: str) -> None:
    clock = Clock(at("10:03"))
    async with (
        open_world(clock, centre=a_line()) as stage,
        open_watcher(stage, clock, DATABASE_URL=database) as hung,
        open_watcher(stage, clock, DATABASE_URL=database) as other,
    ):
        await hung.adds(RULE)
        await hung.look()
        await hung.watch("10:08")
        assert len(hung.alerts()) == 1
        await other.watch("10:33")
        assert bar(other.alert()) == GREEN
        assert len(other.thread(other.alert())) == 1


async def test_the_times_of_finished_contacts_go_on_through_restarts(database: str) -> None:
    clock = Clock(at("09:58"))
    async with open_world(clock, centre=centre_of(a_day((SALES, "10:00", "10:30")))) as stage:
        async with open_watcher(stage, clock, DATABASE_URL=database) as bot:
            await bot.adds("sales sla < 80% for 10m")
            await bot.watch("10:20")
        for end in ("10:40", "11:05", "11:20"):  # pending, firing, recovering
            async with open_watcher(stage, clock, DATABASE_URL=database) as bot:
                await bot.calm(end, every=3)
        assert bot.alert().text == "Sales: over at 11:15, after 1 h; worst 0 % at 10:30"
        assert bot.thread(bot.alert()) == [bot.alert().text]
