"""Changing, confirming and removing digests, also by two people at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.audit import Action
from bot.domain.subscriptions import SubscriptionState
from bot.errors import ChangedMeanwhile, NotAllowed
from bot.usecases.digests.subscribe_rules import UNCONFIRMED
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
    SHARED,
    Site,
    about,
    order,
    subscribing_site,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.domain.subscriptions import Subscription
    from bot.usecases.naming import Asker

LATER = replace(EVERY_MORNING, at=time(9, 0))
ACTIVE, PAUSED = SubscriptionState.ACTIVE, SubscriptionState.PAUSED
WAITING = SubscriptionState.UNCONFIRMED
GONE = "The channel was archived."


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with subscribing_site(tmp_path) as one:
        yield one


async def actions(site: Site, digest: Subscription) -> list[Action]:
    return [entry.action for entry in reversed(await site.store.audit.of_subject(digest.id))]


async def test_an_edit_of_the_topic_keeps_what_is_due_and_one_of_the_schedule_counts_from_now(site: Site) -> None:
    made = await site.subscribing.create(order("sales"), channel=HERE, by=BEN)
    other = await site.subscribing.edit(made, order("billing"), ANA)
    assert (other.order.topic.queues, other.since, other.owner) == ((BILLING,), made.since, BEN.user)
    moved = await site.subscribing.edit(other, order("billing", schedule=LATER), ANA)
    assert moved.since > made.since
    assert await actions(site, made) == [Action.CREATED, Action.EDITED, Action.EDITED]


async def test_an_edit_that_changes_nothing_is_none(site: Site) -> None:
    made = await site.subscribing.create(order("sales"), channel=HERE, by=BEN)
    assert await site.subscribing.edit(made, order("Sales"), ANA) == made
    assert await actions(site, made) == [Action.CREATED]


async def test_a_queue_that_is_gone_does_not_hinder_another_change(site: Site) -> None:
    made = await site.subscribing.create(order("sales", "billing"), channel=HERE, by=BEN)
    site.queues[:] = [queue for queue in QUEUES if queue.name != "Sales"]
    await site.reread()
    edited = await site.subscribing.edit(made, replace(made.order, schedule=LATER), BEN)
    assert edited.order == replace(made.order, schedule=LATER)
    assert site.subscribing.names_of(edited.order.topic) == "a queue that is gone and Billing"


@pytest.mark.parametrize(
    ("change", "who", "state"),
    [
        pytest.param(lambda o: about(o, BILLING), BEN, WAITING, id="other queues would be shown"),
        pytest.param(lambda o: replace(o, csv=True), BEN, WAITING, id="the table would come, too"),
        pytest.param(lambda o: about(o, BILLING), MIRA, ACTIVE, id="an administrator shows what they decide"),
        pytest.param(lambda o: replace(o, schedule=LATER), BEN, ACTIVE, id="the same at another time"),
    ],
)
async def test_what_is_shown_to_another_organisation_is_confirmed_anew(
    site: Site, change: object, who: Asker, state: SubscriptionState
) -> None:
    made = await site.subscribing.create(order("sales"), channel=SHARED, by=MIRA)
    assert (await site.subscribing.edit(made, change(made.order), who)).state is state  # type: ignore[operator]


async def test_pausing_and_resuming_counts_from_then_on(site: Site) -> None:
    made = await site.subscribing.create(order(), channel=HERE, by=BEN)
    paused = await site.subscribing.pause(made, ANA)
    assert (paused.state, paused.since) == (PAUSED, made.since)
    assert await site.subscribing.pause(paused, ANA) == paused
    site.clock.now += timedelta(days=3)
    resumed = await site.subscribing.resume(paused, BEN)
    assert resumed.state is ACTIVE
    assert resumed.since >= paused.changed_at + timedelta(days=3)
    assert await site.subscribing.resume(resumed, BEN) == resumed
    assert await actions(site, made) == [Action.CREATED, Action.PAUSED, Action.RESUMED]


@pytest.mark.parametrize("verb", ["edit", "pause", "resume", "check_send"])
async def test_nobody_from_outside_changes_a_digest(site: Site, verb: str) -> None:
    made = await site.subscribing.create(order(), channel=HERE, by=BEN)
    more = [order("sales")] if verb == "edit" else []
    with pytest.raises(NotAllowed, match="Only members of that channel can change its digests"):
        await getattr(site.subscribing, verb)(made, *more, CLEO)
    assert await site.subscribing.find(made.id) == made


async def test_only_its_owner_or_an_administrator_removes_a_digest(site: Site) -> None:
    made = await site.subscribing.create(order(), channel=HERE, by=ANA)
    other = await site.subscribing.create(order(), channel=HERE, by=BEN)
    with pytest.raises(NotAllowed) as caught:
        await site.subscribing.remove(other, ANA)
    assert str(caught.value) == (
        "Only Ben Carter (who made it) or an administrator can remove it. Pause it instead: /digest pause 2"
    )
    await site.subscribing.remove(made, ANA)
    await site.subscribing.remove(other, MIRA)
    assert await site.subscribing.listing(HERE) == ()
    assert await actions(site, made) == [Action.CREATED, Action.REMOVED]


async def test_an_owner_removes_a_digest_of_a_channel_they_cannot_see_any_more(site: Site) -> None:
    made = await site.subscribing.create(order(), channel=HERE, by=ANA)
    del site.local.workspace.channels[HERE]  # type: ignore[arg-type]
    site.channels.forget(HERE)
    await site.subscribing.remove(made, ANA)


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        pytest.param(BEN, "Only an administrator can confirm it", id="not its owner"),
        pytest.param(ANA, "Only an administrator can confirm it", id="not another member"),
        pytest.param(MIRA, "", id="an administrator of the workspace"),
        pytest.param(DINA, "", id="somebody of BOT_ADMINS"),
    ],
)
async def test_who_confirms(site: Site, who: Asker, refusal: str) -> None:
    made = await site.subscribing.create(order(), channel=SHARED, by=BEN)
    if refusal:
        for verb in (site.subscribing.confirm, site.subscribing.resume):
            with pytest.raises(NotAllowed, match=refusal):
                await verb(made, who)
        return
    confirmed = await site.subscribing.confirm(made, who)
    assert (confirmed.state, confirmed.reason, confirmed.owner) == (ACTIVE, "", BEN.user)
    assert confirmed.since > made.since
    assert await site.subscribing.confirm(confirmed, who) == confirmed
    assert await actions(site, made) == [Action.CREATED, Action.CONFIRMED]


@pytest.mark.parametrize("how", ["confirms", "makes", "changes", "resumes"])
async def test_what_an_administrator_let_speak_goes_on_after_a_pause_whoever_resumes_it(site: Site, how: str) -> None:
    made = await site.subscribing.create(order("sales"), channel=SHARED, by=MIRA if how == "makes" else BEN)
    match how:
        case "confirms":
            made = await site.subscribing.confirm(made, MIRA)
        case "changes":
            confirmed = await site.subscribing.confirm(made, MIRA)
            made = await site.subscribing.edit(confirmed, about(confirmed.order, BILLING), MIRA)
        case "resumes":
            made = await site.subscribing.resume(await site.subscribing.pause(made, BEN), MIRA)
    paused = await site.subscribing.pause(made, BEN)
    await site.subscribing.check_send(paused, ANA)
    resumed = await site.subscribing.resume(paused, ANA)
    assert (resumed.state, resumed.reason, resumed.confirmed) == (ACTIVE, "", True)
    assert await site.store.subscriptions.find(made.id) == resumed


@pytest.mark.parametrize(
    ("who", "state"),
    [
        pytest.param(BEN, WAITING, id="a member shows what nobody has confirmed"),
        pytest.param(MIRA, ACTIVE, id="an administrator shows what they decide"),
    ],
)
async def test_what_is_changed_during_a_pause_is_confirmed_anew(
    site: Site, who: Asker, state: SubscriptionState
) -> None:
    made = await site.subscribing.create(order("sales"), channel=SHARED, by=MIRA)
    paused = await site.subscribing.pause(made, BEN)
    edited = await site.subscribing.edit(paused, about(paused.order, BILLING), who)
    assert edited.state is PAUSED
    if state is WAITING:
        with pytest.raises(NotAllowed, match="an administrator has to confirm"):
            await site.subscribing.check_send(edited, BEN)
    assert (await site.subscribing.resume(edited, BEN)).state is state


async def test_what_was_changed_while_nobody_else_read_along_is_not_confirmed_when_they_do_again(site: Site) -> None:
    made = await site.subscribing.create(order("sales"), channel=SHARED, by=MIRA)
    site.change_channel(SHARED, is_ext_shared=False)
    site.channels.forget(SHARED)
    edited = await site.subscribing.edit(made, about(made.order, BILLING), MIRA)
    assert (edited.state, edited.confirmed) == (ACTIVE, False)
    site.change_channel(SHARED, is_ext_shared=True)
    site.channels.forget(SHARED)
    with pytest.raises(NotAllowed, match="an administrator has to confirm"):
        await site.subscribing.check_send(edited, BEN)


async def test_pausing_is_no_way_around_the_administrator(site: Site) -> None:
    made = await site.subscribing.create(order(), channel=SHARED, by=BEN)
    paused = await site.subscribing.pause(made, BEN)
    resumed = await site.subscribing.resume(paused, BEN)
    assert (resumed.state, resumed.reason) == (WAITING, UNCONFIRMED)


@pytest.mark.parametrize(
    ("state", "who", "allowed"),
    [
        pytest.param(ACTIVE, BEN, True, id="what was let speak may be sent by a member"),
        pytest.param(WAITING, BEN, False, id="what waits may not"),
        pytest.param(WAITING, MIRA, True, id="except by an administrator"),
        pytest.param(PAUSED, BEN, False, id="nor what was paused, perhaps before it was confirmed"),
    ],
)
async def test_what_may_be_sent_now_where_another_organisation_reads_along(
    site: Site, state: SubscriptionState, who: Asker, allowed: bool
) -> None:
    made = await site.subscribing.create(order(), channel=SHARED, by=MIRA if state is ACTIVE else BEN)
    if state is PAUSED:
        made = await site.subscribing.pause(made, BEN)
    if allowed:
        await site.subscribing.check_send(made, who)
    else:
        with pytest.raises(NotAllowed, match="an administrator has to confirm"):
            await site.subscribing.check_send(made, who)


@pytest.mark.parametrize("verb", ["edit", "pause", "resume", "confirm", "remove"])
@pytest.mark.parametrize(
    ("by", "said"),
    [
        pytest.param("Ben", "Ben Carter changed it meanwhile: look at it again.", id="somebody else"),
        pytest.param("Mira", "You changed it meanwhile: look at it again.", id="oneself, in another window"),
        pytest.param("the bot", "The bot changed it meanwhile: look at it again.", id="the bot"),
        pytest.param("Ben, removing", "Ben Carter removed it meanwhile.", id="removed by its owner"),
    ],
)
async def test_of_two_who_change_at_the_same_time_the_later_is_told(site: Site, verb: str, by: str, said: str) -> None:
    seen = await site.subscribing.create(order(), channel=SHARED, by=BEN)
    if by == "the bot":
        active = await site.subscribing.confirm(seen, DINA)
        (now,) = await site.subscribing.channel_gone(SHARED, GONE)
        assert now.changed_at > active.changed_at
    elif by == "Ben, removing":
        await site.subscribing.remove(seen, BEN)
    else:
        await site.subscribing.edit(seen, order("sales"), BEN if by == "Ben" else MIRA)
    before = await site.store.subscriptions.find(seen.id)
    more = [order("billing")] if verb == "edit" else []
    with pytest.raises(ChangedMeanwhile) as caught:
        await getattr(site.subscribing, verb)(seen, *more, MIRA)
    assert str(caught.value) == said
    assert await site.store.subscriptions.find(seen.id) == before
