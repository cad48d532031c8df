"""Reads a file of rows that a provider put behind a link: JSON lines, or one JSON document."""

import json
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from typing import Any, BinaryIO

_BOM = b"\xef\xbb\xbf"


def rows(file: BinaryIO) -> Iterator[Any]:
    """Yield the rows, from the first, with Decimal for every fraction.

    One row a line, or one document: a list's items are rows, and anything else is one row. A mark
    of the byte order and empty lines are passed over. Raises ValueError for what is no JSON.
    """
    for number, line in enumerate(_lines(file)):
        try:
            row = decoded(line)
        except ValueError:
            if number > 0:  # a cut line is no row, and what stands before it is not the whole file
                raise
            break
        if isinstance(row, list):  # a list on one line
            break
        yield row
    else:
        return
    yield from _document(file)


def decoded(text: bytes) -> Any:  # noqa: ANN401 - decoded JSON is whatever the provider sent
    """Return the JSON value, with Decimal for every fraction. Raises ValueError."""
    with suppress(RecursionError):
        return json.loads(text, parse_float=Decimal, parse_constant=_no_number)
    raise ValueError("It is nested too deep to be an answer.")


def _lines(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    for number, line in enumerate(file):
        text = (line.removeprefix(_BOM) if number == 0 else line).strip()
        if text:
            yield text


def _document(file: BinaryIO) -> Iterator[Any]:
    file.seek(0)
    document = decoded(file.read().removeprefix(_BOM))
    yield from document if isinstance(document, list) else [document]


def _no_number(name: str) -> object:
    raise ValueError(f"{name} is no JSON.")
