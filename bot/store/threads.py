"""The threads of SQLite connections, and their end."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import aiosqlite

if TYPE_CHECKING:
    from threading import Thread

_PATIENCE_SECONDS = 10.0
"""More than a connection waits for a database that is locked."""


class Threads:
    """Every aiosqlite connection works in a thread of its own.

    A connection that was given up in the middle of a statement tells its thread to end and does not wait for it. If
    the event loop is closed by then, the thread fails aloud; whoever closes the loop has to wait for `ended` first.
    """

    def __init__(self) -> None:
        self._running: list[Thread] = []

    def watch(self, _dialect: object, _record: object, _arguments: object, options: dict[str, Any]) -> None:
        """For SQLAlchemy's event `do_connect`: connections are made here from now on."""
        options["async_creator_fn"] = self._connect

    async def ended(self) -> None:
        """Wait until no thread is left that could speak to the loop."""
        for thread in self._running:
            if thread.is_alive():
                await asyncio.to_thread(thread.join, _PATIENCE_SECONDS)

    async def _connect(self, *arguments: Any, **options: Any) -> aiosqlite.Connection:
        connection = aiosqlite.connect(*arguments, **options)
        # The only handle there is; SQLAlchemy takes it, too.
        thread = connection._thread  # noqa: SLF001
        thread.daemon = True
        self._running = [*(one for one in self._running if one.is_alive()), thread]
        return await connection
