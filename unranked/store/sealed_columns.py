"""Columns whose words are sealed on their way in, and opened on their way out, by themselves.

For what is no person's identifier and yet can tell who somebody is. What is empty stays empty.
Each is bound to its column: words that are moved to another one are refused.
"""

from datetime import date
from typing import Any

from sqlalchemy import Dialect, String, TypeDecorator

from unranked.store import ring
from unranked.store.sealing import Written, prefix

_NOWHERE = prefix("a", 0)
"""Equal to nothing that can be stored: where nothing was sealed yet, nothing can be found."""


class Sealed(TypeDecorator[str]):
    """Words under a key of the installation. Equal words do not look equal: SQL can only read."""

    impl = String
    cache_ok = True

    def __init__(self, column: str) -> None:
        super().__init__()
        self.column = column

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the words sealed."""
        if not value:
            return value
        use = ring.within(dialect)
        use.bind()
        return use.sealing.seal_words(value, self.column)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the words. Raises StoreError where they were changed or moved."""
        return value and _opened(value, self.column, dialect)


class Alike(Sealed):
    """Words that many people share. Equal ones stay equal, so that SQL can count and group them.

    The order of what is stored is nobody's: sort what comes out.
    """

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the words sealed, always in the same way until the next rotation."""
        if not value:
            return value
        use = ring.within(dialect)
        if not use.is_bound and not use.writes:
            return _NOWHERE
        use.bind()
        return use.marking.seal_alike(value, self.column)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the words. Raises StoreError where they were changed or moved."""
        if not value:
            return value
        of = ring.ring_of(dialect)
        known = of.known.get((self.column, value))
        if known is None:
            known = _opened(value, self.column, dialect)
            of.remember(self.column, value, known)
        return known


class SealedDay(TypeDecorator[date]):
    """A day, sealed as words are."""

    impl = String
    cache_ok = True

    def __init__(self, column: str) -> None:
        super().__init__()
        self.column = column
        self._words = Sealed(column)

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        """Return the day sealed."""
        words = None if value is None else value.isoformat()
        return self._words.process_bind_param(words, dialect)

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:
        """Return the day. Raises StoreError where it was changed or moved."""
        return date.fromisoformat(_opened(value, self.column, dialect)) if value else None


def _opened(text: str, column: str, dialect: Dialect) -> str:
    written = Written.read(text)
    return ring.within(dialect).generation(written.generation).unseal_written(written, column)


def sealed(column: str) -> Any:  # noqa: ANN401 - SQLModel's stubs want a plain class
    """Return the type of a column of words, for `sa_type`."""
    return Sealed(column)


def alike(column: str) -> Any:  # noqa: ANN401 - the same
    """Return the type of a column of words that many people share, for `sa_type`."""
    return Alike(column)


def sealed_day(column: str) -> Any:  # noqa: ANN401 - the same
    """Return the type of a column of days, for `sa_type`."""
    return SealedDay(column)
