"""The first word behind `/alert`, and the number of a rule that follows most of them."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.domain.folding import clipped, fold
from bot.errors import BadWord

if TYPE_CHECKING:
    from collections.abc import Mapping

VERBS: Mapping[str, str] = MappingProxyType(
    {
        **{verb: verb for verb in ("add", "list", "show", "edit", "test", "mute", "unmute", "remove", "confirm")},
        **{verb: verb for verb in ("ack", "snooze", "handover", "holidays", "starter", "export", "help")},
        "": "list",
        "rules": "list",
        "new": "add",
        "create": "add",
        "set": "add",
        "change": "edit",
        "delete": "remove",
        "rm": "remove",
        "pause": "mute",
        "disable": "mute",
        "silence": "mute",
        "resume": "unmute",
        "enable": "unmute",
        "unsilence": "unmute",
        "acknowledge": "ack",
        "mine": "ack",
        "later": "snooze",
        "preview": "test",
        "try": "test",
        "backtest": "test",
        "shift": "handover",
        "hand-over": "handover",
        "holiday": "holidays",
        "start": "starter",
        "starters": "starter",
        "file": "export",
        "?": "help",
    }
)
"""What is typed, and which part of the command it is."""
EXPECTED = (
    "what /alert begins with: add, list, show, edit, test, mute, unmute, remove, ack, snooze, handover, holidays, "
    "starter, export or help"
)
EVERYWHERE = frozenset({"all", "everywhere"})
_OF_ONE = frozenset({"show", "edit", "test", "mute", "unmute", "remove", "confirm", "ack", "snooze"})
_NUMBER = re.compile(r"#?([0-9]{1,6})")
_SEVERAL = re.compile(r"#?[0-9]{1,6}(?:(?: |,|&|\+|and)+#?[0-9]{1,6})+")


def is_number(text: str) -> bool:
    """Whether `text` is written as the number of a rule: `2`, `#12`."""
    return bool(_NUMBER.fullmatch(fold(text)))


def number_of(rest: str, verb: str) -> int | None:
    """The rule that `rest` behind `verb` means; None: nothing was said. Raises BadWord."""
    if not rest:
        return None
    found = _NUMBER.fullmatch(fold(rest))
    if not found or not int(found[1]):
        expected = "the number of a rule; “/alert list” shows them"
        if fold(rest) in EVERYWHERE or _SEVERAL.fullmatch(fold(rest)):
            expected = "the number of one rule: they go one at a time, and “/alert list” shows their numbers"
        raise BadWord(clipped(rest), expected, example=f"/alert {verb} 2")
    return int(found[1])


def leading_number(rest: str, verb: str) -> tuple[int | None, str]:
    """The number of a rule that `rest` begins with, if any, and what stands behind it; `all` is no number.

    Raises BadWord for rule 0.
    """
    first, _, following = rest.partition(" ")
    if fold(first) in EVERYWHERE:
        return None, following.strip()
    if not is_number(first):
        return None, rest
    return number_of(first, verb), following.strip()


def number_first(typed: str, rest: str) -> str:
    """What `2` or `2 mute 1h` was meant to be, as `show 2` or `mute 2 1h`; empty when that is not to be told."""
    found = _NUMBER.fullmatch(fold(typed))
    if not found or not int(found[1]):
        return ""
    if not rest:
        return f"show {int(found[1])}"
    word, _, following = rest.partition(" ")
    verb = VERBS.get(fold(word), "")
    return f"{verb} {int(found[1])} {following}".strip() if verb in _OF_ONE else ""
