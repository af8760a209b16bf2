"""The list of methods and what is really served agree, and what is not served fails by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from slack_sdk.errors import SlackApiError

from bot.demo.slack_api import served_methods
from bot.demo.slack_coverage import METHODS

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.demo.slack_local import LocalSlack


def test_the_list_and_the_methods_agree(slack: LocalSlack) -> None:
    assert served_methods() == slack.api.handlers.keys()


def test_no_method_is_listed_twice_and_each_that_is_not_served_says_why() -> None:
    assert len({method.name for method in METHODS}) == len(METHODS)
    assert all(method.served or method.remark for method in METHODS)


@pytest.mark.parametrize("method", ["reactions.add", "chat.postMesage"])
async def test_a_method_that_is_not_served_fails_by_name(client: AsyncWebClient, method: str) -> None:
    with pytest.raises(SlackApiError) as refused:
        await client.api_call(method)
    assert refused.value.response["error"] == "unknown_method"
    assert refused.value.response["req_method"] == method
