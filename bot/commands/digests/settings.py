"""What stands behind `/digest settings`: zone, usual queues, threshold and formula, and the limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.commands.digests.changes import SettingsChanges
from bot.commands.digests.words import SETTINGS
from bot.commands.reader import QUEUE, queues_text, read_parts
from bot.commands.threshold import threshold_text
from bot.commands.words import Kind, tokens
from bot.domain.folding import clipped, fold, visible
from bot.domain.names import BESIDE_SETTINGS, means_all, nearest_word
from bot.errors import BadWord

if TYPE_CHECKING:
    from datetime import timedelta

    from bot.commands.parts import Parts
    from bot.domain.questions import QueueWord

EXAMPLE = f"/digest settings queues {QUEUE} 30s zone Europe/London"

_LISTS = {"queues": "queues", "queue": "queues", "limit": "limit", "limits": "limit"}
_FOREIGN = {
    "period": "each digest says which period it is about",
    "grouping": "each command says what its rows are",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A stretch of the text. Its names belong to `queues`, to `limit`, or, before the first of these, to nothing."""

    heading: str
    """As it was typed; empty before the first."""
    start: int
    """Where it begins, behind its heading."""
    text: str

    @property
    def list(self) -> str:
        return _LISTS.get(fold(self.heading), "")


def clauses(text: str) -> tuple[Clause, ...]:
    """`text`, which has visible characters only, cut where `queues` and `limit` stand. Raises BadWord."""
    pieces = tokens(text, example=EXAMPLE)
    headings = [piece for piece in pieces if piece.kind is Kind.WORD and piece.folded in _LISTS]
    starts = [0, *(heading.end for heading in headings)]
    ends = [*(heading.start for heading in headings), len(text)]
    named = ["", *(heading.text for heading in headings)]
    return tuple(
        Clause(heading=heading, start=start, text=text[start:end])
        for heading, start, end in zip(named, starts, ends, strict=True)
    )


def read_settings(text: str, *, limit: int) -> SettingsChanges:
    """What `text` says of a place's settings. Raises BadWord."""
    lists: dict[str, tuple[QueueWord, ...]] = {}
    written: dict[str, str] = {}
    zone: ZoneInfo | None = None
    threshold: timedelta | None = None
    own_target, formula = False, None
    for clause in clauses(visible(text)):
        read = read_parts(clause.text, now=None, example=EXAMPLE, limit=limit, grammar=SETTINGS)
        _note(written, read)
        _name(lists, clause, tuple(named.word for named in read.queues))
        zone = next((extra for extra in read.extras if isinstance(extra, ZoneInfo)), zone)
        threshold, own_target = read.threshold or threshold, own_target or read.own_target
        formula = read.formula or formula
    return SettingsChanges(
        zone=zone,
        queues=lists.get("queues"),
        threshold=threshold,
        own_target=own_target,
        formula=formula,
        limit=lists.get("limit") or None,
        no_limit=lists.get("limit") == (),
    )


def settings_text(changes: SettingsChanges) -> str:
    """The text behind `/digest settings` that reads back as `changes`."""
    parts = [f"zone {changes.zone.key}"] if changes.zone else []
    parts += ["own target"] * changes.own_target
    parts += [threshold_text(changes.threshold)] if changes.threshold else []
    parts += [f"of {changes.formula}"] if changes.formula else []
    parts += [f"queues {_names(changes.queues)}"] if changes.queues is not None else []
    parts += [f"limit {_names(changes.limit or ())}"] if changes.limits else []
    return " ".join(parts)


def _names(words: tuple[QueueWord, ...]) -> str:
    return queues_text(words, next_word_is_free=True) if words else "none"


def _note(written: dict[str, str], read: Parts) -> None:
    """Refuse what is no setting, and what was said in another clause already."""
    for kind, said in read.written.items():
        if kind in _FOREIGN:
            raise _bad(said, f"part of the settings: {_FOREIGN[kind]}")
        if kind in written:
            raise _bad(said, f"the only {kind}: “{clipped(written[kind])}” is there already")
        written[kind] = said


def _name(lists: dict[str, tuple[QueueWord, ...]], clause: Clause, words: tuple[QueueWord, ...]) -> None:
    """Put the names of a clause where its heading says."""
    if not clause.list:
        if words:
            suggestion = nearest_word(words[0].text, BESIDE_SETTINGS.words)
            expected = f"{BESIDE_SETTINGS.said}; names go behind “queues” or “limit”"
            raise BadWord(clipped(words[0].text), expected, example=EXAMPLE, suggestion=suggestion)
        return
    if clause.list in lists:
        raise _bad(clause.heading, f"the only “{clause.list}”: all of its queues go behind one, with commas")
    if not words:
        raise _bad(clause.heading, f"complete: queues follow it, or “none”, as in “{clause.list} none”")
    nothing = len(words) == 1 and (means_all(words[0]) or (not words[0].quoted and fold(words[0].text) == "none"))
    lists[clause.list] = () if nothing else words


def _bad(word: str, expected: str) -> BadWord:
    return BadWord(clipped(word), expected, example=EXAMPLE)
