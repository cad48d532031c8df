"""Takes what was deleted out of SQLite's files, too.

SQLite overwrites deleted rows (`secure_delete`), but older copies of them stay in the write-ahead
log, and now and then in a page that was rearranged since. So the files' own bytes are searched.
"""

import mmap
import sqlite3
from collections.abc import Collection
from pathlib import Path

from sqlalchemy import Engine

SUFFIXES = ("", "-wal", "-journal")


def wipe(engine: Engine, path: Path, words: Collection[str] | None) -> bool:
    """Clear the log, and rebuild the file where any of `words` still stands in it; None: always.

    Returns False when somebody read or wrote for so long that it could not be done.
    """
    if not _pragma(engine, "PRAGMA wal_checkpoint(TRUNCATE)"):
        return False
    if words is not None and not _found(path, words):
        return True
    return _pragma(engine, "VACUUM") and _pragma(engine, "PRAGMA wal_checkpoint(TRUNCATE)")


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
    for suffix in SUFFIXES:
        one = path.with_name(path.name + suffix)
        if not one.exists() or not one.stat().st_size:
            continue
        with one.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
            if any(view.find(needle) >= 0 for needle in needles):
                return True
    return False
