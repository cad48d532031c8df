"""New keys in place of all old ones: what is stored is sealed and marked anew, then the old go.

Values are sealed anew in small transactions, so that others can write between them; marks, and
words that are alike, in one, because who is looked up by them must be found at every moment. Cut
off anywhere, it goes on from there when it is called again.
"""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Select,
    String,
    Table,
    and_,
    bindparam,
    or_,
    select,
    type_coerce,
    update,
)
from sqlmodel import SQLModel

from unranked.errors import StoreError
from unranked.store import Store, Tx, erasure, ring, vault
from unranked.store.sealed_columns import Alike, Sealed, SealedDay
from unranked.store.sealing import prefix
from unranked.store.tables import Vault, table

Progress = Callable[[str, int, int], None]
"""Told what is done, how much of it, and of how much; 0 where nobody knows."""

_PAGE = 2_000
_vault = table(Vault)


def rotate(store: Store, progress: Progress) -> bool:
    """Give every subject a new key, and the installation new ones; then destroy the old.

    Returns whether the files hold no old key and nothing that was sealed with one any more.
    Raises StoreError where nothing was sealed yet.
    """
    erasure.destroy_keys(store)
    number = _begin(store)
    for done in _values(store, number):
        progress("values sealed anew", done, 0)
    for done in _words(store, number):
        progress("words sealed anew", done, 0)
    _marks(store, number, progress)
    store.keys.finish_rotation(number)
    erasure.note_age(store)
    return store.wipe()


def _begin(store: Store) -> int:
    """Return the generation that everything is to have; from now on everything new has it."""
    with store.write(alone=True) as tx:
        use = ring.of(tx)
        if not use.is_bound:
            raise StoreError(
                "There are no keys yet: nothing was sealed.",
                hint="They are made with the first list of people: `unranked job roster`.",
            )
        numbers = use.keys.facts().generations
        begun = len(numbers) > 1
        number = use.keys.begin_rotation(numbers[-1] - 1 if begun else numbers[-1])
        use.change(seals=number)
    return number


def _values(store: Store, number: int) -> Iterator[int]:
    """Seal the vault's values anew, page by page; yield how many are done."""
    last, done = 0, 0
    while True:
        with store.write(alone=True) as tx:
            query = (
                select(*vault.SEALED, _vault.c.id)
                .where(_vault.c.generation < number, _vault.c.id > last)
                .order_by(_vault.c.id)
                .limit(_PAGE)
            )
            ids = tx.execute(select(query.subquery().c.id)).scalars().all()
            if not ids:
                return
            _seal_anew(tx, query, number)
        last, done = ids[-1], done + len(ids)
        yield done


def _seal_anew(tx: Tx, query: Select[Any], number: int) -> None:
    found = list(vault.opened(tx, query))
    keys = ring.of(tx).keys.make({row.subject_key for row, _ in found}, number)
    new = [
        {
            "of_id": row.id,
            "again": vault.sealed_value(
                keys[row.subject_key],
                vault.Entry(row.subject_key, row.realm, row.kind, value),
                number,
            ),
        }
        for row, value in found
    ]
    if new:
        change = {"sealed": bindparam("again"), "generation": number}
        tx.execute(update(_vault).where(_vault.c.id == bindparam("of_id")).values(change), new)


def _words(store: Store, number: int) -> Iterator[int]:
    """Seal anew what stands in columns of words, page by page; yield how many rows are done."""
    done = 0
    for place, columns in _columns(Sealed, SealedDay):
        old = or_(*(_is_old(column, "s", number) for column in columns))
        while True:
            with store.write(alone=True) as tx:
                rows = _write_again(tx, place, columns, old)
            if not rows:
                break
            done += rows
            yield done


def _marks(store: Store, number: int, progress: Progress) -> None:
    """Mark everything anew, in one transaction: at every moment all marks are of one generation."""
    with store.write(alone=True) as tx:
        use = ring.of(tx)
        if use.state.marks == number:
            return
        use.change(marks=number)
        for done in _mark_vault(tx):
            progress("marks made anew", done, 0)
        for place, columns in _columns(Alike):
            old = or_(*(_is_old(column, "a", number) for column in columns))
            while _write_again(tx, place, columns, old):
                pass


def _mark_vault(tx: Tx) -> Iterator[int]:
    last, done = 0, 0
    mine = _vault.c.id == bindparam("of_id")
    while True:
        query = select(*vault.SEALED, _vault.c.id).where(_vault.c.id > last)
        query = query.order_by(_vault.c.id).limit(_PAGE)
        ids = tx.execute(select(query.subquery().c.id)).scalars().all()
        if not ids:
            return
        new = [
            {"of_id": row.id, "again": vault.mark(tx, row.realm, row.kind, value)}
            for row, value in vault.opened(tx, query)
        ]
        if new:
            tx.execute(update(_vault).where(mine).values(mark=bindparam("again")), new)
        last, done = ids[-1], done + len(ids)
        yield done


def _columns(*kinds: type) -> Iterator[tuple[Table, list[Column[Any]]]]:
    """Yield every table with its columns of these kinds, and no others."""
    for place in SQLModel.metadata.sorted_tables:
        found = [column for column in place.columns if type(column.type) in kinds]
        if found:
            yield place, found


def _is_old(column: Column[Any], kind: str, number: int) -> ColumnElement[bool]:
    """Return the condition that words stand in a column that are of another generation."""
    text = type_coerce(column, String)
    return and_(text != "", text.not_like(f"{prefix(kind, number)}%"))


def _write_again(
    tx: Tx, place: Table, columns: list[Column[Any]], which: ColumnElement[bool]
) -> int:
    """Read some rows, which opens their words, and write them, which seals them as of now."""
    keys = list(place.primary_key)
    rows = tx.execute(select(*keys, *columns).where(which).limit(_PAGE)).all()
    new = [
        {f"of_{key.name}": row[at] for at, key in enumerate(keys)}
        | {f"to_{one.name}": row[len(keys) + at] for at, one in enumerate(columns)}
        for row in rows
    ]
    if new:
        mine = and_(*(key == bindparam(f"of_{key.name}") for key in keys))
        values = {one.name: bindparam(f"to_{one.name}", type_=one.type) for one in columns}
        tx.execute(update(place).where(mine).values(values), new)
    return len(new)
