"""Campaigns as the enablement team writes them, the looks at them, and the programme's own draw."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    none: dict[str, Any] = {"server_default": "", "nullable": False}
    for column in (
        sa.Column("design", sa.String(), **none),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("people", sa.Integer(), server_default="0", nullable=False),
        sa.Column("look_days", sa.String(), **none),
        sa.Column("outcome", sa.String(), server_default="a14", nullable=False),
        sa.Column("by_team", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("held_by", sa.String(), **none),
    ):
        op.add_column("campaign", column)
    for column in (
        sa.Column("unit", sa.String(), **none),
        sa.Column("steps", sa.Integer(), server_default="1", nullable=False),
        sa.Column("stopped", sa.String(), **none),
    ):
        op.add_column("enrolment", column)
    op.create_table(
        "campaignlook",
        sa.Column("campaign_key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("skipped", sa.Boolean(), nullable=False),
        sa.Column("nudge_n", sa.Integer(), nullable=False),
        sa.Column("nudge_x", sa.Integer(), nullable=False),
        sa.Column("holdout_n", sa.Integer(), nullable=False),
        sa.Column("holdout_x", sa.Integer(), nullable=False),
        sa.Column("fraction", sa.Float(), nullable=True),
        sa.Column("boundary", sa.Float(), nullable=True),
        sa.Column("low", sa.Float(), nullable=True),
        sa.Column("middle", sa.Float(), nullable=True),
        sa.Column("high", sa.Float(), nullable=True),
        sa.Column("last", sa.Boolean(), nullable=False),
        sa.Column("inflation", sa.Float(), nullable=True),
        sa.Column("freedom", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("campaign_key", "kind", "number"),
    )
    op.create_table(
        "programmedraw",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("year"),
    )


def downgrade() -> None:
    op.drop_table("programmedraw")
    op.drop_table("campaignlook")
    for name in ("unit", "steps", "stopped"):
        op.drop_column("enrolment", name)
    for name in ("design", "revision", "people", "look_days", "outcome", "by_team", "held_by"):
        op.drop_column("campaign", name)
