"""The lookout on a simulated centre: what is judged after nobody could for a while, and counts that stand still."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.alerts.rules import Kind, Terms
from bot.domain.alerts.samples import QUARTER
from bot.domain.ids import QueueId
from bot.domain.live import Contacts, Observed
from bot.domain.queues import Media
from bot.domain.sla import Switches
from bot.genesys.wire_observations import Observations
from bot.store.database import open_store
from bot.usecases.alerts.detecting import Detecting
from bot.usecases.alerts.lookout import Lookout
from bot.usecases.samples.glimpsing import Glimpsing
from tests.usecases.alert_turns import LONDON, TEAM
from tests.usecases.samples_site import BILLING, FRIDAY, Site, site, visit
from tests.usecases.test_alert_looking import plan

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.domain.live import Observed as Seen
    from bot.usecases.alerts.plan import Plan

TEN = FRIDAY - timedelta(minutes=2)
MINUTE = timedelta(minutes=1)
UNUSUAL = Terms(queues=(), kind=Kind.UNUSUAL, zone=LONDON)


@pytest.fixture
async def at() -> AsyncIterator[Site]:
    """A call every five minutes from eight until ten, and none after."""
    calls = [visit(TEN - timedelta(hours=2) + number * 5 * MINUTE) for number in range(24)]
    async with open_store("sqlite:///:memory:") as store, site(store, calls) as here:
        yield here


def lookout(at: Site) -> Lookout:
    return Lookout(
        at.genesys,
        at.store,
        team=TEAM,
        filling=at.filling(kept=timedelta(hours=6)),
        glimpsing=Glimpsing(at.store.samples),
        switches=Switches(),
    )


def of_billing(terms: Terms = UNUSUAL) -> Plan:
    made = plan(terms)
    queue = replace(made.planned[0].queues[0], id=QueueId(BILLING.id))
    return replace(made, planned=(replace(made.planned[0], queues=(queue,)),), queues={queue.id: queue})


async def test_quarter_hours_that_nobody_judged_are_judged_in_order(at: Site) -> None:
    looking = lookout(at)
    ends = await looking.look(of_billing(), now=at.clock(), judged=TEN - 3 * QUARTER)
    await looking.close()
    assert ends == [TEN - 2 * QUARTER, TEN - QUARTER, TEN]


async def test_without_a_past_only_the_last_quarter_hour_is_judged(at: Site) -> None:
    looking = lookout(at)
    ends = await looking.look(of_billing(), now=at.clock(), judged=None)
    await looking.close()
    assert ends == [TEN]


async def test_detectors_are_fed_with_what_passed_while_they_learnt(at: Site) -> None:
    looking, fed = lookout(at), []
    await looking.look(of_billing(), now=at.clock(), judged=TEN)
    await looking.settled()

    class Noting(Detecting):
        def feed(self, samples: Any, glimpses: Any, starts: Any) -> None:
            fed.extend(starts)
            super().feed(samples, glimpses, starts)

    looking._detecting = Noting(of_billing(), holidays=frozenset(), normal_since={}, end=TEN - 3 * QUARTER)
    for fresh in (False, True):
        await looking.view(now=at.clock(), end=TEN, fresh=fresh, past=False)
    await looking.close()
    assert fed == [TEN - 3 * QUARTER, TEN - 2 * QUARTER, TEN - QUARTER]


async def test_the_same_plan_read_anew_is_no_reason_to_learn_anew(at: Site) -> None:
    looking = lookout(at)
    for _ in range(4):  # history comes in meanwhile
        await looking.look(of_billing(), now=at.clock(), judged=TEN)
        await looking.settled()
    learnt = looking._detecting
    for _ in range(3):
        await looking.look(of_billing(), now=at.clock.later(minutes=1), judged=TEN)
        await looking.settled()
    await looking.close()
    assert learnt is not None
    assert looking._detecting is learnt


def on_the_phone(number: int) -> Seen:
    contacts = Contacts(media=Media.VOICE, waiting=0, interacting=number, alerting=0)
    return Observed(contacts=(contacts,))


@pytest.mark.parametrize(
    ("handled", "believed", "blind"),
    [
        pytest.param(0, 2, False, id="nobody called: that is how it is"),
        pytest.param(8, 0, True, id="eight are on the phone who were never counted"),
    ],
)
async def test_counts_that_stand_still_are_not_believed(at: Site, handled: int, believed: int, blind: bool) -> None:
    """For as long as they do, and not only for a minute, nor once two quarter hours are empty."""
    looking = lookout(at)
    seen: list[bool] = []
    at.clock.now = TEN + 2 * MINUTE

    async def observed(_: object, now: Any) -> Observations:
        looking.eyes.saw(now)
        looking._handled[now.replace(minute=now.minute - now.minute % 15, second=0)] = handled
        return Observations(as_of=now, by_queue={QueueId(BILLING.id): on_the_phone(handled)})

    looking._observe = observed  # type: ignore[method-assign]
    for _ in range(34):
        ends = await looking.look(of_billing(), now=at.clock(), judged=TEN)
        seen.append(looking.eyes.blind(at.clock()) is not None)
        at.clock.later(minutes=1)
    await looking.close()
    assert ends == [TEN + (number + 1) * QUARTER for number in range(believed)]
    # From the moment at which the first empty quarter hour should be there.
    assert seen[15:] == [blind] * len(seen[15:])
