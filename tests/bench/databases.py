"""Throw-away databases of each kind, and copies of them."""

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import psycopg
from postgres import server
from table import sqlite_version

from unranked.store import Store
from unranked.store.keys import default_url


class Databases(Protocol):
    """Databases of one kind. Nobody may be connected to one that is copied or dropped."""

    name: str

    def new(self) -> str:
        """Return the address of a new one, at this program's revision."""

    def copy(self, url: str) -> str:
        """Return the address of a copy."""

    def drop(self, url: str) -> None:
        """Remove one."""


@dataclass
class SQLite:
    """Files in one folder."""

    folder: Path
    name: str = field(default_factory=sqlite_version)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def new(self) -> str:
        return _migrated(f"sqlite:///{self.folder / f'{next(self._numbers)}.db'}")

    def copy(self, url: str) -> str:
        to = self.folder / f"{next(self._numbers)}.db"
        shutil.copy(url.removeprefix("sqlite:///"), to)
        return _with_its_keys(url, f"sqlite:///{to}")

    def drop(self, url: str) -> None:
        for end in ("", "-wal", "-shm"):
            Path(url.removeprefix("sqlite:///") + end).unlink(missing_ok=True)
        _drop_keys(url)


@dataclass
class PostgreSQL:
    """Databases of one server."""

    dsn: str
    name: str
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def new(self) -> str:
        return _migrated(self._made("template1"))

    def copy(self, url: str) -> str:
        return _with_its_keys(url, self._made(url.rpartition("/")[2]))

    def drop(self, url: str) -> None:
        self._tell(f'DROP DATABASE "{url.rpartition("/")[2]}"')
        _drop_keys(url)

    def _made(self, template: str) -> str:
        name = f"bench{next(self._numbers)}"
        self._tell(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return self.dsn.rpartition("/")[0] + f"/{name}"

    def _tell(self, statement: str) -> None:
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def postgresql() -> Iterator[PostgreSQL]:
    """Give a server of its own, as the tests have it: without fsync, for whoever loads."""
    with server() as dsn:
        with psycopg.connect(dsn) as connection:
            version = connection.info.server_version // 10_000
        yield PostgreSQL(dsn, f"PostgreSQL {version}")


def _keys(url: str) -> Path:
    return Path(default_url(url).removeprefix("sqlite:///"))


def _with_its_keys(url: str, copy: str) -> str:
    """Return the address of a copy, after a copy of its key store was made as well."""
    if _keys(url).exists():
        shutil.copy(_keys(url), _keys(copy))
    return copy


def _drop_keys(url: str) -> None:
    for end in ("", "-wal", "-shm"):
        Path(f"{_keys(url)}{end}").unlink(missing_ok=True)


def _migrated(url: str) -> str:
    store = Store.open(url)
    store.migrate()
    store.close()
    return url
