"""The digests of a channel as a list, and what is said when one of them was made, changed or removed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.blocks import kit
from bot.blocks.digests.words import (
    last_words,
    mondays_words,
    next_words,
    option_words,
    passed_words,
    same_words,
    state_words,
    topic_words,
    troubled,
    when_words,
)
from bot.blocks.mentions import person, place, small_print
from bot.domain.figures import count
from bot.domain.subscriptions import SubscriptionState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from bot.blocks.kit import Block, Message
    from bot.domain.deliveries import Delivery
    from bot.domain.ids import UserId
    from bot.domain.subscriptions import Damaged, Subscription

NEW = "digest_open_new"
"""Opens the form; no value."""
EDIT = "digest_open_edit"
"""This and the following carry a subscription's id."""
PAUSE = "digest_pause"
RESUME = "digest_resume"
SEND_NOW = "digest_send_now"
REMOVE = "digest_remove"
CONFIRM = "digest_confirm"
REMOVE_DAMAGED = "digest_remove_damaged"
"""Carries the channel and the subscription, as "C1:id"."""
SEND_AGAIN = "digest_send_again"
"""Meant is the subscription's latest delivery, which was missed or is unclear."""

MOST_FULL = 15
"""Digests with buttons of their own: three blocks each, of fifty."""

