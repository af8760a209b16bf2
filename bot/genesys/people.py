"""Names of agents and wrap-up codes, at hand without asking each time."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Generic, TypeVar

import structlog

from bot.domain.ids import AgentId, WrapUpId
from bot.errors import GenesysError
from bot.genesys.pace import Priority
from bot.genesys.together import together
from bot.genesys.wire_people import MOST_AGENTS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping
    from datetime import datetime

    from bot.genesys.client import GenesysClient

KEPT = timedelta(minutes=30)
ON_DEMAND = timedelta(minutes=1)
"""An id without a name may be asked about this often."""
PATIENCE = timedelta(seconds=10)
"""How long a person waits for names when the figures are there already."""

Id = TypeVar("Id", AgentId, WrapUpId)

log = structlog.get_logger(__name__)

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_SHOWN = 8
"""Of an id without a name: enough to find it, short enough for a table."""


class People:
    """Names by id; never empty, and never a reason for an answer to fail: an id without a name is shown in part."""

    def __init__(self, genesys: GenesysClient, *, now: Callable[[], datetime]) -> None:
        self._genesys = genesys
        self._agents: _Names[AgentId] = _Names("agents", now=now)
        self._wrap_ups: _Names[WrapUpId] = _Names("wrap-up codes", now=now)

    async def agents(self, ids: Iterable[AgentId], *, priority: Priority = Priority.PERSON) -> Mapping[AgentId, str]:
        """The name of each agent of `ids`, also of one who has left. Raises nothing.

        Costs a request for each hundred that were not asked about in the last half hour.
        """
        wanted = sorted(set(ids))
        due = self._agents.due(wanted)
        chunks = [due[start : start + MOST_AGENTS] for start in range(0, len(due), MOST_AGENTS)]

        async def load() -> Mapping[AgentId, str]:
            pages = await together(self._genesys.agents(chunk, priority=priority) for chunk in chunks)
            return {agent: name for page in pages for agent, name in page.items()}

        if due:
            await self._agents.learn(due, load(), priority)
        return {agent: self._agents.name(agent) or f"Unknown agent {agent[:_SHOWN]}" for agent in wanted}

    async def wrap_ups(
        self, ids: Iterable[WrapUpId], *, priority: Priority = Priority.PERSON
    ) -> Mapping[WrapUpId, str]:
        """The name of each code of `ids`; the platform's built-in ones are words already. Raises nothing.

        Costs a request for each hundred codes of the organisation, once in half an hour.
        """
        wanted = sorted(set(ids))
        due = self._wrap_ups.due([code for code in wanted if _UUID.fullmatch(code)])
        if due:
            await self._wrap_ups.learn(due, self._genesys.wrap_up_codes(priority=priority), priority)
        return {code: self._wrap_ups.name(code) or _unnamed(code) for code in wanted}


class _Names(Generic[Id]):
    """What is known, and when to ask again."""

    def __init__(self, of: str, *, now: Callable[[], datetime]) -> None:
        self._of = of
        self._now = now
        self._known: dict[Id, str] = {}
        self._again: dict[Id, datetime] = {}
        self._failing = False

    def name(self, one: Id) -> str:
        """Empty when it is unknown; an old name is better than none."""
        return self._known.get(one, "")

    def due(self, ids: Iterable[Id]) -> list[Id]:
        """Those whose names are to be asked for."""
        now = self._now()
        return [one for one in ids if one not in self._again or self._again[one] <= now]

    async def learn(self, due: Iterable[Id], loading: Awaitable[Mapping[Id, str]], priority: Priority) -> None:
        """Take in what `loading` finds; when it fails, the log says so once."""
        try:
            async with asyncio.timeout(PATIENCE.total_seconds() if priority is Priority.PERSON else None):
                found = await loading
        except (GenesysError, TimeoutError) as error:
            if not self._failing:
                log.warning("names are left out", of=self._of, error=repr(error))
            self._failing, found = True, {}
        else:
            self._failing = False
        named = {one: name for one, name in found.items() if name.strip()}
        now = self._now()
        self._known |= named
        self._again |= dict.fromkeys(due, now + ON_DEMAND) | dict.fromkeys(named, now + KEPT)


def _unnamed(code: WrapUpId) -> str:
    return f"Unknown code {code[:_SHOWN]}" if _UUID.fullmatch(code) else code
