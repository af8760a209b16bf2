"""Folders of exports, and of processes that were killed."""

from __future__ import annotations

import asyncio
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.usecases.export_folder import OLD, export_folder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

EXPORTING = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from bot.usecases.export_folder import export_folder

async def main():
    async with export_folder(Path(sys.argv[1]), now=datetime.now(UTC)) as folder:
        (folder / "rows.csv").write_text("many")
        print(folder, flush=True)
        await asyncio.to_thread(sys.stdin.read)

asyncio.run(main())
"""

ON_WINDOWS = (
    """
import asyncio, shutil, sys, tempfile
from pathlib import Path
sys.platform, sys.modules["fcntl"] = "win32", None
"""
    + EXPORTING
)


@asynccontextmanager
async def another_process(place: Path, program: str = EXPORTING) -> AsyncIterator[asyncio.subprocess.Process]:
    """It works on an export in `place`."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, str(place), stdin=pipe, stdout=pipe)
    assert process.stdout
    assert str(place).encode() in await process.stdout.readline()
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def there(place: Path) -> set[Path]:
    return set(place.iterdir())


async def swept(place: Path, *, after: timedelta) -> bool:
    """Whether an export that begins so much later finds itself alone."""
    async with export_folder(place, now=datetime.now(UTC) + after) as mine:
        return there(place) == {mine}


async def test_a_folder_lasts_as_long_as_its_export(tmp_path: Path) -> None:
    async with export_folder(tmp_path, now=datetime.now(UTC)) as folder:
        (folder / "rows.csv").write_text("few")
        assert folder.parent == tmp_path
    assert there(tmp_path) == set()


async def test_what_a_killed_process_left_is_removed_a_day_later(tmp_path: Path) -> None:
    async with another_process(tmp_path) as process:
        process.kill()
        await process.wait()
        assert not await swept(tmp_path, after=OLD - timedelta(minutes=5))
        assert await swept(tmp_path, after=OLD)


async def test_what_a_living_process_works_on_stays_however_old(tmp_path: Path) -> None:
    async with another_process(tmp_path):
        assert not await swept(tmp_path, after=7 * OLD)


async def test_what_others_keep_there_stays(tmp_path: Path) -> None:
    (tmp_path / "sla-bot-export-by-hand").mkdir()
    (tmp_path / "export-of-another").mkdir()
    assert not await swept(tmp_path, after=7 * OLD)
    assert len(there(tmp_path)) == 2


async def test_without_locks_of_files_an_export_has_its_folder_all_the_same(tmp_path: Path) -> None:
    async with another_process(tmp_path, ON_WINDOWS) as process:
        await process.communicate(b"")
        assert process.returncode == 0
    assert there(tmp_path) == set()
