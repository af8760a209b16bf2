from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.dimensions import Dimension, Label
from bot.domain.ids import AgentId, QueueId, WrapUpId
from bot.domain.queues import Queue
from bot.usecases.labels import Labels

LABELS = Labels(
    zone=ZoneInfo("Europe/London"),
    queues=[
        Queue(id=QueueId("q1"), name="Billing", division="Home"),
        Queue(id=QueueId("q2"), name="Sales", division="Home"),
        Queue(id=QueueId("q3"), name="Sales", division="Europe"),
        Queue(id=QueueId("0c9b7e0e-5f3b"), name=" "),
    ],
    agents={AgentId("7cfb14fd-1"): "Ana Silva", AgentId("7cfb14fe-2"): "Ana Silva", AgentId("7cfb14ff-3"): "Bo Berg"},
    wrap_ups={WrapUpId("c1"): "Resolved"},
)


@pytest.mark.parametrize(
    ("dimension", "key", "label"),
    [
        pytest.param(Dimension.QUEUE, "q1", Label("q1", "Billing"), id="a queue"),
        pytest.param(Dimension.QUEUE, "q2", Label("q2", "Sales (Home)"), id="two queues are called alike"),
        pytest.param(
            Dimension.QUEUE, "0c9b7e0e-5f3b", Label("0c9b7e0e-5f3b", "(0c9b7e0e)"), id="a queue without a name"
        ),
        pytest.param(Dimension.DIVISION, "Home", Label("Home", "Home"), id="a division"),
        pytest.param(Dimension.DIVISION, "", Label("", "No division"), id="a queue without a division"),
        pytest.param(Dimension.MEDIA, "voice", Label("voice", "voice"), id="a medium"),
        pytest.param(Dimension.AGENT, "7cfb14ff-3", Label("7cfb14ff-3", "Bo Berg"), id="an agent"),
        pytest.param(Dimension.AGENT, "7cfb14fd-1", Label("7cfb14fd-1", "Ana Silva (7cfb14fd)"), id="two agents alike"),
        pytest.param(Dimension.AGENT, None, Label("", "No agent"), id="nobody"),
        pytest.param(Dimension.WRAPUP, "c1", Label("c1", "Resolved"), id="a wrap-up code"),
        pytest.param(Dimension.WRAPUP, None, Label("", "No code"), id="no wrap-up code"),
        pytest.param(Dimension.DIRECTION, None, Label("", "No direction"), id="no direction"),
    ],
)
def test_a_group_is_called_by_its_name(dimension: Dimension, key: str | None, label: Label) -> None:
    assert LABELS.label(dimension, key) == label


@pytest.mark.parametrize(
    ("dimension", "begins", "label"),
    [
        pytest.param(
            Dimension.HOUR,
            datetime(2026, 10, 25, 0, tzinfo=UTC),
            Label("2026-10-25T01:00:00+01:00", "Sun 25 Oct 01:00 BST"),
            id="the first of two hours that the clock shows alike",
        ),
        pytest.param(
            Dimension.HOUR,
            datetime(2026, 10, 25, 1, tzinfo=UTC),
            Label("2026-10-25T01:00:00+00:00", "Sun 25 Oct 01:00 GMT"),
            id="the second",
        ),
        pytest.param(
            Dimension.HOUR,
            datetime(2026, 11, 16, 9, tzinfo=UTC),
            Label("2026-11-16T09:00:00+00:00", "Mon 16 Nov 09:00"),
            id="an hour like others",
        ),
        pytest.param(
            Dimension.DAY,
            datetime(2026, 10, 24, 23, tzinfo=UTC),
            Label("2026-10-25", "Sun 25 Oct"),
            id="a day begins at local midnight",
        ),
    ],
)
def test_an_hour_or_a_day_is_called_as_the_zone_s_clock_shows_it(
    dimension: Dimension, begins: datetime, label: Label
) -> None:
    assert LABELS.label(dimension, begins) == label
