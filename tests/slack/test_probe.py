from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from aiohttp import web

from bot.slack.probe import SlackRefused, probe_app_token, probe_bot_token

Playing = Callable[[web.Response], AbstractAsyncContextManager[str]]


@pytest.fixture
def slack() -> Playing:
    """A Slack that gives one answer to everything, at the base URL it yields."""

    @asynccontextmanager
    async def playing(answer: web.Response) -> AsyncIterator[str]:
        async def handler(_: web.Request) -> web.Response:
            return answer

        app = web.Application()
        app.router.add_post("/api/{method}", handler)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}/api"
        finally:
            await runner.cleanup()

    return playing


async def test_a_good_bot_token_tells_its_workspace_and_scopes(slack: Playing) -> None:
    answer = web.json_response(
        {"ok": True, "team": "Acme"}, headers={"X-OAuth-Scopes": "commands, chat:write,users:read"}
    )
    async with slack(answer) as url:
        installed = await probe_bot_token("xoxb-1", base_url=url)
    assert installed.workspace == "Acme"
    assert installed.scopes == {"commands", "chat:write", "users:read"}


async def test_a_token_without_scopes_has_none(slack: Playing) -> None:
    async with slack(web.json_response({"ok": True, "team": "Acme"})) as url:
        assert (await probe_bot_token("xoxb-1", base_url=url)).scopes == frozenset()


@pytest.mark.parametrize("probe", [probe_bot_token, probe_app_token])
@pytest.mark.parametrize(
    ("answer", "code"),
    [
        pytest.param({"ok": False, "error": "invalid_auth"}, "invalid_auth", id="refused, with Slack's own word"),
        pytest.param({"ok": False, "error": "account_inactive"}, "account_inactive", id="another word"),
        pytest.param(None, "status 502", id="a gateway in between that is no Slack"),
    ],
)
async def test_a_refusal_keeps_slacks_own_word(
    slack: Playing, probe: Callable[..., object], answer: dict[str, object] | None, code: str
) -> None:
    reply = web.json_response(answer) if answer else web.Response(status=502, text="<h1>Bad gateway</h1>")
    async with slack(reply) as url:
        with pytest.raises(SlackRefused) as caught:
            await probe("xoxb-secret", base_url=url)  # type: ignore[misc]  # both are coroutine functions
    assert caught.value.code == code
    assert "xoxb-secret" not in str(caught.value)


@pytest.mark.parametrize("probe", [probe_bot_token, probe_app_token])
async def test_nobody_there_is_told_apart_from_a_refusal(probe: Callable[..., object]) -> None:
    with pytest.raises(SlackRefused, match="cannot be reached") as caught:
        await probe("xoxb-secret", base_url="http://127.0.0.1:1/api")  # type: ignore[misc]  # both are coroutine functions
    assert caught.value.code == ""


async def test_an_app_token_that_may_connect_is_good(slack: Playing) -> None:
    async with slack(web.json_response({"ok": True, "url": "wss://127.0.0.1/link"})) as url:
        await probe_app_token("xapp-1", base_url=url)
