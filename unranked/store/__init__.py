"""The database: SQLite in one file, or PostgreSQL. `Store` opens it; all SQL is in this folder."""

import os
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from unranked.errors import StoreError
from unranked.store.wiping import wipe

sqlite3.register_adapter(date, date.isoformat)  # from Python 3.12 on its own is to go
Tx = Connection
"""An open transaction, as the functions of this folder take it."""

BUSY_SECONDS = 15.0
CONNECT_SECONDS = 10
_WRITERS = 7_265_310
"""The number under which writers on PostgreSQL know of each other: any number of our own."""


class Store:
    """An open database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url: str) -> "Store":
        """Return the store at `url`; a new SQLite file is made, with mode 0600.

        Raises StoreError when the address, the driver, the file or the server is not usable.
        """
        try:
            parsed = make_url(url)
        except (ArgumentError, ValueError):
            # The address may hold a password: what cannot be read must not be shown.
            raise _unusable(
                "The database address cannot be understood (in a password, write %40 for @)."
            ) from None
        if parsed.get_backend_name() == "sqlite":
            return cls(_sqlite(Path(parsed.database or "")))
        if parsed.get_backend_name() == "postgresql":
            return cls(_postgresql(url))
        raise _unusable("There is no support for a database of that kind.")

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """Give a transaction that sees one state of the database."""
        with self._engine.begin() as tx:
            yield tx

    @contextmanager
    def write(self, *, alone: bool = False) -> Iterator[Tx]:
        """Give a transaction that may write; on SQLite it waits here for the one writer's turn.

        alone: on PostgreSQL, too, nobody else writes at the same time. What others have read in
        their transaction and store in it is then never about somebody who is gone meanwhile.
        """
        with self._engine.connect().execution_options(unranked_writes=True) as tx, tx.begin():
            if tx.dialect.name == "postgresql":
                lock = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
                tx.exec_driver_sql(f"SELECT {lock}({_WRITERS})")
            yield tx

    def wipe(self, words: Collection[str] | None = None) -> bool:
        """Take what was deleted out of a SQLite file, where `words` may stand in it still.

        words: None where nobody knows them any more. Returns False when somebody reads or writes
        for too long. PostgreSQL cleans up by itself.
        """
        if self._engine.dialect.name != "sqlite":
            return True
        return wipe(self._engine, Path(self._engine.url.database or ""), words)

    def clock(self) -> datetime | None:
        """Return the database server's own time; None on SQLite, which has no clock but ours."""
        if self._engine.dialect.name == "sqlite":
            return None
        with self.read() as tx:
            at: datetime = tx.execute(text("SELECT clock_timestamp()")).scalar_one()
        return at

    def revision(self) -> str:
        """Return the database's revision, or an empty string for a new one."""
        with self.read() as tx:
            return MigrationContext.configure(tx).get_current_revision() or ""

    def check(self) -> None:
        """Raise StoreError unless the database is at this program's revision."""
        have, want = self.revision(), head_revision()
        if have == want:
            return
        if have and have not in _known_revisions():
            raise _newer(have)
        raise StoreError(
            f"The database is at revision {have or 'none'}; this program needs {want}.",
            hint="Run `unranked migrate`.",
        )

    def migrate(self) -> tuple[str, str]:
        """Bring the database to this program's revision; return the revisions before and after.

        Raises StoreError when a newer program wrote it, or when it cannot be written.
        """
        before = self.revision()
        if before and before not in _known_revisions():
            raise _newer(before)
        config = _alembic()
        try:
            with self.write() as tx:
                config.attributes["connection"] = tx
                command.upgrade(config, "head")
        except DBAPIError as error:
            raise StoreError(
                f"The database cannot be changed ({type(error.orig).__name__}).",
                hint="Check that the file or the database may be written, and that there is space.",
            ) from None
        return before, self.revision()


def file_of(url: str) -> Path | None:
    """Return the file of a SQLite address; None for any other, and for one that names no file."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        return None
    named = parsed.get_backend_name() == "sqlite" and parsed.database
    return Path(parsed.database or "") if named else None


def head_revision() -> str:
    """Return the revision that this program needs."""
    return ScriptDirectory.from_config(_alembic()).get_current_head() or ""


def _known_revisions() -> set[str]:
    return {script.revision for script in ScriptDirectory.from_config(_alembic()).walk_revisions()}


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("migrations")).replace("%", "%%"))
    return config


def _sqlite(path: Path) -> Engine:
    if not path.name:
        raise _unusable("A SQLite address needs a file, as in sqlite:///unranked.db.")
    try:
        # The mode is set before a byte is written: the file holds the vault.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        path.chmod(0o600)
    except OSError as error:
        raise _unusable(f"The database file cannot be written ({error.strerror}).") from None
    engine = create_engine(
        f"sqlite:///{path}",
        hide_parameters=True,  # an error must not show anybody's address
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )
    event.listen(engine, "connect", _sqlite_connection)
    event.listen(engine, "begin", _sqlite_begin)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT count(*) FROM sqlite_master"))
    except DBAPIError as error:
        raise _unusable(f"The file is no usable SQLite database ({error.orig}).") from None
    return engine


def _sqlite_connection(connection: Any, record: object) -> None:  # noqa: ANN401 - a driver's object
    del record
    connection.isolation_level = None  # the driver's own BEGIN would come too late
    for pragma in (
        "journal_mode = WAL",
        "foreign_keys = ON",
        "synchronous = FULL",
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Connection) -> None:
    # A transaction that reads first and writes later could not wait for its turn: it would fail.
    writes = connection.get_execution_options().get("unranked_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql(url: str) -> Engine:
    try:
        engine = create_engine(
            make_url(url).set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={"connect_timeout": CONNECT_SECONDS},
        )
        with engine.connect():
            return engine
    except (ImportError, NoSuchModuleError):
        raise StoreError(
            "PostgreSQL needs a driver that is not installed.",
            hint="Install unranked with its extra: pip install 'unranked[postgres]'.",
        ) from None
    except DBAPIError:
        # The driver's own message holds the address, and with it perhaps the password.
        raise _unusable("The PostgreSQL server cannot be reached or refuses the log-in.") from None


def _unusable(message: str) -> StoreError:
    return StoreError(
        message, hint="Set UNRANKED_DATABASE_URL to sqlite:///FILE or postgresql://NAME@HOST/BASE."
    )


def _newer(revision: str) -> StoreError:
    return StoreError(
        f"The database is at revision {revision}, which this program does not know.",
        hint="A newer Unranked wrote it: install that version, or restore the backup made before.",
    )
