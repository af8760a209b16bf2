"""The first word behind `/digest`, and the number of a digest that follows most of them."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.commands.digests.words import UNIT
from bot.domain.folding import clipped, fold
from bot.errors import BadWord

if TYPE_CHECKING:
    from collections.abc import Mapping

VERBS: Mapping[str, str] = MappingProxyType(
    {
        **{verb: verb for verb in ("add", "list", "edit", "pause", "resume", "remove", "now", "preview", "settings")},
        **{verb: verb for verb in ("confirm", "log", "help")},
        "": "list",
        "new": "add",
        "subscribe": "add",
        "change": "edit",
        "delete": "remove",
        "unsubscribe": "remove",
        "stop": "pause",
        "disable": "pause",
        "unpause": "resume",
        "enable": "resume",
        "send": "now",
        "test": "preview",
        "show": "list",
        "setting": "settings",
        "history": "log",
        "?": "help",
    }
)
"""What is typed, and which part of the command it is."""
EXPECTED = (
    "what /digest begins with: add, list, edit, pause, resume, remove, now, preview, settings, confirm, log or help"
)
EVERYWHERE = frozenset({"all", "everywhere"})
_OF_ONE = frozenset({"edit", "pause", "resume", "remove", "now", "preview", "confirm"})
_NUMBER = re.compile(r"#?([0-9]{1,6})")
_LEADING_NUMBER = re.compile(rf"#?([0-9]{{1,6}})(?=[ ,](?! *(?:{UNIT})(?![a-z])))")
"""With other words behind it than a threshold's unit."""
_SEVERAL = re.compile(r"#?[0-9]{1,6}(?:(?: |,|&|\+|and)+#?[0-9]{1,6})+")


def is_number(text: str) -> bool:
    """Whether `text` is written as the number of a digest: `2`, `#12`."""
    return bool(_NUMBER.fullmatch(fold(text)))


def number_of(rest: str, verb: str) -> int | None:
    """The digest that `rest` behind `verb` means; None: nothing was said. Raises BadWord."""
    if not rest:
        return None
    found = _NUMBER.fullmatch(fold(rest))
    if not found or not int(found[1]):
        expected = "the number of a digest; “/digest list” shows them"
        if fold(rest) in EVERYWHERE or _SEVERAL.fullmatch(fold(rest)):
            expected = "the number of one digest: they go one at a time, and “/digest list” shows their numbers"
        raise BadWord(clipped(rest), expected, example=f"/digest {verb} 2")
    return int(found[1])


def number_first(typed: str, rest: str) -> str:
    """What `2` or `2 pause` was meant to be, as `edit 2` or `pause 2`; empty when that is not to be told."""
    found = _NUMBER.fullmatch(fold(typed))
    verb = VERBS[fold(rest)] if rest and VERBS.get(fold(rest)) in _OF_ONE else "edit" if not rest else ""
    return f"{verb} {int(found[1])}" if found and int(found[1]) and verb else ""


def refuse_leading_number(rest: str) -> None:
    """Raises BadWord when more follows a number behind `preview`: is it a digest's, or a threshold without its unit?"""
    found = _LEADING_NUMBER.match(fold(rest))
    if found:
        number = int(found[1])
        shown = f"“preview {number}” alone shows digest {number} as it is"
        expected = f"clear: {shown}, and a threshold has its unit, “{number}s”"
        raise BadWord(found[0], expected, example=f"/digest preview {number or 2}")
