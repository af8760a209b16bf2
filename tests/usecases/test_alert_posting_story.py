"""Whatever happens, in whatever order: in the end each alert is in Slack once, says the latest, and has its thread."""

from __future__ import annotations

import asyncio
import shutil
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.demo.slack_faults import Drop, Fault
from bot.demo.slack_people import BILLING_FLOOR, SERVICE_DESK
from bot.store.schema import migrate
from tests.usecases.digest_site import Steps, keys_in
from tests.usecases.posting_site import POST, SECOND, UPDATE, PostingSite, ended, posting_site

if TYPE_CHECKING:
    from pathlib import Path

    from bot.domain.alerts.states import Bulletin

POSTS = ("claimed", "composed", "sending", "posted", "looked", "settled", "postponed")
STEPS = (*POSTS, *(f"line {step}" for step in POSTS), "edit composed", "edited", "edit settled")
FAULTS = (
    Fault(drop=Drop.BEFORE),
    Fault(drop=Drop.AFTER),
    Fault(error="internal_error", took_effect=True),
    Fault(error="service_unavailable"),
    Fault(status=429, retry_after=timedelta(seconds=20)),
    Fault(status=502),
    Fault(error="something_new"),
)

Happening = tuple[str, str | int | tuple[str, Fault]]
HAPPENINGS = st.one_of(
    st.tuples(st.just("fires"), st.sampled_from([BILLING_FLOOR, SERVICE_DESK])),
    st.tuples(st.just("says"), st.integers(0, 5)),
    st.tuples(st.just("line"), st.integers(0, 5)),
    st.tuples(st.just("fault"), st.tuples(st.sampled_from([POST, UPDATE]), st.sampled_from(FAULTS))),
    st.tuples(st.just("dies"), st.sampled_from(STEPS)),
    st.tuples(st.just("sends"), st.just(0)),
    st.tuples(st.just("later"), st.sampled_from([1, 40, 100, 4000])),
)


class Story:
    """What was wanted, beside what was done."""

    def __init__(self, site: PostingSite) -> None:
        self._site = site
        self._bulletins: list[Bulletin] = []
        self._says: dict[str, str] = {}
        self._lines: dict[str, list[str]] = {}
        self._number = 0

    async def goes_on(self, what: str, how: object) -> None:
        site = self._site
        self._number += 1
        if what == "fires":
            bulletin = await site.fires("0", channel=str(how))
            self._bulletins.append(bulletin)
            self._says[bulletin.id], self._lines[bulletin.id] = "0", []
        elif what in {"says", "line"} and isinstance(how, int) and how < len(self._bulletins):
            bulletin, text = self._bulletins[how], str(self._number)
            if what == "says":
                await site.says(bulletin, text)
                self._says[bulletin.id] = text
            else:
                await site.says_in_thread(bulletin, text)
                self._lines[bulletin.id].append(text)
        elif what == "fault" and isinstance(how, tuple):
            site.local.faults.add(how[0], how[1], times=1)
        elif what == "dies":
            await ended(site.posting(step=Steps(die_after=str(how))))
        elif what == "sends":
            await site.posting().send()
        elif what == "later" and isinstance(how, int):
            site.clock.later(how * SECOND)
        site.clock.later(SECOND)

    async def ends_well(self) -> None:
        site = self._site
        site.local.faults.clear()
        posting = site.posting()
        for _ in range(6):
            site.clock.later(timedelta(minutes=11))
            await posting.send()
        assert set(keys_in(site.local).values()) <= {1}
        for bulletin in self._bulletins:
            now = await site.as_now(bulletin)
            message = site.local.workspace.messages[now.channel, now.ts]
            assert message.text == f"{self._says[bulletin.id]} Billing"
            assert site.thread(now) == self._lines[bulletin.id]


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file, since who dies in the middle of a question takes a database in memory along."""
    path = tmp_path_factory.mktemp("story") / "migrated.db"
    asyncio.run(migrate(f"sqlite:///{path}"))
    return path


@settings(max_examples=25)
@given(happenings=st.lists(HAPPENINGS, max_size=25))
def test_every_story_ends_well(migrated: Path, happenings: list[Happening]) -> None:
    path = migrated.with_name(f"{uuid.uuid4().hex}.db")
    shutil.copy(migrated, path)

    async def told() -> None:
        async with posting_site(url=f"sqlite:///{path}") as site:
            story = Story(site)
            for what, how in happenings:
                await story.goes_on(what, how)
            await story.ends_well()

    asyncio.run(told())
