"""Slack's blocks as plain dicts, built so that no input can break Slack's limits or become markup.

Text given to a builder is foreign until proven otherwise: it goes where Slack reads it literally (`plain_text`,
`raw_text`, `rich_text`), or is escaped. What is too long is shortened visibly, never refused.
The SDK's own classes are avoided: they drop blocks they do not know and miss half of the limits.

Limits: Slack's Block Kit reference, 2026; where two snapshots disagree, the smaller number.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.domain.ids import UserId

Block = dict[str, Any]
"""One block or element. Any: Slack's JSON is a union of several dozen shapes, and tests validate the ones we send."""


class Message(TypedDict):
    """What `respond(**message)` and `chat.postMessage` take.

    `text` is the notification and what screen readers read: it carries the point by itself.
    """

    text: str
    blocks: list[Block]
    attachments: NotRequired[list[Block]]
    """Blocks behind a coloured line. Whether there are any does not change while a message lives."""


MOST_BLOCKS = 50
MOST_TEXT = 3000
MOST_HEADER = 150
MOST_FALLBACK = 4000
MOST_BUTTON = 75
MOST_VALUE = 2000
MOST_ACTIONS = 25
MOST_CONTEXT = 10
MOST_ITEM = 600
"""Of a list; ours, not Slack's."""

_NOTHING = "–"
_REMARK = 40
_DATA_BLOCKS = {"table", "data_table", "data_visualization"}
_KEPT_INVISIBLE = {"\u200c", "\u200d"}  # joiners: Persian words and emoji families fall apart without them


def clean(foreign: str) -> str:
    """One line without control characters, direction marks and lone surrogates; may be empty."""
    return " ".join(_visible(foreign).split())


def _lines(text: str) -> str:
    return "\n".join(clean(line) for line in text.split("\n")).strip("\n")


def _visible(foreign: str) -> str:
    if foreign.isprintable():
        return foreign
    kept = (
        " " if char.isspace() or unicodedata.category(char) == "Cc" else char
        for char in foreign
        if char in _KEPT_INVISIBLE or unicodedata.category(char) not in {"Cf", "Cs"}
    )
    return "".join(kept)


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, with an ellipsis where something is missing at the end."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def shorten_middle(text: str, limit: int) -> str:
    """At most `limit` characters: names often differ only in their last word, so the middle goes."""
    if len(text) <= limit:
        return text
    tail = (limit - 1) // 2
    return text[: limit - 1 - tail].rstrip() + "…" + text[len(text) - tail :].lstrip()


