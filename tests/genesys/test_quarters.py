"""Counts by quarter hour, as they are asked for and read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from bot.domain.alerts.samples import QUARTER
from bot.domain.ids import QueueId
from bot.errors import GenesysUnreadable
from bot.genesys.wire_aggregates import Slice

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.genesys.fetching import Held

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
END = START + timedelta(hours=3)
BILLING, SALES = QueueId("billing"), QueueId("sales")
TWENTY = frozenset({timedelta(seconds=20)})


def bucket(start: str, end: str, **counts: int) -> dict[str, Any]:
    metrics = [{"metric": name, "stats": {"count": count}} for name, count in counts.items()]
    return {"interval": f"2026-11-20T{start}Z/2026-11-20T{end}Z", "metrics": metrics}


def reply(*data: dict[str, Any]) -> httpx.Response:
    return httpx.Response(
        200, json={"results": [{"group": {"queueId": BILLING, "mediaType": "voice"}, "data": list(data)}]}
    )


class Asked:
    """What was held of one answer, and the bodies that asked for it."""

    def __init__(self, in_process: Callable[..., Any], answer: httpx.Response) -> None:
        self.platform = in_process(lambda _: answer)

    async def __call__(self, times: int = 1, thresholds: frozenset[timedelta] = TWENTY) -> dict[QueueId, Held]:
        async with self.platform.client() as client:
            for _ in range(times):
                held = await client.quarters.held(START, END, {BILLING: thresholds, SALES: thresholds})
        return dict(held)


async def test_they_are_quarter_hours_of_utc_with_lengths_of_time(in_process: Callable[..., Any]) -> None:
    asked = Asked(in_process, reply())
    await asked()
    (body,) = asked.platform.bodies
    assert (body["interval"], body["granularity"], body["timeZone"]) == (
        "2026-11-20T09:00:00.000Z/2026-11-20T12:00:00.000Z",
        "PT15M",
        "UTC",
    )
    assert {"nOffered", "tAnswered", "tHandle", "nTransferred"} <= set(body["metrics"])


async def test_each_belongs_to_its_quarter_and_a_queue_without_any_is_there(in_process: Callable[..., Any]) -> None:
    asked = Asked(in_process, reply(bucket("09:15:00.000", "09:30:00.000", nOffered=3)))
    held = await asked()
    ((place, tally),) = held[BILLING].tallies.items()
    assert place.slice == Slice(START + QUARTER, START + 2 * QUARTER)
    assert tally.offered == 3
    assert not held[SALES].tallies


@pytest.mark.parametrize(
    ("start", "end"),
    [
        pytest.param("09:00:00.000", "09:30:00.000", id="a half hour"),
        pytest.param("09:10:00.000", "09:25:00.000", id="cut elsewhere"),
    ],
)
async def test_buckets_that_are_no_quarter_hours_are_not_believed(
    in_process: Callable[..., Any], start: str, end: str
) -> None:
    asked = Asked(in_process, reply(bucket(start, end, nOffered=3)))
    with pytest.raises(GenesysUnreadable):
        await asked()


async def test_they_are_asked_for_anew_each_time(in_process: Callable[..., Any]) -> None:
    asked = Asked(in_process, reply())
    await asked(times=2)
    assert len(asked.platform.bodies) == 2


async def test_more_thresholds_than_a_request_takes_are_asked_for_in_two(in_process: Callable[..., Any]) -> None:
    asked = Asked(in_process, reply(bucket("09:15:00.000", "09:30:00.000", nOffered=3)))
    thresholds = frozenset(timedelta(seconds=each) for each in range(1, 13))
    held = await asked(thresholds=thresholds)
    ((_, tally),) = held[BILLING].tallies.items()
    assert len(asked.platform.bodies) == 2
    assert (tally.offered, set(tally.within)) == (3, thresholds)
