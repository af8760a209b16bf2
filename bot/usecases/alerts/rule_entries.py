"""Rules as people are told of them: queues by name, what is open, when it fired last, how many found it useless."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.blocks.alerts.entry import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bot.domain.alerts.rules import Rule, RuleId, Terms
    from bot.domain.alerts.states import Incident
    from bot.store.database import Store
    from bot.usecases.alerts.ruling import Ruling
    from bot.usecases.naming import Sight

LATELY = timedelta(weeks=4)


class RuleEntries:
    """What lists, answers and the Home tab show of rules."""

    def __init__(
        self,
        store: Store,
        ruling: Ruling,
        *,
        titled: Callable[[Terms], str],
        written: Callable[[Terms], str],
        now: Callable[[], datetime],
    ) -> None:
        """`titled` says terms in words, `written` as they are typed."""
        self._store = store
        self._ruling = ruling
        self._titled = titled
        self._written = written
        self._now = now

    async def of(self, rules: Sequence[Rule], sight: Sight | None = None) -> list[Entry]:
        """In the order given; costs some queries, whatever the number of rules."""
        if not rules:
            return []
        now, keys = self._now(), [rule.id for rule in rules]
        team = rules[0].team
        lately = now - LATELY
        last = await self._store.alerts.last_fired(keys)
        votes = await self._store.alerts.votes(keys, lately)
        fired: dict[RuleId, list[Incident]] = defaultdict(list)
        for incident in await self._store.alerts.incidents(team, since=lately, until=now):
            fired[incident.watched.rule].append(incident)
        return [
            Entry(
                rule=rule,
                title=self._titled(rule.terms),
                text=self._written(self._ruling.named(rule.terms, sight)),
                names="" if not rule.terms.queues else self._ruling.names_of(rule.terms, sight),
                open=tuple(
                    one
                    for one in fired[rule.id]
                    if one.ended_at is None and (sight is None or one.watched.queue in sight)
                ),
                last_fired=last.get(rule.id),
                fired=sum(one.fired_at >= lately for one in fired[rule.id]),
                votes=votes.get(rule.id, 0),
                same=tuple(
                    other.number
                    for other in rules
                    if other.id != rule.id and other.channel == rule.channel and other.terms == rule.terms
                ),
            )
            for rule in rules
        ]

    async def one(self, rule: Rule, sight: Sight | None = None) -> Entry:
        """With the numbers of those of its channel that say the same."""
        here = await self._ruling.listing(rule.channel)
        same = [one for one in here if one.id == rule.id or one.terms == rule.terms]
        entries = await self.of(same or [rule], sight)
        return next((entry for entry in entries if entry.rule.id == rule.id), entries[0])

    @staticmethod
    def read_by(entries: Sequence[Entry], *, admin: bool) -> list[Entry]:
        """The same for somebody's list: what they may not confirm has no button for it."""
        return [replace(entry, may_confirm=admin) for entry in entries]
