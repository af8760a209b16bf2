"""Slack itself fails: whoever asked still gets a word, and nothing is said twice for all."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.demo.slack_faults import Drop, Fault
from bot.demo.slack_people import ANA, BILLING_FLOOR, direct_id
from bot.demo.slack_responses import FAULT_NAME

if TYPE_CHECKING:
    from collections.abc import Callable

SERVER_ERROR = Fault(status=503)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(SERVER_ERROR, id="a failure of its own"),
        pytest.param(Fault(drop=Drop.BEFORE), id="the connection drops"),
        pytest.param(Fault(status=429, retry_after=timedelta()), id="too many messages"),
    ],
)
async def test_an_answer_that_slack_does_not_take_at_first_is_told_again(opened, fault: Fault):
    async with opened() as floor:
        floor.world.slack.faults.add(FAULT_NAME, fault, times=1)
        message = await floor.answered("billing yesterday")
        assert "answered" in message.text


@pytest.mark.parametrize("fault", [SERVER_ERROR, Fault(drop=Drop.AFTER)], ids=["a failure of its own", "dropped"])
async def test_a_share_that_may_have_arrived_is_not_sent_again(opened, fault: Fault):
    async with opened() as floor:
        answer = await floor.answered("billing yesterday")
        floor.world.slack.faults.add(FAULT_NAME, fault, times=1)
        reply = await floor.presses(answer, "sla_share")
        told = await reply.until(lambda message: "did not confirm" in message.text)
        assert told.ephemeral_to == ANA
        in_channel = [m for m in floor.world.slack.messages(BILLING_FLOOR) if m.ephemeral_to is None]
        assert len(in_channel) == (fault.drop is Drop.AFTER)


async def test_a_command_that_could_not_be_shared_is_answered_with_the_reason(opened):
    async with opened() as floor:
        floor.world.slack.faults.add(FAULT_NAME, Fault(error="restricted_action"), times=1)
        reply = await floor.types("billing yesterday share")
        await reply.until(lambda message: "did not take" in message.text)
        answer, why = reply.shown()
        assert "answered" in answer.text
        assert {answer.ephemeral_to, why.ephemeral_to} == {ANA}


async def test_a_share_that_was_refused_may_be_tried_again(opened):
    async with opened() as floor:
        answer = await floor.answered("billing yesterday")
        floor.world.slack.faults.add(FAULT_NAME, Fault(error="restricted_action"), times=1)
        reply = await floor.presses(answer, "sla_share")
        await reply.until(lambda message: "did not take" in message.text)
        again = await floor.presses(answer, "sla_share")
        shared = await again.until(lambda message: message.ephemeral_to is None)
        assert "answered" in shared.text


async def test_a_window_that_cannot_be_opened_is_told_under_the_answer(opened):
    async with opened() as floor:
        answer = await floor.answered("billing yesterday")
        floor.world.slack.faults.add("views.open", Fault(error="expired_trigger_id"), times=1)
        reply = await floor.presses(answer, "sla_why")
        told = await reply.until(lambda message: "Press the button again" in message.text)
        assert told.key != answer.key


async def test_a_form_that_cannot_be_opened_is_told_by_message(opened):
    async with opened() as floor:
        home = await (await floor.world.slack.open_home(ANA)).home()
        floor.world.slack.faults.add("views.open", Fault(error="expired_trigger_id"), times=1)
        reply = await floor.world.slack.click(ANA, home, "home_ask")
        told = await reply.until(lambda message: "Press the button again" in message.text)
        assert told.channel == direct_id(ANA)


async def test_a_window_is_filled_though_slack_fails_once(opened, read: Callable[[object], str]):
    async with opened() as floor:
        answer = await floor.answered("billing yesterday")
        floor.world.slack.faults.add("views.update", SERVER_ERROR, times=1)
        reply = await floor.presses(answer, "sla_why")
        await floor.app.promises.settled()
        assert "The formula" in read((await reply.modal()).body)


async def test_a_window_that_cannot_be_filled_is_told_under_the_answer(opened):
    async with opened() as floor:
        answer = await floor.answered("billing yesterday")
        floor.world.slack.faults.add("views.update", Fault(error="internal_error"), times=1)
        reply = await floor.presses(answer, "sla_why")
        assert await reply.until(lambda message: "contents of the window" in message.text)


async def test_a_window_closed_in_the_meantime_is_no_trouble(opened):
    async with opened() as floor:
        answer = await floor.answered("billing yesterday")
        floor.world.slack.faults.add("views.update", Fault(error="not_found"), times=1)
        reply = await floor.presses(answer, "sla_why")
        await floor.app.promises.settled()
        assert not reply.shown()
