"""Never a flood: what comes and goes, what happens together, and who is called when nobody takes it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.demo.slack_people import ANA, LENA, SHIFT_LEADS
from tests.stories.mornings import BILLING, CLAIMS, SALES
from tests.stories.watching import (
    DAY,
    a_day,
    at,
    bar,
    calls,
    centre_of,
    shown,
    standing,
    watching,
)

if TYPE_CHECKING:
    from bot.demo.centre_visits import Visit

RULE = "sales waiting > 10 for 2m"
GREEN, AMBER, RED, BLUE = "#2e8b57", "#d9822b", "#c0392b", "#5b7a99"


def lines(*stretches: tuple[str, str]) -> list[Visit]:
    return [visit for start, end in stretches for visit in standing(SALES, 14, at(start), at(end))]


async def test_who_fires_again_soon_after_being_over_is_the_same_alert() -> None:
    centre = centre_of(a_day(), lines(("10:05", "10:09"), ("10:25", "10:29")))
    async with watching(centre, at("10:04"), RULE) as bot:
        await bot.watch("10:20")
        assert bar(bot.alert()) == GREEN
        await bot.watch("10:27")
        again = bot.alert()
        assert bar(again) == AMBER
        assert "since 10:05" in again.text
        assert "Fired 2 times" in shown(again)
        assert "It is back, and the same alert goes on." in bot.thread(again)[-1]
        await bot.watch("10:40")
        assert bar(bot.alert()) == GREEN


async def test_who_fires_again_after_the_cooldown_is_another_alert() -> None:
    centre = centre_of(a_day(), lines(("10:05", "10:09"), ("11:00", "11:04")))
    async with watching(centre, at("10:04"), RULE) as bot:
        await bot.watch("10:20")
        await bot.calm("10:59")
        await bot.watch("11:03")
        first, second = bot.alerts()
        assert bar(first) == GREEN
        assert bar(second) == AMBER


async def test_what_comes_and_goes_is_called_unstable_once_and_then_only_edited() -> None:
    often = [(f"{10 + n // 3}:{n % 3 * 20 + 5:02}", f"{10 + n // 3}:{n % 3 * 20 + 8:02}") for n in range(4)]
    async with watching(centre_of(a_day(), lines(*often)), at("10:04"), RULE) as bot:
        await bot.watch("10:50")
        message = bot.alert()
        unstable = [one for one in bot.thread(message) if "unstable" in one]
        assert len(unstable) == 1
        assert "comes and goes" in unstable[0]
        said = bot.thread(message)
        await bot.watch("11:30")
        assert bot.alert().ts == message.ts
        assert bot.thread(message) == said, "from then on only the message is edited"
        assert "Unstable since 10:07: it comes and goes" in shown(bot.alert())


async def test_what_lasts_an_hour_is_said_again_and_not_more_often() -> None:
    async with watching(centre_of(a_day(), lines(("10:05", "12:30"))), at("10:04"), RULE) as bot:
        await bot.watch("10:07")
        await bot.calm("11:05")
        assert bot.thread(bot.alert()) == []
        await bot.watch("11:08")
        assert bot.thread(bot.alert()) == ["Still not over, after 1 h 2 min: Sales, 15 contacts waiting"]
        await bot.calm("12:05")
        assert len(bot.thread(bot.alert())) == 1


async def test_nobody_takes_it_so_that_one_after_the_other_is_called_once() -> None:
    rule = f"{RULE} critical escalate 10m <@{LENA}> 20m <!subteam^{SHIFT_LEADS}> remind never"
    async with watching(centre_of(a_day(), lines(("10:05", "11:30"))), at("10:04"), rule) as bot:
        await bot.watch("10:16")
        assert bot.thread(bot.alert()) == []
        await bot.watch("10:17")
        assert [f"<@{LENA}>" in one for one in bot.thread(bot.alert())] == [True]
        await bot.watch("10:27")
        assert f"<!subteam^{SHIFT_LEADS}>" in bot.thread(bot.alert())[1]
        await bot.watch("10:50")
        assert len(bot.thread(bot.alert())) == 2


async def test_nobody_is_called_when_somebody_has_it() -> None:
    rule = f"{RULE} critical escalate 10m <@{LENA}> 20m <@{ANA}>"
    async with watching(centre_of(a_day(), lines(("10:05", "11:00"))), at("10:04"), rule) as bot:
        await bot.watch("10:18")
        await bot.press(bot.alert(), "alert_acknowledge")
        await bot.watch("10:45")
        assert len(bot.thread(bot.alert())) == 2, "one call, and who has it"


async def test_a_storm_is_one_message_that_says_how_many_queues() -> None:
    storm = [v for q in (BILLING, SALES, CLAIMS) for v in standing(q, 14, at("10:05"), at("10:25"))]
    async with watching(centre_of(a_day(), storm), at("10:04"), "all waiting > 10 for 2m") as bot:
        await bot.watch("10:07")
        message = bot.alert()
        assert "3 of " in message.text
        assert all(name in shown(message) for name in ("Billing", "Sales", "Claims"))
        await bot.press(message, "alert_acknowledge")
        assert bar(bot.alert()) == BLUE
        await bot.watch("10:36")
        assert bar(bot.alert()) == GREEN


async def test_a_queue_that_follows_within_ten_minutes_joins_the_message_and_one_that_comes_later_has_its_own() -> None:
    storm = [
        *standing(BILLING, 14, at("10:05"), at("11:00")),
        *standing(SALES, 14, at("10:12"), at("11:00")),
        *standing(CLAIMS, 14, at("10:30"), at("11:00")),
    ]
    async with watching(centre_of(a_day(), storm), at("10:04"), "all waiting > 10 for 2m") as bot:
        await bot.watch("10:15")
        assert bot.alert().text.startswith("Billing: 15 contacts waiting since 10:05; Sales: 15 contacts waiting")
        assert any(one.startswith("Also Sales") for one in bot.thread(bot.alert()))
        await bot.watch("10:33")
        assert len(bot.alerts()) == 2
        assert bot.alerts()[1].text.startswith("Claims")


async def test_what_is_critical_speaks_for_itself_beside_a_warning() -> None:
    line = standing(SALES, 14, at("10:05"), at("10:40"))
    async with watching(centre_of(a_day(), line), at("10:04"), RULE, "sales longest wait > 6m for 1m critical") as bot:
        await bot.watch("10:14")
        assert [bar(one) for one in bot.alerts()] == [AMBER, RED]


async def test_from_the_fourth_message_of_a_day_on_what_is_unusual_is_collected() -> None:
    weeks = [
        visit
        for week in range(1, 5)
        for queue in (BILLING, SALES, CLAIMS)
        for visit in calls(
            queue,
            at("08:30", day=DAY - timedelta(days=7 * week)),
            at("17:00", day=DAY - timedelta(days=7 * week)),
        )
    ]
    bad = [
        (BILLING, "09:00", "09:40"),
        (SALES, "10:30", "11:10"),
        (CLAIMS, "12:00", "12:40"),
        (BILLING, "13:30", "14:10"),
        (SALES, "15:00", "15:40"),
    ]
    today = a_day(*bad, opens="08:30", closes="17:00")
    async with watching(centre_of(weeks, today), at("08:50"), "all unusual") as bot:
        await bot.calm("17:00", every=9)
        assert len(bot.alerts()) == 4
        assert all(bar(one) == GREEN for one in bot.alerts())
        assert "Billing" in shown(bot.alerts()[-1])
        assert "Sales" in shown(bot.alerts()[-1])
