"""The alerts of a channel: what is open first, then its rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import kit
from bot.blocks.alerts.actions import (
    CONFIRM,
    EDIT,
    HANDOVER,
    MUTE,
    NEW,
    REMOVE,
    REMOVE_DAMAGED,
    RESUME,
    STARTER,
    TEST,
    UNMUTE,
    bulletin_actions,
)
from bot.blocks.alerts.message import point_of
from bot.blocks.alerts.standing import Standing, handled_blocks, name_of, over_words, standing_of, worst_first
from bot.blocks.alerts.words import SEVERITIES, muted_words, plural, span_words, state_words, time_words
from bot.blocks.mentions import person, place, small_print
from bot.blocks.sla_rows import medium_words
from bot.blocks.wording import several
from bot.domain.alerts.rules import RuleState, Severity
from bot.domain.figures import count

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.blocks.alerts.entry import DamagedRule, Entry
    from bot.blocks.kit import Block, Message
    from bot.blocks.mentions import Mention
    from bot.domain.alerts.states import Bulletin, Incident

MOST_FULL = 10
"""Rules with buttons of their own: three blocks each, of fifty."""
MOST_OPEN = 4
"""Open messages with buttons: three blocks each."""

_MOST_LINES = 4
_MOST_DAMAGED = 4
_MOST_RECENT = 10
_MOST_ABOUT = 400
_MOST_MEDIA = 12
_BREAK: Block = {"type": "text", "text": "\n"}

Told = tuple["Bulletin", "Sequence[Incident]"]
"""A message, and the incidents it tells of that are open."""


def alert_list(
    entries: Sequence[Entry],
    *,
    now: datetime,
    zone: ZoneInfo,
    bulletins: Sequence[Told] = (),
    damaged: Sequence[DamagedRule] = (),
    place: str = "this channel",
    command: str = "/alert",
    example: str = "add billing sla < 80% for 10m",
    placed: bool = False,
    blind_since: datetime | None = None,
) -> Message:
    """What `/alert list` answers. `bulletins`: open ones with their open incidents; `placed` names each one's channel.

    Without rules: what alerts are, the starter rules in one press (`STARTER`), `example`, and New Alert.
    """
    where = kit.shorten_middle(kit.clean(place), 80) or "this channel"
    if not entries and not bulletins:
        return _empty(where, command, example, damaged)
    n_open = sum(len(open_ones) for _, open_ones in bulletins)
    stuck = [entry for entry in entries if troubled(entry)]
    told = [
        f"{plural(n_open, 'alert')} open" if n_open else "Nothing is open",
        plural(len(entries) + len(damaged), "rule"),
    ]
    if stuck or damaged:
        n = len(stuck) + len(damaged)
        told.append(f"{count(n)} need{'s' if n == 1 else ''} attention")
    said = f"{', '.join(told)} in {where}"
    unseen = f"I cannot see Genesys since {time_words(blind_since, zone, now)}." if blind_since else ""
    in_order = [*stuck, *(entry for entry in entries if entry not in stuck)]
    first = next((point_of(each, zone=zone, now=now) for _, ones in bulletins for each in worst_first(ones, now)), "")
    return kit.message(
        f"{said}{f': {first}' if first else ''}",
        kit.header(said),
        *([kit.section(unseen)] if unseen else []),
        *open_blocks(bulletins, now=now, zone=zone, placed=placed),
        *([kit.divider()] if bulletins else []),
        *(block for entry in in_order[:MOST_FULL] for block in entry_blocks(entry, now=now, zone=zone, placed=placed)),
        *more_entries(in_order[MOST_FULL:], command, now=now, zone=zone, placed=placed),
        *damaged_blocks(damaged),
        kit.actions(
            kit.button("New Rule", action=NEW, value=""),
            kit.button("Handover", action=HANDOVER, value="", spoken="Write the handover of the last eight hours"),
        ),
    )


def _empty(where: str, command: str, example: str, damaged: Sequence[DamagedRule]) -> Message:
    point = f"No alert rules in {where} yet."
    typed = kit.clean(f"{command} {example}")
    return kit.message(
        f"{point} Try {typed}",
        kit.section(
            f"{point} They tell the channel when something is wrong: once, in a message that lives until it is over. "
            "The starter rules watch for nobody on queue, long waits, a missed service level, abandons, and what is "
            "unusual."
        ),
        kit.actions(
            kit.button("Add Starter Rules", action=STARTER, value="", primary=True),
            kit.button("New Rule", action=NEW, value=""),
        ),
        kit.paragraph(kit.words("Or type your own, for example: "), kit.code(typed)),
        *damaged_blocks(damaged),
    )


def open_blocks(bulletins: Sequence[Told], *, now: datetime, zone: ZoneInfo, placed: bool = False) -> list[Block]:
    """Open incidents with age, who has them, and buttons: for the list and the Home tab. Nothing where none is open."""
    shown = sorted(
        (told for told in bulletins if told[1]),
        key=lambda told: (all(each.severity is not Severity.CRITICAL for each in told[1]), told[0].opened_at),
    )
    blocks: list[Block] = []
    for bulletin, incidents in shown[:MOST_OPEN]:
        blocks += _open(bulletin, worst_first(incidents, now), now=now, zone=zone, placed=placed)
    left = sum(len(incidents) for _, incidents in shown[MOST_OPEN:])
    return [*blocks, kit.context(f"… and {plural(left, 'open alert')} more")] if left else blocks


def _open(
    bulletin: Bulletin, incidents: Sequence[Incident], *, now: datetime, zone: ZoneInfo, placed: bool
) -> list[Block]:
    lines: list[Block] = []
    for each in incidents[:_MOST_LINES]:
        age = f"{SEVERITIES[each.severity]}, open for {span_words(now - each.opened_at)}"
        lines += [*([_BREAK] if lines else []), kit.bold(point_of(each, zone=zone, now=now)), _BREAK, kit.words(age)]
    if len(incidents) > _MOST_LINES:
        more = plural(len(incidents) - _MOST_LINES, "alert")
        lines += [_BREAK, kit.words(f"… and {more} more in the same message")]
    untouched = any(standing_of(each, now) is Standing.OPEN for each in incidents)
    told: list[str | Mention] = ["Nobody has it yet" if len(incidents) == 1 else "Nobody has all of it yet"] * untouched
    if placed:
        told += [" · In " if told else "In ", place(bulletin.channel)]
    unusual = any(found.signal for each in incidents for found in each.evidence.found)
    taken = all(each.handling.acked_by is not None for each in incidents)
    return [
        kit.paragraph(*lines),
        *handled_blocks(incidents, zone=zone, now=now)[:2],
        *([small_print(*told)] if told else []),
        bulletin_actions(bulletin, acknowledged=taken, unusual=unusual),
    ]


def troubled(entry: Entry) -> bool:
    """Whether a person has to do something about the rule."""
    return entry.rule.state is not RuleState.ACTIVE


def about(entry: Entry) -> str:
    """The rule in words: “Billing, Sales · voice: service level < 80 % for 10 min, critical”."""
    names = kit.shorten_middle(kit.clean(entry.names), 200) or "All queues"
    if entry.rule.terms.media:
        names += f" · {several([medium_words(media) for media in entry.rule.terms.media], _MOST_MEDIA)}"
    critical = ", critical" if entry.rule.terms.severity is Severity.CRITICAL else ""
    return f"{names}: {kit.shorten(kit.clean(entry.title), _MOST_ABOUT)}{critical}"


def standing(entry: Entry, *, now: datetime, zone: ZoneInfo) -> str:
    """How it stands: “2 open · Watching · last fired Tue 17 Nov, 10:05 · fired 6 times in 4 weeks, 2 not useful”."""
    told = [f"{count(len(entry.open))} open"] if entry.open else []
    told.append(state_words(entry.rule, zone=zone, now=now))
    if entry.last_fired is None:
        told.append("never fired")
    else:
        told.append(f"last fired {time_words(entry.last_fired, zone, now)}")
        if entry.fired:
            told.append(f"{plural(entry.fired, 'time')} in 4 weeks{_votes(entry)}")
    return " · ".join(told)


def _votes(entry: Entry) -> str:
    return f", {count(entry.votes)} marked not useful" if entry.votes else ""


def entry_blocks(entry: Entry, *, now: datetime, zone: ZoneInfo, placed: bool = False) -> list[Block]:
    """A rule: what it looks at, how it stands, and what can be done; for the list and the Home tab."""
    rule = entry.rule
    mark = "🔴 " * troubled(entry)
    where = (" · In ", place(rule.channel)) if placed else ()
    return [
        kit.paragraph(kit.bold(f"{mark}{rule.number} · {about(entry)}")),
        small_print(standing(entry, now=now, zone=zone), *where, " · Owner: ", person(rule.owner)),
        kit.actions(*entry_buttons(entry, now=now, remove=False)),
    ]


def entry_buttons(entry: Entry, *, now: datetime, remove: bool = True) -> list[Block]:
    """What is needed first: Confirm or Resume; then Edit, Test, Mute, and Remove if wanted: the form has it as well."""
    rule = entry.rule

    def button(label: str, action: str, *, danger: Block | None = None) -> Block:
        spoken = f"{label}: rule {rule.number}"
        return kit.button(label, action=action, value=rule.id, danger=danger, spoken=spoken)

    ask = kit.sure(f"Remove rule {rule.number}?", "It watches no more. What is open is over.", yes="Remove")
    edit = button("Edit", EDIT)
    removing = [button("Remove", REMOVE, danger=ask)] if remove else []
    match rule.state:
        case RuleState.STOPPED:
            return [button("Resume", RESUME), edit, *removing]
        case RuleState.UNCONFIRMED:
            return [*([button("Confirm", CONFIRM)] if entry.may_confirm else []), edit, *removing]
        case RuleState.ACTIVE:
            muted = muted_words(rule, zone=rule.terms.zone, now=now)
            mute = button("Unmute", UNMUTE) if muted else button("Mute 1 h", MUTE)
            return [edit, button("Test", TEST), mute, *removing]


def more_entries(
    entries: Sequence[Entry], command: str, *, now: datetime, zone: ZoneInfo, placed: bool = False
) -> list[Block]:
    """Those beyond the ones with buttons, a line each; the command reaches them, in their own channels if `placed`."""
    if not entries:
        return []
    lines = []
    for entry in entries:
        where = kit.shorten_middle(kit.clean(entry.place), 80) if placed else ""
        said = f"  {standing(entry, now=now, zone=zone)}{f', in {where}' if where else ''}"
        lines.append([kit.bold(f"{entry.rule.number} · {kit.shorten(about(entry), 200)}"), kit.words(said)])
    how = "in their channel, by number" if placed else "by their number"
    return [kit.bullets(lines), kit.context(f"These are changed {how}: {command} edit {entries[0].rule.number}")]


def damaged_blocks(damaged: Sequence[DamagedRule]) -> list[Block]:
    """Rules that cannot be read, each with a button that removes it; four at most."""
    blocks: list[Block] = []
    for one in damaged[:_MOST_DAMAGED]:
        said = "What it looks at cannot be read, so that nothing is watched. Remove it, and add it anew."
        value = f"{one.channel}:{one.id}"
        remove = kit.button("Remove", action=REMOVE_DAMAGED, value=value, spoken=f"Remove: rule {one.number}")
        blocks += [
            kit.section(f"🔴 {one.number} · Damaged. {said}", remove),
            small_print("In ", place(one.channel), " · Owner: ", person(one.owner)),
        ]
    left = len(damaged) - _MOST_DAMAGED
    return [*blocks, kit.context(f"… and {count(left)} more that cannot be read")] if left > 0 else blocks


def rule_message(
    entry: Entry,
    *,
    now: datetime,
    zone: ZoneInfo,
    recent: Sequence[Incident] = (),
    command: str = "/alert",
) -> Message:
    """What `/alert show` answers: the rule, how it stands, and its last incidents, latest first."""
    rule = entry.rule
    latest = sorted(recent, key=lambda each: each.opened_at, reverse=True)[:_MOST_RECENT]
    lines = [
        [kit.bold(name_of(each)), kit.words(f": {over_words(each, zone=zone, now=now) or 'open'}")]
        if each.ended_at
        else [kit.bold(point_of(each, zone=zone, now=now)), kit.words(", open")]
        for each in latest
    ]
    said = f"Rule {rule.number} · {about(entry)}"
    return kit.message(
        f"{said}. {standing(entry, now=now, zone=zone)}",
        kit.paragraph(kit.bold(said)),
        small_print(standing(entry, now=now, zone=zone), " · Owner: ", person(rule.owner)),
        kit.paragraph(kit.words("As it is typed: "), kit.code(kit.clean(f"{command} add {entry.text}"))),
        *([kit.paragraph(kit.bold("Lately")), kit.bullets(lines)] if lines else [kit.context("It has not fired yet.")]),
        kit.actions(*entry_buttons(entry, now=now)),
    )
