"""Whether the running day and half hour can still meet the target, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks.sla_rows import medium_words
from bot.domain.figures import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.alerts.readings import Reach
    from bot.domain.sla import Prospect


def outlook_lines(prospects: Sequence[Prospect]) -> list[str]:
    """A line each, as “Today: of the about 120 contacts that usually still come, 96 must be in time”; may be empty."""
    several = len({each.media for each in prospects}) > 1
    lines = []
    for each in prospects:
        said = _verdict(each.reach)
        name = f"{medium_words(each.media)} {each.reach.name}" if several else each.reach.name
        lines += [f"{name[:1].upper()}{name[1:]}: {said}"] if said else []
    return lines


def _verdict(reach: Reach) -> str:
    """Empty where there is nothing to meet, or nothing is known beyond what the share says."""
    expected = reach.expected
    if expected is None:
        if reach.lost:
            return "already lost"
        return f"the next {_contacts(reach.needed)} must all be in time" if reach.needed else ""
    if not expected and not reach.rated:
        return ""
    if not expected:
        return f"already {'safe' if reach.safe else 'lost'}, usually nobody comes any more"
    usual = f"the about {_contacts(expected)} that usually still {'comes' if expected == 1 else 'come'}"
    if reach.safe:
        return f"already safe, even if {usual} {'is' if expected == 1 else 'are all'} late"
    if reach.lost:
        return f"already lost, even if {usual} {'is' if expected == 1 else 'are all'} in time"
    if reach.needed == expected:
        return f"{usual} must {'' if expected == 1 else 'all '}be in time"
    return f"of {usual}, {count(reach.needed or 0)} must be in time"


def _contacts(number: int | None) -> str:
    return f"{count(number or 0)} contact{'' if number == 1 else 's'}"
