"""Rules and digests as a YAML file of commands, and how it differs from what there is.

    version: 1
    workspaces:
      T0123ABCD:
        C0456EFGH:
          alerts:
          - number: 1
            owner: U0789IJKL
            rule: billing sla < 80% Europe/London
          digests:
          - number: 2
            owner: U0789IJKL
            digest: billing weekdays 07:45 Europe/London

A channel that is not in the file stays as it is, and so do the alerts or digests of one that has no such heading. What
has a number is the rule or digest of that number; what has none, or one that is not there, is the one that says the
same, else a new one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from bot.commands.alerts.text import rule_text
from bot.commands.digests.command import order_text
from bot.domain.alerts.rules import Rule
from bot.domain.rule_file import Step, Turn, Wish

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.domain.rule_file import Kept, Wanted
    from bot.domain.subscriptions import Subscription

VERSION = 1
_HEAD = """\
# Alerts and digests of sla-bot, by workspace and channel, each as the text behind /alert add or /digest add.
# “sla-bot rules apply FILE” shows what it would change, and changes it with --yes. Channels that are not here stay
# as they are. Leave the number out for something new; take an entry out and it is removed. A text that begins
# with a quote, or has a colon or a number sign in it, stands in single quotes.
"""
_ESCAPED = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def rules_yaml(kept: Iterable[Kept]) -> str:
    """The text of a file that, applied at once, changes nothing. Channels without anything are left out."""
    workspaces: dict[str, dict[str, Any]] = {}
    for place in kept:
        if not place.rules and not place.digests:
            continue
        channel: dict[str, Any] = {}
        if place.rules:
            channel["alerts"] = [_entry(one, "rule") for one in place.rules]
        if place.digests:
            channel["digests"] = [_entry(one, "digest") for one in place.digests]
        workspaces.setdefault(str(place.team), {})[str(place.channel)] = channel
    content = {"version": VERSION, "workspaces": workspaces}
    return _HEAD + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=10_000)


def text_of(one: Rule | Subscription) -> str:
    """The command's text, with its zone, as it reads back where nothing is set."""
    return rule_text(one.terms) if isinstance(one, Rule) else order_text(one.order)


def differences(wanted: Iterable[Wanted], kept: Iterable[Kept]) -> tuple[Step, ...]:
    """What has to be done, in the order of the file: of each channel what is changed and added, then what goes."""
    there = {(place.team, place.channel): place for place in kept}
    steps: list[Step] = []
    for place in wanted:
        known = there.get((place.team, place.channel))
        if place.rules is not None:
            steps += _steps(place, place.rules, known.rules if known else ())
        if place.digests is not None:
            steps += _steps(place, place.digests, known.digests if known else ())
    return tuple(steps)


def step_line(step: Step, kind: str) -> str:
    """One line of a diff: `~ T1/C1 alert 2: billing waiting > 10 → billing waiting > 12`."""
    number = f" {step.seen.number}" if step.seen else ""
    place = f"{step.turn.value} {step.team}/{step.channel} {kind}{number}: "
    if step.wish is None:
        return _shown(f"{place}{step.before}")
    owner = f" ({step.wish.owner})"
    if step.seen is None:
        return _shown(f"{place}{step.wish.text}{owner}")
    said = step.before if step.before == step.wish.text else f"{step.before} → {step.wish.text}"
    handed = f" ({step.seen.owner} → {step.wish.owner})" if step.seen.owner != step.wish.owner else ""
    return _shown(f"{place}{said}{handed}")


class _Known(NamedTuple):
    one: Rule | Subscription
    text: str


def _entry(one: Rule | Subscription, key: str) -> dict[str, Any]:
    return {"number": one.number, "owner": str(one.owner), key: text_of(one)}


def _steps(place: Wanted, wishes: Sequence[Wish], known: Sequence[Rule | Subscription]) -> Iterator[Step]:
    left = {one.number: _Known(one, text_of(one)) for one in known}
    matched: dict[int, _Known] = {}
    for at, wish in enumerate(wishes):
        if wish.number is not None and wish.number in left:
            matched[at] = left.pop(wish.number)
    for at, wish in enumerate(wishes):
        if at not in matched and (same := next((one for one in left.values() if _same(wish, one)), None)):
            matched[at] = left.pop(same.one.number)
    for at, wish in enumerate(wishes):
        found = matched.get(at)
        if found is None:
            yield Step(turn=Turn.ADDED, team=place.team, channel=place.channel, wish=wish)
        elif not _same(wish, found) or wish.owner != found.one.owner:
            yield Step(
                turn=Turn.CHANGED,
                team=place.team,
                channel=place.channel,
                seen=found.one,
                wish=wish,
                before=found.text,
            )
    for gone in left.values():
        yield Step(turn=Turn.REMOVED, team=place.team, channel=place.channel, seen=gone.one, before=gone.text)


def _same(wish: Wish, known: _Known) -> bool:
    """By its text first: what cannot be written to the last digit must not change by being written."""
    terms = known.one.terms if isinstance(known.one, Rule) else known.one.order
    return known.text == wish.text or terms == wish.terms


def _shown(text: str) -> str:
    return _ESCAPED.sub("�", text)
