"""The form "Ask About a Queue": the command for people who would rather choose than type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import forms, kit
from bot.blocks.wording import MOST_NAME, queue_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.blocks.kit import Block
    from bot.domain.queues import Queue

CALLBACK = "sla_ask"
QUEUE = "queue"
QUEUE_SEARCH = "queue_search"
THRESHOLD = "threshold"
THRESHOLD_TEXT = "threshold_text"
PERIOD = "period"
PERIOD_CHOICE = "period_choice"
BY = "by"
BY_CHOICE = "by_choice"

PERIODS = (
    ("today", "Today so far"),
    ("yesterday", "Yesterday"),
    ("this-week", "This week so far"),
    ("last-week", "Last week"),
    ("last-7-days", "Last 7 days"),
    ("this-month", "This month so far"),
    ("last-month", "Last month"),
)
"""The command's word, and how it reads."""

GROUPINGS = (("queue", "Queue and medium"), ("media", "Medium"), ("hour", "Hour"), ("day", "Day"))


def ask_form(*, metadata: str = "") -> Block:
    """The modal. What was entered comes back under `state.values[block][action]`:

    `QUEUE`/`QUEUE_SEARCH` the queue's id, `THRESHOLD`/`THRESHOLD_TEXT` a threshold as typed or null,
    `PERIOD`/`PERIOD_CHOICE` and `BY`/`BY_CHOICE` a word of the command.
    """
    periods = [forms.option(said, word) for word, said in PERIODS]
    groupings = [forms.option(said, word) for word, said in GROUPINGS]
    return forms.modal(
        "Ask About a Queue",
        [
            forms.field(QUEUE, "Queue", forms.type_ahead(QUEUE_SEARCH, "Type a queue name")),
            forms.field(PERIOD, "Period", forms.menu(PERIOD_CHOICE, periods, chosen=periods[3])),
            forms.field(
                THRESHOLD,
                "Answered within",
                forms.line(THRESHOLD_TEXT, "30s", most=20),
                optional=True,
                hint="For example 30s, 1m30s or 2m. Left empty: the queue's own target.",
            ),
            forms.field(BY, "A line for each", forms.menu(BY_CHOICE, groupings, chosen=groupings[0])),
        ],
        callback_id=CALLBACK,
        submit="Ask",
        close="Cancel",
        metadata=metadata,
    )


def queue_options(queues: Sequence[Queue]) -> list[Block]:
    """Options for the type-ahead, at most a hundred, in the order given; look-alikes carry their division."""
    shown = queues[: forms.MOST_OPTIONS]
    names = [queue_name(queue, MOST_NAME) for queue in shown]
    return [
        forms.option(queue_name(queue, forms.MOST_OPTION), queue.id, queue.division if names.count(name) > 1 else "")
        for queue, name in zip(shown, names, strict=True)
    ]


def refused(block: str, error: str) -> dict[str, str]:
    """The `errors` of a refused submission: a sentence under one field."""
    return {block: kit.shorten(kit.clean(error), forms.MOST_LABEL)}
