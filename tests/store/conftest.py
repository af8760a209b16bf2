from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.store.database import Store, open_store
from bot.store.schema import migrate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """A migrated store on each kind of database; it must have given every connection back."""
    await migrate(database_url)
    async with open_store(database_url) as store:
        yield store
        assert store.connections_in_use == 0
