"""The ledger of digests. Each step is one transaction, and the database decides whose it is."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, literal, select, tuple_, update

from bot.domain.deliveries import FileStage, Stage
from bot.domain.ids import SubscriptionId
from bot.store.delivery_rows import delivery_in
from bot.store.inserting import insert_into
from bot.store.order_json import write_order
from bot.store.reading import portions, readable
from bot.store.tables import deliveries, subscriptions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime
    from typing import Any

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from bot.domain.deliveries import Delivery
    from bot.domain.schedule import Occasion
    from bot.domain.subscriptions import Subscription

_OPEN = tuple(stage for stage in Stage if stage.open)
_FILE_OPEN = (FileStage.WANTED, FileStage.SENDING)
_FILE_LEASE = timedelta(minutes=5)
"""For how long a process that says nothing else is left alone with a file."""
_FORGOTTEN_AT_ONCE = 1_000


class Deliveries:
    """At most one entry for a subscription and local date, whatever the number of processes.

    An entry belongs to its holder and attempt: a step of one that lost it changes nothing and says so. Every step
    returns the entry to go on with, which carries the new claim. Lists leave out entries that cannot be read.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._told: set[str] = set()

    async def claim(
        self, subscription: Subscription, occasion: Occasion, *, holder: str, now: datetime, until: datetime
    ) -> Delivery | None:
        """None when there is an entry for that day, or the subscription is no more as it was seen."""
        values = {"stage": Stage.CLAIMED, "holder": holder, "claimed_until": _after(now, until), "attempts": 1}
        async with self._engine.begin() as connection:
            if not await self._enter(connection, subscription, occasion, **values):
                return None
            row = (await connection.execute(_entry(subscription.id, occasion.day))).mappings().one()
        return delivery_in(row)

    async def mark(
        self, subscription: Subscription, occasions: Iterable[Occasion], *, stage: Stage, note: str, now: datetime
    ) -> tuple[Occasion, ...]:
        """Settle those that have no entry without an attempt; returns these. None if it is no more as it was seen."""
        values = {"stage": stage, "holder": "", "claimed_until": now, "attempts": 0, "note": note, "settled_at": now}
        async with self._engine.begin() as connection:
            # In one order, so that two that mark the same days do not wait for each other.
            in_order = sorted(occasions, key=lambda occasion: occasion.day)
            return tuple([each for each in in_order if await self._enter(connection, subscription, each, **values)])

    async def retake(self, seen: Delivery, *, holder: str, now: datetime, until: datetime) -> Delivery | None:
        """Take over what nobody has a claim on any more. Its stage stays: `SENDING` may have been sent."""
        lapsed = (
            _held_as(seen) & (deliveries.c.claimed_until == seen.claimed_until) & (deliveries.c.claimed_until <= now)
        )
        return await self._step(lapsed, holder=holder, claimed_until=_after(now, until), attempts=seen.attempts + 1)

    async def again(self, seen: Delivery, *, holder: str, now: datetime, until: datetime) -> Delivery | None:
        """Open what was settled without being sent, because a person says so. None when somebody else did already."""
        if seen.stage.open or seen.stage is Stage.SENT:
            return None
        settled = _key(seen) & (deliveries.c.stage == seen.stage) & (deliveries.c.attempts == seen.attempts)
        return await self._step(
            settled,
            stage=Stage.CLAIMED,
            holder=holder,
            claimed_until=_after(now, until),
            attempts=seen.attempts + 1,
            note="",
            settled_at=None,
        )

    async def sending(self, seen: Delivery, *, now: datetime, until: datetime) -> Delivery | None:
        """The message goes out now; None when the claim lapsed or the entry is somebody else's: do not send then."""
        mine = _held_as(seen) & (deliveries.c.claimed_until > now)
        return await self._step(mine, stage=Stage.SENDING, sending_since=now, claimed_until=_after(now, until))

    async def not_sent(self, seen: Delivery, *, now: datetime, retry_at: datetime, note: str) -> bool:
        """It is certain that nothing was sent. Nobody holds it; from `retry_at` anybody may take it."""
        free = await self._step(
            _held_as(seen), stage=Stage.CLAIMED, holder="", claimed_until=max(now, retry_at), note=note
        )
        return free is not None

    async def give_back(self, seen: Delivery, *, now: datetime) -> bool:
        """Anybody may take it at once. False when it is somebody else's, or its message may be on its way."""
        begun = _held_as(seen) & (deliveries.c.stage == Stage.CLAIMED)
        return await self._step(begun, holder="", claimed_until=now) is not None

    async def settle(
        self,
        seen: Delivery,
        *,
        stage: Stage,
        now: datetime,
        ts: str = "",
        late: bool = False,
        note: str = "",
        file: FileStage = FileStage.NONE,
    ) -> bool:
        """How it ended. False when the entry is somebody else's by now; a lapsed claim that nobody took still counts.

        A file belongs to a message that was sent, and until the claim lapses it is the holder's to send.
        """
        if stage.open:
            raise ValueError(f"{stage} is no end")
        wanted = file if stage is Stage.SENT else FileStage.NONE
        ended = await self._step(_held_as(seen), stage=stage, ts=ts, late=late, note=note, file=wanted, settled_at=now)
        return ended is not None

    async def file(self, seen: Delivery, *, stage: FileStage, now: datetime, until: datetime | None = None) -> bool:
        """How far its file is. With `SENDING`, false for all but the first of those who saw it so.

        `until` is when others may take it over, or try again; five minutes from `now` when nothing is said.
        """
        which = _key(seen) & deliveries.c.file.in_(_FILE_OPEN)
        if stage is FileStage.SENDING:
            which &= deliveries.c.claimed_until == seen.claimed_until
        return await self._step(which, file=stage, claimed_until=until or now + _FILE_LEASE) is not None

    async def files_wanted(self, now: datetime) -> tuple[Delivery, ...]:
        """Those that were sent, and whose file nobody is sending; with `SENDING`, it may be there already."""
        return await self._several(deliveries.c.file.in_(_FILE_OPEN) & (deliveries.c.claimed_until <= now))

    async def lapsed(self, now: datetime) -> tuple[Delivery, ...]:
        """Open ones that nobody has a claim on, longest due first."""
        return await self._several(deliveries.c.stage.in_(_OPEN) & (deliveries.c.claimed_until <= now))

    async def find(self, subscription: SubscriptionId, day: date) -> Delivery | None:
        """Raises Unreadable."""
        async with self._engine.connect() as connection:
            row = (await connection.execute(_entry(subscription, day))).mappings().one_or_none()
        return delivery_in(row) if row else None

    async def latest(self, of: Iterable[SubscriptionId] | None = None) -> Mapping[SubscriptionId, date]:
        """The newest day with an entry of any stage; without those that have none. None asks for all."""
        # One look into the index for each subscription, however long its history.
        newest = (
            select(func.max(deliveries.c.day))
            .where(deliveries.c.subscription_id == subscriptions.c.id)
            .correlate(subscriptions)
            .scalar_subquery()
        )
        query = select(subscriptions.c.id, newest)
        queries = [query] if of is None else [query.where(subscriptions.c.id.in_(some)) for some in portions(of)]
        found: dict[SubscriptionId, date] = {}
        async with self._engine.connect() as connection:
            for each in queries:
                rows = (await connection.execute(each)).all()
                found |= {SubscriptionId(key): day for key, day in rows if day is not None}
        return found

    async def recent(
        self, of: Iterable[SubscriptionId], most: int = 1
    ) -> Mapping[SubscriptionId, tuple[Delivery, ...]]:
        """The newest `most` of each, newest first; without those that have none."""
        rank = func.row_number().over(partition_by=deliveries.c.subscription_id, order_by=deliveries.c.day.desc())
        found: dict[SubscriptionId, list[Delivery]] = defaultdict(list)
        async with self._engine.connect() as connection:
            for some in portions(of):
                ranked = select(deliveries, rank.label("rank")).where(deliveries.c.subscription_id.in_(some)).subquery()
                query = select(ranked).where(ranked.c.rank <= most).order_by(ranked.c.day.desc())
                rows = (await connection.execute(query)).mappings().all()
                for each in readable(rows, delivery_in, self._told):
                    found[each.subscription].append(each)
        return {key: tuple(entries) for key, entries in found.items()}

    async def prune(self, before: date) -> int:
        """Forget settled ones of days before that, but never a subscription's newest: what is due comes after it."""
        later = deliveries.alias("later")
        newest = (
            select(func.max(later.c.day))
            .where(later.c.subscription_id == deliveries.c.subscription_id)
            .correlate(deliveries)
            .scalar_subquery()
        )
        old = (deliveries.c.day < before) & deliveries.c.settled_at.is_not(None) & (deliveries.c.day < newest)
        keys = (deliveries.c.subscription_id, deliveries.c.day)
        # What somebody is changing just now is forgotten the next time; and nobody waits long for what is forgotten.
        free = select(*keys).where(old).limit(_FORGOTTEN_AT_ONCE).with_for_update(skip_locked=True)
        statement = delete(deliveries).where(tuple_(*keys).in_(free))
        forgotten = 0
        while True:
            async with self._engine.begin() as connection:
                some = (await connection.execute(statement)).rowcount
            forgotten += some
            if not some:
                return forgotten

    async def _enter(
        self, connection: AsyncConnection, subscription: Subscription, occasion: Occasion, **values: Any
    ) -> bool:
        """Insert an entry if there is none, and if the subscription is still as it was seen.

        It is locked meanwhile, so that an entry and its removal cannot miss each other.
        """
        row = {
            "subscription_id": subscription.id,
            "day": occasion.day,
            "due_at": occasion.at,
            "order_json": write_order(subscription.order),
            "channel_id": subscription.channel,
            "ts": "",
            "late": False,
            "note": "",
            "file": FileStage.NONE,
            **values,
        }
        as_seen = (subscriptions.c.id == subscription.id) & (subscriptions.c.changed_at == subscription.changed_at)
        columns = [deliveries.c[name] for name in row]
        literals = [literal(value, column.type) for value, column in zip(row.values(), columns, strict=True)]
        source = select(*literals).select_from(subscriptions).where(as_seen).with_for_update(read=True)
        insert = insert_into(deliveries, self._engine).from_select([column.name for column in columns], source)
        entered = await connection.scalar(insert.on_conflict_do_nothing().returning(deliveries.c.day))
        return entered is not None

    async def _step(self, which: ColumnElement[bool], **values: Any) -> Delivery | None:
        statement = update(deliveries).where(which).values(**values).returning(*deliveries.c)
        async with self._engine.begin() as connection:
            row = (await connection.execute(statement)).mappings().one_or_none()
        return delivery_in(row) if row else None

    async def _several(self, which: ColumnElement[bool]) -> tuple[Delivery, ...]:
        order = (deliveries.c.due_at, deliveries.c.subscription_id)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(select(deliveries).where(which).order_by(*order))).mappings().all()
        return readable(rows, delivery_in, self._told)


def _after(now: datetime, until: datetime) -> datetime:
    if until <= now:
        raise ValueError("a claim ends after it begins")
    return until


def _entry(subscription: SubscriptionId, day: date) -> Select[Any]:
    return select(deliveries).where(deliveries.c.subscription_id == subscription, deliveries.c.day == day)


def _key(seen: Delivery) -> ColumnElement[bool]:
    return (deliveries.c.subscription_id == seen.subscription) & (deliveries.c.day == seen.day)


def _held_as(seen: Delivery) -> ColumnElement[bool]:
    """Open, and still in the hands and at the attempt in which it was seen."""
    mine = (deliveries.c.holder == seen.holder) & (deliveries.c.attempts == seen.attempts)
    return _key(seen) & mine & deliveries.c.stage.in_(_OPEN)
