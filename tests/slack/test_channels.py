"""Channels as Slack tells of them: what is seen, what is refused in words, and what is not asked twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.demo.slack_local import LocalSlack, local_slack, serving
from bot.demo.slack_people import ADMIN, ANA, BEN, BILLING_FLOOR, BOT, OPS_SHARED, SERVICE_DESK, STRANGER, direct_id
from bot.demo.slack_workspace import Channel, Kind
from bot.demo.slack_workspace import ChannelId as LocalId
from bot.domain.ids import ChannelId, UserId
from bot.errors import NotAllowed
from bot.slack import channels as module
from bot.slack.channels import MEMORY, SHORT_MEMORY, ChannelInfo, Channels, ListingRefused, SlackSilent, Unseen
from bot.slack.outward import Slack, slack_client

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HERE, SHARED = ChannelId(BILLING_FLOOR), ChannelId(OPS_SHARED)
SECRET, LOBBY = ChannelId("C0SECRET"), ChannelId("C0LOBBY")


class Clock:
    now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def local() -> AsyncIterator[LocalSlack]:
    async with serving(local_slack(now=lambda: NOON, pace=None)) as one:
        people = frozenset({ANA, BEN})
        for channel, kind in ((SECRET, Kind.PRIVATE), (LOBBY, Kind.PUBLIC)):
            place = LocalId(channel)
            one.workspace.channels[place] = Channel(
                id=place, name=channel[2:].lower(), members=people, kind=kind, creator=BEN
            )
        yield one


@pytest.fixture
async def slack(local: LocalSlack) -> AsyncIterator[Slack]:
    async with slack_client(local.tokens.bot, base_url=local.base_url) as one:
        yield one


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def channels(slack: Slack, clock: Clock) -> Channels:
    return Channels(slack, now=clock)


async def test_a_channel_is_described(channels: Channels) -> None:
    assert await channels.info(SHARED) == ChannelInfo(
        id=SHARED, name="ops-shared", ext_shared=True, creator=UserId(ADMIN), bot_may_write=True
    )


async def test_a_private_channel_is_seen_once_the_bot_is_in_it(local: LocalSlack, channels: Channels) -> None:
    assert await channels.info(SECRET) == Unseen(id=SECRET, bot="queue-sla")
    local.workspace.change_channel(LocalId(SECRET), members=frozenset({ANA, BEN, BOT}))
    seen = await channels.info(SECRET)
    assert isinstance(seen, ChannelInfo)
    assert seen.bot_may_write


@pytest.mark.parametrize(
    ("channel", "scopes"),
    [
        pytest.param(SECRET, None, id="private, and the bot is not invited"),
        pytest.param(ChannelId("C0NOWHERE"), None, id="deleted, or never there"),
        pytest.param(ChannelId(direct_id(ANA)), {"channels:read"}, id="direct messages, for which it lacks the scope"),
        pytest.param(HERE, {"chat:write"}, id="installed without the scopes to look"),
    ],
)
async def test_what_the_bot_cannot_see_is_refused_with_what_to_type(
    local: LocalSlack, channels: Channels, channel: ChannelId, scopes: set[str] | None
) -> None:
    if scopes is not None:
        local.scopes = frozenset(scopes)
    assert isinstance(await channels.info(channel), Unseen)
    for refused in (channels.has_member(channel, UserId(ANA)), channels.usable(channel)):
        with pytest.raises(NotAllowed) as caught:
            await refused
        assert str(caught.value) == "The bot cannot see this channel. Type /invite @queue-sla there first."


async def test_a_channel_is_asked_about_once_in_minutes(local: LocalSlack, channels: Channels, clock: Clock) -> None:
    await channels.info(HERE)
    await channels.info(HERE)
    assert len(local.calls_of("conversations.info")) == 1
    clock.now += MEMORY
    await channels.info(HERE)
    assert len(local.calls_of("conversations.info")) == 2


async def test_what_an_event_tells_of_is_looked_at_anew(local: LocalSlack, channels: Channels) -> None:
    await channels.info(HERE)
    assert await channels.has_member(HERE, UserId(BEN))
    assert HERE in {one.id for one in await channels.of_person(UserId(BEN))}
    local.workspace.change_channel(BILLING_FLOOR, is_archived=True, members=frozenset({ANA, BOT}))
    channels.forget(HERE)
    seen = await channels.info(HERE)
    assert isinstance(seen, ChannelInfo)
    assert seen.archived
    assert not await channels.has_member(HERE, UserId(BEN))
    assert HERE not in {one.id for one in await channels.of_person(UserId(BEN))}


@pytest.mark.parametrize(
    ("changes", "scopes", "refusal"),
    [
        pytest.param({}, None, "", id="a member of the channel"),
        pytest.param({"members": frozenset({ANA})}, None, "", id="no member, and may write in public channels"),
        pytest.param(
            {"members": frozenset({ANA})},
            {"channels:read", "chat:write"},
            "The bot may not write in #billing-floor. Type /invite @queue-sla there first.",
            id="no member, and the optional scope was not granted",
        ),
        pytest.param(
            {"is_archived": True},
            None,
            "#billing-floor is archived and takes no messages. Unarchive it first.",
            id="archived",
        ),
    ],
)
async def test_a_channel_is_usable_when_it_takes_messages(
    local: LocalSlack, channels: Channels, changes: dict[str, object], scopes: set[str] | None, refusal: str
) -> None:
    local.workspace.change_channel(BILLING_FLOOR, **changes)
    if scopes is not None:
        local.scopes = frozenset(scopes)
    if not refusal:
        assert (await channels.usable(HERE)).id == HERE
        return
    with pytest.raises(NotAllowed) as caught:
        await channels.usable(HERE)
    assert str(caught.value) == refusal


async def test_whoever_repairs_a_channel_need_not_wait(local: LocalSlack, channels: Channels) -> None:
    local.workspace.change_channel(BILLING_FLOOR, is_archived=True)
    with pytest.raises(NotAllowed):
        await channels.usable(HERE)
    local.workspace.change_channel(BILLING_FLOOR, is_archived=False)
    assert not (await channels.usable(HERE)).archived


@pytest.mark.parametrize(
    ("channel", "user", "is_in"),
    [
        pytest.param(HERE, ANA, True, id="a member"),
        pytest.param(HERE, STRANGER, False, id="somebody who is not in it"),
        pytest.param(SHARED, STRANGER, True, id="somebody of the other organisation"),
        pytest.param(LOBBY, BEN, True, id="a public channel that the bot is not in"),
        pytest.param(HERE, "U0NOBODY", False, id="nobody"),
    ],
)
async def test_members_are_told_from_others(channels: Channels, channel: ChannelId, user: str, is_in: bool) -> None:
    assert await channels.has_member(channel, UserId(user)) is is_in


async def test_a_member_is_looked_for_page_by_page(
    local: LocalSlack, channels: Channels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE", 2)
    assert await channels.has_member(HERE, UserId(BOT))
    assert len(local.calls_of("conversations.members")) > 1


async def test_in_a_huge_channel_the_persons_own_channels_tell(
    local: LocalSlack, channels: Channels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE", 1)
    monkeypatch.setattr(module, "MOST_PAGES_OF_MEMBERS", 1)
    last, absent = UserId(max(local.workspace.channels[SERVICE_DESK].members)), UserId(STRANGER)
    assert await channels.has_member(ChannelId(SERVICE_DESK), last)
    assert not await channels.has_member(ChannelId(SERVICE_DESK), absent)
    assert len(local.calls_of("conversations.members")) == 2


async def test_a_no_is_soon_asked_again_and_a_yes_is_not(local: LocalSlack, channels: Channels, clock: Clock) -> None:
    assert await channels.has_member(HERE, UserId(ANA))
    assert not await channels.has_member(HERE, UserId(STRANGER))
    local.workspace.change_channel(BILLING_FLOOR, members=frozenset({STRANGER, BOT}))
    assert not await channels.has_member(HERE, UserId(STRANGER))
    clock.now += SHORT_MEMORY
    assert await channels.has_member(HERE, UserId(STRANGER))
    assert await channels.has_member(HERE, UserId(ANA))
    clock.now += MEMORY
    assert not await channels.has_member(HERE, UserId(ANA))


async def test_the_channels_of_a_person_are_those_the_bot_can_see(local: LocalSlack, channels: Channels) -> None:
    local.workspace.change_channel(SERVICE_DESK, is_archived=True)
    found = {one.id: one for one in await channels.of_person(UserId(BEN))}
    assert set(found) == {BILLING_FLOOR, OPS_SHARED, LOBBY}
    assert found[SHARED].ext_shared
    await channels.of_person(UserId(BEN))
    assert len(local.calls_of("users.conversations")) == 1


async def test_a_private_channel_in_somebodys_list_is_one_that_the_bot_is_in(
    local: LocalSlack, channels: Channels
) -> None:
    local.workspace.change_channel(LocalId(SECRET), members=frozenset({ANA, BEN, BOT}))
    found = {one.id: one for one in await channels.of_person(UserId(BEN))}
    assert found[SECRET].bot_may_write


async def test_the_channels_of_a_person_are_read_page_by_page(
    local: LocalSlack, channels: Channels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE", 1)
    assert len(await channels.of_person(UserId(BEN))) == 4
    assert len(local.calls_of("users.conversations")) == 4


async def test_the_channels_of_the_bot_are_read_page_by_page_with_all_that_is_to_be_known(
    local: LocalSlack, channels: Channels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE", 1)
    local.workspace.change_channel(SERVICE_DESK, is_archived=True)
    local.workspace.change_channel(BILLING_FLOOR, is_pending_ext_shared=True)
    found = {one.id: one for one in await channels.of_bot()}
    assert {BILLING_FLOOR, SERVICE_DESK, OPS_SHARED} <= set(found)
    assert not {SECRET, LOBBY} & set(found), "where it is not"
    assert [found[one].ext_shared for one in (HERE, SHARED, ChannelId(SERVICE_DESK))] == [True, True, False]
    assert found[ChannelId(SERVICE_DESK)].archived
    assert len(local.calls_of("users.conversations")) == len(found)


async def test_without_the_scopes_the_channels_of_the_bot_cannot_be_listed(
    local: LocalSlack, channels: Channels
) -> None:
    local.scopes = frozenset({"chat:write", "channels:read"})
    with pytest.raises(ListingRefused) as caught:
        await channels.of_bot()
    assert caught.value.remedy == "Ask your administrator to grant the scopes channels:read and groups:read."
    local.scopes = local.scopes | {"groups:read"}
    local.fail_next("users.conversations", error="fatal_error")
    with pytest.raises(SlackSilent):
        await channels.of_bot()


@pytest.mark.parametrize("method", ["conversations.info", "conversations.members", "users.conversations"])
@pytest.mark.parametrize(
    "failure",
    [
        pytest.param({"error": "fatal_error"}, id="Slack fails"),
        pytest.param({"status": 418}, id="something in front of Slack answers"),
        pytest.param({"error": "token_revoked"}, id="the bot was uninstalled"),
    ],
)
async def test_a_slack_that_does_not_tell_is_no_answer(
    local: LocalSlack, channels: Channels, method: str, failure: dict[str, object]
) -> None:
    local.fail_next(method, times=None, **failure)  # type: ignore[arg-type]
    asked = {
        "conversations.info": lambda: channels.info(HERE),
        "conversations.members": lambda: channels.has_member(HERE, UserId(ANA)),
        "users.conversations": lambda: channels.of_person(UserId(ANA)),
    }[method]
    with pytest.raises(SlackSilent):
        await asked()
    local.faults.clear()
    assert await asked()


async def test_a_slow_slack_is_not_waited_for(
    local: LocalSlack, channels: Channels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", timedelta(seconds=0.05))
    local.fail_next("conversations.info", retry_after=timedelta(seconds=30), times=3)
    with pytest.raises(SlackSilent):
        await channels.info(HERE)
