"""What went wrong, in words: what it was, what to do, and one thing to press or copy."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from bot.blocks import kit
from bot.domain.folding import fold
from bot.errors import BadWord, GenesysError, QueueGone, UnknownQueue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.blocks.kit import Block, Message
    from bot.errors import Explainable

CHOOSE = "sla_choose_"
"""Start of the action ids of the queues to choose from; a number from 0 follows."""
RETRY = "sla_refresh"
"""Pressing Try Again asks the question again, as the Refresh of `/sla` does; other commands bring their own."""

MOST_CHOICES = 5
_ECHO = 80


def failure_message(
    error: Explainable,
    *,
    example: str = "",
    choice_values: Mapping[str, str] | None = None,
    retry: str = "",
    retry_action: str = RETRY,
) -> Message:
    """The answer to a question that could not be answered; for the asker alone.

    `example` is a whole command that works here. `choice_values` gives the value of the button for each queue id of an
    UnknownQueue; a queue without one is named, but has no button. `retry` is the value of a Try Again button, which
    appears with failures of Genesys only and has the action id `retry_action`.
    """
    sentence, blocks = _said(error), []
    blocks.append(kit.section(sentence))
    if example:
        blocks.append(kit.paragraph(kit.words("For example: "), kit.code(kit.clean(example))))
    buttons = list(_choices(error, choice_values or {}))
    if isinstance(error, GenesysError):
        if error.correlation_id:
            blocks.append(kit.context(f"Reference for Genesys support: {_echo(error.correlation_id)}"))
        if retry:
            buttons.append(kit.button("Try Again", action=retry_action, value=retry))
    if buttons:
        blocks.append(kit.actions(*buttons))
    return kit.message(sentence, *blocks)


def apology(reference: str) -> Message:
    """For a defect of ours: `reference` is what the administrator finds in the log."""
    sentence = "Something went wrong inside the bot, and your question was not answered."
    advice = f"Ask again; if it happens twice, tell your administrator this reference: {_echo(reference)}"
    return kit.message(f"{sentence} {advice}", kit.section(f"{sentence}\n{advice}"))


def explained(error: Explainable) -> str:
    """The error as a person reads it: what was wrong, then what to do."""
    return _said(error)


def _said(error: Explainable) -> str:
    if isinstance(error, BadWord):
        said = f"“{_echo(error.word)}” is not {error.expected}."
        # A word that means something elsewhere in the command is near to itself.
        known = error.suggestion and fold(error.suggestion) != fold(error.word)
        return f"{said} Did you mean “{_echo(error.suggestion)}”?" if known else said
    if isinstance(error, UnknownQueue) and not isinstance(error, QueueGone):
        said = f"{'Several queues are' if error.divisions else 'No queue is'} called “{_echo(error.word)}”."
        return f"{said} {_offer(error)}"
    return " ".join(part for part in (str(error), error.remedy) if part)


def _offer(error: UnknownQueue) -> str:
    names = [_echo(label) for label in error.labels[:MOST_CHOICES]]
    if not names:
        return "Check the spelling, or use a wildcard such as bill*."
    if len(names) == 1:
        return f"Did you mean “{names[0]}”?"
    return f"{'Which one?' if error.divisions else 'Did you mean one of these?'} {', '.join(names)}"


def _choices(error: Explainable, values: Mapping[str, str]) -> Iterator[Block]:
    if not isinstance(error, UnknownQueue):
        return
    offered = zip(error.choices, error.labels, strict=True)
    for number, ((queue, _), label) in enumerate(islice(offered, MOST_CHOICES)):
        if queue in values:
            yield kit.button(kit.clean(label) or "(unnamed queue)", action=f"{CHOOSE}{number}", value=values[queue])


def _echo(foreign: str) -> str:
    return kit.shorten_middle(kit.clean(foreign), _ECHO)
