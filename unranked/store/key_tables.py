"""The tables of a key store in a database. They are no part of the main database's.

They have no migrations: `FORM` says how they are laid out.
"""

import json
from contextlib import closing
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    RowMapping,
    String,
    Table,
    insert,
    inspect,
    select,
)
from sqlalchemy.exc import OperationalError, ProgrammingError

from unranked.errors import StoreError

FORM = 1
_PAGE = 10_000

TABLES = MetaData()
STORE = Table(
    "keystore",
    TABLES,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("form", Integer, nullable=False),
    Column("identity", String, nullable=False),
    Column("destroyed", Integer, nullable=False),
)
GENERATION = Table(
    "generation",
    TABLES,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("wrapped_by", String, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("lasting", LargeBinary, nullable=False),
)
KEY = Table(
    "datakey",
    TABLES,
    Column("subject", String, primary_key=True),
    Column("generation", Integer, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)


def whole(tx: Connection) -> RowMapping:
    """Return the store's own row. Raises StoreError where it is none, or a newer program's."""
    row = None
    if inspect(tx).has_table(STORE.name):
        try:
            row = tx.execute(select(STORE)).mappings().first()
        except (OperationalError, ProgrammingError):
            raise _of_others() from None
    if row is None:
        raise missing("")
    if not isinstance(row["form"], int):
        raise _of_others()
    if row["form"] > FORM:
        raise StoreError(
            "A newer Unranked wrote the key store.", hint="Install that version, and start it."
        )
    return row


def one_generation(tx: Connection, number: int) -> RowMapping:
    """Return the row of a generation. Raises StoreError where there is none of that number."""
    row = tx.execute(select(GENERATION).where(GENERATION.c.number == number)).mappings().first()
    if row is None:
        raise StoreError(
            "The key store does not hold the keys that the database was sealed with last: it is "
            "older than the last rotation.",
            hint="Restore a backup of the key store that was made since: `unranked keys restore`.",
        )
    return row


def keys_of(tx: Connection, subjects: list[str]) -> list[tuple[str, int, bytes]]:
    """Return subject, generation and sealed key of some subjects, in one statement.

    By the driver's own cursor: of 200,000 people a row of SQLAlchemy costs more than its key.
    """
    among = "SELECT subject, generation, sealed FROM datakey WHERE subject"
    given: tuple[Any, ...] = (subjects,)
    statement = f"{among} = ANY(%s)"
    if tx.dialect.name == "sqlite":
        statement, given = f"{among} IN (SELECT value FROM json_each(?))", (json.dumps(subjects),)  # noqa: S608 - our own words
    with closing(tx.connection.cursor()) as cursor:
        cursor.execute(statement, given)
        return [(subject, generation, its) for subject, generation, its in cursor.fetchall()]


def add_keys(tx: Connection, subjects: list[str], generation: int, sealed: list[bytes]) -> bool:
    """Insert keys, but of whom there is one already; return whether there was none."""
    if tx.dialect.name == "sqlite":
        rows = [(one, generation, its) for one, its in zip(subjects, sealed, strict=True)]
        done = tx.exec_driver_sql("INSERT OR IGNORE INTO datakey VALUES (?, ?, ?)", rows)
    else:
        done = tx.exec_driver_sql(
            "INSERT INTO datakey SELECT s, %s, k FROM unnest(%s::text[], %s::bytea[]) AS new(s, k) "
            "ORDER BY s ON CONFLICT DO NOTHING",
            (generation, subjects, sealed),
        )
    return done.rowcount == len(subjects)


def copy(tx: Connection, into: Connection) -> None:
    """Put every row of one key store into another, which is empty."""
    for place in (STORE, GENERATION, KEY):
        rows = tx.execution_options(yield_per=_PAGE).execute(select(place)).mappings()
        for part in rows.partitions(_PAGE):
            into.execute(insert(place), [dict(row) for row in part])


def _of_others() -> StoreError:
    return StoreError(
        "There is a table `keystore`, but it cannot be read as a key store's.",
        hint="Name a copy that `unranked keys backup` wrote, or let UNRANKED_KEYS_URL name the "
        "key store. Nothing was changed.",
    )


def missing(where: str) -> StoreError:
    """Return the error of a key store that is not there. where: its file, if it is one."""
    what = f"there is no file {where}" if where else "it is empty"
    return StoreError(
        f"The key store is missing: {what}. Without its keys nobody in the database has a name.",
        hint="Put it back where it was, or restore its newest backup: `unranked keys restore "
        "FILE`. UNRANKED_KEYS_URL says where it is looked for. Nothing was changed.",
    )
