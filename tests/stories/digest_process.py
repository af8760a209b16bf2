"""Sends digests in processes of its own, each of which can be killed.

Started once, it has everything loaded; each line on its standard input, a `Run` as JSON, makes it fork a process that
looks after digests until it is killed. Lines on standard output: `started <pid>`, `ticked` after each look, and
`ended <pid>`.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.domain.ids import TeamId
from bot.files.csv_file import Separator
from bot.slack.outward import slack_client
from bot.store.database import open_store
from bot.usecases.digests.engine import Digests
from bot.usecases.digests.files import DigestFiles
from bot.usecases.digests.letters import Letters
from bot.usecases.table_files import TableFiles
from tests.usecases.digest_site import asking, places_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.ids import UserId
    from bot.usecases.digests.words import Word

HASTE = 20
"""How much faster than real ones the seconds of leases and pace pass."""
IMPATIENCE = 200
"""How much shorter everything is that is waited for."""
PER_MINUTE = 100_000
GRACE = timedelta(days=2)
"""Each restart costs a lease; this is about kills, not about lateness."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one process needs to know."""

    genesys: str
    slack: str
    token: str
    database: str
    ahead_seconds: float
    """Of this machine's clock, is the time in which the process lives."""
    step: str = ""
    """The process kills itself right after it has done this step so many `times`; empty: never."""
    times: int = 1

    @property
    def line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"


def say(line: str) -> None:
    os.write(sys.stdout.fileno(), f"{line}\n".encode())


async def send(run: Run) -> None:
    """Look after digests, for ever."""
    left = run.times

    def now() -> datetime:
        return datetime.fromtimestamp(time.time() + run.ahead_seconds, UTC)

    async def sleep(seconds: float) -> None:
        await asyncio.sleep(seconds / IMPATIENCE)

    async def tell_owner(_: UserId, words: Sequence[Word]) -> bool:
        say(f"told {len(words)}")
        return True

    def step(name: str) -> None:
        nonlocal left
        left -= name == run.step
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(slack_client(run.token, base_url=run.slack))
        store = await stack.enter_async_context(open_store(run.database))
        ask = await stack.enter_async_context(asking(run.genesys, now))
        identity = await slack.identity()
        places = places_of(store, ask, slack, identity.team_id, now)
        files = DigestFiles(
            slack,
            identity,
            subscriptions=store.subscriptions,
            deliveries=store.deliveries,
            ask=ask,
            places=places,
            tables=TableFiles(separator=Separator.COMMA),
            now=now,
            sleep=sleep,
            step=step,
        )
        digests = Digests(
            slack,
            identity,
            store=store,
            letters=Letters(ask, places, team=TeamId(identity.team_id)),
            files=files,
            tell_owner=tell_owner,
            now=now,
            clock=lambda: time.monotonic() * HASTE,
            sleep=sleep,
            grace=GRACE,
            per_minute=PER_MINUTE,
            step=step,
        )
        while True:
            await digests.tick()
            if digests._filing:
                await asyncio.wait({digests._filing})
            say("ticked")
            await asyncio.sleep(0.02)


def main() -> None:
    """Fork a process for each line; the last one ends with this one."""
    alive = 0
    for line in sys.stdin:
        run = Run(**json.loads(line))
        alive = os.fork()
        if not alive:
            asyncio.run(send(run))
            os._exit(1)
        say(f"started {alive}")
        os.waitpid(alive, 0)
        say(f"ended {alive}")


if __name__ == "__main__":
    main()
