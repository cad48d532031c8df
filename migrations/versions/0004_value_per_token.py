"""Check-ins, finished work, hints, languages, and what the language model was asked."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "checkin",
        sa.Column("person_key", sa.String(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("spent", sa.String(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("person_key", "week"),
    )
    op.create_table(
        "hint",
        sa.Column("person_key", sa.String(), nullable=False),
        sa.Column("shown_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("person_key", "shown_on"),
    )
    op.create_table(
        "modeluse",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("discarded", sa.Integer(), nullable=False),
        sa.Column("n_in", sa.BigInteger(), nullable=False),
        sa.Column("n_out", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "model"),
    )
    op.create_table(
        "outcome",
        sa.Column("connector", sa.String(), nullable=False),
        sa.Column("feed", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("account_key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("finished", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("connector", "feed", "day", "account_key", "kind"),
    )
    op.create_index("ix_outcome_account", "outcome", ["account_key", "day"], unique=False)
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("locale", sa.String(), server_default="", nullable=False))
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("phase", sa.String(), server_default="explore", nullable=False)
        )


def downgrade() -> None:
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.drop_column("phase")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_column("locale")
    op.drop_index("ix_outcome_account", table_name="outcome")
    op.drop_table("outcome")
    op.drop_table("modeluse")
    op.drop_table("hint")
    op.drop_table("checkin")
