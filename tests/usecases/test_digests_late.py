"""A digest that is late says why, and nothing that is not so."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.demo.slack_people import BILLING_FLOOR
from bot.store.database import Store
from bot.store.subscriptions import Subscriptions
from tests.usecases.digest_site import FRIDAY, Died, Site, Steps, digest_site

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.domain.subscriptions import Subscription

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with digest_site() as one:
        yield one


def said(site: Site) -> str:
    (message,) = site.local.messages(BILLING_FLOOR)
    return str(message.blocks)


async def test_what_another_process_broke_off_is_not_put_on_many_messages(site: Site) -> None:
    await site.subscribe()
    site.clock.now = FRIDAY - MINUTE
    second = site.digests()
    await second.tick()
    site.clock.now = FRIDAY
    with pytest.raises(BaseExceptionGroup) as died:
        await site.digests(step=Steps(die_after="composed")).tick()
    assert died.group_contains(Died)
    await second.tick()
    site.clock.later(6 * MINUTE)
    await second.tick()
    assert "Sent 6 min late: an earlier attempt to send it broke off" in said(site)


async def test_a_process_that_slept_says_that_it_did_not_run(site: Site) -> None:
    await site.subscribe()
    site.clock.now = FRIDAY - MINUTE
    digests = site.digests()
    await digests.tick()
    site.clock.now = FRIDAY + 20 * MINUTE
    await digests.tick()
    assert "Sent 20 min late: the bot was not running" in said(site)


class Away(Subscriptions):
    """A database that is away, and then back."""

    away = True

    async def active(self) -> tuple[Subscription, ...]:
        if self.away:
            raise OSError("the database is away")
        return await super().active()


async def test_a_database_that_was_away_is_not_many_messages(site: Site) -> None:
    await site.subscribe()
    store = Store(site.store._engine)
    store.subscriptions = away = Away(store._engine)
    site.clock.now = FRIDAY - MINUTE
    digests = site.digests(store=store)
    for _ in range(9):
        await digests.tick()
        site.clock.later(MINUTE)
    away.away = False
    await digests.tick()
    assert "Sent 8 min late: something went wrong inside the bot" in said(site)


async def test_who_waited_for_many_others_says_so(site: Site) -> None:
    for _ in range(6):
        await site.subscribe()

    class Slowly(Steps):
        def __call__(self, name: str) -> None:
            if name == "settled":
                site.clock.later(2 * MINUTE)

    site.clock.now = FRIDAY
    await site.digests(step=Slowly()).tick()
    *_, last = site.local.messages(BILLING_FLOOR)
    assert "late: many messages were due before it" in str(last.blocks)
