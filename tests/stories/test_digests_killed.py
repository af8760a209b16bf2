"""The process that sends digests is killed at each step and at any instant: none lost, none doubled."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.demo.slack_people import BILLING_FLOOR
from bot.domain.deliveries import FileStage, Stage
from bot.store.schema import migrate
from bot.usecases.digests.leases import LEASE
from tests.stories.digest_process import Run
from tests.usecases.digest_site import FRIDAY, Clock, Site, digest_site, order

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.domain.subscriptions import Subscription

ROOT = Path(__file__).parents[2]
DELIVERIES, CHANNELS, WITH_FILES = 200, 40, 8
STEPS = ("claimed", "composed", "sending", "posted", "settled")
FILE_STEPS = ("file claimed", "file uploaded", "file settled")
LAPSED = max(LEASE, timedelta(minutes=5)) + timedelta(seconds=1)
"""After that nobody has a claim on a message or a file any more."""
INSTANTS = 16
"""At most so many kills that nobody planned."""

PAIRS = 8
"""At most so many kills of two processes."""


class Ahead(Clock):
    """Real time, some days ahead, and further with each restart."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds_ahead = (FRIDAY + timedelta(seconds=10)).timestamp() - time.time()

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(time.time() + self.seconds_ahead, UTC)

    def later(self, by: timedelta) -> None:
        self.seconds_ahead += by.total_seconds()


@dataclass(kw_only=True, eq=False)
class Sender:
    """What starts the processes."""

    process: asyncio.subprocess.Process
    site: Site
    clock: Ahead
    database: str
    genesys: str

    async def start(self, step: str = "", times: int = 1) -> int:
        """The id of a new process. The caller sees to it that the claims of those before it have lapsed."""
        run = Run(
            genesys=self.genesys,
            slack=self.site.local.base_url,
            token=self.site.local.tokens.bot,
            database=self.database,
            ahead_seconds=self.clock.seconds_ahead,
            step=step,
            times=times,
        )
        assert self.process.stdin
        self.process.stdin.write(run.line)
        word, pid = (await self.line()).split()
        assert word == "started"
        return int(pid)

    async def line(self) -> str:
        assert self.process.stdout
        return (await self.process.stdout.readline()).decode().strip()

    async def until(self, *beginnings: str) -> str:
        """The next line that begins so; an end of the output is a failure."""
        while line := await self.line():
            assert not line.startswith("told")
            if line.startswith(beginnings):
                return line
        raise AssertionError("the sender ended")

    async def kill(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)
        await self.until("ended")


@asynccontextmanager
async def sender(site: Site, clock: Ahead, database: str) -> AsyncIterator[Sender]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.stories.digest_process",
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield Sender(process=process, site=site, clock=clock, database=database, genesys=site.genesys_url)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def subscribed(site: Site, channels: list[str], number: int, *, csv: bool = False) -> list[Subscription]:
    return [await site.subscribe(order(csv=csv), channel=channels[each % CHANNELS]) for each in range(number)]


def sent(site: Site) -> int:
    return sum(site.keys().values())


async def killed_at(sender: Sender, step: str, times: int) -> bool:
    """Whether it came to that step; else the process is ended when there is nothing left to do."""
    sender.clock.later(LAPSED)
    pid = await sender.start(step, times)
    if (await sender.until("ended", "ticked")).startswith("ended"):
        return True
    await sender.kill(pid)
    return False


async def killed_at_any_instant(chance: random.Random, *senders: Sender) -> None:
    """One process of each, beside each other, ended one after the other."""
    site = senders[0].site
    senders[0].clock.later(LAPSED)
    pids = {sender: await sender.start() for sender in senders}
    enough = sent(site) + chance.randrange(10)
    looked = {sender: asyncio.create_task(sender.until("ticked", "ended")) for sender in senders}
    for sender, pid in pids.items():
        while sent(site) < enough and not looked[sender].done():  # noqa: ASYNC110  nobody tells of a post
            await asyncio.sleep(0.001)
        await asyncio.sleep(chance.random() / 100)
        os.kill(pid, signal.SIGKILL)
        enough += chance.randrange(10)
    for sender in senders:
        if not (await looked[sender]).startswith("ended"):
            await sender.until("ended")


async def left_to_finish(sender: Sender) -> None:
    for _ in range(2):  # the first finishes, the second sees that nothing is left
        sender.clock.later(LAPSED)
        pid = await sender.start()
        await sender.until("ticked")
        await sender.kill(pid)


@pytest.mark.timeout(300)
async def test_a_process_killed_at_any_instant_loses_no_digest_and_doubles_none(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    clock, database = Ahead(), f"sqlite:///{tmp_path}/bot.db"
    await migrate(database)
    async with digest_site(url=database, clock=clock, pace=None) as site, sender(site, clock, database) as processes:
        channels = [BILLING_FLOOR, *site.add_channels(CHANNELS - 1)]
        plain = await subscribed(site, channels, DELIVERIES - WITH_FILES)
        died = Counter({step: await killed_at(processes, step, chance.randint(1, 6)) for step in STEPS})
        died["looked"] += await killed_at(processes, "looked", 1)
        for _ in range(INSTANTS):
            if sent(site) == len(plain):
                break
            await killed_at_any_instant(chance, processes)
            died["any instant"] += 1
        with_files = await subscribed(site, channels, WITH_FILES, csv=True)
        died.update({step: await killed_at(processes, step, chance.randint(1, 2)) for step in FILE_STEPS})
        await left_to_finish(processes)
        print(f"killed at {+died}")
        assert site.keys() == {f"{one.id}:{FRIDAY.date()}": 1 for one in plain + with_files}
        for subscription in plain + with_files:
            entry = await site.entry(subscription)
            assert entry.stage is Stage.SENT
            assert (entry.channel, entry.ts) in site.local.workspace.messages
            assert entry.file is (FileStage.SENT if subscription in with_files else FileStage.NONE)
        files = Counter(message.thread_ts for message in site.local.workspace.messages.values() if message.files)
        assert len(files) == WITH_FILES
        assert set(files.values()) == {1}
        assert all(died[step] for step in STEPS + FILE_STEPS)


@pytest.mark.timeout(300)
async def test_two_processes_on_one_database_are_killed_and_send_each_digest_once(database_url: str, seed: int) -> None:
    chance, clock = random.Random(seed), Ahead()
    await migrate(database_url)
    async with (
        digest_site(url=database_url, clock=clock, pace=None) as site,
        sender(site, clock, database_url) as one,
        sender(site, clock, database_url) as two,
    ):
        channels = [BILLING_FLOOR, *site.add_channels(CHANNELS - 1)]
        subscriptions = await subscribed(site, channels, DELIVERIES // 2)
        kills = 0
        while kills < PAIRS and sent(site) < len(subscriptions):
            await killed_at_any_instant(chance, one, two)
            kills += 1
        await left_to_finish(one)
        print(f"both killed {kills} times")
        assert site.keys() == {f"{subscription.id}:{FRIDAY.date()}": 1 for subscription in subscriptions}
        assert kills
