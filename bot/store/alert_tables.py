"""The part of the schema that alerts need: what was measured, what is watched, and what was told of it."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.store.tables import Instant, metadata

SPELLS = ("queued", "answered", "abandoned", "handled", "talked", "held", "wrapped_up")
"""The kinds of time in `Times`, each as count, sum and longest."""

# Some hundred thousand rows: whole numbers only, moments as milliseconds since 1970, and in SQLite no second copy of
# the key. The key serves "all queues, two hours", the index "one queue, eight weeks".
samples = Table(
    "samples",
    metadata,
    Column("start", BigInteger, nullable=False, autoincrement=False),
    Column("queue_id", String(64), nullable=False),
    Column("media", String(32), nullable=False),
    Column("offered", Integer, nullable=False),
    Column("answered", Integer, nullable=False),
    Column("abandoned", Integer, nullable=False),
    Column("short_abandoned", Integer, nullable=False),
    Column("flow_out", Integer, nullable=False),
    Column("over_target", Integer, nullable=False),
    Column("transferred", Integer, nullable=False),
    # A JSON object of milliseconds to contacts.
    Column("within", Text, nullable=False),
    *(
        Column(f"{spell}_{part}", kind, nullable=False)
        for spell in SPELLS
        for part, kind in (("count", Integer), ("ms", BigInteger), ("longest_ms", BigInteger))
    ),
    PrimaryKeyConstraint("start", "queue_id", "media"),
    Index(None, "queue_id", "start"),
    sqlite_with_rowid=False,
)

sample_quarters = Table(
    "sample_quarters",
    metadata,
    Column("start", BigInteger, nullable=False, autoincrement=False),
    Column("fetched_at", Instant, nullable=False),
    # A JSON list of milliseconds.
    Column("thresholds", Text, nullable=False),
    PrimaryKeyConstraint("start"),
)

glimpses = Table(
    "glimpses",
    metadata,
    Column("start", BigInteger, nullable=False, autoincrement=False),
    Column("queue_id", String(64), nullable=False),
    Column("media", String(32), nullable=False),
    Column("waiting", Integer),
    Column("oldest_wait_ms", BigInteger),
    Column("on_queue", Integer),
    Column("available", Integer),
    PrimaryKeyConstraint("start", "queue_id", "media"),
    Index(None, "queue_id", "start"),
    sqlite_with_rowid=False,
)

rules = Table(
    "rules",
    metadata,
    Column("id", String(64), nullable=False),
    Column("team_id", String(64), nullable=False),
    Column("channel_id", String(64), nullable=False),
    Column("number", Integer, nullable=False),
    Column("owner_id", String(64), nullable=False),
    Column("terms_json", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("muted_until", Instant),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("team_id", "channel_id", "number"),
    Index(None, "team_id", "state"),
)

rule_numbers = Table(
    "rule_numbers",
    metadata,
    Column("team_id", String(64), nullable=False),
    Column("channel_id", String(64), nullable=False),
    Column("latest", Integer, nullable=False),
    PrimaryKeyConstraint("team_id", "channel_id"),
)

# Moves in the transaction of every change, so that nobody reads rules that are as they were.
rule_versions = Table(
    "rule_versions",
    metadata,
    Column("team_id", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    PrimaryKeyConstraint("team_id"),
)

# Who evaluates, and how far. `token` is one more whenever somebody else takes over.
alert_watches = Table(
    "alert_watches",
    metadata,
    Column("team_id", String(64), nullable=False),
    Column("holder", String(128), nullable=False),
    Column("token", Integer, nullable=False),
    Column("held_until", Instant, nullable=False),
    Column("last_tick", Instant),
    Column("quarter", Instant),
    Column("blind_since", Instant),
    Column("blind_reason", Text, nullable=False),
    PrimaryKeyConstraint("team_id"),
)

# `media` is empty for measures that have none: a key has no NULL.
alert_states = Table(
    "alert_states",
    metadata,
    Column("rule_id", String(64), nullable=False),
    Column("queue_id", String(64), nullable=False),
    Column("media", String(32), nullable=False),
    Column("team_id", String(64), nullable=False),
    Column("state_json", Text, nullable=False),
    PrimaryKeyConstraint("rule_id", "queue_id", "media"),
    Index(None, "team_id"),
)

_BEHIND = text("revision > shown")
bulletins = Table(
    "bulletins",
    metadata,
    Column("id", String(160), nullable=False),
    Column("team_id", String(64), nullable=False),
    Column("channel_id", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("revision", Integer, nullable=False),
    Column("shown", Integer, nullable=False),
    Column("shown_at", Instant),
    Column("sending", String(16), nullable=False),
    Column("sending_since", Instant),
    Column("holder", String(128), nullable=False),
    Column("claimed_until", Instant),
    Column("ts", String(64), nullable=False),
    Column("anomalies", Boolean, nullable=False),
    Column("note", Text, nullable=False),
    PrimaryKeyConstraint("id"),
    # Of thousands that are closed and shown as they are, nothing is ever to be sent.
    Index(None, "sending", sqlite_where=_BEHIND, postgresql_where=_BEHIND),
    Index(None, "team_id", "channel_id", "opened_at"),
    Index(None, "closed_at"),
)

incidents = Table(
    "incidents",
    metadata,
    Column("id", String(160), nullable=False),
    Column("rule_id", String(64), nullable=False),
    Column("queue_id", String(64), nullable=False),
    Column("media", String(32), nullable=False),
    Column("team_id", String(64), nullable=False),
    Column("channel_id", String(64), nullable=False),
    Column("bulletin_id", String(160), nullable=False),
    Column("severity", String(16), nullable=False),
    Column("title", Text, nullable=False),
    Column("queue_name", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("fired_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("ended", String(16)),
    Column("evidence_json", Text, nullable=False),
    Column("worst_json", Text, nullable=False),
    Column("unstable_since", Instant),
    Column("firings", Integer, nullable=False),
    # From here on what people write, and who evaluates never does.
    Column("acked_by", String(64)),
    Column("acked_at", Instant),
    Column("snoozed_by", String(64)),
    Column("snoozed_until", Instant),
    Column("expected_by", String(64)),
    PrimaryKeyConstraint("id"),
    Index(None, "bulletin_id"),
    Index(None, "team_id", "ended_at"),
    Index(None, "rule_id", "fired_at"),
)

votes = Table(
    "votes",
    metadata,
    Column("incident_id", String(160), nullable=False),
    Column("user_id", String(64), nullable=False),
    Column("rule_id", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("incident_id", "user_id"),
    Index(None, "rule_id"),
)

bulletin_lines = Table(
    "bulletin_lines",
    metadata,
    Column("bulletin_id", String(160), nullable=False),
    Column("key", String(255), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("at", Instant, nullable=False),
    Column("text", Text, nullable=False),
    Column("sending", String(16), nullable=False),
    Column("sending_since", Instant),
    Column("holder", String(128), nullable=False),
    Column("claimed_until", Instant),
    Column("ts", String(64), nullable=False),
    PrimaryKeyConstraint("bulletin_id", "key"),
    Index(None, "sending", "claimed_until"),
)

holidays = Table(
    "holidays",
    metadata,
    Column("team_id", String(64), nullable=False),
    Column("day", Date, nullable=False),
    Column("name", Text, nullable=False),
    Column("added_by", String(64), nullable=False),
    PrimaryKeyConstraint("team_id", "day"),
)

normal_since = Table(
    "normal_since",
    metadata,
    Column("team_id", String(64), nullable=False),
    Column("queue_id", String(64), nullable=False),
    Column("media", String(32), nullable=False),
    Column("since", Instant, nullable=False),
    Column("set_by", String(64), nullable=False),
    PrimaryKeyConstraint("team_id", "queue_id", "media"),
)
