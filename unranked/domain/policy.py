"""What is kept of whom: every table and column, what for, how long, and who may see it.

Export and erasure walk through these values, and `unranked policy` prints them: what is not
declared here cannot be stored, for a test compares it with the database. Source: method.md 4.11.
"""

from collections.abc import Iterator

from unranked.domain.policy_people import OF_PEOPLE
from unranked.domain.policy_program import OF_THE_PROGRAM
from unranked.domain.policy_terms import TablePolicy

TABLES = OF_PEOPLE + OF_THE_PROGRAM

ABOUT = (
    "Names, e-mail addresses and chat ids stand in clear in one table, the vault. Every other row "
    "carries a random key, and the vault says whose it is: whoever can read the database, here "
    "called the operator, can read a person's figures.\n"
    "Nothing is deleted by age in this version, only when a person is erased, with `/tokens "
    "forget` or `unranked erase`. What becomes of each table then is said below."
)
"""What has to be known before the tables."""


def table(name: str) -> TablePolicy:
    """Return the policy of a table. Raises KeyError for one that is not declared."""
    return _BY_NAME[name]


def of_people() -> Iterator[TablePolicy]:
    """Yield the tables whose rows belong to people."""
    return (one for one in TABLES if one.own_key is not None)


_BY_NAME = {one.name: one for one in TABLES}
