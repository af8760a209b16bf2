"""The lines of a digest: counts against the target, the step before and what is usual. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from bot.domain.amounts import Spells
from bot.domain.digest import HARDLY_ANY, DigestLine, Worst
from bot.domain.figures import exact, meets
from bot.domain.ids import QueueId
from bot.domain.queues import Media
from bot.domain.sla import Share
from bot.usecases.sla_report import FEW, Lines, added

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.domain.period import Bucket
    from bot.domain.questions import SlaQuestion
    from bot.domain.queues import Queue
    from bot.domain.sla import SlaRow, Switches
    from bot.genesys.tallies import Tally, TallyKey

LEAST_STEPS = 2
"""With contacts: what happened once is not usual."""

LineKey: TypeAlias = tuple[QueueId, Media]
NEVER = datetime.min.replace(tzinfo=UTC)


class Cell(NamedTuple):
    """What happened in one bucket."""

    bucket: Bucket
    row: SlaRow


class Stretch:
    """What happened in one period, by queue and medium."""

    def __init__(
        self,
        question: SlaQuestion,
        queues: Sequence[Queue],
        switches: Switches,
        tallies: Mapping[TallyKey, Tally],
    ) -> None:
        self.lines = Lines(question, queues, switches, tallies)
        self.rows: dict[LineKey, SlaRow] = {
            (row.queue.id, row.media): row for row in self.lines.by_queue() if row.queue and row.media
        }
        self.handled: defaultdict[LineKey, Spells] = defaultdict(Spells)
        for key, tally in tallies.items():
            self.handled[key.queue, key.media] += tally.times.handled

    def cells(self, expected: Iterable[Bucket]) -> Mapping[LineKey, Sequence[Cell]]:
        """The buckets of each line in which something happened, in time order."""
        found: defaultdict[LineKey, list[Cell]] = defaultdict(list)
        inside = {bucket.start: bucket for bucket in expected}
        for key, row in sorted(self.lines.cells, key=lambda cell: cell[0].bucket_start or NEVER):
            if key.bucket_start is not None and not row.counts.silent:
                found[key.queue, key.media].append(Cell(inside[key.bucket_start], row))
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The steps before, latest first."""

    steps: Sequence[Stretch]
    usual: bool
    """Whether they tell what is usual, or only what was before."""

    def before(self, keys: Iterable[LineKey]) -> Share | None:
        """One step earlier, all the lines together; None with nothing to divide by."""
        rows = self.steps[0].rows if self.steps else {}
        return _pooled(rows[key] for key in keys if key in rows)

    def share(self, key: LineKey) -> Share | None:
        """Summed over the steps; None with less than `LEAST_STEPS` that had contacts."""
        rows = [step.rows[key] for step in self.steps if key in step.rows] if self.usual else []
        rated = [row for row in rows if row.share is not None and row.share.denominator > 0]
        return _pooled(rated) if len(rated) >= LEAST_STEPS else None

    def offered(self, keys: Iterable[LineKey]) -> float | None:
        """Per step, over the steps that had any; of several lines the sum."""
        keys = frozenset(keys)
        sums = (sum(step.rows[key].counts.offered for key in keys & step.rows.keys()) for step in self.steps)
        some = [offered for offered in sums if offered] if self.usual else []
        return sum(some) / len(some) if some else None

    def aht(self, keys: Iterable[LineKey]) -> timedelta | None:
        """Over all the steps."""
        return mean([step.handled[key] for key in keys for step in self.steps if self.usual])


def line_of(row: SlaRow, key: LineKey, now: Stretch, past: Past, cells: Sequence[Cell]) -> DigestLine:
    """The line of one queue and medium."""
    usual = past.share(key)
    line = DigestLine(
        queue=row.queue,
        media=row.media,
        threshold=row.threshold,
        target=row.target,
        counts=row.counts,
        share=row.share,
        before=past.before([key]),
        usual=usual,
        excess=missed_beyond(row.share, usual.value) if row.share and usual and usual.value is not None else None,
        aht=mean([now.handled[key]]),
        usual_aht=past.aht([key]),
        usual_offered=past.offered([key]),
    )
    return replace(line, worst=worst_of(cells, line))


