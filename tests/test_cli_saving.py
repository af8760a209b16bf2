"""`/report` in the terminal: figures as JSON, and files where `--out` says."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import json
import re
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from bot import cli_ask
from bot.app import Tempo, asking
from bot.cli import cli
from bot.cli_ask import ask_once
from bot.demo.centre import Centre
from bot.demo.centre_organisation import Queue
from bot.demo.centre_visits import Outcome, Visit, epoch_ms
from bot.demo.faults import DETAILS_QUERY
from bot.demo.world import World, world
from bot.errors import BadWord
from tests.test_cli import run

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

BILLING = Queue.named("Billing")
NUMBER = 250
VERY_FAST = Tempo(clock=lambda: time.monotonic() * 2_000, sleep=lambda seconds: asyncio.sleep(seconds / 2_000))
WEEK = "/report conversations billing last-7-days"


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """The working directory of the command."""
    return tmp_path


@pytest.fixture
async def stage() -> AsyncIterator[World]:
    """A call every ten minutes, up to the day before yesterday."""
    last = epoch_ms(datetime.now(UTC) - timedelta(days=2))
    visits = [
        Visit(
            conversation_id=f"c{each:04}",
            queue_id=BILLING.id,
            offered_ms=last - each * 600_000,
            outcome=Outcome.ABANDONED,
            wait_ms=9_000,
        )
        for each in range(NUMBER)
    ]
    async with world(now=lambda: datetime.now(UTC), commands=(), centre=Centre.of([BILLING], visits)) as running:
        yield running


def conversations(path: Path) -> set[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row["Conversation"] for row in csv.DictReader(file)}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_a_report_as_json_has_the_promised_shape(here: Path, stage: World) -> None:
    done = await run(here, "ask", "/report billing last-7-days abandoned asa", "--json", **stage.genesys_environment)
    told = json.loads(done.out)
    assert (done.code, done.err) == (0, "")
    assert (told["command"], told["group_by"], told["metrics"]) == (
        "report",
        ["queue", "media"],
        ["abandoned", "asa_seconds"],
    )
    assert told["period"]["timezone"] == "Europe/London"
    assert told["rows"] == [
        {"group": {"queue": "Billing", "media": "voice"}, "values": {"abandoned": NUMBER, "asa_seconds": None}}
    ]


async def test_an_export_is_written_where_it_should_and_takes_the_place_of_what_was_there(
    here: Path, stage: World
) -> None:
    (here / "all.csv").write_text("of last week")
    done = await run(here, "ask", WEEK, "--out", "all.csv", **stage.genesys_environment)
    assert (done.code, done.err) == (0, "")
    assert names(here) == ["all.csv", "all.csv.manifest.json"]
    assert conversations(here / "all.csv") == {f"c{each:04}" for each in range(NUMBER)}
    told = json.loads((here / "all.csv.manifest.json").read_bytes())
    digest = hashlib.sha256((here / "all.csv").read_bytes()).hexdigest()
    assert (told["complete"], told["rows"], told["files"][0]["sha256"]) == (True, NUMBER, digest)
    said = " ".join(done.out.split())
    assert said.startswith(f"{NUMBER} rows in all.csv Complete. How it was made: all.csv.manifest.json")
    assert digest in done.out.replace("\n", "")


async def test_a_script_reads_what_was_written(here: Path, stage: World) -> None:
    done = await run(here, "ask", WEEK, "--out", "all.json", "--json", **stage.genesys_environment)
    told = json.loads(done.out)
    assert (done.code, told["file"], told["manifest"]) == (0, "all.json", "all.json.manifest.json")
    assert (told["rows"], told["complete"], told["missing"]) == (NUMBER, True, None)
    assert told["sha256"] == hashlib.sha256((here / "all.json").read_bytes()).hexdigest()
    assert len(json.loads((here / "all.json").read_bytes())) == NUMBER


async def test_a_terminal_shows_how_far_an_export_is_and_a_pipe_stays_clean(here: Path, stage: World) -> None:
    stage.faults.set("slow", delay_seconds=0.3, prefix=DETAILS_QUERY)
    done = await run(here, "ask", WEEK, "--out", "all.csv", FORCE_COLOR="1", **stage.genesys_environment)
    assert done.code == 0
    assert "Finding out how much there is" in done.err
    assert "Fetching conversations: 0 %" in done.err
    assert "Fetching" not in done.out


async def test_an_incomplete_export_says_what_is_missing_and_exits_with_1(
    here: Path, stage: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli_ask, "asking", partial(asking, tempo=VERY_FAST))
    stage.faults.set("server_error", after=2, prefix=DETAILS_QUERY)
    arguments = ["ask", WEEK, "--out", str(here / "all.csv")]
    done = await asyncio.to_thread(CliRunner().invoke, cli, arguments, env=stage.genesys_environment)
    assert done.exit_code == 1
    said = " ".join(done.output.split())
    assert "100 rows in" in said
    assert "Not everything is in the file." in said
    assert "Genesys Cloud reported a failure of its own" in said
    assert len(conversations(here / "all.csv")) == 100
    assert json.loads((here / "all.csv.manifest.json").read_bytes())["complete"] is False


async def test_a_table_is_written_as_its_ending_says(here: Path, stage: World) -> None:
    done = await run(here, "ask", "/report billing last-7-days by day", "--out", "t.json", **stage.genesys_environment)
    assert done.code == 0
    rows = json.loads((here / "t.json").read_bytes())
    assert (rows[-1]["day"], rows[-1]["abandoned"]) == ("Total", NUMBER)
    assert json.loads((here / "t.json.manifest.json").read_bytes())["rows"] == len(rows) - 1


@pytest.mark.parametrize(
    ("text", "out", "said"),
    [
        pytest.param(WEEK, "all.xlsx", "a file ending in .csv or .json", id="another ending"),
        pytest.param(WEEK, "nowhere/all.csv", "nowhere” is not a folder that is there", id="no such folder"),
        pytest.param("/sla billing", "all.csv", "only /report writes files", id="a command that writes none"),
    ],
)
async def test_a_file_in_vain_is_told_before_anything_is_asked(here: Path, text: str, out: str, said: str) -> None:
    with pytest.raises(BadWord, match=re.escape(said)):
        await ask_once(text, {}, out=here / out)
    assert names(here) == []


async def test_a_disk_that_does_not_take_the_file_is_told_in_a_sentence(here: Path, stage: World) -> None:
    (here / "all.csv").mkdir()
    (here / "all.csv" / "something").touch()
    done = await run(here, "ask", WEEK, "--out", "all.csv", **stage.genesys_environment)
    assert done.code == 1
    assert done.err.startswith("The file could not be written: ")
    assert names(here) == ["all.csv"]
