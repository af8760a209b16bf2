"""A channel's limit holds for every digest that is written after it was set, also within one round."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.demo.slack_people import BILLING_FLOOR
from bot.domain.ids import ChannelId, TeamId
from bot.domain.places import PlaceSettings
from bot.domain.questions import QueueWord
from bot.domain.subscriptions import Table
from bot.errors import NotAllowed
from bot.usecases.digests.letters import Letters, Wanted
from tests.usecases.digest_site import BILLING, Site, digest_site, order, topic

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with digest_site() as one:
        yield one


async def limited(site: Site) -> None:
    """To Billing."""
    settings = PlaceSettings(limit=(QueueWord(text=BILLING.id, quoted=True),))
    team = TeamId(site.identity.team_id)
    assert await site.store.places.put(team, BILLING_FLOOR, settings, by=None, now=site.clock.now)


@pytest.mark.parametrize("table", [None, Table()], ids=["service levels", "a report"])
async def test_a_limit_that_is_set_in_a_round_is_obeyed_in_it(site: Site, table: Table | None) -> None:
    subscription = await site.subscribe(order(topic("Sales", table=table)), channel=ChannelId(BILLING_FLOOR))
    wanted = Wanted.at(subscription, site.clock.now)
    letters = Letters(site.ask, site.places, team=TeamId(site.identity.team_id))
    async with letters.round([wanted], ahead=True) as compose:
        assert "Sales" in (await compose(wanted)).message["text"]
        await limited(site)
        with pytest.raises(NotAllowed):
            await compose(wanted)


async def test_a_limit_costs_no_request_of_genesys_more(site: Site) -> None:
    subscription = await site.subscribe(order(replace(topic(), queues=())))
    wanted = Wanted.at(subscription, site.clock.now)
    letters = Letters(site.ask, site.places, team=TeamId(site.identity.team_id))
    async with letters.round([wanted], ahead=True) as compose:
        before = len(site.requests.entries)
        await limited(site)
        await compose(wanted)
        assert len(site.requests.entries) == before
