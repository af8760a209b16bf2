"""Ephemeral answers to `/alert`: what was done, to which rule, and what can be done next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import kit
from bot.blocks.alerts.actions import CONFIRM, EDIT, NEW, REMOVE, RESUME, UNMUTE
from bot.blocks.alerts.backtest import fire_blocks, replay_words
from bot.blocks.alerts.listed import about, entry_buttons, standing
from bot.blocks.alerts.words import capital, listed, muted_words, plural, sentence
from bot.blocks.mentions import person, place, small_print
from bot.domain.alerts.rules import RuleState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.blocks.alerts.entry import Entry, Replay
    from bot.blocks.kit import Block, Message
    from bot.domain.ids import UserId

_MOST_LINES = 10


def added_message(
    entry: Entry, *, now: datetime, zone: ZoneInfo, replay: Replay | None = None, command: str = "/alert"
) -> Message:
    """After `/alert add` and the form: the rule, its number, and when it would have fired (None: not known yet)."""
    return changed_message(entry, "set", now=now, zone=zone, replay=replay, command=command)


def changed_message(
    entry: Entry,
    what: str,
    *,
    now: datetime,
    zone: ZoneInfo,
    replay: Replay | None = None,
    command: str = "/alert",
    hint: str = "",
) -> Message:
    """After a change; `what` is the verb: "changed", "confirmed", "resumed". `hint`: what it brought along."""
    rule = entry.rule
    waiting = rule.state is RuleState.UNCONFIRMED
    as_typed = kit.clean(f"{command} add {entry.text}")
    done = kit.shorten(kit.clean(what), 80) + (", but waits for an administrator" if waiting else "")
    said = f"Rule {rule.number} is {done}. {about(entry)}"
    past = replay_words(replay) if replay else ""
    told = [kit.clean(hint)] if kit.clean(hint) else []
    if waiting:
        typed = kit.clean(f"{command} confirm {rule.number}")
        told.append(f"Another organisation reads this channel. An administrator confirms it there: {typed}")
    if muted := muted_words(rule, zone=zone, now=now):
        told.append(f"{muted}: it is judged, and nobody is told.")
    if entry.same:
        which = listed([str(number) for number in entry.same])
        told.append(f"Rule{'' if len(entry.same) == 1 else 's'} {which} watch{'es' * (len(entry.same) == 1)} the same.")
    return kit.message(
        ". ".join(part for part in (said, past) if part),
        kit.section(said),
        *([kit.section(past)] if past else []),
        *(fire_blocks(replay, zone=zone)[:1] if replay and len(replay.fires) <= _MOST_LINES else []),
        *([kit.section("\n".join(told))] if told else []),
        *([kit.paragraph(kit.words("As it is typed: "), kit.code(as_typed))] if _more_than_title(entry) else []),
        # Whoever may confirm did so by setting it: the others would press a button that only refuses.
        kit.actions(*(button for button in entry_buttons(entry, now=now) if button["action_id"] != CONFIRM)),
    )


def _more_than_title(entry: Entry) -> bool:
    """Whether it was told when to be silent and whom to call, which its title leaves out."""
    terms = entry.rule.terms
    return any((terms.hours, terms.quiet, terms.mention, terms.escalation)) or terms.renotify is None


def muted_message(entries: Sequence[Entry], *, now: datetime, zone: ZoneInfo) -> Message:
    """After `/alert mute`: which rules are silent until when, `Rule.muted_until` being set."""
    if not entries:
        return _plain("There is no rule to mute here.")
    until = muted_words(entries[0].rule, zone=zone, now=now) or "Muted"
    said = f"{until}: {_which(entries)}. They are judged and recorded, and nobody is told."
    if len(entries) == 1:
        said = f"{until}: {_which(entries)}. It is judged and recorded, and nobody is told."
    unmute = [_button("Unmute", UNMUTE, entries[0])] if len(entries) == 1 else []
    return kit.message(said, kit.section(said), *([kit.actions(*unmute)] if unmute else []))


def unmuted_message(entries: Sequence[Entry], *, now: datetime, zone: ZoneInfo) -> Message:
    """After `/alert unmute`; what is open is told."""
    if not entries:
        return _plain("There is no rule to unmute here.")
    n_open = sum(len(entry.open) for entry in entries)
    still = f"{plural(n_open, 'alert is', 'alerts are')} open, and told from now on." if n_open else "Nothing is open."
    said = f"{capital(_which(entries))} {'is' if len(entries) == 1 else 'are'} heard again. {still}"
    one = [kit.context(standing(entries[0], now=now, zone=zone))] if len(entries) == 1 else []
    return kit.message(said, kit.section(said), *one)


def removed_message(entry: Entry, *, open_ended: int = 0) -> Message:
    """After a removal; `open_ended`: how many open incidents are over with it."""
    over = f" {plural(open_ended, 'open alert is', 'open alerts are')} over with it." if open_ended else ""
    return _plain(f"Rule {entry.rule.number} is removed.{over} {about(entry)}")


def confirm_request(entry: Entry, asked_by: UserId) -> Message:
    """For administrators: a channel that other organisations read is to get alerts."""
    said = f"An alert rule for a channel shared with another organisation waits for an administrator: {about(entry)}"
    return kit.message(
        said,
        kit.section(said),
        small_print("In ", place(entry.rule.channel), " · Asked by ", person(asked_by)),
        kit.context("Members of the other organisation will read its figures."),
        kit.actions(
            kit.button("Confirm", action=CONFIRM, value=entry.rule.id, primary=True),
            kit.button("Remove", action=REMOVE, value=entry.rule.id),
        ),
    )


def stopped_message(entry: Entry, reason: str) -> Message:
    """For its owner: the channel does not take messages, and the rule is stopped. `reason` is a sentence."""
    where = kit.shorten_middle(kit.clean(entry.place), 80)
    because = sentence(reason, "the reason is not known.")
    said = f"Alert rule {entry.rule.number}{f' in {where}' if where else ''} is stopped: {because}"
    return kit.message(
        said,
        kit.section(said),
        kit.section(f"{about(entry)}\nNothing is watched until somebody resumes it."),
        small_print("In ", place(entry.rule.channel)),
        kit.actions(
            kit.button("Resume", action=RESUME, value=entry.rule.id, primary=True),
            kit.button("Edit", action=EDIT, value=entry.rule.id),
        ),
    )


def starter_message(entries: Sequence[Entry], *, command: str = "/alert", kept: int = 0) -> Message:
    """After the starter rules were added; `kept`: how many of them the channel had already."""
    had = f" {plural(kept, 'rule was', 'rules were')} here before and stayed." if kept else ""
    if not entries:
        return _plain(f"Nothing was added: this channel has the starter rules.{had}")
    n = plural(len(entries), "starter rule")
    said = (
        f"{capital(n)} {'is' if len(entries) == 1 else 'are'} set.{had} The channel is told when one of them is true."
    )
    lines = [[kit.bold(str(entry.rule.number)), kit.words(f" · {about(entry)}")] for entry in entries]
    tuned = kit.clean(f"{command} edit {entries[0].rule.number} …")
    return kit.message(
        said,
        kit.section(said),
        kit.bullets(lines),
        kit.context(f"Each can be changed, muted or removed by its number: {tuned}"),
        kit.actions(kit.button("New Rule", action=NEW, value="")),
    )


def _which(entries: Sequence[Entry]) -> str:
    if len(entries) == 1:
        return f"rule {entries[0].rule.number} ({about(entries[0])})"
    return f"rules {listed([str(entry.rule.number) for entry in entries], 10)}"


def _button(label: str, action: str, entry: Entry) -> Block:
    return kit.button(label, action=action, value=entry.rule.id, spoken=f"{label}: rule {entry.rule.number}")


def _plain(said: str) -> Message:
    return kit.message(said, kit.section(said))
