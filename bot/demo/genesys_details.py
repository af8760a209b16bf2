"""Conversation records, page by page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.demo.genesys_errors import bad_request, timed_out
from bot.demo.genesys_filters import Vocabulary, filter_of
from bot.demo.genesys_intervals import Interval, interval_of
from bot.demo.genesys_matches import DAY_MS, Matches, Wanted
from bot.demo.genesys_records import Recorder
from bot.demo.genesys_shapes import a_count, a_list, a_word, an_object
from bot.demo.genesys_vocabulary import METRICS, words

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.demo.centre import Centre
    from bot.demo.genesys_options import Late, Options
    from bot.demo.genesys_shapes import Fields

MOST_RESULTS = 100_000
FIELDS = words(
    """
    interval order orderBy conversationFilters segmentFilters evaluationFilters surveyFilters resolutionFilters
    """
)
"""Of a query and of a job."""
_CONVERSATION_WORDS = Vocabulary(
    dimensions=words(
        """
        accessAttribute conversationEnd conversationId conversationInitiator conversationStart customerParticipation
        divisionId externalTag mediaStatsMinConversationMos originatingDirection originatingSocialMediaPublic
        """
    ),
    dimension_type="ConversationDetailDimension",
    metrics=METRICS | {"tConversationDuration"},
)
_SEGMENT_WORDS = Vocabulary(
    dimensions=words(
        """
        queueId mediaType direction purpose userId wrapUpCode segmentType disconnectType segmentEnd segmentStart ani
        dnis flowId requestedRoutingSkillId requestedLanguageId errorCode provider remote sessionDnis groupId stationId
        """
    ),
    dimension_type="SegmentDetailDimension",
    metrics=frozenset({"tSegmentDuration"}),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailsQuery:
    """A query that passed."""

    wanted: Wanted
    page_size: int
    page_number: int
    restless: bool


def details_query(body: object, options: Options) -> DetailsQuery:
    """Read a request body; ApiError 400 for anything the platform refuses, 504 for what it finds too heavy."""
    fields = an_object(body, "the query", knows=FIELDS | {"paging", "aggregations"})
    interval, chosen = read_details(fields, but=("aggregations",))
    check_length(interval, options.longest_details)
    paging = an_object(fields.get("paging", {}), "paging", knows=("pageSize", "pageNumber"))
    size, number = a_count(paging, "pageSize", 25), a_count(paging, "pageNumber", 1)
    if size > options.largest_details_page:
        raise bad_request(f"pageSize may not exceed {options.largest_details_page}")
    if size * number > MOST_RESULTS:
        raise bad_request(f"Pagination may not exceed {MOST_RESULTS} results. Query smaller intervals")
    filtered = chosen["conversation_filters"] or chosen["segment_filters"]
    if not filtered and options.longest_unfiltered_details is not None:
        check_length(interval, options.longest_unfiltered_details)
    if options.timeout_details is not None and interval.length > options.timeout_details:
        raise timed_out()
    first = interval.start - interval.start % DAY_MS
    last = -(-interval.end // DAY_MS) * DAY_MS
    return DetailsQuery(
        wanted=Wanted(first=first, last=last, active_from=first, **chosen),
        page_size=size,
        page_number=number,
        restless=options.restless_details,
    )


def details_reply(
    matches: Matches, centre: Centre, query: DetailsQuery, late: Late | None, *, now_ms: int
) -> dict[str, Any]:
    """One page; `conversations` is absent past the end. A conversation matches by its start day."""
    found = matches.of(query.wanted, now_ms, late)
    begin = (query.page_number - 1) * max(1, query.page_size - query.restless)
    shown = found[begin : begin + query.page_size]
    reply: dict[str, Any] = {"totalHits": len(found) + (query.restless and query.page_number % 2)}
    if shown:
        recorder = Recorder(centre.organisation, now_ms)
        reply["conversations"] = [recorder.record(centre.conversations.visits(number, now_ms)) for number in shown]
    return reply


def read_details(fields: Fields, *, but: Collection[str] = ()) -> tuple[Interval, dict[str, Any]]:
    """The interval, and what a query and a job have in common as arguments of `Wanted`. `but` is not simulated."""
    for name in ("evaluationFilters", "surveyFilters", "resolutionFilters", *but):
        if a_list(fields, name):
            raise bad_request(f"{name} is not simulated")
    interval = interval_of(fields.get("interval"), longest=timedelta(days=36_500))
    by_conversation, by_segment = (a_list(fields, name) for name in ("conversationFilters", "segmentFilters"))
    order_by = a_word(
        fields.get("orderBy", "conversationStart"),
        "OrderBy",
        ("conversationStart", "conversationEnd", "segmentStart", "segmentEnd"),
    )
    return interval, {
        "descending": a_word(fields.get("order", "asc"), "Order", ("asc", "desc", "unordered")) == "desc",
        "by_end": order_by.endswith("End"),
        "filters": json.dumps([by_conversation, by_segment]),
        "conversation_filters": tuple(filter_of(value, _CONVERSATION_WORDS) for value in by_conversation),
        "segment_filters": tuple(filter_of(value, _SEGMENT_WORDS) for value in by_segment),
    }


def check_length(interval: Interval, longest: timedelta) -> None:
    """Refuse a longer interval."""
    if interval.length > longest:
        raise bad_request(
            f"You must specify a search interval as part of your query that does not exceed {longest.days} days."
        )
