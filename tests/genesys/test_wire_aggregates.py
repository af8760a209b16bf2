from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.amounts import Spells, Times
from bot.domain.conversations import Direction
from bot.domain.ids import AgentId, QueueId, WrapUpId
from bot.domain.queues import Media
from bot.domain.sla import Reported
from bot.errors import GenesysUnreadable
from bot.genesys.tallies import APART, Facet, Tally
from bot.genesys.wire_aggregates import Cell, Slice, Span, body, indented, read_cells
from bot.genesys.wire_errors import Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

BILLING = QueueId("0c9b7e0e-5f3b-4a53-9a9a-3f4f8d1d0b11")
WEEK = Span(start=datetime(2026, 11, 8, 23, tzinfo=UTC), end=datetime(2026, 11, 15, 23, tzinfo=UTC))
milliseconds = partial(timedelta, 0, 0, 0)
TWENTY, THIRTY = timedelta(seconds=20), timedelta(seconds=30)


def cells(answer: bytes | dict[str, Any], span: Span = WEEK, *thresholds: timedelta) -> Mapping[Cell, Tally]:
    raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    reply = Reply(status=200, headers={}, body=raw, received=datetime(2026, 11, 21, tzinfo=UTC))
    return read_cells(reply, span, thresholds)


def group(media: str | None, *data: dict[str, Any], queue: str | None = BILLING) -> dict[str, Any]:
    return {"group": {"queueId": queue, "mediaType": media}, "data": list(data)}


def offered(count: int, interval: str = "") -> dict[str, Any]:
    return {"interval": interval, "metrics": [{"metric": "nOffered", "stats": {"count": count}}]}


def test_the_interval_is_half_open_in_utc_with_milliseconds() -> None:
    assert body(WEEK, [BILLING], [])["interval"] == "2026-11-08T23:00:00.000Z/2026-11-15T23:00:00.000Z"


def test_within_is_inclusive_of_the_last_millisecond() -> None:
    views = body(WEEK, [BILLING], [THIRTY])["views"]
    assert views == [
        {
            "name": "answeredWithin30000ms",
            "target": "tAnswered",
            "function": "rangeBound",
            "range": {"gte": 0, "lt": 30_001},
        }
    ]


def test_without_thresholds_there_are_no_views() -> None:
    assert "views" not in body(WEEK, [BILLING], [])


def test_without_granularity_there_is_no_zone() -> None:
    assert {"granularity", "timeZone"}.isdisjoint(body(WEEK, [BILLING], []))


def test_buckets_are_cut_by_the_zone_s_calendar() -> None:
    wanted = body(Span(start=WEEK.start, end=WEEK.end, granularity="P1D", zone="Europe/Berlin"), [BILLING], [])
    assert (wanted["granularity"], wanted["timeZone"]) == ("P1D", "Europe/Berlin")


def test_the_request_of_a_service_level_has_counts_only() -> None:
    assert body(WEEK, [BILLING], []) == {
        "interval": "2026-11-08T23:00:00.000Z/2026-11-15T23:00:00.000Z",
        "groupBy": ["queueId", "mediaType"],
        "filter": {
            "type": "and",
            "clauses": [
                {"type": "or", "predicates": [{"dimension": "queueId", "operator": "matches", "value": BILLING}]}
            ],
        },
        "metrics": ["nOffered", "tAnswered", "tAbandon", "tShortAbandon", "tFlowOut", "nOverSla", "oServiceLevel"],
    }


def test_times_are_asked_for_besides() -> None:
    plain, timed = (set(body(span, [BILLING], [])["metrics"]) for span in (WEEK, replace(WEEK, times=True)))
    assert timed - plain == {"tAcd", "tHandle", "tTalkComplete", "tHeldComplete", "tAcw", "nTransferred"}
    assert plain - timed == {"oServiceLevel"}


def test_further_dimensions_come_after_queue_and_medium() -> None:
    asked = body(replace(WEEK, by=APART), [BILLING], [])["groupBy"]
    assert asked[:2] == ["queueId", "mediaType"]
    assert set(asked[2:]) == {"userId", "wrapUpCode", "direction"}


def test_the_body_shown_is_the_body_sent() -> None:
    wanted = body(WEEK, [BILLING], [THIRTY])
    assert json.loads(indented(wanted)) == wanted


def test_a_recorded_week_is_read_by_medium(recorded: Callable[[str], bytes]) -> None:
    assert cells(recorded("service_level_by_queue_and_medium")) == {
        Cell(BILLING, Media.VOICE, WEEK.whole): Tally(
            offered=1240,
            answered=1118,
            abandoned=98,
            short_abandoned=22,
            flow_out=24,
            over_sla=203,
            reported=Reported(numerator=915, denominator=1216),
        ),
        Cell(BILLING, Media.MESSAGE, WEEK.whole): Tally(
            offered=60, answered=58, over_sla=4, reported=Reported(numerator=54, denominator=58)
        ),
    }


