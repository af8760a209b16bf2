"""Payloads on their way to the bot and its acknowledgements, timed; `slack_socket` and `slack_http` are the ways."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol, Self

from bot.demo.slack_workspace import Json

ACK_WITHIN = timedelta(seconds=3)


class Outcome(StrEnum):
    """What the user sees of a delivery, in Slack's words; nothing at all if it was acknowledged."""

    ACKNOWLEDGED = "acknowledged"
    TIMED_OUT = "operation_timeout"
    FAILED = "dispatch_failed"
    NOT_SENT = "not_sent"
    """Never shown: an event that the app did not subscribe to, or may not see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack:
    """How the bot took a payload."""

    outcome: Outcome
    after: timedelta
    """From handing the payload over to the answer, or to giving up."""
    payload: Json | None = None
    """What came with the acknowledgement; None if it was empty."""
    no_retry: bool = False
    """Whether the app asked, by a header beside its failure, not to be told again."""

    @classmethod
    def not_sent(cls) -> Self:
        """Of an event that stayed with Slack."""
        return cls(outcome=Outcome.NOT_SENT, after=timedelta())

    @property
    def final(self) -> bool:
        """Whether Slack does not send the event again."""
        return self.no_retry or self.outcome in {Outcome.ACKNOWLEDGED, Outcome.NOT_SENT}

    @property
    def ms(self) -> float:
        """Milliseconds to the answer."""
        return self.after / timedelta(milliseconds=1)

    @property
    def ok(self) -> bool:
        """Whether the bot acknowledged in time."""
        return self.outcome is Outcome.ACKNOWLEDGED


class Form(StrEnum):
    """The type of a Socket Mode envelope; over HTTP it decides how the payload is encoded."""

    COMMAND = "slash_commands"
    INTERACTIVE = "interactive"
    EVENT = "events_api"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One payload on its way to the bot."""

    id: str
    form: Form
    payload: Json
    retry_attempt: int = 0
    retry_reason: str = ""


class Carrier(Protocol):
    """A way to the bot."""

    async def carry(self, envelope: Envelope, *, within: timedelta) -> Ack:
        """Hand the payload over and wait for the acknowledgement; never raises."""
        ...
