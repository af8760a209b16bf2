"""Slack refuses an alert, in each of its ways: what is sent again, what waits, what is given up, and who is told."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.demo.slack_faults import Drop, Fault
from bot.demo.slack_people import ANA, BILLING_FLOOR, SERVICE_DESK
from bot.domain.alerts.states import LineKind, Sending
from bot.slack.outcomes import Trouble, trouble_of
from tests.usecases.posting_site import POST, SECOND, UPDATE, PostingSite, posting_site

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.domain.alerts.states import Bulletin
    from bot.usecases.alerts.posting import Posting

HISTORY = "conversations.history"
MINUTE = timedelta(minutes=1)
LONG = timedelta(minutes=31)

CHANNEL_ERRORS = [
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
]
WORKSPACE_ERRORS = [
    "account_inactive",
    "token_revoked",
    "invalid_auth",
    "not_authed",
    "team_access_not_granted",
    "token_expired",
    "team_added_to_org",
    "org_login_required",
    "missing_scope",
    "not_allowed_token_type",
    "not_enabled",
]
PAYLOAD_ERRORS = [
    "invalid_blocks",
    "invalid_blocks_format",
    "msg_blocks_too_long",
    "msg_too_long",
    "no_text",
    "too_many_attachments",
    "invalid_metadata_format",
    "invalid_metadata_schema",
    "metadata_too_large",
]
PASSING_ERRORS = ["ratelimited", "rate_limited", "service_unavailable", "request_timeout"]


@pytest.fixture
async def site() -> AsyncIterator[PostingSite]:
    async with posting_site() as one:
        yield one


async def many_times(site: PostingSite, posting: Posting, *, times: int = 10, every: timedelta = MINUTE) -> None:
    for _ in range(times):
        await posting.send()
        site.clock.later(every)


async def shown(site: PostingSite, posting: Posting) -> Bulletin:
    """A bulletin that is in Slack, and by now says something else."""
    bulletin = await site.fires("one")
    await posting.send()
    await site.says(bulletin, "two")
    site.clock.later(MINUTE)
    return bulletin


@pytest.mark.parametrize("error", CHANNEL_ERRORS)
async def test_a_channel_that_takes_no_messages_is_told_of_and_left_alone(site: PostingSite, error: str) -> None:
    bulletin = await site.fires()
    await site.fires("elsewhere", channel=SERVICE_DESK)
    site.local.faults.add(POST, Fault(error=error, channel=BILLING_FLOOR), times=None)
    await many_times(site, site.posting(), times=3)
    ((channel, reason),) = site.lost.told
    assert channel == BILLING_FLOOR
    assert reason[0].isupper()
    assert reason.endswith(".")
    assert (await site.as_now(bulletin)).sending is Sending.FAILED
    assert site.posted(SERVICE_DESK) == ["elsewhere Billing"]
    assert len([call for call in site.local.calls_of(POST) if call.params["channel"] == BILLING_FLOOR]) == 1


async def test_a_channel_is_told_of_again_when_nobody_took_notice(site: PostingSite) -> None:
    async def fails(_channel: str, _reason: str) -> None:
        failures.append(1)
        if len(failures) == 1:
            raise OSError

    failures: list[int] = []
    await site.fires()
    site.local.faults.add(POST, Fault(error="is_archived"), times=None)
    await many_times(site, site.posting(channel_lost=fails), times=6)
    assert len(failures) == 2


@pytest.mark.parametrize("error", WORKSPACE_ERRORS)
async def test_a_workspace_that_refuses_the_bot_loses_no_alert(site: PostingSite, error: str) -> None:
    bulletin = await site.fires()
    site.local.faults.add(POST, Fault(error=error), times=None)
    posting = site.posting()
    await many_times(site, posting, every=3 * MINUTE)
    assert site.count(POST) < 8
    assert not site.lost.told
    site.local.faults.clear()
    site.clock.later(LONG)
    await posting.send()
    assert len(site.posted()) == 1
    assert (await site.as_now(bulletin)).sending is Sending.SENT


@pytest.mark.parametrize("error", PAYLOAD_ERRORS)
@pytest.mark.parametrize("refusals", [1, 2])
async def test_a_form_that_slack_refuses_is_made_simpler(site: PostingSite, error: str, refusals: int) -> None:
    bulletin = await site.fires()
    site.local.faults.add(POST, Fault(error=error), times=refusals)
    await site.posting().send()
    (message,) = site.local.messages(BILLING_FLOOR)
    assert message.attachments == ()
    assert bool(message.blocks) is (refusals == 1)
    assert bool(message.metadata) is ("metadata" not in error)
    assert (await site.as_now(bulletin)).sending is Sending.SENT


@pytest.mark.parametrize("error", PASSING_ERRORS)
async def test_what_passes_is_waited_for(site: PostingSite, error: str) -> None:
    await site.fires()
    site.local.faults.add(POST, Fault(error=error), times=2)
    await many_times(site, site.posting(), times=3)
    assert len(site.posted()) == 1
    assert not site.local.calls_of(HISTORY)


async def test_what_nobody_has_described_is_tried_again_less_and_less_often(site: PostingSite) -> None:
    await site.fires()
    site.local.faults.add(POST, Fault(error="something_new"), times=None)
    posting = site.posting()
    await many_times(site, posting, times=60)
    assert 5 <= site.count(POST) <= 12
    site.local.faults.clear()
    site.clock.later(LONG)
    await posting.send()
    assert len(site.posted()) == 1


async def test_a_plan_that_is_used_up_is_told_once_and_waited_for(site: PostingSite) -> None:
    await site.fires()
    site.local.faults.add(POST, Fault(error="message_limit_exceeded"), times=None)
    posting = site.posting()
    await many_times(site, posting, times=30)
    assert site.owners.told == [(BILLING_FLOOR, "The workspace has reached the number of messages its plan allows.")]
    assert site.count(POST) <= 4
    site.local.faults.clear()
    site.clock.later(LONG)
    await posting.send()
    assert len(site.posted()) == 1


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
async def test_nobody_knows_so_it_is_looked_for(site: PostingSite, fault: Fault, there: int) -> None:
    bulletin = await site.fires()
    site.local.faults.add(POST, fault, times=1)
    posting = site.posting()
    await posting.send()
    assert len(site.posted()) == there
    await many_times(site, posting, times=3)
    assert len(site.posted()) == 1
    now = await site.as_now(bulletin)
    assert (BILLING_FLOOR, now.ts) in site.local.workspace.messages


@pytest.mark.parametrize(("fault", "there"), AMBIGUOUS.values(), ids=AMBIGUOUS)
@pytest.mark.parametrize("blindness", [Fault(error="missing_scope"), Fault(error="not_in_channel")])
async def test_where_the_bot_may_not_look_it_is_sent_again(
    site: PostingSite, fault: Fault, there: int, blindness: Fault
) -> None:
    await site.fires()
    site.local.faults.add(POST, fault, times=1)
    site.local.faults.add(HISTORY, blindness, times=None)
    await many_times(site, site.posting(), times=3)
    assert len(site.posted()) == there + 1


async def test_when_slack_cannot_be_asked_for_minutes_it_is_sent_again(site: PostingSite) -> None:
    await site.fires()
    site.local.faults.add(POST, Fault(drop=Drop.BEFORE), times=1)
    site.local.faults.add(HISTORY, Fault(error="internal_error"), times=None)
    posting = site.posting()
    await many_times(site, posting, times=4)
    assert site.posted() == []
    await many_times(site, posting, times=8)
    assert len(site.posted()) == 1


@pytest.mark.parametrize(("fault", "there"), AMBIGUOUS.values(), ids=AMBIGUOUS)
async def test_lines_are_looked_for_in_their_thread_and_keep_their_order(
    site: PostingSite, fault: Fault, there: int
) -> None:
    bulletin = await site.fires()
    posting = site.posting()
    await posting.send()
    await site.says_in_thread(bulletin, "first", "second")
    site.local.faults.add(POST, fault, times=1)
    await posting.send()
    assert len(site.thread(await site.as_now(bulletin))) == 2 * there
    await many_times(site, posting, times=3)
    assert site.thread(await site.as_now(bulletin)) == ["first", "second"]


async def test_a_line_that_is_refused_holds_up_the_ones_behind_it_only(site: PostingSite) -> None:
    first, second = await site.fires("one"), await site.fires("two")
    posting = site.posting()
    await posting.send()
    await site.says_in_thread(first, "a", "b")
    site.clock.later(timedelta(milliseconds=1))
    await site.says_in_thread(second, "c", "d")
    site.local.faults.add(POST, Fault(error="something_new"), times=1)
    await posting.send()
    assert site.thread(await site.as_now(first)) == []
    assert site.thread(await site.as_now(second)) == ["c", "d"]
    await many_times(site, posting, times=2)
    assert site.thread(await site.as_now(first)) == ["a", "b"]


@pytest.mark.parametrize("error", ["message_not_found", "cant_update_message", "edit_window_closed"])
async def test_what_cannot_be_edited_is_posted_anew_while_it_goes_on(site: PostingSite, error: str) -> None:
    posting = site.posting()
    bulletin = await shown(site, posting)
    site.local.faults.add(UPDATE, Fault(error=error), times=1)
    await posting.send()
    assert site.posted() == ["one Billing", "two Billing"]
    await site.says(bulletin, "three")
    site.clock.later(MINUTE)
    await posting.send()
    assert site.posted() == ["one Billing", "three Billing"]


@pytest.mark.parametrize(
    "error",
    ["message_not_found", "cant_update_message", "edit_window_closed", "is_inactive", "hash_conflict", "is_archived"],
)
async def test_what_cannot_be_edited_and_is_over_is_given_up_quietly(site: PostingSite, error: str) -> None:
    posting = site.posting()
    bulletin = await shown(site, posting)
    await site.says(bulletin, "two", closed_at=site.clock())
    site.local.faults.add(UPDATE, Fault(error=error), times=None)
    await many_times(site, posting, times=5)
    assert site.count(UPDATE) == 1
    assert site.posted() == ["one Billing"]
    assert not site.lost.told


async def test_a_message_that_somebody_changed_meanwhile_is_edited_the_next_time(site: PostingSite) -> None:
    posting = site.posting()
    bulletin = await shown(site, posting)
    site.local.faults.add(UPDATE, Fault(error="hash_conflict"), times=1)
    await posting.send()
    assert site.posted() == ["one Billing"]
    await site.says(bulletin, "three")
    site.clock.later(MINUTE)
    await posting.send()
    assert site.posted() == ["three Billing"]


async def test_an_archived_channel_that_is_edited_is_lost(site: PostingSite) -> None:
    posting = site.posting()
    bulletin = await shown(site, posting)
    site.local.workspace.change_channel(BILLING_FLOOR, is_archived=True)
    await many_times(site, posting, times=3)
    assert site.lost.told == [(BILLING_FLOOR, "The channel is archived.")]
    assert (await site.as_now(bulletin)).sending is Sending.FAILED


@pytest.mark.parametrize("error", CHANNEL_ERRORS)
async def test_a_channel_that_takes_no_edits_is_lost(site: PostingSite, error: str) -> None:
    posting = site.posting()
    bulletin = await shown(site, posting)
    site.local.faults.add(UPDATE, Fault(error=error), times=None)
    await many_times(site, posting, times=3)
    assert len(site.lost.told) == 1
    assert (await site.as_now(bulletin)).sending is Sending.FAILED


@pytest.mark.parametrize(
    "fault",
    [
        *[Fault(error=error) for error in WORKSPACE_ERRORS + PASSING_ERRORS],
        *[Fault(error=error) for error in ("internal_error", "fatal_error", "something_new")],
        Fault(status=429, retry_after=timedelta(seconds=40)),
        Fault(status=502),
        Fault(drop=Drop.BEFORE),
        Fault(drop=Drop.AFTER),
    ],
    ids=str,
)
async def test_an_edit_that_fails_is_made_later(site: PostingSite, fault: Fault) -> None:
    posting = site.posting()
    bulletin = await shown(site, posting)
    site.local.faults.add(UPDATE, fault, times=1)
    await posting.send()
    await many_times(site, posting, times=3, every=LONG)
    assert site.posted() == ["two Billing"]
    now = await site.as_now(bulletin)
    assert now.shown == now.revision


@pytest.mark.parametrize("error", PAYLOAD_ERRORS)
async def test_an_edit_whose_form_is_refused_is_made_simpler(site: PostingSite, error: str) -> None:
    posting = site.posting()
    await shown(site, posting)
    site.local.faults.add(UPDATE, Fault(error=error), times=1)
    await posting.send()
    (message,) = site.local.messages(BILLING_FLOOR)
    assert (message.text, message.attachments) == ("two Billing", ())


async def test_too_many_edits_are_slack_s_to_say_too(site: PostingSite) -> None:
    posting = site.posting()
    await shown(site, posting)
    site.local.faults.add(UPDATE, Fault(status=429, retry_after=timedelta(seconds=40)), times=1)
    await posting.send()
    site.clock.later(timedelta(seconds=30))
    await posting.send()
    assert site.count(UPDATE) == 1
    site.clock.later(timedelta(seconds=12))
    await posting.send()
    assert site.posted() == ["two Billing"]


async def test_a_message_that_people_deleted_is_there_again_before_its_next_line(site: PostingSite) -> None:
    bulletin = await site.fires()
    posting = site.posting()
    await posting.send()
    old = await site.as_now(bulletin)
    site.local.workspace.delete(site.local.workspace.messages[BILLING_FLOOR, old.ts])
    await site.says_in_thread(bulletin, "line")
    await many_times(site, posting, times=2)
    new = await site.as_now(bulletin)
    assert new.ts != old.ts
    assert site.posted() == ["Billing Billing"]
    assert site.thread(new) == ["line"]


async def test_of_a_message_that_people_deleted_and_that_is_over_no_more_is_said(site: PostingSite) -> None:
    bulletin = await site.fires()
    posting = site.posting()
    await posting.send()
    old = await site.as_now(bulletin)
    site.local.workspace.delete(site.local.workspace.messages[BILLING_FLOOR, old.ts])
    await site.says(bulletin, "over", closed_at=site.clock())
    await site.says_in_thread(bulletin, "line")
    await many_times(site, posting, times=3)
    assert site.posted() == []
    assert site.count(POST) == 2


async def test_whoever_is_called_is_called_in_the_channel_where_there_are_no_threads(site: PostingSite) -> None:
    bulletin = await site.fires()
    posting = site.posting()
    await posting.send()
    site.local.faults.add(POST, Fault(error="restricted_action_non_threadable_channel"), times=2)
    await site.says_in_thread(bulletin, "still so")
    site.clock.later(10 * SECOND)
    await site.says_in_thread(bulletin, f"<@{ANA}> please look", kind=LineKind.ESCALATED)
    await many_times(site, posting, times=2)
    assert site.posted() == ["Billing Billing", f"<@{ANA}> please look"]
    assert not site.lost.told


def test_every_code_of_these_tables_is_of_the_class_that_the_table_says() -> None:
    classes = {
        Trouble.CHANNEL: CHANNEL_ERRORS,
        Trouble.PAYLOAD: PAYLOAD_ERRORS,
        Trouble.TRANSIENT: PASSING_ERRORS,
    }
    assert all(trouble_of(error) is trouble for trouble, errors in classes.items() for error in errors)
    assert {trouble_of(error) for error in WORKSPACE_ERRORS} == {Trouble.WORKSPACE, Trouble.MIGRATING}
