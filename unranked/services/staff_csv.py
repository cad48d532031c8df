"""The optional CSV of the roster: what the chat does not know about people.

Columns: email, and any of manager_email, dotted_managers, department, start_date, working_days,
leave, region.
An error names the line, never what stands there: it is somebody's personal data.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path

from unranked.domain.people import StaffEntry, normalise_email
from unranked.domain.usage import Window
from unranked.errors import RosterError

NEEDED = ("email",)
KNOWN = (
    *("email", "manager_email", "dotted_managers", "department", "start_date", "working_days"),
    *("leave", "region"),
)
_FULL = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAYS = {name[:cut]: n for n, name in enumerate(_FULL) for cut in (3, len(name))}
_YEARS = range(1950, 2100)


def read(path: Path) -> list[StaffEntry]:
    """Return the entries of the file. Raises RosterError for the first line that is wrong."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RosterError(
            f"The roster file cannot be read ({type(error).__name__}).",
            hint="Point UNRANKED_ROSTER_CSV at a readable CSV file in UTF-8.",
        ) from error
    return parse(text)


def parse(text: str) -> list[StaffEntry]:
    """Return the entries of the text. Raises RosterError for the first line that is wrong."""
    rows = _rows(text)
    _, header = next(rows, (1, []))
    names = [name.strip() for name in header]
    _check_header(names)
    entries = list(_entries(names, rows))
    _check_managers(entries)
    return [entry for _, entry in entries]


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that is not empty, and the number of the line where it begins.

    A row may go over several lines, and what a quote that is not closed swallows is found wrong
    far below it: so the first of its lines is the one to look at.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _malformed(line, error) from error
        if row:
            yield line, row


def _malformed(line: int, error: csv.Error) -> RosterError:
    if "field limit" not in str(error):  # the library has no kind of its own for it
        return _wrong(line, "is not well-formed CSV", "check its quotes")
    most = f"{csv.field_size_limit():,} characters"
    return _wrong(line, f"has a field of more than {most}", "shorten it, or close its quotes")


def _check_header(names: list[str]) -> None:
    missing = [name for name in NEEDED if name not in names]
    unknown = [name for name in names if name not in KNOWN]
    if missing or unknown or len(set(names)) != len(names):
        what = (
            f"lacks the column {missing[0]}"
            if missing
            else "has a column that is not known, or one twice"
        )
        raise RosterError(
            f"The roster file {what}.",
            hint=f"Its first line may hold: {', '.join(KNOWN)}.",
        )


def _entries(
    names: list[str], rows: Iterator[tuple[int, list[str]]]
) -> Iterator[tuple[int, StaffEntry]]:
    seen: dict[str, int] = {}
    for line, row in rows:
        if len(row) != len(names):
            raise _wrong(line, "has more or fewer fields than the first line", "check its commas")
        entry = _entry(line, dict(zip(names, (value.strip() for value in row), strict=True)))
        if entry.email in seen:
            raise _wrong(line, f"repeats the address of line {seen[entry.email]}", "keep one")
        seen[entry.email] = line
        yield line, entry


def _entry(line: int, row: Mapping[str, str]) -> StaffEntry:
    email, manager = _email(line, "email", row["email"]), row.get("manager_email", "")
    return StaffEntry(
        email=email,
        manager_email=_email(line, "manager_email", manager) if manager else "",
        dotted=_dotted(line, row.get("dotted_managers", ""), of=email),
        department=row.get("department", ""),
        start_date=_date(line, "start_date", row.get("start_date", "")),
        weekdays=_weekdays(line, row.get("working_days", "")),
        leave=tuple(_leave(line, row.get("leave", ""))),
        region=_region(line, row.get("region", "")),
    )


def _email(line: int, column: str, value: str) -> str:
    email = normalise_email(value)
    if not email:
        raise _wrong(line, f"has no e-mail address in {column}", "write name@company.example")
    return email


def _dotted(line: int, value: str, *, of: str) -> tuple[str, ...]:
    """Return the addresses of other managers, each once."""
    pieces = filter(None, (piece.strip() for piece in value.split(";")))
    found = dict.fromkeys(_email(line, "dotted_managers", piece) for piece in pieces)
    if of in found:
        raise _wrong(line, "names its own address in dotted_managers", "take it out")
    return tuple(found)


def _date(line: int, column: str, value: str) -> date | None:
    if not value:
        return None
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise _wrong(line, f"has no date in {column}", "write it as 2026-03-31") from None
    if day.year not in _YEARS:
        raise _wrong(line, f"has a date far away in {column}", "write it as 2026-03-31")
    return day


def _weekdays(line: int, value: str) -> frozenset[int] | None:
    names = value.replace(",", " ").replace(";", " ").lower().split()
    if not names:
        return None
    if any(name not in _WEEKDAYS for name in names):
        raise _wrong(line, "names no weekday in working_days", 'write "Mon Tue Wed Thu"')
    return frozenset(_WEEKDAYS[name] for name in names)


def _leave(line: int, value: str) -> Iterator[Window]:
    for piece in filter(None, (piece.strip() for piece in value.split(";"))):
        first, slash, last = (part.strip() for part in piece.partition("/"))
        if slash and not last and (begins := _date(line, "leave", first)):
            yield Window(begins, date.max)  # nobody knows yet for how long
            continue
        start, end = _date(line, "leave", first), _date(line, "leave", last or first)
        if start is None or end is None or end < start:
            raise _wrong(line, "has leave that ends before it starts", "write first/last day")
        yield Window(start, end + timedelta(days=1))


def _region(line: int, value: str) -> str:
    country, _, part = value.partition("-")
    if value and not (len(country) == 2 and country.isalpha() and (part or "-" not in value)):  # noqa: PLR2004 - ISO 3166-1
        raise _wrong(line, "has no region", "write an ISO 3166 code: DE, DE-BE, US-CA")
    return value.upper()


def _check_managers(entries: list[tuple[int, StaffEntry]]) -> None:
    """Raise RosterError for people who manage themselves, directly or in a circle."""
    manager = {entry.email: entry.manager_email for _, entry in entries}
    sound: set[str] = set()
    for line, entry in entries:
        path: set[str] = set()
        email = entry.email
        while email and email in manager and email not in sound:
            if email in path:
                raise _wrong(line, "is part of a circle of managers", "correct manager_email")
            path.add(email)
            email = manager[email]
        sound |= path


def _wrong(line: int, what: str, hint: str) -> RosterError:
    return RosterError(
        f"Line {line} of the roster file {what}.",
        hint=f"Correct it: {hint}. Nothing was changed.",
    )
