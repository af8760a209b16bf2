"""This minute put together from what was reported, and from what was not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.ids import QueueId
from bot.domain.live import Agents, Contacts, Observed, QueueReport, half_hour_of
from bot.domain.questions import QueueQuestion
from bot.domain.queues import Media, Queue, Target
from bot.domain.sla import Counts, Share, SlaRow
from bot.genesys.wire_observations import Estimable
from bot.usecases.queue_report import longest_waiting, queue_report, queues_now

NOW = datetime(2026, 11, 21, 9, 42, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
PROMISED = {Media.VOICE: Target(share=0.8, threshold=timedelta(seconds=20))}
BILLING, SALES, LOST = (Queue(id=QueueId(name), name=name, targets=PROMISED) for name in ("Billing", "Sales", "Lost"))
AGENTS = Agents(on_queue=1, available=1, interacting=0, communicating=0, not_responding=0, off_queue=0)


def contacts(media: Media, waiting: int, longest: int = 0) -> Contacts:
    wait = timedelta(seconds=longest) if waiting else None
    return Contacts(media=media, waiting=waiting, interacting=0, alerting=0, longest_wait=wait)


SEEN = {
    BILLING.id: Observed(contacts=(contacts(Media.EMAIL, 9, 9000), contacts(Media.VOICE, 1, 5)), agents=AGENTS),
    SALES.id: Observed(contacts=(contacts(Media.EMAIL, 1, 60), contacts(Media.CHAT, 2, 30)), agents=AGENTS),
}


def report(**given: object) -> QueueReport:
    every = queues_now((BILLING, SALES, LOST), SEEN)
    defaults = {
        "half_hour": half_hour_of(NOW, PARIS),
        "as_of": NOW,
        "every": every,
        "shown": every,
        "levels": (),
        "estimates": {},
        "estimates_missing": False,
    }
    return queue_report(QueueQuestion(queues=(), zone=PARIS), **(defaults | given))


def test_a_medium_that_the_queue_promises_and_that_was_not_reported_is_unknown() -> None:
    _, sales, lost = queues_now((BILLING, SALES, LOST), SEEN)
    assert sales.contacts[-1] == Contacts(media=Media.VOICE)
    assert not sales.reported
    assert lost.contacts == ()


def test_queues_that_were_not_wholly_reported_are_named_whether_they_are_shown_or_not() -> None:
    assert report(shown=()).unreported == (SALES, LOST)


def test_estimates_are_for_those_who_hold_the_line_first() -> None:
    assert longest_waiting(queues_now((BILLING, SALES, LOST), SEEN)) == (
        (SALES.id, Media.CHAT),
        (BILLING.id, Media.VOICE),
        (BILLING.id, Media.EMAIL),
        (SALES.id, Media.EMAIL),
    )


def test_levels_and_estimates_come_to_their_queue_and_medium() -> None:
    level = SlaRow(
        queue=BILLING,
        media=Media.VOICE,
        counts=Counts(offered=5, answered=5, within=4),
        share=Share(within=4, denominator=5),
    )
    told = report(levels=(level,), estimates={Estimable(SALES.id, Media.CHAT): timedelta(seconds=42)})
    billing, sales, _ = told.rows
    assert (billing.sla(Media.VOICE), billing.sla(Media.EMAIL), sales.sla(Media.VOICE)) == (level, None, None)
    assert (sales.estimate(Media.CHAT), billing.estimate(Media.VOICE)) == (timedelta(seconds=42), None)
