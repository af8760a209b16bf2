"""`/alert` as people type it: each verb, what they are told when it is not understood, the window, and the Home tab."""

from __future__ import annotations

from typing import Any

from bot.demo.slack_people import ADMIN, ANA, BEN, GUEST, SERVICE_DESK
from tests.stories.mornings import BILLING, SALES
from tests.stories.watching import a_day, at, centre_of, shown, standing, watching, words_of

LEVEL, LINE = "billing sla < 80% for 10m", "sales waiting > 10 for 2m"


def a_bad_morning() -> Any:
    return centre_of(a_day((BILLING, "09:00", "09:45")), standing(SALES, 14, at("10:05"), at("10:20")))


async def test_a_rule_lives_from_its_first_word_to_its_last() -> None:
    async with watching(a_bad_morning(), at("10:03")) as bot:
        assert "No alert rules in this channel yet" in (await bot.says("/alert list")).text
        added = await bot.says(f"/alert add {LEVEL}")
        assert "Rule 1 is set. Billing: service level &lt; 80 % (30 min) for 10 min" in added.text
        assert "Rule 2 is set. Sales: waiting" in (await bot.says(f"/alert add {LINE}")).text
        assert (await bot.says("/alert list")).text == "Nothing is open, 2 rules in this channel"
        rule = shown(await bot.says("/alert show 1"))
        assert "Watching · never fired" in rule
        assert "/alert add" in rule
        edited = await bot.says("/alert edit 1 sla < 75% for 15m")
        assert "Would have fired once in the last 4 weeks, lasting 30 min." in edited.text
        tried = await bot.says("/alert test 1")
        assert "Billing: 48 % of contacts answered in 20 s (15 of 31)" in shown(tried).replace("\n", "")
        assert tried.ephemeral_to == ANA
        assert "Muted until 12:03: rule 2" in (await bot.says("/alert mute 2 2h")).text
        assert "is heard again" in (await bot.says("/alert unmute 2")).text
        exported = (await bot.says("/alert export")).text
        assert exported.count("/alert add") == 2
        assert "Rule 1 is removed" in (await bot.says("/alert remove 1")).text
        assert (await bot.says("/alert list")).text == "Nothing is open, 1 rule in this channel"
        assert "Rule 3 is set" in (await bot.says(f"/alert add {LEVEL}")).text, "a number is never given twice"


async def test_what_is_tried_tells_of_the_media_that_a_queue_has() -> None:
    async with watching(a_bad_morning(), at("10:03")) as bot:
        tried = shown(await bot.says("/alert test billing longest wait > 5m"))
        assert "Right now it is not true." in tried
        assert "chat" not in tried
        assert "It looks at live figures, which are not kept" in tried
        assert "To set it" in tried


async def test_what_export_gives_can_be_typed_again_somewhere_else() -> None:
    rule = f"{LINE} critical escalate 10m <@{BEN}> quiet 22:00-07:00 hours 08:00-18:00 weekdays"
    async with watching(a_bad_morning(), at("10:03"), rule) as bot:
        (typed,) = [one for one in (await bot.says("/alert export")).text.splitlines() if one.startswith("/alert add")]
        again = await bot.says(typed.replace("&gt;", ">").replace("&lt;", "<"), channel=SERVICE_DESK)
        assert "is set" in again.text
        there = (await bot.says("/alert export", channel=SERVICE_DESK)).text.splitlines()
        assert typed in there


UNREAD = (
    ("add billing", "a condition is missing", "no condition"),
    ("add billing sla", "a comparison follows it", "no comparison"),
    ("add nosuch sla < 80%", "No queue is called “nosuch”", "an unknown queue"),
    ("add billing sla < 80", "Did you mean “80%”?", "no unit"),
    ("add billing sla < 180%", "they go from 0% to 100%", "out of range"),
    ("add billing waiting > ten", "is not a whole number", "no number"),
    ("add billing frobs > 10", "is not a measure", "an unknown measure"),
    ("add billing sla < 80% recover 70%", "is not a recovery", "the wrong side"),
    ("add billing waiting > 10 mention @nobody", "chosen from Slack’s list", "nobody"),
    ("show 7", "There is no rule 7 here", "an unknown number"),
    ("edit 7 sla < 70%", "There is no rule 7 here", "to edit an unknown number"),
    ("holidays add someday", "is not a date", "no date"),
    ("frob", "is not what /alert begins with", "an unknown verb"),
    ("ack", "Nothing is open here.", "nothing to acknowledge"),
    ("snooze 1h", "Nothing is open here.", "nothing to snooze"),
)
"""What is typed, what is said of it, and what is wrong."""


