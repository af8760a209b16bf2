from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.store.database import Store, open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def store(migrated_url: str) -> AsyncIterator[Store]:
    """A migrated store on each kind of database; it must have given every connection back."""
    async with open_store(migrated_url) as store:
        yield store
        assert store.connections_in_use == 0
