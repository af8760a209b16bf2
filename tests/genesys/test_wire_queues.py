from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.queues import Media, Target
from bot.genesys.wire_errors import Reply
from bot.genesys.wire_queues import QueuePage, page_query, read_page

if TYPE_CHECKING:
    from collections.abc import Callable


def page(body: bytes) -> QueuePage:
    return read_page(
        Reply(
            status=200,
            headers={"content-type": "application/json"},
            body=body,
            received=datetime(2026, 11, 21, tzinfo=UTC),
        )
    )


def test_names_are_kept_as_they_are(recorded: Callable[[str], bytes]) -> None:
    assert [queue.name for queue in page(recorded("queues")).queues] == [" Billing  (EU) ", "Claims"]


def test_targets_are_named_as_analytics_names_the_medium(recorded: Callable[[str], bytes]) -> None:
    billing = page(recorded("queues")).queues[0]
    assert billing.targets == {
        Media.VOICE: Target(share=0.8, threshold=timedelta(seconds=20)),
        Media.EMAIL: Target(share=0.8, threshold=timedelta(days=1)),
    }


def test_a_queue_with_only_id_and_name_has_no_targets_and_no_division(recorded: Callable[[str], bytes]) -> None:
    claims = page(recorded("queues")).queues[1]
    assert (dict(claims.targets), claims.division) == ({}, "")


def test_the_division_has_its_name(recorded: Callable[[str], bytes]) -> None:
    assert page(recorded("queues")).queues[0].division == "Home"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"{}", id="an empty object"),
        pytest.param(b'{"entities": []}', id="a page past the end"),
        pytest.param(b'{"entities": null, "pageCount": null}', id="nulls"),
    ],
)
def test_nothing_listed_is_an_empty_page(body: bytes) -> None:
    assert page(body) == QueuePage(queues=(), pages=None)


def test_settings_that_are_null_are_no_target() -> None:
    listed = page(b'{"entities": [{"id": "a", "name": null, "division": null, "mediaSettings": {"call": null}}]}')
    assert (listed.queues[0].name, dict(listed.queues[0].targets)) == ("", {})


def test_pages_count_from_one() -> None:
    assert page_query(1) == {"pageNumber": "1", "pageSize": "100", "sortOrder": "asc"}
