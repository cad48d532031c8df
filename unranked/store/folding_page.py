"""A page of use that is to be added up: whose each row is, and which of them counts for a day.

Looked at once and kept for the length of a transaction: what changes meanwhile is not of it.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Date,
    Index,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
)

from unranked.domain.calendar import week_of
from unranked.domain.retention import Part
from unranked.domain.usage import ONE_DAY, AccountKind
from unranked.store import past_use
from unranked.store.pages import Keys
from unranked.store.past_use import Feeds
from unranked.store.tables import Account, Coverage, Tie, Usage, UsageWeek, table

_usage, _week = table(Usage), table(UsageWeek)
_tie, _account, _coverage = table(Tie), table(Account), table(Coverage)

KEY = ("account_key", "connector", "feed", "currency")
SUMS = ("requests", "n_in", "n_out", "n_cr", "n_cw5", "n_cw1h", "cost_nano")
IDENTITY = tuple(column.name for column in _usage.primary_key)

SINCE, _MONDAY = bindparam("since", type_=Date), bindparam("monday", type_=Date)
FIRST, LAST = bindparam("first", type_=Date), bindparam("last", type_=Date)
_TO_THE_END = "\uffff"
"""After every key."""

_NOBODYS = (AccountKind.NOBODY.value, AccountKind.ERASED.value)

PAGE = Table(
    "folding",
    MetaData(),
    *(Column(name, _usage.c[name].type) for name in (*IDENTITY, *SUMS)),
    Column("owner", String),
    Column("tied", Date),
    *(Column(name, Integer) for name in ("used", "late", "adds", "counts")),
    Index("ix_folding", "account_key", "day"),
    prefixes=["TEMPORARY"],
)
"""The rows of a page, as they were when it was begun. owner: whose a row is."""


def given(part: Part, keys: Keys) -> dict[str, Any]:
    """Return what the statements of a page are filled with."""
    return {
        "since": part.since,
        "monday": week_of(part.since),
        "first": part.days.start,
        "last": part.days.end - ONE_DAY,
        "after": keys.after,
        "to": _TO_THE_END if keys.through is None else keys.through,
    }


def in_page(key: ColumnElement[str]) -> ColumnElement[bool]:
    """Return whether a key is of the page."""
    return and_(key > bindparam("after", type_=String), key <= bindparam("to", type_=String))


def owned(feeds: Feeds) -> Select[Any]:
    """Return the rows of people. tied: since when the account is theirs."""
    return (
        select(
            *_columns(feeds),
            _tie.c.person_key.label("owner"),
            _tie.c.since.label("tied"),
            case((_is_late(), 1), else_=0).label("late"),
            literal(1).label("adds"),
        )
        .select_from(_tie)
        .join(_usage, _of_tie())
        .where(in_page(_tie.c.person_key), _within())
    )


def unowned(feeds: Feeds) -> Select[Any]:
    """Return the rows of nobody. tied: since when the account is nobody's, again or ever."""
    before = select(func.max(_tie.c.until)).where(
        _tie.c.account_key == _usage.c.account_key, _tie.c.until <= _usage.c.day
    )
    nobodys = func.coalesce(before.scalar_subquery(), literal(past_use.NOBODYS, Date))
    return (
        select(
            *_columns(feeds),
            _usage.c.account_key.label("owner"),
            nobodys.label("tied"),
            literal(0).label("late"),
            case((_account.c.kind.in_(_NOBODYS), 0), else_=1).label("adds"),
        )
        .select_from(_account)
        .join(_usage, _usage.c.account_key == _account.c.account_key)
        .where(in_page(_account.c.account_key))
        .where(_within(), not_(exists().where(_of_tie())))
    )


def _columns(feeds: Feeds) -> list[ColumnElement[Any]]:
    """Return what is read of a row. used: 1 where it tells of use; of an unknown tool any may.

    adds: 0 where it is not added up.
    """
    of_use = or_(
        _usage.c.connector.not_in(sorted(feeds)),
        *(
            and_(_usage.c.connector == connector, _usage.c.feed.in_(names))
            for connector, names in sorted(feeds.items())
            if names
        ),
    )
    used = case((and_(_usage.c.active.is_(True), of_use), 1), else_=0).label("used")
    return [*(_usage.c[name] for name in (*IDENTITY, *SUMS)), used]


def _is_late() -> ColumnElement[bool]:
    """Return whether the day was added up for the person before.

    So it is where a tool's history came later than another's: then nobody can say whether the day
    is counted already.
    """
    week, tie = _week.alias("before"), _tie.alias("then")
    return exists().where(
        tie.c.person_key == _tie.c.person_key,
        week.c.account_key == tie.c.account_key,
        tie.c.since <= week.c.since,
        or_(tie.c.until.is_(None), tie.c.until > week.c.since),
        week.c.since.between(_MONDAY, _usage.c.day),
        week.c.through >= _usage.c.day,
    )


def numbered(whose: Select[Any], names: Sequence[str]) -> Select[Any]:
    """Return the rows with the one that counts for each day of somebody."""
    own = whose.subquery()
    order = (own.c.used.desc(), own.c.account_key, own.c.connector, own.c.feed)
    nth = func.row_number().over(partition_by=(own.c.owner, own.c.day), order_by=order)
    told = select(own, nth.label("nth")).subquery()
    counts = and_(told.c.used == 1, told.c.late == 0, told.c.nth == 1)
    rows = select(told, case((counts, 1), else_=0).label("counts")).subquery()
    return select(*(rows.c[name] for name in names))


def _within() -> ColumnElement[bool]:
    """Return whether a row is of these days, and of a feed's day that is closed.

    One that is not may be read again at any moment: its rows are not to be added up yet.
    """
    return and_(_usage.c.day >= FIRST, _usage.c.day <= LAST, is_closed())


def is_closed() -> ColumnElement[bool]:
    """Return whether a row is of a feed's day that no reading stores rows of any more."""
    return exists().where(
        _coverage.c.connector == _usage.c.connector,
        _coverage.c.feed == _usage.c.feed,
        _coverage.c.day == _usage.c.day,
        _coverage.c.unmapped.is_not(None),
    )


def _of_tie() -> ColumnElement[bool]:
    return and_(
        _tie.c.account_key == _usage.c.account_key,
        _tie.c.since <= _usage.c.day,
        or_(_tie.c.until.is_(None), _tie.c.until > _usage.c.day),
    )