_EXAMPLE = "add billing 30s weekdays 07:45"
_MOST_DAMAGED = 5
_BREAK: Block = {"type": "text", "text": "\n"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A digest as people are told of it."""

    subscription: Subscription
    names: str
    """Its queues in words, as "Billing, Sales"; empty for every queue."""
    last: Delivery | None = None
    next_run: datetime | None = None
    passed_over: date | None = None
    """A local date before it on which nothing comes any more, although its hour is ahead: it had its turn."""
    hidden: bool = False
    """Whether it shows a queue that its channel does not: nothing of it is sent then."""
    may_confirm: bool = True
    """Whether its reader may let it speak where another organisation reads along."""
    same: tuple[int, ...] = ()
    """The numbers of others of its channel that say the same at the same time."""
    place: str = ""
    """The channel's name where it is known, for texts without mentions: "#billing-floor"."""

    @property
    def topic(self) -> str:
        return topic_words(self.subscription.order, self.names)

    @property
    def when(self) -> str:
        return when_words(self.subscription.order.schedule)

    @property
    def state(self) -> str:
        return state_words(self.subscription, self.last, hidden=self.hidden)

    @property
    def troubled(self) -> bool:
        return troubled(self.subscription, self.last, hidden=self.hidden)


def digest_list(
    entries: Sequence[Entry],
    *,
    place: str = "this channel",
    command: str = "/digest",
    placed: bool = False,
    damaged: Sequence[Damaged] = (),
) -> Message:
    """What `/digest list` answers, in the order given; `place` is the channel in words, `placed` names each one's.

    The first fifteen have buttons (action ids `EDIT`, `PAUSE` or `RESUME`, `SEND_NOW`), the others a line.
    """
    where = kit.shorten_middle(kit.clean(place), 80) or "this channel"
    new = kit.button("New Digest", action=NEW, value="", primary=not entries)
    if not entries:
        point = f"No digests in {where} yet."
        return kit.message(
            f"{point} Try {command} {_EXAMPLE}",
            kit.section(f"{point} A digest brings yesterday's service levels before the stand-up, for example:"),
            kit.paragraph(kit.code(f"{command} {_EXAMPLE}")),
            *damaged_blocks(damaged),
            kit.actions(new),
        )
    n, full = len(entries), MOST_FULL - min(len(damaged), _MOST_DAMAGED)
    point = f"{count(n)} digest{'' if n == 1 else 's'} in {where}"
    stuck = [entry for entry in entries if entry.troubled]
    said = f"{point}, {needing(len(stuck), n)}" if stuck else point
    return kit.message(
        f"{said}: {'; '.join(f'{entry.subscription.number} {entry.topic}' for entry in entries[:5])}",
        kit.header(said),
        *(block for entry in entries[:full] for block in entry_blocks(entry, placed=placed)),
        *more_entries(entries[full:], command, placed=placed),
        *damaged_blocks(damaged),
        kit.divider(),
        kit.actions(new),
    )


def entry_blocks(entry: Entry, *, placed: bool = False) -> list[Block]:
    """A digest in three blocks: what and when, in what state, and what can be done; `placed` names its channel."""
    subscription = entry.subscription
    zone = subscription.order.schedule.zone
    mark = "🔴 " * entry.troubled
    options = option_words(subscription.order)
    lines = [
        kit.bold(f"{mark}{subscription.number} · {_capital(entry.when)}"),
        _BREAK,
        kit.words(f"{entry.topic}{f', {options}' if options else ''}"),
    ]
    active = subscription.state is SubscriptionState.ACTIVE
    if active and not entry.troubled:
        told = [entry.state, last_words(entry.last, zone)]
    else:
        lines += [_BREAK, kit.words(entry.state)]
        told = [] if active else [last_words(entry.last, zone)]
    if active and not entry.hidden:
        told.append(next_words(entry.next_run, zone))
    times = _capital(" · ".join(part for part in told if part))
    where = (" · In " if times else "In ", place(subscription.channel)) if placed else ()
    return [
        kit.paragraph(*lines),
        small_print(times, *where, " · Owner: " if times or placed else "Owner: ", person(subscription.owner)),
        kit.actions(*entry_buttons(entry)),
    ]


def damaged_blocks(damaged: Sequence[Damaged]) -> list[Block]:
    """Digests that cannot be read: what that means, and the one thing that can be done about them; five at most."""
    blocks: list[Block] = []
    for one in damaged[:_MOST_DAMAGED]:
        said = "What it shows and when cannot be read, so that it is not sent. Remove it, and add it anew."
        remove = kit.button(
            "Remove",
            action=REMOVE_DAMAGED,
            value=f"{one.channel}:{one.id}",
            spoken=f"Remove: digest {one.number}",
        )
        blocks += [
            kit.section(f"🔴 {one.number} · Damaged. {said}", remove),
            small_print("In ", place(one.channel), " · Owner: ", person(one.owner)),
        ]
    left = len(damaged) - _MOST_DAMAGED
    return [*blocks, kit.context(f"… and {count(left)} more that cannot be read")] if left > 0 else blocks


def entry_buttons(entry: Entry) -> list[Block]:
    """What is needed first: Confirm, Resume or Send Again. What cannot be sent in its turn is not sent by hand."""
    subscription = entry.subscription
    number, value = subscription.number, subscription.id

    def button(label: str, action: str, *, primary: bool = False) -> Block:
        return kit.button(label, action=action, value=value, primary=primary, spoken=f"{label}: digest {number}")

    edit = button("Edit", EDIT)
    match subscription.state:
        case SubscriptionState.ACTIVE if entry.hidden:
            return [edit, button("Pause", PAUSE)]
        case SubscriptionState.ACTIVE:
            again = [button("Send Again", SEND_AGAIN)] if entry.troubled else []
            return [*again, edit, button("Pause", PAUSE), *([] if again else [button("Send Now", SEND_NOW)])]
        case SubscriptionState.UNCONFIRMED:
            return [button("Confirm", CONFIRM), edit] if entry.may_confirm else [edit]
        case SubscriptionState.PAUSED:
            return [button("Resume", RESUME), edit, button("Send Now", SEND_NOW)]
        case SubscriptionState.STOPPED:
            return [button("Resume", RESUME), edit]


def more_entries(entries: Sequence[Entry], command: str, *, placed: bool = False) -> list[Block]:
    """Those beyond the ones with buttons, a line each; the command reaches them, in their own channels if `placed`."""
    if not entries:
        return []
    lines = [
        [
            kit.bold(f"{'🔴 ' * entry.troubled}{entry.subscription.number} · {_capital(entry.when)}"),
            kit.words(f"  {entry.topic}{_in(entry) if placed else ''}. {entry.state}"),
        ]
        for entry in entries
    ]
    number = entries[0].subscription.number
    how = "in their channel, by number" if placed else "by their number"
    return [kit.bullets(lines), kit.context(f"These are changed {how}: {command} edit {number}")]


def _in(entry: Entry) -> str:
    name = kit.shorten_middle(kit.clean(entry.place), 80)
    return f", in {name}" if name else ""


def needing(n: int, of: int) -> str:
    """As "2 of them need attention"."""
    if of == 1:
        return "which needs attention"
    return f"{count(n)} of them need{'s' if n == 1 else ''} attention"


def created_message(entry: Entry, *, command: str = "/digest") -> Message:
    """After `/digest add` and the form: what comes when."""
    number, state = entry.subscription.number, entry.subscription.state
    waiting = state is SubscriptionState.UNCONFIRMED
    said = f"Digest {number} is {'set, but waits for an administrator' if waiting else 'set'}: {entry.topic}"
    return _done(entry, said, command, mondays_words(entry.subscription.order))


def changed_message(entry: Entry, what: str, *, command: str = "/digest", hint: str = "") -> Message:
    """After a change; `what` is the verb: "paused", "resumed", "changed", "confirmed"; `hint` what it brought along."""
    done = kit.shorten(kit.clean(what), 80)
    if entry.subscription.state is SubscriptionState.UNCONFIRMED:
        done += ", but waits for an administrator"
    return _done(entry, f"Digest {entry.subscription.number} is {done}: {entry.topic}", command, hint)


def removed_message(entry: Entry) -> Message:
    text = f"Digest {entry.subscription.number} is removed: {entry.topic}, {entry.when}"
    return kit.message(text, kit.section(text))


def confirm_request(entry: Entry, asked_by: UserId) -> Message:
    """For administrators: a channel that other organisations read is to get a digest."""
    subscription = entry.subscription
    point = "A digest for a channel shared with another organisation waits for an administrator"
    said = f"{point}: {entry.topic}, {entry.when}"
    return kit.message(
        said,
        kit.section(said),
        small_print("In ", place(subscription.channel), " · Asked by ", person(asked_by)),
        kit.context("Members of the other organisation will read its figures."),
        kit.actions(
            kit.button("Confirm", action=CONFIRM, value=subscription.id, primary=True),
            kit.button("Remove", action=REMOVE, value=subscription.id),
        ),
    )


def _done(entry: Entry, said: str, command: str, hint: str = "") -> Message:
    subscription = entry.subscription
    waiting = subscription.state is SubscriptionState.UNCONFIRMED
    told = [_capital(entry.when)]
    warned = [hint] if hint else []
    if entry.hidden and subscription.state is SubscriptionState.ACTIVE:
        warned.append(f"🔴 {entry.state}.")
    elif entry.next_run and subscription.state is SubscriptionState.ACTIVE:
        told.append(next_words(entry.next_run, subscription.order.schedule.zone))
        if entry.passed_over:
            warned.append(passed_words(entry.passed_over, entry.next_run, subscription.order.schedule.zone))
    if entry.same and not waiting:
        warned.append(same_words(entry.same))
    if options := option_words(subscription.order):
        told.append(options)
    if waiting:
        typed = kit.clean(f"{command} confirm {subscription.number}")
        warned.append(f"Another organisation reads this channel. An administrator confirms it there: {typed}")
    return kit.message(
        ". ".join([said, *told[:1]]),
        kit.section(said),
        kit.context(" · ".join(told)),
        *([kit.section("\n".join(warned))] if warned else []),
        # Whoever may confirm did so by setting it: the others would press a button that only refuses.
        kit.actions(*(button for button in entry_buttons(entry) if button["action_id"] != CONFIRM)),
    )


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
