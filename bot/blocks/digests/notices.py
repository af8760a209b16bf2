"""What owners of digests are told by direct message, and the greeting in a channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import kit
from bot.blocks.digests.listed import EDIT, NEW, RESUME, SEND_AGAIN
from bot.blocks.mentions import place, small_print
from bot.blocks.wording import moment, several
from bot.domain.figures import count

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.blocks.digests.listed import Entry
    from bot.blocks.kit import Block, Message

__all__ = [
    "RESUME",
    "SEND_AGAIN",
    "hello_message",
    "missed_notice",
    "stopped_notice",
    "touched_notice",
    "unclear_notice",
    "waiting_notice",
]

_MOST_LINES = 20
_MOST_DAYS = 10
"""Of one digest that are named one by one."""
_MOST_REASON = 400


def stopped_notice(entry: Entry, reason: str) -> Message:
    """A digest that cannot be delivered any more: why, and how it goes on. `reason` is a sentence."""
    subscription = entry.subscription
    said = f"Digest {subscription.number}{_in(entry)} is stopped: {_reason(reason)}"
    return kit.message(
        said,
        kit.section(said),
        kit.section(f"{entry.topic}, {entry.when}"),
        small_print("In ", place(subscription.channel), " · It stays stopped until somebody resumes it"),
        kit.actions(
            kit.button("Resume", action=RESUME, value=subscription.id, primary=True),
            kit.button("Edit", action=EDIT, value=subscription.id),
        ),
    )


def waiting_notice(entry: Entry) -> Message:
    """A digest that others would read, and that nobody has let them."""
    subscription = entry.subscription
    said = (
        f"Digest {subscription.number}{_in(entry)} waits for an administrator: "
        "the channel is shared with another organisation, whose people would read it."
    )
    return kit.message(
        said,
        kit.section(said),
        kit.section(f"{entry.topic}, {entry.when}"),
        small_print("In ", place(subscription.channel), " · An administrator confirms it in the list of its digests"),
        kit.actions(kit.button("Edit", action=EDIT, value=subscription.id)),
    )


def touched_notice(entry: Entry, done: str, by: str) -> Message:
    """A line for the owner of a digest that somebody else touched; `done` as in "paused", `by` is a name."""
    subscription = entry.subscription
    who = kit.shorten(kit.clean(by), 80) or "Somebody"
    said = f"{who} {done} your digest {subscription.number}{_in(entry)}: {entry.topic}, {entry.when}"
    return kit.message(said, kit.section(said), small_print("In ", place(subscription.channel)))


def missed_notice(entries: Sequence[Entry], why: str, *, days: Sequence[Sequence[date]] = ()) -> Message:
    """Digests that were not sent in time, a line each with a button (action id `SEND_AGAIN`).

    `days` are the local dates of each entry, oldest first; of one that has none there it is its last.
    """
    n = sum(len(of_one) or 1 for of_one in days) if days else len(entries)
    said = f"{'A digest was' if n == 1 else f'{count(n)} digests were'} not sent: {_reason(why)}"
    return _with_lines(said, entries, days)


def unclear_notice(entries: Sequence[Entry], why: str = "", *, days: Sequence[Sequence[date]] = ()) -> Message:
    """Digests of which nobody knows whether they arrived: they are not sent twice unless a person says so. `days` as
    in `missed_notice`.
    """
    n = len(entries)
    one = "A digest was perhaps not sent" if n == 1 else f"{count(n)} digests were perhaps not sent"
    because = _reason(why or "Slack did not answer, and the bot may not read the channel to look")
    return _with_lines(f"{one}: {because} Look there before you send again.", entries, days)


def hello_message(command: str = "/digest", *, example: str = "add billing 30s weekdays 07:45") -> Message:
    """When the bot is invited to a channel: one line with the next step."""
    text = "This channel can have a digest of its service levels every morning. Try "
    typed = kit.clean(f"{command} {example}")
    return kit.message(
        f"{text}{typed}",
        kit.paragraph(kit.words(text), kit.code(typed)),
        kit.actions(kit.button("New Digest", action=NEW, value="")),
    )


def _with_lines(said: str, entries: Sequence[Entry], days: Sequence[Sequence[date]]) -> Message:
    left = len(entries) - _MOST_LINES
    shown = list(zip(entries, days or [()] * len(entries), strict=True))[:_MOST_LINES]
    return kit.message(
        said,
        kit.section(said),
        *(block for entry, of_one in shown for block in _line(entry, of_one)),
        *([kit.context(f"… and {count(left)} more, in the Home tab")] if left > 0 else []),
    )


def _line(entry: Entry, days: Sequence[date]) -> list[Block]:
    subscription, last = entry.subscription, entry.last
    day = days[-1] if days else last.day if last else None
    several_days = len(days) > 1 and not entry.hidden
    of_which = f" · Send Again sends that of {_day(days[-1])}" if several_days else ""
    return [
        kit.section(f"Digest {subscription.number}{_in(entry)}: {entry.topic}{_due(entry, days)}", _remedy(entry, day)),
        small_print("In ", place(subscription.channel), of_which),
    ]


def _remedy(entry: Entry, day: date | None) -> Block:
    """What shows a queue that its channel does not would fail again: it has to be changed first."""
    subscription = entry.subscription
    if entry.hidden:
        return kit.button("Edit", action=EDIT, value=subscription.id, spoken=f"Edit: digest {subscription.number}")
    return kit.button(
        "Send Again",
        action=SEND_AGAIN,
        # The day as well: when it is pressed, the next one may have been sent.
        value=f"{subscription.id}:{day}" if day else subscription.id,
        spoken=f"Send digest {subscription.number} again",
    )


def _due(entry: Entry, days: Sequence[date]) -> str:
    last = entry.last
    if len(days) > 1 or (days and last and last.day != days[0]):
        return f", due {several([_day(day) for day in days], _MOST_DAYS)}"
    return f", due {moment(last.due_at, entry.subscription.order.schedule.zone)}" if last else ""


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def _in(entry: Entry) -> str:
    name = kit.shorten_middle(kit.clean(entry.place), 80)
    return f" in {name}" if name else ""


def _reason(reason: str) -> str:
    said = kit.shorten(kit.clean(reason), _MOST_REASON) or "the reason is not known"
    return said if said.endswith((".", "!", "?", "…")) else f"{said}."
