"""The local Slack: a workspace, its Web API, its way to the bot, and a page to type in, in one aiohttp application."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from aiohttp import web

from bot.demo.slack_acks import ACK_WITHIN, Carrier
from bot.demo.slack_api import SOCKET_PATH, Call, Tokens, WebApi
from bot.demo.slack_calls import Back
from bot.demo.slack_coverage import ALL_SCOPES
from bot.demo.slack_desk import Command, Desk
from bot.demo.slack_dispatch import Dispatch, Sleep
from bot.demo.slack_faults import Drop, Fault, Faults, HeldBack
from bot.demo.slack_happenings import Happenings
from bot.demo.slack_http import HttpMode
from bot.demo.slack_pace import WORKSPACE_PACE, Limits, Pace
from bot.demo.slack_page import Guide, Page
from bot.demo.slack_people import demo_workspace
from bot.demo.slack_permits import Permits
from bot.demo.slack_responses import Responses
from bot.demo.slack_socket import SocketMode
from bot.demo.slack_workspace import ChannelId, Json, Message, Now, UserId, Workspace

TOKENS = Tokens(bot="xoxb-local-bot", app="xapp-local-app", signing_secret="local-signing-secret")  # noqa: S106
DEFAULT_PACE = Pace()
LARGEST_BODY = 20_000_000


class LocalSlack(Desk):
    """One workspace with one app installed. What people do is in Desk; here are the wires and what tests look at."""

    def __init__(
        self,
        *,
        workspace: Workspace,
        tokens: Tokens,
        request_url: str | None,
        commands: Sequence[Command],
        scopes: Iterable[str],
        subscriptions: Iterable[str] | None,
        ack_within: timedelta,
        limits: Limits,
        sleep: Sleep,
        wall: Now,
        guide: Guide,
        refused_blocks: Iterable[str],
    ) -> None:
        self.origin = "http://127.0.0.1"
        """Scheme and authority under which the application is reached; `serving` sets it."""
        self.tokens = tokens
        self.faults = Faults()
        self.socket = SocketMode(app_id=workspace.app_id)
        self.http = (
            HttpMode(request_url=request_url, signing_secret=tokens.signing_secret, now=wall)
            if request_url is not None
            else None
        )
        back = Back(
            workspace=workspace,
            permits=Permits(now=wall),
            refused_blocks=set(refused_blocks),
            scopes=frozenset(scopes),
            origin=lambda: self.origin,
        )
        self._silence = HeldBack(sleep)
        self.responses = Responses(back=back, faults=self.faults, silence=self._silence)
        dispatch = Dispatch(
            back=back, carrier=self._way, ack_within=ack_within, subscriptions=subscriptions, sleep=sleep
        )
        super().__init__(back=back, responses=self.responses, dispatch=dispatch, commands=commands)
        self.happenings = Happenings(back=back, dispatch=dispatch)
        self.api = WebApi(
            back=back, tokens=tokens, socket=self.socket, faults=self.faults, limits=limits, silence=self._silence
        )
        self._page = Page(desk=self, happenings=self.happenings, guide=guide)
        self.app = web.Application(client_max_size=LARGEST_BODY)
        self.app.add_routes(
            [
                web.route("*", "/api/{method}", self.api.serve),
                web.get(SOCKET_PATH, self.socket.accept),
                web.post("/response/{key}", self.responses.serve),
                *self.api.files.routes(),
                *self._page.routes(),
            ]
        )
        self.app.on_shutdown.append(self._close)

    @property
    def base_url(self) -> str:
        """What the Web API client needs as its base URL."""
        return f"{self.origin}/api/"

    @property
    def calls(self) -> list[Call]:
        """Every call to the Web API so far, in order, with its answer."""
        return self.api.calls

    def calls_of(self, method: str) -> list[Call]:
        """The calls of one method so far."""
        return [call for call in self.calls if call.method == method]

    @property
    def response_bodies(self) -> list[Json]:
        """Everything posted to response URLs so far."""
        return self.responses.bodies

    @property
    def refused_blocks(self) -> set[str]:
        """Types of block refused as unknown: add `data_visualization` to play a workspace that has no charts yet."""
        return self._back.refused_blocks

    @property
    def scopes(self) -> frozenset[str]:
        """What the bot's token may do; set it to play a reinstallation with others."""
        return self._back.scopes

    @scopes.setter
    def scopes(self, scopes: Iterable[str]) -> None:
        self._back.scopes = frozenset(scopes)

    @property
    def revoked(self) -> bool:
        """Whether the bot's token is refused."""
        return bool(self._back.revoked)

    def revoke(self, error: str = "token_revoked") -> None:
        """Refuse every call with the bot's token, for example with `account_inactive`, and send no more events."""
        self._back.revoked = error

    def restore(self) -> None:
        """Let the bot's token be good again."""
        self._back.revoked = ""

    def messages(self, channel: ChannelId, *, seen_by: UserId | None = None) -> list[Message]:
        """The messages of a channel as they stand, oldest first; with `seen_by`, those this person is shown."""
        here = [message for message in self.workspace.messages.values() if message.channel == channel]
        return sorted((m for m in here if seen_by is None or m.seen_by(seen_by)), key=lambda m: float(m.ts))

    def fail_next(
        self,
        method: str,
        *,
        error: str | None = None,
        status: int | None = None,
        retry_after: timedelta | None = None,
        drop: Drop | None = None,
        took_effect: bool = False,
        delay: timedelta = timedelta(),
        channel: ChannelId | None = None,
        times: int | None = 1,
    ) -> None:
        """Let the next calls of a method fail; `response_url` stands for posts to response URLs, `*` for all methods.

        See `Fault` for what can happen. `times` None lasts until `faults.clear()`.
        """
        fault = Fault(
            error=error,
            status=status,
            retry_after=retry_after,
            drop=drop,
            took_effect=took_effect,
            delay=delay,
            channel=channel,
        )
        self.faults.add(method, fault, times=times)

    def _way(self) -> Carrier:
        return self.http or self.socket

    async def _close(self, _app: web.Application) -> None:
        self._silence.end()
        await self.dispatch.close()
        await self._page.close()
        await self.socket.drop()
        if self.http is not None:
            await self.http.close()


