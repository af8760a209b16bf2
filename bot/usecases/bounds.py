"""What is too much, or means nothing, and is therefore not asked of Genesys. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.dimensions import PERSONAL, Dimension
from bot.domain.metrics import BY_NAME, METRICS, known_by
from bot.domain.period import Grain, buckets
from bot.errors import BadPeriod, BadWord

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.domain.period import Period
    from bot.domain.questions import ReportQuestion

MOST_HOURS = 7 * 24 + 1
"""A week by the hour, with the hour that autumn adds."""
MOST_DAYS = 92
MOST_DAYS_WHOLE = 366
"""Of a report that is not cut by time: a request for each month."""
MOST_CELLS = 25_000
"""Queues times buckets: a few seconds of arithmetic, and up to fifty megabytes for each medium."""
MOST_CELLS_OF_PEOPLE = 5_000
"""The same when each is told apart by agent or wrap-up code."""

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


def grain_of(by: Iterable[Dimension]) -> Grain | None:
    """The finer of the dimensions of time; None when there is none."""
    dimensions = set(by)
    if Dimension.HOUR in dimensions:
        return Grain.HOUR
    return Grain.DAY if Dimension.DAY in dimensions else None


def check_length(period: Period, grain: Grain | None) -> None:
    """Raises BadPeriod when a period has too many hours or days."""
    if grain is Grain.HOUR and period.length > MOST_HOURS * _HOUR:
        raise BadPeriod("By hour, a period may have seven days. Ask `by day`, or name a shorter period.")
    if grain is Grain.DAY and period.length > MOST_DAYS * _DAY + _HOUR:
        raise BadPeriod(f"By day, a period may have {MOST_DAYS} days. Name a shorter period.")


def check_report(question: ReportQuestion) -> None:
    """Raises BadWord and BadPeriod for a report that cannot be made whatever the queues are."""
    grain = grain_of(question.by)
    if question.compared and grain is not None:
        raise BadWord("compare", f"possible by {grain}: such a report is its own comparison")
    for name in question.metrics:
        metric = BY_NAME[name]
        if not known_by(metric, question.by):
            code = Dimension.WRAPUP in question.by and not metric.codes
            known = ", ".join(one.words[0] for one in METRICS if known_by(one, question.by))
            reason = "it happens before there is one" if code and metric.agents else "it belongs to queues"
            whose = "wrap-up code" if code else "agent"
            raise BadWord(metric.words[0], f"known by {whose}: {reason}. By {whose} there is {known}")
    check_length(question.period, grain)
    if question.period.length > MOST_DAYS_WHOLE * _DAY + _HOUR:
        raise BadPeriod(f"A report may have {MOST_DAYS_WHOLE} days. Name a shorter period.")


def check_cells(question: ReportQuestion, queues: int) -> None:
    """Raises BadPeriod for a report of more queues and buckets than can be held."""
    grain = grain_of(question.by)
    if grain is None:
        return
    most = MOST_CELLS_OF_PEOPLE if PERSONAL & set(question.by) else MOST_CELLS
    if queues * len(buckets(question.period, grain)) > most:
        raise BadPeriod(f"By {grain}, that is too much for {queues} queues. Name some of them, or a shorter period.")
