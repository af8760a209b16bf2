"""Which queue a person meant by a word that names several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from bot.domain.ids import QueueId
from bot.store.inserting import insert_into
from bot.store.tables import queue_choices

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncEngine

    from bot.domain.ids import TeamId, UserId

REMEMBERED_PER_PERSON = 200
"""Older choices make room for newer ones, so that nobody can fill the table."""

_LONGEST_WORD = 512


class Choices:
    """Remembered choices. `word` is the queue's name as the person typed it, folded as the directory folds names."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def remember(self, team: TeamId, user: UserId, word: str, queue: QueueId, *, now: datetime) -> None:
        """`user` means `queue` by `word` from now on."""
        mine = (queue_choices.c.team_id == team) & (queue_choices.c.user_id == user)
        kept = (
            select(queue_choices.c.word)
            .where(mine)
            .order_by(queue_choices.c.chosen_at.desc(), queue_choices.c.word)
            .limit(REMEMBERED_PER_PERSON)
        )
        upsert = insert_into(queue_choices, self._engine).values(
            team_id=team, user_id=user, word=word[:_LONGEST_WORD], queue_id=queue, chosen_at=now
        )
        async with self._engine.begin() as connection:
            await connection.execute(
                upsert.on_conflict_do_update(
                    index_elements=["team_id", "user_id", "word"],
                    set_={"queue_id": upsert.excluded.queue_id, "chosen_at": upsert.excluded.chosen_at},
                )
            )
            await connection.execute(delete(queue_choices).where(mine, queue_choices.c.word.not_in(kept)))

    async def recall(self, team: TeamId, user: UserId, word: str) -> QueueId | None:
        """The queue `user` chose for `word`, or None. It may have been deleted in Genesys since."""
        query = select(queue_choices.c.queue_id).where(
            queue_choices.c.team_id == team,
            queue_choices.c.user_id == user,
            queue_choices.c.word == word[:_LONGEST_WORD],
        )
        async with self._engine.connect() as connection:
            found: str | None = await connection.scalar(query)
        return QueueId(found) if found is not None else None
