"""Who may do what, and what those who may not are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.errors import NotAllowed
from bot.slack.channels import SlackSilent
from bot.usecases.permits import MAY, Deed, Tie, may, own_place
from tests.usecases.subscribing_site import ANA, BEN, CLEO, DINA, HERE, MIRA, SECRET, SERVICE, Site, subscribing_site

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.domain.ids import ChannelId
    from bot.usecases.naming import Asker


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with subscribing_site(tmp_path) as one:
        yield one


@pytest.mark.parametrize(
    ("tie", "deeds"),
    [
        pytest.param(Tie.ADMIN, set(Deed), id="an administrator may do everything"),
        pytest.param(
            Tie.MEMBER,
            {Deed.LIST, Deed.CREATE, Deed.CHANGE, Deed.SETTINGS},
            id="a member lists, adds and changes, whoever made it",
        ),
        pytest.param(Tie.OWNER, {Deed.REMOVE}, id="an owner removes; for the rest they have to be in the channel"),
        pytest.param(Tie.MANAGER, {Deed.LIMIT}, id="who made the channel limits it"),
    ],
)
def test_every_tie_allows_what_it_is_for(tie: Tie, deeds: set[Deed]) -> None:
    assert {deed for deed in Deed if may(deed, frozenset({tie}))} == deeds


@pytest.mark.parametrize("deed", Deed)
def test_nobody_may_do_anything_without_a_tie(deed: Deed) -> None:
    assert not may(deed, frozenset())
    assert Tie.ADMIN in MAY[deed]


@pytest.mark.parametrize(
    ("deed", "who", "channel", "allowed"),
    [
        pytest.param(Deed.LIST, BEN, HERE, True, id="anyone in a channel lists"),
        pytest.param(Deed.LIST, CLEO, HERE, False, id="nobody lists from outside"),
        pytest.param(Deed.CREATE, BEN, HERE, True, id="members add"),
        pytest.param(Deed.CREATE, CLEO, HERE, False, id="others do not"),
        pytest.param(Deed.CREATE, DINA, HERE, True, id="people of BOT_ADMINS add wherever they want"),
        pytest.param(Deed.CREATE, MIRA, SECRET, True, id="the workspace's administrators too"),
        pytest.param(Deed.CHANGE, BEN, HERE, True, id="members change what others made"),
        pytest.param(Deed.CHANGE, CLEO, HERE, False, id="others do not change"),
        pytest.param(Deed.REMOVE, ANA, HERE, True, id="its owner removes"),
        pytest.param(Deed.REMOVE, BEN, HERE, False, id="another member does not remove"),
        pytest.param(Deed.REMOVE, MIRA, HERE, True, id="an administrator removes"),
        pytest.param(Deed.REMOVE, DINA, HERE, True, id="so does somebody of BOT_ADMINS"),
        pytest.param(Deed.CONFIRM, ANA, HERE, False, id="its owner does not confirm"),
        pytest.param(Deed.CONFIRM, MIRA, HERE, True, id="an administrator confirms"),
        pytest.param(Deed.SETTINGS, BEN, HERE, True, id="members set"),
        pytest.param(Deed.SETTINGS, CLEO, HERE, False, id="others do not set"),
        pytest.param(Deed.LIMIT, ANA, HERE, True, id="who made the channel limits it"),
        pytest.param(Deed.LIMIT, BEN, HERE, False, id="a member does not limit"),
        pytest.param(Deed.LIMIT, BEN, SERVICE, True, id="but in the channel that they made"),
        pytest.param(Deed.LIMIT, DINA, SERVICE, True, id="people of BOT_ADMINS limit"),
        pytest.param(Deed.LIST, ANA, ANA.user, True, id="one's own direct messages"),
        pytest.param(Deed.REMOVE, ANA, ANA.user, True, id="everything there is one's own"),
        pytest.param(Deed.LIST, MIRA, ANA.user, False, id="direct messages are no administrator's"),
    ],
)
async def test_who_may_what(site: Site, deed: Deed, who: Asker, channel: ChannelId, allowed: bool) -> None:
    assert await site.permits.allowed(deed, who.user, channel, owner=ANA.user) is allowed


async def test_who_made_a_channel_and_left_it_does_not_limit_it(site: Site) -> None:
    site.leave(HERE, ANA)
    assert not await site.permits.allowed(Deed.LIMIT, ANA.user, HERE)


async def test_an_owner_who_left_the_channel_may_still_remove(site: Site) -> None:
    site.leave(HERE, ANA)
    assert await site.permits.allowed(Deed.REMOVE, ANA.user, HERE, owner=ANA.user)


@pytest.mark.parametrize(
    ("deed", "who", "channel", "said"),
    [
        pytest.param(
            Deed.REMOVE,
            BEN,
            HERE,
            "Only Ana Lopez (who made it) or an administrator can remove it. Pause it instead: /digest pause 2",
            id="who may, and what one can do oneself",
        ),
        pytest.param(
            Deed.LIMIT,
            BEN,
            HERE,
            "Only Ana Lopez (who made this channel) or an administrator can change which queues it may see.",
            id="whom to ask",
        ),
        pytest.param(
            Deed.CREATE,
            CLEO,
            HERE,
            "Only members of that channel can add digests to it. Join it first.",
            id="what to do first",
        ),
        pytest.param(
            Deed.CONFIRM,
            ANA,
            HERE,
            "This channel is shared with another organisation, whose people would read the digest. "
            "Only an administrator can confirm it.",
            id="why, and who",
        ),
        pytest.param(
            Deed.CHANGE,
            BEN,
            SECRET,
            "The bot cannot see this channel. Type /invite @queue-sla there first.",
            id="nobody can tell who is in it",
        ),
        pytest.param(
            Deed.LIST,
            MIRA,
            ANA.user,
            "This belongs to somebody's direct messages with the bot, and only they can see or change it.",
            id="no names of people whose messages those are",
        ),
    ],
)
async def test_a_refusal_says_who_may(site: Site, deed: Deed, who: Asker, channel: ChannelId, said: str) -> None:
    with pytest.raises(NotAllowed) as caught:
        await site.permits.check(deed, who.user, channel, owner=ANA.user, instead="/digest pause 2")
    assert str(caught.value) == said


@pytest.mark.parametrize("deed", Deed)
async def test_every_refusal_is_a_sentence_without_ids(site: Site, deed: Deed) -> None:
    with pytest.raises(NotAllowed) as caught:
        await site.permits.check(deed, CLEO.user, HERE, owner=ANA.user)
    assert str(caught.value).endswith(".")
    assert "U0" not in str(caught.value)


async def test_an_owner_whom_slack_does_not_name_is_whoever_made_it(site: Site) -> None:
    site.local.fail_next("users.info", error="fatal_error", times=None)
    with pytest.raises(NotAllowed, match="Only whoever made it or an administrator can remove it"):
        await site.permits.check(Deed.REMOVE, BEN.user, HERE, owner=ANA.user)


async def test_when_slack_does_not_tell_who_is_a_member_nobody_is_let_in(site: Site) -> None:
    site.local.fail_next("conversations.members", error="fatal_error", times=None)
    with pytest.raises(SlackSilent):
        await site.permits.check(Deed.CHANGE, BEN.user, HERE)


@pytest.mark.parametrize(
    ("deed", "who", "method"),
    [
        pytest.param(Deed.REMOVE, ANA, "users.info", id="an owner is known without Slack"),
        pytest.param(Deed.CREATE, DINA, "users.info", id="so are people of BOT_ADMINS"),
        pytest.param(Deed.REMOVE, BEN, "conversations.members", id="membership does not matter for removing"),
        pytest.param(Deed.CREATE, BEN, "conversations.info", id="nor the channel's maker for adding"),
    ],
)
async def test_slack_is_asked_for_no_more_than_the_deed_needs(site: Site, deed: Deed, who: Asker, method: str) -> None:
    await site.permits.allowed(deed, who.user, HERE, owner=ANA.user)
    assert not site.local.calls_of(method)


@pytest.mark.parametrize(("place", "person"), [("U0ANA", "U0ANA"), ("W0ANA", "W0ANA"), ("C0X", None), ("G0X", None)])
def test_a_persons_place_has_their_id(place: ChannelId, person: str | None) -> None:
    assert own_place(place) == person
