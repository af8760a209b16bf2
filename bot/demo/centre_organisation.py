"""Who and what a simulated contact centre consists of, before anybody calls it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, NewType, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping

QueueId = NewType("QueueId", str)
AgentId = NewType("AgentId", str)
DivisionId = NewType("DivisionId", str)
WrapUpId = NewType("WrapUpId", str)

Media = Literal["voice", "callback", "chat", "email", "message"]
MEDIA: tuple[Media, ...] = ("voice", "callback", "chat", "email", "message")
Hours = Literal["office", "long", "always"]
AgentState = Literal["active", "inactive", "deleted"]
AGENT_STATES: tuple[AgentState, ...] = get_args(AgentState)

_NAMESPACE = uuid.UUID("6f1c2d7e-5f0a-4d4b-9a55-0f2f6f6d7a10")


def stable_id(kind: str, name: str) -> str:
    """A UUID that is the same in every run: queue ids can be bookmarked across restarts."""
    return str(uuid.uuid5(_NAMESPACE, f"{kind}/{name}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """A part of the organisation that permissions and reports can be limited to."""

    id: DivisionId
    name: str


HOME = Division(id=DivisionId(stable_id("division", "Home")), name="Home")


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """Somebody who answers."""

    id: AgentId
    name: str
    division_id: DivisionId = HOME.id
    state: AgentState = "active"
    """Of the account; conversations keep naming people who have left."""

    @property
    def email(self) -> str:
        """Address under a domain reserved for examples."""
        return f"{self.name.lower().replace(' ', '.')}@example.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapUpCode:
    """What an agent may say a contact was about."""

    id: WrapUpId
    name: str
    division_id: DivisionId = HOME.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The service level a queue is configured to reach on one medium."""

    share: float
    """0..1"""
    within: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """How much arrives at a queue on one medium, and how hard it is to keep up."""

    weekday: float
    """Expected contacts on an ordinary Tuesday."""
    strain: float = 1.0
    """1.0 is staffed to answer about four in five within 20 s; 1.5 is clearly understaffed."""
    hours: Hours = "office"


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A queue, what is asked of it and what comes to it."""

    id: QueueId
    name: str
    division_id: DivisionId = HOME.id
    targets: Mapping[Media, Target] = field(default_factory=dict)
    """Configured service levels; a medium may be missing."""
    flows: Mapping[Media, Flow] = field(default_factory=dict)
    """Generated traffic; empty for a queue nobody ever reaches."""
    members: tuple[AgentId, ...] = ()

    @classmethod
    def named(
        cls, name: str, *, threshold: timedelta = timedelta(seconds=20), share: float = 0.8, **flows: Flow
    ) -> Queue:
        """A queue whose id follows from its name, with one target for voice and every medium that has a flow."""
        target = Target(share=share, within=threshold)
        chosen: dict[Media, Flow] = {media: flows[media] for media in MEDIA if media in flows}
        return cls(
            id=QueueId(stable_id("queue", name)),
            name=name,
            targets=dict.fromkeys(("voice", *chosen), target),
            flows=chosen,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """Everything that is configured rather than measured."""

    queues: tuple[Queue, ...]
    agents: tuple[Agent, ...] = ()
    wrap_up_codes: tuple[WrapUpCode, ...] = ()
    divisions: tuple[Division, ...] = (HOME,)
    short_abandon: timedelta = timedelta(seconds=5)
    """An abandon that came sooner than this is a short one."""
