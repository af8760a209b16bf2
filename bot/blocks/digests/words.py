"""Phrases about digests that their list, the Home tab and messages share: what, when, and in what state."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.blocks import kit
from bot.blocks.wording import moment, several, within
from bot.domain.deliveries import Stage
from bot.domain.questions import Formula
from bot.domain.schedule import Rhythm
from bot.domain.subscriptions import SubscriptionState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from bot.domain.deliveries import Delivery
    from bot.domain.schedule import Days, Schedule
    from bot.domain.subscriptions import Order, Subscription, Table

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WORKING_DAYS = frozenset(range(5))
EVERY_DAY = frozenset(range(7))
ALL_QUEUES = "all queues"

_MOST_NAMES = 200
_MOST_REASON = 300
_MOST_PERIOD = 80
_SPOKEN_PERIOD = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FORMULAS = {Formula.GENESYS: "", Formula.ANSWERED: ", of answered", Formula.OFFERED: ", of offered"}


def topic_words(order: Order, names: str) -> str:
    """As "Service levels of Billing and Sales, yesterday, within 30 s". `names` is empty for every queue."""
    topic, who = order.topic, kit.shorten_middle(kit.clean(names), _MOST_NAMES) or ALL_QUEUES
    what = "Service levels" if topic.table is None else "Report"
    told = f"{what} of {who}, {period_words(topic.period)}"
    if topic.table is not None:
        return f"{told}, {table_words(topic.table)}"
    return told + (f", {within(topic.threshold)}" if topic.threshold else "") + _FORMULAS[topic.formula]


def period_words(period: str) -> str:
    """The word of a command as people say it: "last week"."""
    said = kit.shorten_middle(kit.clean(period), _MOST_PERIOD)
    return said.replace("-", " ") if _SPOKEN_PERIOD.fullmatch(said) and not said[:1].isdigit() else said


def followed_words(before: str, after: str) -> str:
    """That another period came with other days, although nobody said so, and how to keep the one from before."""
    return f"It now covers {period_words(after)}: “covering {kit.clean(before)}” goes on with {period_words(before)}."


def table_words(table: Table) -> str:
    """What makes it a report: "by queue and media: offered, aht, against the period before"."""
    told = f"by {several([dimension.value for dimension in table.by], 8)}" if table.by else "in one row"
    if table.metrics:
        told += f": {', '.join(re.sub('_(seconds|share)$', '', name).replace('_', ' ') for name in table.metrics)}"
    if table.media:
        told += f", {several([media.value for media in table.media], 8)} only"
    return told + (", against the period before" if table.compared else "")


def option_words(order: Order) -> str:
    """What is special about how it is sent; empty when nothing is."""
    told = ["with a CSV file"] * order.csv + ["not sent when there was no traffic"] * order.skip_empty
    return ", ".join(told)


def when_words(schedule: Schedule) -> str:
    """As "weekdays at 07:45, Europe/London"."""
    return f"{days_words(schedule.days)} at {schedule.at:%H:%M}, {schedule.zone.key}"


def days_words(days: Days) -> str:
    """As "weekdays", "every day", "Mon, Wed and Fri", "weekly on Monday", "monthly on day 1"."""
    names = [WEEKDAYS[day] for day in sorted(days.weekdays & EVERY_DAY)]
    if days.rhythm is Rhythm.MONTHLY:
        last = " (or the month's last)" if (days.day or 1) > 28 else ""
        return f"monthly on day {days.day or 1}{last}"
    if days.rhythm is Rhythm.WEEKLY:
        return f"weekly on {several(names, 7)}" if names else "weekly"
    if days.weekdays == WORKING_DAYS:
        return "weekdays"
    if days.weekdays == EVERY_DAY:
        return "every day"
    if len(names) == 1:
        return f"{names[0]}s"
    return several([name[:3] for name in names], 7) if names else "on no day"


def typed_days(days: Days) -> str:
    """The same as a command's words: `weekdays`, `daily`, `mon,thu`, `weekly mon`, `monthly 1`."""
    names = ",".join(WEEKDAYS[day][:3].lower() for day in sorted(days.weekdays & EVERY_DAY))
    if days.rhythm is Rhythm.MONTHLY:
        return f"monthly {days.day or 1}"
    if days.rhythm is Rhythm.WEEKLY:
        return f"weekly {names}".strip()
    return {WORKING_DAYS: "weekdays", EVERY_DAY: "daily"}.get(days.weekdays, names)


