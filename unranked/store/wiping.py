"""Takes what was deleted out of the databases' files, too.

SQLite overwrites deleted rows (`secure_delete`), but older copies of them stay in the write-ahead
log, and now and then in a page that was rearranged since. So the files' own bytes are searched.
PostgreSQL keeps them until it is told to write its tables anew.
"""

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

SUFFIXES = ("", "-wal", "-journal")
_PATIENCE = "15s"
_BLOCK = 1 << 20


def wipe(engine: Engine, path: Path, words: Collection[str] | None) -> bool:
    """Clear the log, and rebuild the file where any of `words` still stands in it; None: always.

    Returns False when somebody read or wrote for so long that it could not be done.
    """
    if not _pragma(engine, "PRAGMA wal_checkpoint(TRUNCATE)"):
        return False
    if words is not None and not _found(path, words):
        return True
    return _pragma(engine, "VACUUM") and _pragma(engine, "PRAGMA wal_checkpoint(TRUNCATE)")


def rebuild(engine: Engine, *tables: str) -> bool:
    """Write a whole database anew, or on PostgreSQL these tables; no table: all of them.

    Returns False when somebody read or wrote for so long that it could not be done.
    """
    if engine.dialect.name == "sqlite":
        return wipe(engine, Path(engine.url.database or ""), None)
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as tx:
            tx.exec_driver_sql(f"SET lock_timeout = '{_PATIENCE}'")
            for table in tables or ("",):
                tx.exec_driver_sql(f"VACUUM FULL {table}")
            tx.exec_driver_sql("RESET lock_timeout")
    except DBAPIError:
        return False
    return True


def _pragma(engine: Engine, statement: str) -> bool:
    """Run a statement outside any transaction; return whether nobody was in its way."""
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(statement)
        row = cursor.fetchone()  # busy, pages in the log, pages moved
        cursor.close()
    except sqlite3.Error:
        return False
    else:
        return row is None or row[0] == 0
    finally:
        connection.close()


def _found(path: Path, words: Collection[str]) -> bool:
    needles = [word.encode() for word in words if word]
    return any(
        needle in block
        for suffix in SUFFIXES
        for block in _blocks(path.with_name(path.name + suffix), max(map(len, needles), default=1))
        for needle in needles
    )


def _blocks(path: Path, longest: int) -> Iterator[bytes]:
    """Yield a file in blocks, each with the end of the one before, so that no word is cut in two.

    Read, and not mapped into memory: another process may cut the file short meanwhile, and whoever
    touches a mapped page that is gone is ended by the system.
    """
    with suppress(FileNotFoundError), path.open("rb") as file:
        end = b""
        while block := file.read(_BLOCK):
            yield end + block
            end = (end + block)[-longest:]