async def test_what_is_not_understood_is_said_in_a_sentence() -> None:
    async with watching(a_bad_morning(), at("10:03"), LINE) as bot:
        said = {why: shown(await bot.says(f"/alert {typed}")) for typed, _, why in UNREAD}
        assert {why: said[why] for _, told, why in UNREAD if told not in said[why]} == {}


async def test_starter_rules_are_five_and_are_not_made_twice() -> None:
    async with watching(a_bad_morning(), at("10:03")) as bot:
        assert "5 starter rules are set." in (await bot.says("/alert starter billing")).text
        again = await bot.says("/alert starter billing")
        assert "5 starter rules are set." not in again.text
        assert "5 rules in this channel" in (await bot.says("/alert list")).text


async def test_guests_cannot_set_rules() -> None:
    async with watching(a_bad_morning(), at("10:03")) as bot:
        said = await bot.says(f"/alert add {LINE}", user=GUEST)
        assert "Guests cannot" in said.text
        assert "No alert rules" in (await bot.says("/alert list")).text


async def test_holidays_are_kept_for_all() -> None:
    async with watching(a_bad_morning(), at("10:03")) as bot:
        assert "No holidays are set." in (await bot.says("/alert holidays")).text
        await bot.says("/alert holidays add 2026-12-25 Christmas")
        listed = await bot.says("/alert holidays", user=BEN, channel=SERVICE_DESK)
        assert "Fri 25 Dec 2026 Christmas" in listed.text
        assert "No holidays are set." in (await bot.says("/alert holidays remove 2026-12-25")).text


async def test_a_handover_tells_what_fired_who_took_it_how_long_and_what_is_open() -> None:
    centre = centre_of(a_day((BILLING, "09:30", "10:15")), standing(SALES, 14, at("10:05"), at("10:30")))
    async with watching(centre, at("09:50"), LEVEL, LINE) as bot:
        await bot.watch("10:18")
        await bot.press(bot.alerts()[0], "alert_acknowledge", user=BEN)
        told = shown(await bot.says("/alert handover"))
        assert "Billing" in told
        assert "Sales" in told
        assert f"<@{BEN}>" in told
        await bot.says("/alert handover 2h share")
        assert any(one.text.startswith("Handover 08:18 to 10:18") for one in bot.posted())


async def test_home_shows_open_alerts_first_then_the_rules() -> None:
    async with watching(a_bad_morning(), at("10:03"), LINE) as bot:
        assert "open alert" not in words_of((await bot.home()).body)
        await bot.watch("10:08")
        home = words_of((await bot.home()).body)
        assert home.startswith("1 open alert\n")
        assert "Sales: 15 contacts waiting since 10:05" in home
        assert home.index("Your alert rules") > home.index("1 open alert")
        view = await bot.home()
        await bot.presses(view, "alert_acknowledge")
        await bot.app.promises.settled()
        assert f"<@{ANA}>" in shown(bot.alert())


async def test_the_window_makes_a_rule_and_says_when_it_would_have_fired() -> None:
    async with watching(a_bad_morning(), at("10:03")) as bot:
        reply = await bot.types("/alert add")
        form = await bot.window(reply, "New Rule")
        await bot.world.slack.suggest(ANA, form, "queue_search", "bill", block_id="queues")
        entered = {
            "hours": "",
            "queues": [BILLING.id],
            "measure": "sla",
            "compare": "<",
            "limit": "80%",
            "pending": "10m",
        }
        wrong = await bot.sends(form, entered | {"limit": "much"})
        assert "is not a percentage" in wrong.errors["limit"]
        wrong = await bot.sends(form, entered | {"hours": "all the time", "pending": "soon"})
        assert "is not a length of time" in wrong.errors["pending"]
        wrong = await bot.sends(form, entered | {"hours": "all the time"})
        assert "are not hours and days" in wrong.errors["hours"]
        pressed = await bot.world.slack.click(ANA, form, "alert_form_backtest", entered=entered)
        past = await bot.window(pressed, "Back-Test")
        await bot.app.promises.settled()
        past = bot.world.slack.workspace.modals[ANA][-1]
        assert "Would have fired once in the last 4 weeks" in words_of(past.body)
        await bot.world.slack.close(ANA)
        done = await bot.window(await bot.sends(form, entered), "Rule 1")
        await bot.app.promises.settled()
        assert "Rule 1 is set. Billing: service level < 80 % (30 min) for 10 min" in words_of(
            bot.world.slack.workspace.modals[ANA][-1].body
        )
        assert done.title == "Rule 1"
        assert "1 rule in this channel" in (await bot.says("/alert list")).text


async def test_a_rule_of_somebody_else_is_changed_by_an_administrator() -> None:
    async with watching(a_bad_morning(), at("10:03"), LINE) as bot:
        said = await bot.says("/alert mute 1 1h", user=ADMIN)
        assert "Muted until 11:03" in said.text
