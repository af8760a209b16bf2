"""The rows of an export: one for each visit of a queue. One table of columns, whatever the format."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.conversations import Personal
from bot.files.table import Column, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from zoneinfo import ZoneInfo

    from bot.domain.conversations import Conversation, Visit
    from bot.domain.ids import AgentId, QueueId, WrapUpId
    from bot.files.table import Cell, Row

_HOUR = timedelta(hours=1)
_UNKNOWN = Personal()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Whom rows are for: what the reader calls queues, agents and codes, and where the reader's clock is.

    An id without a name is shown as it is.
    """

    queues: Mapping[QueueId, str]
    agents: Mapping[AgentId, str]
    wrap_ups: Mapping[WrapUpId, str]
    zone: ZoneInfo
    personal: bool = False
    """Whether numbers, addresses and names of customers are shown: the administrator's decision."""


@dataclass(slots=True)
class _Row:
    """A row before it becomes cells."""

    conversation: Conversation
    visit: Visit
    reader: Reader

    @property
    def personal(self) -> Personal:
        return self.conversation.personal or _UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class _RowColumn(Column):
    value: Callable[[_Row], Cell]


def _seconds(length: timedelta | None) -> float | None:
    return None if length is None else length.total_seconds()


def _handled(visit: Visit, length: timedelta) -> float | None:
    """What an agent spent: nothing to tell, rather than zero, where no agent had the contact."""
    return length.total_seconds() if visit.agent is not None or length else None


def _offset(row: _Row) -> float:
    offset = row.conversation.start.astimezone(row.reader.zone).utcoffset()
    return (offset or timedelta()) / _HOUR


