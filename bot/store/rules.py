"""Rules that channels have. Whoever changes one names what they saw; what changed meanwhile stays."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from bot.domain.alerts.rules import Rule, RuleId, RuleState
from bot.domain.audit import Action, Change
from bot.store.alert_tables import rule_versions, rules
from bot.store.audit import RULE, note
from bot.store.reading import portions, readable
from bot.store.rule_channels import move_rules, moved_version, next_number, stop_rules
from bot.store.rule_rows import damaged_in, row_of, rule_in, snapshot_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import ColumnElement, RowMapping
    from sqlalchemy.ext.asyncio import AsyncEngine

    from bot.domain.alerts.keeping import DamagedRule
    from bot.domain.alerts.rules import Terms
    from bot.domain.ids import ChannelId, TeamId, UserId

_TICK = timedelta(microseconds=1)
"""The smallest step that both databases keep."""


class Rules:
    """One row for each; what is asked for one raises Unreadable when that one cannot be read, lists leave it out.

    Lists are by channel, then number. Every change writes its entry of the audit log in the same transaction.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._told: set[str] = set()

    async def create(
        self,
        terms: Terms,
        *,
        team: TeamId,
        channel: ChannelId,
        owner: UserId,
        now: datetime,
        state: RuleState = RuleState.ACTIVE,
        reason: str = "",
    ) -> Rule:
        """A new one, with the next number of its channel."""
        async with self._engine.begin() as connection:
            await moved_version(connection, self._engine, team)
            made = Rule(
                id=RuleId(uuid.uuid4().hex),
                number=await next_number(connection, self._engine, team, channel),
                team=team,
                channel=channel,
                owner=owner,
                terms=terms,
                state=state,
                reason=reason,
                created_at=now,
                changed_at=now,
            )
            row = row_of(made)
            await connection.execute(insert(rules).values(**row))
            await note(connection, _change(made, Action.CREATED, by=owner, now=now, after=snapshot_of(row)))
        return made

    async def find(self, rule: RuleId) -> Rule | None:
        """None when it was removed. Raises Unreadable."""
        return await self._one(rules.c.id == rule)

    async def numbered(self, team: TeamId, channel: ChannelId, number: int) -> Rule | None:
        """None when there is none. Raises Unreadable."""
        here = (rules.c.channel_id == channel) & (rules.c.number == number)
        return await self._one((rules.c.team_id == team) & here)

    async def of_channel(self, team: TeamId, channel: ChannelId) -> tuple[Rule, ...]:
        return await self.of_channels(team, (channel,))

    async def of_channels(self, team: TeamId, channels: Collection[ChannelId]) -> tuple[Rule, ...]:
        which = [rules.c.channel_id.in_(some) for some in portions(sorted(channels))]
        return readable([row for each in which for row in await self._rows(team, each)], rule_in, self._told)

    async def active(self, team: TeamId) -> tuple[Rule, ...]:
        """Those that are judged; muted ones are."""
        return readable(await self._rows(team, rules.c.state == RuleState.ACTIVE), rule_in, self._told)

    async def everything(self, team: TeamId) -> tuple[Rule, ...]:
        return readable(await self._rows(team), rule_in, self._told)

    async def damaged(self, team: TeamId, channel: ChannelId | None = None) -> tuple[DamagedRule, ...]:
        """Those that lists leave out."""
        which = () if channel is None else (rules.c.channel_id == channel,)
        return tuple(one for row in await self._rows(team, *which) if (one := damaged_in(row)))

    async def version(self, team: TeamId) -> int:
        """Another number after every change to any rule; cheap. Read it before the rules that it stands for."""
        query = select(rule_versions.c.version).where(rule_versions.c.team_id == team)
        async with self._engine.connect() as connection:
            return await connection.scalar(query) or 0

    async def change(
        self,
        seen: Rule,
        *,
        by: UserId | None,
        now: datetime,
        action: Action = Action.EDITED,
        terms: Terms | None = None,
        owner: UserId | None = None,
        state: RuleState | None = None,
        reason: str | None = None,
    ) -> Rule | None:
        """As it is now, or None when it is no more as `seen`. What is None stays; a new state has no old reason."""
        if reason is None:
            reason = seen.reason if state in {None, seen.state} else ""
        after = replace(
            seen, terms=terms or seen.terms, owner=owner or seen.owner, state=state or seen.state, reason=reason
        )
        return await self._changed(seen, after, action, by=by, now=now)

    async def mute(self, seen: Rule, until: datetime | None, *, by: UserId | None, now: datetime) -> Rule | None:
        """As it is now, or None when it is no more as `seen`. None: no longer muted."""
        return await self._changed(seen, replace(seen, muted_until=until), Action.EDITED, by=by, now=now)

    async def remove(self, seen: Rule | DamagedRule, *, by: UserId | None, now: datetime) -> bool:
        """False when it is no more as `seen`. What fired by it stays known; its states are the evaluator's to end."""
        async with self._engine.begin() as connection:
            await moved_version(connection, self._engine, seen.team)
            gone = delete(rules).where(_as(seen)).returning(*rules.c)
            row = (await connection.execute(gone)).mappings().one_or_none()
            if row is None:
                return False
            await note(connection, _change(seen, Action.REMOVED, by=by, now=now, before=snapshot_of(row)))
        return True

    async def stop_channel(
        self, team: TeamId, channel: ChannelId, state: RuleState, reason: str, now: datetime
    ) -> tuple[Rule, ...]:
        """The channel takes no messages, or others read along: those that were active, as they are now. Each of them is
        returned to one caller.
        """
        async with self._engine.begin() as connection:
            rows = await stop_rules(connection, self._engine, team, channel, state=state, reason=reason, now=now)
        return readable(rows, rule_in, self._told)

    async def move_channel(self, team: TeamId, old: ChannelId, new: ChannelId, now: datetime) -> int:
        """Slack gave a channel another id: how many rules moved with it, and their bulletins and incidents.

        Being told twice is harmless. A number that was given in `new` already is replaced.
        """
        async with self._engine.begin() as connection:
            return await move_rules(connection, self._engine, team, old, new, now)

    async def _changed(
        self, seen: Rule, after: Rule, action: Action, *, by: UserId | None, now: datetime
    ) -> Rule | None:
        after = replace(after, changed_at=max(now, seen.changed_at + _TICK))
        row = row_of(after)
        async with self._engine.begin() as connection:
            # First of all, as everybody does who changes rules: nobody waits for somebody who waits for them.
            await moved_version(connection, self._engine, seen.team)
            if not (await connection.execute(update(rules).where(_as(seen)).values(**row))).rowcount:
                return None
            entry = _change(seen, action, by=by, now=now, before=snapshot_of(row_of(seen)), after=snapshot_of(row))
            await note(connection, entry)
        return after

    async def _one(self, which: ColumnElement[bool]) -> Rule | None:
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(rules).where(which))).mappings().one_or_none()
        return rule_in(row) if row else None

    async def _rows(self, team: TeamId, *which: ColumnElement[bool]) -> list[RowMapping]:
        query = select(rules).where(rules.c.team_id == team, *which).order_by(rules.c.channel_id, rules.c.number)
        async with self._engine.connect() as connection:
            return list((await connection.execute(query)).mappings().all())


def _as(seen: Rule | DamagedRule) -> ColumnElement[bool]:
    return (rules.c.id == seen.id) & (rules.c.changed_at == seen.changed_at)


def _change(
    seen: Rule | DamagedRule, action: Action, *, by: UserId | None, now: datetime, before: str = "", after: str = ""
) -> Change:
    return Change(
        at=now,
        team=seen.team,
        user=by,
        action=action,
        channel=seen.channel,
        subject=RULE + seen.id,
        before=before,
        after=after,
    )
