"""What says who somebody is stands sealed: the vault, and all words that could tell it.

The keys are in a key store, which the open transaction knows (`store.ring`). All of this is one
transaction: cut off, it leaves the database as it was, and at most keys that nobody uses. What was
clear before stands in the database's files until they are written anew; `Store.migrate` does that
afterwards, and remembers it until it is done.
"""

from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from unranked.errors import StoreError
from unranked.store import ring, sealing
from unranked.store.provider_words import hider
from unranked.store.ring import Use

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_PAGE = 5_000
_WORDS = {
    "campaign": (("campaign_key",), ("design",)),
    "tip": (("tip_key",), ("owner", "risk_reason", "source")),
    "tipwords": (("tip_key", "language"), ("title", "task", "understand", "ask")),
    "senttext": (("text_hash",), ("title", "body")),
    "outbox": (("key",), ("content", "receipt")),
    "person": (("person_key",), ("start_day",)),
}
"""Words by their table: its key, and the columns that are sealed."""

_ALIKE = {"person": (("person_key",), ("zone", "locale", "department", "region"))}
_CALLED = {"start_day": "start_date"}
_VAULT = ("subject_key", "realm", "kind", "mark", "generation", "sealed", "since", "until")


def upgrade() -> None:
    _make_tables()
    tx = op.get_bind()
    _days_as_text(tx)
    use = ring.of(tx)
    is_new = not any(_holds_something(tx))
    if not is_new:
        use.bind(_salt_of_tombstones(tx))
        use.change(clean=False)
        _seal_vault(tx, use)
    _new_vault(tx)
    if is_new:
        _name_the_day()
        return
    words, alike = use.sealing.seal_words, use.marking.seal_alike
    for name, (key, columns) in _WORDS.items():
        _seal_words(tx, name, key, columns, words)
    for name, (key, columns) in _ALIKE.items():
        _seal_words(tx, name, key, columns, alike)
    _hide(tx, "usage", ("project", "variant"))
    _hide(tx, "coverage", ("digest",))
    _name_the_day()
    _put_in_no_order()


def downgrade() -> None:
    raise StoreError(
        "What was sealed is not made clear again.",
        hint="Install the older version, and restore the backup that was made before the upgrade.",
    )


