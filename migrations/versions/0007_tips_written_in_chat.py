"""Tips that the enablement team writes in chat, every text that was sent, and fair turns."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_WAITING = sa.text("state IN ('queued', 'sending', 'in_doubt')")


def upgrade() -> None:
    none: dict[str, Any] = {"server_default": "", "nullable": False}
    op.create_table(
        "tip",
        sa.Column("tip_key", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("segment", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("review", sa.Date(), nullable=False),
        sa.Column("risk", sa.String(), nullable=False),
        sa.Column("risk_reason", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("tip_key"),
    )
    op.create_table(
        "tipwords",
        sa.Column("tip_key", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("understand", sa.String(), nullable=False),
        sa.Column("ask", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("tip_key", "language"),
    )
    op.create_table(
        "senttext",
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("text_hash"),
    )
    # Not in a batch: on SQLite that would make the table anew, without its triggers.
    op.add_column("outbox", sa.Column("text_hash", sa.String(), **none))
    op.create_index(
        "ix_outbox_turn",
        "outbox",
        ["campaign_key", "not_before"],
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )
    op.create_index("ix_enrolment_person", "enrolment", ["person_key", "enrolled_at"])


def downgrade() -> None:
    op.drop_index("ix_enrolment_person", "enrolment")
    op.drop_index("ix_outbox_turn", "outbox")
    op.drop_column("outbox", "text_hash")
    for name in ("senttext", "tipwords", "tip"):
        op.drop_table(name)
