"""App Home, and the form for people who would rather choose than type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.demo.slack_people import ANA, GUEST, direct_id

if TYPE_CHECKING:
    from collections.abc import Callable


async def test_home_says_what_it_is_and_one_thing_to_try(floor, read: Callable[[object], str]):
    home = await (await floor.world.slack.open_home(ANA)).home()
    assert "/sla" in read(home.body)
    assert "Ask About a Queue" in read(home.body)


async def open_form(floor, user=ANA):
    home = await (await floor.world.slack.open_home(user)).home()
    return await (await floor.world.slack.click(user, home, "home_ask")).modal()


async def test_names_are_completed_from_memory_while_they_are_typed(floor):
    form = await open_form(floor)
    asked_before = len(floor.world.requests.entries)
    shown = await floor.world.slack.suggest(ANA, form, "queue_search", "bil")
    names = [option["text"]["text"] for option in shown.options]
    assert names[0] == "Billing"
    assert "Billing EU" in names
    assert len(floor.world.requests.entries) == asked_before


async def test_a_form_is_answered_by_message(floor):
    form = await open_form(floor)
    billing = floor.world.centre.queue("Billing").id
    await floor.world.slack.suggest(ANA, form, "queue_search", "bil")
    reply = await floor.world.slack.submit(ANA, form, {"queue_search": billing, "threshold_text": "30s"})
    assert reply.errors == {}
    message = await reply.until(lambda one: "answered within 30 s" in one.text)
    assert message.channel == direct_id(ANA)
    assert "Billing" in message.text


async def test_a_threshold_that_cannot_be_read_is_told_at_its_field(floor):
    form = await open_form(floor)
    billing = floor.world.centre.queue("Billing").id
    await floor.world.slack.suggest(ANA, form, "queue_search", "bil")
    reply = await floor.world.slack.submit(ANA, form, {"queue_search": billing, "threshold_text": "soon"})
    assert "soon" in reply.errors["threshold"]


async def test_a_guest_is_not_shown_the_form_whose_menu_names_queues(floor):
    home = await (await floor.world.slack.open_home(GUEST)).home()
    reply = await floor.world.slack.click(GUEST, home, "home_ask")
    message = (await reply.messages())[-1]
    assert "Guests" in message.text
    assert not floor.world.slack.workspace.modals.get(GUEST)
