"""Who is mentioned, and when nobody has taken it who is mentioned then: `@anna`, `15m @lead 30m @boss`."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from bot.commands.alerts.lengths import find_length, length_behind, length_text
from bot.commands.words import Kind, folded_at
from bot.domain.alerts.rules import Step
from bot.domain.folding import clipped
from bot.errors import BadWord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.commands.words import Token

MOST_MENTIONS = 10
MOST_STEPS = 5
SOONEST = timedelta(minutes=1)
LATEST = timedelta(days=1)
NOBODY = frozenset({"nobody", "none", "noone"})
_SOMEBODY = re.compile(r"<@[UW][A-Z0-9]+>|<!subteam\^S[A-Z0-9]+>")
_JOINTS = frozenset({"and", "&", "+", "then"})


class Mentions(NamedTuple):
    who: tuple[str, ...]
    """Empty: nobody."""
    taken: int


class Steps(NamedTuple):
    steps: tuple[Step, ...]
    """In the order of time; empty: none."""
    taken: int


def find_mentions(pieces: Sequence[Token], at: int) -> Mentions | None:
    """Those who are named from piece `at` on, or `nobody`. Raises BadWord for who cannot be mentioned."""
    if folded_at(pieces, at) in NOBODY:
        return Mentions((), 1)
    found: list[str] = []
    end = following = at
    while name := _somebody(pieces, following):
        found += [name] * (name not in found)
        end = following = following + 1
        while following < len(pieces) and (
            pieces[following].kind is Kind.COMMA or folded_at(pieces, following) in _JOINTS
        ):
            following += 1
    if len(found) > MOST_MENTIONS:
        raise BadWord(clipped(found[-1]), f"one of the first {MOST_MENTIONS}: more people are not mentioned at once")
    return Mentions(tuple(found), end - at) if found else None


def find_steps(pieces: Sequence[Token], at: int) -> Steps | None:
    """`15m @lead 30m @boss` or `none` behind the word `escalate` at `at`. Raises BadWord."""
    if folded_at(pieces, at + 1) in NOBODY:
        return Steps((), 2)
    steps: list[Step] = []
    end = at
    while True:
        after = length_behind(pieces, end, shortest=SOONEST, longest=LATEST, what="when it escalates")
        who = find_mentions(pieces, end + 1 + after.taken) if after else None
        if after is None or who is None:
            break
        steps += [Step(after=after.value, mention=name) for name in who.who]
        end += after.taken + who.taken
        # A comma or “then” between two steps counts only when another step follows it.
        joint = end + 1
        if joint < len(pieces) and (pieces[joint].kind is Kind.COMMA or folded_at(pieces, joint) in _JOINTS):
            end += find_length(pieces, joint + 1) is not None
    if after is not None or not steps:
        if after is None and not folded_at(pieces, at + 1)[:1].isdigit() and folded_at(pieces, at + 1)[:1] != "<":
            return None
        expected = "complete: times and people follow it in turn, such as escalate 15m @lead 30m @boss"
        raise BadWord("escalate", expected)
    if len(steps) > MOST_STEPS:
        raise BadWord(clipped(steps[-1].mention), f"one of the first {MOST_STEPS} steps, and more there cannot be")
    return Steps(tuple(sorted(steps, key=lambda step: step.after)), end + 1 - at)


def steps_text(steps: Sequence[Step]) -> str:
    """The words that read back as `steps`."""
    return " ".join(f"{length_text(step.after)} {step.mention}" for step in steps)


def _somebody(pieces: Sequence[Token], at: int) -> str:
    """The mention at that place; empty when it is none. Raises BadWord for one that Slack did not make out."""
    if at >= len(pieces) or pieces[at].kind is not Kind.WORD:
        return ""
    text = pieces[at].text
    if _SOMEBODY.fullmatch(text):
        return text
    if text.startswith(("@", "<!", "<@", "<#")) and len(text) > 1:
        expected = "somebody who can be mentioned: a person or a user group, chosen from Slack’s list while you type @"
        raise BadWord(clipped(text.strip("<>!")), expected)
    return ""
