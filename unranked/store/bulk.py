"""Many rows into one table: by one COPY on PostgreSQL, in batches on SQLite."""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import closing
from functools import lru_cache
from itertools import chain, islice
from typing import Any

from sqlalchemy import Table
from sqlalchemy.exc import DataError

from unranked.store import Tx

_BATCH = 5_000
_AT_ONCE = 1_000
_ALIKE = 1_024
"""So many values of a column are kept as the driver wants them: most times of a page are one."""


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


def add(
    tx: Tx,
    into: Table,
    names: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    *,
    once: str = "",
) -> None:
    """Insert rows that are new.

    once: a column that no two rows share; a row whose value is there already is left out.
    Any other clash is the database's IntegrityError, with nothing inserted. Raises ValueError for
    a value that does not fit its column.
    """
    if not rows or (tx.dialect.name == "postgresql" and _copy(tx, into, names, rows)):
        return
    for start in range(0, len(rows), _AT_ONCE):
        _add(tx, into, names, rows[start : start + _AT_ONCE], once)


def _add(
    tx: Tx, into: Table, names: Sequence[str], rows: Sequence[tuple[Any, ...]], once: str
) -> None:
    """Insert rows by one statement, what is the same in all of them being said once.

    One for each row would cost SQLite twice as much: behind a trigger, each is a transaction.
    """
    columns = [
        _bound(tx, into, name, of) for name, of in zip(names, zip(*rows, strict=True), strict=True)
    ]
    same = [column.count(column[0]) == len(rows) for column in columns]
    if all(same):
        same[0] = False
    mark = "?" if tx.dialect.name == "sqlite" else "%s"
    each = [place for place, is_one in enumerate(same) if not is_one]
    shown = [mark if is_one else f"v.column{each.index(n) + 1}" for n, is_one in enumerate(same)]
    row = f"({', '.join([mark] * len(each))})"
    clash = f" WHERE true ON CONFLICT ({once}) DO NOTHING" if once else ""
    statement = (
        f"INSERT INTO {into.name} ({', '.join(names)}) "  # noqa: S608 - names of our own columns
        f"SELECT {', '.join(shown)} FROM (VALUES {', '.join([row] * len(rows))}) AS v{clash}"
    )
    once_said = (column[0] for column, is_one in zip(columns, same, strict=True) if is_one)
    each_said = chain.from_iterable(zip(*(columns[place] for place in each), strict=True))
    try:
        tx.exec_driver_sql(statement, (*once_said, *each_said))
    except DataError:
        raise _unfit() from None


def _bound(tx: Tx, into: Table, name: str, column: tuple[Any, ...]) -> Sequence[Any]:
    """Return the values of a column as its type gives them to the driver."""
    show = into.c[name].type.dialect_impl(tx.dialect).bind_processor(tx.dialect)
    return column if show is None else list(map(lru_cache(_ALIKE)(show), column))


def _copy(tx: Tx, into: Table, names: Collection[str], rows: Iterable[tuple[Any, ...]]) -> bool:
    """Return False, with nothing inserted, where two rows share their key."""
    driver = tx.dialect.loaded_dbapi
    # In binary form a row costs a third of what it costs as text; the types must then be said.
    types = [into.c[name].type.compile(tx.dialect).lower() for name in names]
    statement = f"COPY {into.name} ({', '.join(names)}) FROM STDIN WITH (FORMAT BINARY)"
    cursor: Any = tx.connection.cursor()
    try:
        with tx.begin_nested(), closing(cursor), cursor.copy(statement) as stream:
            stream.set_types(types)
            for row in rows:
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
