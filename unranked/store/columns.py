"""What columns are made of, on every database alike."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Table, TypeDecorator
from sqlmodel import SQLModel


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time, on every database; SQLite itself would forget the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the time in UTC. Raises ValueError for one without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time without a zone cannot be stored.")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the stored time as an aware UTC time."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# SQLModel reads the type of a column from `sa_type`; its stubs want a plain class.
TIME: Any = UtcTime
BIG: Any = BigInteger


def table(model: type[SQLModel]) -> Table:
    """Return the table behind a model, for set-based statements."""
    return SQLModel.metadata.tables[str(model.__tablename__)]
