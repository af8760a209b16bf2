"""What can be pressed on an alert: action ids, the values that come back, and who may still press."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from bot.blocks import forms, kit
from bot.domain.alerts.states import BulletinId

if TYPE_CHECKING:
    from bot.blocks.kit import Block
    from bot.domain.alerts.states import Bulletin

ACKNOWLEDGE = "alert_acknowledge"
"""This and `DETAILS` carry a bulletin's id."""
DETAILS = "alert_details"
SNOOZE = "alert_snooze"
"""A menu; its chosen option carries a `SnoozeChoice` and a bulletin, see `read_choice`."""
MORE = "alert_more"
"""An overflow menu; its chosen option carries a `MoreChoice` and a bulletin, see `read_choice`."""

NEW = "alert_open_new"
"""Opens the form; no value."""
EDIT = "alert_open_edit"
"""This and the following carry a rule's id."""
TEST = "alert_test"
MUTE = "alert_mute"
"""For an hour, as `/alert mute` without a time."""
UNMUTE = "alert_unmute"
REMOVE = "alert_remove"
CONFIRM = "alert_confirm"
RESUME = "alert_resume"
"""Of a rule that trouble has stopped."""
REMOVE_DAMAGED = "alert_remove_damaged"
"""Carries the channel and the rule, as "C1:id"."""
STARTER = "alert_starter"
"""Adds the starter rules; no value."""
HANDOVER = "alert_handover"
"""Writes the handover of the last eight hours; no value."""
SHARE_HANDOVER = "alert_handover_share"
"""Carries the start of the period, ISO 8601 in UTC."""
BACKTEST = "alert_form_backtest"
"""Of the form: the view's state has what was entered so far."""


class SnoozeChoice(StrEnum):
    QUARTER = "15m"
    HOUR = "1h"
    OPENING = "opening"
    """Until each queue opens tomorrow."""


class MoreChoice(StrEnum):
    NOT_USEFUL = "not_useful"
    NORMAL = "normal"
    """“This is normal now”; only on what is unusual."""
    EXPECTED = "expected"


def read_choice(value: str) -> tuple[str, BulletinId]:
    """The word of a `SnoozeChoice` or a `MoreChoice`, and the bulletin it was chosen on, from an option's value.

    The word may be one that neither knows: values come from outside.
    """
    choice, _, bulletin = value.partition(":")
    return choice, BulletinId(bulletin)


def bulletin_actions(bulletin: Bulletin, *, acknowledged: bool = False, unusual: bool = False) -> Block:
    """The buttons of a message that is not over. `unusual`: it tells of what has a usual range.

    The block's id moves with the revision, so that a menu forgets what was chosen in it, and a press on an old copy is
    known as one: "alert:<bulletin>:<revision>".
    """
    key = bulletin.id
    snooze = forms.menu(
        SNOOZE,
        [
            forms.option("For 15 minutes", f"{SnoozeChoice.QUARTER}:{key}"),
            forms.option("For 1 hour", f"{SnoozeChoice.HOUR}:{key}"),
            forms.option("Until tomorrow’s opening", f"{SnoozeChoice.OPENING}:{key}"),
        ],
    )
    snooze["placeholder"] = kit.plain("Snooze")
    more = [
        forms.option("Not useful", f"{MoreChoice.NOT_USEFUL}:{key}"),
        *([forms.option("This is normal now", f"{MoreChoice.NORMAL}:{key}")] if unusual else []),
        forms.option("Expected today", f"{MoreChoice.EXPECTED}:{key}"),
    ]
    take = [] if acknowledged else [kit.button("Acknowledge", action=ACKNOWLEDGE, value=key, primary=True)]
    built = kit.actions(
        *take,
        snooze,
        kit.button("Details", action=DETAILS, value=key),
        {"type": "overflow", "action_id": MORE, "options": more},
    )
    built["block_id"] = f"alert:{key}:{bulletin.revision}"
    return built


def over_actions(bulletin: Bulletin) -> Block:
    """What is left when all is over: how it was."""
    built = kit.actions(kit.button("Details", action=DETAILS, value=bulletin.id))
    built["block_id"] = f"alert:{bulletin.id}:{bulletin.revision}"
    return built
