"""The windows "New Alert" and "Edit Alert"; what is entered becomes words of the command, so that one grammar reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.blocks import forms, kit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.blocks.alerts.entry import Replay
    from bot.blocks.digests.form import QueueChoice
    from bot.blocks.kit import Block
    from bot.domain.alerts.rules import Terms
    from bot.domain.ids import ChannelId, UserId

NEW = "alert_new"
EDIT = "alert_edit"
"""The callback ids."""

CHANNEL = "channel"
QUEUES = "queues"
MEASURE = "measure"
COMPARE = "compare"
LIMIT = "limit"
THRESHOLD = "threshold"
PENDING = "pending"
WINDOW = "window"
SEVERITY = "severity"
HOURS = "hours"
MENTION = "mention"
"""The block ids, under which `refused` shows a sentence; action ids are the same, but `QUEUE_SEARCH` for the queues."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What stands in the fields when the form opens; texts as they are typed in the command."""

    channel: ChannelId | None = None
    queues: Sequence[QueueChoice] = ()
    """Empty: every queue."""
    measure: str = "sla"
    """A measure's word, or `unusual quiet`, `unusual default`, `unusual sensitive`."""
    compare: str = "<"
    limit: str = ""
    threshold: str = ""
    pending: str = "10m"
    window: str = ""
    severity: str = "warning"
    hours: str = ""
    mention: Sequence[UserId] = ()
    kept: str = ""
    """Words of the command that the form has no field for, and that stay as they are."""
    more: str = ""
    """What the form cannot show, in words: it is told, and changed by command."""

    @classmethod
    def of(cls, terms: Terms, queues: Sequence[QueueChoice], channel: ChannelId | None = None) -> Given:
        """What stands in the fields for a rule that is there."""
        return cls(channel=channel, queues=queues)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What a person entered: the text behind `/alert add`, or `/alert edit N`, and which field each word came from."""

    channel: ChannelId | None
    """None: the form had no such field, or it was left empty."""
    pieces: Mapping[str, str]
    """Block id to words, in the order of the command; fields that are empty or not there are missing."""

    @property
    def text(self) -> str:
        """As `"q-1","q-2" sla 30s < 80% for 10m critical`, to be read by `read_alert` behind `add ` or `edit N `."""
        return " ".join(self.pieces.values())

    def field_of(self, word: str) -> str:
        """The block id under which it is said that `word` cannot be read; the measure where it is in none."""
        return MEASURE


def rule_form(
    given: Given, *, title: str = "New Alert", metadata: str = "", callback_id: str = "", remove: str = ""
) -> Block:
    """The modal. `read_form` reads what comes back in its state. The callback id is `NEW` unless told otherwise; an
    edit asks for no channel. `remove` is a rule's id: the value of a Remove button.
    """
    return forms.modal(title, [kit.section(title)], callback_id=callback_id or NEW, metadata=metadata)


def read_form(values: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Entered:
    """`state.values` of a submission, or of a press of Back-Test, where fields may still be empty."""
    return Entered(channel=None, pieces={})


def replay_view(replay: Replay, title: str, *, now: datetime, zone: ZoneInfo) -> Block:
    """A back-test in a window over the form: the sentence, then date, queue, duration and worst value of each."""
    return forms.modal("Back-Test", [kit.section(title)], close="Back")


def saved_view(text: str, *, title: str, channel: ChannelId) -> Block:
    """What was saved, in place of the form: a sentence such as an answer's `text`."""
    return forms.modal(title, [kit.section(text)], close="Done")
