"""A supervisor types `/sla` and reads the figure, over Socket Mode and over signed HTTP."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from bot.commands.catalogue import COMMANDS
from bot.demo.slack_people import ANA, BEN, BILLING_FLOOR, direct_id

if TYPE_CHECKING:
    from collections.abc import Callable

AGGREGATES = "/api/v2/analytics/conversations/aggregates/query"


def last_week(zone: ZoneInfo) -> tuple[datetime, datetime]:
    midnight = datetime.now(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    monday = midnight - timedelta(days=midnight.weekday())
    return (monday - timedelta(days=7)).replace(tzinfo=zone), monday.replace(tzinfo=zone)


def cells(message: Any) -> list[list[str]]:
    table = next(block for block in message.blocks if block["type"] == "table")
    return [[str(cell.get("text", "")) for cell in row] for row in table["rows"]]


async def test_the_figure_equals_a_count_by_hand(floor, by_hand: Callable[..., Any]):
    message = await floor.answered("billing 30s last-week")
    centre = floor.world.centre
    start, end = last_week(ZoneInfo("Europe/London"))
    queue = centre.queue("Billing")
    counted = [
        by_hand(centre, queue.id, media, start, end, timedelta(seconds=30), now=end)
        for media in ("voice", "message", "email", "chat")
    ]
    within = sum(one.within for one in counted)
    denominator = sum(one.answered + one.abandoned for one in counted)
    assert f"{within:,} of {denominator:,}" in [row[2] for row in cells(message) if row[0] == "Total"]
    voice = counted[0]
    rows = {row[0]: row for row in cells(message)}
    assert rows["Billing · voice"][2] == f"{voice.within:,} of {voice.answered + voice.abandoned:,}"
    assert "last week" in message.text


async def test_only_the_asker_sees_the_answer(floor):
    reply = await floor.types("billing 30s yesterday")
    message = (await reply.messages())[0]
    assert message.ephemeral_to == ANA


async def test_share_in_the_command_answers_for_the_whole_channel(floor):
    message = await floor.answered("billing 30s yesterday share")
    assert message.ephemeral_to is None
    assert f"<@{ANA}>" in str(message.blocks)


async def test_it_works_in_a_direct_message_with_the_bot(floor):
    message = await floor.answered("billing 30s yesterday", channel=direct_id(ANA))
    assert "Billing" in message.text


async def test_the_period_is_the_askers_own(opened, read):
    async with opened() as floor:
        london = await floor.answered("billing yesterday", user=ANA)
        new_york = await floor.answered("billing yesterday", user=BEN)
        assert "Europe/London" in read(london.blocks)
        assert "America/New_York" in read(new_york.blocks)


async def test_one_request_answers_for_a_hundred_queues_and_none_when_it_was_asked_before(opened):
    async with opened() as floor:
        await floor.answered("bill*,sales 30s last-week")
        assert floor.counted == 1
        await floor.answered("bill*,sales 30s last-week")
        await floor.answered("sales 30s last-week")
        assert floor.counted == 1


@pytest.mark.parametrize("typed", ["", "help", "?", " HELP "])
async def test_help_explains_with_queues_of_this_organisation(opened, read, typed):
    async with opened() as floor:
        await floor.answered("sales yesterday")  # by now the queues have been read
        message = await floor.answered(typed)
        names = {queue.name for queue in floor.world.centre.queues}
        assert "last-week" in read(message.blocks)
        assert any(f"/sla {name} " in read(message.blocks) for name in names)


@pytest.mark.parametrize(
    ("typed", "word", "hint"),
    [
        pytest.param("billing last-weke", "last-weke", "Did you mean “last-week”", id="a period misspelt"),
        pytest.param("billing 30s 40s", "40s", "threshold", id="two thresholds"),
        pytest.param("billing by agent", "agent", "queue", id="a grouping that does not exist"),
        pytest.param("billing 2026-02-30", "2026-02-30", "", id="a day that does not exist"),
    ],
)
async def test_an_unreadable_word_is_named_with_an_example_that_works(opened, read, typed, word, hint):
    async with opened() as floor:
        message = await floor.answered(typed)
        assert message.ephemeral_to == ANA
        assert f"“{word}”" in message.text
        assert hint in read(message.blocks)
        example = next(
            run["text"]
            for block in message.blocks
            if block["type"] == "rich_text"
            for run in block["elements"][0]["elements"]
            if run.get("style", {}).get("code")
        )
        assert "answered" in (await floor.answered(example.removeprefix("/sla "))).text


async def test_a_queue_without_contacts_has_no_percentage(opened):
    async with opened() as floor:
        silent = next(queue for queue in floor.world.centre.queues if "silent" in queue.name.lower() or not queue.flows)
        message = await floor.answered(f'"{silent.name}" last-week')
        assert "no contacts" in message.text
        assert "%" not in message.text


async def test_no_name_however_awkward_becomes_markup(opened):
    async with opened() as floor:
        for queue in floor.world.centre.queues:
            if any(char in queue.name for char in "<>&*_`~\"'’"):
                quote = "«{}»" if '"' in queue.name else '"{}"'
                message = await floor.answered(f"{quote.format(queue.name)} yesterday")
                assert "<!" not in message.text, queue.name
                assert "<Support>" not in message.text, queue.name


async def test_channels_and_people_are_told_apart(opened):
    async with opened() as floor:
        await floor.answered("billing yesterday", channel=BILLING_FLOOR)
        assert floor.world.slack.messages(BILLING_FLOOR, seen_by=BEN) == []


@pytest.mark.parametrize("prefix", ["", "cc-"])
async def test_every_command_of_the_catalogue_is_answered_under_its_prefix(opened, read, prefix):
    async with opened(**({"COMMAND_PREFIX": prefix} if prefix else {})) as floor:
        for command in COMMANDS:
            name = f"/{prefix}{command.name}"
            reply = await floor.world.slack.command(ANA, BILLING_FLOOR, name, "help")
            assert f"{name} " in read((await reply.messages())[0].blocks)
