"""`sla-bot backtest` from the outside: rows in, lines of JSON out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from bot.cli import cli
from bot.cli_words import explanation
from bot.errors import BotError

if TYPE_CHECKING:
    from collections.abc import Iterator

SLA_BOT = Path(sys.executable).with_name("sla-bot")
LONDON = ZoneInfo("Europe/London")
MONDAY = datetime(2026, 2, 2, 9, tzinfo=LONDON)
"""Eight weeks on, the clocks have gone forward."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    code: int
    out: str
    err: str

    @property
    def alerts(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


def run(here: Path, *arguments: str, given: str = "", **environment: str) -> Done:
    """In this process: starting one takes longer than all the rest."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(here)
        patch.delenv("BOT_TIMEZONE", raising=False)
        done = CliRunner().invoke(cli, ["backtest", *arguments], input=given, env=environment | {"COLUMNS": "200"})
    if isinstance(done.exception, BotError):
        return Done(code=1, out=done.stdout, err=explanation(done.exception))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return Done(code=done.exit_code, out=done.stdout, err=done.stderr)


def rows() -> Iterator[dict[str, Any]]:
    """Nine Mondays of two queues, busy at ten by the clock; on the last day Billing stops answering at one."""
    for week in range(9):
        for number in range(32):
            start = datetime.combine((MONDAY + timedelta(weeks=week)).date(), MONDAY.time(), LONDON).astimezone(UTC)
            start += timedelta(minutes=15 * number)
            for queue in ("Billing", "Verkäufe"):
                late = 25 if number in range(4, 8) else 3 + (number + week) % 3
                if queue == "Billing" and week == 8 and number in range(16, 22):
                    late = 38
                yield {
                    "queue": queue,
                    "start": f"{start:%Y-%m-%dT%H:%M:%SZ}",
                    "minutes": 15,
                    "offered": 40,
                    "answered": 40,
                    "abandoned": 0,
                    "answered_within_20": 40 - late,
                }


def without(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {field: value for field, value in row.items() if field != name}


def text(lines: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(line) + "\n" for line in lines)


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A working directory with the rows in it."""
    (tmp_path / "rows.jsonl").write_text(text(list(rows())))
    return tmp_path


FOUND = [{"queue": "Billing", "at": "2026-03-30T12:30:00Z"}]
"""The second row after one o'clock, British Summer Time, has ended."""
ZONE = ("--timezone", "Europe/London")


def test_an_alarm_that_begins_is_a_line_with_the_row_s_end(here: Path) -> None:
    done = run(here, "rows.jsonl", *ZONE)
    assert (done.code, done.alerts) == (0, FOUND)
    assert done.err == "1 alert in 576 rows of 2 queues, 8.0 weeks.\n"


def test_as_a_process_it_reads_a_pipe_and_keeps_its_words_apart_from_the_lines(here: Path) -> None:
    done = subprocess.run(  # noqa: S603
        [SLA_BOT, "backtest", "-", *ZONE],
        cwd=here,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
        input=text(list(rows())).encode(),
        capture_output=True,
        check=False,
        timeout=100,
    )
    assert (done.returncode, json.loads(done.stdout)) == (0, FOUND[0])
    assert done.stderr.startswith(b"1 alert in ")


def test_rows_may_come_from_standard_input_and_alerts_go_to_a_file(here: Path) -> None:
    done = run(here, "-", "--out", "alerts.jsonl", *ZONE, given=text(list(rows())))
    assert (done.code, done.out) == (0, "")
    assert [json.loads(line) for line in (here / "alerts.jsonl").read_text().splitlines()] == FOUND


def test_the_zone_may_be_the_setting(here: Path) -> None:
    assert run(here, "rows.jsonl", BOT_TIMEZONE="Europe/London").alerts == FOUND


def test_in_the_wrong_zone_the_busy_hour_of_the_week_after_the_clock_change_looks_unusual(here: Path) -> None:
    assert len(run(here, "rows.jsonl").alerts) > 1


@pytest.mark.parametrize("order", ["by queue", "backwards"])
def test_the_order_of_the_rows_does_not_matter(here: Path, order: str) -> None:
    lines = sorted(rows(), key=lambda row: row["queue"]) if order == "by queue" else list(rows())[::-1]
    assert run(here, "-", *ZONE, given=text(lines)).alerts == FOUND


def test_a_listed_holiday_is_not_judged(here: Path) -> None:
    (here / "holidays.txt").write_text("# Bank holidays\n\n2026-03-30  # not really\n")
    assert run(here, "rows.jsonl", *ZONE, "--holidays", "holidays.txt").alerts == []


def test_rows_that_come_twice_count_once(here: Path) -> None:
    done = run(here, "-", *ZONE, given=text([row for row in rows() for _ in range(2)]))
    assert done.alerts == FOUND
    assert done.err.endswith("576 repeated rows were left out.\n")


@pytest.mark.parametrize(
    ("lines", "alerts", "why"),
    [
        ([row | {"answered_within_45": row["answered"]} for row in rows()], 1, "two thresholds, of which 20 counts"),
        (
            [
                {"queue": row["queue"], "start": row["start"], "answered_within_30": row["answered_within_20"]}
                | {"answered": 40, "abandoned": 0}
                for row in rows()
            ],
            1,
            "another threshold, and no offered contacts",
        ),
        ([row | {"waiting_at_end": None, "oldest_wait_at_end_s": None} for row in rows()], 1, "nobody looked"),
        ([without(row, "answered_within_20") for row in rows()], 0, "nothing is known of misses"),
        (
            [
                {"queue": row["queue"], "start": row["start"], "offered": 3 if row["answered_within_20"] == 2 else 40}
                for row in rows()
            ],
            1,
            "only offered contacts, which stay away",
        ),
        (
            [
                without(row, "answered_within_20")
                | ({"answered": 20, "abandoned": 20} if row["answered_within_20"] == 2 else {})
                for row in rows()
            ],
            1,
            "no short abandons, and half of the callers give up",
        ),
    ],
)
def test_rows_may_have_some_of_the_fields(here: Path, lines: list[dict[str, Any]], alerts: int, why: str) -> None:
    done = run(here, "-", *ZONE, given=text(lines))
    assert (done.code, [alert["queue"] for alert in done.alerts]) == (0, ["Billing"] * alerts), why


def test_a_medium_is_told_where_rows_have_one(here: Path) -> None:
    lines = [row | {"media": "voice"} for row in rows()]
    assert run(here, "-", *ZONE, given=text(lines)).alerts == [FOUND[0] | {"media": "voice"}]


@pytest.mark.parametrize("rule", ["unusual", "unusual quiet", "unusual SENSITIVE"])
def test_presets_are_words(here: Path, rule: str) -> None:
    at = "2026-03-30T12:45:00Z" if rule.endswith("quiet") else FOUND[0]["at"]
    assert run(here, "rows.jsonl", *ZONE, "--rule", rule).alerts == [{"queue": "Billing", "at": at}]


@pytest.mark.parametrize("rule", ["zscore", "zscore 3", "zscore 2.5"])
def test_the_plain_rule_runs_too(here: Path, rule: str) -> None:
    assert run(here, "rows.jsonl", "--rule", rule).code == 0


@pytest.mark.parametrize(
    ("arguments", "said", "why"),
    [
        (("nowhere.jsonl",), "“nowhere.jsonl” cannot be read", "no such file"),
        ((".",), "“.” cannot be read", "a folder"),
        (("rows.jsonl", "--rule", "unusual loud"), "“loud” is not one of quiet", "no such preset"),
        (("rows.jsonl", "--rule", "unusual quiet please"), "“please” is not", "a word too many"),
        (("rows.jsonl", "--rule", "sla < 80%"), "“sla” is not a rule that can be back-tested here", "another rule"),
        (("rows.jsonl", "--rule", "zscore nan"), "“nan” is not a number", "no limit"),
        (("rows.jsonl", "--rule", "zscore 3 4"), "“4” is not", "a limit too many"),
        (("rows.jsonl", "--timezone", "Mars/Olympus"), "“Mars/Olympus” is not an IANA time zone", "no such zone"),
        (("rows.jsonl", "--timezone", "../etc/passwd"), "is not an IANA time zone", "no zone at all"),
        (("rows.jsonl", "--holidays", "none.txt"), "“none.txt” cannot be read", "no such file"),
        (("rows.jsonl", "--holidays", "rows.jsonl"), "line 1", "no dates"),
        (("rows.jsonl", "--out", "no/such/folder"), "cannot be written", "nowhere to write"),
        (("rows.jsonl", "--loud"), "--loud", "no such option"),
        (("broken.jsonl",), "Line 2: “offered”: ", "a bad line"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(here: Path, arguments: tuple[str, ...], said: str, why: str) -> None:
    (here / "broken.jsonl").write_text(
        text([*rows()][:1]) + '{"queue": "q", "start": "2026-01-01T00:00:00Z", "offered": []}\n'
    )
    done = run(here, *arguments)
    assert (done.code, done.out) == (2, ""), why
    assert said in " ".join(done.err.split())
    assert "Traceback" not in done.err


def test_a_setting_that_is_wrong_is_named(here: Path) -> None:
    done = run(here, "rows.jsonl", BOT_TIMEZONE="Mars/Olympus")
    assert done.code != 0
    assert "BOT_TIMEZONE is “Mars/Olympus”" in done.err


def test_no_rows_are_no_alerts(here: Path) -> None:
    done = run(here, "-", given="")
    assert (done.code, done.out, done.err) == (0, "", "No rows, no alerts.\n")
