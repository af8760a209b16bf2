"""The bot as a process of its own: acknowledgement under load, answers, requests, start and memory."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(300)]

HERE = Path(__file__).parent
SLA_BOT = Path(sys.executable).parent / "sla-bot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The bot and its world, each in a process."""

    bot: asyncio.subprocess.Process
    stand_ins: asyncio.subprocess.Process
    started_after: float
    """Seconds from the start of the process until it said that it runs."""

    async def order(self, **what: Any) -> dict[str, Any]:
        assert self.stand_ins.stdin
        assert self.stand_ins.stdout
        self.stand_ins.stdin.write(json.dumps(what).encode() + b"\n")
        await self.stand_ins.stdin.drain()
        return dict(json.loads(await self.stand_ins.stdout.readline()))

    def resident_mib(self) -> float:
        status = Path(f"/proc/{self.bot.pid}/status").read_text(encoding="utf-8")
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found
        return int(found[1]) / 1024


@asynccontextmanager
async def measured(folder: Path) -> AsyncIterator[Measured]:
    pipe = asyncio.subprocess.PIPE
    stand_ins = await asyncio.create_subprocess_exec(
        sys.executable, str(HERE / "run_stand_ins.py"), stdin=pipe, stdout=pipe, limit=2**22
    )
    assert stand_ins.stdout
    environment = json.loads(await stand_ins.stdout.readline())
    start = time.perf_counter()
    bot = await asyncio.create_subprocess_exec(
        str(SLA_BOT),
        "run",
        stdout=pipe,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=folder,
        env={**os.environ, **environment, "PORT": "0"},
    )
    assert bot.stdout
    said = await bot.stdout.readline()
    assert b"running" in said, said
    try:
        yield Measured(bot=bot, stand_ins=stand_ins, started_after=time.perf_counter() - start)
    finally:
        for process in (bot, stand_ins):
            if process.returncode is None:
                process.terminate()
            await asyncio.wait_for(process.wait(), 30)


async def test_the_running_bot(report: Any, tmp_path: Path):
    async with measured(tmp_path) as at:
        report("start until it receives", at.started_after, "s", bound=5)
        report("resident memory, idle", at.resident_mib(), "MiB", bound=150)
        cold = await at.order(do="answer", text="billing 30s last-week")
        assert "Billing" in cold["text"]
        report("answer, one queue, a week (traffic made on the way)", cold["ms"], "ms", bound=3000)
        await at.order(do="answer", text="all 30s yesterday")
        one = await at.order(do="answer", text="sales 30s last-week")
        report("answer, one queue, a week", one["ms"], "ms", bound=500)
        report("requests to Genesys, one queue with its comparison", one["requests"], "requests", bound=1)
        many = await at.order(do="answer", text="c*,s*,o*,b*,i* 20s last-week")
        report("answer, many queues, a week", many["ms"], "ms", bound=1500)
        report("requests to Genesys, up to a hundred queues", many["requests"], "requests", bound=1)
        again = await at.order(do="answer", text="c*,s*,o*,b*,i* 20s last-week")
        report("answer from memory", again["ms"], "ms", bound=300)
        report("requests to Genesys, asked before", again["requests"], "requests", bound=0)
        loaded = await at.order(do="burst", seconds=20, per_second=50, delay=2.0)
        acks = loaded["acks_ms"]
        assert len(acks) == 1000
        report("acknowledgement, 50 commands a second, Genesys slow: median", acks[499], "ms", bound=50)
        report("acknowledgement, 50 commands a second, Genesys slow: p99", acks[989], "ms", bound=100)
        report("acknowledgement, 50 commands a second, Genesys slow: worst", acks[-1], "ms", bound=3000)
        report("questions of that load left without an answer", 1000 - loaded["answered"], "questions", bound=0)
        # 120 different questions of two seconds each, six at a time, are forty seconds' work, begun twenty before.
        report("last answer after the last command of that load", loaded["last_answer_after"], "s", bound=40)
        report("resident memory, after the load", at.resident_mib(), "MiB", bound=250)
