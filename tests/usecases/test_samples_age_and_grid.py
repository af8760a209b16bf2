"""Which thresholds quarter hours are counted with, and how long their counts are believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import pytest

from bot.domain.ids import QueueId
from bot.domain.queues import Media, Queue, Target
from bot.usecases.samples.age import recount_due, settled
from bot.usecases.samples.grid import GRID, MOST, filled_up, needed

START = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 21, tzinfo=UTC)


def seconds(*some: float) -> frozenset[timedelta]:
    return frozenset(timedelta(seconds=each) for each in some)


def queue(name: str, *thresholds: float) -> Queue:
    targets = {
        media: Target(share=0.8, threshold=timedelta(seconds=each))
        for media, each in zip((Media.VOICE, Media.EMAIL), thresholds, strict=False)
    }
    return Queue(id=QueueId(name), name=name, targets=MappingProxyType(targets))


def test_the_queues_own_and_the_rules_are_needed() -> None:
    assert needed([queue("a", 20, 3600), queue("b", 33)], seconds(12)) == seconds(12, 20, 33, 3600)


def test_with_very_many_the_rarest_of_the_queues_own_go_last_and_rules_after_them() -> None:
    queues = [queue(f"{number}", number + 1) for number in range(MOST)] + [queue("twice", MOST)]
    found = needed(queues, seconds(0.5))
    assert len(found) == MOST
    assert timedelta(seconds=MOST) in found
    assert timedelta(seconds=0.5) not in found


@pytest.mark.parametrize(
    ("some", "whole"),
    [
        pytest.param((), GRID, id="nothing is needed: the whole grid"),
        pytest.param((20, 30), GRID, id="what is needed is in the grid"),
        pytest.param((7,), (*GRID[:9], timedelta(seconds=7)), id="one place less"),
        pytest.param(range(1, 12), tuple(seconds(*range(1, 12))), id="a second request has none of the grid"),
    ],
)
def test_the_grid_fills_one_request(some: tuple[float, ...], whole: tuple[timedelta, ...]) -> None:
    assert filled_up(seconds(*some)) == frozenset(whole)


@pytest.mark.parametrize(
    ("fetched_at", "now", "due"),
    [
        pytest.param(START, MIDNIGHT + timedelta(hours=5, minutes=59), False, id="the night is not over"),
        pytest.param(START, MIDNIGHT + timedelta(hours=6), True, id="after the first night"),
        pytest.param(MIDNIGHT + timedelta(hours=6), MIDNIGHT + timedelta(hours=29), False, id="it was"),
        pytest.param(MIDNIGHT + timedelta(hours=6), MIDNIGHT + timedelta(hours=30), True, id="after the second night"),
        pytest.param(START, MIDNIGHT + timedelta(days=9), True, id="nobody was there in both"),
        pytest.param(MIDNIGHT + timedelta(hours=30), MIDNIGHT + timedelta(days=99), False, id="that was the last time"),
    ],
)
def test_a_quarter_hour_is_counted_again_after_two_nights(fetched_at: datetime, now: datetime, due: bool) -> None:
    assert recount_due(START, fetched_at, now) is due


@pytest.mark.parametrize(
    ("fetched_after", "now_after", "believed"),
    [
        pytest.param(timedelta(minutes=44), timedelta(hours=1), False, id="half an hour after its end was not over"),
        pytest.param(timedelta(minutes=45), timedelta(hours=1), True, id="it was"),
        pytest.param(timedelta(minutes=45), timedelta(hours=20), False, id="a night may have changed it"),
    ],
)
def test_counts_are_believed_when_they_had_time_to_arrive(
    fetched_after: timedelta, now_after: timedelta, believed: bool
) -> None:
    assert settled(START, START + fetched_after, START + now_after) is believed
