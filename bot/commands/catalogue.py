"""The list of commands; manifest, help and README are checked against it."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.commands.alerts.help import ALERT_EXAMPLES, ALERT_PARTS
from bot.commands.reader import QUEUE, exemplified
from bot.domain.calendar import PERIOD_WORDS, WEEKDAYS
from bot.domain.dimensions import Dimension
from bot.domain.metrics import METRICS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A slash command as Slack lists it."""

    name: str
    """Without slash and prefix."""
    summary: str
    usage_hint: str
    """Short: Slack cuts it off."""
    examples: tuple[str, ...]
    """Whole commands with the placeholder `reader.QUEUE` for a queue's name."""
    should_escape: bool = False
    """Whether Slack turns @people and #channels into their ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpText:
    """Help for a command as plain text, to be rendered."""

    title: str
    paragraphs: tuple[str, ...]
    """One for each part of the command."""
    examples: tuple[tuple[str, str], ...]
    """A command that works here, and what it answers."""


_NAMED_PERIODS = ", ".join(word for word in PERIOD_WORDS if word not in {"today", *WEEKDAYS})

_SLA_PARTS = (
    (
        "Queues",
        (
            "one name, or several with commas. Capitals, accents and spacing do not matter, * stands for any "
            "letters, and all means every queue, as does naming none. A name goes in quotes when it has a comma, a "
            "number, or a word that means something else here, such as today."
        ),
    ),
    ("Threshold", "30, 30s, 90 sec, 1m30s or 4h. Without one, each queue is measured at its own target."),
    (
        "Period",
        (
            f"today unless you say {_NAMED_PERIODS}, a weekday such as monday, a date such as 2026-11-09, or a range "
            "such as monday..wednesday or yesterday 08:00..12:00. A weekday is the last one that is over; last-7-days "
            "ends yesterday."
        ),
    ),
    ("Rows", "by media, by hour or by day instead of by queue."),
    ("Formula", "of answered or of offered. Without either, the formula of your Genesys Cloud organisation."),
    ("Audience", "share shows the answer to the whole channel; without it, only you see it."),
)

_SLA_EXAMPLES = (
    (f"/sla {QUEUE} 30s last-week", "the share answered within 30 seconds last week"),
    (f"/sla {QUEUE}", "today so far, at the queue's own target"),
    ("/sla all yesterday", "every queue yesterday, the worst first"),
    (f"/sla {QUEUE} 1m monday by hour", "the course of Monday, at one minute"),
    (f"/sla {QUEUE} this-month by day share", "the month so far day by day, for the whole channel"),
)

_QUEUE_PARTS = (
    (
        "Queues",
        (
            "one name, or several with commas; * stands for any letters, and all means every queue. Without a name you "
            "see the ten with most waiting. A name goes in quotes when it has a comma, a number, or a word that means "
            "something else here, such as today."
        ),
    ),
    (
        "Figures",
        (
            "waiting, longest wait, being handled and ringing on each medium; agents on queue and what they do; the "
            "service level of the current half hour at the queue's own target; the estimated wait where Genesys Cloud "
            "has one. – means that Genesys Cloud did not report it, never zero."
        ),
    ),
    ("Audience", "share shows the answer to the whole channel; without it, only you see it."),
)

_QUEUE_EXAMPLES = (
    (f"/queue {QUEUE}", "who is waiting and who is free, this minute"),
    ("/queue", "the ten queues with most waiting, busiest first"),
    ("/queue all share", "every queue where something is going on, for the whole channel"),
)

_REPORT_PARTS = (
    (
        "Queues",
        (
            "one name, or several with commas; * stands for any letters, and all means every queue, as does naming "
            "none. A name goes in quotes when it has a comma, a number, or a word that means something else here, such "
            "as voice, talk or today; between two other words of a name such a word needs none."
        ),
    ),
    ("Threshold", "30s, 1m30s or 4h, for the service level. Without one, each queue is measured at its own target."),
    (
        "Period",
        f"today unless you say {_NAMED_PERIODS}, a weekday, a date such as 2026-11-09, or a range: monday..wednesday.",
    ),
    (
        "Rows",
        f"by {', '.join(Dimension)}, one or several: by queue,hour. Without it, by queue and media.",
    ),
    ("Media", "voice, callbacks, chat, email or messages: only these count."),
    ("Metrics", f"{', '.join(metric.words[0] for metric in METRICS)}: the columns. Without one, the usual ones."),
    ("Formula", "of answered or of offered, for the service level. Without either, your organisation's own."),
    ("Before", "compare shows how each figure changed against the period before."),
    ("Files", "csv or json gives the table as a file."),
    (
        "Conversations",
        (
            "conversations gives a file with a row for each conversation and queue: queues, period, media and csv or "
            "json go with it."
        ),
    ),
    ("Audience", "share shows the answer to the whole channel; without it, only you see it."),
)

_REPORT_EXAMPLES = (
    (f"/report {QUEUE} last-week by day", "the usual figures, day by day"),
    (f"/report {QUEUE} last-month compare", "last month beside the month before"),
    ("/report all yesterday by agent", "what each agent answered and how long it took"),
    (f"/report {QUEUE} monday by hour voice offered asa longest-wait", "calls and their waits over Monday"),
    (f"/report {QUEUE} last-week by wrapup csv", "wrap-up codes as a file for a spreadsheet"),
    (f"/report conversations {QUEUE} yesterday csv", "every conversation of yesterday, one row for each queue visit"),
)

_DIGEST_PARTS = (
    (
        "What",
        (
            "queues, threshold and formula as in /sla; behind report, rows, media and metrics as in /report. What is "
            "not said is as usual in the channel (settings), else every queue at its own target."
        ),
    ),
    (
        "Days",
        (
            "weekdays (when nothing is said), weekends, daily, mon,thu, weekly mon, or monthly 1; monthly 31 is always "
            "the last day."
        ),
    ),
    (
        "Time",
        (
            "07:45, 7.45am or at 8; 08:00 when nothing is said. It is read in the channel's zone, or in the one you "
            "name: Europe/London."
        ),
    ),
    (
        "Period",
        (
            "yesterday; the week or month before when it comes once a week or month. Others are said: covering "
            "last-7-days, covering today 08:00..12:00, covering last-weekday (Friday, on a Monday)."
        ),
    ),
    (
        "Also",
        (
            "csv adds the table as a file; skip-empty sends nothing when there was no traffic. When you edit, no csv, "
            "send-empty and own target take them and a threshold back."
        ),
    ),
    (
        "Afterwards",
        (
            "list shows the digests with their numbers. edit, pause, resume, remove, now (send it at once) and preview "
            "(for you alone) take a number, and need none when there is only one. log shows who changed what."
        ),
    ),
    (
        "Settings",
        (
            "settings shows what is usual in this channel, and changes it: zone, queues, a threshold, a formula, and "
            "limit, the only queues that may be seen here. queues none and limit none take them away."
        ),
    ),
)

_DIGEST_EXAMPLES = (
    (f"/digest add {QUEUE} 30s weekdays 07:45", "yesterday's service level before the stand-up"),
    (f"/digest add {QUEUE} weekly mon 08:00", "last week's, on Mondays"),
    (f"/digest add report {QUEUE} by agent mon 08:00 csv", "a report of last week, with its file"),
    (f"/digest preview {QUEUE} 30s", "how it would look today, for you alone"),
    ("/digest list", "what this channel gets, and when"),
    ("/digest edit 2 07:30", "another time for number 2"),
    ("/digest pause 2", "no more of number 2 until it is resumed"),
    ("/digest now", "sends the only digest of this channel at once"),
    ("/digest settings zone Europe/London", "the zone of this channel's times"),
)

COMMANDS = (
    Command(
        name="sla",
        summary="The share of contacts answered in time, for any queues and period",
        usage_hint="[queues] [30s] [last-week] [by hour] [share]",
        examples=tuple(example for example, _ in _SLA_EXAMPLES),
    ),
    Command(
        name="queue",
        summary="Who is waiting and who is free right now, in any queues",
        usage_hint="[queues] [share]",
        examples=tuple(example for example, _ in _QUEUE_EXAMPLES),
    ),
    Command(
        name="report",
        summary="A table of any figures, or the conversations behind them, as an answer or a file",
        usage_hint="[queues] [last-week] [by day,agent] [metrics] [csv]",
        examples=tuple(example for example, _ in _REPORT_EXAMPLES),
    ),
    Command(
        name="digest",
        summary="The figures in this channel by themselves, on the days and at the time you choose",
        usage_hint="add [queues] [30s] [weekdays] [07:45] | list | edit | help",
        examples=tuple(example for example, _ in _DIGEST_EXAMPLES),
    ),
    Command(
        name="alert",
        summary="A message in this channel when something is wrong with a queue, and when it is over",
        usage_hint="add [queues] sla < 80% for 10m | list | edit | help",
        examples=tuple(example for example, _ in ALERT_EXAMPLES),
        should_escape=True,
    ),
)


def sla_help(queue_names: Sequence[str], command: str = "/sla") -> HelpText:
    """Help whose examples name the queues of this organisation in turn, under the command's name here (`/cc-sla`)."""
    title = f"/{command.lstrip('/')}: the share of contacts answered in time"
    return _help(title, _SLA_PARTS, _SLA_EXAMPLES, queue_names, command)


