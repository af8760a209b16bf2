from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.exports import FileFormat
from bot.domain.period import Period
from bot.files.names import file_name, manifest_name
from tests.files.conversations import BERLIN

MONDAY = datetime(2026, 11, 8, 23, tzinfo=UTC)
WEEK = Period(start=MONDAY, end=MONDAY + timedelta(days=7), zone=BERLIN, name="last-week")
DAY = Period(start=MONDAY, end=MONDAY + timedelta(days=1), zone=BERLIN, name="monday")


@pytest.mark.parametrize(
    ("queues", "name"),
    [
        pytest.param(["Billing"], "conversations-billing-2026-11-09-to-2026-11-15.csv", id="one queue"),
        pytest.param([], "conversations-2026-11-09-to-2026-11-15.csv", id="all queues"),
        pytest.param(["a", "b", "c"], "conversations-3-queues-2026-11-09-to-2026-11-15.csv", id="several"),
        pytest.param(["Größe & Café"], "conversations-grosse-cafe-2026-11-09-to-2026-11-15.csv", id="accents"),
        pytest.param(["../../etc/passwd"], "conversations-etc-passwd-2026-11-09-to-2026-11-15.csv", id="a path"),
        pytest.param(["***"], "conversations-2026-11-09-to-2026-11-15.csv", id="nothing left of the name"),
        pytest.param(["請求"], "conversations-請求-2026-11-09-to-2026-11-15.csv", id="another script"),
    ],
)
def test_a_file_is_called_by_what_is_in_it(queues: list[str], name: str) -> None:
    assert file_name("conversations", queues, WEEK, FileFormat.CSV) == name


def test_one_day_is_named_once() -> None:
    assert file_name("report", [], DAY, FileFormat.JSON) == "report-2026-11-09.json"


def test_the_manifest_stands_beside_the_rows() -> None:
    assert manifest_name("report-2026-11-09.csv") == "report-2026-11-09.csv.manifest.json"


@given(queue=st.text())
def test_no_queue_makes_a_name_that_a_system_refuses(queue: str) -> None:
    name = file_name("conversations", [queue], WEEK, FileFormat.CSV)
    assert re.fullmatch(r"conversations-[\w-]+\.csv", name)
    assert len(name) <= 100
    assert len(name.encode()) < 255
