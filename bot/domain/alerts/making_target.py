"""Whether a running day or half hour can still meet its target: whole numbers, so that the sentence is true."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from bot.domain.alerts.readings import Reach
from bot.domain.figures import promised

if TYPE_CHECKING:
    from fractions import Fraction

    from bot.domain.queues import Target


def reach(*, name: str, target: Target, within: int, rated: int, expected: int | None) -> Reach:
    """What `within` of `rated` so far, and `expected` contacts that are still to come, leave of `target`.

    - Known to come: `safe` when the target is met with all of them late, `lost` when it is missed with all of them in
      time, else `needed` of them must be in time, at least one.
    - Not known (`expected` is None): `needed` is the smallest number of which it holds that if the very next so many
      are all in time, the target is met at that moment. Zero: it is met now, which is not safe. `lost` only where no
      number would do: a target of everything, and one was missed.

    With nothing rated and nothing to come there is nothing to meet: neither safe nor lost, and zero needed. More in
    time than rated (in a short stretch a contact may be answered that was offered before it) counts as all. Raises
    ValueError for numbers below zero.
    """
    if min(within, rated, expected or 0) < 0:
        raise ValueError("contacts are counted from zero")
    share, met = promised(target), min(within, rated)
    if expected is None:
        safe, lost, needed = False, *_of_the_next(share, met, rated)
    else:
        safe, lost, needed = _of_the_expected(share, met, rated, expected)
    return Reach(
        name=name,
        target=target,
        within=met,
        rated=rated,
        expected=expected,
        safe=safe,
        lost=lost,
        needed=needed,
    )


def _of_the_next(share: Fraction, met: int, rated: int) -> tuple[bool, int | None]:
    behind = share * rated - met
    if behind <= 0:
        return False, 0
    if share >= 1:
        return True, None
    # met + k >= share (rated + k), as each contact in time adds itself to both sides.
    return False, ceil(behind / (1 - share))


def _of_the_expected(share: Fraction, met: int, rated: int, expected: int) -> tuple[bool, bool, int | None]:
    if not rated + expected:
        return False, False, 0
    needed = ceil(share * (rated + expected)) - met
    if needed <= 0:
        return True, False, None
    if needed > expected:
        return False, True, None
    return False, False, needed
