"""Payloads handed to the bot: once for what people do, again and again for events, as Slack repeats them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from bot.demo import slack_events as events
from bot.demo.slack_acks import Ack, Carrier, Envelope, Form, Outcome
from bot.demo.slack_calls import Back
from bot.demo.slack_workspace import Json

Sleep = Callable[[float], Awaitable[object]]

EVENT_RETRIES = (timedelta(), timedelta(minutes=1), timedelta(minutes=5))
"""How long after the failure before it each repetition of an event follows."""
REASONS = {Outcome.TIMED_OUT: "http_timeout", Outcome.FAILED: "http_error"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One attempt to deliver an event."""

    payload: Json
    attempt: int
    """0 for the first."""
    ack: Ack

    @property
    def type(self) -> str:
        """The type of the inner event."""
        return str(self.payload["event"]["type"])


class Dispatch:
    """The way to the bot. Events that nobody subscribed to, or that no token allows, are not sent."""

    def __init__(
        self,
        *,
        back: Back,
        carrier: Callable[[], Carrier],
        ack_within: timedelta,
        subscriptions: Iterable[str] | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.ack_within = ack_within
        self.subscriptions = None if subscriptions is None else frozenset(subscriptions)
        """Types of event the app asked for; None for every type."""
        self.sent: list[Sent] = []
        """Every attempt to deliver an event so far."""
        self._back = back
        self._carrier = carrier
        self._sleep = sleep
        self._repeating: set[asyncio.Task[Ack]] = set()

    async def deliver(self, form: Form, payload: Json, *, retry_attempt: int = 0, retry_reason: str = "") -> Ack:
        """One attempt."""
        envelope = Envelope(
            id=self._back.workspace.next_id("envelope-"),
            form=form,
            payload=payload,
            retry_attempt=retry_attempt,
            retry_reason=retry_reason,
        )
        return await self._carrier().carry(envelope, within=self.ack_within)

    async def send_event(self, inner: Json, *, shared: bool = False) -> Ack:
        """Deliver an event and, if it is not acknowledged, at once again; later repetitions go on by themselves.

        `shared`: whether it happened in a channel shared with another organisation.
        """
        wanted = self.subscriptions is None or inner["type"] in self.subscriptions
        if not wanted or self._back.revoked:
            return Ack.not_sent()
        workspace = self._back.workspace
        payload = events.event(workspace, workspace.next_id("Ev"), inner) | {"is_ext_shared_channel": shared}
        ack = await self._attempt(payload, 0, "")
        if ack.final:
            return ack
        ack = await self._attempt(payload, 1, REASONS[ack.outcome])
        if not ack.final:
            task = asyncio.create_task(self._repeat(payload, ack))
            self._repeating.add(task)
            task.add_done_callback(self._repeating.discard)
        return ack

    async def settled(self) -> None:
        """Return once no event waits for a repetition."""
        while self._repeating:
            await asyncio.wait(set(self._repeating))

    async def close(self) -> None:
        """Give up what was still to be repeated."""
        for task in self._repeating:
            task.cancel()
        await asyncio.gather(*self._repeating, return_exceptions=True)

    async def _repeat(self, payload: Json, ack: Ack) -> Ack:
        for attempt, after in list(enumerate(EVENT_RETRIES, start=1))[1:]:
            if ack.final:
                break
            await self._sleep(after.total_seconds())
            ack = await self._attempt(payload, attempt, REASONS[ack.outcome])
        return ack

    async def _attempt(self, payload: Json, attempt: int, reason: str) -> Ack:
        ack = await self.deliver(Form.EVENT, payload, retry_attempt=attempt, retry_reason=reason)
        self.sent.append(Sent(payload=payload, attempt=attempt, ack=ack))
        return ack
