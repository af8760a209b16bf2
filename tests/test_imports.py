from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_imports_point_to_the_right_only() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603  our own environment's linter
    assert done.returncode == 0, done.stdout + done.stderr


def test_importing_the_command_line_loads_no_platform() -> None:
    """`sla-bot --help` should not wait for Slack, Genesys and a database."""
    code = (
        "import sys, bot.cli; print(*sorted({'httpx', 'slack_sdk', 'slack_bolt', 'sqlalchemy'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603  our own code
    assert done.stdout.strip() == ""
