"""The page in the browser: its files, its live connection, and what a person does there."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from importlib.resources import files
from typing import Any

from aiohttp import WSCloseCode, web

from bot.demo.slack_desk import Desk
from bot.demo.slack_guide import Guide, Link, Switch
from bot.demo.slack_happenings import Happenings
from bot.demo.slack_journal import What
from bot.demo.slack_page_sight import Sight
from bot.demo.slack_replies import Reply
from bot.demo.slack_workspace import ChannelId, Json, Message, UserId, View

__all__ = ["Guide", "Link", "Page", "Switch"]

CONTENT_TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"


class Page:
    """Serves the page under `/` and its requests under `/page/`."""

    def __init__(self, *, desk: Desk, happenings: Happenings, guide: Guide) -> None:
        self._desk = desk
        self._happenings = happenings
        self._workspace = desk.workspace
        self._guide = guide
        self._sight = Sight(desk=desk, guide=guide)
        self._open: set[web.WebSocketResponse] = set()
        self._files = {item.name: item.read_bytes() for item in files("bot.demo").joinpath("page").iterdir()}

    def routes(self) -> list[web.RouteDef]:
        """Everything the page needs."""
        return [
            web.get("/", self._index),
            web.get("/page/files/{name}", self._file),
            web.get("/page/live", self._live),
            web.post("/page/command", self._acting(self._command)),
            web.post("/page/say", self._say),
            web.post("/page/click", self._acting(self._click)),
            web.post("/page/suggest", self._acting(self._suggest)),
            web.post("/page/submit", self._acting(self._submit)),
            web.post("/page/close", self._acting(self._close_modal)),
            web.post("/page/home", self._acting(self._home)),
            web.post("/page/switch", self._switch),
            web.post("/page/clock", self._clock),
            web.post("/page/fate", self._fate),
        ]

    async def close(self) -> None:
        """Let go of every browser."""
        for socket in tuple(self._open):
            await socket.close(code=WSCloseCode.GOING_AWAY)

    async def _index(self, _request: web.Request) -> web.Response:
        return self._send("index.html")

    async def _file(self, request: web.Request) -> web.Response:
        return self._send(request.match_info["name"])

    def _send(self, name: str) -> web.Response:
        if name not in self._files:
            raise web.HTTPNotFound
        return web.Response(
            body=self._files[name],
            content_type=CONTENT_TYPES[name.rpartition(".")[2]],
            charset="utf-8",
            headers={
                "Cache-Control": "no-cache",
                "Content-Security-Policy": POLICY,
                "X-Content-Type-Options": "nosniff",
            },
        )

    async def _live(self, request: web.Request) -> web.StreamResponse:
        """The state as seen by one person, then every change to it."""
        _same_origin(request)
        first = next(person.id for person in self._workspace.people.values() if not person.is_bot)
        user = UserId(request.query.get("user") or first)
        if user not in self._workspace.people:
            raise web.HTTPNotFound
        socket = web.WebSocketResponse(heartbeat=30)
        await socket.prepare(request)
        self._open.add(socket)
        telling = asyncio.create_task(self._tell(socket, user))
        try:
            async for _ in socket:
                pass
        finally:
            self._open.discard(socket)
            telling.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await telling
        return socket

    async def _tell(self, socket: web.WebSocketResponse, user: UserId) -> None:
        position = len(self._workspace.journal)
        await socket.send_json(self._sight.state(user))
        while True:
            await self._workspace.journal.change(position)
            entries = self._workspace.journal.since(position)
            position += len(entries)
            for entry in entries:
                if told := self._sight.told(entry, user):
                    await socket.send_json(told)

    def _acting(self, act: Callable[[Json], Awaitable[Reply]]) -> Callable[[web.Request], Awaitable[web.Response]]:
        """A handler for something a person does; what is impossible is answered with the reason."""

        async def handle(request: web.Request) -> web.Response:
            body = await _read(request)
            try:
                return _outcome(await act(body))
            except LookupError as impossible:
                return web.json_response({"ok": False, "outcome": "impossible", "text": str(impossible)})

        return handle

    async def _command(self, body: Json) -> Reply:
        command, _, text = body["text"].partition(" ")
        return await self._desk.command(UserId(body["user"]), ChannelId(body["channel"]), command, text.strip())

    async def _click(self, body: Json) -> Reply:
        return await self._desk.click(
            UserId(body["user"]),
            self._place(body),
            body["action_id"],
            block_id=body["block_id"],
            value=body.get("value"),
            entered=body.get("entered") or {},
        )

    async def _suggest(self, body: Json) -> Reply:
        return await self._desk.suggest(
            UserId(body["user"]), self._place(body), body["action_id"], body["typed"], block_id=body["block_id"]
        )

    async def _submit(self, body: Json) -> Reply:
        place = self._place(body)
        view = place if isinstance(place, View) else None
        return await self._desk.submit(UserId(body["user"]), view, body.get("entered") or {})

    async def _close_modal(self, body: Json) -> Reply:
        return await self._desk.close(UserId(body["user"]), cleared=bool(body.get("cleared")))

    async def _home(self, body: Json) -> Reply:
        return await self._desk.open_home(UserId(body["user"]))

    async def _say(self, request: web.Request) -> web.Response:
        body = await _read(request)
        try:
            self._desk.say(UserId(body["user"]), ChannelId(body["channel"]), body["text"])
        except LookupError as impossible:
            return web.json_response({"ok": False, "outcome": "impossible", "text": str(impossible)})
        return web.json_response({"ok": True})

    async def _switch(self, request: web.Request) -> web.Response:
        body = await _read(request)
        for switch in self._guide.switches:
            if switch.key == body["key"]:
                try:
                    switch.set(bool(body["on"]))
                except ValueError as impossible:
                    return web.json_response({"ok": False, "text": str(impossible)})
        self._workspace.journal.write(What.SWITCHES)
        return web.json_response({"ok": True, "switches": self._sight.switches()})

    async def _fate(self, request: web.Request) -> web.Response:
        """Let something befall a channel; the bot is told as Slack tells it."""
        body = await _read(request)
        channel, by = ChannelId(body["channel"]), UserId(body["user"])
        fates = {
            "archive": lambda: self._happenings.archive(channel, by=by),
            "unarchive": lambda: self._happenings.unarchive(channel, by=by),
            "delete": lambda: self._happenings.delete(channel, by=by),
            "remove_bot": lambda: self._happenings.remove_bot(channel, by=by),
            "invite_bot": lambda: self._happenings.invite_bot(channel, by=by),
            "share": lambda: self._happenings.share(channel),
            "unshare": lambda: self._happenings.unshare(channel),
            "change_id": lambda: self._happenings.change_id(channel, ChannelId(self._workspace.next_id("C"))),
        }
        if body["what"] not in fates or channel not in self._workspace.channels:
            raise web.HTTPNotFound
        ack = await fates[body["what"]]()
        return web.json_response({"ok": ack.final, "outcome": ack.outcome})

    async def _clock(self, request: web.Request) -> web.Response:
        body = await _read(request)
        clock = self._guide.clock
        if clock is not None and clock.walk is not None and body["key"] == "fast":
            clock.walk.set_fast(bool(body["on"]))
            self._workspace.journal.write(What.CLOCK)
            return web.json_response({"ok": True, "clock": self._sight.clock()})
        step = next((step for step in clock.steps if step.key == body["key"]), None) if clock else None
        if clock is None or step is None:
            raise web.HTTPNotFound
        now = clock.now()
        if step.walked and clock.walk is not None:
            try:
                clock.walk.forward(step.to(now) - now)
            except ValueError as impossible:
                return web.json_response({"ok": False, "text": str(impossible)})
        else:
            clock.jump(step.to(now))
        return web.json_response({"ok": True, "clock": self._sight.clock()})

    def _place(self, body: Json) -> Message | View:
        """The message or view a request speaks of; raises LookupError if it has gone."""
        user, view_id = UserId(body["user"]), body.get("view")
        home = self._workspace.homes.get(user)
        place: Message | View | None
        if view_id is None:
            place = self._workspace.messages.get((ChannelId(body["channel"]), body["ts"]))
        elif home is not None and home.id == view_id:
            place = home
        else:
            place = self._workspace.open_view(view_id=view_id)
        if place is None:
            raise LookupError("that is no longer there")
        return place


async def _read(request: web.Request) -> dict[str, Any]:
    """The JSON body; only JSON, so that no other site can send it from a form."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    try:
        body: dict[str, Any] = await request.json()
    except json.JSONDecodeError as broken:
        raise web.HTTPBadRequest from broken
    return body


def _same_origin(request: web.Request) -> None:
    origin = request.headers.get("Origin")
    if origin is not None and origin.partition("://")[2] != request.host:
        raise web.HTTPForbidden


def _outcome(reply: Reply) -> web.Response:
    return web.json_response(
        {
            "ok": reply.ack.ok,
            "outcome": reply.ack.outcome,
            "ms": round(reply.ack.ms, 1),
            "errors": dict(reply.errors),
            "options": list(reply.options),
        }
    )
