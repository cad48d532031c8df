"""On which day a manager posted their weekly message to the team, so that it is posted once."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("posted_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("outbox", "posted_on")
