"""The key store in a database of its own: a SQLite file of mode 0600, or PostgreSQL.

Every key in it is sealed under the root key of its generation; the root is wrapped by what
`wrapping` says.
"""

import os
import secrets
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, RowMapping, delete, insert, select, update

from unranked.errors import StoreError
from unranked.store import key_tables, sealing
from unranked.store.engines import WRITES, file_of, opened
from unranked.store.key_tables import FORM, GENERATION, KEY, STORE, TABLES
from unranked.store.keys import KEYS, Check, DataKey, DataKeys, Facts, KeyPlace, in_parts
from unranked.store.sealing import Generation
from unranked.store.wiping import rebuild
from unranked.store.wrapping import Wrapping, unwrapped

_MAKERS = 7_265_311
"""The number under which whoever makes the tables on PostgreSQL knows of others who do."""


class KeyDatabase:
    """Keys in a database. It is opened when it is first needed, and made by `create` alone."""

    def __init__(self, place: KeyPlace) -> None:
        self._place = place
        self._engine: Engine | None = None
        self._known: dict[int, tuple[Generation, bytes]] = {}
        self._identity = ""

    def create(self, lasting: bytes | None = None) -> Facts:
        """Make the store unless it is there. lasting: of an installation that had none so far."""
        with self._writing(make=True) as tx:
            if tx.dialect.name == "postgresql":
                tx.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MAKERS})")
            TABLES.create_all(tx)
            if tx.execute(select(STORE.c.one)).first() is None:
                identity = f"k-{secrets.token_hex(8)}"
                row = {"one": 1, "form": FORM, "identity": identity, "destroyed": 0}
                tx.execute(insert(STORE).values(row))
                self._add_generation(tx, identity, 1, lasting or sealing.new_key())
        if lasting is not None:
            self._adopt(lasting)
        return self.facts()

    def facts(self) -> Facts:
        """Return what the store says of itself. Raises StoreError where it is not there."""
        with self._reading() as tx:
            row = key_tables.whole(tx)
            named = select(GENERATION.c.number, GENERATION.c.wrapped_by)
            numbers = dict(map(tuple, tx.execute(named.order_by(GENERATION.c.number))))
        wrapped_by = frozenset(numbers.values())
        facts = Facts(row["identity"], tuple(numbers), row["destroyed"], wrapped_by)
        if self._identity != facts.identity:  # another file stands in its place now
            self._known.clear()
            self._identity = facts.identity
        return facts

    def generation(self, number: int) -> Generation:
        """Return the keys of a generation. Raises StoreError where there is none of that number."""
        return self._of(number)[0]

    def lasting(self) -> bytes:
        """Return the one key that is never rotated."""
        if not self._known:
            self._of(self.facts().generations[-1])
        return next(iter(self._known.values()))[1]

    def get(self, subjects: Collection[str]) -> DataKeys:
        """Return the keys of the subjects; of one that was destroyed, or never made, nothing."""
        found: dict[str, dict[int, DataKey]] = {}
        for part in in_parts(subjects):
            with self._reading() as tx:
                rows = key_tables.keys_of(tx, part)
            open_key = {number: self._of(number)[0].unseal_key for number in {r[1] for r in rows}}
            for subject, number, sealed in rows:
                key = DataKey(open_key[number](sealed, subject))
                if subject in found:  # while a rotation runs
                    found[subject][number] = key
                else:
                    found[subject] = {number: key}
        return found

    def make(self, subjects: Collection[str], generation: int) -> Mapping[str, DataKey]:
        """Return each subject's key of a generation; who has none gets a new one."""
        found: dict[str, DataKey] = {}
        for part in in_parts(dict.fromkeys(subjects)):
            for subject, keys in self.get(part).items():
                if generation in keys:
                    found[subject] = keys[generation]
            new = {one: DataKey(sealing.new_key()) for one in part if one not in found}
            if new and not self._insert(new, generation):
                # Another process made some of them at the same moment, and was first.
                new = {one: keys[generation] for one, keys in self.get(new).items()}
            found |= new
        return found

    def subjects(self, among: Collection[str]) -> set[str]:
        """Return which of the subjects have a key."""
        found: set[str] = set()
        for part in in_parts(among):
            with self._reading() as tx:
                found.update(subject for subject, *_ in key_tables.keys_of(tx, part))
        return found

    def destroy(self, subject: str) -> bool:
        """Destroy all keys of one subject, for good; return whether there were any."""
        with self._writing() as tx:
            gone = tx.execute(delete(KEY).where(KEY.c.subject == subject)).rowcount > 0
            if gone:
                tx.execute(update(STORE).values(destroyed=STORE.c.destroyed + 1))
        return gone

    def wrap_anew(self, before: Wrapping) -> None:
        """Wrap by what is set now whatever is still wrapped by what was set before."""
        now = self._place.wrapping
        with self._writing() as tx:
            identity = key_tables.whole(tx)["identity"]
            for row in tx.execute(select(GENERATION)).mappings().all():
                bound_to = _of_root(identity, row["number"])
                if row["wrapped_by"] == now.name and _opens(now, row, bound_to):
                    continue
                root = unwrapped(before, row["wrapped_by"], row["root"], bound_to)
                values = {"wrapped_by": now.name, "root": now.wrap(root, bound_to)}
                mine = GENERATION.c.number == row["number"]
                tx.execute(update(GENERATION).where(mine).values(values))

    def begin_rotation(self, from_generation: int) -> int:
        """Return the number of the generation after that one, which is made unless it is there."""
        number = from_generation + 1
        with self._writing() as tx:
            identity = key_tables.whole(tx)["identity"]
            mine = GENERATION.c.number == number
            if tx.execute(select(GENERATION.c.number).where(mine)).first() is None:
                before = key_tables.one_generation(tx, from_generation)
                _, lasting = self._unwrapped(identity, before)
                self._add_generation(tx, identity, number, lasting)
        return number

    def finish_rotation(self, generation: int) -> None:
        """Destroy every key of the generations before that one."""
        with self._writing() as tx:
            tx.execute(delete(KEY).where(KEY.c.generation < generation))
            tx.execute(delete(GENERATION).where(GENERATION.c.number < generation))
        self._known.clear()

    def clean(self) -> bool:
        """Take what was destroyed out of the store's files; return whether that could be done."""
        return rebuild(self._opened(), KEY.name, GENERATION.name)

    def copy_to(self, path: Path) -> None:
        """Write a consistent copy of the store into a new file."""
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        copy = KeyDatabase(KeyPlace(f"sqlite:///{path}", self._place.wrapping))
        try:
            with self._reading(one_state=True) as tx, copy._writing() as into:
                key_tables.whole(tx)
                TABLES.create_all(into)
                key_tables.copy(tx, into)
            copy._leave_one_file()
        finally:
            copy.close()

    def restore_from(self, path: Path, check: Check | None = None) -> None:
        """Fill the store, which must hold nothing yet, from such a copy."""
        copy = KeyDatabase(KeyPlace(f"sqlite:///{path}", self._place.wrapping))
        try:
            _is_a_copy(copy)
            if check is not None:  # before it is read: only a single connection can leave one file
                check(copy)
            with copy._reading() as tx:
                key_tables.whole(tx)
                with self._writing(make=True) as into:
                    TABLES.create_all(into)
                    if into.execute(select(STORE.c.one)).first() is not None:
                        raise StoreError(
                            "There is a key store already, and nothing was restored over it.",
                            hint="Put it aside first, or let UNRANKED_KEYS_URL name a new one.",
                        )
                    key_tables.copy(tx, into)
            copy._leave_one_file()
        finally:
            copy.close()
        self._known.clear()

    def close(self) -> None:
        """Close every connection."""
        if self._engine is not None:
            self._engine.dispose()

    def _leave_one_file(self) -> None:
        """Leave nothing of a copy beside its file."""
        connection = self._opened().raw_connection()
        connection.cursor().execute("PRAGMA journal_mode = DELETE")
        connection.close()

    def _opened(self, *, make: bool = False) -> Engine:
        path = file_of(self._place.url)
        if path is not None and not make and not path.exists():
            raise key_tables.missing(str(path.absolute()))
        if self._engine is None:
            self._engine = opened(self._place.url, KEYS)
        return self._engine

    @contextmanager
    def _reading(self, *, one_state: bool = False) -> Iterator[Connection]:
        with self._opened().connect() as tx:
            if one_state and tx.dialect.name == "postgresql":  # a file has one anyway
                tx.execution_options(isolation_level="REPEATABLE READ")
            with tx.begin():
                yield tx

    @contextmanager
    def _writing(self, *, make: bool = False) -> Iterator[Connection]:
        engine = self._opened(make=make)
        with engine.connect().execution_options(**{WRITES: True}) as tx, tx.begin():
            yield tx

    def _of(self, number: int) -> tuple[Generation, bytes]:
        if number not in self._known:
            with self._reading() as tx:
                identity = key_tables.whole(tx)["identity"]
                row = key_tables.one_generation(tx, number)
            root, lasting = self._unwrapped(identity, row)
            self._known[number] = Generation.of(number, root), lasting
        return self._known[number]

    def _unwrapped(self, identity: str, row: RowMapping) -> tuple[bytes, bytes]:
        """Return the root and the lasting key that stand in a generation's row."""
        number = row["number"]
        bound_to = _of_root(identity, number)
        root = unwrapped(self._place.wrapping, row["wrapped_by"], row["root"], bound_to)
        return root, sealing.unseal(root, row["lasting"], _of_lasting(identity, number))

    def _add_generation(self, tx: Connection, identity: str, number: int, lasting: bytes) -> None:
        root, wrapping = sealing.new_key(), self._place.wrapping
        tx.execute(
            insert(GENERATION).values(
                number=number,
                wrapped_by=wrapping.name,
                root=wrapping.wrap(root, _of_root(identity, number)),
                lasting=sealing.seal(root, lasting, _of_lasting(identity, number)),
            )
        )

    def _adopt(self, lasting: bytes) -> None:
        """Let the lasting key be one that an installation hashed with before it had a key store."""
        with self._writing() as tx:
            identity = key_tables.whole(tx)["identity"]
            for row in tx.execute(select(GENERATION)).mappings().all():
                root, _ = self._unwrapped(identity, row)
                sealed = sealing.seal(root, lasting, _of_lasting(identity, row["number"]))
                mine = GENERATION.c.number == row["number"]
                tx.execute(update(GENERATION).where(mine).values(lasting=sealed))
        self._known.clear()

    def _insert(self, new: Mapping[str, DataKey], generation: int) -> bool:
        """Insert keys; return whether all of them were new."""
        of = self._of(generation)[0]
        sealed = [of.seal_key(key, subject) for subject, key in new.items()]
        with self._writing() as tx:
            return key_tables.add_keys(tx, list(new), generation, sealed)


def _is_a_copy(copy: KeyDatabase) -> None:
    """Raise StoreError for a file that is anything else: the error of a store would mean ours."""
    try:
        copy.facts()
    except StoreError:
        raise StoreError(
            "The file is no copy of a key store, and nothing was changed.",
            hint="Name a file that `unranked keys backup` wrote.",
        ) from None


def _opens(wrapping: Wrapping, row: RowMapping, bound_to: bytes) -> bool:
    try:
        unwrapped(wrapping, row["wrapped_by"], row["root"], bound_to)
    except StoreError:
        return False
    return True


def _of_root(identity: str, number: int) -> bytes:
    return sealing.about("root", identity, str(number))


def _of_lasting(identity: str, number: int) -> bytes:
    return sealing.about("lasting", identity, str(number))
