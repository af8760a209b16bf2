"""A supervisor types `/queue` and reads who is waiting and who is free, over Socket Mode and over signed HTTP."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from bot.demo.centre import Centre
from bot.demo.centre_organisation import Queue
from bot.demo.centre_visits import Outcome, Visit, epoch_ms
from bot.demo.genesys_options import PERMISSIONS, Options
from bot.demo.slack_people import ANA, BEN, BILLING_FLOOR, GUEST, OPS_SHARED, STRANGER

if TYPE_CHECKING:
    from collections.abc import Callable

OBSERVATIONS = "/api/v2/analytics/queues/observations/query"
AGGREGATES = "/api/v2/analytics/conversations/aggregates/query"
PATIENT = timedelta(seconds=60)
LONG = 3_600_000
"""Milliseconds: longer than any story takes."""
BILLING, SALES, CLAIMS, QUIET = (Queue.named(name) for name in ("Billing", "Sales", "Claims", "Quiet Desk"))


def standing_centre() -> Centre:
    """Billing: two wait, one is served; Sales: one waits by e-mail; Claims: one is served. Nothing moves for long."""
    now = epoch_ms(datetime.now(UTC))
    waits = partial(Visit, outcome=Outcome.ABANDONED, wait_ms=LONG)
    served = partial(Visit, outcome=Outcome.ANSWERED, wait_ms=5_000, talk_ms=LONG)
    visits = [
        waits(conversation_id="1", queue_id=BILLING.id, offered_ms=now - 125_000),
        waits(conversation_id="2", queue_id=BILLING.id, offered_ms=now - 61_000),
        served(conversation_id="3", queue_id=BILLING.id, offered_ms=now - 30_000),
        waits(conversation_id="4", queue_id=SALES.id, offered_ms=now - 600_000, media="email"),
        served(conversation_id="5", queue_id=CLAIMS.id, offered_ms=now - 45_000),
    ]
    return Centre.of((BILLING, SALES, CLAIMS, QUIET), visits)


def rows(message: Any) -> dict[str, list[str]]:
    table = next(block for block in message.blocks if block["type"] == "table")
    return {line[0]: line[1:] for line in [[str(cell.get("text", "")) for cell in row] for row in table["rows"]]}


async def test_who_waits_and_who_is_served_is_read_at_a_glance(floor, read: Callable[[object], str]):
    message = await floor.answered("billing", command="/queue")
    assert message.ephemeral_to == ANA
    assert message.text.startswith("Billing now: ")
    assert re.search(r"agents free|no agent on queue", message.text)
    text = read(message.blocks)
    assert "on queue: " in text
    assert "off queue" in text
    assert "Europe/London" in text


async def test_the_counts_are_those_of_the_moment(opened, read):
    async with opened(centre=standing_centre()) as floor:
        message = await floor.answered("billing, sales, claims, quiet desk", command="/queue")
        told = rows(message)
        assert list(told) == ["Queue", "Billing · voice", "Sales · email", "Claims · voice"]
        assert (told["Billing · voice"][0], told["Billing · voice"][2], told["Billing · voice"][3]) == ("2", "1", "0")
        assert told["Billing · voice"][1].startswith("2 min")
        assert told["Sales · email"][:1] == ["1"]
        assert told["Claims · voice"][:3] == ["0", "–", "1"]
        assert "4 queues now: 3 waiting (voice 2, email 1)" in message.text
        assert "Longest wait: voice 2 min" in message.text
        assert "Nothing going on: Quiet Desk" in read(message.blocks)


async def test_a_quiet_queue_is_told_with_its_agents(opened, read):
    async with opened(centre=standing_centre()) as floor:
        message = await floor.answered("quiet desk", command="/queue")
        assert message.text == "Quiet Desk now: nobody waiting, no agent on queue"
        assert "0 on queue" in read(message.blocks)


async def test_without_a_name_the_ten_with_most_waiting_are_shown_for_few_requests(opened):
    async with opened() as floor:
        message = await floor.answered("", command="/queue")
        assert message.text.startswith("The busiest 10 of 120 queues now: ")
        assert len(floor.world.requests.to(OBSERVATIONS)) == 2
        assert floor.counted == 1
        assert len([one for one in floor.world.requests.entries if one.path.endswith("estimatedwaittime")]) <= 5


async def test_ten_people_at_once_cost_what_one_does(opened):
    async with opened() as floor:
        await floor.answered("billing", command="/queue")
        before = len(floor.world.requests.to(OBSERVATIONS)), floor.counted
        people = [ANA, BEN] * 2
        await asyncio.gather(*(floor.answered("billing", user=person, command="/queue") for person in people))
        assert (len(floor.world.requests.to(OBSERVATIONS)), floor.counted) == before


async def test_refresh_replaces_the_answer_in_place(floor):
    answer = await floor.answered("billing", command="/queue")
    reply = await floor.presses(answer, "queue_refresh")
    again = (await reply.messages())[0]
    assert again.key == answer.key
    assert again.text.startswith("Billing now: ")


async def test_share_posts_the_answer_once_and_says_who_shared(floor, read: Callable[[object], str]):
    answer = await floor.answered("billing", command="/queue")
    await asyncio.gather(*(floor.presses(answer, "queue_share") for _ in range(3)))
    await floor.app.promises.settled()
    (shared,) = [m for m in floor.world.slack.messages(BILLING_FLOOR) if m.ephemeral_to is None]
    assert f"<@{ANA}>" in read(shared.blocks)
    assert shared.text.startswith("Billing now: ")
    assert "queue_share" not in str(shared.blocks)


async def test_share_in_the_command_answers_for_the_whole_channel(floor):
    message = await floor.answered("billing share", command="/queue")
    assert message.ephemeral_to is None
    assert f"<@{ANA}>" in str(message.blocks)


async def test_an_unknown_name_offers_queues_and_the_choice_asks_this_command_again(floor):
    asked = await floor.answered("bilingg", command="/queue")
    assert "No queue is called" in asked.text
    reply = await floor.presses(asked, "sla_choose_0")
    answer = await reply.until(lambda message: "now: " in message.text)
    assert answer.key == asked.key
    assert answer.text.startswith("Billing now: ")
    again = await floor.answered("Bilingg", command="/queue")
    assert again.text.startswith("Billing now: ")


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        pytest.param("billing last-week", "last-week", id="a period"),
        pytest.param("billing 30s", "30s", id="a threshold"),
        pytest.param("billing sahre", "sahre", id="a word misspelt"),
    ],
)
async def test_what_belongs_elsewhere_is_named_with_an_example_that_works(opened, read, typed, word):
    async with opened(COMMAND_PREFIX="cc-") as floor:
        message = await floor.answered(typed, command="/cc-queue")
        assert f"“{word}”" in message.text
        assert "/cc-queue " in read(message.blocks)


@pytest.mark.parametrize("typed", ["help", "?"])
async def test_help_explains_with_queues_of_this_organisation(opened, read, typed):
    async with opened() as floor:
        message = await floor.answered(typed, command="/queue")
        assert message.text.startswith("/queue: what is going on right now")


@pytest.mark.parametrize("mode", ["down", "server_error", "html", "gateway_timeout"])
async def test_a_failure_of_genesys_is_told_and_trying_again_asks_this_command(opened, read, mode):
    async with opened() as floor:
        await floor.answered("sales yesterday")
        floor.world.faults.set(mode)
        reply = await floor.types("billing", command="/queue")
        failure = await reply.until(lambda message: "Genesys Cloud" in message.text, within=PATIENT)
        assert "waiting" not in read(failure.blocks)
        floor.world.faults.clear()
        again = await floor.presses(failure, "queue_refresh")
        answer = await again.until(lambda message: "now: " in message.text)
        assert answer.text.startswith("Billing now: ")


async def test_a_missing_permission_is_named_and_no_zero_is_shown(opened, read):
    options = Options(permissions=PERMISSIONS - {"analytics:queueObservation:view"})
    async with opened(centre=standing_centre(), options=options) as floor:
        message = await floor.answered("billing", command="/queue")
        assert "analytics:queueObservation:view" in read(message.blocks)
        assert "waiting" not in message.text


async def test_a_queue_that_genesys_does_not_report_is_not_shown_as_empty(opened, read):
    async with opened(centre=standing_centre()) as floor:
        await floor.answered("claims", command="/queue")
        floor.world.centre.remove(CLAIMS.id)
        await asyncio.sleep(0)
        message = await floor.answered("claims, quiet desk", command="/queue")
        assert "1 not reported" in message.text
        assert rows(message)["Claims"] == ["–"] * 6
        assert "Not fully reported by Genesys: Claims" in read(message.blocks)


async def test_guests_and_strangers_read_no_figures(floor):
    guest = await floor.answered("billing", user=GUEST, command="/queue")
    assert "Guests" in guest.text
    answer = await floor.answered("billing", channel=OPS_SHARED, command="/queue")
    for_all = replace(answer, ephemeral_to=None)
    floor.world.slack.workspace.messages[answer.key] = for_all
    for action in ("queue_refresh", "queue_share"):
        reply = await floor.presses(for_all, action, user=STRANGER)
        refusal = await reply.until(lambda message: message.key != answer.key)
        assert "members of this workspace" in refusal.text
