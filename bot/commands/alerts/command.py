"""`/alert add|list|show|edit|test|mute|unmute|remove|ack|snooze|handover|holidays|starter|export|help`, as read."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.commands.alerts.dates import read_holidays
from bot.commands.alerts.moments import FOREVER, read_since, read_until
from bot.commands.alerts.spoken import (
    Acknowledge,
    Add,
    Confirm,
    Edit,
    Export,
    Handover,
    Help,
    List,
    Mute,
    Remove,
    Show,
    Snooze,
    Starter,
    Trial,
    Unmute,
)
from bot.commands.alerts.terms import read_changes, read_terms
from bot.commands.alerts.verbs import EVERYWHERE, EXPECTED, VERBS, is_number, leading_number, number_first, number_of
from bot.commands.alerts.words import RULE, prepared
from bot.commands.parts import queues_of
from bot.commands.reader import QUEUE, TYPED_LIMIT, read_parts
from bot.commands.reader import with_queue as replace_queue
from bot.commands.vocabulary import QUEUE as STARTER
from bot.domain.folding import clipped, fold, visible
from bot.domain.names import nearest_word
from bot.domain.period import utc
from bot.domain.places import UNSET
from bot.errors import BadWord

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.commands.alerts.spoken import AlertCommand
    from bot.domain.places import PlaceSettings
    from bot.domain.questions import QueueWord

EXAMPLE = f"/alert add {QUEUE} sla < 80% for 10m"
_EDIT_EXAMPLE = "/alert edit 2 sla < 75% for 15m"
_TEST_EXAMPLE = f"/alert test {QUEUE} waiting > 10 for 2m"
_STARTER_EXAMPLE = f"/alert starter {QUEUE}"
_HOUR = timedelta(hours=1)
_SHIFT = timedelta(hours=8)
_OPENING = frozenset({"tomorrow", "until tomorrow", "until opening", "until tomorrows opening", "opening"})


def is_help(text: str) -> bool:
    """Whether the command asks for help: `help` or `?`. Without a word it lists what there is."""
    return fold(text) in {"help", "?"}


def read_alert(
    text: str, *, now: datetime, zone: ZoneInfo, usual: PlaceSettings = UNSET, limit: int = TYPED_LIMIT
) -> AlertCommand:
    """Read the text behind `/alert`. `zone` and `usual` are taken where nothing else is said.

    Which queues there are is not known here: terms and changes carry their names as typed. `&lt;` and `&gt;`, as Slack
    sends them, are read as `<` and `>`. Raises BadWord, and nothing else, for whatever text.
    """
    if len(text) > limit:
        expected = f"short enough to read: a command has at most {limit} characters"
        raise BadWord(clipped(visible(text[:limit])), expected, example=EXAMPLE)
    typed, rest = _cut(text)
    verb = VERBS.get(fold(typed))
    match verb:
        case None:
            raise _unknown(typed, rest, now=now, zone=zone, limit=limit)
        case "add":
            terms = read_terms(rest, zone=zone, usual=usual, example=EXAMPLE, limit=limit) if rest else None
            return Add(terms=terms)
        case "test":
            if not rest or is_number(rest):
                return Trial(number=number_of(rest, "test"))
            return Trial(terms=read_terms(rest, zone=zone, usual=usual, example=_TEST_EXAMPLE, limit=limit))
        case "edit":
            first, _, following = rest.partition(" ")
            said = following.strip() if is_number(first) else rest
            changes = read_changes(said, usual=usual, example=_EDIT_EXAMPLE, limit=limit) if said else None
            return Edit(number=number_of(first, "edit") if is_number(first) else None, changes=changes)
        case "starter":
            return Starter(queues=_queues(rest, usual, limit))
        case "mute" | "snooze" | "unmute" | "ack":
            return _quieting(verb, rest, now=now, zone=zone)
        case _:
            return _simple(verb, typed, rest, now=now, zone=zone)


def with_queue(text: str, *, word: str, name: str) -> str:
    """`text` behind `/alert` with the queue that was typed as `word` replaced by `name` in quotes.

    Raises BadWord when `text` cannot be read.
    """
    verb, rest = _cut(text)
    number, following = leading_number(rest, "edit") if VERBS.get(fold(verb)) == "edit" else (None, rest)
    replaced = replace_queue(prepared(following), word=word, name=name, example=EXAMPLE, grammar=RULE)
    return " ".join(part for part in (verb, str(number or ""), replaced) if part)


def _quieting(verb: str, rest: str, *, now: datetime, zone: ZoneInfo) -> AlertCommand:
    number, following = leading_number(rest, verb)
    if verb in {"unmute", "ack"}:
        if following:
            raise BadWord(clipped(following), "the number of a rule, or “all”", example=f"/alert {verb} 2")
        return Unmute(number=number) if verb == "unmute" else Acknowledge(number=number)
    if verb == "snooze" and fold(following).replace("'", "") in _OPENING:
        return Snooze(number=number, until=None)
    until = utc(now) + _HOUR
    if following:
        until = read_until(following, now=now, zone=zone, example=f"/alert {verb} 2 1h")
    if verb == "mute":
        return Mute(number=number, until=until)
    if until == FOREVER:
        expected = "until when an alert is put off; a rule that is not to be told any more is muted or removed"
        raise BadWord(clipped(following), expected, example="/alert mute 2 forever")
    return Snooze(number=number, until=until)


def _simple(verb: str, typed: str, rest: str, *, now: datetime, zone: ZoneInfo) -> AlertCommand:
    match verb:
        case "show":
            return Show(number=number_of(rest, verb))
        case "remove":
            return Remove(number=number_of(rest, verb))
        case "confirm":
            return Confirm(number=number_of(rest, verb))
        case "list":
            if rest and fold(rest) not in EVERYWHERE:
                raise BadWord(clipped(rest), f"“all”, the only word that follows “{typed}”", example="/alert list all")
            return List(everywhere=bool(rest))
        case "handover":
            return _handover(rest, now=now, zone=zone)
        case "holidays":
            return read_holidays(rest)
        case "export":
            if rest:
                raise BadWord(clipped(rest), f"expected here: nothing follows “{typed}”", example="/alert export")
            return Export()
        case _:
            return Help()


def _handover(rest: str, *, now: datetime, zone: ZoneInfo) -> Handover:
    words = [word for word in rest.split() if fold(word) != "share"]
    share = len(words) < len(rest.split())
    if not words:
        return Handover(since=utc(now) - _SHIFT, share=share)
    return Handover(since=read_since(" ".join(words), now=now, zone=zone, example="/alert handover 8h"), share=share)


def _queues(rest: str, usual: PlaceSettings, limit: int) -> tuple[QueueWord, ...]:
    read = read_parts(rest, now=None, example=_STARTER_EXAMPLE, limit=limit, grammar=STARTER)
    if read.written or read.share:
        written = next(iter(read.written.values()), "share")
        expected = "a queue, and only queues follow “starter”; each rule can be edited afterwards"
        raise BadWord(clipped(written), expected, example=_STARTER_EXAMPLE)
    return queues_of(read, usual)


def _cut(text: str) -> tuple[str, str]:
    """The first word, and what stands behind it; with `<` for `&lt;`."""
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    verb, _, rest = visible(text).strip().partition(" ")
    return verb, rest.strip()


def _unknown(verb: str, rest: str, *, now: datetime, zone: ZoneInfo, limit: int) -> BadWord:
    """For a first word that is none of the verbs: misspelt, or a rule without its `add`."""

    def readable(text: str) -> bool:
        try:
            read_alert(text, now=now, zone=zone, limit=limit)
        except BadWord:
            return False
        return True

    if text := number_first(verb, rest):
        return BadWord(clipped(verb), EXPECTED, example=f"/alert {text}", suggestion=text)
    if readable(f"add {verb} {rest}"):
        return BadWord(clipped(verb), EXPECTED, example=f"/alert add {verb} {rest}".strip(), suggestion="add")
    meant = nearest_word(verb, VERBS)
    if meant and readable(f"{meant} {rest}".strip()):
        return BadWord(clipped(verb), EXPECTED, example=f"/alert {meant} {rest}".strip(), suggestion=meant)
    return BadWord(clipped(verb), EXPECTED, example=EXAMPLE, suggestion=meant)
