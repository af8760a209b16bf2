"""Where the files of an export lie meanwhile, and what killed processes left of such places."""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from contextlib import asynccontextmanager, nullcontext, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractContextManager

if sys.platform != "win32":
    import fcntl

OLD = timedelta(days=1)
"""The age from which a folder that nobody holds is removed."""

_PREFIX = "sla-bot-export-"
_LOCK = "in-use"


@asynccontextmanager
async def export_folder(within: Path | None, *, now: datetime) -> AsyncIterator[Path]:
    """A new folder, gone at the end of the block; `within` is by default where the system keeps what is temporary.

    Those that killed processes left there are removed first, except on Windows, where nobody can tell.
    """
    place = within or Path(tempfile.gettempdir())
    await asyncio.to_thread(_sweep, place, now)
    folder, lock = await asyncio.to_thread(_made, place)
    try:
        yield folder
    finally:
        with lock:
            await asyncio.to_thread(shutil.rmtree, folder)


def _made(place: Path) -> tuple[Path, AbstractContextManager[object]]:
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place))
    if sys.platform == "win32":
        return folder, nullcontext()
    lock = (folder / _LOCK).open("w")
    # The system lets go of it when the process ends, however it ends; a number of a process may be another's by then.
    fcntl.flock(lock, fcntl.LOCK_EX)
    return folder, lock


def _sweep(place: Path, now: datetime) -> None:
    if sys.platform == "win32":
        return
    for lock in place.glob(f"{_PREFIX}*/{_LOCK}"):
        with suppress(OSError):  # held, somebody else's, or removed by another process just now
            if now - datetime.fromtimestamp(lock.stat().st_mtime, UTC) < OLD:
                continue
            with lock.open() as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(lock.parent)
