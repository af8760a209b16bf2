"""What people do about an alert in its message: each press is seen by all, and changes nothing that is true."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.demo.slack_people import ANA, BEN, LENA
from tests.stories.mornings import SALES
from tests.stories.watching import (
    DAY,
    a_day,
    at,
    bar,
    bulletin_of,
    buttons,
    calls,
    centre_of,
    shown,
    standing,
    watching,
)

WEEK = timedelta(weeks=1)
ACKNOWLEDGE, SNOOZE, DETAILS, MORE = "alert_acknowledge", "alert_snooze", "alert_details", "alert_more"
BLUE, AMBER, GREEN = "#5b7a99", "#d9822b", "#2e8b57"
RULE = "sales waiting > 10 for 2m"


def a_line(start: str, end: str) -> list:
    return standing(SALES, 14, at(start), at(end))


async def test_who_acknowledges_is_named_in_the_message_and_its_thread() -> None:
    async with watching(centre_of(a_day(), a_line("10:05", "12:00")), at("10:04"), RULE) as bot:
        await bot.watch("10:07")
        old = bot.alert()
        assert await bot.private(old, ACKNOWLEDGE) == []
        taken = bot.alert()
        assert bar(taken) == BLUE
        assert f"Acknowledged by <@{ANA}> · 10:07" in shown(taken).replace("\n", "")
        assert ACKNOWLEDGE not in buttons(taken)
        assert bot.thread(taken) == [f"Sales: <@{ANA}> acknowledged it at 10:07"]

        await bot.calm("11:30")
        assert bot.thread(taken) == [f"Sales: <@{ANA}> acknowledged it at 10:07"], "nobody is reminded of it any more"
        await bot.calm("12:10")
        over = bot.alert()
        assert bar(over) == GREEN
        assert f"Taken by <@{ANA}>" in shown(over).replace("\n", "")


async def test_of_two_who_press_in_the_same_second_one_is_told_that_the_other_was_first() -> None:
    async with watching(centre_of(a_day(), a_line("10:05", "11:00")), at("10:04"), RULE) as bot:
        await bot.watch("10:07")
        message = bot.alert()
        await asyncio.gather(*(bot.world.slack.click(user, message, ACKNOWLEDGE) for user in (ANA, BEN)))
        await bot.app.promises.settled()
        told = {
            one.ephemeral_to: one.text
            for one in bot.world.slack.messages(message.channel)
            if one.ephemeral_to in (ANA, BEN)
        }
        second = BEN if f"<@{ANA}>" in bot.thread(message)[0] else ANA
        first = ANA if second == BEN else BEN
        assert len(bot.thread(message)) == 1
        assert told[second] == f"<@{first}> acknowledged it at 10:07."


async def test_a_press_on_what_is_over_changes_nothing_and_says_so() -> None:
    async with watching(centre_of(a_day(), a_line("10:05", "10:15")), at("10:04"), RULE) as bot:
        await bot.watch("10:25")
        over = bot.alert()
        assert bar(over) == GREEN
        bulletin = bulletin_of(over)
        press = await bot.app.alerts.desk.pressing.acknowledge(bulletin, BEN)
        await bot.app.promises.settled()
        assert press.pressed.over
        assert not press.pressed.changed
        assert bot.alert() == over


async def test_what_still_fires_when_a_snooze_ends_is_told_once() -> None:
    async with watching(centre_of(a_day(), a_line("10:05", "11:00")), at("10:04"), RULE) as bot:
        await bot.watch("10:07")
        await bot.press(bot.alert(), SNOOZE, user=BEN, value="15m")
        assert "Snoozed until 10:22" in shown(bot.alert())
        assert bar(bot.alert()) == BLUE
        asleep = bot.thread(bot.alert())
        assert asleep == [f"Sales: <@{BEN}> snoozed it at 10:07, until 10:22"]
        await bot.watch("10:21")
        assert bot.thread(bot.alert()) == asleep
        await bot.watch("10:22")
        assert bot.thread(bot.alert())[1:] == ["Still not over, after 17 min: Sales, 15 contacts waiting"]
        await bot.watch("10:50")
        assert len(bot.thread(bot.alert())) == 2
        assert bar(bot.alert()) == AMBER


async def test_what_is_over_when_a_snooze_ends_is_not_told_but_the_message_says_it() -> None:
    async with watching(centre_of(a_day(), a_line("10:05", "10:10")), at("10:04"), RULE) as bot:
        await bot.watch("10:07")
        await bot.press(bot.alert(), SNOOZE, value="1h")
        lines = bot.thread(bot.alert())
        await bot.calm("11:10")
        assert bar(bot.alert()) == GREEN
        assert bot.thread(bot.alert()) == lines


async def test_a_command_snoozes_until_a_time_of_day() -> None:
    async with watching(centre_of(a_day(), a_line("10:05", "11:00")), at("10:04"), RULE) as bot:
        await bot.watch("10:07")
        said = await bot.says("/alert snooze 30m")
        assert "1 alert snoozed until 10:37" in said.text
        assert "Snoozed until 10:37" in shown(bot.alert())


async def test_what_is_expected_today_is_told_no_more_today() -> None:
    lines = [*a_line("10:05", "10:10"), *a_line("14:00", "14:10")]
    async with watching(centre_of(a_day(), lines), at("10:04"), RULE) as bot:
        await bot.watch("10:07")
        said = await bot.private(bot.alert(), MORE, value="expected")
        assert said == ["Nothing more is told of Sales in this channel today. Tomorrow it is told as always."]
        assert "Expected today" in shown(bot.alert())
        assert bot.thread(bot.alert()) == [
            f"Sales: <@{ANA}> said at 10:07 that it is expected today: nothing more is told of it"
        ]
        await bot.calm("13:58")
        await bot.watch("14:04")
        assert len(bot.alerts()) == 1


async def test_what_is_expected_may_be_said_again_the_next_day_of_what_is_still_open() -> None:
    lines = standing(SALES, 14, at("23:40"), at("23:40") + timedelta(hours=4))
    async with watching(centre_of(a_day(), lines), at("23:40"), RULE) as bot:
        await bot.watch("23:50")
        await bot.press(bot.alert(), MORE, value="expected")
        await bot.minutes(12)
        await bot.press(bot.alert(), MORE, value="expected")
        told = bot.thread(bot.alert())
        await bot.minutes(65)
        assert bot.thread(bot.alert()) == told, "nothing more is told on the second day"
        assert sum("expected today" in line for line in told) == 2


async def test_a_vote_counts_once_for_each_person_and_is_shown_with_the_rule() -> None:
    async with watching(centre_of(a_day(), a_line("10:05", "11:00")), at("10:04"), RULE) as bot:
        await bot.watch("10:07")
        (first,) = await bot.private(bot.alert(), MORE, value="not_useful")
        (again,) = await bot.private(bot.alert(), MORE, value="not_useful")
        (other,) = await bot.private(bot.alert(), MORE, user=LENA, value="not_useful")
        assert first.startswith("Thank you")
        assert again.startswith("You had said so before")
        assert other.startswith("Thank you")
        listed = await bot.says("/alert list")
        assert "2" in shown(listed)
        assert "not useful" in shown(listed).lower()


async def test_details_show_the_last_hours_and_what_was_done() -> None:
    async with watching(centre_of(a_day(), a_line("10:05", "11:00")), at("10:04"), RULE) as bot:
        await bot.watch("10:07")
        await bot.press(bot.alert(), ACKNOWLEDGE, user=BEN)
        reply = await bot.presses(bot.alert(), DETAILS)
        await bot.window(reply, "Alert")
        await bot.app.promises.settled()
        words = str(bot.world.slack.workspace.modals[ANA][-1].body)
        assert "Sales" in words
        assert "acknowledged it at 10:07" in words


async def test_what_is_said_to_be_normal_is_learnt_anew_and_limits_go_on() -> None:
    weeks = [
        visit
        for number in range(1, 5)
        for visit in calls(SALES, at("09:00", day=DAY - number * WEEK), at("13:00", day=DAY - number * WEEK))
    ]
    today = [*calls(SALES, at("09:00"), at("10:00")), *calls(SALES, at("10:00"), at("12:00"), wait=90_000)]
    async with watching(centre_of(weeks, today), at("09:50"), "sales unusual", "sales sla < 80% for 10m") as bot:
        await bot.watch("10:33")
        unusual = bot.alert()
        said = await bot.private(unusual, MORE, value="normal")
        assert "is learnt anew from now on" in said[0]
        assert any("normal now" in one for one in bot.thread(unusual))
        before = len(bot.alerts())
        await bot.calm("11:50")
        assert len(bot.alerts()) == before, "nothing is called unusual there, and the level was told"