def _make_tables() -> None:
    op.create_table(
        "sealing",
        sa.Column("one", sa.Integer(), nullable=False),
        sa.Column("key_store", sa.String(), nullable=False),
        sa.Column("seals", sa.Integer(), nullable=False),
        sa.Column("marks", sa.Integer(), nullable=False),
        sa.Column("destroyed", sa.Integer(), nullable=False),
        sa.Column("clean", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("one"),
    )
    op.create_table(
        "doomedkey",
        sa.Column("doomed", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("doomed"),
    )
    op.execute("INSERT INTO sealing VALUES (1, '', 0, 0, 0, TRUE)")


def _days_as_text(tx: sa.Connection) -> None:
    """Let the first day of work be a text, which can be sealed."""
    op.add_column("person", sa.Column("start_day", sa.String(), nullable=True))
    as_text = "to_char(start_date, 'YYYY-MM-DD')"
    if tx.dialect.name == "sqlite":
        as_text = "start_date"
    op.execute(f"UPDATE person SET start_day = {as_text} WHERE start_date IS NOT NULL")  # noqa: S608 - our own words
    op.drop_column("person", "start_date")


def _name_the_day() -> None:
    op.execute("ALTER TABLE person RENAME COLUMN start_day TO start_date")


def _holds_something(tx: sa.Connection) -> Iterator[bool]:
    """Yield of every table that is sealed whether it has a row."""
    for name in ("vault", "usage", "coverage", *_WORDS):
        query = sa.select(sa.literal(1)).select_from(sa.table(name)).limit(1)
        yield tx.execute(query).first() is not None


def _salt_of_tombstones(tx: sa.Connection) -> bytes | None:
    """Return the key of the tombstones that there are; it stays their key, in the key store."""
    query = "SELECT value FROM vault WHERE realm = 'installation' AND kind = 'salt'"
    found = tx.exec_driver_sql(query).first()
    return None if found is None else bytes.fromhex(found[0])


_staged = sa.Table(
    "vault_staged",
    sa.MetaData(),
    sa.Column("old_id", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("subject_key", sa.String()),
    sa.Column("realm", sa.String()),
    sa.Column("kind", sa.String()),
    sa.Column("mark", sa.String()),
    sa.Column("generation", sa.Integer()),
    sa.Column("sealed", sa.LargeBinary()),
    sa.Column("since", sa.Date()),
    sa.Column("until", sa.Date()),
    prefixes=["TEMPORARY"],
)
_before = sa.table(
    "vault",
    *(sa.column(name, sa.String()) for name in ("subject_key", "realm", "kind", "value")),
    *(sa.column(name, sa.Date()) for name in ("since", "until")),
    sa.column("id", sa.Integer()),
)


def _seal_vault(tx: sa.Connection, use: Use) -> None:
    _staged.create(tx)
    last = -1
    salt = sa.and_(_before.c.realm == "installation", _before.c.kind == "salt")
    while True:
        page = sa.select(_before).where(_before.c.id > last, sa.not_(salt))
        rows = tx.execute(page.order_by(_before.c.id).limit(_PAGE)).mappings().all()
        if not rows:
            return
        last = rows[-1]["id"]
        keys = use.keys.make({row["subject_key"] for row in rows}, use.state.seals)
        tx.execute(
            sa.insert(_staged), [_sealed(use, row, keys[row["subject_key"]]) for row in rows]
        )


def _sealed(use: Use, row: sa.RowMapping, key: bytes) -> dict[str, Any]:
    subject, realm, kind, value = (row[n] for n in ("subject_key", "realm", "kind", "value"))
    number = use.state.seals
    bound_to = sealing.about("value", realm, kind, str(number)) + subject.encode()
    of = sealing.about("" if kind == "email" else realm, kind, value)
    return {
        "old_id": row["id"],
        "subject_key": subject,
        "realm": realm,
        "kind": kind,
        "mark": "" if kind == "name" else sealing.mark(use.marking.index, of),
        "generation": number,
        "sealed": sealing.seal_text(key, value, bound_to),
        "since": row["since"],
        "until": row["until"],
    }


def _new_vault(tx: sa.Connection) -> None:
    op.drop_table("vault")
    op.create_table(
        "vault",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_key", sa.String(), nullable=False),
        sa.Column("realm", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_vault_mark", "vault", ["realm", "kind", "mark"])
    op.create_index("ix_vault_subject_key", "vault", ["subject_key"])
    if not ring.of(tx).is_bound:
        return
    # In no order but the one that is needed: that in which a list named people tells who they are.
    names = ", ".join(_VAULT)
    op.execute(
        f"INSERT INTO vault ({names}) SELECT {names} FROM vault_staged "  # noqa: S608 - our own names
        "ORDER BY since, mark, CASE WHEN mark = '' THEN subject_key ELSE '' END, old_id"
    )
    _staged.drop(tx)


def _seal_words(
    tx: sa.Connection,
    name: str,
    key: tuple[str, ...],
    columns: tuple[str, ...],
    seal: Callable[[str, str], str],
) -> None:
    place = sa.table(name, *(sa.column(one, sa.String()) for one in (*key, *columns)))
    first, last = place.c[key[0]], ""
    mine = sa.and_(*(place.c[one] == sa.bindparam(f"of_{one}") for one in key))
    while True:
        page = sa.select(place).where(first > last).order_by(*(place.c[one] for one in key))
        # Of a key of two parts no page may end between two rows of one first part.
        rows = tx.execute(page if len(key) > 1 else page.limit(_PAGE)).mappings().all()
        if not rows:
            return
        last = rows[-1][key[0]]
        new = [
            {f"of_{one}": row[one] for one in key}
            | {
                f"to_{one}": row[one] and seal(row[one], f"{name}.{_CALLED.get(one, one)}")
                for one in columns
            }
            for row in rows
        ]
        values: dict[str, Any] = {one: sa.bindparam(f"to_{one}") for one in columns}
        tx.execute(sa.update(place).where(mine).values(values), new)


def _hide(tx: sa.Connection, name: str, columns: tuple[str, ...]) -> None:
    """Put the keyed hash of each word in its place."""
    hide = hider(tx)
    place = sa.table(name, *(sa.column(one, sa.String()) for one in columns))
    words = {
        word
        for one in columns
        for word in tx.execute(sa.select(place.c[one]).distinct()).scalars()
        if word
    }
    if not words:
        return
    hidden = sa.Table(
        "hidden_words",
        sa.MetaData(),
        sa.Column("word", sa.String(), primary_key=True),
        sa.Column("digest", sa.String()),
        prefixes=["TEMPORARY"],
    )
    hidden.create(tx)
    tx.execute(sa.insert(hidden), [{"word": one, "digest": hide(one)} for one in sorted(words)])
    for one in columns:
        digest = sa.select(hidden.c.digest).where(hidden.c.word == place.c[one]).scalar_subquery()
        tx.execute(sa.update(place).where(place.c[one] != "").values({one: digest}))
    hidden.drop(tx)


def _put_in_no_order() -> None:
    """Store the rows of people and accounts by their random keys, as they are from now on."""
    for name, key, columns in (
        ("person", "person_key", "*"),
        ("account", "account_key", "*"),
        ("absence", "person_key, since", "person_key, since, until"),
    ):
        into = name if columns == "*" else f"{name} ({columns})"
        op.execute(f"CREATE TEMPORARY TABLE {name}_staged AS SELECT {columns} FROM {name}")  # noqa: S608 - our own names
        op.execute(f"DELETE FROM {name}")  # noqa: S608 - the same
        op.execute(f"INSERT INTO {into} SELECT * FROM {name}_staged ORDER BY {key}")  # noqa: S608 - the same
        op.execute(f"DROP TABLE {name}_staged")
