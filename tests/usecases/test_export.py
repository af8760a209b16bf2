"""Exports from a simulated contact centre over HTTP, against a list made of its raw visits."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import json
import resource
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.demo.centre_organisation import Queue
from bot.demo.genesys_options import Late
from bot.domain.exports import FileFormat, Stage
from bot.errors import GenesysBroken, GenesysForbidden
from bot.genesys import details_plan
from bot.usecases.export import SETTLING
from tests.usecases.export_site import (
    DETAILS,
    JOBS,
    MONDAY,
    QUEUES,
    expected_rows,
    export_site,
    question,
    traffic,
    written_rows,
)

if TYPE_CHECKING:
    from pathlib import Path

    from bot.demo.faults import Mode
    from bot.domain.exports import Progress

WEEK = timedelta(days=7)


@pytest.fixture
def many_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slice holds a day of these tests' traffic."""
    monkeypatch.setattr(details_plan, "HANDY", 20)
    monkeypatch.setattr(details_plan, "READABLE", 90_000)


async def test_the_rows_equal_a_list_of_the_raw_visits(tmp_path: Path) -> None:
    visits = traffic(400)
    async with export_site(tmp_path, visits) as site, site.export(question()) as export:
        assert written_rows(export) == expected_rows(visits, QUEUES, MONDAY, MONDAY + WEEK)
        assert export.fetched.complete
        assert export.fetched.rows == len(written_rows(export))


@pytest.mark.usefixtures("many_slices")
async def test_a_period_of_many_slices_becomes_one_file_in_order(tmp_path: Path) -> None:
    visits = traffic(1_500)
    async with export_site(tmp_path, visits) as site, site.export(question()) as export:
        assert written_rows(export) == expected_rows(visits, QUEUES, MONDAY, MONDAY + WEEK)
        assert export.fetched.complete
        assert site.told[-1].slices == 7


@pytest.mark.usefixtures("many_slices")
async def test_part_of_a_day_is_exported_to_the_second(tmp_path: Path) -> None:
    visits = traffic(1_500)
    start, end = MONDAY + timedelta(hours=13, minutes=7), MONDAY + timedelta(days=3, hours=1)
    async with export_site(tmp_path, visits) as site, site.export(question(start=start, end=end)) as export:
        assert written_rows(export) == expected_rows(visits, QUEUES, start, end)


@pytest.mark.usefixtures("many_slices")
async def test_only_the_queues_asked_about_have_rows(tmp_path: Path) -> None:
    visits = traffic(600)
    async with export_site(tmp_path, visits) as site, site.export(question("Sales")) as export:
        rows = written_rows(export)
    assert rows == expected_rows(visits, QUEUES[1:2], MONDAY, MONDAY + WEEK)


@pytest.mark.usefixtures("many_slices")
async def test_who_visits_queues_of_two_requests_is_written_once_with_every_visit(tmp_path: Path) -> None:
    queues = tuple(Queue.named(f"Queue {number:03}") for number in range(130))
    visits = traffic(800, queues=queues)
    async with export_site(tmp_path, visits, queues=queues) as site, site.export(question()) as export:
        assert written_rows(export) == expected_rows(visits, queues, MONDAY, MONDAY + WEEK)
        assert export.fetched.complete
        assert export.fetched.duplicates > 0
        assert export.fetched.conversations == 800


@pytest.mark.usefixtures("many_slices")
async def test_what_comes_again_on_the_next_page_is_written_once(tmp_path: Path) -> None:
    visits = traffic(1_500)
    async with export_site(tmp_path, visits) as site:
        site.options.restless_details = True
        async with site.export(question()) as export:
            assert written_rows(export) == expected_rows(visits, QUEUES, MONDAY, MONDAY + WEEK)
            assert export.fetched.duplicates > 0
            assert export.fetched.complete


@pytest.mark.usefixtures("many_slices")
async def test_data_that_arrives_meanwhile_costs_nothing_that_was_there(tmp_path: Path) -> None:
    visits = traffic(1_500)
    async with export_site(tmp_path, visits) as site:
        site.options.late_details = late = Late(one_in=4, over_pages=25)
        numbers = {
            number: site.centre.conversations.visits(number, 2**60)[0].conversation_id
            for number in site.centre.conversations.begun(0, 2**60)
        }
        there = {conversation for number, conversation in numbers.items() if not late.hides(number)}
        async with site.export(question()) as export:
            found = written_rows(export)
        everything = expected_rows(visits, QUEUES, MONDAY, MONDAY + WEEK)
    assert [row for row in found if row[0] in there] == [row for row in everything if row[0] in there]
    assert [row for row in everything if row in found] == found


