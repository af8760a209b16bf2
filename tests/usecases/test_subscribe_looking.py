"""Which digests there are, and which one is meant."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.audit import Action
from bot.domain.ids import ChannelId, QueueId, SubscriptionId
from bot.domain.places import PlaceSettings
from bot.domain.questions import QueueWord
from bot.errors import ChangedMeanwhile, NoSuchDigest, NotAllowed
from bot.usecases.digests.subscribe_rules import same_as
from bot.usecases.naming import HIDDEN, UNREAD
from tests.usecases.subscribing_site import (
    ANA,
    BEN,
    BILLING,
    CLEO,
    HERE,
    MIRA,
    SALES,
    SERVICE,
    SUPPORT,
    Site,
    about,
    named,
    order,
    subscribing_site,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with subscribing_site(tmp_path) as one:
        yield one


@pytest.mark.parametrize(
    ("there", "number", "said"),
    [
        pytest.param(0, None, "There are no digests here yet. Add one: /digest add Sales weekdays 07:45", id="none"),
        pytest.param(
            0, 3, "There are no digests here yet. Add one: /digest add Sales weekdays 07:45", id="none at all"
        ),
        pytest.param(
            1, 7, "There is no digest 7 here. This channel has only 1.", id="another number than the only one"
        ),
        pytest.param(3, 7, "There is no digest 7 here. This channel has 1, 2 and 3.", id="no such number"),
        pytest.param(
            3,
            None,
            "This channel has the digests 1, 2 and 3. Say which one is meant: /digest resume 1",
            id="no number where there are several",
        ),
    ],
)
async def test_which_digest_is_meant_has_to_be_said(site: Site, there: int, number: int | None, said: str) -> None:
    await site.directory.snapshot()
    for _ in range(there):
        await site.subscribing.create(order(), channel=HERE, by=BEN)
    with pytest.raises(NoSuchDigest) as caught:
        await site.subscribing.the_one(HERE, number, verb="resume")
    assert str(caught.value) == said


async def test_an_example_names_no_queue_that_the_channel_does_not_show(site: Site) -> None:
    await site.places.change(HERE, PlaceSettings(limit=named("support")), MIRA)
    with pytest.raises(NoSuchDigest, match="/digest add Support weekdays"):
        await site.subscribing.the_one(HERE, None)


async def test_which_digests_say_the_same_at_the_same_time(site: Site) -> None:
    first, file, paused, other = [
        await site.subscribing.create(asked, channel=HERE, by=BEN)
        for asked in (order("sales"), replace(order("sales"), csv=True), order("sales"), order("sales", period="today"))
    ]
    await site.subscribing.pause(paused, BEN)
    here = await site.subscribing.listing(HERE)
    assert [same_as(one, here) for one in here] == [(file.number,), (first.number,), (), ()]
    assert same_as(other, ()) == ()


async def test_a_digest_is_meant_by_its_number_or_as_the_only_one(site: Site) -> None:
    first = await site.subscribing.create(order(), channel=HERE, by=BEN)
    assert await site.subscribing.the_one(HERE, None) == first
    second = await site.subscribing.create(order(), channel=HERE, by=BEN)
    assert await site.subscribing.the_one(HERE, 2) == second
    await site.subscribing.remove(first, BEN)
    assert await site.subscribing.the_one(HERE, None) == second
    own = await site.subscribing.create(order(), channel=ChannelId(BEN.user), by=BEN)
    with pytest.raises(NoSuchDigest, match="You have only 1"):
        await site.subscribing.the_one(own.channel, 2)


async def test_a_button_finds_its_digest_and_a_window_the_one_it_showed(site: Site) -> None:
    made = await site.subscribing.create(order(), channel=HERE, by=BEN)
    assert await site.subscribing.find(made.id, seen_at=made.changed_at) == made
    paused = await site.subscribing.pause(made, ANA)
    with pytest.raises(ChangedMeanwhile, match="Ana Lopez changed it meanwhile"):
        await site.subscribing.find(made.id, seen_at=made.changed_at)
    await site.subscribing.remove(paused, BEN)
    for gone in (made.id, SubscriptionId("never")):
        with pytest.raises(NoSuchDigest, match="This digest has been removed"):
            await site.subscribing.find(gone)


async def test_anyone_in_a_channel_lists_and_reads_the_log_and_nobody_else(site: Site) -> None:
    made = await site.subscribing.create(order(), channel=HERE, by=ANA)
    await site.places.change(HERE, PlaceSettings(limit=named("sales")), MIRA)
    assert await site.subscribing.listing(HERE, BEN) == (made,)
    assert [entry.action for entry in await site.subscribing.log(HERE, BEN)] == [Action.LIMIT, Action.CREATED]
    for look in (site.subscribing.listing, site.subscribing.log):
        with pytest.raises(NotAllowed, match="Only members of that channel"):
            await look(HERE, CLEO)


async def test_home_has_what_one_owns_and_what_ones_channels_have(site: Site) -> None:
    of_ana = await site.subscribing.create(order(), channel=HERE, by=ANA)
    of_mira = await site.subscribing.create(order(), channel=SERVICE, by=MIRA)
    own = await site.subscribing.create(order(), channel=ChannelId(BEN.user), by=BEN)
    of_ben = await site.subscribing.create(order(), channel=SERVICE, by=BEN)
    of_somebody = await site.subscribing.create(order(), channel=ChannelId(ANA.user), by=ANA)
    site.leave(HERE, BEN)
    site.leave(SERVICE, ANA)
    found = await site.subscribing.home(BEN.user)
    assert found.complete
    assert found.subscriptions == (of_mira, of_ben, own)
    assert (await site.subscribing.home(ANA.user)).subscriptions == (of_ana, of_somebody)


async def test_home_says_when_slack_did_not_tell_of_channels(site: Site) -> None:
    await site.subscribing.create(order(), channel=HERE, by=ANA)
    mine = await site.subscribing.create(order(), channel=HERE, by=BEN)
    site.local.fail_next("users.conversations", error="fatal_error", times=None)
    found = await site.subscribing.home(BEN.user)
    assert (found.subscriptions, found.complete) == ((mine,), False)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param((), "all queues", id="every queue"),
        pytest.param(named("all"), "all queues", id="every queue, said"),
        pytest.param((BILLING, SALES), "Billing and Sales", id="by their present names"),
        pytest.param(named("*vip*"), "*vip*", id="a pattern as it was typed"),
        pytest.param(
            (BILLING, QueueWord(text="ffffffff-0000-4000-8000-00000000ffff", quoted=True)),
            "Billing and a queue that is gone",
            id="one that was deleted",
        ),
        pytest.param((BILLING,) * 8, "Billing, Billing, Billing, Billing, Billing and 3 more", id="many"),
    ],
)
async def test_queues_are_said_by_their_present_names(site: Site, words: tuple[QueueWord, ...], said: str) -> None:
    await site.directory.snapshot()
    assert site.subscribing.names_of(about(order(), *words).topic) == said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param((BILLING, SALES), f"Billing and {HIDDEN}", id="one of two"),
        pytest.param((SALES, SUPPORT), HIDDEN, id="said once"),
        pytest.param(named("sal*"), HIDDEN, id="a pattern of hidden queues"),
        pytest.param(named("*ing*"), "*ing*", id="a pattern of which something is seen"),
        pytest.param(named("nothing*"), "nothing*", id="a pattern of nothing at present"),
        pytest.param((), "all queues", id="all that may be seen"),
    ],
)
async def test_queues_that_a_channel_does_not_show_are_not_named(
    site: Site, words: tuple[QueueWord, ...], said: str
) -> None:
    await site.directory.snapshot()
    assert site.subscribing.names_of(about(order(), *words).topic, frozenset({QueueId(BILLING.text)})) == said


async def test_nobody_reads_an_id_while_no_directory_could_be_read(site: Site) -> None:
    assert site.subscribing.names_of(about(order(), BILLING, SALES).topic) == UNREAD
