"""One contact's stay in one queue, and the measurements it leaves behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.demo.centre_organisation import AgentId, Media, QueueId, WrapUpId

Direction = Literal["inbound", "outbound"]
Transfer = Literal["blind", "consult"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def epoch_ms(instant: datetime) -> int:
    """Whole milliseconds since 1970 in UTC; anything finer is cut off."""
    return (instant - _EPOCH) // _MILLISECOND


def instant_of(ms: int) -> datetime:
    """The UTC instant of an epoch in milliseconds, exactly."""
    return _EPOCH + ms * _MILLISECOND


class Outcome(Enum):
    """How a stay in a queue ended."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    FLOW_OUT = "flow_out"
    OUTBOUND = "outbound"
    """An agent called out: nothing was offered, nothing waited."""


class Emission(NamedTuple):
    """A metric as the platform stamps it."""

    metric: str
    at_ms: int
    """Epoch in milliseconds."""
    value: int
    """Milliseconds for a timer, 1 for a counter."""
    user: bool = False
    """Whether it belongs to the agent's part of the conversation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One stay in one queue. A transferred conversation has two, sharing its id."""

    conversation_id: str
    queue_id: QueueId | None
    """None for an agent's direct call, which no queue ever saw."""
    media: Media = "voice"
    direction: Direction = "inbound"
    offered_ms: int
    """Epoch in milliseconds; for an outbound contact, when it began."""
    outcome: Outcome
    wait_ms: int = 0
    """Queue entry to answer, abandon or flow-out."""
    agent_id: AgentId | None = None
    alert_ms: int = 0
    """Ringing before the answer, the last part of the wait."""
    not_responding_ms: int = 0
    """An earlier agent who let it ring; ended where the answering agent's ringing began."""
    talk_ms: int = 0
    hold_ms: int = 0
    """One stretch in the middle of the talk."""
    acw_ms: int = 0
    wrap_up_id: WrapUpId | None = None
    transfer: Transfer | None = None

    @property
    def left_ms(self) -> int:
        """When it was answered, abandoned or flowed out."""
        return self.offered_ms + self.wait_ms

    @property
    def talk_end_ms(self) -> int:
        """When the agent and the customer parted."""
        return self.left_ms + self.talk_ms + self.hold_ms

    @property
    def handled_ms(self) -> int:
        """When after-call work ended."""
        return self.talk_end_ms + self.acw_ms

    @property
    def offered_at(self) -> datetime:
        """`offered_ms` as an instant."""
        return instant_of(self.offered_ms)

    @property
    def left_at(self) -> datetime:
        """`left_ms` as an instant."""
        return instant_of(self.left_ms)

    @property
    def transferred(self) -> bool:
        """Whether the agent passed it on."""
        return self.transfer is not None

    def emissions(self) -> Iterator[Emission]:
        """Every recorded metric with the instant it counts at; late answers and short abandons depend on settings."""
        left = self.left_ms
        if self.outcome is Outcome.OUTBOUND:
            yield Emission("nOutbound", self.offered_ms, 1, user=True)
            yield Emission("nConnected", left, 1, user=True)
            yield from self._handling()
            return
        yield Emission("nOffered", self.offered_ms, 1)
        yield Emission("tAcd", left, self.wait_ms)
        yield Emission("tWait", left, self.wait_ms)
        if self.outcome is Outcome.ABANDONED:
            yield Emission("tAbandon", left, self.wait_ms)
        elif self.outcome is Outcome.FLOW_OUT:
            yield Emission("tFlowOut", left, self.wait_ms)
        else:
            yield Emission("tAnswered", left, self.wait_ms, user=True)
            yield Emission("tAlert", left, self.alert_ms, user=True)
            yield Emission("nConnected", left, 1, user=True)
            if self.not_responding_ms:
                yield Emission("tNotResponding", left - self.alert_ms, self.not_responding_ms)
            yield from self._handling()

    def _handling(self) -> Iterator[Emission]:
        if self.hold_ms:
            before = self.talk_ms // 2
            yield Emission("tTalk", self.left_ms + before, before, user=True)
            yield Emission("tHeld", self.left_ms + before + self.hold_ms, self.hold_ms, user=True)
            yield Emission("tTalk", self.talk_end_ms, self.talk_ms - before, user=True)
            yield Emission("tHeldComplete", self.talk_end_ms, self.hold_ms, user=True)
        else:
            yield Emission("tTalk", self.talk_end_ms, self.talk_ms, user=True)
        yield Emission("tTalkComplete", self.talk_end_ms, self.talk_ms, user=True)
        if self.acw_ms:
            yield Emission("tAcw", self.handled_ms, self.acw_ms, user=True)
        yield Emission("tHandle", self.handled_ms, self.talk_ms + self.hold_ms + self.acw_ms, user=True)
        if self.transfer is not None:
            kind = "nBlindTransferred" if self.transfer == "blind" else "nConsultTransferred"
            yield Emission("nTransferred", self.talk_end_ms, 1, user=True)
            yield Emission(kind, self.talk_end_ms, 1, user=True)
