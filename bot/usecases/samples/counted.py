"""From what Genesys counted to samples, and from samples to what a query asks for. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.alerts.samples import Place, Sample
from bot.domain.questions import Formula
from bot.domain.sla import Counts
from bot.genesys.tallies import NO_TIMES, Tally

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.ids import QueueId
    from bot.domain.sla import Switches
    from bot.genesys.fetching import Held


def samples_of(held: Mapping[QueueId, Held]) -> list[Sample]:
    """Of answers of `Quarters.held`."""
    return [
        Sample(
            place=Place(queue, where.media),
            start=where.slice.start,
            offered=tally.offered,
            answered=tally.answered,
            abandoned=tally.abandoned,
            short_abandoned=tally.short_abandoned,
            flow_out=tally.flow_out,
            over_target=tally.over_sla,
            within=tally.within,
            times=tally.times,
        )
        for queue, one in held.items()
        for where, tally in one.tallies.items()
    ]


def tally_of(sample: Sample, *, times: bool) -> Tally:
    """What Genesys would have said of that quarter hour, without its own service level."""
    return Tally(
        offered=sample.offered,
        answered=sample.answered,
        abandoned=sample.abandoned,
        short_abandoned=sample.short_abandoned,
        flow_out=sample.flow_out,
        over_sla=sample.over_target,
        within=sample.within,
        times=sample.times if times else NO_TIMES,
    )


def rated_of(sample: Sample, switches: Switches) -> int:
    """What the organisation's service level divides by."""
    counts = Counts(
        offered=sample.offered,
        answered=sample.answered,
        abandoned=sample.abandoned,
        short_abandoned=sample.short_abandoned,
        flow_out=sample.flow_out,
    )
    return counts.denominator(Formula.GENESYS, switches)