_COLUMNS = (
    _RowColumn(
        name="conversation_id",
        title="Conversation",
        kind=Kind.TEXT,
        meaning="The id in Genesys Cloud; a conversation that visited several queues has several rows.",
        value=lambda row: row.conversation.id,
    ),
    _RowColumn(
        name="start",
        title="Start",
        kind=Kind.INSTANT,
        meaning="When the conversation began; in CSV the local time of the zone in the manifest.",
        value=lambda row: row.conversation.start,
    ),
    _RowColumn(
        name="end",
        title="End",
        kind=Kind.INSTANT,
        meaning="When it ended; empty while it went on.",
        value=lambda row: row.conversation.end,
    ),
    _RowColumn(
        name="utc_offset_hours",
        title="UTC offset (h)",
        kind=Kind.NUMBER,
        meaning="Hours that the local clock was ahead of UTC at the start: it tells apart the hour that occurs twice.",
        value=_offset,
    ),
    _RowColumn(
        name="duration_seconds",
        title="Duration (s)",
        kind=Kind.NUMBER,
        meaning="end - start, of the whole conversation and not of this visit alone.",
        value=lambda row: (
            None if row.conversation.end is None else (row.conversation.end - row.conversation.start).total_seconds()
        ),
    ),
    _RowColumn(
        name="queue",
        title="Queue",
        kind=Kind.TEXT,
        meaning="The queue visited.",
        value=lambda row: row.reader.queues.get(row.visit.queue, row.visit.queue),
    ),
    _RowColumn(
        name="media",
        title="Media",
        kind=Kind.WORD,
        meaning="The medium of this visit, as analytics calls it: voice, callback, chat, email, message …",
        value=lambda row: row.visit.media.value,
    ),
    _RowColumn(
        name="direction",
        title="Direction",
        kind=Kind.WORD,
        meaning="inbound or outbound; unknown where the record does not tell.",
        value=lambda row: row.visit.direction.value,
    ),
    _RowColumn(
        name="agent",
        title="Agent",
        kind=Kind.TEXT,
        meaning="The first agent to answer in this queue; empty when nobody did.",
        value=lambda row: None if row.visit.agent is None else row.reader.agents.get(row.visit.agent, row.visit.agent),
    ),
    _RowColumn(
        name="wait_seconds",
        title="Wait (s)",
        kind=Kind.NUMBER,
        meaning="From entering the queue to the answer, abandon or flow-out; empty when still open, or outbound.",
        value=lambda row: _seconds(row.visit.wait),
    ),
    _RowColumn(
        name="talk_seconds",
        title="Talk (s)",
        kind=Kind.NUMBER,
        meaning="Talk time of all agents who handled this visit, hold excluded; empty when nobody did.",
        value=lambda row: _handled(row.visit, row.visit.talk),
    ),
    _RowColumn(
        name="hold_seconds",
        title="Hold (s)",
        kind=Kind.NUMBER,
        meaning="Hold time of all agents who handled this visit; empty when nobody did.",
        value=lambda row: _handled(row.visit, row.visit.hold),
    ),
    _RowColumn(
        name="acw_seconds",
        title="After-call work (s)",
        kind=Kind.NUMBER,
        meaning="After-call work of all agents who handled this visit; empty when nobody did.",
        value=lambda row: _handled(row.visit, row.visit.acw),
    ),
    _RowColumn(
        name="outcome",
        title="Outcome",
        kind=Kind.WORD,
        meaning="answered, abandoned, flow-out (left the queue another way), outbound, or open (not over when read).",
        value=lambda row: row.visit.outcome.value,
    ),
    _RowColumn(
        name="wrap_up",
        title="Wrap-up code",
        kind=Kind.TEXT,
        meaning="The last wrap-up code set in this visit; empty when none was.",
        value=lambda row: (
            None if row.visit.wrap_up is None else row.reader.wrap_ups.get(row.visit.wrap_up, row.visit.wrap_up)
        ),
    ),
    _RowColumn(
        name="transfers",
        title="Transfers",
        kind=Kind.NUMBER,
        meaning="Transfers made by agents during this visit.",
        value=lambda row: row.visit.transfers,
    ),
    # Names are what people read and may be shared or changed; ids are what scripts count by.
    _RowColumn(
        name="queue_id",
        title="Queue id",
        kind=Kind.TEXT,
        meaning="The id of the queue in Genesys Cloud; names may change.",
        value=lambda row: row.visit.queue,
    ),
    _RowColumn(
        name="agent_id",
        title="Agent id",
        kind=Kind.TEXT,
        meaning="The id of the agent: it tells apart two who have the same name.",
        value=lambda row: row.visit.agent,
    ),
    _RowColumn(
        name="wrap_up_id",
        title="Wrap-up code id",
        kind=Kind.TEXT,
        meaning="The id of the wrap-up code; names may change, or be the same in two divisions.",
        value=lambda row: row.visit.wrap_up,
    ),
)
_PERSONAL = (
    _RowColumn(
        name="ani",
        title="ANI",
        kind=Kind.TEXT,
        meaning="The number the customer called from. Personal data.",
        value=lambda row: row.personal.ani or None,
    ),
    _RowColumn(
        name="dnis",
        title="DNIS",
        kind=Kind.TEXT,
        meaning="The number that was called. Personal data.",
        value=lambda row: row.personal.dnis or None,
    ),
    _RowColumn(
        name="address_from",
        title="From",
        kind=Kind.TEXT,
        meaning="The address a message or email came from. Personal data.",
        value=lambda row: row.personal.address_from or None,
    ),
    _RowColumn(
        name="address_to",
        title="To",
        kind=Kind.TEXT,
        meaning="The address a message or email went to. Personal data.",
        value=lambda row: row.personal.address_to or None,
    ),
    _RowColumn(
        name="customer",
        title="Customer",
        kind=Kind.TEXT,
        meaning="The name of the participant. Personal data.",
        value=lambda row: row.personal.customer or None,
    ),
)


def columns(*, personal: bool) -> tuple[Column, ...]:
    """The columns in the order of the cells of a row."""
    return _columns(personal)


def rows(conversations: Iterable[Conversation], reader: Reader) -> Iterator[Row]:
    """A row for each visit, in the order given, with the cells that `columns` names."""
    values = [column.value for column in _columns(reader.personal)]
    for conversation in conversations:
        for visit in conversation.visits:
            row = _Row(conversation, visit, reader)
            yield [value(row) for value in values]


def _columns(personal: bool) -> tuple[_RowColumn, ...]:
    return _COLUMNS + _PERSONAL if personal else _COLUMNS
