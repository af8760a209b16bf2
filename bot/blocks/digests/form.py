"""The forms "New Digest" and "Edit Digest": fields for all that `/digest add` takes, and what was entered in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING, Any

from bot.blocks import forms, kit
from bot.blocks.ask_form import PERIODS, QUEUE_SEARCH
from bot.blocks.digests.listed import REMOVE
from bot.blocks.digests.words import WEEKDAYS, WORKING_DAYS, days_words, period_words, table_words, typed_days
from bot.blocks.mentions import place, small_print
from bot.domain.figures import duration
from bot.domain.schedule import Days, Rhythm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import timedelta

    from bot.blocks.kit import Block, Message
    from bot.domain.ids import ChannelId
    from bot.domain.subscriptions import Order, Table

NEW = "digest_new"
EDIT = "digest_edit"
"""The callback ids."""
PREVIEW = "digest_form_preview"
"""The action id of the button; the view's state has what was entered so far."""

CHANNEL = "channel"
QUEUES = "queues"
WITHIN = "within"
DAYS = "days"
WEEKDAY = "weekdays"
TIME = "time"
ZONE = "zone"
PERIOD = "period"
OPTIONS = "options"
"""The block ids, under which `refused` shows a sentence; action ids are the same, but `QUEUE_SEARCH` for the queues."""

CHOSEN_DAYS = "chosen"
"""The choice of `DAYS` that means those chosen under `WEEKDAY`."""
USUAL_PERIOD = "usual"
"""The choice of `PERIOD` that goes with the days: yesterday, last week or last month."""
CSV = "csv"
SKIP_EMPTY = "skip_empty"

QueueChoice = tuple[str, str]
"""What comes back for a queue (its id, or a pattern as it was typed), and what people read."""

WEEKDAYS_ONLY = Days(rhythm=Rhythm.DAYS, weekdays=WORKING_DAYS)

_EARLY = time(7, 45)
_PREVIEW_ROOM = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What stands in the fields when the form opens."""

    channel: ChannelId | None = None
    queues: Sequence[QueueChoice] = ()
    """Empty: every queue."""
    threshold: timedelta | None = None
    days: Days = WEEKDAYS_ONLY
    at: time = _EARLY
    zone: str = ""
    period: str = ""
    """Empty: the usual one of the days."""
    table: Table | None = None
    """Of a report: told, and not to be changed here."""
    csv: bool = False
    skip_empty: bool = False

    @classmethod
    def of(cls, order: Order, queues: Sequence[QueueChoice], channel: ChannelId | None = None) -> Given:
        topic, schedule = order.topic, order.schedule
        return cls(
            channel=channel,
            queues=queues,
            threshold=topic.threshold,
            days=schedule.days,
            at=schedule.at,
            zone=schedule.zone.key,
            period="" if topic.period == schedule.days.usual_period else topic.period,
            table=topic.table,
            csv=order.csv,
            skip_empty=order.skip_empty,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What a person entered, in the words of a command. None: the form had no such field, so that it stays as it is."""

    channel: ChannelId | None
    queues: tuple[str, ...] | None
    """Ids of queues, and patterns, which have `*` or `?` in them; empty: every queue."""
    threshold: str
    """As typed; empty: each queue's own target."""
    days: str
    """`weekdays`, `daily`, `mon,thu`, `weekly mon`, `monthly 1`; empty when no day was chosen."""
    at: str
    """`07:45`; empty when it was cleared."""
    zone: str
    period: str | None
    """A word of the command, or `USUAL_PERIOD`."""
    csv: bool
    skip_empty: bool


def digest_form(
    *, title: str = "New Digest", given: Given, metadata: str = "", callback_id: str = "", remove: str = ""
) -> Block:
    """The modal. `read_form` reads what comes back in its state.

    The callback id is `NEW` unless told otherwise; an edit asks for no channel. Queues and a period that do not fit
    into Slack's fields are told and not asked for. `remove` is a subscription's id: the value of a Remove button.
    """
    callback_id = callback_id or (NEW if title == "New Digest" else EDIT)
    blocks: list[Block] = []
    if given.table is not None:
        blocks.append(kit.section(f"A report {table_words(given.table)}. Its columns are changed by command."))
    if callback_id == NEW:
        menu = forms.channel_menu(CHANNEL, "Choose a channel", chosen=given.channel or "", here=True)
        blocks.append(forms.field(CHANNEL, "Channel", menu))
    blocks += [
        _queues(given.queues),
        forms.field(
            WITHIN,
            "Answered within",
            forms.line(WITHIN, "30s", most=30, filled=duration(given.threshold) if given.threshold else ""),
            optional=True,
            hint="For example 30s, 1m30s or 2m. Left empty: each queue's own target.",
        ),
        _days(given.days),
        _weekdays(given.days),
        forms.field(TIME, "Time", forms.clock_face(TIME, given.at)),
        forms.field(
            ZONE,
            "Time zone",
            forms.line(ZONE, "Europe/London", most=64, filled=given.zone),
            hint="Region and city, for example Europe/London or America/New_York.",
        ),
        _period(given.period),
        _options(given),
    ]
    buttons = [kit.button("Preview", action=PREVIEW, value="", spoken="Preview the message as it would be sent now")]
    if remove:
        ask = kit.sure("Remove this digest?", "It is not sent any more.", yes="Remove")
        buttons.append(kit.button("Remove", action=REMOVE, value=remove, danger=ask))
    return forms.modal(
        title,
        [*blocks, kit.actions(*buttons)],
        callback_id=callback_id,
        submit="Subscribe" if callback_id == NEW else "Save",
        close="Cancel",
        metadata=metadata,
    )


