"""Groups, rights and corrections."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cohort",
        sa.Column("quarter", sa.Date(), nullable=False),
        sa.Column("group_key", sa.String(), nullable=False),
        sa.Column("person_key", sa.String(), nullable=False),
        sa.Column("frozen_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("quarter", "group_key", "person_key"),
    )
    op.create_table(
        "disclaimer",
        sa.Column("account_key", sa.String(), nullable=False),
        sa.Column("person_key", sa.String(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("account_key", "person_key"),
    )
    op.create_table(
        "exportlink",
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("person_key", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("mark"),
    )
    with op.batch_alter_table("exportlink", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exportlink_person_key"), ["person_key"], unique=False)

    op.create_table(
        "release",
        sa.Column("group_key", sa.String(), nullable=False),
        sa.Column("statistic", sa.String(), nullable=False),
        sa.Column("window_start", sa.Date(), nullable=False),
        sa.Column("window_end", sa.Date(), nullable=False),
        sa.Column("quarter", sa.Date(), nullable=False),
        sa.Column("members", sa.String(), nullable=False),
        sa.Column("band", sa.String(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("group_key", "statistic", "window_start"),
    )
    with op.batch_alter_table("release", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_release_quarter"), ["quarter"], unique=False)

    op.create_table(
        "tombstone",
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("mark"),
    )
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("last_seen", sa.Date(), nullable=True))

    with op.batch_alter_table("choice", schema=None) as batch_op:
        batch_op.add_column(sa.Column("value", sa.String(), server_default="", nullable=False))

    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(), server_default="nudge", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_column("kind")

    with op.batch_alter_table("choice", schema=None) as batch_op:
        batch_op.drop_column("value")

    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_column("last_seen")

    op.drop_table("tombstone")
    with op.batch_alter_table("release", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_release_quarter"))

    op.drop_table("release")
    with op.batch_alter_table("exportlink", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_exportlink_person_key"))

    op.drop_table("exportlink")
    op.drop_table("disclaimer")
    op.drop_table("cohort")
