from typing import Any

import pytest

WEEK = "2026-11-09T00:00:00Z/2026-11-16T00:00:00Z"
GOOD: dict[str, Any] = {"interval": WEEK, "metrics": ["nOffered"], "groupBy": ["queueId"]}
QUEUE = {"dimension": "queueId", "value": "0c9b7e0e-5f3b-4a53-9a9a-3f4f8d1d0b11"}
VIEW = {"name": "quick", "target": "tAnswered", "function": "rangeBound", "range": {"gte": 0, "lt": 30001}}


def _filter(**change: Any) -> dict[str, Any]:
    return {"filter": {"type": "and", "predicates": [QUEUE], **change}}


def _view(**change: Any) -> dict[str, Any]:
    return {"views": [VIEW | change]}


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        pytest.param({"metrics": ["nAnswered"]}, "invalid.value", "Value [nAnswered]", id="unknown metric"),
        pytest.param({"metrics": []}, "bad.request", "metrics", id="no metric"),
        pytest.param({"metrics": None}, "bad.request", "metrics", id="metrics null"),
        pytest.param({"metrics": "nOffered"}, "bad.request", "list", id="metrics not a list"),
        pytest.param({"groupBy": ["queue"]}, "invalid.value", "Value [queue]", id="unknown dimension"),
        pytest.param({"pageSize": 25}, "bad.request", "pageSize", id="no paging here"),
        pytest.param({"interval": None}, "bad.request", "interval", id="no interval"),
        pytest.param({"interval": "last week"}, "bad.request", "interval", id="not an interval"),
        pytest.param(
            {"interval": "2026-11-09/2026-11-16T00:00:00Z"}, "invalid.date", "ISO-8601", id="date without a time"
        ),
        pytest.param(
            {"interval": "2026-11-09T00:00:00/2026-11-16T00:00:00Z"}, "invalid.date", "offset", id="no offset"
        ),
        pytest.param(
            {"interval": "2026-11-16T00:00:00Z/2026-11-09T00:00:00Z"}, "bad.request", "before", id="backwards"
        ),
        pytest.param(
            {"interval": "2020-11-16T00:00:00Z/2026-11-09T00:00:00Z"}, "bad.request", "interval", id="too long"
        ),
        pytest.param({"granularity": "1h"}, "bad.request", "granularity", id="granularity in other words"),
        pytest.param({"granularity": "PT0H"}, "bad.request", "granularity", id="empty granularity"),
        pytest.param({"granularity": "P"}, "bad.request", "granularity", id="bare P"),
        pytest.param({"timeZone": "Mars/Olympus"}, "bad.request", "timeZone", id="unknown zone"),
        pytest.param({"timeZone": "../etc"}, "bad.request", "timeZone", id="zone that is a path"),
        pytest.param({"queryType": "groupby"}, "invalid.value", "topN", id="unknown query type"),
        pytest.param({"alternateTimeDimension": "now"}, "invalid.value", "eventTime", id="unknown time dimension"),
        pytest.param(_filter(type="xor"), "invalid.value", "[QueryFilterType]", id="unknown filter type"),
        pytest.param(
            _filter(type=None),
            "invalid.value",
            "Value [] is not valid for field type [QueryFilterType]. Allowable values are: and, or",
            id="filter without a type, in the recorded words",
        ),
        pytest.param(_filter(predicates=[]), "bad.request", "at least one", id="filter of nothing"),
        pytest.param(
            _filter(clauses=[{"type": "or", "clauses": []}]), "bad.request", "clauses", id="clauses two levels deep"
        ),
        pytest.param(_filter(clauses=[{"type": "or"}]), "bad.request", "at least one", id="clause of nothing"),
        pytest.param(
            _filter(predicates=[QUEUE | {"operator": "in"}]), "invalid.value", "notExists", id="unknown operator"
        ),
        pytest.param(
            _filter(predicates=[QUEUE | {"dimension": "queue"}]), "invalid.value", "queue", id="filter dimension"
        ),
        pytest.param(
            _filter(predicates=[QUEUE | {"type": "metric"}]), "invalid.value", "dimension", id="metric filter"
        ),
        pytest.param(_filter(predicates=[QUEUE | {"values": []}]), "bad.request", "values", id="several values"),
        pytest.param(_filter(predicates=[{"dimension": "queueId"}]), "bad.request", "value", id="no value"),
        pytest.param({"views": [VIEW | {"name": f"v{n}"} for n in range(11)]}, "bad.request", "10", id="eleven views"),
        pytest.param({"views": [VIEW, VIEW]}, "bad.request", "more than once", id="a name twice"),
        pytest.param(_view(name="tAnswered"), "bad.request", "metric", id="view named like a metric"),
        pytest.param(_view(name=""), "bad.request", "name", id="view without a name"),
        pytest.param(_view(target="nOffered"), "bad.request", "timer", id="view on a counter"),
        pytest.param(_view(target="waitTime"), "invalid.value", "waitTime", id="view on nothing"),
        pytest.param(_view(function="average"), "invalid.value", "rangeBound", id="unknown function"),
        pytest.param(_view(range={}), "bad.request", "gte or lt", id="range without bounds"),
        pytest.param(_view(range={"lte": 30000}), "bad.request", "lte", id="lte does not exist"),
        pytest.param(_view(range={"gt": 30000}), "bad.request", "gt", id="gt does not exist"),
        pytest.param(_view(range={"lt": "30001"}), "bad.request", "number", id="bound as text"),
    ],
)
async def test_an_aggregates_query_outside_the_documented_shape_is_refused(
    site: Any, change: dict[str, Any], code: str, said: str
) -> None:
    reply = await site.client.post(site.AGGREGATES, json=GOOD | change)
    body = reply.json()
    assert (reply.status_code, body["status"], body["code"]) == (400, 400, code), body
    assert said in body["message"]
    assert body["contextId"] == reply.headers["ININ-Correlation-Id"]
    assert (body["details"], body["errors"]) == ([], [])


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({}, id="as it is"),
        pytest.param({"granularity": "P1DT12H", "timeZone": "Europe/Berlin"}, id="odd granularity"),
        pytest.param({"flattenMultivaluedDimensions": True}, id="flattened"),
        pytest.param({"metrics": ["nOffered", "tVoicemail", "oMediaCount"]}, id="metrics nobody simulates"),
        pytest.param({"groupBy": ["queueId", "teamId", "dnis"]}, id="dimensions nobody simulates"),
        pytest.param({"views": [VIEW | {"name": f"v{n}"} for n in range(10)]}, id="ten views"),
        pytest.param({"views": [VIEW | {"target": "tVoicemail"}]}, id="view on a timer nobody simulates"),
        pytest.param(_filter(clauses=[{"type": "or", "predicates": [QUEUE]}]), id="clauses beside predicates"),
        pytest.param(_filter(predicates=[{"dimension": "ani", "operator": "notExists"}]), id="notExists"),
        pytest.param({"filter": None, "views": None}, id="nulls are left out"),
    ],
)
async def test_what_the_documentation_allows_is_accepted(site: Any, change: dict[str, Any]) -> None:
    assert (await site.ask(site.AGGREGATES, GOOD | change)) == {"results": []}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({"filter": None}, "filter", id="no filter"),
        pytest.param({"filter": {"type": "or", "predicates": []}}, "at least one", id="no predicate"),
        pytest.param(
            {"filter": {"type": "or", "predicates": [QUEUE | {"dimension": "userId"}]}}, "userId", id="other dimension"
        ),
        pytest.param({"filter": {"type": "or", "predicates": [QUEUE] * 201}}, "200", id="201 predicates"),
        pytest.param({"metrics": ["oAvailable"]}, "oAvailable", id="unknown metric"),
        pytest.param({"metrics": []}, "metrics", id="no metric"),
        pytest.param({"interval": WEEK}, "interval", id="there is no interval"),
        pytest.param({"groupBy": ["queueId"]}, "groupBy", id="there is no groupBy"),
    ],
)
async def test_an_observations_query_outside_the_documented_shape_is_refused(
    site: Any, change: dict[str, Any], said: str
) -> None:
    good = {"filter": {"type": "or", "predicates": [QUEUE]}, "metrics": ["oWaiting"]}
    assert (await site.ask(site.OBSERVATIONS, good))["results"] == []
    reply = await site.client.post(site.OBSERVATIONS, json=good | change)
    assert reply.status_code == 400
    assert said in reply.json()["message"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({"interval": "2026-10-01T00:00:00Z/2026-11-16T00:00:00Z"}, "31 days", id="over a month"),
        pytest.param(
            {"segmentFilters": [], "interval": "2026-11-01T00:00:00Z/2026-11-16T00:00:00Z"}, "7 days", id="unfiltered"
        ),
        pytest.param({"paging": {"pageSize": 101}}, "100", id="page too large"),
        pytest.param(
            {"paging": {"pageSize": 100, "pageNumber": 1001}},
            "Pagination may not exceed 100000 results.",
            id="beyond the last result",
        ),
        pytest.param({"metrics": ["tAnswered"]}, "metrics", id="there are no metrics"),
        pytest.param({"order": "up"}, "unordered", id="unknown order"),
        pytest.param({"aggregations": [{"type": "termFrequency"}]}, "not simulated", id="facets"),
    ],
)
async def test_a_details_query_outside_the_documented_shape_is_refused(
    site: Any, change: dict[str, Any], said: str
) -> None:
    good = {"interval": WEEK, "segmentFilters": [{"type": "or", "predicates": [QUEUE]}]}
    assert await site.ask(site.DETAILS, good) == {"totalHits": 0}
    reply = await site.client.post(site.DETAILS, json=good | change)
    assert reply.status_code == 400
    assert said in reply.json()["message"]


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        pytest.param(b"{", "application/json", 400, "bad.request", id="broken JSON"),
        pytest.param(b"[]", "application/json", 400, "bad.request", id="not an object"),
        pytest.param(b"", "application/json", 400, "bad.request", id="nothing"),
        pytest.param(b"{}", "text/plain", 415, "unsupported.media.type", id="not called JSON"),
        pytest.param(b" " * 512_001, "application/json", 413, "request.entity.too.large", id="too large"),
        pytest.param(b" " * 9_000_000, "application/json", 413, "request.entity.too.large", id="far too large"),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused(
    site: Any, content: bytes, kind: str, status: int, code: str
) -> None:
    reply = await site.client.post(site.AGGREGATES, content=content, headers={"Content-Type": kind})
    assert (reply.status_code, reply.json()["code"]) == (status, code)
