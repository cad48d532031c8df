"""How connectors read answers: one JSON object field by field, a listing page by page.

An answer that is not what the provider documents becomes a ProviderError here, so that a connector
never guesses, and never fails in a way that nobody can mend.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import count
from typing import Any

from unranked.connectors.base import Api, Page
from unranked.errors import ProviderError

_LARGEST = 2**63 - 1  # what a column of the store can hold
_MOST_DIGITS = 30
_CODE = 3


class Fields:
    """One JSON object of an answer, read field by field.

    What is missing, of another type or out of range is a ProviderError that names the field and
    never shows what it holds. `maybe_...` takes null like a missing field: the provider does not
    say. Fields that nobody asks for are ignored.
    """

    __slots__ = ("_title", "_value")

    def __init__(self, value: object, *, title: str, name: str = "the whole answer") -> None:
        if not isinstance(value, dict):
            raise unknown_shape(title, name)
        self._value = value
        self._title = title

    def __contains__(self, name: str) -> bool:
        return name in self._value

    def fields(self, name: str) -> "Fields":
        """Return the object under that name."""
        return Fields(self._value.get(name), title=self._title, name=name)

    def maybe_fields(self, name: str) -> "Fields | None":
        """Return the object under that name, None for null."""
        return None if self._value.get(name) is None else self.fields(name)

    def rows(self, name: str) -> "Iterator[Fields]":
        """Yield the objects of the list under that name."""
        rows = self._value.get(name)
        if not isinstance(rows, list):
            raise unknown_shape(self._title, name)
        for row in rows:
            yield Fields(row, title=self._title, name=name)

    def maybe_rows(self, name: str) -> "Iterator[Fields]":
        """Yield the objects of the list under that name, none for null."""
        if self._value.get(name) is not None:
            yield from self.rows(name)

    def rows_there(self, name: str) -> "Iterator[Fields]":
        """Yield the objects of the list under that name, less what is null in it."""
        rows = self._value.get(name)
        if not isinstance(rows, list):
            raise unknown_shape(self._title, name)
        there = {name: [row for row in rows if row is not None]}
        yield from Fields(there, title=self._title).rows(name)

    def texts(self, name: str) -> list[str]:
        """Return the list of texts under that name; it may be empty."""
        values = self._value.get(name)
        if isinstance(values, list) and all(isinstance(value, str) for value in values):
            return values
        raise unknown_shape(self._title, name)

    def text(self, name: str) -> str:
        """Return the text under that name; an empty one is as good as none."""
        if text := self.maybe_text(name):
            return text
        raise unknown_shape(self._title, name)

    def maybe_text(self, name: str) -> str:
        """Return the text under that name, empty for null."""
        value = self._value.get(name)
        if value is None or isinstance(value, str):
            return value or ""
        raise unknown_shape(self._title, name)

    def count(self, name: str) -> int:
        """Return the whole number under that name: 0 or more, and small enough to be stored."""
        value = self._value.get(name)
        if type(value) is int and 0 <= value <= _LARGEST:  # a truth value is none
            return value
        raise unknown_shape(self._title, name)

    def maybe_count(self, name: str) -> int | None:
        """Return the whole number under that name, None for null."""
        return None if self._value.get(name) is None else self.count(name)

    def flag(self, name: str) -> bool | None:
        """Return the truth value under that name, None for null."""
        value = self._value.get(name)
        if value is None or isinstance(value, bool):
            return value
        raise unknown_shape(self._title, name)

    def amount(self, name: str) -> Decimal:
        """Return the number under that name exactly, sent as a JSON number or as a text."""
        value = self._value.get(name)
        try:
            if isinstance(value, str | int | Decimal) and not isinstance(value, bool):
                amount = Decimal(value)
                if amount.is_finite() and _is_sane(amount):
                    return amount
        except ArithmeticError:
            pass
        raise unknown_shape(self._title, name)

    def currency(self, name: str) -> str:
        """Return the ISO 4217 code under that name in capitals."""
        if code := self.maybe_currency(name):
            return code
        raise unknown_shape(self._title, name)

    def maybe_currency(self, name: str) -> str:
        """Return the ISO 4217 code under that name in capitals, empty for null."""
        code = self.maybe_text(name).upper()
        if code and not (len(code) == _CODE and code.isascii() and code.isalpha()):
            raise unknown_shape(self._title, name)
        return code

    def maybe_amount(self, name: str) -> Decimal | None:
        """Return the number under that name, None for null."""
        return None if self._value.get(name) is None else self.amount(name)

    def day(self, name: str) -> date:
        """Return the UTC day of a time: ISO 8601 (no zone means UTC) or Unix seconds."""
        value = self._value.get(name)
        try:
            if isinstance(value, str):
                return _utc_day(value)
            return datetime.fromtimestamp(self.count(name), UTC).date()
        except (ValueError, OverflowError, OSError) as error:
            raise unknown_shape(self._title, name) from error

    def time(self, name: str) -> datetime:
        """Return the UTC time under that name, ISO 8601 (no zone means UTC)."""
        try:
            at = datetime.fromisoformat(self.text(name))
            return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
        except (ValueError, OverflowError) as error:
            raise unknown_shape(self._title, name) from error

    def maybe_day(self, name: str) -> date | None:
        """Return the UTC day under that name, None for null."""
        return None if self._value.get(name) is None else self.day(name)


def follow(
    api: Api,
    path: str,
    asked: Mapping[str, Any],
    *,
    title: str,
    cursor: str = "next_page",
    sent_as: str = "page",
    headers: Mapping[str, str] | None = None,
) -> Iterator[Any]:
    """Yield the answers of one listing, from its first page to its last.

    cursor: the field that holds the next page's cursor. A `has_more` beside it has the last word.
    sent_as: the parameter that asks for the page at a cursor.
    Raises ProviderError for a listing that goes in circles, or has more and does not say where.
    CursorExpiredError passes: whoever runs `fetch` throws the pages of that sub-window away and
    asks again from its first day, so that no page has to be held here.
    """
    return walk(
        lambda at: api.get(path, {**asked, sent_as: at}, headers=headers or {}),
        lambda body: _next(Fields(body, title=title), title, cursor),
        title=title,
    )


def walk(
    ask: Callable[[str], Any], following: Callable[[Any], str], *, title: str
) -> Iterator[Any]:
    """Yield the answers of a listing, from its first page to its last.

    ask: gives the page at a cursor, the first one at an empty cursor.
    following: finds the cursor of the next page in an answer; empty on the last page.
    Raises ProviderError for a listing that goes in circles.
    """
    at, seen = "", {""}
    while True:
        body = ask(at)
        at = following(body)
        if at and at in seen:
            raise _in_circles(title)
        yield body
        if not at:
            return
        seen.add(at)


def numbered(
    api: Api, path: str, asked: Mapping[str, Any], *, rows: str, title: str
) -> Iterator[Any]:
    """Yield the answers of a listing whose pages have numbers, up to one without any `rows`.

    Raises ProviderError for a listing that gives the same page again.
    """
    last: Any = None
    for page in count(1):
        body = api.get(path, {**asked, "page": page})
        if body == last:
            raise _in_circles(title)
        yield body
        if not any(Fields(body, title=title).rows(rows)):
            return
        last = body


def unless_refused(listing: Iterator[Any], *statuses: int) -> Iterator[Any]:
    """Yield the answers of a listing, or none if its first page is refused with such a status.

    statuses: HTTP statuses by which the provider says that there is nothing of this kind to list.
    """
    try:
        yield next(listing)
    except ProviderError as error:
        if error.status in statuses:
            return
        raise
    yield from listing


def unknown_shape(title: str, field_name: str) -> ProviderError:
    """Return the error for an answer in which a field is not what the provider documents."""
    return ProviderError(
        f"{title} answered in a shape this version does not know (look at: {field_name}).",
        hint="Update Unranked, or report this with the name of the field; "
        "nothing stored was changed.",
        retryable=False,
    )


def _in_circles(title: str) -> ProviderError:
    return ProviderError(
        f"{title} gave a listing that goes in circles.",
        hint="It is read again at the next run; nothing stored was changed.",
        retryable=False,
    )


def checked_day(page: Page, day: date, *, title: str) -> date:
    """Return the day if the page answers it. Another day is a ProviderError, never a stray row."""
    if page.days.start <= day < page.days.end:
        return day
    raise ProviderError(
        f"{title} answered for a day that it was not asked for.",
        hint="Check that the address leads to the API itself; nothing stored was changed.",
        retryable=False,
    )


@lru_cache(maxsize=64)
def _utc_day(text: str) -> date:
    at = datetime.fromisoformat(text)
    return (at.astimezone(UTC) if at.tzinfo else at).date()


def _next(body: Fields, title: str, cursor: str) -> str:
    has_more = body.flag("has_more")
    if has_more is None and cursor not in body:
        raise unknown_shape(title, cursor)
    if has_more is False:
        return ""
    at = body.maybe_text(cursor)
    if has_more and not at:
        raise unknown_shape(title, cursor)
    return at


def _is_sane(amount: Decimal) -> bool:
    """Whether it can be an amount of money: an exponent of a million would fill the memory."""
    exponent = amount.as_tuple().exponent
    return (
        isinstance(exponent, int) and exponent > -_MOST_DIGITS and amount.adjusted() < _MOST_DIGITS
    )
