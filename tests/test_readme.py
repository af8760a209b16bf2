"""What the documents promise is what there is."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.main import get_command

from bot.cli import cli
from bot.commands.alerts.command import read_alert
from bot.commands.alerts.verbs import VERBS as ALERT_VERBS
from bot.commands.digests.verbs import VERBS
from bot.settings import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
ALERTS = (ROOT / "docs" / "alerts.md").read_text()
VARIABLES = {name.upper() for name in Settings.model_fields}
SET_UP = [
    "python3 -m venv .venv && .venv/bin/pip install -e . && .venv/bin/sla-bot demo",
    "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/pytest",
]


def test_every_setting_is_documented_and_no_other() -> None:
    table = README.partition("## Settings")[2].partition("## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)} == VARIABLES


def test_every_setting_is_in_the_example_file() -> None:
    example = (ROOT / ".env.example").read_text()
    assert set(re.findall(r"^#?([A-Z_]+)=", example, flags=re.MULTILINE)) == VARIABLES


def test_every_command_of_the_terminal_is_documented_and_no_other() -> None:
    table = README.partition("| In the terminal |")[2].partition("\n\n")[0]
    commands = get_command(cli).commands  # type: ignore[attr-defined]  # a group, since there are several
    assert set(re.findall(r"^\| `sla-bot ([a-z]+)", table, flags=re.MULTILINE)) == set(commands)


def test_every_word_behind_digest_is_documented() -> None:
    digests = (ROOT / "docs" / "digests.md").read_text()
    row = next(line for line in README.splitlines() if line.startswith("| `/digest add"))
    for verb in sorted(set(VERBS.values()) - {"help"}):
        assert verb in row
        assert re.search(rf"`(/digest )?{verb}\b", digests), verb


def test_every_word_behind_alert_is_documented() -> None:
    row = next(line for line in README.splitlines() if line.startswith("| `/alert add"))
    for verb in sorted(set(ALERT_VERBS.values()) - {"help"}):
        assert verb in row, verb
        assert re.search(rf"`?/alert {verb}\b", ALERTS), verb


def test_every_alert_in_the_documents_can_be_typed() -> None:
    typed = re.findall(r"^    /alert (.+)$", ALERTS, flags=re.MULTILINE)
    typed += [line for text in (README, ALERTS) for line in re.findall(r"`/alert ([^`…\[]+)`", text)]
    assert len(typed) > len(set(ALERT_VERBS.values()))
    now = datetime(2026, 11, 20, 10, tzinfo=UTC)
    for text in typed:
        read_alert(text, now=now, zone=ZoneInfo("Europe/London"))


@pytest.mark.parametrize("command", SET_UP)
def test_set_up_is_one_line(command: str) -> None:
    assert command in README.splitlines()


def test_the_pipeline_runs_the_readmes_own_test_command() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    pattern = re.search(r"sed -n '/(.*)/p' README.md", script)
    assert pattern is not None
    assert [line for line in README.splitlines() if re.match(pattern[1], line)] == [SET_UP[1]]


@pytest.mark.parametrize(
    "document",
    [
        "README.md",
        "docs/setup.md",
        "docs/figures.md",
        "docs/exports.md",
        "docs/digests.md",
        "docs/alerts.md",
        "docs/architecture.md",
    ],
)
def test_links_lead_somewhere(document: str) -> None:
    path = ROOT / document
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", path.read_text())
    assert [target for target in targets if not (path.parent / target).exists()] == []