def total_of(lines: Sequence[DigestLine], now: Stretch, past: Past, *, callbacks: bool) -> DigestLine:
    """The lines together, without the worst of them. `callbacks`: there is nothing else, so that they count."""
    rows = [row for key, row in now.rows.items() if callbacks or key[1] is not Media.CALLBACK]
    whole = added(rows)
    # What was before counts with the queues and media in which nothing happened this time.
    known = {key for stretch in (now, *past.steps) for key in stretch.rows}
    every = {key for key in known if callbacks or key[1] is not Media.CALLBACK}
    timed = every if len({media for _, media in every}) == 1 else set[LineKey]()
    excesses = [line.excess for line in lines if line.excess is not None]
    usual, rate = _weighted(lines)
    return DigestLine(
        threshold=whole.threshold,
        counts=whole.counts,
        share=whole.share,
        before=past.before(every),
        usual=usual,
        usual_rate=rate,
        excess=sum(excesses) if excesses else None,
        aht=mean(now.handled[key] for key in timed),
        usual_aht=past.aht(timed),
        usual_offered=past.offered(every),
    )


def missed_beyond(share: Share, rate: float) -> float:
    """Contacts missed beyond those that this rate (0 to 1) lets expect: (D - W) - D * (1 - rate)."""
    return share.denominator * rate - share.within


def worst_of(cells: Iterable[Cell], line: DigestLine) -> Worst | None:
    """The first of the buckets with most contacts missed beyond the target, or beyond the line's own share.

    Of a line that keeps its promise, one missed contact of three at night is nothing to show.
    """
    kept = line.promised is not None and line.share is not None and meets(line.share, line.promised) is not False
    rate = line.promised.share if line.promised else line.share.value if line.share else None
    if rate is None:
        return None
    worst: Worst | None = None
    most = 0.0
    for bucket, row in cells:
        if row.share is None or row.share.denominator <= row.share.within:
            continue
        if kept and row.share.denominator < HARDLY_ANY:
            continue
        beyond = missed_beyond(row.share, rate)
        # A line that is equally bad all the time has a worst half hour, too; one that keeps its promise has not.
        if beyond > most or (worst is None and line.promised is None):
            worst, most = Worst(bucket=bucket, counts=row.counts, share=row.share), beyond
    return worst


def in_order(line: DigestLine) -> tuple[bool, bool, bool, float, str]:
    """Off target first, the largest contribution before smaller ones; then those not rated, and those of few contacts.

    What a line contributes are the contacts missed beyond its usual, or beyond its target while nothing is usual yet.
    """
    target, share = line.promised, line.share
    few = (share.denominator if share else line.counts.offered) < FEW
    off = target is not None and share is not None and meets(share, target) is False
    contribution = line.excess
    if contribution is None:
        contribution = missed_beyond(share, target.share) if share and target else 0.0
    return (few, share is None, not off, -contribution, f"{line.queue.name if line.queue else ''}\0{line.media or ''}")


def mean(spells: Iterable[Spells]) -> timedelta | None:
    """The average length; None of none."""
    together = sum(spells, Spells())
    return together.total / together.count if together.count else None


def _weighted(lines: Iterable[DigestLine]) -> tuple[Share | None, Fraction | None]:
    """The lines' usual rates, weighted with this period's contacts: in whole contacts, and before it is rounded."""
    expected, contacts, rests_on, known = Fraction(), 0, 0, False
    for line in lines:
        if line.share is None or line.share.denominator <= 0:
            continue
        usual = exact(line.usual) if line.usual else None
        contacts += line.share.denominator
        expected += line.share.within if usual is None else line.share.denominator * usual
        rests_on += (line.usual or line.share).denominator
        known = known or usual is not None
    if not known:
        return None, None
    rate = min(expected / contacts, Fraction(1))
    return Share(within=round(rate * rests_on), denominator=rests_on), rate


def _pooled(rows: Iterable[SlaRow]) -> Share | None:
    """Numerators and denominators summed; None with nothing to divide by."""
    shares = [row.share for row in rows if row.share is not None]
    within, denominator = (sum(part) for part in ([s.within for s in shares], [s.denominator for s in shares]))
    return Share(within=within, denominator=denominator) if denominator > 0 else None
