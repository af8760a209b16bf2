"""What can be pressed under an answer."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.demo.slack_people import ANA, BEN, BILLING_FLOOR, GUEST, OPS_SHARED, STRANGER

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENT = timedelta(seconds=60)


async def test_share_posts_the_answer_for_all_and_says_who_shared(floor, read: Callable[[object], str]):
    answer = await floor.answered("billing 30s last-week")
    reply = await floor.presses(answer, "sla_share")
    shared = await reply.until(lambda message: message.ephemeral_to is None)
    assert shared.channel == BILLING_FLOOR
    assert f"<@{ANA}>" in read(shared.blocks)
    assert shared.text.startswith(answer.text.split(",")[0])
    assert "sla_share" not in str(shared.blocks)


async def test_pressing_share_twice_shares_once(opened):
    async with opened() as floor:
        answer = await floor.answered("billing 30s last-week")
        await asyncio.gather(*(floor.presses(answer, "sla_share") for _ in range(3)))
        await floor.app.promises.settled()
        in_channel = [m for m in floor.world.slack.messages(BILLING_FLOOR) if m.ephemeral_to is None]
        assert len(in_channel) == 1


async def test_an_answer_refreshed_may_be_shared_again(opened):
    async with opened() as floor:
        answer = await floor.answered("billing 30s last-week")
        await floor.presses(answer, "sla_share")
        await (await floor.presses(answer, "sla_refresh")).messages()
        await floor.presses(answer, "sla_share")
        await floor.app.promises.settled()
        in_channel = [m for m in floor.world.slack.messages(BILLING_FLOOR) if m.ephemeral_to is None]
        assert len(in_channel) == 2


async def test_refresh_replaces_the_answer_in_place(floor):
    answer = await floor.answered("billing today")
    reply = await floor.presses(answer, "sla_refresh")
    again = (await reply.messages())[0]
    assert again.key == answer.key


async def test_a_failed_refresh_keeps_the_figure_and_says_why(opened):
    async with opened() as floor:
        answer = await floor.answered("billing today")
        floor.world.faults.set("wrong_secret")
        floor.world.faults.set("expired_token", requests=2)
        reply = await floor.presses(answer, "sla_refresh")
        told = await reply.until(lambda message: message.key != answer.key)
        assert "credentials" in told.text
        assert floor.world.slack.workspace.messages[answer.key].text == answer.text


async def test_trying_again_asks_in_the_zone_of_whoever_asked(opened, read: Callable[[object], str]):
    async with opened(BOT_TIMEZONE="Asia/Tokyo") as floor:
        await floor.answered("sales yesterday")
        floor.world.faults.set("down")
        reply = await floor.types("billing last-week", user=BEN)
        failure = await reply.until(lambda message: "cannot be reached" in message.text, within=PATIENT)
        floor.world.faults.clear()
        again = await floor.presses(failure, "sla_refresh", user=BEN)
        answer = await again.until(lambda message: "answered within" in message.text)
        assert "America/New_York" in read(answer.blocks)


async def test_why_opens_a_modal_with_query_counts_and_formulas(floor, read: Callable[[object], str]):
    answer = await floor.answered("billing yesterday")
    reply = await floor.presses(answer, "sla_why")
    await floor.app.promises.settled()
    view = await reply.modal()
    text = read(view.body)
    assert "tAnswered" in text
    assert "rangeBound" in text
    assert "answered" in text
    assert "offered" in text
    assert "oServiceLevel" in text or "Genesys's own" in text


async def test_an_unknown_name_offers_queues_and_the_choice_is_remembered(floor):
    asked = await floor.answered("bilingg 30s yesterday")
    assert "No queue is called" in asked.text
    reply = await floor.presses(asked, "sla_choose_0")
    answer = await reply.until(lambda message: "answered within 30 s" in message.text)
    assert answer.key == asked.key
    assert "Billing" in answer.text
    again = await floor.answered("Bilingg 30s yesterday")
    assert "Billing" in again.text
    assert "answered within 30 s" in again.text


async def test_a_choice_is_remembered_for_that_person_only(opened):
    async with opened() as floor:
        asked = await floor.answered("bilingg yesterday")
        await (await floor.presses(asked, "sla_choose_0")).messages()
        others = await floor.answered("bilingg yesterday", user=BEN)
        assert "No queue is called" in others.text


async def test_buttons_mean_the_same_to_everybody(opened):
    """Ana's remembered word is not Ben's: the shared answer carries the queue's own name."""
    async with opened() as floor:
        asked = await floor.answered("bilingg 30s yesterday")
        await (await floor.presses(asked, "sla_choose_0")).messages()
        answer = await floor.answered("bilingg 30s yesterday share")
        reply = await floor.presses(answer, "sla_why", user=BEN)
        await floor.app.promises.settled()
        assert "Billing" in str((await reply.modal()).body)


async def test_a_guest_is_refused_politely(floor):
    message = await floor.answered("billing today", user=GUEST)
    assert message.ephemeral_to == GUEST
    assert "Guests" in message.text


async def test_somebody_of_another_organisation_reads_no_figures(floor, read: Callable[[object], str]):
    answer = await floor.answered("billing 30s yesterday share", channel=OPS_SHARED)
    reply = await floor.presses(answer, "sla_why", user=STRANGER)
    await floor.app.promises.settled()
    view = await reply.modal()
    assert "members of this workspace" in read(view.body)
    assert "answered" not in read(view.body)


@pytest.mark.parametrize("value", ["{}", "7", '{"t":"billing","at":"x","z":"y"}'])
async def test_a_button_of_another_version_is_explained(opened, value):
    async with opened() as floor:
        answer = await floor.answered("billing today")
        blocks: Any = [
            {**block, "elements": [{**one, "value": value} for one in block["elements"]]}
            if block["type"] == "actions"
            else block
            for block in answer.blocks
        ]
        old = replace(answer, blocks=tuple(blocks))
        floor.world.slack.workspace.messages[answer.key] = old
        reply = await floor.presses(old, "sla_refresh")
        assert "another version" in (await reply.until(lambda m: m.key != answer.key)).text
