"""The windows "New Rule" and "Edit Rule"; what is entered becomes words of the command, which one grammar reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import forms, kit
from bot.blocks.alerts.actions import BACKTEST, REMOVE
from bot.blocks.alerts.entered import (
    CHANNEL,
    COMPARE,
    EDIT,
    HOURS,
    LIMIT,
    MEASURE,
    MENTION,
    NEW,
    PENDING,
    QUEUES,
    SEVERITY,
    THRESHOLD,
    WINDOW,
    WORSE,
    Entered,
    Given,
    read_form,
)
from bot.blocks.digests.form import queue_field
from bot.blocks.mentions import place, small_print
from bot.domain.alerts.measures import MEASURES

if TYPE_CHECKING:
    from bot.blocks.kit import Block
    from bot.domain.ids import ChannelId

__all__ = [
    "CHANNEL",
    "COMPARE",
    "EDIT",
    "HOURS",
    "LIMIT",
    "MEASURE",
    "MENTION",
    "NEW",
    "PENDING",
    "QUEUES",
    "SEVERITY",
    "THRESHOLD",
    "WINDOW",
    "WORSE",
    "Entered",
    "Given",
    "read_form",
    "rule_form",
    "saved_view",
]

_UNUSUAL = (
    ("unusual default", "Unusual for this hour of the week"),
    ("unusual quiet", "Unusual, only the worst"),
    ("unusual sensitive", "Unusual, earlier and more often"),
)
_COMPARISONS = (
    (WORSE, "is worse than"),
    ("<", "is under"),
    ("<=", "is at most"),
    (">", "is over"),
    (">=", "is at least"),
)
_SEVERITIES = (("warning", "Warning"), ("critical", "Critical: also in quiet hours, and escalates"))


def rule_form(
    given: Given, *, title: str = "New Rule", metadata: str = "", callback_id: str = "", remove: str = ""
) -> Block:
    """The modal. `read_form` reads what comes back in its state. The callback id is `NEW` unless told otherwise; an
    edit asks for no channel. `remove` is a rule's id: the value of a Remove button. Back-Test has the action id
    `actions.BACKTEST`.
    """
    callback_id = callback_id or (NEW if title == "New Rule" else EDIT)
    blocks: list[Block] = []
    if callback_id == NEW:
        menu = forms.channel_menu(CHANNEL, "Choose a channel", chosen=given.channel or "", here=True)
        blocks.append(forms.field(CHANNEL, "Channel", menu))
    blocks.append(queue_field(QUEUES, "Queues", given.queues, "Left empty: every queue, each judged alone."))
    if given.more:
        blocks.append(kit.section(f"True when: {kit.clean(given.more)}\nThis is changed by command."))
    else:
        blocks += _condition(given)
    blocks += _terms(given, new=callback_id == NEW)
    spoken = "Back-test: when it would have fired in the last weeks"
    buttons = [kit.button("Back-Test", action=BACKTEST, value="", spoken=spoken)]
    if remove:
        ask = kit.sure("Remove this rule?", "It watches no more. What is open is over.", yes="Remove")
        buttons.append(kit.button("Remove", action=REMOVE, value=remove, danger=ask))
    return forms.modal(
        title,
        [*blocks, kit.actions(*buttons)],
        callback_id=callback_id,
        submit="Create Rule" if callback_id == NEW else "Save",
        close="Cancel",
        metadata=metadata,
    )


def _condition(given: Given) -> list[Block]:
    sla = next(measure for measure in MEASURES if measure.threshold)
    measures = [
        forms.option(sla.title, sla.words[0]),
        *(forms.option(said, word) for word, said in _UNUSUAL),
        *(
            forms.option(measure.title, measure.words[0], "This minute" if measure.live else "")
            for measure in sorted(MEASURES, key=lambda measure: not measure.live)
            if measure is not sla
        ),
    ]
    if given.measure not in {option["value"] for option in measures}:
        measures.append(forms.option(given.measure, given.measure))
    return [
        forms.field(MEASURE, "What is watched", _menu(MEASURE, measures, given.measure)),
        forms.field(
            COMPARE,
            "True when it",
            _menu(COMPARE, [forms.option(said, sign) for sign, said in _COMPARISONS], given.compare),
            optional=True,
            hint="This and the limit are not asked for where “unusual” is watched.",
        ),
        forms.field(
            LIMIT,
            "Limit",
            forms.line(LIMIT, "80%", most=30, filled=given.limit),
            optional=True,
            hint="A share such as 80%, a number such as 10, or a time such as 5m.",
        ),
        forms.field(
            THRESHOLD,
            "Answered within",
            forms.line(THRESHOLD, "30s", most=30, filled=given.threshold),
            optional=True,
            hint="Only of a service level. Left empty: each queue's own target.",
        ),
    ]


def _terms(given: Given, *, new: bool) -> list[Block]:
    return [
        forms.field(
            PENDING,
            "Told when it has held for",
            forms.line(PENDING, "10m", most=30, filled=given.pending),
            optional=True,
            hint=f"0m tells at once. Left empty: {'as is usual for what is watched' if new else 'as it was'}.",
        ),
        forms.field(
            WINDOW,
            "Looked at over the last",
            forms.line(WINDOW, "30m", most=30, filled=given.window),
            optional=True,
            hint="In quarter hours; not of what is seen this minute. Left empty: 30m.",
        ),
        forms.field(
            SEVERITY,
            "Severity",
            _menu(SEVERITY, [forms.option(said, word) for word, said in _SEVERITIES], given.severity),
        ),
        forms.field(
            HOURS,
            "Opening hours",
            forms.line(HOURS, "08:00-18:00 weekdays", most=60, filled=given.hours),
            optional=True,
            hint="Outside them nothing is judged. Left empty: always.",
        ),
        forms.field(
            MENTION,
            "Who is mentioned",
            _people(given),
            optional=True,
            hint="In the first message. User groups are mentioned by command.",
        ),
    ]


def _menu(action: str, options: list[Block], chosen: str) -> Block:
    return forms.menu(
        action, options, chosen=next((option for option in options if option["value"] == chosen), options[0])
    )


def _people(given: Given) -> Block:
    built: Block = {
        "type": "multi_users_select",
        "action_id": MENTION,
        "placeholder": kit.plain("Choose people", forms.MOST_PLACEHOLDER),
    }
    if given.mention:
        built["initial_users"] = list(given.mention)
    return built


def saved_view(text: str, *, title: str, channel: ChannelId) -> Block:
    """What was saved, in place of the form: a sentence such as an answer's, without markup."""
    return forms.modal(title, [kit.section(text), small_print("In ", place(channel))], close="Done")
