"""Socket Mode: the bot's WebSocket connections, envelopes out, acknowledgements back."""

import asyncio
import json
from datetime import timedelta
from itertools import count
from typing import Any

from aiohttp import WSMsgType, web

from bot.demo.slack_acks import Ack, Envelope, Form, Outcome
from bot.demo.slack_workspace import Json

MOST_CONNECTIONS = 10


class SocketMode:
    """The connections of one app. Payloads go to any one of them in turn, and are acknowledged on any of them."""

    def __init__(self, *, app_id: str) -> None:
        self._app_id = app_id
        self._open: list[web.WebSocketResponse] = []
        self._tickets: set[str] = set()
        self._numbers = count(1)
        self._turn = count()
        self._waiting: dict[str, asyncio.Future[Json | None]] = {}
        self._arrived = asyncio.Condition()
        self.late: list[str] = []
        """Ids of envelopes that were acknowledged after the clock had run out."""

    def ticket(self) -> str:
        """A one-time admission, as handed out by `apps.connections.open`."""
        ticket = f"ticket-{next(self._numbers)}"
        self._tickets.add(ticket)
        return ticket

    async def connected(self, connections: int = 1) -> None:
        """Return once at least this many connections are open."""
        async with self._arrived:
            await self._arrived.wait_for(lambda: len(self._open) >= connections)

    async def disconnected(self) -> None:
        """Return once no connection is open."""
        async with self._arrived:
            await self._arrived.wait_for(lambda: not self._open)

    async def accept(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until either side closes it."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            raise web.HTTPForbidden(text="this address was used before, or never handed out")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if len(self._open) >= MOST_CONNECTIONS:
            await socket.send_json(self._disconnect("too_many_websockets"))
            await socket.close()
            return socket
        await self._enter(socket)
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    self._acknowledged(json.loads(frame.data))
        finally:
            await self._leave(socket)
        return socket

    async def carry(self, envelope: Envelope, *, within: timedelta) -> Ack:
        """Send the envelope on one connection and wait; without a connection the dispatch fails at once."""
        clock = asyncio.get_running_loop().time
        started = clock()
        if not self._open:
            return Ack(outcome=Outcome.FAILED, after=timedelta())
        socket = self._open[next(self._turn) % len(self._open)]
        answer = asyncio.get_running_loop().create_future()
        self._waiting[envelope.id] = answer
        outcome, payload = Outcome.ACKNOWLEDGED, None
        try:
            async with asyncio.timeout(within.total_seconds()):
                await socket.send_json(_wire(envelope))
                payload = await answer
        except TimeoutError:
            outcome = Outcome.TIMED_OUT
        except ConnectionError:
            outcome = Outcome.FAILED
        finally:
            del self._waiting[envelope.id]
        return Ack(outcome=outcome, after=timedelta(seconds=clock() - started), payload=payload)

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask every connection to come back on a new address, as Slack does every few hours."""
        for socket in tuple(self._open):
            await socket.send_json(self._disconnect(reason))

    async def drop(self) -> None:
        """Close every connection without a word."""
        dropped, self._open = self._open, []
        for socket in dropped:
            await socket.close()

    async def _enter(self, socket: web.WebSocketResponse) -> None:
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self._open) + 1,
                "connection_info": {"app_id": self._app_id},
                "debug_info": {"host": "local", "build_number": 1, "approximate_connection_time": 3600},
            }
        )
        async with self._arrived:
            self._open.append(socket)
            self._arrived.notify_all()

    async def _leave(self, socket: web.WebSocketResponse) -> None:
        async with self._arrived:
            if socket in self._open:
                self._open.remove(socket)
            self._arrived.notify_all()

    def _acknowledged(self, frame: dict[str, Any]) -> None:
        envelope_id = str(frame.get("envelope_id"))
        answer = self._waiting.get(envelope_id)
        if answer is None or answer.done():
            self.late.append(envelope_id)
        else:
            answer.set_result(frame.get("payload") or None)

    @staticmethod
    def _disconnect(reason: str) -> Json:
        return {"type": "disconnect", "reason": reason, "debug_info": {"host": "local"}}


def _wire(envelope: Envelope) -> Json:
    frame: Json = {
        "envelope_id": envelope.id,
        "type": envelope.form.value,
        "accepts_response_payload": envelope.form is not Form.EVENT,
        "payload": envelope.payload,
    }
    if envelope.form is Form.EVENT:
        frame |= {"retry_attempt": envelope.retry_attempt, "retry_reason": envelope.retry_reason}
    return frame
