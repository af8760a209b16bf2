"""Listings of agents and wrap-up codes on the wire, of which only the names are read. No I/O.

Sources: GET /api/v2/users, GET /api/v2/routing/wrapupcodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from bot.genesys.wire_errors import read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.ids import AgentId
    from bot.genesys.wire_errors import Reply

USERS_PATH = "/api/v2/users"
WRAP_UPS_PATH = "/api/v2/routing/wrapupcodes"
PAGE_SIZE = 100
MOST_AGENTS = 100
"""Ids in one request: they travel in its address, and a hundred of them take four kilobytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamePage:
    """One page of a listing."""

    names: Mapping[str, str]
    """By id; kept verbatim, and empty where the listing has none."""
    pages: int | None
    """How many there are; None when the listing does not say, and ends with an empty page."""

    @property
    def empty(self) -> bool:
        return not self.names


class _Entity(msgspec.Struct):
    id: str
    name: str | None = None


class _Listing(msgspec.Struct):
    entities: list[_Entity] | None = None
    page_count: int | None = msgspec.field(name="pageCount", default=None)


def agents_query(ids: Sequence[AgentId], number: int) -> Mapping[str, str]:
    """Query parameters of page `number`, from 1, of these agents, those who left the organisation included.

    A list is joined by commas, as the official SDK sends it.
    """
    return {"id": ",".join(ids), "state": "any", "pageNumber": str(number), "pageSize": str(PAGE_SIZE)}


def wrap_ups_query(number: int) -> Mapping[str, str]:
    """Query parameters of page `number`, from 1, of every wrap-up code."""
    return {"pageNumber": str(number), "pageSize": str(PAGE_SIZE), "sortBy": "id", "sortOrder": "ascending"}


def read_names(reply: Reply) -> NamePage:
    """The names of a page. Raises GenesysError."""
    listing = read(reply, _Listing)
    names = {entity.id: entity.name or "" for entity in listing.entities or ()}
    return NamePage(names=MappingProxyType(names), pages=listing.page_count)
