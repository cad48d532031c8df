"""Opens a SQLite file or a PostgreSQL server, for the database and for its key store alike."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from unranked.errors import StoreError

BUSY_SECONDS = 15.0
_HEADER = b"SQLite format 3\0"
CONNECT_SECONDS = 10
WRITES = "unranked_writes"
"""The option of a connection that writes: on SQLite it waits for its turn when it begins."""


@dataclass(frozen=True, slots=True)
class Place:
    """Which of the two databases is meant, for what is said when it cannot be opened.

    what: as in `The database cannot be read`. setting: where its address stands.
    """

    what: str
    setting: str

    def unusable(self, message: str) -> StoreError:
        """Return the error of an address that opens nothing."""
        hint = f"Set {self.setting} to sqlite:///FILE or postgresql://NAME@HOST/BASE."
        return StoreError(message, hint=hint)


DATABASE = Place("database", "UNRANKED_DATABASE_URL")


def parsed(url: str, place: Place) -> URL:
    """Return the address in its parts. Raises StoreError for one that is none."""
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        # The address may hold a password: what cannot be read must not be shown.
        raise place.unusable(
            f"The {place.what} address cannot be understood (in a password, write %40 for @)."
        ) from None


def opened(url: str, place: Place) -> Engine:
    """Return the engine on a database; a new SQLite file is made, with mode 0600.

    Raises StoreError when the address, the driver, the file or the server is not usable.
    """
    parts = parsed(url, place)
    if parts.get_backend_name() == "sqlite":
        return _sqlite(Path(parts.database or ""), place)
    if parts.get_backend_name() == "postgresql":
        return _postgresql(parts, place)
    raise place.unusable(f"There is no support for a {place.what} of that kind.")


def file_of(url: str) -> Path | None:
    """Return the file of a SQLite address; None for any other, and for one that names no file."""
    try:
        parts = make_url(url)
    except (ArgumentError, ValueError):
        return None
    named = parts.get_backend_name() == "sqlite" and parts.database
    return Path(parts.database or "") if named else None


def _sqlite(path: Path, place: Place) -> Engine:
    if not path.name:
        raise place.unusable("A SQLite address needs a file, as in sqlite:///unranked.db.")
    try:
        # The mode is set before a byte is written: the file holds the vault, or its keys.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        if _may_be_one(path):
            path.chmod(0o600)
    except OSError as error:
        raise place.unusable(
            f"The {place.what} file cannot be written ({error.strerror})."
        ) from None
    engine = create_engine(
        f"sqlite:///{path}",
        hide_parameters=True,  # an error must not show anybody's address, nor a key
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )
    event.listen(engine, "connect", _sqlite_connection)
    event.listen(engine, "begin", _sqlite_begin)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT count(*) FROM sqlite_master"))
    except DBAPIError as error:
        raise place.unusable(f"The file is no usable SQLite database ({error.orig}).") from None
    return engine


def _may_be_one(path: Path) -> bool:
    """Return whether a file is a SQLite database, or empty: of any other the mode is left alone."""
    with path.open("rb") as file:
        return file.read(len(_HEADER)) in {_HEADER, b""}


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
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql(url: URL, place: Place) -> Engine:
    try:
        engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
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
        raise place.unusable(
            f"The {place.what}'s PostgreSQL server cannot be reached or refuses the log-in."
        ) from None