def local_slack(
    *,
    now: Now,
    bot_name: str = "Queue SLA",
    request_url: str | None = None,
    tokens: Tokens = TOKENS,
    commands: Sequence[Command] = (),
    scopes: Iterable[str] = ALL_SCOPES,
    subscriptions: Iterable[str] | None = None,
    ack_within: timedelta = ACK_WITHIN,
    pace: Pace | None = DEFAULT_PACE,
    workspace_pace: Pace | None = WORKSPACE_PACE,
    clock: Callable[[], float] = time.monotonic,
    sleep: Sleep = asyncio.sleep,
    wall: Now | None = None,
    guide: Guide | None = None,
    workspace: Workspace | None = None,
    refused_blocks: Iterable[str] = (),
) -> LocalSlack:
    """A local Slack with the workspace of the demo, unless another is given.

    Without `request_url` the bot is reached by Socket Mode, else by signed HTTP. `commands` are those of the manifest;
    none means that any may be typed. `scopes` and `subscriptions` (to events) are the manifest's, too; by default the
    bot may do everything and is told everything.

    `pace` limits `chat.postMessage` per channel, `workspace_pace` in all channels together, and other methods keep to
    their tiers; `pace` None lets everything through. Their `clock`, in seconds, and `sleep`, for repeated events and
    late answers, can be those of a test in which time runs faster.

    `now` dates messages. What lives for moments only (triggers, response URLs, signatures) is measured by `wall`,
    by default the same: a `now` that jumps would end their lives.
    """
    return LocalSlack(
        workspace=workspace or demo_workspace(now=now, bot_name=bot_name),
        tokens=tokens,
        request_url=request_url,
        commands=commands,
        scopes=scopes,
        subscriptions=subscriptions,
        ack_within=ack_within,
        limits=Limits(channel=pace, workspace=workspace_pace, clock=clock),
        sleep=sleep,
        wall=wall or now,
        guide=guide or Guide(),
        refused_blocks=refused_blocks,
    )


@asynccontextmanager
async def serving(slack: LocalSlack, *, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[LocalSlack]:
    """Serve on a port, by default a free one, and tell the local Slack where it is."""
    runner = web.AppRunner(slack.app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        bound = runner.addresses[0][1]
        slack.origin = f"http://{host}:{bound}"
        yield slack
    finally:
        await runner.cleanup()
