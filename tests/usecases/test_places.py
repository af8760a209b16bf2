"""What holds where somebody asks, and who may set it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from bot.domain.audit import Action
from bot.domain.ids import ChannelId, QueueId
from bot.domain.places import UNSET, PlaceSettings
from bot.domain.questions import Formula, QueueWord
from bot.domain.queues import Queue
from bot.errors import ChangedMeanwhile, NotAllowed, UnknownQueue
from bot.store.places import Places as PlaceRecords
from bot.store.tables import place_settings
from bot.usecases.places import Source
from tests.store.digests import on_database
from tests.usecases.subscribing_site import (
    ANA,
    BEN,
    BILLING,
    CLEO,
    DINA,
    HERE,
    MIRA,
    QUEUES,
    SALES,
    SECRET,
    SUPPORT,
    VIP,
    WORKSPACE,
    Site,
    named,
    queue_id,
    subscribing_site,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.usecases.naming import Asker

PARIS, TOKYO = ZoneInfo("Europe/Paris"), ZoneInfo("Asia/Tokyo")
T20, T30 = timedelta(seconds=20), timedelta(seconds=30)


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with subscribing_site(tmp_path) as one:
        yield one


def own(person: Asker) -> ChannelId:
    return ChannelId(person.user)


async def test_where_nothing_is_set_nothing_holds(site: Site) -> None:
    resolved = await site.places.settings(HERE, BEN.user)
    assert resolved.usual == UNSET
    assert resolved.sight is None
    assert {resolved.zone_from, resolved.queues_from, resolved.threshold_from, resolved.formula_from} == {
        Source.NOWHERE
    }


@pytest.mark.parametrize(
    ("channel", "person", "asked_in", "usual", "sources"),
    [
        pytest.param(
            PlaceSettings(zone=PARIS, threshold=T20),
            PlaceSettings(zone=TOKYO, threshold=T30, formula=Formula.OFFERED),
            HERE,
            PlaceSettings(zone=PARIS, threshold=T20, formula=Formula.OFFERED),
            (Source.CHANNEL, Source.NOWHERE, Source.CHANNEL, Source.PERSON),
            id="the channel's comes first, and one's own where it says nothing",
        ),
        pytest.param(
            PlaceSettings(zone=PARIS),
            PlaceSettings(zone=TOKYO, queues=(SALES,)),
            None,
            PlaceSettings(zone=TOKYO, queues=(SALES,)),
            (Source.PERSON, Source.PERSON, Source.NOWHERE, Source.NOWHERE),
            id="in direct messages a channel's does not matter",
        ),
        pytest.param(
            PlaceSettings(queues=(BILLING, SALES)),
            PlaceSettings(queues=(SUPPORT,)),
            HERE,
            PlaceSettings(queues=(BILLING, SALES)),
            (Source.NOWHERE, Source.CHANNEL, Source.NOWHERE, Source.NOWHERE),
            id="queues are not mixed",
        ),
    ],
)
async def test_what_holds_is_the_channels_else_ones_own(
    site: Site,
    channel: PlaceSettings,
    person: PlaceSettings,
    asked_in: ChannelId | None,
    usual: PlaceSettings,
    sources: tuple[Source, ...],
) -> None:
    await site.places.change(HERE, channel, ANA)
    await site.places.change(own(BEN), person, BEN)
    resolved = await site.places.settings(asked_in, BEN.user)
    assert resolved.usual == usual
    assert (resolved.zone_from, resolved.queues_from, resolved.threshold_from, resolved.formula_from) == sources


async def test_queues_are_kept_by_their_ids_and_survive_a_new_name(site: Site) -> None:
    kept = await site.places.change(HERE, PlaceSettings(queues=named("billing", "sales", "*VIP*")), BEN)
    assert kept.queues == (BILLING, SALES, *named("*VIP*"))
    assert (await site.places.settings(HERE, BEN.user)).queues == kept.queues


async def test_a_queue_that_is_not_there_is_refused_with_the_nearest(site: Site) -> None:
    with pytest.raises(UnknownQueue) as caught:
        await site.places.change(HERE, PlaceSettings(queues=named("bilings")), BEN)
    assert "Billing" in caught.value.labels
    assert await site.store.places.of(WORKSPACE, HERE) == UNSET


async def test_a_queue_that_is_gone_stays_set_when_something_else_is_changed(site: Site) -> None:
    kept = await site.places.change(HERE, PlaceSettings(queues=named("billing", "sales")), BEN)
    site.queues[:] = [queue for queue in QUEUES if queue.name != "Sales"]
    await site.reread()
    assert await site.places.change(HERE, replace(kept, zone=PARIS), BEN) == replace(kept, zone=PARIS)


@pytest.mark.parametrize(
    ("limit", "seen"),
    [
        pytest.param(named("billing"), {BILLING}, id="one queue"),
        pytest.param(named("billing*"), {BILLING, VIP}, id="a pattern"),
        pytest.param(named("sales", "*vip"), {SALES, VIP}, id="both"),
        pytest.param(named("all"), {BILLING, VIP, SALES, SUPPORT}, id="all there are"),
    ],
)
async def test_a_limit_is_the_queues_that_it_means_at_present(
    site: Site, limit: tuple[QueueWord, ...], seen: set[QueueWord]
) -> None:
    await site.places.change(HERE, PlaceSettings(limit=limit), MIRA)
    resolved = await site.places.settings(HERE, BEN.user)
    assert resolved.sight == {word.text for word in seen}
    assert await site.places.sight(HERE) == resolved.sight


async def test_the_limits_of_many_channels_are_looked_up_together(site: Site) -> None:
    elsewhere = ChannelId("C0ELSEWHERE")
    await site.places.change(HERE, PlaceSettings(limit=named("billing")), MIRA)
    assert await site.places.sights([HERE, elsewhere]) == {HERE: {BILLING.text}, elsewhere: None}


async def test_a_limit_by_pattern_takes_in_new_queues_and_one_by_name_keeps_a_renamed_one(site: Site) -> None:
    await site.places.change(HERE, PlaceSettings(limit=named("sales", "billing*")), MIRA)
    new = Queue(id=QueueId(queue_id(9)), name="Billing Nights")
    site.queues[:] = [*(replace(q, name="Shop") if q.name == "Sales" else q for q in QUEUES), new]
    await site.reread()
    assert await site.places.sight(HERE) == {BILLING.text, VIP.text, SALES.text, new.id}


async def test_a_limit_whose_queues_are_all_gone_shows_none_and_not_all(site: Site) -> None:
    await site.places.change(HERE, PlaceSettings(limit=named("sales")), MIRA)
    site.queues[:] = [queue for queue in QUEUES if queue.name != "Sales"]
    await site.reread()
    assert await site.places.sight(HERE) == frozenset()


async def test_a_limit_waits_for_the_first_listing(site: Site) -> None:
    await site.store.places.put(WORKSPACE, HERE, PlaceSettings(limit=(SALES,)), by=None, now=site.clock())
    assert not site.directory.cached
    assert await site.places.sight(HERE) == {SALES.text}


async def test_ones_own_queues_are_usual_in_a_limited_channel_as_far_as_it_shows_them(site: Site) -> None:
    await site.places.change(own(BEN), PlaceSettings(queues=named("billing", "sales")), BEN)
    await site.places.change(HERE, PlaceSettings(limit=named("billing")), MIRA)
    assert (await site.places.settings(HERE, BEN.user)).queues == (BILLING,)
    assert (await site.places.settings(None, BEN.user)).queues == (BILLING, SALES)
    await site.places.change(HERE, PlaceSettings(limit=named("support")), MIRA)
    resolved = await site.places.settings(HERE, BEN.user)
    assert resolved.queues == ()
    assert resolved.queues_from is Source.NOWHERE


async def test_usual_queues_have_to_be_within_the_limit(site: Site) -> None:
    with pytest.raises(NotAllowed, match="does not show the queue “sales”"):
        await site.places.change(HERE, PlaceSettings(queues=named("sales"), limit=named("billing*")), MIRA)
    await site.places.change(HERE, PlaceSettings(queues=named("sales")), MIRA)
    with pytest.raises(NotAllowed, match="The usual queues here would not be seen any more: Sales"):
        await site.places.change(HERE, PlaceSettings(queues=(SALES,), limit=named("billing*")), MIRA)


async def test_a_limit_does_not_bound_whoever_sets_it(site: Site) -> None:
    await site.places.change(HERE, PlaceSettings(limit=named("billing")), MIRA)
    bounded = replace(MIRA, sight=await site.places.sight(HERE))
    after = await site.places.change(HERE, PlaceSettings(limit=named("sales")), bounded)
    assert after.limit == (SALES,)


@pytest.mark.parametrize(
    ("who", "settings", "refusal"),
    [
        pytest.param(BEN, PlaceSettings(zone=PARIS), "", id="a member sets the zone"),
        pytest.param(CLEO, PlaceSettings(zone=PARIS), "Only members of that channel", id="nobody else does"),
        pytest.param(DINA, PlaceSettings(zone=PARIS), "", id="an administrator does"),
        pytest.param(BEN, PlaceSettings(limit=named("sales")), "Only Ana Lopez", id="a member does not limit"),
        pytest.param(ANA, PlaceSettings(limit=named("sales")), "", id="who made the channel limits it"),
        pytest.param(MIRA, PlaceSettings(limit=named("sales")), "", id="an administrator limits it"),
        pytest.param(
            BEN,
            PlaceSettings(zone=PARIS, limit=named("sales")),
            "Only Ana Lopez",
            id="nothing is set when part of it may not be",
        ),
    ],
)
async def test_who_may_set_what(site: Site, who: Asker, settings: PlaceSettings, refusal: str) -> None:
    if not refusal:
        assert (await site.places.change(HERE, settings, who)).zone == settings.zone
        return
    with pytest.raises(NotAllowed, match=refusal):
        await site.places.change(HERE, settings, who)
    assert await site.store.places.of(WORKSPACE, HERE) == UNSET


async def test_a_member_changes_the_rest_beside_a_limit_and_cannot_lift_it(site: Site) -> None:
    limited = await site.places.change(HERE, PlaceSettings(limit=named("sales")), MIRA)
    await site.places.change(HERE, replace(limited, zone=PARIS), BEN)
    for lifted in (None, ()):
        with pytest.raises(NotAllowed, match="Only Ana Lopez"):
            await site.places.change(HERE, replace(limited, limit=lifted), BEN)
    assert (await site.places.change(HERE, replace(limited, limit=()), MIRA)).limit is None


@pytest.mark.parametrize(
    ("place", "who", "settings", "refusal"),
    [
        pytest.param(own(BEN), ANA, PlaceSettings(zone=PARIS), "only they can see or change it", id="somebody else's"),
        pytest.param(
            own(BEN), MIRA, PlaceSettings(zone=PARIS), "only they can see or change it", id="not an administrator"
        ),
        pytest.param(own(BEN), BEN, PlaceSettings(limit=named("sales")), "Only channels can be limited", id="a limit"),
        pytest.param(SECRET, BEN, PlaceSettings(zone=PARIS), "/invite @queue-sla", id="a channel without the bot"),
        pytest.param(SECRET, MIRA, PlaceSettings(zone=PARIS), "/invite @queue-sla", id="an administrator neither"),
    ],
)
async def test_where_nothing_can_be_set(
    site: Site, place: ChannelId, who: Asker, settings: PlaceSettings, refusal: str
) -> None:
    with pytest.raises(NotAllowed, match=refusal):
        await site.places.change(place, settings, who)


@pytest.mark.parametrize(
    ("settings", "action"),
    [
        pytest.param(PlaceSettings(zone=PARIS), Action.SETTINGS, id="the usual"),
        pytest.param(PlaceSettings(limit=named("sales")), Action.LIMIT, id="the limit"),
        pytest.param(PlaceSettings(zone=PARIS, limit=named("sales")), Action.LIMIT, id="both count as the limit"),
    ],
)
async def test_every_change_is_in_the_log_once(site: Site, settings: PlaceSettings, action: Action) -> None:
    kept = await site.places.change(HERE, settings, MIRA)
    await site.places.change(HERE, kept, MIRA)
    (entry,) = await site.store.audit.of_channel(WORKSPACE, HERE)
    assert (entry.action, entry.user) == (action, MIRA.user)


async def test_of_two_who_set_at_the_same_moment_the_later_is_told(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    put = PlaceRecords.put

    async def slower(records: PlaceRecords, *given: object, **more: object) -> bool:
        monkeypatch.setattr(PlaceRecords, "put", put)
        await site.places.change(HERE, PlaceSettings(zone=TOKYO), ANA)
        return await put(records, *given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(PlaceRecords, "put", slower)
    with pytest.raises(ChangedMeanwhile, match="look at them again"):
        await site.places.change(HERE, PlaceSettings(zone=PARIS), BEN)
    assert (await site.places.settings(HERE, BEN.user)).zone == TOKYO


async def damaged(site: Site) -> None:
    await site.places.change(HERE, PlaceSettings(limit=named("billing"), threshold=T30), MIRA)
    await on_database(f"sqlite:///{site.folder}/bot.db", update(place_settings).values(settings_json='{"v":2}'))


async def test_damaged_settings_show_nothing_and_are_set_anew_by_who_may_limit_and_says_what_may_be_seen(
    site: Site,
) -> None:
    await damaged(site)
    resolved = await site.places.settings(HERE, BEN.user)
    assert resolved.place.damaged
    assert resolved.sight == await site.places.sight(HERE) == frozenset()
    with pytest.raises(NotAllowed) as caught:
        await site.places.change(HERE, replace(resolved.place, threshold=T20), MIRA)
    assert str(caught.value) == (
        "The settings of this channel cannot be read, so that no queue is shown here. First set anew which queues it "
        "may show: settings limit all, or settings limit and their names."
    )
    with pytest.raises(NotAllowed, match="an administrator can change which queues it may see"):
        await site.places.change(HERE, PlaceSettings(limit=named("sales")), BEN)
    after = await site.places.change(HERE, PlaceSettings(limit=named("sales"), threshold=T20), MIRA)
    assert after == PlaceSettings(limit=(SALES,), threshold=T20)
    assert (await site.places.settings(HERE, BEN.user)).place == after


async def test_the_limit_of_damaged_settings_may_be_lifted(site: Site) -> None:
    await damaged(site)
    assert await site.places.change(HERE, UNSET, MIRA) == UNSET
    assert await site.places.sight(HERE) is None
