"""An alert from the first bad minute to its end: one message, which is right at each moment."""

from __future__ import annotations

from datetime import timedelta

from bot.demo.slack_people import SHIFT_LEADS
from tests.stories.mornings import BILLING, SALES
from tests.stories.watching import DAY, a_day, at, bar, buttons, calls, centre_of, shown, standing, watching

AMBER, RED, GREEN = "#d9822b", "#c0392b", "#2e8b57"


async def test_a_service_level_is_told_when_it_has_been_bad_for_long_enough_and_again_when_it_is_good() -> None:
    centre = centre_of(a_day((BILLING, "10:00", "10:30")))
    async with watching(centre, at("09:58"), "billing sla < 80% for 10m") as bot:
        await bot.watch("10:31")
        assert bot.alerts() == [], "bad since a quarter of an hour, which nobody knew for ten minutes"

        await bot.watch("10:32")
        first = bot.alert()
        assert first.text.startswith("Billing: 0 % of contacts answered in 20 s since 10:15")
        assert "0 of 29 contacts in the last 30 min, limit 80 %" in shown(first)
        assert bar(first) == AMBER
        assert buttons(first) == ["alert_acknowledge", "alert_snooze", "alert_details", "alert_more"]

        await bot.watch("11:02")
        assert bot.alert().text.startswith("Billing: 97 % of contacts"), "good again, but not for ten minutes"
        assert bar(bot.alert()) == AMBER

        await bot.watch("11:17")
        over = bot.alert()
        assert over.ts == first.ts
        assert over.text == "Billing: over at 11:15, after 1 h; worst 0 % at 10:30"
        assert bar(over) == GREEN
        assert buttons(over) == ["alert_details"]
        assert bot.thread(over) == ["Billing: over at 11:15, after 1 h; worst 0 % at 10:30"]

        await bot.calm("12:20")
        assert bot.alert() == over, "nothing more was said"


async def test_who_waits_now_is_told_within_two_minutes_and_the_message_is_over_ten_good_minutes_later() -> None:
    centre = centre_of(a_day(), standing(SALES, 14, at("10:05"), at("10:20")))
    async with watching(centre, at("10:00"), f"sales waiting > 10 for 2m mention <!subteam^{SHIFT_LEADS}>") as bot:
        await bot.watch("10:06")
        assert bot.alerts() == []
        await bot.watch("10:07")
        first = bot.alert()
        assert first.text.startswith("Sales: 15 contacts waiting since 10:05")
        assert f"<!subteam^{SHIFT_LEADS}>" in first.text, "who is to know is called"
        await bot.watch("10:29")
        assert bar(bot.alert()) == AMBER
        await bot.watch("10:30")
        assert bot.alert().text == "Sales: over at 10:30, after 25 min; worst 15 contacts waiting at 10:07"
        assert bar(bot.alert()) == GREEN


async def test_a_line_that_is_gone_before_its_time_is_told_to_nobody() -> None:
    centre = centre_of(a_day(), standing(SALES, 14, at("10:05"), at("10:06") + timedelta(seconds=30)))
    async with watching(centre, at("10:00"), "sales waiting > 10 for 2m") as bot:
        await bot.watch("10:30")
        assert bot.alerts() == []


async def test_all_conditions_must_hold_at_once() -> None:
    line = standing(SALES, 14, at("10:05"), at("10:25"))
    async with watching(
        centre_of(a_day(), line), at("10:00"), "sales waiting > 10 and longest wait > 10m for 1m"
    ) as bot:
        await bot.watch("10:16")
        assert bot.alerts() == []
        await bot.watch("10:17")
        assert "waiting" in bot.alert().text
        assert "12 min" in bot.alert().text
        await bot.watch("10:35")
        assert bar(bot.alert()) == GREEN


async def test_what_is_critical_looks_so_and_what_is_not_is_not() -> None:
    line = standing(SALES, 14, at("10:05"), at("10:25"))
    async with watching(centre_of(a_day(), line), at("10:00"), "sales waiting > 10 for 2m critical") as bot:
        await bot.watch("10:07")
        assert bar(bot.alert()) == RED
        assert "Critical" in shown(bot.alert())


async def test_what_is_worse_than_at_this_hour_in_all_weeks_before_is_told_with_what_is_usual() -> None:
    weeks = [
        calls(BILLING, at("09:00", day=day), at("13:00", day=day))
        for day in (DAY - timedelta(days=7 * number) for number in range(1, 6))
    ]
    today = [*calls(BILLING, at("09:00"), at("10:00")), *calls(BILLING, at("10:00"), at("10:40"), wait=90_000)]
    after = calls(BILLING, at("10:40"), at("13:00"))
    async with watching(centre_of(*weeks, today, after), at("09:50"), "billing unusual") as bot:
        await bot.calm("10:14")
        assert bot.alerts() == []
        await bot.watch("10:47")
        first = bot.alert()
        assert "Billing" in first.text
        assert "usually" in first.text, "what is usual is said in words"
        assert "alert_more" in buttons(first)
        assert "This is normal now" in shown(first)
        said = await bot.private(first, "alert_more", value="expected")
        assert "in this channel today" in said[0]
        await bot.calm("12:30")
        assert bar(bot.alert()) == GREEN, "resolved when the last half hours are as usual again"
        assert bot.alert().ts == first.ts
