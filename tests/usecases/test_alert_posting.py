"""Alerts in Slack: each message once, edited as it goes on, its thread in order, and the new before the known."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.demo.slack_faults import Fault
from bot.demo.slack_people import ANA, BILLING_FLOOR, SERVICE_DESK
from bot.domain.alerts.rules import Severity
from bot.domain.alerts.states import BulletinKind, LineKind, Sending
from bot.domain.ids import TeamId
from tests.usecases.posting_site import POST, SECOND, UPDATE, PostingSite, as_text, posting_site

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.domain.alerts.states import Bulletin, Incident
    from bot.slack.outward import Outgoing

HALF_MINUTE = timedelta(seconds=30)


@pytest.fixture
async def site() -> AsyncIterator[PostingSite]:
    async with posting_site() as one:
        yield one


async def test_a_new_message_is_posted_once_and_can_be_found_again(site: PostingSite) -> None:
    bulletin = await site.fires()
    posting = site.posting()
    for _ in range(3):
        await posting.send()
    (message,) = site.local.messages(BILLING_FLOOR)
    assert message.metadata == {"event_type": "sla_alert", "event_payload": {"key": bulletin.id}}
    now = await site.as_now(bulletin)
    assert (now.sending, now.ts, now.shown, now.shown_at) == (Sending.SENT, message.ts, 1, site.clock())


async def test_its_coloured_part_is_posted_and_edited_too(site: PostingSite) -> None:
    bulletin = await site.fires()
    posting = site.posting()
    await posting.send()
    await site.says(bulletin, "worse")
    site.clock.later(HALF_MINUTE)
    await posting.send()
    (message,) = site.local.messages(BILLING_FLOOR)
    (attachment,) = message.attachments
    assert attachment["blocks"][0]["text"]["text"] == "worse Billing"


async def test_a_message_that_is_over_before_it_was_ever_posted_is_posted(site: PostingSite) -> None:
    await site.fires("late", closed_at=site.clock())
    await site.posting().send()
    assert site.posted() == ["late Billing over"]


async def test_a_message_without_incidents_is_posted(site: PostingSite) -> None:
    await site.keep(site.bulletin("I cannot see Genesys", kind=BulletinKind.BLIND))
    await site.posting().send()
    assert site.posted() == ["I cannot see Genesys"]


async def test_a_renderer_may_have_to_wait(site: PostingSite) -> None:
    async def slowly(bulletin: Bulletin, incidents: tuple[Incident, ...]) -> Outgoing:
        await asyncio.sleep(0)
        return as_text(bulletin, incidents)

    await site.fires()
    await site.posting(render=slowly).send()
    assert site.posted() == ["Billing Billing"]


async def test_another_workspace_s_alerts_are_left_alone(site: PostingSite) -> None:
    await site.fires(team=TeamId("T0OTHER"))
    await site.posting().send()
    assert site.posted() == []


async def test_what_cannot_be_rendered_holds_up_nothing_else(site: PostingSite) -> None:
    def render(bulletin: Bulletin, incidents: tuple[Incident, ...]) -> Outgoing:
        if bulletin.note == "broken":
            raise ValueError(bulletin.note)
        return as_text(bulletin, incidents)

    await site.fires("broken")
    site.clock.later(SECOND)
    await site.fires("whole")
    await site.posting(render=render).send()
    assert site.posted() == ["whole Billing"]


async def test_an_edit_waits_for_half_a_minute_since_the_last(site: PostingSite) -> None:
    bulletin = await site.fires("one")
    posting = site.posting()
    await posting.send()
    await site.says(bulletin, "two")
    site.clock.later(HALF_MINUTE - SECOND)
    await posting.send()
    assert site.posted() == ["one Billing"]
    site.clock.later(SECOND)
    await posting.send()
    assert site.posted() == ["two Billing"]
    await site.says(bulletin, "three")
    site.clock.later(HALF_MINUTE - SECOND)
    await posting.send()
    assert site.posted() == ["two Billing"]


async def test_a_press_is_shown_at_once(site: PostingSite) -> None:
    pressed, other = await site.fires("one"), await site.fires("other")
    posting = site.posting()
    await posting.send()
    await site.says(pressed, "two")
    await site.says(other, "more")
    await posting.send(urgent=[pressed.id])
    assert sorted(site.posted()) == ["other Billing", "two Billing"]


async def test_the_second_press_of_a_moment_is_shown_at_once_too(site: PostingSite) -> None:
    bulletin = await site.fires("one")
    again = ["three"]

    async def render(shown: Bulletin, incidents: tuple[Incident, ...]) -> Outgoing:
        if shown.note == "two" and again:
            await site.says(bulletin, again.pop())
            await posting.send(urgent=[bulletin.id])
        return as_text(shown, incidents)

    posting = site.posting(render=render)
    await posting.send()
    await site.says(bulletin, "two")
    await posting.send(urgent=[bulletin.id])
    assert site.posted() == ["three Billing"]


async def test_the_same_words_need_no_edit(site: PostingSite) -> None:
    bulletin = await site.fires("same")
    posting = site.posting()
    await posting.send()
    await site.says(bulletin, "same")
    site.clock.later(HALF_MINUTE)
    await posting.send()
    assert site.count(UPDATE) == 0
    now = await site.as_now(bulletin)
    assert now.shown == now.revision == 2


async def test_a_process_that_does_not_know_what_is_shown_edits(site: PostingSite) -> None:
    bulletin = await site.fires("same")
    await site.posting().send()
    await site.says(bulletin, "same")
    site.clock.later(HALF_MINUTE)
    await site.posting().send()
    assert site.count(UPDATE) == 1


async def test_what_another_process_has_edited_meanwhile_is_not_taken_for_shown(site: PostingSite) -> None:
    bulletin = await site.fires("one")
    first, second = site.posting(), site.posting()
    for posting, note in ((first, "one"), (second, "two"), (first, "one")):
        await site.says(bulletin, note)
        await posting.send(urgent=[bulletin.id])
    assert site.posted() == ["one Billing"]


async def test_a_new_message_is_tried_again_soon_when_it_could_not_be_rendered(site: PostingSite) -> None:
    def render(bulletin: Bulletin, incidents: tuple[Incident, ...]) -> Outgoing:
        if not tries:
            tries.append(1)
            raise ValueError
        return as_text(bulletin, incidents)

    tries: list[int] = []
    await site.fires()
    posting = site.posting(render=render)
    await posting.send()
    site.clock.later(5 * SECOND)
    await posting.send()
    assert len(site.posted()) == 1


async def test_critical_messages_come_first(site: PostingSite) -> None:
    for name in ("one", "two"):
        await site.fires(name)
        site.clock.later(SECOND)
    await site.fires("grave", severity=Severity.CRITICAL)
    await site.posting().send()
    assert site.posted() == ["grave Billing", "one Billing", "two Billing"]


async def test_critical_messages_come_before_those_of_other_channels(site: PostingSite) -> None:
    *most, last = site.add_channels(30)
    for channel in most:
        await site.fires("one", channel=channel)
    await site.fires("grave", channel=last, severity=Severity.CRITICAL)
    await site.posting().send()
    assert site.local.calls_of(POST)[0].params["text"] == "grave Billing"
    assert site.count(POST) == 30


async def test_lines_follow_in_their_order_and_each_once(site: PostingSite) -> None:
    bulletin = await site.fires()
    await site.says_in_thread(bulletin, "first", "second", "third")
    posting = site.posting()
    for _ in range(2):
        await posting.send()
    assert site.thread(await site.as_now(bulletin)) == ["first", "second", "third"]


async def test_new_messages_come_before_lines(site: PostingSite) -> None:
    known = await site.fires("known")
    posting = site.posting()
    await posting.send()
    await site.says_in_thread(known, "line")
    await site.fires("new")
    await posting.send()
    assert [call.params["text"] for call in site.local.calls_of(POST)] == ["known Billing", "new Billing", "line"]


async def test_whoever_is_called_is_notified_by_a_new_message_in_the_thread_only(site: PostingSite) -> None:
    bulletin = await site.fires()
    await site.says_in_thread(bulletin, f"<@{ANA}> please look", kind=LineKind.ESCALATED)
    await site.posting().send()
    assert site.thread(await site.as_now(bulletin)) == [f"<@{ANA}> please look"]
    assert not [call for call in site.local.calls_of(POST) if call.params.get("reply_broadcast")]


async def test_a_new_message_does_not_wait_for_many_edits(site: PostingSite) -> None:
    channels = site.add_channels(40)
    known = [await site.fires("known", channel=channel) for channel in channels]
    posting = site.posting()
    await posting.send()
    for bulletin in known:
        await site.says(bulletin, "more")
    site.clock.later(HALF_MINUTE)
    edits = 0

    def render(bulletin: Bulletin, incidents: tuple[Incident, ...]) -> Outgoing:
        nonlocal edits
        edits += bulletin.note == "more"
        if bulletin.note == "new":
            seen.append(edits)
        return as_text(bulletin, incidents)

    seen: list[int] = []
    await site.fires("new")
    await site.posting(render=render).send()
    assert site.posted() == ["new Billing"]
    assert seen[0] <= 5
    assert edits == len(known)


async def test_many_edits_keep_within_slack_s_limit(site: PostingSite) -> None:
    known = [await site.fires("known", channel=channel) for channel in site.add_channels(90)]
    posting = site.posting()
    await posting.send()
    for bulletin in known:
        await site.says(bulletin, "more")
    site.clock.later(HALF_MINUTE)
    await posting.send()
    assert {call.status for call in site.local.calls_of(UPDATE)} == {200}
    assert site.count(UPDATE) == len(known)


async def test_a_press_overtakes_other_edits(site: PostingSite) -> None:
    known = [await site.fires("known", channel=channel) for channel in site.add_channels(30)]
    posting = site.posting()
    await posting.send()
    for bulletin in known:
        await site.says(bulletin, "more")
    site.clock.later(HALF_MINUTE)
    await posting.send(urgent=[known[-1].id])
    assert site.local.calls_of(UPDATE)[0].params["channel"] == known[-1].channel


async def test_a_storm_keeps_within_slack_s_limits(site: PostingSite) -> None:
    for number in range(12):
        await site.fires(f"{number}")
        await site.fires(f"{number}", channel=SERVICE_DESK)
    await site.posting().send()
    assert {call.status for call in site.local.calls_of(POST)} == {200}
    assert len(site.posted()) == len(site.posted(SERVICE_DESK)) == 12


async def test_channels_do_not_wait_for_each_other(site: PostingSite) -> None:
    site.local.faults.add(POST, Fault(status=429, retry_after=timedelta(seconds=40), channel=BILLING_FLOOR), times=1)
    await site.fires()
    await site.fires(channel=SERVICE_DESK)
    posting = site.posting()
    await posting.send()
    assert (len(site.posted()), len(site.posted(SERVICE_DESK))) == (0, 1)
    site.clock.later(timedelta(seconds=30))
    await posting.send()
    assert site.posted() == []
    site.clock.later(timedelta(seconds=12))
    await posting.send()
    assert len(site.posted()) == 1


async def test_a_call_while_another_is_at_work_returns_and_its_message_is_sent(site: PostingSite) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def render(bulletin: Bulletin, incidents: tuple[Incident, ...]) -> Outgoing:
        if bulletin.note == "slow":
            begun.set()
            await go_on.wait()
        return as_text(bulletin, incidents)

    def step(name: str) -> None:
        if name == "settled":
            settled.set()

    settled = asyncio.Event()
    await site.fires("slow")
    posting = site.posting(render=render, step=step)
    first = asyncio.create_task(posting.send())
    await begun.wait()
    await site.fires("other", channel=SERVICE_DESK)
    await posting.send()
    await settled.wait()
    assert len(site.posted(SERVICE_DESK)) == 1
    assert site.posted() == []
    go_on.set()
    await first
    assert site.posted() == ["slow Billing"]


async def test_a_drained_process_begins_nothing(site: PostingSite) -> None:
    posting = site.posting()
    await posting.drain()
    await site.fires()
    await posting.send()
    assert site.posted() == []


async def test_a_stopping_process_finishes_what_is_on_its_way_and_begins_nothing(site: PostingSite) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def render(bulletin: Bulletin, incidents: tuple[Incident, ...]) -> Outgoing:
        begun.set()
        await go_on.wait()
        return as_text(bulletin, incidents)

    for name in ("one", "two"):
        await site.fires(name)
        site.clock.later(SECOND)
    posting = site.posting(render=render)
    sending = asyncio.create_task(posting.send())
    await begun.wait()
    draining = asyncio.create_task(posting.drain())
    go_on.set()
    await asyncio.gather(sending, draining)
    assert site.posted() == ["one Billing"]


async def test_what_takes_too_long_at_the_end_is_free_for_the_next_process_at_once(site: PostingSite) -> None:
    begun = asyncio.Event()

    async def render(_: Bulletin, __: tuple[Incident, ...]) -> Outgoing:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError

    await site.fires()
    posting = site.posting(render=render)
    sending = asyncio.create_task(posting.send())
    await begun.wait()
    await posting.drain(timedelta())
    await sending
    await site.posting().send()
    assert site.posted() == ["Billing Billing"]
