"""The official SDK as a witness: it signs in, asks, and finds a place in its models for everything it is told."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import PureCloudPlatformClientV2 as sdk  # noqa: N813 - a package name nobody wants to repeat
import pytest

from bot.demo.centre import Centre
from bot.demo.faults import DETAILS_JOBS
from bot.demo.genesys_vocabulary import DIMENSIONS, METRICS

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")

WEEK = "2026-11-09T00:00:00.000Z/2026-11-16T00:00:00.000Z"


@pytest.fixture(scope="module")
def centre() -> Centre:
    return Centre.demo()


@pytest.fixture
async def site(open_site: Callable[..., Awaitable[Any]], centre: Centre) -> Any:
    return await open_site(centre)


@pytest.fixture
async def signed_in(site: Any) -> Any:
    """The SDK's client, signed in by its own means."""
    client = sdk.ApiClient(host=site.base_url)
    return await asyncio.to_thread(client.get_client_credentials_token, "bot", "secret")


def judge(model: Any, payload: Any) -> None:
    """Every field of the payload has a place in the model and every enumerated value is one the SDK knows."""
    assert "outdated_sdk_version" not in str(model), model
    _placed(model, payload, type(model).__name__)


def _placed(model: Any, payload: Any, where: str) -> None:
    if isinstance(payload, dict) and hasattr(model, "attribute_map"):
        names = {wire: name for name, wire in model.attribute_map.items()}
        for wire, value in payload.items():
            assert wire in names, f"{where} has no {wire}"
            _placed(getattr(model, names[wire]), value, f"{where}.{wire}")
    elif isinstance(payload, list):
        assert len(model) == len(payload), where
        for item, value in zip(model, payload, strict=True):
            _placed(item, value, where)
    elif payload is not None:
        assert model is not None, f"{where} was lost"


@pytest.mark.parametrize(
    ("api", "call", "path"),
    [
        ("RoutingApi", "get_routing_queues", "/api/v2/routing/queues"),
        ("RoutingApi", "get_routing_queues_divisionviews", "/api/v2/routing/queues/divisionviews"),
        ("RoutingApi", "get_routing_queues_divisionviews_all", "/api/v2/routing/queues/divisionviews/all"),
        ("RoutingApi", "get_routing_wrapupcodes", "/api/v2/routing/wrapupcodes"),
        ("UsersApi", "get_users", "/api/v2/users"),
        ("AuthorizationApi", "get_authorization_divisions", "/api/v2/authorization/divisions"),
    ],
)
async def test_listings_are_read_page_by_page(site: Any, signed_in: Any, api: str, call: str, path: str) -> None:
    listing = getattr(getattr(sdk, api)(signed_in), call)
    names: list[str] = []
    number = 1
    while True:
        page = await asyncio.to_thread(listing, page_size=50, page_number=number)
        raw = (await site.client.get(path, params={"pageSize": 50, "pageNumber": number})).json()
        judge(page, raw)
        names += [entity.name for entity in page.entities]
        if number >= page.page_count:
            break
        number += 1
    assert len(names) == page.total
    assert names == sorted(names, key=str.casefold)


async def test_one_queue_tells_its_targets(site: Any, signed_in: Any, centre: Centre) -> None:
    billing = centre.queue("Billing")
    queue = await asyncio.to_thread(sdk.RoutingApi(signed_in).get_routing_queue, billing.id)
    judge(queue, (await site.client.get(f"/api/v2/routing/queues/{billing.id}")).json())
    assert queue.media_settings.call.service_level.duration_ms == 20_000
    assert queue.media_settings.call.service_level.percentage == 0.8


async def test_limits_are_published(site: Any, signed_in: Any) -> None:
    api = sdk.OrganizationApi(signed_in)
    limits = await asyncio.to_thread(api.get_organizations_limits_namespace, "platform.api")
    judge(limits, (await site.client.get("/api/v2/organizations/limits/namespaces/platform.api")).json())
    assert {limit.key: limit.value for limit in limits.entities}["client.credentials.token.rate.per.minute"] == 300


async def test_aggregates_are_asked_and_understood(site: Any, signed_in: Any, centre: Centre) -> None:
    predicate = sdk.ConversationAggregateQueryPredicate()
    predicate.type, predicate.dimension, predicate.operator = "dimension", "queueId", "matches"
    predicate.value = centre.queue("Billing").id
    clause = sdk.ConversationAggregateQueryClause()
    clause.type, clause.predicates = "or", [predicate]
    condition = sdk.ConversationAggregateQueryFilter()
    condition.type, condition.clauses = "and", [clause]
    bounds = sdk.AggregationRange()
    bounds.gte, bounds.lt = 0, 30_001
    view = sdk.ConversationAggregationView()
    view.name, view.target, view.function, view.range = "within30s", "tAnswered", "rangeBound", bounds
    query = sdk.ConversationAggregationQuery()
    query.interval, query.granularity, query.time_zone = WEEK, "P1D", "Europe/Paris"
    query.group_by, query.filter, query.views = ["queueId", "mediaType"], condition, [view]
    query.metrics = ["nOffered", "tAnswered", "tAbandon", "oServiceLevel", "oServiceTarget", "tHandle"]

    reply = await asyncio.to_thread(sdk.AnalyticsApi(signed_in).post_analytics_conversations_aggregates_query, query)
    judge(reply, await site.ask(site.AGGREGATES, site.log.to(site.AGGREGATES)[-1].body))
    voice = next(result for result in reply.results if result.group["mediaType"] == "voice")
    assert len(voice.data) == 7
    assert all(bucket.views[0].stats.count > 0 for bucket in voice.data)


