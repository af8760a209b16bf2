"""`/alert test`: how a rule stands right now, queue by queue, and why it would or would not fire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import kit
from bot.blocks.alerts.backtest import replay_words
from bot.blocks.alerts.evidence import point_words
from bot.blocks.alerts.listed import about, entry_buttons
from bot.blocks.alerts.words import plural, queue_words, sentence, time_words
from bot.domain.alerts.readings import Evidence, Outcome
from bot.domain.alerts.rules import Kind
from bot.domain.figures import count, duration
from bot.domain.sla import Share

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.blocks.alerts.entry import Entry, Replay, Tested
    from bot.blocks.kit import Block, Message

_MOST = 25
_ORDER = (Outcome.BREACH, Outcome.BETWEEN, Outcome.NODATA, Outcome.LOW, Outcome.CLEAR, Outcome.CLOSED)


def trial_message(
    entry: Entry,
    tested: Sequence[Tested],
    *,
    now: datetime,
    zone: ZoneInfo,
    replay: Replay | None = None,
    saved: bool = True,
    command: str = "/alert",
) -> Message:
    """After `/alert test`: what is read now, queue by queue, worst first, and why it would or would not fire.

    `saved` is False for terms that are no rule yet: then there is no number, and the command that adds it.
    """
    what = f"Rule {entry.rule.number} · {about(entry)}" if saved else about(entry)
    verdict = _verdict(tested)
    in_order = sorted(tested, key=lambda one: (_ORDER.index(one.outcome), one.queue_name))
    lines = [_line(one, entry, now=now) for one in in_order[:_MOST]]
    left = len(tested) - _MOST
    typed = kit.clean(f"{command} add {entry.text}")
    return kit.message(
        f"{what}. {verdict}",
        kit.section(what),
        kit.paragraph(kit.bold(verdict)),
        *(kit.bullet_lists(lines) if lines else []),
        *([kit.context(f"… and {count(left)} more")] if left > 0 else []),
        *([kit.section(replay_words(replay))] if replay else []),
        kit.context(f"Read at {time_words(now, zone, now)}. Only you see this, and nobody was told."),
        *([] if saved else [kit.paragraph(kit.words("To set it: "), kit.code(typed))]),
        *([kit.actions(*entry_buttons(entry, now=now))] if saved else []),
    )


def _verdict(tested: Sequence[Tested]) -> str:
    if not tested:
        return "Nothing is known of its queues yet: no contacts in the last day, or no counts so far."
    places = {(one.queue_name, one.media) for one in tested}
    true = sum(one.outcome is Outcome.BREACH for one in tested)
    if len(places) == 1:
        return "Right now it is true." if true else "Right now it is not true."
    return f"Right now it is true for {count(true)} of {plural(len(places), 'queue')}."


def _line(one: Tested, entry: Entry, *, now: datetime) -> list[Block]:
    read = point_words(Evidence(at=now, found=one.found)) if one.found else ""
    counted = [
        f"{count(found.figure.within)} of {count(found.figure.denominator)}"
        for found in one.found
        if isinstance(found.figure, Share)
    ]
    read += f" ({', '.join(counted)})" if counted else ""
    why = {
        Outcome.BREACH: _fires(entry),
        Outcome.BETWEEN: "between its limit and good again: it stays as it was",
        Outcome.CLEAR: "would not fire",
        Outcome.LOW: "too few contacts to judge" + _fewest(entry),
        Outcome.NODATA: "Genesys said nothing of it",
        Outcome.CLOSED: "not judged: outside its hours, or a holiday",
    }[one.outcome]
    told = "; ".join(part for part in (read, why) if part)
    more = f" {sentence(one.reason)}" if one.reason and one.outcome is not Outcome.LOW else ""
    return [kit.bold(queue_words(one.queue_name, one.media)), kit.words(f": {told}.{more}")]


def _fewest(entry: Entry) -> str:
    """Of rules with a limit only: what is unusual is judged from a number of its own on."""
    terms = entry.rule.terms
    return f", under {count(terms.minimum)}" if terms.kind is Kind.THRESHOLD else ""


def _fires(entry: Entry) -> str:
    pending = entry.rule.terms.pending
    return f"fires once it has held for {duration(pending)}" if pending else "fires at once"
