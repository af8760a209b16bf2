"""The page about the figures lists the metrics that there are."""

from __future__ import annotations

from pathlib import Path

from bot.domain.metrics import METRICS, Better, Metric

PAGE = (Path(__file__).parents[1] / "docs" / "figures.md").read_text(encoding="utf-8")
BETTER = {Better.MORE: "more", Better.LESS: "less", Better.NEITHER: "–"}


def line(metric: Metric) -> str:
    formula = metric.formula.replace(" / ", " ÷ ").replace(" - ", " − ")
    return f"| {metric.title} | `{metric.words[0]}` | {formula} | {metric.unit.value} | {BETTER[metric.better]} |"


def test_every_metric_stands_on_the_page_with_formula_unit_and_direction_and_no_other() -> None:
    _, _, rest = PAGE.partition("| Figure | Word | Formula | Unit | Better |\n|---|---|---|---|---|\n")
    assert rest.partition("\n\n")[0].splitlines() == [line(metric) for metric in METRICS]
