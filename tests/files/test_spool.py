from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.conversations import Conversation, Direction, Outcome, Personal, Visit
from bot.files.spool import FAN_IN, SliceSpool, merged
from tests.files.conversations import BILLING, SALES, conversation, seconds, visit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def spooled(folder: Path, *slices: Sequence[Sequence[Conversation]]) -> list[SliceSpool]:
    """A spool for each slice, to which its pages were added."""
    spools = [SliceSpool(folder, f"slice-{number}") for number in range(len(slices))]
    for spool, pages in zip(spools, slices, strict=True):
        for page in pages:
            spool.add(page)
    return spools


def test_what_is_read_is_what_was_added(folder: Path) -> None:
    whole = conversation(1, visit(BILLING, after=1), visit(SALES, after=90, outcome=Outcome.OPEN), over=False)
    assert list(merged(spooled(folder, [[whole]]))) == [whole]


def test_personal_data_survives(folder: Path) -> None:
    named = Conversation(
        id="c", start=conversation(1).start, end=None, visits=(visit(),), personal=Personal(customer="A\tB\nÖ\u2028")
    )
    assert list(merged(spooled(folder, [[named]]))) == [named]


def test_slices_and_pages_in_any_order_come_out_in_one(folder: Path) -> None:
    early, late = [conversation(n, at=n) for n in range(10)], [conversation(n, at=n) for n in range(10, 20)]
    spools = spooled(folder, [late[5:], late[:5]], [early[::-1]])
    assert list(merged(spools)) == early + late


def test_conversations_of_one_instant_are_ordered_by_id(folder: Path) -> None:
    found = [item.id for item in merged(spooled(folder, [[conversation(n) for n in (3, 1, 2)]]))]
    assert found == ["c-1", "c-2", "c-3"]


def test_an_instant_with_milliseconds_comes_after_the_full_second(folder: Path) -> None:
    starts = [0, 0.001, 0.25, 1]
    pages = [[conversation(number, at=at)] for number, at in enumerate(starts)]
    assert [item.id for item in merged(spooled(folder, pages[::-1]))] == ["c-0", "c-1", "c-2", "c-3"]


def test_a_duplicate_is_written_once_and_counted(folder: Path) -> None:
    reading = merged(spooled(folder, [[conversation(1), conversation(2)], [conversation(2)]], [[conversation(2)]]))
    assert [item.id for item in reading] == ["c-1", "c-2"]
    assert reading.duplicates == 2


def test_the_version_that_is_over_wins(folder: Path) -> None:
    running = conversation(1, visit(after=1), visit(after=2), over=False)
    over = conversation(1, visit(after=1))
    assert list(merged(spooled(folder, [[running], [over]]))) == [over]


def test_of_two_running_versions_the_one_with_more_visits_wins(folder: Path) -> None:
    early, late = conversation(1, over=False), conversation(1, visit(after=1), visit(after=2), over=False)
    assert list(merged(spooled(folder, [[late]], [[early]]))) == [late]


def test_visits_that_requests_for_other_queues_found_are_joined_in_order(folder: Path) -> None:
    first, second = visit(SALES, after=1), visit(BILLING, after=60)
    for_billing, for_sales = conversation(1, second), conversation(1, first)
    reading = merged(spooled(folder, [[for_billing]], [[for_sales]]))
    assert [item.visits for item in reading] == [(first, second)]
    assert reading.duplicates == 1


def test_many_runs_are_gathered_so_that_few_files_are_open(folder: Path) -> None:
    pages = [[conversation(n, at=n)] for n in range(FAN_IN * FAN_IN + 5)]
    spools = spooled(folder, pages[::-1])
    assert len(list(folder.iterdir())) <= 2 * FAN_IN
    assert list(merged(spools)) == [page[0] for page in pages]


def test_pages_in_order_share_one_file(folder: Path) -> None:
    (spool,) = spooled(folder, [[conversation(n, at=n)] for n in range(50)])
    assert len(list(folder.iterdir())) == 1
    spool.close()


def test_nothing_is_left_after_reading(folder: Path) -> None:
    spools = spooled(folder, [[conversation(1)]], [[conversation(2, at=9)]])
    assert len(list(merged(spools))) == 2
    assert list(folder.iterdir()) == []


def test_an_export_that_stops_half_way_leaves_nothing_when_its_spools_close(folder: Path) -> None:
    with SliceSpool(folder, "slice") as spool:
        spool.add([conversation(1), conversation(2)])
        assert next(iter(merged([spool]))).id == "c-1"
    assert list(folder.iterdir()) == []


def test_a_page_that_comes_after_the_end_is_not_kept(folder: Path) -> None:
    spool = SliceSpool(folder, "slice")
    spool.add([conversation(1)])
    spool.close()
    spool.add([conversation(2)])
    assert list(folder.iterdir()) == []


def test_an_empty_page_and_an_empty_slice_are_nothing(folder: Path) -> None:
    spools = spooled(folder, [[]], [])
    assert list(merged(spools)) == []
    assert [spool.count for spool in spools] == [0, 0]


VISITS = st.builds(
    Visit,
    queue=st.sampled_from([BILLING, SALES]),
    media=st.just(visit().media),
    direction=st.sampled_from(Direction),
    entered=st.integers(0, 5000).map(lambda n: visit(after=n / 1000).entered),
    outcome=st.sampled_from(Outcome),
    wait=st.none() | st.integers(0, 10**9).map(lambda n: seconds(n / 1000)),
    talk=st.integers(0, 10**9).map(lambda n: seconds(n / 1000)),
    transfers=st.integers(0, 9),
)
CONVERSATIONS = st.builds(
    conversation, st.integers(0, 10**6), VISITS, at=st.integers(0, 20_000).map(lambda n: n / 1000), over=st.booleans()
)


@given(
    found=st.lists(CONVERSATIONS, unique_by=lambda item: item.id, max_size=60),
    again=st.lists(st.integers(0, 59), max_size=20),
    cut=st.integers(1, 7),
)
def test_any_pages_come_out_once_and_in_the_order_of_an_export(
    tmp_path_factory: pytest.TempPathFactory, found: list[Conversation], again: list[int], cut: int
) -> None:
    repeated = found + [found[number] for number in again if number < len(found)]
    pages = [repeated[place : place + 5] for place in range(0, len(repeated), 5)]
    spools = spooled(tmp_path_factory.mktemp("spools"), *(pages[place::cut] for place in range(cut)))
    reading = merged(spools)
    assert list(reading) == sorted(found, key=lambda item: item.order)
    assert reading.duplicates == len(repeated) - len(found)
    assert sum(spool.count for spool in spools) == len(repeated)