def read_form(values: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Entered:
    """`state.values` of a submission, or of a press of Preview, where fields may still be empty."""
    ticked = forms.chosen_values(values, OPTIONS, OPTIONS)
    days = next(iter(forms.chosen_values(values, DAYS, DAYS)), "")
    if days == CHOSEN_DAYS:
        days = ",".join(forms.chosen_values(values, WEEKDAY, WEEKDAY))
    period = forms.chosen_values(values, PERIOD, PERIOD)
    return Entered(
        channel=forms.entered(values, CHANNEL, CHANNEL, "selected_conversation") or None,  # type: ignore[arg-type]
        queues=forms.chosen_values(values, QUEUES, QUEUE_SEARCH) if QUEUES in values else None,
        threshold=forms.entered(values, WITHIN, WITHIN),
        days=days,
        at=forms.entered(values, TIME, TIME, "selected_time"),
        zone=forms.entered(values, ZONE, ZONE),
        period=period[0] if period else None,
        csv=CSV in ticked,
        skip_empty=SKIP_EMPTY in ticked,
    )


def preview_view(message: Message) -> Block:
    """A digest in a window over the form, where Slack shows neither tables nor charts: their numbers stand in lists."""
    return forms.modal("Preview", _shown(message), close="Back")


def saved_view(message: Message, *, title: str, channel: ChannelId) -> Block:
    """What was saved, in place of the form; `channel` may be another than the one it was opened in."""
    return forms.modal(title, [*_shown(message), small_print("In ", place(channel))], close="Done")


def _shown(message: Message) -> list[Block]:
    shown = [block for block in kit.without_data_blocks(message)["blocks"] if block["type"] != "actions"]
    return shown[:_PREVIEW_ROOM]


def queue_field(block: str, label: str, chosen: Sequence[QueueChoice], hint: str) -> Block:
    """Several queues or none, completed by the listener of `QUEUE_SEARCH`; as text where they do not fit."""
    if len(chosen) > forms.MOST_OPTIONS or any(len(value) > forms.MOST_OPTION for value, _ in chosen):
        names = kit.shorten(", ".join(kit.clean(name) for _, name in chosen), forms.MOST_LABEL)
        return kit.section(f"{label}: {names}\nThese are changed by command.")
    options = [forms.option(kit.clean(name) or "(unnamed queue)", value) for value, name in dict(chosen).items()]
    return forms.field(
        block,
        label,
        forms.type_ahead_many(QUEUE_SEARCH, "Type a queue name", chosen=options),
        optional=True,
        hint=hint,
    )


def _queues(chosen: Sequence[QueueChoice]) -> Block:
    return queue_field(QUEUES, "Queues", chosen, "Left empty: every queue.")


def _days(days: Days) -> Block:
    typed = typed_days(days)
    weekly = [Days(rhythm=Rhythm.WEEKLY, weekdays=frozenset({day})) for day in range(7)]
    monthly = [Days(rhythm=Rhythm.MONTHLY, day=day) for day in range(1, 32)]
    options = [
        forms.option("Weekdays", "weekdays"),
        forms.option("Every day", "daily"),
        forms.option("On the days chosen below", CHOSEN_DAYS),
        *(forms.option(_capital(days_words(each)), typed_days(each)) for each in (*weekly, *monthly)),
    ]
    chosen = next((option for option in options if option["value"] == typed), options[2])
    return forms.field(DAYS, "Days", forms.menu(DAYS, options, chosen=chosen))


def _weekdays(days: Days) -> Block:
    options = [forms.option(name, name[:3].lower()) for name in WEEKDAYS]
    plain = typed_days(days) in {"weekdays", "daily"}
    listed = () if plain or days.rhythm is not Rhythm.DAYS else [options[day] for day in sorted(days.weekdays)]
    return forms.field(
        WEEKDAY,
        "Which days",
        forms.menu_many(WEEKDAY, "Choose days", options, chosen=listed),
        optional=True,
        hint="Only for “On the days chosen below”.",
    )


def _period(period: str) -> Block:
    if len(period) > forms.MOST_OPTION:
        return kit.section(f"Period covered: {period_words(period)}\nIt is changed by command.")
    options = [
        forms.option("The day, week or month before", USUAL_PERIOD, "Goes with the days"),
        *(forms.option(said, word) for word, said in PERIODS),
    ]
    if period and period not in {option["value"] for option in options}:
        options.append(forms.option(_capital(period_words(period)), period))
    chosen = next((option for option in options if option["value"] == period), options[0])
    return forms.field(PERIOD, "Period covered", forms.menu(PERIOD, options, chosen=chosen))


def _options(given: Given) -> Block:
    options = [
        forms.option("Table as a CSV file in the thread", CSV),
        forms.option("Nothing is sent when there was no traffic", SKIP_EMPTY),
    ]
    chosen = [option for option, wanted in zip(options, (given.csv, given.skip_empty), strict=True) if wanted]
    return forms.field(OPTIONS, "Options", forms.ticks(OPTIONS, options, chosen=chosen), optional=True)


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
