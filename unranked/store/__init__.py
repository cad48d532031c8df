"""The database: SQLite in one file, or PostgreSQL. `Store` opens it; all SQL is in this folder."""

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, OperationalError

from unranked.errors import StoreError
from unranked.store import key_checks, ring, schema
from unranked.store.engines import BUSY_SECONDS, DATABASE, WRITES, file_of, opened
from unranked.store.key_database import KeyDatabase
from unranked.store.keys import KeyPlace, KeyStore
from unranked.store.tables_keys import WAS_CLEAR
from unranked.store.wiping import rebuild, wipe

__all__ = ["BUSY_SECONDS", "KeyPlace", "Store", "Tx", "file_of", "head_revision"]

sqlite3.register_adapter(date, date.isoformat)  # from Python 3.12 on its own is to go
Tx = Connection
"""An open transaction, as the functions of this folder take it."""

_WRITERS = 7_265_310
"""The number under which writers on PostgreSQL know of each other: any number of our own."""


class Store:
    """An open database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url: str, keys: KeyPlace | None = None) -> "Store":
        """Return the store at `url`; a new SQLite file is made, with mode 0600.

        keys: where its key store is; beside it where that is left out. The key store is opened
        when it is first needed, and made when there is first something to seal.
        Raises StoreError when the address, the driver, the file or the server is not usable.
        """
        place = (keys or KeyPlace()).beside(url)
        engine = opened(url, DATABASE)
        ring.put_on(engine.dialect, KeyDatabase(place))
        return cls(engine)

    @property
    def keys(self) -> KeyStore:
        """The key store, whether it is there or not."""
        return ring.ring_of(self._engine.dialect).keys

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()
        self.keys.close()

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """Give a transaction that sees one state of the database."""
        with self._engine.begin() as tx, ring.using(tx):
            yield tx

    @contextmanager
    def write(self, *, alone: bool = False) -> Iterator[Tx]:
        """Give a transaction that may write; on SQLite it waits here for the one writer's turn.

        alone: on PostgreSQL, too, nobody else writes at the same time. What others have read in
        their transaction and store in it is then never about somebody who is gone meanwhile.
        """
        with self._engine.connect().execution_options(**{WRITES: True}) as tx, tx.begin():
            if tx.dialect.name == "postgresql":
                lock = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
                tx.exec_driver_sql(f"SELECT {lock}({_WRITERS})")
            with ring.using(tx):
                yield tx

    def wipe(self, words: Collection[str] | None = None) -> bool:
        """Take what was deleted out of the files, where `words` may stand in them still.

        Of the key store too, and there always. words: None where nobody knows them any more.
        Returns False when somebody reads or writes for too long. A PostgreSQL database cleans up
        its rows by itself, but for what a migration may have left; those of its key store are
        written anew. What was done is noted: see `is_clean`.
        """
        with self.read() as tx:
            before = ring.of(tx).state
        done = True
        if self._engine.dialect.name == "sqlite":
            done = wipe(self._engine, Path(self._engine.url.database or ""), words)
        elif words is None and not before.clean:
            done = rebuild(self._engine, *WAS_CLEAR)
        if before.key_store:
            done = self.keys.clean() and done
        return done and (before.clean or self._note_clean(before.destroyed))

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

    def check(self, *, restored: bool = False) -> None:
        """Raise StoreError unless database and key store are what this program needs.

        restored: one of the two may be a backup of before people were erased.
        """
        self.check_database()
        self.check_keys(restored=restored)

    def check_database(self) -> None:
        """Raise StoreError unless the database is at this program's revision, and as declared."""
        have, want = self.revision(), head_revision()
        if have == want:
            with self.read() as tx:
                schema.check(tx)
                _check_rights(tx)
            return
        if have and have not in _known_revisions():
            raise _newer(have)
        raise StoreError(
            f"The database is at revision {have or 'none'}; this program needs {want}.",
            hint="Run `unranked migrate`.",
        )

    def check_keys(self, *, restored: bool = False) -> bool:
        """Raise StoreError unless the key store is there, this database's, and as old as it.

        Returns whether there are any keys yet. restored: as in `check`.
        """
        with self.read() as tx:
            use = ring.of(tx)
            key_checks.check(use, restored=restored)
            return use.is_bound

    def restore_keys(self, path: Path) -> None:
        """Fill the key store, which must hold nothing yet, from a copy of this database's.

        Raises StoreError, and changes nothing, where the copy does not open what is sealed here.
        """
        self.check_database()
        with self.read() as tx:
            use = ring.of(tx)
            self.keys.restore_from(path, lambda copy: key_checks.check_opens(use, copy))

    def is_clean(self) -> bool:
        """Return whether nothing is left in the files that a migration sealed, or was erased."""
        with self.read() as tx:
            return ring.of(tx).state.clean

    def check_clean(self) -> None:
        """Raise StoreError unless the files are clean."""
        if not self.is_clean():
            raise StoreError(
                "The database is at its revision, and the files hold still what was clear in "
                "them before, or was erased: somebody used them, or the disk is full.",
                hint="Stop the service, and run `unranked migrate` again.",
            )

    def migrate(self) -> tuple[str, str]:
        """Bring the database to this program's revision; return the revisions before and after.

        Clears the files, too, where they are not clean. Raises StoreError when a newer program
        wrote it, when it cannot be written, or when what was sealed just now is clear in the files.
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
        after = self.revision()
        if not self.is_clean():
            self.wipe()
        if before != after:  # else it is no reason not to start: the next list of people does it
            self.check_clean()
        return before, after

    def _note_clean(self, destroyed: int) -> bool:
        """Note that the files are clean, unless more was erased meanwhile; whoever did so does it.

        Returns False when somebody writes for too long.
        """
        try:
            with self.write() as tx:
                use = ring.of(tx)
                if use.state.destroyed == destroyed:
                    use.change(clean=True)
        except OperationalError:
            return False
        return True


def head_revision() -> str:
    """Return the revision that this program needs."""
    return ScriptDirectory.from_config(_alembic()).get_current_head() or ""


def _check_rights(tx: Tx) -> None:
    """Raise StoreError unless the account may do on PostgreSQL what jobs do."""
    if tx.dialect.name == "sqlite":
        return
    may = text("SELECT has_database_privilege(current_database(), 'TEMPORARY')")
    if not tx.execute(may).scalar_one():
        raise StoreError(
            "The database account may not make temporary tables, and jobs need them.",
            hint="As the database's owner: GRANT TEMPORARY ON DATABASE ... TO ...;",
        )


def _known_revisions() -> set[str]:
    return {script.revision for script in ScriptDirectory.from_config(_alembic()).walk_revisions()}


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("migrations")).replace("%", "%%"))
    return config


def _newer(revision: str) -> StoreError:
    return StoreError(
        f"The database is at revision {revision}, which this program does not know.",
        hint="A newer Unranked wrote it: install that version, or restore the backup made before.",
    )
