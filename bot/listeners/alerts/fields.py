"""Under which field of the form for a rule it is said what is wrong.

The fields become one command, in which a word that nobody can read may be taken for a queue's name: so what stands in
the fields for times is looked at by itself first.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.blocks import forms
from bot.blocks.alerts.entered import HOURS, LIMIT, PENDING, THRESHOLD, WINDOW
from bot.commands.alerts.hours import find_hours
from bot.commands.words import tokens
from bot.domain.folding import clipped
from bot.errors import BadWord

if TYPE_CHECKING:
    from collections.abc import Mapping

    Values = Mapping[str, Mapping[str, Mapping[str, Any]]]

_A_NUMBER = re.compile(r"[-+.]?[0-9]")


def unread(values: Values) -> dict[str, str]:
    """Block id to a sentence, of times that are none; what has a number is left to the grammar, which knows more."""
    wrong = {}
    for block in (THRESHOLD, PENDING, WINDOW):
        said = forms.entered(values, block, block).strip()
        if said and not _A_NUMBER.match(said):
            wrong[block] = f"“{clipped(said)}” is not a length of time with its unit, such as 10m, 90s or 1h."
    said = forms.entered(values, HOURS, HOURS).strip()
    if said and not _are_hours(said):
        wrong[HOURS] = f"“{clipped(said)}” are not hours and days, such as 08:00-18:00 weekdays."
    return wrong


def typed_in(values: Values, word: str) -> str | None:
    """The block id of the line in which a word was typed; None: in none of them."""
    sought = word.strip("“” ").casefold()
    lines = (LIMIT, THRESHOLD, PENDING, WINDOW, HOURS)
    found = (block for block in lines if sought and sought in forms.entered(values, block, block).casefold())
    return next(found, None)


def _are_hours(said: str) -> bool:
    try:
        pieces = tokens(said)
        found = find_hours(pieces, 0)
    except BadWord:
        # Its sentence says what is wrong with them, and is told at this field.
        return True
    return found is not None and found.taken == len(pieces)
