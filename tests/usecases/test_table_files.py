"""A report as files, read back."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import pytest

from bot.domain.exports import FileFormat
from bot.files.csv_file import Separator
from bot.usecases.table_files import TableFiles
from tests import reports

GUIDE = (Path(__file__).parents[2] / "docs" / "exports.md").read_text()


async def written(file_format: FileFormat, *, separator: Separator = Separator.COMMA) -> dict[str, bytes]:
    """The bytes of both files by name, the table first."""
    tables = TableFiles(separator=separator)
    async with tables.written(reports.by_queue(), file_format, asked="billing last-week") as files:
        return {file.name: file.path.read_bytes() for file in files}


async def test_csv_has_the_rows_of_the_answer_and_the_total_last() -> None:
    files = await written(FileFormat.CSV)
    titles, *rows = csv.reader(next(iter(files.values())).decode("utf-8-sig").splitlines())
    assert titles[:3] == ["Queue", "Medium", "Offered"]
    assert len(rows) == len(reports.by_queue().rows) + 1
    assert rows[-1][0] == "Total"
    assert int(rows[-1][2]) == sum(int(row[2]) for row in rows[:-1])


async def test_json_has_the_same_figures_as_csv() -> None:
    told = json.loads(next(iter((await written(FileFormat.JSON)).values())))
    _, *rows = csv.reader(next(iter((await written(FileFormat.CSV)).values())).decode("utf-8-sig").splitlines())
    assert [[str(value) if value is not None else "" for value in row.values()] for row in told] == rows


async def test_the_manifest_vouches_for_the_table() -> None:
    (name, table), (beside, manifest) = (await written(FileFormat.CSV)).items()
    told = json.loads(manifest)
    assert beside == f"{name}.manifest.json"
    assert told["files"] == [{"name": name, "size": len(table), "sha256": hashlib.sha256(table).hexdigest()}]
    assert told["query"]["text"] == "billing last-week"
    assert [column["name"] for column in told["columns"]][:3] == ["queue", "media", "offered"]
    assert told["complete"]


async def test_a_compared_report_has_the_figures_of_the_period_before() -> None:
    tables, report = TableFiles(separator=Separator.COMMA), reports.compared()
    async with tables.written(report, FileFormat.JSON, asked="compare") as (table, manifest):
        told, about = (json.loads(file.path.read_bytes()) for file in (table, manifest))
    before = report.rows[0].previous
    assert before is not None
    assert told[0]["offered_before"] == before.offered
    assert told[0]["offered"] == report.rows[0].amounts.offered
    assert about["compared_with"]["name"] == "before last-week"


async def test_every_key_of_the_manifest_is_documented() -> None:
    told = json.loads((await written(FileFormat.CSV)).popitem()[1])
    assert [key for key in (*told, *told["query"]) if f"`{key}`" not in GUIDE] == []


@pytest.mark.parametrize("file_format", FileFormat)
async def test_nothing_is_left_on_disk(file_format: FileFormat) -> None:
    tables = TableFiles(separator=Separator.COMMA)
    async with tables.written(reports.by_queue(), file_format, asked="") as files:
        folder = files[0].path.parent
    assert not folder.exists()
