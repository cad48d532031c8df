"""A manager's group is made of atoms, which several groups share, and is one of several units.

Until now everybody was in one group, their manager's direct reports: each becomes one atom.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# Groups of fewer than ten were never shown: nobody is in an atom because of them.
_LARGE = """
    CREATE TABLE cohort_large AS
    SELECT quarter, group_key, DENSE_RANK() OVER (PARTITION BY quarter ORDER BY group_key) AS atom
    FROM cohort_before GROUP BY quarter, group_key HAVING COUNT(*) >= 10
"""
_UNITS = "INSERT INTO unit SELECT DISTINCT group_key, 'team', group_key FROM cohort_large"
_COHORT = """
    INSERT INTO cohort (quarter, person_key, atom, frozen_on)
    SELECT was.quarter, was.person_key, large.atom, was.frozen_on
    FROM cohort_before AS was JOIN cohort_large AS large
    ON large.quarter = was.quarter AND large.group_key = was.group_key
"""
_ATOMS = "INSERT INTO unitatom SELECT quarter, group_key, atom FROM cohort_large"
_FROZEN = """
    INSERT INTO frozenunit (quarter, unit_key, people, members, often, frozen_on)
    SELECT was.quarter, was.group_key, COUNT(*), '', COUNT(*) >= 50, MAX(was.frozen_on)
    FROM cohort_before AS was JOIN cohort_large AS large
    ON large.quarter = was.quarter AND large.group_key = was.group_key
    GROUP BY was.quarter, was.group_key
"""
_FIXED = """
    INSERT INTO frozenunit (quarter, unit_key, people, members, frozen_on)
    SELECT quarter, '', 0, '', MAX(frozen_on) FROM cohort_before GROUP BY quarter
"""
_SHOWN = """
    INSERT INTO shownunit (quarter, manager_key, unit_key, above, whole)
    SELECT quarter, group_key, group_key, 0, TRUE FROM cohort_large
"""
_BACK = """
    INSERT INTO cohort (quarter, group_key, person_key, frozen_on)
    SELECT now.quarter, unit.manager_key, now.person_key, now.frozen_on
    FROM cohort_after AS now
    JOIN unitatom ON unitatom.quarter = now.quarter AND unitatom.atom = now.atom
    JOIN unit ON unit.unit_key = unitatom.unit_key AND unit.kind = 'team'
"""


def upgrade() -> None:
    op.rename_table("cohort", "cohort_before")
    op.create_table(
        "unit",
        sa.Column("unit_key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("manager_key", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("unit_key"),
    )
    op.create_index("ix_unit_manager_key", "unit", ["manager_key"])
    op.create_table(
        "cohort",
        sa.Column("quarter", sa.Date(), nullable=False),
        sa.Column("person_key", sa.String(), nullable=False),
        sa.Column("atom", sa.Integer(), nullable=False),
        sa.Column("frozen_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("quarter", "person_key", name="cohort_by_person"),
    )
    op.create_table(
        "frozenunit",
        sa.Column("quarter", sa.Date(), nullable=False),
        sa.Column("unit_key", sa.String(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("members", sa.String(), nullable=False),
        sa.Column("often", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("nested", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("frozen_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("quarter", "unit_key"),
    )
    op.create_table(
        "unitatom",
        sa.Column("quarter", sa.Date(), nullable=False),
        sa.Column("unit_key", sa.String(), nullable=False),
        sa.Column("atom", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("quarter", "unit_key", "atom"),
    )
    op.create_table(
        "shownunit",
        sa.Column("quarter", sa.Date(), nullable=False),
        sa.Column("manager_key", sa.String(), nullable=False),
        sa.Column("unit_key", sa.String(), nullable=False),
        sa.Column("above", sa.Integer(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("quarter", "manager_key"),
    )
    op.create_table(
        "dottedline",
        sa.Column("person_key", sa.String(), nullable=False),
        sa.Column("manager_key", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("person_key", "manager_key"),
    )
    op.create_table(
        "atomdraw",
        sa.Column("quarter", sa.Date(), nullable=False),
        sa.Column("atom", sa.Integer(), nullable=False),
        sa.Column("window_start", sa.Date(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("quarter", "atom", "window_start"),
    )
    for statement in (_LARGE, _UNITS, _COHORT, _FROZEN, _FIXED, _ATOMS, _SHOWN):
        op.execute(statement)
    op.drop_table("cohort_large")
    op.drop_table("cohort_before")
    op.add_column(
        "release", sa.Column("mechanism", sa.String(), server_default="bands", nullable=False)
    )
    for name in ("least", "most"):
        op.add_column("release", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    op.add_column("release", sa.Column("epsilon", sa.Float(), server_default="0", nullable=False))


def downgrade() -> None:
    for name in ("epsilon", "least", "most"):
        op.drop_column("release", name)
    op.drop_column("release", "mechanism")
    op.rename_table("cohort", "cohort_after")
    op.create_table(
        "cohort",
        sa.Column("quarter", sa.Date(), nullable=False),
        sa.Column("group_key", sa.String(), nullable=False),
        sa.Column("person_key", sa.String(), nullable=False),
        sa.Column("frozen_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("quarter", "group_key", "person_key", name="cohort_by_group"),
    )
    op.execute(_BACK)
    for name in (
        "cohort_after",
        "atomdraw",
        "dottedline",
        "shownunit",
        "unitatom",
        "frozenunit",
        "unit",
    ):
        op.drop_table(name)
