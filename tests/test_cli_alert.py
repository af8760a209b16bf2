"""`/alert` in the terminal: help, and why there is nothing more."""

from __future__ import annotations

import pytest

from bot.cli_ask import ask_once
from bot.errors import BadWord


async def test_an_alert_needs_a_channel() -> None:
    with pytest.raises(BadWord, match="“/cc-alert” is not a command of the terminal") as raised:
        await ask_once("/cc-alert add billing waiting > 10", {"COMMAND_PREFIX": "cc-"})
    assert raised.value.example == "/cc-sla all 30s last-week"


async def test_its_help_is_there() -> None:
    answer = await ask_once("alert help", {})
    assert answer.help is not None
    assert answer.help.examples[0][0] == "/alert add all sla < 80% for 10m"
