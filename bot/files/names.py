"""What files are called: safe on every system, and telling what is inside."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.folding import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.exports import FileFormat
    from bot.domain.period import Period

_LONGEST_QUEUE = 40
_NO_WORD = re.compile(r"[\W_]+")
_INSTANT = timedelta(microseconds=1)


def file_name(kind: str, queues: Sequence[str], period: Period, file_format: FileFormat) -> str:
    """`conversations-billing-2026-11-09-to-2026-11-15.csv`: kind, queues by name, first and last local day.

    Names of queues only lend their letters and digits: no path, no device of Windows, at most 100 characters in all.
    """
    parts = [kind, _queues(queues), _days(period)]
    return f"{'-'.join(part for part in parts if part)}.{file_format.value}"


def manifest_name(rows: str) -> str:
    """The manifest's name beside that of the rows: `….csv.manifest.json`."""
    return f"{rows}.manifest.json"


def _queues(queues: Sequence[str]) -> str:
    """The queue's name, how many there are, or nothing when all are meant or nothing of the name is left."""
    if len(queues) > 1:
        return f"{len(queues)}-queues"
    return _NO_WORD.sub("-", fold(queues[0])).strip("-")[:_LONGEST_QUEUE].strip("-") if queues else ""


def _days(period: Period) -> str:
    first = period.local_start.date()
    last = (period.end - _INSTANT).astimezone(period.zone).date()
    return f"{first}" if first == last else f"{first}-to-{last}"