def test_lengths_of_time_are_read_where_they_were_asked_for(recorded: Callable[[str], bytes]) -> None:
    read = cells(recorded("service_level_by_queue_and_medium"), replace(WEEK, times=True))
    assert read[Cell(BILLING, Media.VOICE, WEEK.whole)].times == Times(
        answered=Spells(1118, milliseconds(24_931_400), milliseconds(418_220)),
        abandoned=Spells(98, milliseconds(5_390_112), milliseconds(301_224)),
        handled=Spells(1115, milliseconds(401_400_210), milliseconds(2_710_033)),
        talked=Spells(1115, milliseconds(334_500_410), milliseconds(2_502_210)),
        held=Spells(187, milliseconds(16_830_070), milliseconds(420_100)),
        wrapped_up=Spells(1100, milliseconds(50_069_730), milliseconds(300_000)),
    )


def test_what_has_no_agent_is_a_facet_of_its_own() -> None:
    apart = replace(WEEK, by=APART)
    ana = group("voice", offered(2))
    ana["group"] |= {"userId": "ana", "wrapUpCode": "sold", "direction": "inbound"}
    odd = group("voice", offered(4))
    odd["group"] |= {"direction": "sideways"}
    assert cells({"results": [group("voice", offered(1)), ana, odd]}, apart) == {
        Cell(BILLING, Media.VOICE, WEEK.whole): Tally(offered=1),
        Cell(BILLING, Media.VOICE, WEEK.whole, Facet(AgentId("ana"), WrapUpId("sold"), Direction.INBOUND)): Tally(
            offered=2
        ),
        Cell(BILLING, Media.VOICE, WEEK.whole, Facet(direction=Direction.UNKNOWN)): Tally(offered=4),
    }


def test_recorded_thresholds_are_read_by_their_views(recorded: Callable[[str], bytes]) -> None:
    answer = (
        recorded("custom_thresholds").replace(b"Within20s", b"Within20000ms").replace(b"Within30s", b"Within30000ms")
    )
    (tally,) = cells(answer, WEEK, TWENTY, THIRTY).values()
    assert tally.within == {TWENTY: 915, THIRTY: 981}


def test_a_view_without_values_is_zero_and_so_is_a_metric() -> None:
    (tally,) = cells({"results": [group("voice", offered(3))]}, WEEK, THIRTY).values()
    assert (tally.offered, tally.answered, tally.within) == (3, 0, {THIRTY: 0})


def test_a_view_shown_with_count_zero_is_zero() -> None:
    data = offered(3) | {"views": [{"name": "answeredWithin30000ms", "stats": {"count": 0}}]}
    (tally,) = cells({"results": [group("voice", data)]}, WEEK, THIRTY).values()
    assert tally.within == {THIRTY: 0}


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({}, id="no results"),
        pytest.param({"results": None}, id="null results"),
        pytest.param({"results": []}, id="empty results"),
        pytest.param({"results": [{"group": {"mediaType": "voice"}, "data": [offered(1)]}]}, id="of no queue"),
        pytest.param({"results": [group("voice")]}, id="a group without data"),
    ],
)
def test_what_is_not_there_had_no_events(answer: dict[str, Any]) -> None:
    assert cells(answer) == {}


def test_media_without_a_name_of_ours_are_summed_as_unknown() -> None:
    answer = {"results": [group("hologram", offered(1)), group("telepathy", offered(2)), group(None, offered(4))]}
    assert cells(answer) == {Cell(BILLING, Media.UNKNOWN, WEEK.whole): Tally(offered=7)}


def test_buckets_are_known_by_their_instants_whatever_offset_they_are_written_in() -> None:
    days = Span(start=WEEK.start, end=WEEK.end, granularity="P1D", zone="Europe/Berlin")
    first = Slice(datetime(2026, 11, 8, 23, tzinfo=UTC), datetime(2026, 11, 9, 23, tzinfo=UTC))
    second = Slice(first.end, datetime(2026, 11, 10, 23, tzinfo=UTC))
    answer = {
        "results": [
            group(
                "voice",
                offered(1, "2026-11-09T00:00:00.000+01:00/2026-11-10T00:00:00.000+01:00"),
                offered(2, "2026-11-09T23:00:00.000Z/2026-11-10T23:00:00.000Z"),
            )
        ]
    }
    assert cells(answer, days) == {
        Cell(BILLING, Media.VOICE, first): Tally(offered=1),
        Cell(BILLING, Media.VOICE, second): Tally(offered=2),
    }


def test_several_buckets_of_a_whole_span_add_up() -> None:
    answer = {"results": [group("voice", offered(1, "2026-11-08T23:00:00.000Z/x"), offered(2, ""))]}
    assert cells(answer) == {Cell(BILLING, Media.VOICE, WEEK.whole): Tally(offered=3)}


@pytest.mark.parametrize("interval", ["", "yesterday/today", "2026-11-09T00:00:00/2026-11-10T00:00:00"])
def test_a_bucket_without_instants_cannot_be_read(interval: str) -> None:
    days = Span(start=WEEK.start, end=WEEK.end, granularity="P1D", zone="Europe/Berlin")
    with pytest.raises(GenesysUnreadable, match="cannot be read"):
        cells({"results": [group("voice", offered(1, interval))]}, days)
