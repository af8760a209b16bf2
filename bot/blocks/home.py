"""The Home tab: open alerts first, what needs its reader, their alert rules and digests, and how to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import forms, kit
from bot.blocks.alerts import at_home as alerts_at_home
from bot.blocks.digests.listed import NEW, damaged_blocks, entry_blocks, more_entries, needing
from bot.blocks.help import example_list
from bot.blocks.place_settings import EDIT_SETTINGS
from bot.domain.figures import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.blocks.alerts.at_home import AlertsAtHome
    from bot.blocks.digests.listed import Entry
    from bot.blocks.kit import Block
    from bot.domain.subscriptions import Damaged

ASK = "home_ask"
CHANNEL_SETTINGS = "settings_of"
"""A menu of channels; the one chosen comes as `selected_conversation`."""

MOST_FULL = 20
"""Digests with buttons: three blocks each, of a hundred with all the others."""

_FEW = 5
_MOST_NAME = 60
_STAND_IN = "billing"


def home_view(
    queues: Sequence[str],
    command: str = "/sla",
    live: str = "/queue",
    *,
    digest: str = "/digest",
    entries: Sequence[Entry] = (),
    notes: Sequence[str] = (),
    damaged: Sequence[Damaged] = (),
    alerts: AlertsAtHome | None = None,
) -> Block:
    """The Home tab; `queues` are names of this organisation, the reader's usual ones first, and may be empty.

    `command` asks for service levels, `live` for what is going on right now, and `digest` changes digests, as people
    type them here. `entries` are the reader's digests and those of their channels; those with trouble come first.
    `notes` are sentences about what else the reader should know. `alerts`: what is open comes before anything else.

    Action ids: `ASK`, `NEW` and `EDIT_SETTINGS` (the reader's own settings) without a value, `CHANNEL_SETTINGS`, and
    those of `digests.listed` and `alerts.actions`.
    """
    names = [name for name in map(kit.clean, queues) if name and len(name) <= _MOST_NAME and '"' not in name]
    name = _as_word(names[0]) if names else _STAND_IN
    opened = alerts_at_home.open_part(alerts) if alerts else []
    rules = alerts_at_home.rules_part(alerts) if alerts else []
    most = max(0, MOST_FULL - (len(opened) + len(rules) + 2) // 3)
    asking, digests = _asking(name, command, live), _digests(entries, digest, name, most)
    # On a first visit there is nothing to look after yet: what can be asked at once comes first.
    parts = [*rules, *digests, kit.divider(), *asking]
    if not entries and not (alerts and alerts.entries):
        parts = [*asking, kit.divider(), *rules, *digests]
    blocks = [*opened, *_needing(entries, notes, digest, damaged, most), *parts]
    if len(names) > 1:
        blocks.append(kit.context(f"Some of your queues: {' · '.join(names[:_FEW])}"))
    return forms.home(blocks)


def _needing(
    entries: Sequence[Entry], notes: Sequence[str], digest: str, damaged: Sequence[Damaged], most: int
) -> list[Block]:
    troubled = [entry for entry in entries if entry.troubled]
    if not troubled and not notes and not damaged:
        return []
    blocks = [kit.header("Needs you")]
    if notes:
        blocks.append(kit.section("\n".join(kit.shorten(kit.clean(note), 300) for note in notes[:_FEW])))
    blocks += damaged_blocks(damaged)
    for entry in troubled[:most]:
        blocks += entry_blocks(entry, placed=True)
    return [*blocks, *more_entries(troubled[most:], digest, placed=True), kit.divider()]


def _digests(entries: Sequence[Entry], digest: str, queue: str, most: int) -> list[Block]:
    blocks = [kit.header("Your digests and those of your channels" if entries else "The same every morning")]
    troubled = [entry for entry in entries if entry.troubled]
    calm = [entry for entry in entries if not entry.troubled]
    if not entries:
        blocks += [
            kit.section("A digest brings a channel yesterday's service levels before the stand-up. Type this there:"),
            kit.paragraph(kit.code(f"{digest} add {queue} 30s weekdays 07:45")),
        ]
    elif not calm:
        blocks.append(kit.section("All of them are above."))
    room = max(0, most - len(troubled))
    for entry in calm[:room]:
        blocks += entry_blocks(entry, placed=True)
    blocks += more_entries(calm[room:], digest, placed=True)
    if len(entries) > 1:
        attention = f", {needing(len(troubled), len(entries))}" if troubled else ""
        blocks.append(kit.context(f"{count(len(entries))} digests{attention}"))
    menu = forms.channel_menu(CHANNEL_SETTINGS, "Channel settings")
    return [
        *blocks,
        *([kit.divider()] if entries else []),
        kit.actions(
            kit.button("New Digest", action=NEW, value="", primary=not entries),
            kit.button("Your Settings", action=EDIT_SETTINGS, value=""),
            menu,
        ),
    ]


def _asking(name: str, command: str, live: str) -> list[Block]:
    return [
        kit.header("Service levels, asked and answered in Slack"),
        kit.section(
            "How many contacts were answered in time? Ask about any queue and period, in any channel. The answer "
            "comes from Genesys Cloud with its formula and its counts, and only you see it until you share it."
        ),
        kit.paragraph(kit.bold("Try this: "), kit.code(f"{command} {name} 30s last-week")),
        kit.actions(kit.button("Ask About a Queue", action=ASK, value="", primary=True)),
        kit.divider(),
        example_list(
            [
                (f"{command} {name}", "today so far, against the queue's own target"),
                (f"{command} {name} yesterday by hour", "when it was good and when it was not"),
                (f"{command} all last-week", "every queue, worst first"),
                (f"{live} {name}", "who is waiting and who is free, this minute"),
                (f"{command} help", "everything that can be asked"),
            ]
        ),
    ]


def _as_word(name: str) -> str:
    return f'"{name}"' if " " in name or "," in name else name