async def test_a_csv_has_titles_and_the_same_rows(tmp_path: Path) -> None:
    visits = traffic(50)
    async with export_site(tmp_path, visits) as site, site.export(question(), FileFormat.CSV) as export:
        with export.files[0].path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        ids = [row[0] for row in expected_rows(visits, QUEUES, MONDAY, MONDAY + WEEK)]
        assert [row["Conversation"] for row in rows] == ids
        assert export.files[0].name == "conversations-2026-11-09-to-2026-11-15.csv"


async def test_a_manifest_lies_beside_the_rows_and_can_verify_them(tmp_path: Path) -> None:
    async with export_site(tmp_path, traffic(100)) as site, site.export(question("Billing", "Sales")) as export:
        rows, manifest = export.files
        told = json.loads(manifest.path.read_bytes())
        assert told["query"]["text"] == "conversations last-week"
        assert (told["rows"], told["complete"], told["missing"]) == (export.fetched.rows, True, None)
        digest = hashlib.sha256(rows.path.read_bytes()).hexdigest()
        assert told["files"] == [{"name": rows.name, "size": rows.path.stat().st_size, "sha256": digest}]
        assert manifest.name == "conversations-2-queues-2026-11-09-to-2026-11-15.json.manifest.json"


async def test_a_file_is_named_after_queue_and_dates(tmp_path: Path) -> None:
    async with (
        export_site(tmp_path, traffic(10)) as site,
        site.export(question("Billing", end=MONDAY + timedelta(days=1))) as export,
    ):
        assert export.files[0].name == "conversations-billing-2026-11-09.json"


async def test_the_summary_counts_what_was_written(tmp_path: Path) -> None:
    visits = traffic(300)
    async with export_site(tmp_path, visits) as site, site.export(question()) as export:
        rows = expected_rows(visits, QUEUES, MONDAY, MONDAY + WEEK)
        visited = {(row[0], row[1]) for row in rows}
        assert {group.group[0].name: group.conversations for group in export.summary} == {
            queue.name: sum(1 for _, name in visited if name == queue.name) for queue in QUEUES
        }


async def test_a_period_in_which_nothing_happened_is_an_empty_complete_file(tmp_path: Path) -> None:
    async with export_site(tmp_path, []) as site, site.export(question()) as export:
        assert written_rows(export) == []
        assert export.fetched.complete
        assert export.summary == ()


@pytest.mark.parametrize("running", [False, True])
async def test_the_last_minute_of_a_period_is_waited_for(tmp_path: Path, running: bool) -> None:
    visits = traffic(2_000, days=1)
    noon = MONDAY + timedelta(hours=12)
    asked = question(end=noon)
    asked = replace(asked, period=replace(asked.period, running=running))
    async with (
        export_site(tmp_path, visits, now=noon + timedelta(seconds=20), listed_after=SETTLING) as site,
        site.export(asked) as export,
    ):
        ids = {row[0] for row in written_rows(export)}  # the last of them are not over
        assert ids == {row[0] for row in expected_rows(visits, QUEUES, MONDAY, noon)}
        assert export.fetched.complete
        assert site.pauses == [40]


async def test_what_is_being_waited_for_is_still_being_planned(tmp_path: Path) -> None:
    async with export_site(tmp_path, [], now=MONDAY + timedelta(hours=1)) as site:
        async with site.export(question(end=MONDAY + timedelta(hours=1))):
            pass
        assert site.pauses == [60]
        assert site.told_at_pause == [Stage.PLANNING]


async def test_a_period_that_is_over_for_a_minute_is_not_waited_for(tmp_path: Path) -> None:
    noon = MONDAY + timedelta(hours=12)
    async with export_site(tmp_path, [], now=noon + SETTLING) as site, site.export(question(end=noon)):
        assert site.pauses == []


@pytest.mark.usefixtures("many_slices")
async def test_a_passing_fault_is_waited_out(tmp_path: Path) -> None:
    visits = traffic(1_500)
    async with export_site(tmp_path, visits) as site:
        site.faults.set("server_error", after=20, requests=12, prefix=DETAILS)
        async with site.export(question()) as export:
            assert written_rows(export) == expected_rows(visits, QUEUES, MONDAY, MONDAY + WEEK)
            assert export.fetched.complete
        assert site.faults.met == 12


