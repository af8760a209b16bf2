"""What a channel, or a person, has set for all questions asked there: as a message, and as a form to change it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.blocks import forms, kit
from bot.blocks.ask_form import QUEUE_SEARCH
from bot.blocks.digests.form import QueueChoice, queue_field
from bot.blocks.wording import several
from bot.domain.figures import duration
from bot.domain.questions import Formula

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.blocks.kit import Block, Message
    from bot.domain.places import PlaceSettings

CALLBACK = "place_settings"
EDIT_SETTINGS = "settings_edit"
"""The button that opens the form; its value is whatever the message was given."""

ZONE = "zone"
QUEUES = "usual_queues"
WITHIN = "within"
FORMULA = "formula"
LIMITED = "limited"
LIMIT = "limit"
"""The block ids; action ids are the same, but `QUEUE_SEARCH` for queues."""

ANY_FORMULA = "unset"
ALL_QUEUES, ONLY_THESE = "all", "only"

_FORMULAS = (
    (ANY_FORMULA, "Not set (as Genesys counts)"),
    (Formula.GENESYS.value, "As Genesys counts"),
    (Formula.ANSWERED.value, "Of answered"),
    (Formula.OFFERED.value, "Of offered"),
)
OWN = "Your settings, used wherever a channel has set none"
_MOST_NAMES = 500
_DAMAGED = (
    "🔴 What was set here cannot be read, so that no queue is shown until somebody who may set limits says anew which "
    "queues may be seen: type settings limit all, or settings limit and their names."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteredSettings:
    """What a person entered. None: the form had no such field, so that it stays as it is."""

    zone: str
    """As typed; empty: none is set. So are the others."""
    queues: tuple[str, ...] | None
    """Ids of queues and patterns."""
    threshold: str
    formula: Formula | None
    may_limit: bool
    """Whether the form had the fields of the limit."""
    limit: tuple[str, ...] | None
    """None with `may_limit`: every queue may be seen. Empty: a limit to nothing, which is refused at `LIMIT`."""


def settings_form(
    settings: PlaceSettings,
    *,
    may_limit: bool,
    place_name: str,
    own: bool = False,
    queues: Sequence[QueueChoice] = (),
    limit: Sequence[QueueChoice] = (),
    metadata: str = "",
) -> Block:
    """The modal; `queues` and `limit` are those set, each with its name. `read_settings` reads what comes back.

    `own` as in `settings_message`. Without `may_limit` the limit is told, but not asked for.
    """
    formulas = [forms.option(said, value) for value, said in _FORMULAS]
    wanted = settings.formula.value if settings.formula else ANY_FORMULA
    blocks: list[Block] = [
        kit.section(f"{OWN}." if own else f"What holds for {_named(place_name)} when a question says nothing else."),
        forms.field(
            ZONE,
            "Time zone",
            forms.line(ZONE, "Europe/London", most=64, filled=settings.zone.key if settings.zone else ""),
            optional=True,
            hint="Region and city. Left empty: the asker's own.",
        ),
        queue_field(QUEUES, "Usual queues", queues, "Meant where a question names none."),
        forms.field(
            WITHIN,
            "Answered within",
            forms.line(WITHIN, "30s", most=30, filled=duration(settings.threshold) if settings.threshold else ""),
            optional=True,
            hint="For example 30s. Left empty: each queue's own target.",
        ),
        forms.field(
            FORMULA,
            "Formula",
            forms.menu(FORMULA, formulas, chosen=next(one for one in formulas if one["value"] == wanted)),
        ),
    ]
    if may_limit:
        blocks += _limit_fields(settings, limit)
    elif settings.limit is not None:
        blocks.append(kit.section(f"Only these queues may be seen here: {_names([name for _, name in limit])}"))
    return forms.modal("Settings", blocks, callback_id=CALLBACK, submit="Save", close="Cancel", metadata=metadata)


def read_settings(values: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> EnteredSettings:
    """`state.values` of the submission."""
    formula = next(iter(forms.chosen_values(values, FORMULA, FORMULA)), ANY_FORMULA)
    limited = next(iter(forms.chosen_values(values, LIMITED, LIMITED)), ALL_QUEUES)
    return EnteredSettings(
        zone=forms.entered(values, ZONE, ZONE),
        queues=forms.chosen_values(values, QUEUES, QUEUE_SEARCH) if QUEUES in values else None,
        threshold=forms.entered(values, WITHIN, WITHIN),
        formula=None if formula == ANY_FORMULA else Formula(formula),
        may_limit=LIMITED in values,
        limit=forms.chosen_values(values, LIMIT, QUEUE_SEARCH) if limited == ONLY_THESE else None,
    )


def settings_message(
    settings: PlaceSettings,
    *,
    place_name: str,
    own: bool = False,
    queues: Sequence[str] = (),
    limit: Sequence[str] = (),
    value: str = "",
    may_change: bool = True,
    before: Sequence[tuple[str, str]] = (),
    hidden: Sequence[int] = (),
    command: str = "/digest",
) -> Message:
    """What `/digest settings` answers; `queues` and `limit` are the names of those set.

    `own` settings are a person's, and hold in channels as well, which only channels limit.
    `before` are the `settings_lines` of before a change: what differs comes first.
    `hidden` are the numbers of active digests that show a queue which may not be seen here.

    The button has the action id `EDIT_SETTINGS` and `value`.
    """
    told = settings_lines(settings, queues=queues, limit=limit, own=own)
    changed = [f"{name} {was} → {now}" for (name, was), (_, now) in zip(before, told, strict=False) if was != now]
    head = OWN if own else f"Settings of {_named(place_name)}"
    damaged = [kit.section(_DAMAGED)] if settings.damaged else []
    return kit.message(
        f"{head}: time zone {told[0][1]}, usual queues {told[1][1]}",
        kit.header(head),
        *([kit.section(f"Changed: {'; '.join(changed)}")] if changed else []),
        *damaged,
        *([kit.section(_kept_back(hidden, command))] if hidden else []),
        kit.bullets([[kit.bold(f"{name}: "), kit.words(what)] for name, what in told]),
        *([kit.actions(kit.button("Change Settings", action=EDIT_SETTINGS, value=value))] if may_change else []),
    )


def settings_lines(
    settings: PlaceSettings, *, queues: Sequence[str] = (), limit: Sequence[str] = (), own: bool = False
) -> list[tuple[str, str]]:
    """What each setting is called, and what it is; the arguments as in `settings_message`."""
    formula = dict(_FORMULAS)[settings.formula.value if settings.formula else ANY_FORMULA]
    told = [
        ("Time zone", settings.zone.key if settings.zone else "not set (the asker's own)"),
        ("Usual queues", _names(queues) if settings.queues else "not set (every queue)"),
        ("Answered within", duration(settings.threshold) if settings.threshold else "each queue's own target"),
        ("Formula", f"{formula[:1].lower()}{formula[1:]}"),
    ]
    if not own:
        told.append(("Queues that may be seen here", _names(limit) if settings.limit is not None else "all"))
    return told


def _kept_back(numbers: Sequence[int], command: str) -> str:
    if len(numbers) == 1:
        said = f"Digest {numbers[0]} shows a queue that may not be seen here, and is not sent until somebody edits it"
    else:
        which = several([str(number) for number in numbers], len(numbers))
        said = f"Digests {which} show queues that may not be seen here, and are not sent until somebody edits them"
    return f"🔴 {said}: {kit.clean(f'{command} edit {numbers[0]}')}"


def _limit_fields(settings: PlaceSettings, limit: Sequence[QueueChoice]) -> list[Block]:
    options = [forms.option("All queues", ALL_QUEUES), forms.option("Only those below", ONLY_THESE)]
    chosen = options[settings.limit is not None]
    return [
        forms.field(LIMITED, "Queues that may be seen here", forms.menu(LIMITED, options, chosen=chosen)),
        queue_field(LIMIT, "Only these", limit, "Commands, digests and files here show no other queue."),
    ]


def _named(place_name: str) -> str:
    return kit.shorten_middle(kit.clean(place_name), 80) or "this channel"


def _names(names: Sequence[str]) -> str:
    return kit.shorten(", ".join(kit.clean(name) or "(unnamed queue)" for name in names), _MOST_NAMES) or "none"
