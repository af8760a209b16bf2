"""What the OAuth client may do, found out by the smallest request of each kind."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.ids import QueueId
from bot.genesys.details import DetailsQuery
from bot.genesys.exchange import Call
from bot.genesys.pace import Priority
from bot.genesys.wire_aggregates import AGGREGATES_PATH, Span, body, read_cells
from bot.genesys.wire_observations import OBSERVATIONS_PATH, observations_body, read_observations
from bot.genesys.wire_people import WRAP_UPS_PATH, read_names, wrap_ups_query
from bot.genesys.wire_queues import QUEUES_PATH, read_page

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.genesys.details import Details
    from bot.genesys.exchange import Exchange

_NO_QUEUE = QueueId("00000000-0000-0000-0000-000000000000")
_HOUR = timedelta(hours=1)


class Permissions:
    """Every method raises GenesysForbidden without the permission it names, or another GenesysError."""

    def __init__(self, exchange: Exchange, details: Details, *, now: Callable[[], datetime]) -> None:
        self._exchange = exchange
        self._details = details
        self._now = now

    async def list_queues(self) -> None:
        """`routing:queue:view`."""
        params = {"pageNumber": "1", "pageSize": "1"}
        await self._exchange.ask(Call(method="GET", path=QUEUES_PATH, params=params), read_page, Priority.PERSON)

    async def count(self) -> None:
        """`analytics:conversationAggregate:view`."""
        span = Span(start=self._hour - _HOUR, end=self._hour)
        call = Call(method="POST", path=AGGREGATES_PATH, json=body(span, [_NO_QUEUE], []))
        await self._exchange.ask(call, lambda reply: read_cells(reply, span, []), Priority.PERSON)

    async def observe(self) -> None:
        """`analytics:queueObservation:view`."""
        call = Call(method="POST", path=OBSERVATIONS_PATH, json=observations_body([_NO_QUEUE]))
        await self._exchange.ask(call, read_observations, Priority.PERSON)

    async def name_wrap_up_codes(self) -> None:
        """`routing:wrapupCode:view`."""
        call = Call(method="GET", path=WRAP_UPS_PATH, params=wrap_ups_query(1))
        await self._exchange.ask(call, read_names, Priority.PERSON)

    async def read_conversations(self) -> None:
        """`analytics:conversationDetail:view`."""
        await self._details.plan(DetailsQuery(queues=(_NO_QUEUE,), start=self._hour - _HOUR, end=self._hour))

    @property
    def _hour(self) -> datetime:
        return self._now().replace(minute=0, second=0, microsecond=0)
