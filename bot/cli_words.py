"""Errors as lines for a terminal: what is wrong, what was expected, what to type or do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import (
    BadPeriod,
    BadWord,
    BotError,
    Explainable,
    GenesysError,
    GenesysTooSlow,
    GenesysUnreachable,
    SettingsError,
    UnknownQueue,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

ANSWERED = 0
NOT_ANSWERED = 1
NOT_READ = 2


def exit_code(error: BotError) -> int:
    """2 when the question cannot be read, 1 when it can but has no answer."""
    return NOT_READ if isinstance(error, BadWord | BadPeriod | UnknownQueue) else NOT_ANSWERED


def explanation(error: BotError) -> str:
    """`error` for a person at a terminal; several lines."""
    return "\n".join(_lines(error))


def _lines(error: BotError) -> Iterator[str]:
    if isinstance(error, SettingsError):
        yield "These settings need attention:"
        yield from (f"  {problem}" for problem in error.problems)
        yield "Set them in the environment or in a file named .env here; .env.example lists them all."
        return
    yield str(error)
    if isinstance(error, BadWord):
        if error.suggestion:
            yield f"Did you mean “{error.suggestion}”?"
    elif isinstance(error, UnknownQueue) and error.choices:
        yield "They are:" if error.divisions else "The nearest are:"
        yield from (f"  {label}" for label in error.labels)
    if isinstance(error, BadWord | UnknownQueue) and error.example:
        yield f"For example: {error.example}"
    if isinstance(error, Explainable) and error.remedy:
        yield error.remedy
    if isinstance(error, GenesysError):
        if error.detail:
            silent = isinstance(error, GenesysUnreachable | GenesysTooSlow)
            yield f"{'In detail' if silent else 'Genesys Cloud says'}: {error.detail}"
        if error.correlation_id:
            yield f"Correlation id, for Genesys's support: {error.correlation_id}"
