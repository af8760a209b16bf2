"""Slack refuses, in each of its ways: what is sent again, what waits, what stops, and who is told."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.demo.slack_faults import Drop, Fault
from bot.demo.slack_people import ANA, BEN, BILLING_FLOOR, BOT, OPS_SHARED, SERVICE_DESK
from bot.domain.deliveries import Stage
from bot.domain.subscriptions import SubscriptionState
from bot.slack.outcomes import Trouble, trouble_of
from bot.usecases.digests.leases import LEASE
from bot.usecases.digests.words import About
from tests.usecases.digest_site import Site, digest_site, order

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

POST = "chat.postMessage"
HISTORY = "conversations.history"
MINUTE = timedelta(minutes=1)
LAPSED = LEASE + timedelta(seconds=1)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with digest_site() as one:
        yield one


def posts(site: Site) -> int:
    return len(site.local.calls_of(POST))


@pytest.mark.parametrize(
    "error",
    [
        "channel_not_found",
        "is_archived",
        "not_in_channel",
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel",
        "ekm_access_denied",
        "messages_tab_disabled",
        "no_permission",
        "user_not_in_channel",
    ],
)
async def test_a_channel_that_takes_no_messages_stops_its_digests_and_tells_their_owners(
    site: Site, error: str
) -> None:
    first, second = await site.subscribe(), await site.subscribe(owner=BEN)
    elsewhere = await site.subscribe(channel=SERVICE_DESK)
    site.local.faults.add(POST, Fault(error=error, channel=BILLING_FLOOR), times=None)
    digests = site.digests()
    for _ in range(3):
        await digests.tick()
        site.clock.later(LAPSED)
    for one in (first, second):
        now = await site.as_now(one)
        assert now.state is SubscriptionState.STOPPED
        assert now.reason.endswith(".")
    assert (await site.as_now(elsewhere)).state is SubscriptionState.ACTIVE
    assert sorted(owner for owner, _ in site.owners.told) == [ANA, BEN]
    assert {word.about for word in site.owners.words} == {About.STOPPED}
    assert len(site.posted(SERVICE_DESK)) == 1
    assert len([call for call in site.local.calls_of(POST) if call.params["channel"] == BILLING_FLOOR]) == 1


@pytest.mark.parametrize(
    "error",
    [
        "account_inactive",
        "token_revoked",
        "invalid_auth",
        "not_authed",
        "team_access_not_granted",
        "token_expired",
        "missing_scope",
        "not_allowed_token_type",
        "not_enabled",
        "team_added_to_org",
        "org_login_required",
    ],
)
async def test_a_workspace_that_refuses_the_bot_loses_no_digest(site: Site, error: str) -> None:
    subscription = await site.subscribe()
    site.local.faults.add(POST, Fault(error=error), times=None)
    digests = site.digests()
    for _ in range(10):
        await digests.tick()
        site.clock.later(3 * MINUTE)
    assert posts(site) < 8
    assert (await site.as_now(subscription)).state is SubscriptionState.ACTIVE
    assert not site.owners.told
    site.local.faults.clear()
    site.clock.later(31 * MINUTE)
    await digests.tick()
    assert len(site.posted()) == 1


async def test_when_the_workspace_comes_back_too_late_owners_are_told_why(site: Site) -> None:
    await site.subscribe()
    site.local.faults.add(POST, Fault(error="token_revoked"), times=None)
    digests = site.digests()
    await digests.tick()
    site.owners.reachable = False
    for _ in range(20):
        site.clock.later(11 * MINUTE)
        await digests.tick()
    site.local.faults.clear()
    site.owners.reachable = True
    site.clock.later(11 * MINUTE)
    await digests.tick()
    (word,) = site.owners.words
    assert word.because == "the Slack app was removed from the workspace"
    assert site.posted() == []


@pytest.mark.parametrize("error", ["invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"])
@pytest.mark.parametrize("refusals", [1, 2])
async def test_a_form_that_slack_refuses_is_made_simpler(site: Site, error: str, refusals: int) -> None:
    subscription = await site.subscribe()
    site.local.faults.add(POST, Fault(error=error), times=refusals)
    await site.digests().tick()
    (message,) = site.local.messages(BILLING_FLOOR)
    assert not [block for block in message.blocks if block["type"] in {"table", "data_table", "data_visualization"}]
    assert bool(message.blocks) is (refusals == 1)
    assert (await site.entry(subscription)).stage is Stage.SENT


async def test_too_fast_for_a_channel_holds_up_that_channel_only(site: Site) -> None:
    await site.subscribe()
    await site.subscribe(channel=SERVICE_DESK)
    site.local.faults.add(POST, Fault(status=429, retry_after=timedelta(seconds=40), channel=BILLING_FLOOR), times=1)
    digests = site.digests()
    await digests.tick()
    assert (len(site.posted()), len(site.posted(SERVICE_DESK))) == (0, 1)
    site.clock.later(timedelta(seconds=30))
    await digests.tick()
    assert site.posted() == []
    site.clock.later(timedelta(seconds=15))
    await digests.tick()
    assert len(site.posted()) == 1


@pytest.mark.parametrize("error", ["ratelimited", "rate_limited", "service_unavailable", "request_timeout"])
async def test_what_passes_is_waited_for(site: Site, error: str) -> None:
    await site.subscribe()
    site.local.faults.add(POST, Fault(error=error), times=2)
    digests = site.digests()
    for _ in range(3):
        await digests.tick()
        site.clock.later(2 * MINUTE)
    assert len(site.posted()) == 1
    assert not site.local.calls_of(HISTORY)


AMBIGUOUS = {
    "broken off before it was posted": (Fault(drop=Drop.BEFORE), 0),
    "broken off after it was posted": (Fault(drop=Drop.AFTER), 1),
    "internal_error, not posted": (Fault(error="internal_error"), 0),
    "internal_error, posted": (Fault(error="internal_error", took_effect=True), 1),
    "fatal_error, posted": (Fault(error="fatal_error", took_effect=True), 1),
    "a gateway's 502, posted": (Fault(status=502, took_effect=True), 1),
    "a gateway's 503, not posted": (Fault(status=503), 0),
}


@pytest.mark.parametrize(("fault", "there"), AMBIGUOUS.values(), ids=AMBIGUOUS)
async def test_nobody_knows_so_it_is_looked_for(site: Site, fault: Fault, there: int) -> None:
    subscription = await site.subscribe()
    site.local.faults.add(POST, fault, times=1)
    digests = site.digests()
    await digests.tick()
    assert len(site.posted()) == there
    site.clock.later(MINUTE)
    await digests.tick()
    assert len(site.posted()) == 1
    entry = await site.entry(subscription)
    assert entry.stage is Stage.SENT
    assert (BILLING_FLOOR, entry.ts) in site.local.workspace.messages


@pytest.mark.parametrize(("fault", "there"), AMBIGUOUS.values(), ids=AMBIGUOUS)
@pytest.mark.parametrize("blindness", [Fault(error="missing_scope"), Fault(error="not_in_channel")])
async def test_where_the_bot_may_not_look_it_is_not_sent_again_unless_a_person_says_so(
    site: Site, fault: Fault, there: int, blindness: Fault
) -> None:
    subscription = await site.subscribe()
    site.local.faults.add(POST, fault, times=1)
    site.local.faults.add(HISTORY, blindness, times=None)
    digests = site.digests()
    for _ in range(3):
        await digests.tick()
        site.clock.later(LAPSED)
    assert len(site.posted()) == there
    assert (await site.entry(subscription)).stage is Stage.UNCLEAR
    ((_, (word,)),) = site.owners.told
    assert word.about is About.UNCLEAR
    entry = await digests.send_again(subscription, (await site.entry(subscription)).day, by=ANA)
    assert entry is not None
    assert entry.stage is Stage.SENT
    assert len(site.posted()) == there + 1


async def test_a_look_that_fails_is_repeated_later(site: Site) -> None:
    subscription = await site.subscribe()
    site.local.faults.add(POST, Fault(drop=Drop.AFTER), times=1)
    site.local.faults.add(HISTORY, Fault(error="internal_error"), times=1)
    digests = site.digests()
    await digests.tick()
    assert (await site.entry(subscription)).stage is Stage.SENDING
    site.clock.later(LAPSED)
    await digests.tick()
    assert (await site.entry(subscription)).stage is Stage.SENT
    assert len(site.posted()) == 1


async def test_a_channel_without_the_bot_is_written_to_but_cannot_be_looked_at(site: Site) -> None:
    members = site.local.workspace.channels[BILLING_FLOOR].members
    site.local.workspace.change_channel(BILLING_FLOOR, members=members - {BOT})
    subscription = await site.subscribe()
    site.local.faults.add(POST, Fault(drop=Drop.AFTER), times=1)
    await site.digests().tick()
    assert (await site.entry(subscription)).stage is Stage.UNCLEAR


async def test_a_person_s_own_digest_is_looked_for_in_their_direct_messages(site: Site) -> None:
    subscription = await site.subscribe(channel=ANA)
    site.local.faults.add(POST, Fault(drop=Drop.AFTER), times=1)
    await site.digests().tick()
    assert (await site.entry(subscription)).stage is Stage.SENT
    assert sum(site.keys().values()) == 1


async def test_a_limit_of_the_plan_is_told_to_the_owner(site: Site) -> None:
    subscription = await site.subscribe()
    site.local.faults.add(POST, Fault(error="message_limit_exceeded"), times=1)
    await site.digests().tick()
    (word,) = site.owners.words
    assert "plan" in word.because
    assert (await site.entry(subscription)).stage is Stage.MISSED


async def test_an_unknown_refusal_is_tried_again_until_it_is_too_late(site: Site) -> None:
    subscription = await site.subscribe()
    site.local.faults.add(POST, Fault(error="something_new"), times=None)
    digests = site.digests()
    for _ in range(15):
        await digests.tick()
        site.clock.later(10 * MINUTE)
    assert (await site.entry(subscription)).stage is Stage.MISSED
    (word,) = site.owners.words
    assert "something_new" in word.because


async def test_silence_of_slack_ends_the_round(site: Site) -> None:
    channels = site.add_channels(40)
    subscriptions = [await site.subscribe(channel=channel) for channel in channels]
    site.local.faults.add(POST, Fault(drop=Drop.BEFORE), times=None)
    site.local.faults.add(HISTORY, Fault(error="fatal_error"), times=None)
    digests = site.digests()
    await digests.tick()
    assert posts(site) <= 20
    site.local.faults.clear()
    for _ in range(3):
        site.clock.later(LAPSED)
        await digests.tick()
    assert site.keys() == {f"{one.id}:2026-11-20": 1 for one in subscriptions}


async def test_a_file_that_a_shared_channel_must_not_have_is_given_up(site: Site) -> None:
    subscription = await site.subscribe(order(csv=True), channel="C0SHARED")
    digests = site.digests()
    await digests.tick()
    await site.files_sent(digests)
    entry = await site.entry(subscription)
    assert (entry.stage, entry.file) == (Stage.SENT, "failed")
    (note,) = [one for one in site.local.messages(OPS_SHARED) if one.thread_ts]
    assert note.thread_ts == entry.ts
    assert note.text.startswith("The table could not be added as a file: ")
    assert note.text.endswith("Press Details and then CSV to have it.")


@pytest.mark.parametrize(
    ("error", "status", "trouble"),
    [
        ("", 200, Trouble.AMBIGUOUS),
        ("", 503, Trouble.AMBIGUOUS),
        ("ratelimited", 429, Trouble.TRANSIENT),
        ("invalid_metadata_anything", 200, Trouble.PAYLOAD),
        ("something_new", 200, Trouble.OTHER),
        ("something_new", 500, Trouble.AMBIGUOUS),
    ],
)
def test_what_is_in_no_table_is_sorted_by_what_is_safe(error: str, status: int, trouble: Trouble) -> None:
    assert trouble_of(error, status) is trouble
