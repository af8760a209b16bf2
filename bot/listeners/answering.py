"""How every command that asks for figures is answered: read, ask, say to one person or to the channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeAlias, TypeVar

from bot.blocks.failure import failure_message
from bot.blocks.help import help_message
from bot.blocks.kit import MOST_VALUE
from bot.blocks.loading import loading_message, note_message
from bot.commands.catalogue import HELP
from bot.commands.reader import TYPED_LIMIT, exemplified
from bot.domain.ids import QueueId
from bot.errors import BadPeriod, BadWord, GenesysError, UnknownQueue
from bot.listeners.asked import Asked, Choice
from bot.slack.outward import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from datetime import datetime

    from bot.blocks.kit import Message
    from bot.domain.ids import UserId
    from bot.domain.places import PlaceSettings
    from bot.errors import Explainable
    from bot.listeners.desk import Desk, Seat, Visitor
    from bot.listeners.reply import Reply


class Shareable(Protocol):
    """A command as it was read."""

    @property
    def share(self) -> bool:
        """Answer for the whole channel at once."""


class Said(Protocol):
    """An answer as a message: for the asker alone, or for the channel with who shared it."""

    def __call__(self, *, shared_by: UserId | None = None) -> Message: ...


Command = TypeVar("Command", bound=Shareable)

Errand: TypeAlias = "Callable[[Desk, Seat, Reply, datetime], Coroutine[Any, Any, None]]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Road(Generic[Command]):
    """What one command has of its own on the road that all of them take."""

    name: str
    """Without slash and prefix, as in the catalogue."""
    example: str
    """For errors that bring none."""
    with_queue: Callable[..., str]
    """The text with the queue that was typed as `word` replaced by `name`: `(text, *, word, name)`. Raises BadWord."""
    wants_help: Callable[[str], bool]
    read: Callable[[str, datetime, int, PlaceSettings], Command]
    """The text, the moment and zone it is read in, how long it may be, and what is meant where it says nothing: of a
    text that a button carries, `UNSET`. Raises BadWord and BadPeriod.
    """
    about: Callable[[Command], str]
    """What is being read, for a word on the way."""
    ask: Callable[[Desk, Seat, Command, datetime], Coroutine[Any, Any, Said]]
    """The answer, with buttons that ask the same whoever presses them. Raises what the use case raises."""
    apart: Callable[[Command], Errand | None] = lambda _: None
    """For a command that is not answered with a message: the work that is done instead, and speaks for itself."""
    refresh: str
    """Action id of the button that asks again; errors of Genesys offer it, too."""
    share: str
    """Action id of the button that shares."""


def told(
    desk: Desk, visitor: Visitor, road: Road[Any], typed: str
) -> Callable[[Explainable], Coroutine[None, None, Message]]:
    """How an error reads to whoever typed `typed`: with an example that works here, queues to choose from, a retry."""

    async def in_words(error: Explainable) -> Message:
        example = ""
        choices: dict[str, str] = {}
        if isinstance(error, BadWord | BadPeriod | UnknownQueue):
            nearest = error.choices[0][1] if isinstance(error, UnknownQueue) and error.choices else ""
            wanted = getattr(error, "example", "") or road.example
            if not nearest:
                # Of the queues that may be seen where it was typed.
                nearest = desk.ask.naming.example((await desk.welcome(visitor)).asker)
            example = exemplified(wanted, nearest, desk.typed(road.name))
        if isinstance(error, UnknownQueue):
            offered = {
                queue: Choice(command=road.name, text=typed, word=error.word, queue=QueueId(queue)).value()
                for queue, _ in error.choices
            }
            choices = {queue: value for queue, value in offered.items() if len(value) <= MOST_VALUE}
        retry = ""
        if isinstance(error, GenesysError):
            retry = Asked(command=road.name, text=typed, at=(await desk.welcome(visitor)).now).value()
        return failure_message(
            error,
            example=example,
            choice_values=choices,
            retry=retry if len(retry) <= MOST_VALUE else "",
            retry_action=road.refresh,
        )

    return in_words


async def answer_typed(desk: Desk, visitor: Visitor, reply: Reply, road: Road[Any], typed: str) -> None:
    """Answer what was typed behind the command, or explain the command."""
    seat = await desk.welcome(visitor)
    if road.wants_help(typed):
        await reply.say(help_message(HELP[road.name](desk.ask.naming.examples(seat.asker), desk.typed(road.name))))
        return
    await answer(desk, seat, reply, road, road.read(typed, seat.now, TYPED_LIMIT, seat.usual), at=seat.now)


async def answer(desk: Desk, seat: Seat, reply: Reply, road: Road[Command], command: Command, *, at: datetime) -> None:
    """Answer to the visitor, or to the channel when the command says `share`; `at` is when it was read."""
    errand = road.apart(command)
    if errand is not None:
        await errand(desk, seat, reply, at)
        return
    meanwhile = loading_message(road.about(command))
    said = await reply.when_ready(road.ask(desk, seat, command, at), meanwhile=meanwhile)
    if not command.share:
        await reply.say(said())
        return
    # Before the announcement: afterwards Slack might take that for the message to be replaced.
    await reply.conclude(note_message("The answer goes to the channel."))
    outcome = await reply.announce(said(shared_by=seat.visitor.user))
    if outcome is not Outcome.SENT:
        await reply.add(said())
        await reply.add(not_shared(outcome))


def not_shared(outcome: Outcome) -> Message:
    """Why an answer is not in the channel, or perhaps not."""
    if outcome is Outcome.UNKNOWN:
        return note_message("Slack did not confirm the message. See whether it is there before sharing again.")
    return note_message("Slack did not take the message. Refresh the answer and share it again.")


def carried(road: str, *texts: str, at: datetime) -> str:
    """The value of an answer's buttons: the first of the texts that fits in it, else the last."""
    values = [Asked(command=road, text=text, at=at).value() for text in texts]
    return next((value for value in values if len(value) <= MOST_VALUE), values[-1])
