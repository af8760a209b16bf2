"""`/digest` in the terminal: help, and why there is nothing more."""

from __future__ import annotations

import pytest

from bot.cli_ask import ask_once
from bot.errors import BadWord


async def test_a_digest_needs_a_channel() -> None:
    with pytest.raises(BadWord, match="“/cc-digest” is not a command of the terminal") as raised:
        await ask_once("/cc-digest add billing 08:00", {"COMMAND_PREFIX": "cc-"})
    assert raised.value.example == "/cc-sla all 30s last-week"


async def test_its_help_is_there() -> None:
    answer = await ask_once("digest help", {})
    assert answer.help is not None
    assert answer.help.examples[0][0] == "/digest add all 30s weekdays 07:45"
