"""What goes wrong while the program works: it is killed, or another process comes in between."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from threading import get_ident
from typing import Any

from sqlalchemy import event

from unranked.store import Store, Tx


class Killed(BaseException):
    """The process ends here. Nothing catches it, as nothing catches a kill."""


@dataclass
class Accidents:
    """When a process is killed, and when another one does something in the meantime.

    kills: how likely at each place. others: how likely another process works at it, where no
    transaction is open. meanwhile: what that one does. sleeps: how likely a process stands
    still for minutes before one, with `sleep`. calm: nothing happens at all.
    """

    random: Random
    kills: float = 0.0
    others: float = 0.0
    sleeps: float = 0.0
    calm: bool = False
    threads: bool = False
    meanwhile: Callable[[], None] = lambda: None
    sleep: Callable[[float], None] = lambda _: None
    killed: Counter[str] = field(default_factory=Counter)
    between: int = 0
    slept: int = 0
    statements: int = 0
    _nested: bool = False
    _doomed_in: int = -1
    _open: Counter[int] = field(default_factory=Counter)

    def at(self, place: str, *, more: float = 1.0) -> None:
        """Let happen what happens here: nothing, a kill, or the other process first."""
        if self.calm:
            return
        chance = self.random.random()
        if chance < self.kills * more:
            self._kill(place)
        others = self.kills * more + self.others
        if chance < others and not (self._nested or self.threads or self._open[get_ident()]):
            self._nested = True
            self.between += 1
            try:
                self.meanwhile()
            finally:
                self._nested = False

    def doom(self, statements: int) -> None:
        """Let the process be killed at one of its next statements; none: let it live."""
        self._doomed_in = statements

    def statement(self) -> None:
        """Count a statement of some transaction, and kill whoever is doomed at it."""
        self.statements += 1
        if self._doomed_in > 0:
            self._doomed_in -= 1
            if not self._doomed_in:
                self._kill("in the middle of planning")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Surround a transaction: it may be killed before and after, and nobody comes into it."""
        self.at("before a transaction")
        if not self.calm and self.random.random() < self.sleeps:
            self.slept += 1
            self.sleep(self.random.uniform(1, 300))
        own = get_ident()
        self._open[own] += 1
        try:
            yield
        finally:
            self._open[own] -= 1
        self.at("after a transaction")

    def _kill(self, place: str) -> None:
        self._doomed_in = -1
        self.killed[place] += 1
        raise Killed(place)


class ShakenStore(Store):
    """The real store of one process, with accidents around its transactions.

    No power is cut here, so nothing waits for the disk: what a killed process committed stays.
    """

    accidents: Accidents

    @classmethod
    def opened(cls, url: str, accidents: Accidents) -> "ShakenStore":
        """Return the store at `url`, as a process that starts opens it."""
        store = cls(Store.open(url)._engine)
        store.accidents = accidents
        if store._engine.dialect.name == "sqlite":
            event.listen(store._engine, "connect", _waits_for_no_disk)
            store._engine.dispose()
        event.listen(store._engine, "before_cursor_execute", store._statement)
        return store

    def again(self) -> "ShakenStore":
        """Return the store as the next process opens it: on new connections.

        The engine is the same one: what it knows of statements takes long to learn again.
        """
        self.close()
        store = type(self)(self._engine)
        store.accidents = self.accidents
        return store

    @contextmanager
    def read(self) -> Iterator[Tx]:
        with self.accidents.transaction(), Store.read(self) as tx:
            yield tx

    @contextmanager
    def write(self, *, alone: bool = False) -> Iterator[Tx]:
        with self.accidents.transaction(), Store.write(self, alone=alone) as tx:
            yield tx

    def _statement(self, tx: Tx, *_: Any) -> None:
        try:
            self.accidents.statement()
        except Killed:
            # The end of a real process ends its transaction; a closed SQLite connection in a
            # process that lives on may keep its locks while some cursor is open.
            tx.connection.rollback()
            raise


def _waits_for_no_disk(connection: Any, _: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")
