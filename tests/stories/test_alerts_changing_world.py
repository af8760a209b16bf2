"""What changes under an open alert: late data, its rule, its channel, its queue."""

from __future__ import annotations

from bot.demo.centre_visits import Outcome, Visit, epoch_ms
from bot.demo.slack_people import BILLING_FLOOR, SERVICE_DESK
from tests.stories.mornings import BILLING, SALES
from tests.stories.watching import a_day, at, bar, buttons, centre_of, shown, standing, watching

LEVEL, LINE = "billing sla < 80% for 10m", "sales waiting > 10 for 2m"
GREEN, AMBER = "#2e8b57", "#d9822b"


async def test_a_rule_that_is_removed_ends_its_alert_and_says_why() -> None:
    centre = centre_of(a_day(), standing(SALES, 14, at("10:05"), at("11:00")))
    async with watching(centre, at("10:04"), LINE) as bot:
        await bot.watch("10:10")
        said = await bot.says("/alert remove 1")
        assert "Rule 1 is removed" in said.text
        await bot.watch("10:12")
        over = bot.alert()
        assert over.text.startswith("Sales: over at 10:1")
        assert "its rule was changed or removed" in over.text
        assert bar(over) == GREEN
        assert buttons(over) == ["alert_details"]
        await bot.watch("10:20")
        assert len(bot.alerts()) == 1


async def test_a_rule_that_is_made_stricter_while_its_alert_is_open_goes_on_as_it_is_now() -> None:
    centre = centre_of(a_day(), standing(SALES, 14, at("10:05"), at("10:40")))
    async with watching(centre, at("10:04"), LINE) as bot:
        await bot.watch("10:10")
        await bot.says("/alert edit 1 waiting > 100 for 2m")
        await bot.watch("10:25")
        assert all(bar(one) == GREEN for one in bot.alerts())


async def test_where_the_channel_is_archived_the_rule_is_stopped_and_its_owner_told_and_other_channels_go_on() -> None:
    centre = centre_of(a_day(), standing(SALES, 14, at("10:05"), at("11:00")))
    async with watching(centre, at("10:04"), LINE) as bot:
        await bot.adds(LINE, channel=SERVICE_DESK)
        await bot.watch("10:06")
        await bot.befalls(bot.world.slack.happenings.archive(BILLING_FLOOR))
        await bot.watch("10:12")
        assert bot.alerts() == []
        assert len(bot.alerts(SERVICE_DESK)) == 1
        assert any("archived" in one.text for one in bot.direct())
        told = len(bot.direct())
        await bot.watch("10:20")
        assert len(bot.direct()) == told, "once"


async def test_an_alert_that_is_open_when_its_channel_is_archived_troubles_nobody_for_ever() -> None:
    centre = centre_of(a_day(), standing(SALES, 14, at("10:05"), at("10:30")))
    async with watching(centre, at("10:04"), LINE) as bot:
        await bot.watch("10:08")
        await bot.befalls(bot.world.slack.happenings.archive(BILLING_FLOOR))
        await bot.watch("10:45")
        assert await bot.app.alerts.desk.pressing.open_in(BILLING_FLOOR) == ()
        assert len(bot.direct()) == 1, "its owner was told that the rule is stopped"


async def test_a_channel_that_the_bot_is_removed_from_is_told_to_the_owner_when_something_is_to_be_said() -> None:
    centre = centre_of(a_day(), standing(SALES, 14, at("10:05"), at("10:30")))
    async with watching(centre, at("10:04"), LINE) as bot:
        await bot.befalls(bot.world.slack.happenings.remove_bot(BILLING_FLOOR))
        await bot.watch("10:12")
        assert len(bot.direct()) == 1
        assert "rule 1" in shown(bot.direct()[0]).lower()


async def test_a_queue_that_gets_another_name_keeps_its_rule() -> None:
    centre = centre_of(a_day(), standing(SALES, 14, at("10:05"), at("10:30")))
    async with watching(centre, at("10:04"), LINE) as bot:
        centre.rename(SALES.id, "Sales Europe")
        await bot.watch("10:12")
        assert len(bot.alerts()) == 1


def _counted_late(number: int) -> list[Visit]:
    """Calls of the bad half hour that were answered in time."""
    return [
        Visit(
            conversation_id=f"late{each:012x}",
            queue_id=BILLING.id,
            offered_ms=epoch_ms(at("10:01")) + each * 1000,
            outcome=Outcome.ANSWERED,
            wait_ms=2_000,
            talk_ms=30_000,
        )
        for each in range(number)
    ]


async def test_late_data_corrects_what_is_known_and_never_opens_what_is_over() -> None:
    centre = centre_of(a_day((BILLING, "10:00", "10:30")))
    corrected = centre_of(a_day((BILLING, "10:00", "10:30"), (BILLING, "08:30", "09:30")), _counted_late(300))
    async with watching(centre, at("09:58"), LEVEL) as bot:
        await bot.watch("11:18")
        over = bot.alert()
        assert bar(over) == GREEN
        # From now on Genesys counts hours that are over otherwise: an hour was worse than it said, another better.
        centre._given, centre._given_first = corrected._given, corrected._given_first
        await bot.calm("12:00")
        assert bot.alert().ts == over.ts
        assert bar(bot.alert()) == GREEN
        assert len(bot.thread(over)) == 1
