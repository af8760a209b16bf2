"""Queue names while somebody types."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from bot.domain.ids import QueueId
from bot.domain.names import NameIndex
from bot.domain.queues import Queue

if TYPE_CHECKING:
    from tests.benchmarks.conftest import Report

pytestmark = pytest.mark.benchmark


def test_type_ahead_keeps_up_with_typing_in_an_organisation_of_five_thousand_queues(report: Report) -> None:
    many = NameIndex(Queue(id=QueueId(str(n)), name=f"Région {n % 97} Équipe {n} Support") for n in range(5000))
    took = []
    for typed in ("", "r", "region 9", "equipe 77", "suport", "zzzz"):
        began = time.perf_counter()
        many.suggest(typed)
        took.append(time.perf_counter() - began)
    report("type-ahead over 5,000 queues, median", 1000 * sorted(took)[len(took) // 2], "ms", bound=20)
