from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.ids import QueueId
from bot.domain.live import Agents, Contacts, Observed
from bot.domain.queues import Media
from bot.errors import GenesysUnreadable
from bot.genesys.wire_errors import Reply
from bot.genesys.wire_observations import (
    Estimable,
    estimate_path,
    observations_body,
    read_estimate,
    read_observations,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

BILLING = QueueId("0c9b7e0e-5f3b-4a53-9a9a-3f4f8d1d0b11")
SEEN_AT = datetime(2026, 11, 20, 14, 3, 12, 680_000, tzinfo=UTC)


def reply(answer: bytes | dict[str, Any]) -> Reply:
    raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return Reply(status=200, headers={}, body=raw, received=SEEN_AT)


def seen(answer: bytes | dict[str, Any]) -> Mapping[QueueId, Observed]:
    return read_observations(reply(answer)).by_queue


def group(media: str | None, *data: dict[str, Any], queue: str | None = BILLING) -> dict[str, Any]:
    return {"group": {"queueId": queue} | ({"mediaType": media} if media else {}), "data": list(data)}


def metric(name: str, count: int | None, qualifier: str | None = None, **more: Any) -> dict[str, Any]:
    return {"metric": name, "qualifier": qualifier, "stats": {"count": count} if count is not None else None} | more


def test_the_body_asks_for_contacts_and_agents_of_each_queue_with_who_waits_longest() -> None:
    assert observations_body([BILLING]) == {
        "filter": {
            "type": "or",
            "predicates": [{"type": "dimension", "dimension": "queueId", "operator": "matches", "value": BILLING}],
        },
        "metrics": ["oWaiting", "oInteracting", "oAlerting", "oMemberUsers", "oOnQueueUsers", "oOffQueueUsers"],
        "detailMetrics": ["oWaiting"],
    }


def test_a_recorded_minute_is_read_by_medium_with_its_agents(recorded: Callable[[str], bytes]) -> None:
    answer = read_observations(reply(recorded("observations")))
    assert answer.as_of == SEEN_AT
    assert answer.by_queue == {
        BILLING: Observed(
            contacts=(
                Contacts(media=Media.VOICE, waiting=2, interacting=7, alerting=0, longest_wait=timedelta(seconds=61.2)),
                Contacts(media=Media.MESSAGE, waiting=0, interacting=0, alerting=None),
            ),
            agents=Agents(on_queue=11, available=4, interacting=7, communicating=0, not_responding=0, off_queue=12),
        )
    }


def test_a_metric_that_is_missing_is_unknown_and_not_zero() -> None:
    answer = seen({"results": [group("voice", metric("oInteracting", 3), metric("oAlerting", None))]})
    assert answer[BILLING].contacts == (Contacts(media=Media.VOICE, waiting=None, interacting=3, alerting=None),)
    assert not answer[BILLING].contacts[0].reported


def test_agents_that_are_in_no_group_are_unknown() -> None:
    assert seen({"results": [group("voice", metric("oWaiting", 0))]})[BILLING].agents is None


def test_a_state_that_no_agent_is_in_is_zero_where_the_members_are_reported() -> None:
    nobody = Agents(on_queue=0, available=0, interacting=0, communicating=0, not_responding=0, off_queue=0)
    assert seen({"results": [group(None, metric("oMemberUsers", 0))]})[BILLING] == Observed(agents=nobody)


@pytest.mark.parametrize("name", ["oMemberUsers", "oOnQueueUsers", "oOffQueueUsers"])
def test_agents_without_a_number_are_unknown_and_not_zero(name: str) -> None:
    people = group(None, metric("oOnQueueUsers", 2, "IDLE"), metric(name, None, "INTERACTING"))
    assert seen({"results": [people]}) == {}


def test_an_agent_in_a_state_without_a_name_of_ours_is_on_queue_all_the_same() -> None:
    answer = seen({"results": [group(None, metric("oOnQueueUsers", 2, "IDLE"), metric("oOnQueueUsers", 1, "RESTING"))]})
    agents = answer[BILLING].agents
    assert agents is not None
    assert (agents.on_queue, agents.available) == (3, 2)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({}, id="no results"),
        pytest.param({"results": None}, id="null results"),
        pytest.param({"results": []}, id="empty results"),
        pytest.param({"results": [group("voice", metric("oWaiting", 1), queue=None)]}, id="of no queue"),
        pytest.param({"results": [{"data": [metric("oWaiting", 1)]}]}, id="of no group"),
    ],
)
def test_an_empty_reply_reports_nothing(answer: dict[str, Any]) -> None:
    assert seen(answer) == {}


@pytest.mark.parametrize(
    ("waiting", "longest"),
    [
        pytest.param(metric("oWaiting", 1), None, id="without observations"),
        pytest.param(metric("oWaiting", 0, observations=[]), None, id="nobody waits"),
        pytest.param(
            metric("oWaiting", 300, truncated=True, observations=[{"observationDate": "2026-11-20T13:03:12.680Z"}]),
            timedelta(hours=1),
            id="too many to show: the oldest are kept",
        ),
        pytest.param(
            metric("oWaiting", 1, observations=[{"observationDate": "2026-11-20T14:03:13.000Z"}]),
            timedelta(0),
            id="the platform's clock is ahead of ours",
        ),
    ],
)
def test_the_longest_wait_is_that_of_the_oldest(waiting: dict[str, Any], longest: timedelta | None) -> None:
    (contacts,) = seen({"results": [group("voice", waiting)]})[BILLING].contacts
    assert contacts.longest_wait == longest


@pytest.mark.parametrize("since", [None, "soon", "2026-11-20T14:03:13.000"])
def test_an_observation_without_an_instant_cannot_be_read(since: str | None) -> None:
    waiting = metric("oWaiting", 1, observations=[{"observationDate": since}])
    with pytest.raises((ValueError, GenesysUnreadable)):
        seen({"results": [group("voice", waiting)]})


def test_media_without_a_name_of_ours_are_unknown_media() -> None:
    answer = seen({"results": [group("telepathy", metric("oWaiting", 1))]})
    assert [each.media for each in answer[BILLING].contacts] == [Media.UNKNOWN]


@pytest.mark.parametrize(
    ("media", "named"),
    [(Media.VOICE, "call"), (Media.CALLBACK, "callback"), (Media.EMAIL, "email"), (Media.COBROWSE, None)],
)
def test_the_estimate_is_asked_for_by_the_settings_name_of_the_medium(media: Media, named: str | None) -> None:
    path = estimate_path(Estimable(BILLING, media))
    assert path == (named and f"/api/v2/routing/queues/{BILLING}/mediatypes/{named}/estimatedwaittime")


@pytest.mark.parametrize(
    ("results", "wait"),
    [
        pytest.param(
            [{"intent": "CALL", "formula": "BEST", "estimatedWaitTimeSeconds": 42}], timedelta(seconds=42), id="one"
        ),
        pytest.param([], None, id="no estimate"),
        pytest.param(None, None, id="null"),
        pytest.param([{"intent": "CALL"}], None, id="an estimate without a time"),
    ],
)
def test_an_estimate_is_seconds_or_nothing(results: Any, wait: timedelta | None) -> None:
    assert read_estimate(reply({"results": results})) == wait
