"""What the listeners of alerts work with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.usecases.alerts.courses import Courses
    from bot.usecases.alerts.handing_over import HandingOver
    from bot.usecases.alerts.holidays import Holidays
    from bot.usecases.alerts.openings import Openings
    from bot.usecases.alerts.pressing import Pressing
    from bot.usecases.alerts.rule_entries import RuleEntries
    from bot.usecases.alerts.rule_owners import RuleOwners
    from bot.usecases.alerts.ruling import Ruling
    from bot.usecases.alerts.trials import Trials


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertDesk:
    """One for the bot."""

    ruling: Ruling
    entries: RuleEntries
    owners: RuleOwners
    pressing: Pressing
    trials: Trials
    openings: Openings
    courses: Courses
    handing_over: HandingOver
    holidays: Holidays
