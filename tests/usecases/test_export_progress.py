from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.exports import Progress, Stage
from bot.domain.ids import QueueId
from bot.genesys.details import DetailsSlice, Page
from bot.usecases.export_progress import ExportProgress

MONDAY = datetime(2026, 11, 9, tzinfo=UTC)


def piece(expected: int, *, start: datetime = MONDAY, hours: float = 24) -> DetailsSlice:
    return DetailsSlice(
        start=start,
        end=start + timedelta(hours=hours),
        queues=(QueueId("q1"),),
        media=frozenset(),
        personal=False,
        expected=expected,
        by_job=False,
    )


@dataclass
class Watch:
    seconds: float = 0.0
    told: list[Progress] = field(default_factory=list)

    def begin(self, *slices: DetailsSlice) -> ExportProgress:
        progress = ExportProgress(self.told.append, clock=lambda: self.seconds)
        self.seconds += 100
        progress.planned(slices)
        return progress


def page(read: int) -> Page:
    return Page((), read)


def test_before_it_is_planned_nothing_is_known() -> None:
    watch = Watch()
    ExportProgress(watch.told.append, clock=lambda: 0.0)
    assert watch.told == [Progress(stage=Stage.PLANNING)]


@pytest.mark.parametrize(
    ("after", "read", "left"),
    [
        pytest.param(10, 250, timedelta(seconds=30), id="a quarter took ten seconds"),
        pytest.param(10, 500, timedelta(seconds=10), id="half of it"),
        pytest.param(4, 250, None, id="the pace is not known yet"),
        pytest.param(10, 10, None, id="hardly anything is done"),
        pytest.param(10, 1_000, None, id="more than was counted"),
    ],
)
def test_the_time_left_follows_the_measured_pace(after: float, read: int, left: timedelta | None) -> None:
    watch = Watch()
    progress = watch.begin(piece(400), piece(600))
    watch.seconds += after
    progress.page(page(read))
    assert watch.told[-1].left == left


def test_slices_are_counted_when_they_are_done() -> None:
    watch = Watch()
    progress = watch.begin(piece(400), piece(600))
    progress.slice_done()
    assert (watch.told[-1].slices_done, watch.told[-1].slices) == (1, 2)


@pytest.mark.parametrize(
    ("slices", "expected"),
    [
        pytest.param([piece(400), piece(600)], 1_000, id="whole days"),
        pytest.param([piece(2_400, hours=1)], 100, id="an hour of a day"),
        pytest.param([piece(800, start=MONDAY - timedelta(hours=1), hours=24)], 400, id="one day across two"),
    ],
)
def test_of_a_count_by_whole_days_the_part_is_expected(slices: list[DetailsSlice], expected: int) -> None:
    watch = Watch()
    watch.begin(*slices)
    assert watch.told[-1].expected == expected


def test_while_the_rest_is_written_no_time_is_told() -> None:
    watch = Watch()
    progress = watch.begin(piece(1_000))
    watch.seconds += 10
    progress.page(page(500))
    progress.writing()
    assert (watch.told[-1].stage, watch.told[-1].left) == (Stage.WRITING, None)
