"""What is kept of whom: every table and column, what for, how long, and who may see it.

Export and erasure walk through these values, `unranked policy` prints them, and no program starts
on a database that holds anything else (`policy_rules`). Source: method.md 4.11.
"""

from collections.abc import Iterator

from unranked.domain.policy_access import OF_ACCESS
from unranked.domain.policy_groups import OF_GROUPS
from unranked.domain.policy_help import OF_HELP
from unranked.domain.policy_people import OF_PEOPLE
from unranked.domain.policy_program import OF_THE_PROGRAM
from unranked.domain.policy_terms import TablePolicy
from unranked.domain.policy_use import OF_USE

TABLES = OF_PEOPLE + OF_USE + OF_HELP + OF_GROUPS + OF_ACCESS + OF_THE_PROGRAM

ABOUT = (
    "Names, e-mail addresses and chat ids stand in one table, the vault. Every other row carries a "
    "random key, and the vault says whose it is.\n"
    "What goes by age is deleted every night. The rest goes when a person is erased, with "
    "`/tokens forget` or `unranked erase`. What becomes of each table then is said below. The "
    "program starts on no database that holds a table or a field that does not stand here."
)
"""What has to be known before the tables."""


def table(name: str) -> TablePolicy:
    """Return the policy of a table. Raises KeyError for one that is not declared."""
    return _BY_NAME[name]


def of_people() -> Iterator[TablePolicy]:
    """Yield the tables whose rows belong to people."""
    return (one for one in TABLES if one.own_key is not None)


_BY_NAME = {one.name: one for one in TABLES}
