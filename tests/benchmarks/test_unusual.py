"""How well the rules do in generated traffic of the whole size, and how fast a year of rows is replayed.

pytest -n 0 -m benchmark tests/benchmarks/test_unusual.py
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.cli_backtest import read_backtest, run_backtest
from bot.domain.alerts.rules import Preset
from bot.domain.alerts.slots import Slots
from bot.domain.alerts.unusual import Detector
from bot.domain.alerts.zscore import ZScore
from tests.detection import score
from tests.world import ZONE, World, build

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.domain.alerts.replay import Judge
    from tests.benchmarks.conftest import Report

pytestmark = [pytest.mark.benchmark, pytest.mark.long, pytest.mark.timeout(1800)]

SEEDS = (11, 12, 13, 14)
BOUNDS = {
    "unusual default": (0.75, 0.40, 0.15, 60),
    "unusual sensitive": (0.80, 0.60, 0.25, 60),
    "unusual quiet": (0.60, 0.20, 0.08, 60),
}
"""Recall, false and unjustified alerts a queue-week, minutes. The plain z-score has none: it is there to compare."""


@pytest.fixture(scope="module")
def worlds() -> list[World]:
    return [build(seed) for seed in SEEDS]


def test_what_each_rule_finds(worlds: list[World], report: Report) -> None:
    rules: dict[str, Callable[[World], Callable[[], Judge]]] = {
        f"unusual {preset}": lambda world, preset=preset: lambda: Detector(Slots(ZONE), preset, world.holidays)
        for preset in Preset
    }
    rules["zscore 2"] = lambda _: ZScore
    for name, rule in rules.items():
        found = score(worlds, rule)
        print(f"\n{name}: {found}")
        if name not in BOUNDS:
            continue
        recall, false, unjustified, delay = BOUNDS[name]
        report(
            f"{name}: material incidents overlooked, of {len(found.material)}",
            100 * (1 - found.recall),
            "%",
            bound=100 - 100 * recall,
        )
        report(f"{name}: false alarms", found.false_rate, "per week", bound=false)
        report(f"{name}: unjustified alarms", found.unjustified_rate, "per week", bound=unjustified)
        report(f"{name}: median delay", found.delay, "min", bound=delay)
        for kind in sorted({incident.kind for incident in found.material}):
            there = [incident for incident in found.material if incident.kind == kind]
            print(f"  {kind}: {sum(one in found.found for one in there)} of {len(there)}")


def test_a_year_of_forty_queues(worlds: list[World], report: Report, tmp_path: Path) -> None:
    """Sixteen weeks three times and a bit, one after the other in the order of time: 52 weeks."""
    path, weeks, rows = tmp_path / "rows.jsonl", 0, 0
    first = min(kept[0].start for kept in worlds[0].rows.values())
    with path.open("w", encoding="utf-8") as out:
        while weeks < 52:
            away = timedelta(weeks=weeks)
            part = {
                name: [
                    row._replace(start=row.start + away)
                    for row in kept
                    # The clocks change in them, so that they end an hour later in UTC than the next ones begin.
                    if row.start < first + timedelta(weeks=min(16, 52 - weeks))
                ]
                for name, kept in worlds[0].rows.items()
            }
            rows += sum(map(len, part.values()))
            out.writelines(line + "\n" for line in replace(worlds[0], rows=part).lines())
            weeks += 16
    began = time.perf_counter()
    asked = read_backtest(str(path), rule="unusual default", timezone="Europe/London", holidays=None, environment={})
    replayed = run_backtest(asked)
    assert replayed.rows == rows
    report(f"a year of 40 queues, {rows:,} rows", time.perf_counter() - began, "s", bound=40)
