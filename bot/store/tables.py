"""The schema. `migrations/` leads to exactly this; a test compares the two."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept and returned in UTC: SQLite forgets the zone of what it is given."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  SQLAlchemy's signature
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant has a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  SQLAlchemy's signature
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


queue_choices = Table(
    "queue_choices",
    metadata,
    Column("team_id", String(64), nullable=False),
    Column("user_id", String(64), nullable=False),
    Column("word", String(512), nullable=False),
    Column("queue_id", String(64), nullable=False),
    Column("chosen_at", Instant, nullable=False),
    PrimaryKeyConstraint("team_id", "user_id", "word"),
)

claims = Table(
    "claims",
    metadata,
    Column("key", String(512), nullable=False),
    Column("claimed_at", Instant, nullable=False),
    PrimaryKeyConstraint("key"),
    Index(None, "claimed_at"),
)

_STILL_MINE = text("state <> 'interrupted'")
exports = Table(
    "exports",
    metadata,
    Column("id", String(64), nullable=False),
    Column("team_id", String(64), nullable=False),
    Column("user_id", String(64), nullable=False),
    Column("channel_id", String(64)),
    Column("text", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("alive_until", Instant, nullable=False),
    Column("notice_channel", String(64)),
    Column("notice_ts", String(64)),
    PrimaryKeyConstraint("id"),
    Index(None, "alive_until"),
    # The database says who has an export under way, also between processes.
    Index(None, "team_id", "user_id", unique=True, sqlite_where=_STILL_MINE, postgresql_where=_STILL_MINE),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", String(64), nullable=False),
    Column("team_id", String(64), nullable=False),
    Column("channel_id", String(64), nullable=False),
    Column("number", Integer, nullable=False),
    Column("owner_id", String(64), nullable=False),
    Column("order_json", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("confirmed", Boolean, nullable=False),
    Column("since", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    # From when on anybody may tell the owner that it was stopped; nothing once they know.
    Column("tell_at", Instant),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("team_id", "channel_id", "number"),
    Index(None, "state"),
    Index(None, "team_id", "owner_id"),
)

channel_numbers = Table(
    "channel_numbers",
    metadata,
    Column("team_id", String(64), nullable=False),
    Column("channel_id", String(64), nullable=False),
    Column("latest", Integer, nullable=False),
    PrimaryKeyConstraint("team_id", "channel_id"),
)

# Without a foreign key to subscriptions: SQLite alters a table by copying and dropping it, and dropping cascades.
deliveries = Table(
    "deliveries",
    metadata,
    Column("subscription_id", String(64), nullable=False),
    Column("day", Date, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("order_json", Text, nullable=False),
    Column("channel_id", String(64), nullable=False),
    Column("stage", String(16), nullable=False),
    Column("holder", String(128), nullable=False),
    Column("claimed_until", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("sending_since", Instant),
    Column("ts", String(64), nullable=False),
    Column("late", Boolean, nullable=False),
    Column("note", Text, nullable=False),
    Column("file", String(16), nullable=False),
    Column("settled_at", Instant),
    PrimaryKeyConstraint("subscription_id", "day"),
    Index(None, "stage", "claimed_until"),
    Index(None, "file", "claimed_until"),
    Index(None, "day"),
)

place_settings = Table(
    "place_settings",
    metadata,
    Column("team_id", String(64), nullable=False),
    Column("place_id", String(64), nullable=False),
    Column("settings_json", Text, nullable=False),
    Column("changed_at", Instant, nullable=False),
    PrimaryKeyConstraint("team_id", "place_id"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, nullable=False, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("team_id", String(64), nullable=False),
    Column("user_id", String(64)),
    Column("action", String(16), nullable=False),
    Column("channel_id", String(64), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    PrimaryKeyConstraint("id"),
    Index(None, "team_id", "channel_id", "id"),
    Index(None, "subject", "id"),
)
