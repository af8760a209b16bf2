"""A month of a simulated centre, exported by a process of its own: memory, speed, delays of the loop, and truth."""

from __future__ import annotations

import asyncio
import csv
import json
import random
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.demo.centre_bulk import BulkCentre
from bot.demo.centre_visits import Outcome

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import date

    from bot.demo.centre_organisation import Organisation
    from bot.demo.centre_visits import Visit

pytestmark = [pytest.mark.benchmark, pytest.mark.long, pytest.mark.timeout(600)]

HERE = Path(__file__).parent
DAYS = 31
SMALL, LARGE = 100_000, 1_000_000
SAMPLE = 1_000
"""Conversations whose rows are compared cell by cell."""


@asynccontextmanager
async def running(script: str, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that ends with its standard input."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(HERE / script), *arguments, stdin=pipe, stdout=pipe, limit=2**24
    )
    try:
        yield process
    finally:
        if process.stdin:
            process.stdin.close()
        await asyncio.wait_for(process.wait(), 60)


async def told(process: asyncio.subprocess.Process) -> dict[str, Any]:
    assert process.stdout
    return dict(json.loads(await process.stdout.readline()))


async def order(process: asyncio.subprocess.Process, **what: Any) -> dict[str, Any]:
    assert process.stdin
    process.stdin.write(json.dumps(what).encode() + b"\n")
    await process.stdin.drain()
    return await told(process)


def a_month_ago() -> date:
    """So that the whole of it is long over, whenever this runs."""
    return (datetime.now(UTC) - timedelta(days=DAYS + 9)).date()


def expected_cells(organisation: Organisation, visit: Visit) -> tuple[str, ...]:
    """A row as raw traffic has it, by the titles of `COMPARED`."""
    handled = visit.agent_id is not None
    return (
        visit.conversation_id,
        next(queue.name for queue in organisation.queues if queue.id == visit.queue_id),
        visit.outcome.value.replace("_", "-"),
        next((agent.name for agent in organisation.agents if agent.id == visit.agent_id), ""),
        "" if visit.outcome is Outcome.OUTBOUND else str(visit.wait_ms / 1000),
        str(visit.talk_ms / 1000) if handled else "",
        str(visit.hold_ms / 1000) if handled else "",
        str(visit.acw_ms / 1000) if handled else "",
        next((code.name for code in organisation.wrap_up_codes if code.id == visit.wrap_up_id), ""),
    )


COMPARED = (
    "Conversation",
    "Queue",
    "Outcome",
    "Agent",
    "Wait (s)",
    "Talk (s)",
    "Hold (s)",
    "After-call work (s)",
    "Wrap-up code",
)


def assert_true(path: Path, centre: BulkCentre, size: int) -> int:
    """Every conversation is there, in order, with no row twice; a sample is right in every cell. Returns the rows."""
    chosen = {0, size - 1, *random.Random(size).sample(range(size), SAMPLE)}
    found: dict[int, list[tuple[str, ...]]] = {number: [] for number in chosen}
    rows, latest, queue = 0, -1, ""
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            rows += 1
            number = int(row["Conversation"][:8], 16)
            assert number == latest + 1 or (number == latest and row["Queue"] != queue)
            latest, queue = number, row["Queue"]
            if number in chosen:
                found[number].append(tuple(row[title] for title in COMPARED))
    assert latest == size - 1
    for number in chosen:
        assert found[number] == [expected_cells(centre.organisation, visit) for visit in centre.conversation(number)]
    return rows


async def test_a_month_is_exported_with_flat_memory(report: Any, tmp_path: Path) -> None:
    start = a_month_ago()
    above: dict[int, float] = {}
    plain = 0.0
    for size in (SMALL, LARGE):
        async with running("run_bulk_centre.py", str(size), start.isoformat(), str(DAYS)) as platform:
            where = {**await told(platform), "start": start.isoformat(), "days": DAYS, "folder": str(tmp_path)}
            if not plain:  # its speed is the same for any size
                async with running("run_export.py") as loop:
                    thrown = await order(loop, **where, throw_away=True)
                    assert thrown["conversations"] >= size
                    plain = size / thrown["seconds"]
            async with running("run_export.py") as exporting:
                made = await order(exporting, **where)
                assert made["missing"] == ""
                assert made["conversations"] == size
                assert made["rows"] == await asyncio.to_thread(
                    assert_true, Path(made["path"]), BulkCentre(size, start=start, days=DAYS), size
                )
        above[size] = made["peak"] - made["idle"]
        speed, late = size / made["seconds"], made["late"]
        named = f"export of {size:,}"
        report(f"{named}: peak memory above idle", above[size], "MiB", bound=150)
        report(f"{named}: 10,000 conversations take", 1e7 / speed, "ms", bound=round(2e7 / plain))
        report(f"{named}: times as long as throwing the pages away", plain / speed, "times", bound=2)
        report(f"{named}: event loop late, p99", late[len(late) * 99 // 100], "ms", bound=20)
        report(f"{named}: event loop late, worst", late[-1], "ms", bound=200)
    assert above[LARGE] < 150
    assert above[LARGE] < above[SMALL] + 40, "memory grows with the export"