async def test_observations_are_asked_and_understood(site: Any, signed_in: Any, centre: Centre) -> None:
    predicate = sdk.QueueObservationQueryPredicate()
    predicate.dimension, predicate.value = "queueId", centre.queue("Email Triage").id
    condition = sdk.QueueObservationQueryFilter()
    condition.type, condition.predicates = "or", [predicate]
    query = sdk.QueueObservationQuery()
    query.filter, query.detail_metrics = condition, ["oWaiting"]
    query.metrics = ["oWaiting", "oInteracting", "oAlerting", "oOnQueueUsers", "oOffQueueUsers", "oMemberUsers"]
    query.metrics += ["oActiveUsers", "oUserPresences", "oUserRoutingStatuses"]

    reply = await asyncio.to_thread(sdk.AnalyticsApi(signed_in).post_analytics_queues_observations_query, query)
    judge(reply, await site.ask(site.OBSERVATIONS, site.log.to(site.OBSERVATIONS)[-1].body))
    people = next(result for result in reply.results if "mediaType" not in result.group)
    assert {row.metric for row in people.data} >= {"oMemberUsers", "oUserRoutingStatuses"}


async def test_conversations_are_asked_and_understood(site: Any, signed_in: Any, centre: Centre) -> None:
    predicate = sdk.SegmentDetailQueryPredicate()
    predicate.dimension, predicate.value = "queueId", centre.queue("Billing").id
    condition = sdk.SegmentDetailQueryFilter()
    condition.type, condition.predicates = "or", [predicate]
    query = sdk.ConversationQuery()
    query.interval, query.segment_filters = "2026-11-19T00:00:00.000Z/2026-11-20T00:00:00.000Z", [condition]
    query.paging = sdk.PagingSpec()
    query.paging.page_size, query.paging.page_number = 100, 1

    reply = await asyncio.to_thread(sdk.AnalyticsApi(signed_in).post_analytics_conversations_details_query, query)
    judge(reply, await site.ask(site.DETAILS, site.log.to(site.DETAILS)[-1].body))
    assert reply.total_hits > len(reply.conversations) == 100


async def test_a_job_is_submitted_awaited_and_read_to_its_end(site: Any, signed_in: Any, centre: Centre) -> None:
    predicate = sdk.SegmentDetailQueryPredicate()
    predicate.dimension, predicate.value = "queueId", centre.queue("Billing").id
    condition = sdk.SegmentDetailQueryFilter()
    condition.type, condition.predicates = "or", [predicate]
    query = sdk.AsyncConversationQuery()
    query.interval, query.segment_filters = "2026-11-18T00:00:00.000Z/2026-11-20T00:00:00.000Z", [condition]
    query.start_of_day_interval_matching = True
    api = sdk.AnalyticsApi(signed_in)
    available = await asyncio.to_thread(api.get_analytics_conversations_details_jobs_availability)
    assert available.data_availability_date is not None

    job_id = (await asyncio.to_thread(api.post_analytics_conversations_details_jobs, query)).job_id
    path, states = f"{DETAILS_JOBS}/{job_id}", []
    while not states or states[-1] != "FULFILLED":
        state = await asyncio.to_thread(api.get_analytics_conversations_details_job, job_id)
        states.append(state.state)
    judge(state, (await site.client.get(path)).json())
    assert states == ["QUEUED", "PENDING", "FULFILLED"]

    names: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        read = partial(api.get_analytics_conversations_details_job_results, job_id, page_size=200, **cursor)
        page = await asyncio.to_thread(read)
        judge(page, (await site.client.get(f"{path}/results", params={"pageSize": 200, **cursor})).json())
        names += [conversation.conversation_id for conversation in page.conversations]
        if page.cursor is None:
            break
        cursor = {"cursor": page.cursor}
    assert len(names) == len(set(names)) > 400
    await asyncio.to_thread(api.delete_analytics_conversations_details_job, job_id)
    assert (await asyncio.to_thread(api.get_analytics_conversations_details_job, job_id)).state == "CANCELLED"


async def test_an_estimated_wait_is_understood(site: Any, signed_in: Any, centre: Centre) -> None:
    billing = centre.queue("Billing").id
    estimate = await asyncio.to_thread(
        sdk.RoutingApi(signed_in).get_routing_queue_mediatype_estimatedwaittime, billing, "call"
    )
    raw = await site.client.get(f"/api/v2/routing/queues/{billing}/mediatypes/call/estimatedwaittime")
    judge(estimate, raw.json())


async def test_a_refusal_reaches_the_sdk_as_the_platforms_error(site: Any, signed_in: Any) -> None:
    query = sdk.QueueObservationQuery()
    query.metrics = ["oWaiting"]
    with pytest.raises(sdk.rest.ApiException) as caught:
        await asyncio.to_thread(sdk.AnalyticsApi(signed_in).post_analytics_queues_observations_query, query)
    assert caught.value.status == 400
    assert re.search(r'"code": "bad.request"', caught.value.body)


def test_metrics_and_dimensions_are_the_sdks() -> None:
    view, predicate = sdk.ConversationAggregationView(), sdk.ConversationAggregateQueryPredicate()
    for metric in METRICS:
        view.target = metric
        assert view.target == metric
    for dimension in DIMENSIONS:
        predicate.dimension = dimension
        assert predicate.dimension == dimension
