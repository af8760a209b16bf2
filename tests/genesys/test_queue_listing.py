"""The directory is complete however many queues there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

QUEUES = 2_345


def listing(*, page_count: bool) -> Callable[[httpx.Request], httpx.Response]:
    def answer(request: httpx.Request) -> httpx.Response:
        size, number = (int(request.url.params[name]) for name in ("pageSize", "pageNumber"))
        ids = range((number - 1) * size, min(number * size, QUEUES))
        page: dict[str, Any] = {"entities": [{"id": f"q{one}", "name": f"Queue {one}"} for one in ids]}
        if page_count:
            page["pageCount"] = -(-QUEUES // size)
        return httpx.Response(200, json=page)

    return answer


@pytest.mark.parametrize(
    "page_count",
    [
        pytest.param(True, id="the listing says how many pages there are"),
        pytest.param(False, id="it does not, and ends with an empty page"),
    ],
)
def test_thousands_of_queues_are_listed_whole(in_process: Any, virtually: Any, page_count: bool) -> None:
    genesys = in_process(listing(page_count=page_count))

    async def story() -> None:
        async with genesys.client() as client:
            assert [queue.name for queue in await client.queues()] == [f"Queue {one}" for one in range(QUEUES)]

    virtually(story())
