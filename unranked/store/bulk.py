"""Many rows into one table: by one COPY on PostgreSQL, in batches on SQLite."""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import closing
from itertools import chain, islice
from typing import Any

from sqlalchemy import Table
from sqlalchemy.exc import DataError

from unranked.store import Tx

_BATCH = 5_000


def put(
    tx: Tx, into: Table, names: Collection[str], rows: Callable[[], Iterable[tuple[Any, ...]]]
) -> None:
    """Insert the rows; of those that share their key, the last one stays.

    names: of the columns, in the order of a row's values.
    rows: begins the stream, a second time where rows turn out to share their key. It must leave the
    transaction alone.
    Raises ValueError for a value that does not fit its column.
    """
    copied = tx.dialect.name == "postgresql" and _copy(tx, into, names, rows())
    if not copied:
        _insert(tx, _upsert_statement(tx, into, names), rows())


def add(tx: Tx, into: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows, whole and as the driver takes them, into a table that nothing clashes in."""
    names = [column.name for column in into.c]
    if tx.dialect.name == "postgresql":
        _copy(tx, into, names, rows)
    elif rows:
        marks = ", ".join("?" * len(names))
        statement = f"INSERT INTO {into.name} VALUES ({marks})"  # noqa: S608 - a table of our own
        tx.exec_driver_sql(statement, rows)


def _copy(tx: Tx, into: Table, names: Collection[str], rows: Iterable[tuple[Any, ...]]) -> bool:
    """Return False, with nothing inserted, where two rows share their key."""
    driver, given = tx.dialect.loaded_dbapi, iter(rows)
    first = next(given, None)
    if first is None:
        return True
    # In binary form a row costs a third of what it costs as text; the types must then be said.
    types = [into.c[name].type.compile(tx.dialect).lower() for name in names]
    statement = f"COPY {into.name} ({', '.join(names)}) FROM STDIN WITH (FORMAT BINARY)"
    cursor: Any = tx.connection.cursor()
    try:
        with tx.begin_nested(), closing(cursor), cursor.copy(statement) as stream:
            stream.set_types(types)
            for row in chain((first,), given):
                stream.write_row(row)
    except driver.IntegrityError:
        return False
    except driver.DataError:
        raise _unfit() from None
    return True


def _insert(tx: Tx, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    stream = iter(rows)
    try:
        while batch := list(islice(stream, _BATCH)):
            tx.exec_driver_sql(statement, batch)
    except DataError:
        raise _unfit() from None


def _upsert_statement(tx: Tx, into: Table, names: Collection[str]) -> str:
    # The driver's own statement: building one expression a row would cost more than the row.
    mark = "?" if tx.dialect.name == "sqlite" else "%s"
    key = [column.name for column in into.primary_key]
    updates = ", ".join(f"{name} = excluded.{name}" for name in names if name not in key)
    return (
        f"INSERT INTO {into.name} ({', '.join(names)}) "  # noqa: S608 - names of our own columns
        f"VALUES ({', '.join([mark] * len(names))}) "
        f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {updates}"
    )


def _unfit() -> ValueError:
    # The driver's own text would show the rows.
    return ValueError("A value does not fit its column.")