def escaped(text: str, limit: int = MOST_TEXT) -> str:
    """`text` for `mrkdwn` and for a message's `text`: no mention, no link; never cut inside an entity.

    Asterisks and the like cannot be escaped there; foreign names belong into literal blocks.
    """
    safe = _lines(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if len(safe) <= limit:
        return safe
    return re.sub(r"&[a-z]*$", "", safe[: limit - 1]) + "…"


def plain(text: str, limit: int = MOST_TEXT) -> Block:
    """A text object that Slack shows literally. Line breaks stay."""
    return {"type": "plain_text", "text": shorten(_lines(text), limit) or _NOTHING, "emoji": False}


def header(text: str) -> Block:
    return {"type": "header", "text": plain(text, MOST_HEADER)}


def section(text: str, accessory: Block | None = None) -> Block:
    """A literal paragraph, with a button beside it if one is given."""
    built: Block = {"type": "section", "text": plain(text), "expand": True}
    if accessory is not None:
        built["accessory"] = accessory
    return built


def bold(text: str) -> Block:
    return _run(text, "bold")


def code(text: str) -> Block:
    return _run(text, "code")


def words(text: str) -> Block:
    return {"type": "text", "text": _visible(text) or _NOTHING}


def link(text: str, url: str) -> Block:
    """An address of our own making behind `text`; never a foreign one."""
    return {"type": "link", "url": url, "text": _visible(text) or _NOTHING}


def _run(text: str, style: str) -> Block:
    return {**words(text), "style": {style: True}}


def paragraph(*runs: Block) -> Block:
    """A literal paragraph with bold words and code, made of `words`, `bold` and `code`."""
    return {"type": "rich_text", "elements": [_line(_fitting(runs, MOST_TEXT))]}


def bullets(items: Sequence[Sequence[Block]]) -> Block:
    """A list, cut visibly to one block; every item is made of `words`, `bold` and `code`."""
    first, *others = bullet_lists(items or [[words(_NOTHING)]], room=MOST_TEXT - _REMARK)
    lines = first["elements"][0]["elements"]
    if others:
        lines.append(_line([words(f"… and {len(items) - len(lines):,} more")]))
    return first


def bullet_lists(items: Sequence[Sequence[Block]], *, room: int = MOST_TEXT) -> list[Block]:
    """The same list whole, in as many blocks as it takes."""
    lists: list[list[Block]] = [[]]
    left = room
    for item in items:
        runs = _fitting(item, MOST_ITEM)
        size = sum(len(run["text"]) for run in runs)
        if size > left:
            lists.append([])
            left = room
        left -= size
        lists[-1].append(_line(runs))
    return [
        {"type": "rich_text", "elements": [{"type": "rich_text_list", "style": "bullet", "elements": lines}]}
        for lines in lists
        if lines
    ]


def _line(runs: Sequence[Block]) -> Block:
    return {"type": "rich_text_section", "elements": list(runs)}


def preformatted(text: str, limit: int = MOST_TEXT) -> Block:
    """A literal block in a fixed-width font; the end goes when it is too long."""
    shown = "\n".join(_visible(line) for line in text.split("\n"))
    if len(shown) > limit:
        kept = limit - _REMARK
        shown = f"{shown[:kept]}\n… and {len(shown) - kept:,} more characters"
    inner = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": shown or _NOTHING}]}
    return {"type": "rich_text", "elements": [inner]}


def _fitting(runs: Sequence[Block], room: int) -> list[Block]:
    fitting: list[Block] = []
    for run in runs:
        if room <= 1:
            break
        cut = {**run, "text": shorten(run["text"], room)}
        room -= len(cut["text"])
        fitting.append(cut)
    return fitting or [words(_NOTHING)]


def context(*lines: str) -> Block:
    """Small print, one literal line each."""
    shown = [line for line in lines if line]
    if len(shown) > MOST_CONTEXT:
        more = f"… and {len(shown) - MOST_CONTEXT + 1} more"
        shown = [*shown[: MOST_CONTEXT - 1], more]
    return {"type": "context", "elements": [plain(line) for line in shown] or [plain(_NOTHING)]}


def by_person(before: str, person: UserId) -> Block:
    """Small print that names a member of the workspace: "Shared by @Ana"."""
    mention = f"<@{re.sub('[^A-Z0-9]', '', person)[:MOST_BUTTON]}>"
    text = {"type": "mrkdwn", "text": f"{escaped(before, MOST_HEADER)} {mention}", "verbatim": True}
    return {"type": "context", "elements": [text]}


def divider() -> Block:
    return {"type": "divider"}


def button(
    label: str,
    *,
    action: str,
    value: str,
    primary: bool = False,
    danger: Block | None = None,
    spoken: str = "",
) -> Block:
    """A button. `value` comes back with the press, untouched, so it is refused rather than cut when it is too long.

    `danger` is the question asked before what cannot be undone, made by `sure`; `spoken` is what screen readers say
    instead of the label.
    """
    if len(value) > MOST_VALUE:
        raise ValueError(f"a button carries at most {MOST_VALUE} characters")
    built: Block = {"type": "button", "text": plain(shorten_middle(clean(label), MOST_BUTTON)), "action_id": action}
    if value:
        built["value"] = value
    if primary:
        built["style"] = "primary"
    if danger is not None:
        built |= {"style": "danger", "confirm": danger}
    if spoken:
        built["accessibility_label"] = shorten(clean(spoken), MOST_BUTTON)
    return built


def sure(title: str, text: str, *, yes: str, no: str = "Cancel") -> Block:
    """A question that Slack asks before it sends the press."""
    return {
        "title": plain(title, 100),
        "text": plain(text, 300),
        "confirm": plain(yes, 30),
        "deny": plain(no, 30),
        "style": "danger",
    }


def actions(*buttons: Block) -> Block:
    return {"type": "actions", "elements": list(buttons[:MOST_ACTIONS])}


def message(text: str, *blocks: Block) -> Message:
    """A message; `text` is the point in one or two sentences, unescaped."""
    shown = list(blocks)
    if len(shown) > MOST_BLOCKS:
        more = len(shown) - MOST_BLOCKS + 1
        shown = [*shown[: MOST_BLOCKS - 1], context(f"… and {more} more parts")]
    return {"text": escaped(text, MOST_FALLBACK) or _NOTHING, "blocks": shown}


def without_data_blocks(message: Message) -> Message:
    """The same message with the numbers of its tables and charts as lists."""
    blocks: list[Block] = []
    for block in message["blocks"]:
        blocks.extend(_as_text(block) if block["type"] in _DATA_BLOCKS else [block])
    return {**message, "blocks": blocks[:MOST_BLOCKS]}


def _as_text(block: Block) -> Iterator[Block]:
    if block["type"] == "data_visualization":
        yield paragraph(bold(block["title"]))
        yield from bullet_lists([[words(line)] for line in _chart_lines(block["chart"])])
        return
    head, *rows = [[_cell_text(cell) for cell in row] for row in block["rows"]]
    yield from bullet_lists(
        [[bold(row[0]), words(": " + ", ".join(_pair(name, text) for name, text in _told(head, row)))] for row in rows]
    )


def _told(head: Sequence[str], row: Sequence[str]) -> list[tuple[str, str]]:
    return [(name, text) for name, text in zip(head[1:], row[1:], strict=False) if text != _NOTHING]


def _pair(name: str, text: str) -> str:
    return f"{name if name[:2].isupper() else name[:1].lower() + name[1:]} {text}"


def _chart_lines(chart: Block) -> Iterator[str]:
    for line in chart["series"]:
        values = ", ".join(f"{point['label']} {point['value']:g}" for point in line["data"])
        yield f"{line['name']}: {values}"


def _cell_text(cell: Mapping[str, Any]) -> str:
    return str(cell.get("text", _NOTHING))
