"""The console command from the outside: argv and environment in; output, exit code and nothing else out."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sqlite3
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.demo.slack_desk import Command
from bot.demo.world import World, world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SLA_BOT = Path(sys.executable).with_name("sla-bot")
MANIFEST = Path(__file__).parents[1] / "manifest.yml"
INHERITED = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "COLUMNS": "80"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    code: int
    out: str
    err: str


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """The working directory of the command."""
    return tmp_path


@pytest.fixture
async def stage() -> AsyncIterator[World]:
    async with world(now=lambda: datetime.now(UTC), commands=(Command(name="/sla", description=""),)) as running:
        yield running


async def start(here: Path, *arguments: str, **environment: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        SLA_BOT,
        *arguments,
        cwd=here,
        env=INHERITED | environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def run(here: Path, *arguments: str, **environment: str) -> Done:
    process = await start(here, *arguments, **environment)
    out, err = await asyncio.wait_for(process.communicate(), timeout=30)
    assert process.returncode is not None
    done = Done(code=process.returncode, out=out.decode(), err=err.decode())
    assert "Traceback" not in done.out + done.err
    return done


def left_behind(here: Path) -> list[Path]:
    return list(here.iterdir())


def details(err: str) -> str:
    return Path(err.strip().rpartition(" ")[2]).read_text()


async def test_a_question_is_answered_with_its_basis(here: Path, stage: World) -> None:
    done = await run(here, "ask", "/sla billing 30s last-week", **stage.genesys_environment)
    assert (done.code, done.err) == (0, "")
    words = " ".join(done.out.split())
    assert re.search(r"Billing: [\d.]+ % answered within 30 s, last week", words)
    assert "answered + abandoned" in words
    assert "Europe/London" in words


async def test_table_and_json_carry_the_same_figures(here: Path, stage: World) -> None:
    table = await run(here, "ask", "/sla", "billing", "30s", "last-week", **stage.genesys_environment)
    data = json.loads((await run(here, "ask", "--json", "/sla billing 30s last-week", **stage.genesys_environment)).out)
    total = data["total"]
    assert f"{total['within']:,}/{total['denominator']:,}" in table.out
    assert total["share"] == round(total["within"] / total["denominator"], 4)
    assert data["period"]["timezone"] == "Europe/London"


async def test_this_minute_is_answered_with_its_time(here: Path, stage: World) -> None:
    done = await run(here, "ask", "/queue billing", **stage.genesys_environment)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Billing now: ")
    assert "On queue" in done.out
    assert "Europe/London" in done.out


async def test_json_of_this_minute_has_the_promised_shape(here: Path, stage: World) -> None:
    done = await run(here, "ask", "--json", "/queue", **stage.genesys_environment)
    data = json.loads(done.out)
    assert (done.code, data["command"], len(data["rows"]), data["not_reported"]) == (0, "queue", 10, [])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", data["as_of"])
    for row in data["rows"]:
        assert set(row) == {"queue", "media", "agents"}
        assert set(row["queue"]) == {"id", "name"}
        states = {"on_queue", "available", "interacting", "communicating", "not_responding", "off_queue"}
        assert set(row["agents"]) == states
        assert {"media", "waiting", "interacting", "alerting", "longest_wait_seconds"} <= set(row["media"][0])


async def test_json_stays_json_without_a_terminals_colours(here: Path, stage: World) -> None:
    done = await run(here, "ask", "--json", "/sla all yesterday", FORCE_COLOR="1", **stage.genesys_environment)
    assert "\x1b" not in done.out
    assert json.loads(done.out)["rows"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("/sla billing 30s next-week", "“next-week”", id="a word that is no part of the command"),
        pytest.param("/sal billing", "Did you mean “/sla”?", id="a command that is not there"),
        pytest.param("/sla billing 2026-11-15..2026-11-09", "", id="a period that ends before it begins"),
        pytest.param("billing 30s", "/sla all 30s last-week", id="no command at all"),
        pytest.param("/queue billing last-week", "/queue all", id="a period where there is none"),
        pytest.param("/queu billing", "Did you mean “/queue”?", id="another command that is not there"),
    ],
)
async def test_what_cannot_be_read_needs_no_settings_and_exits_with_2(here: Path, text: str, said: str) -> None:
    done = await run(here, "ask", text)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


async def test_an_unknown_queue_brings_up_the_nearest_and_an_example_that_works(here: Path, stage: World) -> None:
    done = await run(here, "ask", "/sla biling 30s", **stage.genesys_environment)
    assert done.code == 2
    assert "No queue is called “biling”." in done.err
    example = done.err.partition("For example: ")[2].splitlines()[0]
    assert (await run(here, "ask", example, **stage.genesys_environment)).code == 0


async def test_help_needs_no_settings(here: Path) -> None:
    done = await run(here, "ask", "/sla help")
    assert done.code == 0
    assert "/sla all 30s last-week" in done.out


async def test_help_for_this_minute_needs_no_settings(here: Path) -> None:
    done = await run(here, "ask", "/queue help")
    assert (done.code, done.out.partition(":")[0]) == (0, "/queue")


async def test_an_unknown_queue_of_this_minute_brings_up_an_example_that_works(here: Path, stage: World) -> None:
    done = await run(here, "ask", "/queue biling", **stage.genesys_environment)
    assert done.code == 2
    assert done.err.partition("For example: ")[2].splitlines()[0] == "/queue Billing"


async def test_commands_go_by_their_prefix(here: Path) -> None:
    done = await run(here, "ask", "/cc-sla help", COMMAND_PREFIX="cc-")
    assert done.code == 0
    assert "/cc-sla all 30s last-week" in done.out


async def test_missing_settings_are_named_all_at_once(here: Path) -> None:
    done = await run(here, "ask", "/sla all", BOT_TIMEZONE="Mars/Olympus")
    assert (done.code, done.out) == (1, "")
    for variable in ("GENESYS_REGION", "GENESYS_CLIENT_ID", "GENESYS_CLIENT_SECRET", "BOT_TIMEZONE"):
        assert variable in done.err
    assert "SLACK" not in done.err


async def test_settings_come_from_a_file_too_and_the_environment_wins(here: Path, stage: World) -> None:
    filed = stage.genesys_environment | {"BOT_TIMEZONE": "Asia/Tokyo", "GENESYS_CLIENT_ID": "from the file"}
    (here / ".env").write_text("".join(f"{name}={value}\n" for name, value in filed.items()))
    known = stage.genesys_environment["GENESYS_CLIENT_ID"]
    done = await run(here, "ask", "--json", "/sla all yesterday", GENESYS_CLIENT_ID=known)
    assert json.loads(done.out)["period"]["timezone"] == "Asia/Tokyo"


async def test_a_refusal_of_genesys_is_told_with_remedy_and_reference(here: Path, stage: World) -> None:
    wrong = stage.genesys_environment | {"GENESYS_CLIENT_SECRET": "wrong"}
    done = await run(here, "ask", "/sla all", **wrong)
    assert (done.code, done.out) == (1, "")
    assert "refuses the bot's credentials" in done.err
    assert "sla-bot check" in done.err
    assert "orrelation id" in done.err


async def test_check_finds_everything_in_order(here: Path, stage: World) -> None:
    done = await run(here, "check", **stage.environment)
    assert (done.code, done.err) == (0, "")
    assert {line.split()[0] for line in done.out.splitlines()[:-1]} == {"ok"}
    for checked in ("Settings", "Slack bot token", "Slack app token", "Genesys queues", "Genesys figures", "Database"):
        assert checked in done.out


async def test_check_goes_on_after_a_failure_and_says_what_to_do(here: Path, stage: World) -> None:
    broken = {
        "SLACK_BOT_TOKEN": "xoxb-wrong",
        "GENESYS_CLIENT_SECRET": "wrong",
        "DATABASE_URL": "sqlite:////no/where.db",
    }
    done = await run(here, "check", **(stage.environment | broken))
    assert done.code == 1
    lines = dict(re.findall(r"^(?:ok|failed) +([^:]+): (.*)$", done.out, flags=re.MULTILINE))
    assert "copy the Bot User OAuth Token again" in lines["Slack bot token"]
    assert lines["Slack app token"] == "may open a Socket Mode connection"
    assert "client id, secret and region" in lines["Genesys sign-in"]
    assert "DATABASE_URL" in lines["Database"]


async def test_check_without_settings_still_looks_at_the_database(here: Path) -> None:
    done = await run(here, "check")
    assert done.code == 1
    assert "ok     Database" in done.out
    assert left_behind(here) == []


async def test_migrate_makes_the_database_and_may_be_repeated(here: Path) -> None:
    for _ in range(2):
        done = await run(here, "migrate")
        assert (done.code, done.err) == (0, "")
    assert "at the newest schema" in (await run(here, "check")).out


async def test_the_bot_runs_until_it_is_told_to_stop(here: Path, stage: World) -> None:
    process = await start(here, "run", PORT="0", **stage.environment)
    assert process.stdout is not None
    first = await asyncio.wait_for(process.stdout.readline(), timeout=30)
    assert b"running in Socket Mode" in first
    process.send_signal(signal.SIGTERM)
    out, err = await asyncio.wait_for(process.communicate(), timeout=20)
    assert process.returncode == 0
    assert b"finishing what was promised" in out
    assert b"Traceback" not in err


async def test_a_token_that_slack_refuses_stops_the_bot_at_the_start(here: Path, stage: World) -> None:
    done = await run(here, "run", PORT="0", **(stage.environment | {"SLACK_APP_TOKEN": "xapp-wrong"}))
    assert done.code == 1
    assert "Slack refuses the app token" in done.err
    assert "sla-bot check" in done.err


@asynccontextmanager
async def listener() -> AsyncIterator[int]:
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "0.0.0.0", 0)  # noqa: S104  as the bot
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_a_taken_port_is_told_in_a_sentence(here: Path, stage: World) -> None:
    async with listener() as port:
        done = await run(here, "run", **(stage.environment | {"PORT": str(port)}))
    assert done.code == 1
    assert f"Port {port} is taken" in done.err


async def test_an_outdated_database_is_not_touched_by_run(here: Path, stage: World) -> None:
    with sqlite3.connect(here / "sla-bot.db") as database:
        database.execute("CREATE TABLE theirs (id INTEGER)")
    database.close()
    done = await run(here, "run", PORT="0", **stage.environment)
    assert done.code == 1
    assert "sla-bot migrate" in done.err


async def test_the_demo_needs_nothing_not_even_the_proxy_and_stops_cleanly(here: Path) -> None:
    process = await start(
        here, "demo", "--no-browser", HTTP_PROXY="http://127.0.0.1:1", http_proxy="http://127.0.0.1:1"
    )
    assert process.stdout is not None
    first = (await asyncio.wait_for(process.stdout.readline(), timeout=60)).decode()
    assert re.search(r"http://127\.0\.0\.1:\d+/", first)
    process.send_signal(signal.SIGINT)
    _out, err = await asyncio.wait_for(process.communicate(), timeout=20)
    assert (process.returncode, err) == (0, b"")
    assert left_behind(here) == []


async def test_an_unknown_command_of_the_terminal_exits_with_2(here: Path) -> None:
    assert (await run(here, "aks")).code == 2


async def test_the_manifest_is_printed_as_it_is_in_the_repository(here: Path) -> None:
    done = await run(here, "manifest")
    assert (done.code, done.out) == (0, MANIFEST.read_text())


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--url", "http://bot.example.com"], id="an address Slack would not call"),
        pytest.param(["--prefix", "/CC "], id="a prefix Slack would not take"),
    ],
)
async def test_a_manifest_that_slack_would_refuse_is_not_printed(here: Path, arguments: list[str]) -> None:
    done = await run(here, "manifest", *arguments)
    assert done.code != 0
    assert done.out == ""


async def test_even_the_unexpected_is_a_sentence_with_its_details_kept_aside(here: Path) -> None:
    (here / ".env").write_bytes(b"GENESYS_REGION=\xff\xfe")
    done = await run(here, "ask", "/sla all", TMPDIR=str(here))
    assert done.code == 1
    assert "Please report this" in done.err
    assert "UnicodeDecodeError" in details(done.err)
