"""Conversation records on the wire: the details query and details jobs. No I/O.

Sources: POST /api/v2/analytics/conversations/details/query, POST /api/v2/analytics/conversations/details/jobs,
GET …/jobs/{jobId}, GET …/jobs/{jobId}/results, GET …/jobs/availability.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import msgspec

from bot.errors import GenesysUnreadable
from bot.genesys.wire_errors import error_for, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.genesys.details import DetailsSlice
    from bot.genesys.wire_errors import Reply

QUERY_PATH = "/api/v2/analytics/conversations/details/query"
JOBS_PATH = "/api/v2/analytics/conversations/details/jobs"
AVAILABILITY_PATH = f"{JOBS_PATH}/availability"
PAGE_SIZE = 100
"""Of a query: the common ceiling of integrations."""
RESULTS_SIZE = 1_000
"""Of a job's results, as used in practice."""
MOST_RESULTS = 100_000
"""Page number times page size may not exceed this."""

_Instant = Annotated[datetime, msgspec.Meta(tz=True)]


class Measure(msgspec.Struct, gc=False):
    """A metric of a session; times are in milliseconds."""

    name: str | None = None
    value: float | None = None


class Segment(msgspec.Struct, gc=False):
    """A stretch of a session."""

    kind: str | None = msgspec.field(name="segmentType", default=None)
    queue: str | None = msgspec.field(name="queueId", default=None)
    start: _Instant | None = msgspec.field(name="segmentStart", default=None)
    wrap_up: str | None = msgspec.field(name="wrapUpCode", default=None)


class Session(msgspec.Struct, gc=False):
    """A participant on one medium."""

    media: str | None = msgspec.field(name="mediaType", default=None)
    direction: str | None = None
    ani: str | None = None
    dnis: str | None = None
    address_from: str | None = msgspec.field(name="addressFrom", default=None)
    address_to: str | None = msgspec.field(name="addressTo", default=None)
    metrics: list[Measure] | None = None
    segments: list[Segment] | None = None


class Participant(msgspec.Struct, gc=False):
    """Somebody, or some part of the platform, in a conversation."""

    purpose: str | None = None
    name: str | None = msgspec.field(name="participantName", default=None)
    user: str | None = msgspec.field(name="userId", default=None)
    sessions: list[Session] | None = None


class Record(msgspec.Struct, gc=False):
    """A conversation as the platform keeps it, of which every field may be missing."""

    id: str | None = msgspec.field(name="conversationId", default=None)
    start: _Instant | None = msgspec.field(name="conversationStart", default=None)
    end: _Instant | None = msgspec.field(name="conversationEnd", default=None)
    direction: str | None = msgspec.field(name="originatingDirection", default=None)
    participants: list[Participant] | None = None


_RECORD = msgspec.json.Decoder(Record)


class _Records(msgspec.Struct):
    conversations: list[msgspec.Raw] | None = None
    total: int | None = msgspec.field(name="totalHits", default=None)
    cursor: str | None = None


class _Submitted(msgspec.Struct):
    id: str = msgspec.field(name="jobId")


class _Availability(msgspec.Struct):
    until: _Instant | None = msgspec.field(name="dataAvailabilityDate", default=None)


class JobStatus(msgspec.Struct):
    """How far a job is: QUEUED, PENDING, FULFILLED, FAILED, CANCELLED or EXPIRED."""

    state: str
    message: str | None = msgspec.field(name="errorMessage", default=None)
    """Only of a job that failed."""


class Records(NamedTuple):
    """One page of records."""

    conversations: Iterator[Record]
    """Read while they are taken, in the platform's order; raises GenesysUnreadable."""
    read: int
    """How many they are."""
    total: int | None
    """Approximate; of queries only."""
    cursor: str | None
    """Where the next page begins; None after the last one, and of queries."""


def query_body(piece: DetailsSlice, *, number: int, size: int = PAGE_SIZE) -> dict[str, Any]:
    """The request for one page of a slice, numbered from 1."""
    return _body(piece) | {"paging": {"pageSize": size, "pageNumber": number}}


def job_body(piece: DetailsSlice) -> dict[str, Any]:
    """The request for a job.

    It finds what was active in the interval; the day of the interval's start is how far back it may have begun.
    """
    return _body(piece) | {"startOfDayIntervalMatching": True}


def results_query(cursor: str | None) -> dict[str, str]:
    """Query parameters of one page of a job's results."""
    size = {"pageSize": str(RESULTS_SIZE)}
    return size if cursor is None else size | {"cursor": cursor}


def job_path(job: str) -> str:
    return f"{JOBS_PATH}/{job}"


def results_path(job: str) -> str:
    return f"{JOBS_PATH}/{job}/results"


def read_records(reply: Reply) -> Records:
    """A page of a query's or a job's records; past the end it has none. Raises GenesysError.

    Only the outline is read here, since a whole page at once would hold up the loop, from whichever thread.
    """
    page = read(reply, _Records)
    raw = page.conversations or []
    return Records(_records(raw, reply), len(raw), page.total, page.cursor or None)


def read_total(reply: Reply) -> int:
    """How many conversations a query finds, approximately. Raises GenesysError."""
    total = read(reply, _Records).total
    if total is None:
        raise GenesysUnreadable("no totalHits", correlation_id=reply.correlation_id, status=reply.status)
    return total


def read_submitted(reply: Reply) -> str:
    """The id of a new job; the platform answers 202. Raises GenesysError."""
    taken = reply.status == HTTPStatus.ACCEPTED
    return read(replace(reply, status=HTTPStatus.OK) if taken else reply, _Submitted).id


def read_nothing(reply: Reply) -> None:
    """What was asked is done, or under way. Raises GenesysError."""
    if reply.status >= HTTPStatus.BAD_REQUEST:
        raise error_for(reply)


def read_status(reply: Reply) -> JobStatus:
    """How far a job is. Raises GenesysError."""
    return read(reply, JobStatus)


def read_availability(reply: Reply) -> datetime | None:
    """Until when jobs know everything; None when the platform does not tell. Raises GenesysError."""
    until = read(reply, _Availability).until
    return until.astimezone(UTC) if until else None


def _body(piece: DetailsSlice) -> dict[str, Any]:
    clauses = [_any_of("queueId", piece.queues)]
    if piece.media:
        clauses.append(_any_of("mediaType", sorted(piece.media)))
    return {
        "interval": f"{_written(piece.start)}/{_written(piece.end)}",
        "order": "asc",
        "orderBy": "conversationStart",
        "segmentFilters": [{"type": "and", "clauses": clauses}],
    }


def _any_of(dimension: str, values: Iterable[str]) -> dict[str, Any]:
    return {
        "type": "or",
        "predicates": [
            {"type": "dimension", "dimension": dimension, "operator": "matches", "value": str(value)}
            for value in values
        ],
    }


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _records(raw: list[msgspec.Raw], reply: Reply) -> Iterator[Record]:
    for one in raw:
        try:
            yield _RECORD.decode(one)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise GenesysUnreadable(str(error), correlation_id=reply.correlation_id, status=reply.status) from error