def queue_help(queue_names: Sequence[str], command: str = "/queue") -> HelpText:
    """The same for what is going on right now."""
    title = f"/{command.lstrip('/')}: what is going on right now"
    return _help(title, _QUEUE_PARTS, _QUEUE_EXAMPLES, queue_names, command)


def report_help(queue_names: Sequence[str], command: str = "/report") -> HelpText:
    """The same for tables and files."""
    title = f"/{command.lstrip('/')}: tables of figures, and files"
    return _help(title, _REPORT_PARTS, _REPORT_EXAMPLES, queue_names, command)


def digest_help(queue_names: Sequence[str], command: str = "/digest") -> HelpText:
    """The same for messages that come by themselves."""
    title = f"/{command.lstrip('/')}: the figures by themselves, when you want them"
    return _help(title, _DIGEST_PARTS, _DIGEST_EXAMPLES, queue_names, command)


def alert_help(queue_names: Sequence[str], command: str = "/alert") -> HelpText:
    """The same for messages when something is wrong."""
    title = f"/{command.lstrip('/')}: told when something is wrong, and when it is over"
    return _help(title, ALERT_PARTS, ALERT_EXAMPLES, queue_names, command)


HELP: Mapping[str, Callable[[Sequence[str], str], HelpText]] = MappingProxyType(
    {"sla": sla_help, "queue": queue_help, "report": report_help, "digest": digest_help, "alert": alert_help}
)
"""By the command's name."""


def _help(
    title: str,
    parts: Iterable[tuple[str, str]],
    examples: Iterable[tuple[str, str]],
    queue_names: Sequence[str],
    command: str,
) -> HelpText:
    names = queue_names or ("",)
    return HelpText(
        title=title,
        paragraphs=tuple(f"{part}: {text}" for part, text in parts),
        examples=tuple(
            (exemplified(example, names[place % len(names)], command), answer)
            for place, (example, answer) in enumerate(examples)
        ),
    )
