"""Whether a database and its key store belong together, before anything is done with either."""

from sqlalchemy import Connection, select

from unranked.errors import StoreError
from unranked.store.columns import table
from unranked.store.keys import Facts, KeyStore
from unranked.store.ring import Use, refuse_other
from unranked.store.tables_keys import DoomedKey

_doomed = table(DoomedKey)


def check(use: Use, *, restored: bool = False) -> None:
    """Raise StoreError where the key store is missing, another's, locked, or of another age.

    restored: one of the two may be a backup of before.
    """
    if not use.is_bound:
        return
    facts = check_opens(use, use.ring.keys)
    if restored:
        return
    pending = _destroyed_but_not_noted(use.tx, use)
    if facts.destroyed > use.state.destroyed + pending:
        raise StoreError(
            "The database is older than its key store: it is a backup of before people were "
            "erased, and their rows are in it again.",
            hint="Run `unranked erase-again`, with the address of the database that was replaced "
            "where that can still be read: see docs/backing-up.md. Nothing was changed.",
        )
    if facts.destroyed < use.state.destroyed:
        raise StoreError(
            "The key store is older than the database: it is a backup of before people were "
            "erased, and holds their keys again.",
            hint="Run `unranked keys rotate`: it destroys every key that is nobody's any more.",
        )


def check_opens(use: Use, keys: KeyStore) -> Facts:
    """Return the facts of a key store, or of a copy. Raises StoreError unless it opens it all."""
    facts = keys.facts()
    if use.is_bound:
        refuse_other(facts, use.state.key_store)
        for number in {use.state.seals, use.state.marks}:
            keys.generation(number)
    return facts


def _destroyed_but_not_noted(tx: Connection, use: Use) -> int:
    """Return how many keys a crash let be destroyed before the database could note it."""
    doomed = set(tx.execute(select(_doomed.c.doomed)).scalars())
    return len(doomed - use.keys.subjects(doomed)) if doomed else 0
