"""Retention: use by the week, when an account was ever used, and how many a campaign drew."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_COUNTS = ("requests", "n_in", "n_out", "n_cr", "n_cw5", "n_cw1h", "cost_nano")


def upgrade() -> None:
    op.create_table(
        "usageweek",
        sa.Column("account_key", sa.String(), nullable=False),
        sa.Column("connector", sa.String(), nullable=False),
        sa.Column("feed", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("through", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in _COUNTS),
        sa.PrimaryKeyConstraint("account_key", "connector", "feed", "since", "currency"),
    )
    op.create_table(
        "everused",
        sa.Column("account_key", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account_key", "since"),
    )
    op.create_table(
        "armtotal",
        sa.Column("campaign_key", sa.String(), nullable=False),
        sa.Column("arm", sa.String(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_key", "arm"),
    )
    # Not in a batch: on SQLite that would make the tables anew, without their triggers.
    op.add_column("coverage", sa.Column("unmapped", sa.Integer(), nullable=True))
    for name in ("a14", "p42"):
        op.add_column(
            "enrolment", sa.Column(name, sa.Integer(), server_default="0", nullable=False)
        )


def downgrade() -> None:
    for name in ("p42", "a14"):
        op.drop_column("enrolment", name)
    op.drop_column("coverage", "unmapped")
    for name in ("armtotal", "everused", "usageweek"):
        op.drop_table(name)
