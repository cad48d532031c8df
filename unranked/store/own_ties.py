"""What a person is shown of accounts that are theirs on some days, and somebody else's on others.

A row of an account knows its present alone, and so tells of whoever holds it now. And an account
may first come up long after an address moved on, when its next holder begins to use a tool.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Table, bindparam, exists, or_, select

from unranked.domain import policy
from unranked.domain.usage import Window
from unranked.store import Tx
from unranked.store.tables import Account, EverUsed, Outcome, Tie, Usage, UsageWeek, table

_account, _tie = table(Account), table(Tie)
_BY_DAY = table(Usage), table(UsageWeek), table(EverUsed), table(Outcome)
_OF_NOW = ("seat_since", "seat_until", "last_seen")
"""Days of an account that change with what its present holder does."""

_Row = dict[str, Any]


class _Days(NamedTuple):
    """Days [since, until) on which an account is the person's; None while it is."""

    since: date
    until: date | None
    shown: bool

    def hold(self, day: date) -> bool:
        """Return whether a day is one of them."""
        return self.since <= day and (self.until is None or day < self.until)


def shown() -> ColumnElement[bool]:
    """Return which ties a person is shown: not one that ended before anything was known of it.

    One that ended is shown where the account was known, or of days on which it was used, in its
    time; neither is moved by anybody later. For a statement that has `tie` and `account`.
    """
    return or_(
        _tie.c.until.is_(None),
        _account.c.first_seen < _tie.c.until,
        *(_has_a_row(place) for place in _BY_DAY),
    )


def tools_of(tx: Tx, person_key: str) -> Mapping[str, Sequence[Window]]:
    """Return the connectors in which the person has or had an account, tools and others.

    With each stand the days on which it was theirs; they go on to the end of time while it is.
    """
    found: dict[str, list[Window]] = {}
    for connector, since, until in tx.execute(_own_tools(), {"person": person_key}):
        found.setdefault(connector, []).append(Window(since, until or date.max))
    return found


def veil(tx: Tx, person_key: str, rows: dict[str, list[_Row]]) -> None:
    """Leave out of a person's rows, by table, what tells of another holder of their accounts."""
    own = _days(tx, person_key)
    hidden = {key for key, days in own.items() if not any(one.shown for one in days)}
    ties = {(key, one.since) for key, days in own.items() for one in days if one.shown}
    accounts = [row for row in rows["account"] if row["account_key"] not in hidden]
    rows["account"] = [_told(row, own.get(row["account_key"], ())) for row in accounts]
    rows["tie"] = [row for row in rows["tie"] if (row["account_key"], row["since"]) in ties]
    rows["vault"] = [row for row in rows["vault"] if row["subject_key"] not in hidden]


@cache
def _own_tools() -> Select[Any]:
    return (
        select(_account.c.connector, _tie.c.since, _tie.c.until)
        .join(_tie, _tie.c.account_key == _account.c.account_key)
        .where(_tie.c.person_key == bindparam("person"), shown())
        .order_by(_account.c.connector, _tie.c.since)
    )


def _days(tx: Tx, person_key: str) -> Mapping[str, list[_Days]]:
    found: dict[str, list[_Days]] = {}
    query = (
        select(_tie.c.account_key, _tie.c.since, _tie.c.until, shown())
        .join(_account, _account.c.account_key == _tie.c.account_key)
        .where(_tie.c.person_key == person_key)
    )
    for key, *days in tx.execute(query):
        found.setdefault(key, []).append(_Days(*days))
    return found


def _told(row: _Row, own: Sequence[_Days]) -> _Row:
    """Return an account's row without days that are not the person's own."""
    now = next((one for one in own if one.until is None), None)
    told = dict(row)
    if not any(one.hold(row["first_seen"]) for one in own):
        told["first_seen"] = None
    for name in _OF_NOW:
        if now is None or row[name] is None or not now.hold(row[name]):
            told[name] = None
    if told["seat_since"] is None and row["seat_since"] is not None:
        told["seat_dated"] = None
    if now is None:
        told["seat_dated"] = told["listed"] = None
    return told


def _has_a_row(place: Table) -> ColumnElement[bool]:
    """Return whether a table has a row of the account of a day of the tie, one that ended."""
    day = place.c[policy.table(place.name).dated]
    within = (_tie.c.since <= day) & (_tie.c.until > day)
    return exists().where(place.c.account_key == _tie.c.account_key, within).correlate(_tie)