@pytest.mark.usefixtures("many_slices")
async def test_what_cannot_be_read_is_named_and_the_rest_is_written(tmp_path: Path) -> None:
    visits = traffic(1_500)
    async with export_site(tmp_path, visits) as site:
        site.faults.set("server_error", after=30, prefix=DETAILS)
        async with site.export(question()) as export:
            rows, fetched = written_rows(export), export.fetched
    everything = expected_rows(visits, QUEUES, MONDAY, MONDAY + WEEK)
    assert 0 < len(rows) < len(everything)
    assert [row for row in everything if row in rows] == rows
    assert not fetched.complete
    assert "Sun 15 Nov 2026: Genesys Cloud" in fetched.missing


async def test_a_count_that_is_one_too_many_leaves_the_export_complete(tmp_path: Path) -> None:
    visits = traffic(80)
    async with export_site(tmp_path, visits) as site:
        site.options.restless_details = True
        async with site.export(question()) as export:
            assert written_rows(export) == expected_rows(visits, QUEUES, MONDAY, MONDAY + WEEK)
            assert export.fetched.complete


@pytest.mark.usefixtures("many_slices")
@pytest.mark.parametrize(
    "room", [pytest.param(20_000, id="while slices are read"), pytest.param(300_000, id="while rows are written")]
)
async def test_a_file_that_cannot_grow_ends_the_export(tmp_path: Path, room: int) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    async with export_site(tmp_path, traffic(1_500)) as site:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
        try:
            with pytest.raises(OSError, match="File too large"):
                async with site.export(question()):
                    pass
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert site.left_behind == []


@pytest.mark.usefixtures("many_slices")
async def test_when_nothing_can_be_read_the_reason_is_raised(tmp_path: Path) -> None:
    async with export_site(tmp_path, traffic(300)) as site:

        def break_when_planned(progress: Progress) -> None:
            if progress.stage is Stage.FETCHING and not site.faults.active:
                site.faults.set("server_error", prefix=DETAILS)

        with pytest.raises(GenesysBroken):
            async with site.export(question(), tell=break_when_planned):
                pass
        assert site.left_behind == []


async def test_a_missing_permission_is_raised_at_once(tmp_path: Path) -> None:
    async with export_site(tmp_path, traffic(10)) as site:
        site.options.permissions = frozenset({"routing:queue:view"})
        with pytest.raises(GenesysForbidden):
            async with site.export(question()):
                pass
        assert site.log.counts[DETAILS] == 1


@pytest.mark.usefixtures("many_slices")
async def test_cancelling_stops_the_calls_and_leaves_nothing_behind(tmp_path: Path) -> None:
    async with export_site(tmp_path, traffic(1_500)) as site:
        begun = asyncio.Event()

        def on_progress(progress: Progress) -> None:
            if progress.conversations > 100:
                begun.set()

        async def work() -> None:
            async with site.export(question(), tell=on_progress):
                raise AssertionError("it was cancelled before")

        working = asyncio.create_task(work())
        await begun.wait()
        working.cancel()
        await asyncio.wait({working})
        asked = site.log.counts[DETAILS]
        await asyncio.sleep(0.05)
        assert working.cancelled()
        assert site.log.counts[DETAILS] == asked
        assert site.left_behind == []


async def test_the_files_last_as_long_as_the_block(tmp_path: Path) -> None:
    async with export_site(tmp_path, traffic(10)) as site:
        async with site.export(question()) as export:
            assert all(file.path.exists() for file in export.files)
        assert site.left_behind == []


@pytest.mark.usefixtures("many_slices")
async def test_progress_goes_from_planning_over_fetching_to_writing_and_never_back(tmp_path: Path) -> None:
    async with export_site(tmp_path, traffic(1_500)) as site, site.export(question()):
        pass
    stages = [progress.stage for progress in site.told]
    assert sorted(set(stages), key=stages.index) == [Stage.PLANNING, Stage.FETCHING, Stage.WRITING]
    for before, after in zip(site.told, site.told[1:], strict=False):
        assert after.slices_done >= before.slices_done
        assert after.conversations >= before.conversations
    last = site.told[-1]
    assert (last.slices_done, last.conversations, last.expected) == (last.slices, 1_500, 1_500)


@pytest.mark.usefixtures("many_slices")
@pytest.mark.parametrize("mode", ["failed_job", "expired_job", None])
async def test_a_long_past_is_read_by_jobs_and_by_query_where_a_job_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: Mode | None
) -> None:
    monkeypatch.setattr(details_plan, "MANY", 50)
    visits = traffic(1_500)
    async with export_site(tmp_path, visits) as site:
        if mode:
            site.faults.set(mode)
        async with site.export(question()) as export:
            assert written_rows(export) == expected_rows(visits, QUEUES, MONDAY, MONDAY + WEEK)
            assert export.fetched.complete
        assert site.log.counts[JOBS] > 0
