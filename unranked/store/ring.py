"""The keys that a transaction works with: of which generation, and from which key store.

A database remembers in one row whose keys it is sealed with. Every transaction reads that row once,
when it first needs a key. So a rotation in one process is known in every other, and the keys of
another database open nothing here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Dialect, select, update
from sqlalchemy.exc import StatementError

from unranked.errors import StoreError
from unranked.store.columns import table
from unranked.store.engines import WRITES
from unranked.store.keys import Facts, KeyStore
from unranked.store.sealing import Generation
from unranked.store.tables_keys import Sealing

_sealing = table(Sealing)
_HERE = "unranked_use"
_MANY = 20_000


@dataclass(frozen=True, slots=True)
class State:
    """What the database says of its keys: see `Sealing`."""

    key_store: str
    seals: int
    marks: int
    destroyed: int
    clean: bool


class Ring:
    """The key store of one database, as this process has it open."""

    def __init__(self, keys: KeyStore) -> None:
        self.keys = keys
        self.known: dict[tuple[str, str], str] = {}
        self._trusted = ""

    def is_ours(self, key_store: str) -> None:
        """Raise StoreError unless the key store is there, and is the one of that name."""
        if self._trusted != key_store:
            refuse_other(self.keys.facts(), key_store)
            self._trusted = key_store

    def remember(self, column: str, text: str, words: str) -> None:
        """Keep what a text of many rows says, so that it is opened once."""
        if len(self.known) >= _MANY:
            self.known.clear()
        self.known[column, text] = words


def refuse_other(facts: Facts, key_store: str) -> None:
    """Raise StoreError where a key store is not the one of that name."""
    if facts.identity != key_store:
        raise StoreError(
            "The key store belongs to another database: its keys open nothing in this one.",
            hint="Let UNRANKED_KEYS_URL name the key store that was in use with this database, "
            "or restore a backup of it: `unranked keys restore FILE`. Nothing was changed.",
        )


class Use:
    """The keys in one transaction."""

    def __init__(self, ring: Ring, tx: Connection) -> None:
        self.ring, self.tx = ring, tx
        self._state: State | None = None

    @property
    def state(self) -> State:
        """What the database says of its keys, read once."""
        if self._state is None:
            columns = (_sealing.c[name] for name in State.__slots__)
            row = self.tx.execute(select(*columns).where(_sealing.c.one == 1)).one()
            self._state = State(*row)
        return self._state

    @property
    def is_bound(self) -> bool:
        """Whether anything was sealed yet; before that there is no key store."""
        return bool(self.state.key_store)

    @property
    def keys(self) -> KeyStore:
        """The key store. Raises StoreError where it is not there, or another database's."""
        self.ring.is_ours(self.state.key_store)
        return self.ring.keys

    def bind(self, lasting: bytes | None = None) -> None:
        """Make a key store and remember it, unless the database has one. It must be written to.

        Never in place of one that is missing: a database that has one remembers its name.
        """
        if self.is_bound:
            return
        facts = self.ring.keys.create(lasting)
        newest = facts.generations[-1]
        bound = {"key_store": facts.identity, "seals": newest, "marks": newest}
        self.change(**bound, destroyed=facts.destroyed, unless_bound=True)

    def change(self, *, unless_bound: bool = False, **values: Any) -> None:  # noqa: ANN401 - columns
        """Store other values of the state."""
        mine = _sealing.c.one == 1
        if unless_bound:  # another process may have been first
            mine &= _sealing.c.key_store == ""
        self.tx.execute(update(_sealing).where(mine).values(**values))
        self._state = None

    @property
    def writes(self) -> bool:
        """Whether the transaction may write."""
        return bool(self.tx.get_execution_options().get(WRITES, False))

    def generation(self, number: int) -> Generation:
        """Return the keys of a generation."""
        return self.keys.generation(number)

    @property
    def marking(self) -> Generation:
        """The generation that every mark, and all words that are alike, are made with."""
        return self.generation(self.state.marks)

    @property
    def sealing(self) -> Generation:
        """The generation that new values are sealed with."""
        return self.generation(self.state.seals)


_RINGS: "WeakKeyDictionary[Dialect, Ring]" = WeakKeyDictionary()
_USES: ContextVar[tuple[Use, ...]] = ContextVar("uses", default=())


def put_on(dialect: Dialect, keys: KeyStore) -> None:
    """Let a database, by its engine's dialect, have that key store."""
    _RINGS[dialect] = Ring(keys)


def ring_of(dialect: Dialect) -> Ring:
    """Return the ring of a database that was opened by `Store.open`."""
    return _RINGS[dialect]


@contextmanager
def using(tx: Connection) -> Iterator[Use]:
    """Let a transaction have its keys."""
    use = Use(_RINGS[tx.dialect], tx)
    tx.info[_HERE] = use
    before = _USES.get()
    _USES.set((*before, use))
    try:
        yield use
    except StatementError as error:
        if isinstance(error.orig, StoreError):  # of a sealed column: it says what is wrong
            raise error.orig from None
        raise
    finally:
        _USES.set(before)


def of(tx: Connection) -> Use:
    """Return the keys of a transaction."""
    use: Use = tx.info[_HERE]
    return use


def within(dialect: Dialect) -> Use:
    """Return the keys of the transaction that this thread has open on a database."""
    return next(use for use in reversed(_USES.get()) if use.tx.dialect is dialect)
