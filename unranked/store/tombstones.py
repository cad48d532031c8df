"""Marks of those who were erased, so that nothing takes them in again.

A mark is a keyed hash of an identifier: it tells whether a given address is the one, and names
none. Its key is the lasting one of the key store: whoever has the database alone can test no
address. The marks of one person begin with the same random word, so that one identifier is enough
to lift all of them.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import delete, func, insert, select

from unranked.domain.runtime import Ids
from unranked.store import Tx, ring, vault
from unranked.store.belongings import Identifier
from unranked.store.tables import Tombstone, table

INSTALLATION = "installation"
_tombstone = table(Tombstone)


@dataclass(frozen=True, slots=True)
class Tombstones:
    """All marks. `of` says which erasure an identifier belongs to."""

    salt: bytes = field(default=b"", repr=False)
    groups: Mapping[str, str] = field(default_factory=dict, repr=False)

    def of(self, one: Identifier) -> str | None:
        """Return the word of the erasure that the identifier belongs to, None for one alive."""
        return self.groups.get(_hash(self.salt, one)) if self.groups else None


def address(value: str) -> Identifier:
    """Return an e-mail address as an identifier, wherever it was seen."""
    return Identifier("", vault.EMAIL, value)


def read(tx: Tx) -> Tombstones:
    """Return all marks. One query where there are none."""
    groups = {}
    for mark in tx.execute(select(_tombstone.c.mark)).scalars():
        group, _, hashed = mark.partition(":")
        groups[hashed] = group
    return Tombstones(_salt(tx), groups) if groups else Tombstones()


def erased_on(tx: Tx, one: Identifier) -> date | None:
    """Return the day on which whoever had the identifier was erased; None for one alive."""
    hashed = _hash(_salt(tx), one)
    its = _tombstone.c.mark.endswith(f":{hashed}", autoescape=True)
    return tx.execute(select(func.min(_tombstone.c.made_on)).where(its)).scalar_one_or_none()


def bury(
    tx: Tx, identifiers: Iterable[Identifier], *, ids: Ids, on: date, group: str | None = None
) -> None:
    """Mark the identifiers as those of one who was erased. Names mark nobody: many share one.

    group: of the erasure that they belong to; a new one where it is left out.
    """
    marking = {_plain(one) for one in identifiers if one.kind in _MARKED}
    if not marking:
        return
    ring.of(tx).bind()
    salt = _salt(tx)
    word = group or ids.key("t")
    marks = {f"{word}:{_hash(salt, one)}" for one in marking}
    known = set(tx.execute(select(_tombstone.c.mark)).scalars())
    rows = [{"mark": mark, "made_on": on} for mark in sorted(marks - known)]
    if rows:
        tx.execute(insert(_tombstone), rows)


def lift(tx: Tx, one: Identifier) -> int:
    """Take away every mark of whoever had the identifier; return how many there were."""
    hashed = _hash(_salt(tx), one)
    words = {
        mark.partition(":")[0]
        for mark in tx.execute(select(_tombstone.c.mark)).scalars()
        if mark.endswith(f":{hashed}")
    }
    done = 0
    for word in words:
        gone = delete(_tombstone).where(_tombstone.c.mark.startswith(f"{word}:", autoescape=True))
        done += tx.execute(gone).rowcount
    return done


def copy(tx: Tx, other: Tx) -> None:
    """Take over the marks of another database that has the same key store."""
    known = set(tx.execute(select(_tombstone.c.mark)).scalars())
    rows = [dict(row) for row in other.execute(select(_tombstone)).mappings()]
    new = [row for row in rows if row["mark"] not in known]
    if new:
        tx.execute(insert(_tombstone), new)


_MARKED = (vault.EMAIL, vault.MEMBER, vault.ACCOUNT)


def _plain(one: Identifier) -> Identifier:
    return address(one.value) if one.kind == vault.EMAIL else one


def _salt(tx: Tx) -> bytes:
    """Return the key of the marks; before anything was sealed there is no mark either."""
    use = ring.of(tx)
    return use.keys.lasting() if use.is_bound else b""


def _hash(salt: bytes, one: Identifier) -> str:
    plain = _plain(one)
    text = f"{plain.realm}\n{plain.kind}\n{plain.value}"
    return hmac.new(salt, text.encode(), hashlib.sha256).hexdigest()