def state_words(subscription: Subscription, last: Delivery | None, *, hidden: bool = False) -> str:
    """As "Active", "Paused", "Stopped: the channel is archived"; of the last delivery only what went wrong.

    `hidden`: it shows a queue that its channel does not.
    """
    reason = kit.shorten(kit.clean(subscription.reason), _MOST_REASON)
    match subscription.state:
        case SubscriptionState.STOPPED:
            return f"Stopped{_because(reason or 'the channel does not take messages')}"
        case SubscriptionState.UNCONFIRMED:
            return reason or "Waits until an administrator confirms it: the channel is shared with others"
        case SubscriptionState.PAUSED:
            return f"Paused{_because(reason)}"
    if hidden:
        return "Active, but not sent until somebody edits it: it shows a queue that this channel does not"
    if last is not None and last.stage in {Stage.MISSED, Stage.UNCLEAR}:
        return f"Active, but {last_words(last, subscription.order.schedule.zone)}"
    return "Active"


def _because(reason: str) -> str:
    """A whole sentence stands for itself; part of one behind a colon."""
    if not reason:
        return ""
    return f". {reason}" if reason.endswith(".") else f": {reason}"


def troubled(subscription: Subscription, last: Delivery | None, *, hidden: bool = False) -> bool:
    """Whether a person has to do something about it; `hidden` as in `state_words`."""
    if subscription.state in {SubscriptionState.STOPPED, SubscriptionState.UNCONFIRMED}:
        return True
    wrong = last is not None and last.stage in _WRONG
    return subscription.state is SubscriptionState.ACTIVE and (hidden or wrong)


_WRONG = frozenset({Stage.MISSED, Stage.UNCLEAR})


def last_words(last: Delivery | None, zone: ZoneInfo) -> str:
    """As "last sent Fri 20 Nov, 07:45", "the last one, due Fri 20 Nov, 07:45, was missed: Slack was down"."""
    if last is None:
        return "not sent yet"
    due = moment(last.due_at, zone)
    note = kit.shorten(kit.clean(last.note), _MOST_REASON)
    because = f": {note}" if note else ""
    match last.stage:
        case Stage.SENT:
            late = ", late" if last.late else ""
            return f"last sent {moment(last.settled_at or last.due_at, zone)}{late}"
        case Stage.SKIPPED:
            return f"nothing to send on {due}{because or ': no traffic'}"
        case Stage.MISSED:
            return f"the one due {due} was missed{because}"
        case Stage.UNCLEAR:
            return f"the one due {due} was perhaps sent{because}"
        case _:
            return f"the one due {due} is on its way"


def passed_words(day: date, next_run: datetime, zone: ZoneInfo) -> str:
    """Why it does not come on `day`, although the hour that was just chosen is still ahead."""
    return f"{day:%a} {day.day} {day:%b} had its turn already: the next one comes {moment(next_run, zone)}."


def mondays_words(order: Order) -> str:
    """For a digest of working days about yesterday, what its Monday tells of; else empty."""
    days = order.schedule.days
    if days.rhythm is Rhythm.DAYS and days.weekdays == WORKING_DAYS and order.topic.period == "yesterday":
        return "On Mondays yesterday is Sunday: “covering last-weekday” tells of Friday then."
    return ""


def same_words(numbers: Sequence[int]) -> str:
    """That others of the channel are the same; there is one at least."""
    which, one = several([str(number) for number in numbers], len(numbers)), len(numbers) == 1
    return f"Digest{'' if one else 's'} {which} say{'s' if one else ''} the same at the same time."


def next_words(next_run: datetime | None, zone: ZoneInfo) -> str:
    """As "next Mon 23 Nov, 07:45"; empty when there is none."""
    return f"next {moment(next_run, zone)}" if next_run else ""
