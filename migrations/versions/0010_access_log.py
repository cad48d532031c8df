"""The access log: on which day somebody looked, in which role, at what of a person or of many."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_TABLES = {"access": "person_key", "groupaccess": "group_key"}


def upgrade() -> None:
    for name, key in _TABLES.items():
        op.create_table(
            name,
            sa.Column(key, sa.String(), nullable=False),
            sa.Column("day", sa.Date(), nullable=False),
            sa.Column("who", sa.String(), nullable=False),
            sa.Column("what", sa.String(), nullable=False),
            sa.Column("times", sa.Integer(), nullable=False),
            sa.PrimaryKeyConstraint(key, "day", "who", "what"),
        )


def downgrade() -> None:
    for name in reversed(_TABLES):
        op.drop_table(name)
