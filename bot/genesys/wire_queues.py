"""The queue listing on the wire. No I/O. Source: GET /api/v2/routing/queues."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from bot.domain.ids import QueueId
from bot.domain.queues import Media, Queue, Target
from bot.genesys.wire_errors import read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.genesys.wire_errors import Reply

QUEUES_PATH = "/api/v2/routing/queues"
PAGE_SIZE = 100
"""Every listing of the platform takes this many; its maximum for this one is not documented."""

_MEDIA = MappingProxyType(
    {
        "call": Media.VOICE,
        "callback": Media.CALLBACK,
        "chat": Media.CHAT,
        "email": Media.EMAIL,
        "message": Media.MESSAGE,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    """One page of the listing; `pages` is how many there are."""

    queues: tuple[Queue, ...]
    pages: int | None
    """How many there are; None when the listing does not say, and ends with an empty page."""

    @property
    def empty(self) -> bool:
        return not self.queues


class _ServiceLevel(msgspec.Struct):
    percentage: float | None = None
    duration_ms: float | None = msgspec.field(name="durationMs", default=None)


class _MediaSettings(msgspec.Struct):
    service_level: _ServiceLevel | None = msgspec.field(name="serviceLevel", default=None)


class _Division(msgspec.Struct):
    name: str | None = None


class _Queue(msgspec.Struct):
    id: str
    name: str | None = None
    division: _Division | None = None
    media_settings: dict[str, _MediaSettings | None] | None = msgspec.field(name="mediaSettings", default=None)


class _Listing(msgspec.Struct):
    entities: list[_Queue] | None = None
    page_count: int | None = msgspec.field(name="pageCount", default=None)


def page_query(number: int) -> Mapping[str, str]:
    """Query parameters of page `number`, from 1."""
    return {"pageNumber": str(number), "pageSize": str(PAGE_SIZE), "sortOrder": "asc"}


def read_page(reply: Reply) -> QueuePage:
    """Queues as configured, names kept verbatim. Raises GenesysError."""
    listing = read(reply, _Listing)
    return QueuePage(queues=tuple(map(_queue, listing.entities or ())), pages=listing.page_count)


def _queue(entity: _Queue) -> Queue:
    return Queue(
        id=QueueId(entity.id),
        name=entity.name or "",
        division=(entity.division and entity.division.name) or "",
        targets=MappingProxyType(
            {
                media: target
                for setting, media in _MEDIA.items()
                if (target := _target((entity.media_settings or {}).get(setting))) is not None
            }
        ),
    )


def _target(settings: _MediaSettings | None) -> Target | None:
    level = settings and settings.service_level
    if not level or level.percentage is None or level.duration_ms is None:
        return None
    return Target(share=level.percentage, threshold=timedelta(milliseconds=level.duration_ms))
