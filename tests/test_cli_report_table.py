"""A table of figures in the terminal: for people, and as JSON for scripts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rich.console import Console

from bot.cli_json import report_json
from bot.cli_report_table import report_table
from bot.domain.dimensions import Label
from bot.domain.metrics import METRICS
from bot.domain.queues import Media
from tests.reports import amounts, by_agent, by_hour, by_queue, compared, every_metric, medium, nothing, row

if TYPE_CHECKING:
    from bot.domain.report import Report


def test_json_has_the_promised_shape() -> None:
    told = report_json(replace(compared(), question=replace(compared().question, metrics=("offered", "aht_seconds"))))
    assert told == {
        "command": "report",
        "group_by": ["queue", "media"],
        "metrics": ["offered", "aht_seconds"],
        "threshold_seconds": None,
        "formula": "genesys",
        "period": {"start": "2026-11-08T23:00:00Z", "end": "2026-11-15T23:00:00Z", "timezone": "Europe/Paris"},
        "compared_with": {"start": "2026-11-01T23:00:00Z", "end": "2026-11-08T23:00:00Z", "timezone": "Europe/Paris"},
        "as_of": "2026-11-21T08:30:00Z",
        "rows": [
            {
                "group": {"queue": "Billing", "media": "voice"},
                "values": {"offered": 1240, "aht_seconds": 360.0},
                "previous": {"offered": 1000, "aht_seconds": 360.0},
            },
            {
                "group": {"queue": "Claims", "media": "email"},
                "values": {"offered": 310, "aht_seconds": 360.0},
                "previous": None,
            },
        ],
        "total": {
            "values": {"offered": 1550, "aht_seconds": 360.0},
            "previous": {"offered": 1000, "aht_seconds": 360.0},
        },
    }


def test_json_says_null_where_there_is_nothing_to_divide_by_and_hours_by_when_they_begin() -> None:
    values = report_json(every_metric())["rows"][2]["values"]
    assert (values["service_level"], values["aht_seconds"], values["abandoned"]) == (None, None, 0)
    told = report_json(by_hour())
    assert "previous" not in told["rows"][0]
    assert told["rows"][0]["group"] == {"hour": "2026-11-09T08:00:00+01:00"}
    assert told["rows"][0]["values"]["service_level"] == 0.625


def printed(report: Report, width: int = 100) -> str:
    console = Console(width=width, color_system=None)
    with console.capture() as captured:
        for part in report_table(report):
            console.print(part)
    return captured.get()


def test_the_terminal_shows_the_same_figures_and_never_reads_names_as_markup() -> None:
    told = printed(by_queue())
    assert "Billing and Claims: 1,550 offered, service level 78.8 %" in told
    total = "Total 1,550 1,418 78.8 % 108 5.6 % 18 s 360 s"
    assert total in [" ".join(line.split()) for line in told.splitlines()]
    odd = replace(by_agent(), rows=(row((Label("a", "[red]x[/]"), medium(Media.VOICE)), amounts(1, 1, 1)),))
    assert "[red]x[/]" in printed(odd)
    assert "Against Mon 2 – Sun 8 Nov 2026: offered ▲ 55.0 %" in printed(compared(), 160)
    assert "nothing happened, last week" in printed(nothing())


def test_figures_are_never_cut_however_many_there_are() -> None:
    told = printed(every_metric(), 80)
    assert "…" not in told
    assert all(metric.title.split()[-1] in told for metric in METRICS)
    assert told.count("Total ") == 3
    changes = printed(compared(), 80)
    assert "…" not in changes
    assert all(change in changes for change in ("▲ 24.0 %", "▼ 5.9 pp", "+1.1 pp"))
