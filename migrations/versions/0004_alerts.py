"""Alerts: what was measured, what is watched, and what was told of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_SPELLS = ("queued", "answered", "abandoned", "handled", "talked", "held", "wrapped_up")


def upgrade() -> None:
    _measured()
    _watched()
    _told()


def downgrade() -> None:
    op.drop_table("normal_since")
    op.drop_table("holidays")
    op.drop_table("bulletin_lines")
    op.drop_table("votes")
    op.drop_table("incidents")
    op.drop_table("bulletins")
    op.drop_table("alert_states")
    op.drop_table("alert_watches")
    op.drop_table("rule_versions")
    op.drop_table("rule_numbers")
    op.drop_table("rules")
    op.drop_table("glimpses")
    op.drop_table("sample_quarters")
    op.drop_table("samples")


def _measured() -> None:
    op.create_table(
        "samples",
        sa.Column("start", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("queue_id", sa.String(64), nullable=False),
        sa.Column("media", sa.String(32), nullable=False),
        sa.Column("offered", sa.Integer, nullable=False),
        sa.Column("answered", sa.Integer, nullable=False),
        sa.Column("abandoned", sa.Integer, nullable=False),
        sa.Column("short_abandoned", sa.Integer, nullable=False),
        sa.Column("flow_out", sa.Integer, nullable=False),
        sa.Column("over_target", sa.Integer, nullable=False),
        sa.Column("transferred", sa.Integer, nullable=False),
        sa.Column("within", sa.Text, nullable=False),
        *(
            sa.Column(f"{spell}_{part}", kind, nullable=False)
            for spell in _SPELLS
            for part, kind in (("count", sa.Integer), ("ms", sa.BigInteger), ("longest_ms", sa.BigInteger))
        ),
        sa.PrimaryKeyConstraint("start", "queue_id", "media", name="pk_samples"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_samples_queue_id_start", "samples", ["queue_id", "start"])
    op.create_table(
        "sample_quarters",
        sa.Column("start", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("thresholds", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("start", name="pk_sample_quarters"),
    )
    op.create_table(
        "glimpses",
        sa.Column("start", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("queue_id", sa.String(64), nullable=False),
        sa.Column("media", sa.String(32), nullable=False),
        sa.Column("waiting", sa.Integer),
        sa.Column("oldest_wait_ms", sa.BigInteger),
        sa.Column("on_queue", sa.Integer),
        sa.Column("available", sa.Integer),
        sa.PrimaryKeyConstraint("start", "queue_id", "media", name="pk_glimpses"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_glimpses_queue_id_start", "glimpses", ["queue_id", "start"])


def _watched() -> None:
    op.create_table(
        "rules",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("channel_id", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("owner_id", sa.String(64), nullable=False),
        sa.Column("terms_json", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("muted_until", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rules"),
        sa.UniqueConstraint("team_id", "channel_id", "number", name="uq_rules_team_id_channel_id_number"),
    )
    op.create_index("ix_rules_team_id_state", "rules", ["team_id", "state"])
    op.create_table(
        "rule_numbers",
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("channel_id", sa.String(64), nullable=False),
        sa.Column("latest", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("team_id", "channel_id", name="pk_rule_numbers"),
    )
    op.create_table(
        "rule_versions",
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("team_id", name="pk_rule_versions"),
    )
    op.create_table(
        "alert_watches",
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("holder", sa.String(128), nullable=False),
        sa.Column("token", sa.Integer, nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_tick", sa.DateTime(timezone=True)),
        sa.Column("quarter", sa.DateTime(timezone=True)),
        sa.Column("blind_since", sa.DateTime(timezone=True)),
        sa.Column("blind_reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("team_id", name="pk_alert_watches"),
    )
    op.create_table(
        "alert_states",
        sa.Column("rule_id", sa.String(64), nullable=False),
        sa.Column("queue_id", sa.String(64), nullable=False),
        sa.Column("media", sa.String(32), nullable=False),
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("state_json", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("rule_id", "queue_id", "media", name="pk_alert_states"),
    )
    op.create_index("ix_alert_states_team_id", "alert_states", ["team_id"])


def _told() -> None:
    op.create_table(
        "bulletins",
        sa.Column("id", sa.String(160), nullable=False),
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("channel_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("shown", sa.Integer, nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True)),
        sa.Column("sending", sa.String(16), nullable=False),
        sa.Column("sending_since", sa.DateTime(timezone=True)),
        sa.Column("holder", sa.String(128), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True)),
        sa.Column("ts", sa.String(64), nullable=False),
        sa.Column("anomalies", sa.Boolean, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bulletins"),
    )
    op.create_index("ix_bulletins_closed_at", "bulletins", ["closed_at"])
    behind = sa.text("revision > shown")
    op.create_index("ix_bulletins_sending", "bulletins", ["sending"], sqlite_where=behind, postgresql_where=behind)
    op.create_index("ix_bulletins_team_id_channel_id_opened_at", "bulletins", ["team_id", "channel_id", "opened_at"])
    op.create_table(
        "incidents",
        sa.Column("id", sa.String(160), nullable=False),
        sa.Column("rule_id", sa.String(64), nullable=False),
        sa.Column("queue_id", sa.String(64), nullable=False),
        sa.Column("media", sa.String(32), nullable=False),
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("channel_id", sa.String(64), nullable=False),
        sa.Column("bulletin_id", sa.String(160), nullable=False),
        sa.Column("severity", sa.String(16), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("queue_name", sa.Text, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fired_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ended", sa.String(16)),
        sa.Column("evidence_json", sa.Text, nullable=False),
        sa.Column("worst_json", sa.Text, nullable=False),
        sa.Column("unstable_since", sa.DateTime(timezone=True)),
        sa.Column("firings", sa.Integer, nullable=False),
        sa.Column("acked_by", sa.String(64)),
        sa.Column("acked_at", sa.DateTime(timezone=True)),
        sa.Column("snoozed_by", sa.String(64)),
        sa.Column("snoozed_until", sa.DateTime(timezone=True)),
        sa.Column("expected_by", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_incidents"),
    )
    op.create_index("ix_incidents_bulletin_id", "incidents", ["bulletin_id"])
    op.create_index("ix_incidents_rule_id_fired_at", "incidents", ["rule_id", "fired_at"])
    op.create_index("ix_incidents_team_id_ended_at", "incidents", ["team_id", "ended_at"])
    op.create_table(
        "votes",
        sa.Column("incident_id", sa.String(160), nullable=False),
        sa.Column("user_id", sa.String(64), nullable=False),
        sa.Column("rule_id", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("incident_id", "user_id", name="pk_votes"),
    )
    op.create_index("ix_votes_rule_id", "votes", ["rule_id"])
    op.create_table(
        "bulletin_lines",
        sa.Column("bulletin_id", sa.String(160), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("sending", sa.String(16), nullable=False),
        sa.Column("sending_since", sa.DateTime(timezone=True)),
        sa.Column("holder", sa.String(128), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True)),
        sa.Column("ts", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("bulletin_id", "key", name="pk_bulletin_lines"),
    )
    op.create_index("ix_bulletin_lines_sending_claimed_until", "bulletin_lines", ["sending", "claimed_until"])
    op.create_table(
        "holidays",
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("added_by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "day", name="pk_holidays"),
    )
    op.create_table(
        "normal_since",
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("queue_id", sa.String(64), nullable=False),
        sa.Column("media", sa.String(32), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "queue_id", "media", name="pk_normal_since"),
    )
