"""From Genesys's counts to a digest. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.digest import DigestReport, Form, course_of, finest, form_of, steps_before
from bot.domain.period import buckets
from bot.domain.queues import Media
from bot.genesys.tallies import TallyQuery
from bot.usecases.bounds import check_length
from bot.usecases.digests.changes import what_changed
from bot.usecases.digests.lines import Cell, Past, Stretch, in_order, line_of, total_of, worst_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.digest import DigestLine
    from bot.domain.ids import QueueId
    from bot.domain.period import Period
    from bot.domain.questions import SlaQuestion
    from bot.domain.queues import Queue
    from bot.domain.sla import Switches
    from bot.genesys.tallies import Tallies

_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The stretches of time that a digest is about."""

    form: Form
    period: Period
    steps: tuple[Period, ...]
    """What it is compared with, latest first."""

    def query(self, thresholds: Mapping[QueueId, frozenset[timedelta]]) -> TallyQuery:
        """What is asked of Genesys: the period in its finest buckets, and each step whole."""
        return TallyQuery(
            thresholds=thresholds, periods=(self.period, *self.steps), grain=finest(self.form), times=True
        )

    @property
    def days(self) -> float:
        """How many times as many days as an average step the period has: of forms whose steps differ in length."""
        return _days(self.period) * len(self.steps) / sum(map(_days, self.steps)) if self.steps else 1.0


def frame_of(period: Period, form: Form | None = None) -> Frame:
    """Raises BadPeriod when the period has too many days."""
    form = form or form_of(period)
    check_length(period, finest(form))
    return Frame(form=form, period=period, steps=steps_before(period, form))


def digest_report(
    question: SlaQuestion, *, frame: Frame, queues: Sequence[Queue], switches: Switches, tallies: Tallies
) -> DigestReport:
    """`tallies` answer the frame's query, of these queues at least; other queues are not looked at."""
    now, *steps = (Stretch(question, queues, switches, counted) for counted in tallies.by_period)
    has_usual = frame.form is not Form.OTHER
    past = Past(steps=steps, usual=has_usual)
    fine = buckets(frame.period, finest(frame.form))
    cells = now.cells(fine)
    lines = {key: line_of(row, key, now, past, cells.get(key, ())) for key, row in now.rows.items()}
    callbacks = all(media is Media.CALLBACK for _, media in lines)
    blended = [line for line in lines.values() if callbacks or line.media is not Media.CALLBACK]
    total = total_of(blended, now, past, callbacks=callbacks)
    heard = {queue for queue, _ in lines}

    together = map(Cell, fine, now.lines.by_bucket(fine, callbacks=callbacks))

    def cells_of(line: DigestLine) -> Sequence[Cell]:
        return cells.get((line.queue.id, line.media), ()) if line.queue and line.media else ()

    return DigestReport(
        question=question,
        form=frame.form,
        switches=switches,
        queues=tuple(queues),
        as_of=tallies.as_of,
        before=frame.steps[0] if frame.steps else None,
        usual=frame.steps if has_usual else (),
        lines=tuple(sorted(lines.values(), key=in_order)),
        silent=tuple(queue for queue in queues if queue.id not in heard),
        total=replace(total, worst=worst_of(together, total)),
        course=now.lines.by_bucket(course_of(frame.period, frame.form), callbacks=callbacks),
        changed=what_changed(blended, cells_of, frame.period, longer=frame.days),
    )


def _days(period: Period) -> int:
    """Dates on which it has a part."""
    return ((period.end - _MOMENT).astimezone(period.zone).date() - period.local_start.date()).days + 1
