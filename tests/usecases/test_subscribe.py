"""Subscribing: what is taken, what is refused, and in which state it begins."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from bot.domain.audit import Action
from bot.domain.dimensions import Dimension
from bot.domain.ids import ChannelId, TeamId
from bot.domain.places import PlaceSettings
from bot.domain.subscriptions import SubscriptionState, Table
from bot.errors import BadPeriod, BadWord, NotAllowed, UnknownQueue
from bot.usecases.digests.subscribe_rules import MOST_PER_CHANNEL, UNCONFIRMED
from tests.usecases.subscribing_site import (
    ANA,
    BEN,
    BILLING,
    CLEO,
    DINA,
    EVERY_MORNING,
    HERE,
    MIRA,
    QUEUES,
    SALES,
    SECRET,
    SERVICE,
    SHARED,
    VIP,
    WORKSPACE,
    Site,
    about,
    named,
    order,
    subscribing_site,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.domain.subscriptions import Order, Subscription
    from bot.usecases.naming import Asker

ACTIVE, WAITING = SubscriptionState.ACTIVE, SubscriptionState.UNCONFIRMED


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with subscribing_site(tmp_path) as one:
        yield one


async def actions(site: Site, digest: Subscription) -> list[Action]:
    return [entry.action for entry in reversed(await site.store.audit.of_subject(digest.id))]


async def test_a_digest_is_made_from_now_on_with_its_queues_by_id(site: Site) -> None:
    before = site.clock.now
    made = await site.subscribing.create(order("billing", "sales", "*vip*"), channel=HERE, by=BEN)
    assert made.order == about(order(), BILLING, SALES, *named("*vip*"))
    assert (made.number, made.channel, made.owner, made.state, made.reason) == (1, HERE, BEN.user, ACTIVE, "")
    assert before < made.since <= site.clock.now
    assert await site.subscribing.find(made.id) == made
    assert await actions(site, made) == [Action.CREATED]


async def test_a_digest_belongs_to_the_bots_workspace_whichever_its_maker_is_of(site: Site) -> None:
    made = await site.subscribing.create(order(), channel=HERE, by=replace(BEN, team=TeamId("T0SISTER")))
    assert made.team == WORKSPACE
    assert await site.subscribing.listing(HERE) == (made,)


async def test_what_a_person_chose_for_an_ambiguous_word_is_what_they_subscribe_to(site: Site) -> None:
    await site.directory.snapshot()
    await site.store.choices.remember(BEN.team, BEN.user, "bill", QUEUES[1].id, now=site.clock())
    made = await site.subscribing.create(order("bill"), channel=HERE, by=BEN)
    assert made.order.topic.queues == (VIP,)


@pytest.mark.parametrize(
    ("asked", "refusal", "said"),
    [
        pytest.param(order("bilings"), UnknownQueue, "No queue is called “bilings”", id="no such queue"),
        pytest.param(order("zz*"), UnknownQueue, "zz", id="a pattern that matches nothing"),
        pytest.param(order(period="tomorrow"), BadPeriod, "tomorrow", id="no period"),
        pytest.param(order(period="2026-11-09"), BadPeriod, "Name a period that moves", id="a day that stands still"),
        pytest.param(
            order(period="2026-11-09..2026-11-15"), BadPeriod, "would be the same in every digest", id="a fixed range"
        ),
        pytest.param(
            replace(order(), topic=replace(order().topic, period="last-month", table=Table(by=(Dimension.HOUR,)))),
            BadPeriod,
            "seven days",
            id="a report with too many hours",
        ),
        pytest.param(
            replace(order(), topic=replace(order().topic, table=Table(by=(Dimension.DAY,), compared=True))),
            BadWord,
            "compare",
            id="a report that cannot be compared",
        ),
    ],
)
async def test_what_could_not_be_answered_tomorrow_is_refused_today(
    site: Site, asked: Order, refusal: type[Exception], said: str
) -> None:
    with pytest.raises(refusal, match=said):
        await site.subscribing.create(asked, channel=HERE, by=BEN)
    assert await site.subscribing.listing(HERE) == ()


@pytest.mark.parametrize(
    "period",
    ["yesterday", "today", "last-week", "last-month", "this-month", "monday", "last-7-days", "yesterday 08:00..18:00"],
)
async def test_periods_that_move_are_taken(site: Site, period: str) -> None:
    made = await site.subscribing.create(order(period=period), channel=HERE, by=BEN)
    assert made.order.topic.period == period


async def test_a_period_is_judged_by_the_moment_when_the_digest_is_due(site: Site) -> None:
    at_night = replace(EVERY_MORNING, at=time(19, 0), zone=ZoneInfo("Pacific/Auckland"))
    asked = order(period="today 08:00..18:00", schedule=at_night)
    assert (await site.subscribing.create(asked, channel=HERE, by=BEN)).order == asked


@pytest.mark.parametrize(
    ("who", "channel", "said"),
    [
        pytest.param(CLEO, HERE, "Only members of that channel can add digests", id="somebody from outside"),
        pytest.param(BEN, SECRET, "Type /invite @queue-sla there first", id="a member, where the bot is not"),
        pytest.param(MIRA, SECRET, "Type /invite @queue-sla there first", id="an administrator, where the bot is not"),
        pytest.param(MIRA, ChannelId(ANA.user), "only they can see or change it", id="somebody's direct messages"),
    ],
)
async def test_who_cannot_subscribe_a_channel_is_told_why(
    site: Site, who: Asker, channel: ChannelId, said: str
) -> None:
    with pytest.raises(NotAllowed, match=said):
        await site.subscribing.create(order(), channel=channel, by=who)


async def test_an_archived_channel_takes_no_digest(site: Site) -> None:
    site.change_channel(HERE, is_archived=True)
    with pytest.raises(NotAllowed, match="#billing-floor is archived"):
        await site.subscribing.create(order(), channel=HERE, by=BEN)


async def test_a_preview_is_of_what_would_be_made_and_leaves_nothing(site: Site) -> None:
    draft = await site.subscribing.draft(order("billing"), channel=HERE, by=BEN)
    assert draft.order == about(order(), BILLING)
    assert (draft.channel, draft.owner, draft.team) == (HERE, BEN.user, WORKSPACE)
    assert await site.subscribing.listing(HERE) == ()
    with pytest.raises(NotAllowed):
        await site.subscribing.draft(order("billing"), channel=HERE, by=CLEO)
    with pytest.raises(UnknownQueue):
        await site.subscribing.draft(order("bilings"), channel=HERE, by=BEN)


async def test_a_preview_of_a_change_keeps_a_queue_that_is_gone(site: Site) -> None:
    made = await site.subscribing.create(order("sales"), channel=HERE, by=BEN)
    site.queues[:] = [queue for queue in QUEUES if queue.name != "Sales"]
    await site.reread()
    assert (await site.subscribing.draft(made.order, channel=HERE, by=BEN, before=made)).order == made.order


async def test_a_person_may_have_digests_of_their_own(site: Site) -> None:
    made = await site.subscribing.create(order("sales"), channel=ChannelId(CLEO.user), by=CLEO)
    assert made.state is ACTIVE
    assert (await site.subscribing.home(CLEO.user)).subscriptions == (made,)
    assert (await site.subscribing.resume(await site.subscribing.pause(made, CLEO), CLEO)).state is ACTIVE


async def test_a_channel_has_so_many_digests_and_no_more(site: Site) -> None:
    made = [await site.subscribing.create(order(), channel=HERE, by=BEN) for _ in range(MOST_PER_CHANNEL)]
    with pytest.raises(NotAllowed, match=r"has 20 digests.*/digest remove 1"):
        await site.subscribing.create(order(), channel=HERE, by=BEN)
    await site.subscribing.remove(made[0], BEN)
    assert (await site.subscribing.create(order(), channel=HERE, by=BEN)).number == MOST_PER_CHANNEL + 1


async def test_a_digest_obeys_the_limit_of_its_channel_wherever_it_is_ordered(site: Site) -> None:
    await site.places.change(HERE, PlaceSettings(limit=named("billing*")), MIRA)
    with pytest.raises(NotAllowed, match="does not show the queue “sales”"):
        await site.subscribing.create(order("sales"), channel=HERE, by=replace(BEN, sight=None))
    bounded = replace(BEN, sight=await site.places.sight(HERE))
    assert (await site.subscribing.create(order("sales"), channel=SERVICE, by=bounded)).channel == SERVICE


@pytest.mark.parametrize(
    ("who", "state", "reason"),
    [
        pytest.param(BEN, WAITING, UNCONFIRMED, id="a member's waits to be confirmed"),
        pytest.param(MIRA, ACTIVE, "", id="an administrator's does not"),
        pytest.param(DINA, ACTIVE, "", id="nor that of somebody of BOT_ADMINS"),
    ],
)
async def test_where_another_organisation_reads_along_an_administrator_lets_it_speak(
    site: Site, who: Asker, state: SubscriptionState, reason: str
) -> None:
    made = await site.subscribing.create(order("sales"), channel=SHARED, by=who)
    assert (made.state, made.reason) == (state, reason)
