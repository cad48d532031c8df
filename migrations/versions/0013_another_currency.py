"""An index of what was billed in another currency than USD, which the quarter's figures ask for."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_WHERE = sa.text("currency NOT IN ('', 'USD')")


def upgrade() -> None:
    op.create_index(
        "ix_usage_not_usd",
        "usage",
        ["connector", "day"],
        sqlite_where=_WHERE,
        postgresql_where=_WHERE,
    )


def downgrade() -> None:
    op.drop_index("ix_usage_not_usd", "usage")
