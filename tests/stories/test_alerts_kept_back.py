"""When nobody is told although something is wrong: quiet hours, mutes, holidays, closed queues, and clock changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.demo.slack_people import ANA
from tests.stories.mornings import SALES
from tests.stories.watching import (
    a_day,
    at,
    bar,
    calls,
    centre_of,
    shown,
    standing,
    watching,
)

RULE = "sales waiting > 10 for 2m"
GREEN, AMBER, RED = "#2e8b57", "#d9822b", "#c0392b"


async def test_a_warning_waits_for_the_end_of_quiet_hours_and_is_told_then_if_it_still_is_true() -> None:
    centre = centre_of(a_day(), standing(SALES, 14, at("10:05"), at("10:45")))
    async with watching(centre, at("10:04"), f"{RULE} quiet 10:00-10:30") as bot:
        await bot.watch("10:29")
        assert bot.alerts() == []
        await bot.watch("10:30")
        assert bot.alert().text.startswith("Sales: 15 contacts waiting since 10:05")
        assert bar(bot.alert()) == AMBER
        await bot.watch("10:56")
        assert bar(bot.alert()) == GREEN


async def test_what_was_over_before_the_quiet_hours_were_is_told_to_nobody() -> None:
    centre = centre_of(a_day(), standing(SALES, 14, at("10:05"), at("10:12")))
    async with watching(centre, at("10:04"), f"{RULE} quiet 10:00-10:30") as bot:
        await bot.watch("10:40")
        assert bot.alerts() == []


async def test_what_is_critical_passes_quiet_hours() -> None:
    centre = centre_of(a_day(), standing(SALES, 14, at("10:05"), at("10:12")))
    async with watching(centre, at("10:04"), f"{RULE} quiet 10:00-10:30 critical") as bot:
        await bot.watch("10:07")
        assert bar(bot.alert()) == RED


async def test_a_muted_rule_is_judged_and_told_when_the_mute_ends_if_it_still_fires() -> None:
    centre = centre_of(a_day(), standing(SALES, 14, at("10:05"), at("10:45")))
    async with watching(centre, at("10:04"), RULE) as bot:
        said = await bot.says("/alert mute 1 until 10:20")
        assert "10:20" in said.text
        await bot.watch("10:19")
        assert bot.alerts() == []
        assert "muted" in shown(await bot.says("/alert list")).lower()
        await bot.watch("10:21")
        assert "since 10:05" in bot.alert().text


async def test_who_unmutes_is_told_what_fires_in_the_next_minute() -> None:
    centre = centre_of(a_day(), standing(SALES, 14, at("10:05"), at("10:45")))
    async with watching(centre, at("10:04"), RULE) as bot:
        await bot.says("/alert mute 1 forever")
        await bot.watch("10:15")
        assert bot.alerts() == []
        await bot.says("/alert unmute 1")
        await bot.watch("10:16")
        assert "since 10:05" in bot.alert().text


async def test_on_a_holiday_nothing_is_judged() -> None:
    centre = centre_of(a_day((SALES, "10:00", "11:00")), standing(SALES, 14, at("10:05"), at("10:45")))
    async with watching(centre, at("09:55"), RULE, "sales sla < 80% for 10m") as bot:
        said = await bot.says("/alert holidays add 2026-11-11 Founders' Day")
        assert "Founders" in said.text
        await bot.calm("10:04")
        await bot.watch("10:50")
        assert bot.alerts() == []
        await bot.says("/alert holidays remove 2026-11-11")
        await bot.watch("11:17")
        assert [one.text.split(" since")[0] for one in bot.alerts()] == ["Sales: 33 % of contacts answered in 20 s"]


async def test_what_was_open_ends_when_the_day_is_made_a_holiday() -> None:
    centre = centre_of(a_day(), standing(SALES, 14, at("10:05"), at("10:45")))
    async with watching(centre, at("10:04"), RULE) as bot:
        await bot.watch("10:08")
        await bot.says("/alert holidays add 2026-11-11")
        await bot.watch("10:10")
        assert "over at 10:09" in bot.alert().text
        assert bar(bot.alert()) == GREEN


async def test_outside_its_hours_and_in_their_first_quarter_hour_nothing_is_judged_and_closing_ends_what_is_open() -> (
    None
):
    centre = centre_of(
        a_day(),
        standing(SALES, 14, at("09:50"), at("10:10")),
        standing(SALES, 14, at("11:00"), at("13:00")),
    )
    async with watching(centre, at("09:45"), f"{RULE} hours 10:00-12:00 weekdays") as bot:
        await bot.watch("10:15")
        assert bot.alerts() == []
        await bot.calm("10:55")
        await bot.watch("11:03")
        assert "since 11:00" in bot.alert().text
        await bot.calm("11:59")
        await bot.watch("12:01")
        assert bot.alert().text.startswith("Sales: over at 12:00, after 1 h: the queue closed")
        await bot.watch("12:10")
        assert len(bot.alerts()) == 1


SUMMER, WINTER = datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "opens"),
    [
        pytest.param(WINTER - timedelta(days=2), "07:00", id="Friday in summer: eight o'clock is 7 UTC"),
        pytest.param(WINTER + timedelta(days=1), "08:00", id="Monday in winter: eight o'clock is 8 UTC"),
        pytest.param(SUMMER - timedelta(days=2), "08:00", id="Friday in winter"),
        pytest.param(SUMMER + timedelta(days=1), "07:00", id="Monday in summer"),
    ],
)
async def test_opening_hours_are_local_on_both_sides_of_a_clock_change(day: datetime, opens: str) -> None:
    opening = at(opens, day=day)
    start = opening - timedelta(minutes=20)
    centre = centre_of(
        calls(SALES, start, opening + timedelta(hours=2)), standing(SALES, 14, start, opening + timedelta(hours=1))
    )
    async with watching(centre, start, f"{RULE} hours 08:00-18:00 weekdays") as bot:
        judged = opening + timedelta(minutes=15)
        await bot.watch(f"{judged + timedelta(minutes=1):%H:%M}")
        assert bot.alerts() == []
        await bot.watch(f"{judged + timedelta(minutes=2):%H:%M}")
        assert "since 08:15" in bot.alert().text


@pytest.mark.parametrize(
    ("day", "hours", "until"),
    [
        pytest.param(WINTER - timedelta(days=1), "every day", "08:00", id="the night is an hour longer"),
        pytest.param(SUMMER - timedelta(days=1), "every day", "07:00", id="the night is an hour shorter"),
        pytest.param(WINTER - timedelta(days=2), "weekdays", "08:00", id="over the weekend"),
    ],
)
async def test_until_tomorrows_opening_is_the_local_opening_after_a_clock_change(
    day: datetime, hours: str, until: str
) -> None:
    start = at("12:00", day=day)
    next_day = day + timedelta(days=3 if hours == "weekdays" else 1)
    centre = centre_of(
        standing(SALES, 14, start, start + timedelta(hours=80)), calls(SALES, start, start + timedelta(hours=1))
    )
    async with watching(centre, start, f"{RULE} hours 08:00-18:00 {hours}") as bot:
        await bot.watch("12:04")
        await bot.press(bot.alert(), "alert_snooze", value="opening")
        (incident,) = (await bot.app.alerts.desk.pressing.open_in(bot.alert().channel))[0][1]
        assert incident.handling.snoozed_until == at(until, day=next_day)
        assert incident.handling.snoozed_by == ANA
        assert "08:00" in shown(bot.alert())
