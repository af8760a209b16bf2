from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.domain.dimensions import Dimension
from bot.domain.period import Period
from bot.domain.questions import ReportQuestion
from bot.errors import BadPeriod, BadWord
from bot.usecases.bounds import check_cells, check_report

D = Dimension


def question(*by: Dimension, days: float = 1, hours: float = 0, **more: Any) -> ReportQuestion:
    start = datetime(2025, 11, 20, tzinfo=UTC)
    end = start + timedelta(days=days, hours=hours)
    return ReportQuestion(
        queues=(), period=Period(start=start, end=end, zone=ZoneInfo("UTC"), name="any"), by=by, **more
    )


@pytest.mark.parametrize(
    ("metric", "by", "said"),
    [
        pytest.param(
            "offered",
            [D.AGENT],
            "“offered” is not known by agent: it belongs to queues. By agent there is answered, asa, "
            "handled, aht, talk, hold, acw, transfers.",
            id="nobody has been offered to yet",
        ),
        pytest.param(
            "service_level",
            [D.QUEUE, D.WRAPUP],
            "“sl” is not known by wrap-up code: it belongs to queues. By wrap-up code there is handled, "
            "aht, talk, hold, acw, transfers.",
            id="nor has a service level a code",
        ),
        pytest.param(
            "answered",
            [D.AGENT, D.WRAPUP],
            "“answered” is not known by wrap-up code: it happens before there is one. By wrap-up code there is "
            "handled, aht, talk, hold, acw, transfers.",
            id="an answer comes before the code",
        ),
    ],
)
def test_a_metric_that_means_nothing_in_the_groups_is_named_with_those_that_do(
    metric: str, by: list[Dimension], said: str
) -> None:
    with pytest.raises(BadWord) as refused:
        check_report(question(*by, metrics=("aht_seconds", metric)))
    assert str(refused.value) == said


@pytest.mark.parametrize("by", [(D.HOUR,), (D.DAY, D.QUEUE)])
def test_a_curve_is_not_compared(by: tuple[Dimension, ...]) -> None:
    with pytest.raises(BadWord, match="“compare” is not possible by"):
        check_report(question(*by, compared=True))


@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        pytest.param(question(D.HOUR, days=7, hours=1), True, id="by hour, a week in autumn"),
        pytest.param(question(D.HOUR, D.DAY, days=7, hours=1.25), False, id="by hour, more"),
        pytest.param(question(D.DAY, days=92, hours=1), True, id="by day, a quarter"),
        pytest.param(question(D.DAY, days=93), False, id="by day, more"),
        pytest.param(question(D.QUEUE, days=366), True, id="a leap year"),
        pytest.param(question(D.QUEUE, days=367), False, id="more than a year"),
    ],
)
def test_a_period_has_a_length_that_can_be_answered(asked: ReportQuestion, allowed: bool) -> None:
    if allowed:
        check_report(asked)
    else:
        with pytest.raises(BadPeriod, match="shorter period"):
            check_report(asked)


@pytest.mark.parametrize(
    ("asked", "queues", "allowed"),
    [
        pytest.param(question(D.HOUR, days=7), 148, True, id="a week by hour of a hundred and fifty queues"),
        pytest.param(question(D.HOUR, days=7), 149, False, id="more"),
        pytest.param(question(D.HOUR, D.AGENT, days=7), 30, False, id="with agents it is a fifth"),
        pytest.param(question(D.QUEUE, D.AGENT, days=366), 5000, True, id="without buckets, any number of queues"),
    ],
)
def test_buckets_times_queues_have_an_end(asked: ReportQuestion, queues: int, allowed: bool) -> None:
    if allowed:
        check_cells(asked, queues)
    else:
        with pytest.raises(BadPeriod, match=f"too much for {queues} queues"):
            check_cells(asked, queues)
