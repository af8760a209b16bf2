"""Exports under way, so that a restart can tell their owners."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_STILL_MINE = sa.text("state <> 'interrupted'")


def upgrade() -> None:
    op.create_table(
        "exports",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(64), nullable=False),
        sa.Column("channel_id", sa.String(64)),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("alive_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notice_channel", sa.String(64)),
        sa.Column("notice_ts", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_exports"),
    )
    op.create_index("ix_exports_alive_until", "exports", ["alive_until"])
    op.create_index(
        "ix_exports_team_id_user_id",
        "exports",
        ["team_id", "user_id"],
        unique=True,
        sqlite_where=_STILL_MINE,
        postgresql_where=_STILL_MINE,
    )


def downgrade() -> None:
    op.drop_index("ix_exports_team_id_user_id", table_name="exports")
    op.drop_index("ix_exports_alive_until", table_name="exports")
    op.drop_table("exports")
