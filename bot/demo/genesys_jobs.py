"""Details jobs: submitted, waited for, read page by page with a cursor, and gone after a while."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

from bot.demo.genesys_details import FIELDS, read_details
from bot.demo.genesys_errors import ApiError, bad_request
from bot.demo.genesys_intervals import written_instant
from bot.demo.genesys_matches import DAY_MS, Wanted
from bot.demo.genesys_records import Recorder
from bot.demo.genesys_shapes import a_count, an_object
from bot.demo.genesys_tokens import too_many

if TYPE_CHECKING:
    from datetime import timedelta

    from bot.demo.centre import Centre
    from bot.demo.genesys_matches import Matches
    from bot.demo.genesys_options import Options

State = Literal["QUEUED", "PENDING", "FULFILLED", "FAILED", "CANCELLED", "EXPIRED"]
_SECONDS_UNTIL_A_SLOT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class JobQuery:
    """A submission that passed."""

    wanted: Wanted
    most: int | None


@dataclass(slots=True, kw_only=True)
class _Job:
    query: JobQuery
    doom: str | None
    """Mode of the fault that met its submission."""
    submitted_ms: int
    seen_until_ms: int
    """What happened later is not in its data."""
    polls: int = 0
    completed_ms: int | None = None
    cancelled: bool = False
    drained: bool = False
    """Doomed to expire, and its first page was read."""


def job_query(body: object, centre: Centre) -> JobQuery:
    """Read a submission: conversations with activity in the interval. ApiError 400 for what the platform refuses."""
    fields = an_object(body, "the query", knows=FIELDS | {"limit", "startOfDayIntervalMatching"})
    interval, chosen = read_details(fields)
    same_day = fields.get("startOfDayIntervalMatching", False)
    if not isinstance(same_day, bool):
        raise bad_request("startOfDayIntervalMatching must be true or false")
    earliest = interval.start - centre.conversations.longest_life
    if same_day:
        earliest = interval.start - interval.start % DAY_MS
    return JobQuery(
        wanted=Wanted(first=earliest, last=interval.end, active_from=interval.start, **chosen),
        most=a_count(fields, "limit", 1) if "limit" in fields else None,
    )


class Jobs:
    """All jobs of the platform. Instants are epochs in milliseconds, by the platform's clock."""

    def __init__(self, centre: Centre, matches: Matches, options: Options) -> None:
        self._centre = centre
        self._matches = matches
        self._options = options
        self._jobs: dict[str, _Job] = {}

    def available_ms(self, now_ms: int) -> int:
        """The data is complete before this instant."""
        return now_ms - _ms(self._options.jobs_behind)

    def submit(self, query: JobQuery, doom: str | None, now_ms: int) -> str:
        """The id of a new job. ApiError 429 when too many are at work."""
        at_work = sum(self._state(job, now_ms) in ("QUEUED", "PENDING") for job in self._jobs.values())
        if at_work >= self._options.job_slots:
            raise too_many(_SECONDS_UNTIL_A_SLOT, with_header=self._options.retry_after)
        job_id = str(uuid4())
        self._jobs[job_id] = _Job(query=query, doom=doom, submitted_ms=now_ms, seen_until_ms=self.available_ms(now_ms))
        return job_id

    def status(self, job_id: str, now_ms: int) -> dict[str, Any]:
        """How far it is; asking moves it on."""
        job = self._job(job_id)
        job.polls += 1
        state = self._state(job, now_ms)
        status: dict[str, Any] = {"state": state, "submissionDate": written_instant(job.submitted_ms)}
        if job.completed_ms is not None:
            status["completionDate"] = written_instant(job.completed_ms)
            status["expirationDate"] = written_instant(job.completed_ms + _ms(self._options.job_life))
        if state == "FAILED":
            status["errorMessage"] = "The query could not be completed."
        return status

    def cancel(self, job_id: str, now_ms: int) -> None:
        """Stop it if it is at work; its results are gone in any case."""
        job = self._job(job_id)
        if self._state(job, now_ms) != "FAILED":
            job.cancelled = True

    def results(self, job_id: str, *, size: int, cursor: str | None, now_ms: int) -> dict[str, Any]:
        """One page; no `cursor` in it means that it is the last. 404 when expired, 400 before there are results."""
        job = self._job(job_id)
        state = self._state(job, now_ms)
        if state == "EXPIRED":
            raise ApiError(404, "not.found", f"The results of job [{job_id}] have expired")
        if state != "FULFILLED":
            raise bad_request(f"The job [{job_id}] has no results: it is {state}")
        begin = 0 if cursor is None else _read_cursor(cursor, job_id)
        found = self._matches.of(job.query.wanted, job.seen_until_ms)
        end = min(begin + size, len(found), job.query.most or len(found))
        recorder = Recorder(self._centre.organisation, job.seen_until_ms, attributes=True)
        visits = self._centre.conversations.visits
        reply: dict[str, Any] = {
            "conversations": [recorder.record(visits(number, job.seen_until_ms)) for number in found[begin:end]],
            "dataAvailabilityDate": written_instant(job.seen_until_ms),
        }
        if end < min(len(found), job.query.most or len(found)):
            reply["cursor"] = _written_cursor(job_id, end)
        job.drained = job.doom == "expired_job"
        return reply

    def _job(self, job_id: str) -> _Job:
        job = self._jobs.get(job_id)
        if job is None:
            raise ApiError(404, "not.found", f"Unable to find a job with the id [{job_id}]")
        return job

    def _state(self, job: _Job, now_ms: int) -> State:
        if job.cancelled:
            return "CANCELLED"
        due = job.submitted_ms + _ms(self._options.job_takes)
        if job.completed_ms is None and (now_ms >= due or job.polls >= self._options.job_polls):
            job.completed_ms = min(now_ms, due)
        if job.completed_ms is None:
            return "QUEUED" if job.polls < 2 else "PENDING"
        if job.doom == "failed_job":
            return "FAILED"
        expired = now_ms >= job.completed_ms + _ms(self._options.job_life)
        return "EXPIRED" if expired or job.drained else "FULFILLED"


def page_size(text: str, options: Options) -> int:
    """Read the parameter; ApiError 400."""
    if not text.isdecimal() or not 1 <= int(text) <= options.largest_job_page:
        raise ApiError(400, "invalid.query.param.value", f"pageSize: must be between 1 and {options.largest_job_page}")
    return int(text)


def _written_cursor(job_id: str, begin: int) -> str:
    return base64.urlsafe_b64encode(f"{job_id}/{begin}".encode()).decode()


def _read_cursor(cursor: str, job_id: str) -> int:
    try:
        owner, _, begin = base64.b64decode(cursor, altchars=b"-_", validate=True).decode().partition("/")
    except (binascii.Error, UnicodeDecodeError):
        owner, begin = "", ""
    if owner != job_id or not begin.isdecimal():
        raise ApiError(400, "invalid.query.param.value", f"cursor: [{cursor}] is not a cursor of this job")
    return int(begin)


def _ms(span: timedelta) -> int:
    return int(span.total_seconds() * 1000)
