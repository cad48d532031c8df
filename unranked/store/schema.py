"""The tables and columns that a database really has, by what they can hold."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, inspect
from sqlalchemy.types import (
    Boolean,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    Numeric,
    String,
    TypeDecorator,
)

from unranked.domain.policy_rules import Kind, Schema, faults
from unranked.errors import StoreError

_OF_THE_MIGRATIONS = "alembic_version"
_SAID = 3
"""So many faults are said by name: a database of something else has a hundred."""

_KINDS: Mapping[type, Kind] = {
    String: Kind.TEXT,
    DateTime: Kind.TIME,
    Date: Kind.DAY,
    Boolean: Kind.FLAG,
    Integer: Kind.NUMBER,
    Numeric: Kind.NUMBER,
    Float: Kind.NUMBER,
    LargeBinary: Kind.BYTES,
}


def check(tx: Connection) -> None:
    """Raise StoreError unless the database holds what the policy declares, and nothing else."""
    found = faults(read(tx))
    if not found:
        return
    more = f" And {len(found) - _SAID} more." if len(found) > _SAID else ""
    raise StoreError(
        f"The database is not as the policy says. {' '.join(found[:_SAID])}{more}",
        hint="`unranked policy` says what may be kept. What does not stand there has to go out of "
        "the database, or into the policy with its purpose, its keeping time and who sees it.",
    )


def read(tx: Connection) -> Schema:
    """Return every table of the database with its columns, those that nobody declared too."""
    found = inspect(tx).get_multi_columns()
    return {
        name: kinds((one["name"], one["type"]) for one in columns)
        for (_, name), columns in found.items()
        if name != _OF_THE_MIGRATIONS
    }


def kinds(columns: Iterable[tuple[str, object]]) -> Mapping[str, Kind]:
    """Return what each column can hold. columns: name and type."""
    return {name: _kind(of) for name, of in columns}


def _kind(of: object) -> Kind:
    plain = of.impl_instance if isinstance(of, TypeDecorator) else of
    return next((kind for known, kind in _KINDS.items() if isinstance(plain, known)), Kind.OTHER)
