"""Usage rows: load a feed's days as a whole, and the few sums that the product asks for."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    delete,
    false,
    func,
    not_,
    or_,
    select,
)

from unranked.domain.usage import AccountKind, Money, Tokens, Window
from unranked.store import Tx, bulk
from unranked.store.past_use import Late
from unranked.store.provider_words import hider
from unranked.store.tables import Account, Coverage, Disclaimer, Tie, Usage, table

NANO = Decimal(10**9)
NO_TOKENS = Tokens()
_usage, _tie, _account = table(Usage), table(Tie), table(Account)
_disclaimer, _coverage = table(Disclaimer), table(Coverage)

_DIMENSIONS = ("day", "account_key", "product", "model", "tier", "credential", "project", "variant")
_FIGURES = ("active", "requests", "n_in", "n_out", "n_cr", "n_cw5", "n_cw1h", "cost_nano")
_COLUMNS = ("connector", "feed", *_DIMENSIONS, *_FIGURES, "currency")

_ACTIVE = len(_DIMENSIONS)

Row = tuple[
    *tuple[date, str, str, str, str, str, str, str],
    *tuple[bool, int | None, int | None, int | None, int | None, int | None, int | None],
    *tuple[int | None, str, int],
]
"""A usage row in the order of `_COLUMNS`, without connector and feed, and last its mark: a number
that changes with whatever the provider says in it. The mark goes into the day's digest alone."""


@dataclass(slots=True)
class Loaded:
    """What one load brought: rows per day, and a digest per day that any change would change."""

    rows: dict[date, int]
    digests: dict[date, str]


def nano(money: Money | None) -> int | None:
    """Return the amount as a whole number of 10^-9 units, or None for an unknown one."""
    return None if money is None else int((money.amount * NANO).to_integral_value())


def replace_days(
    tx: Tx,
    connector: str,
    feed: str,
    window: Window,
    rows: Callable[[], Iterable[Row]],
    *,
    is_activity: bool = True,
) -> Loaded:
    """Replace the feed's days of `window` by the rows, read as a stream; a row given twice is one.

    Of days that are kept by the day no more, no row comes back; that there was use is remembered.

    rows: begins the stream; it may be begun a second time. It must leave the transaction alone.
    is_activity: the feed tells of use. The transaction is the caller's: it ends well only once the
    whole window is there.
    Raises ValueError for a row of another day.
    """
    closed = _closed(tx, connector, feed, window)
    hide = hider(tx)
    late = Late.of(tx) if closed and is_activity else None
    tx.execute(
        delete(_usage).where(
            _usage.c.connector == connector,
            _usage.c.feed == feed,
            _usage.c.day >= window.start,
            _usage.c.day < window.end,
            _usage.c.day.not_in(closed),
        )
    )
    counts = dict.fromkeys(window.days(), 0)
    sums = dict.fromkeys(counts, 0)

    def counted() -> Iterator[tuple[Any, ...]]:
        counts.update(dict.fromkeys(counts, 0))
        sums.update(counts)
        for row in rows():
            day = row[0]
            if day not in counts:
                raise ValueError("A row lies outside the days that were asked for.")
            counts[day] += 1
            # A sum does not depend on the order in which the provider lists its rows.
            sums[day] += row[-1]
            if day not in closed:
                project, variant = hide(row[6]), hide(row[7])
                yield (connector, feed, *row[:6], project, variant, *row[8:-1])
            elif late is not None and row[_ACTIVE]:
                late.note(row[1], day)

    bulk.put(tx, _usage, _COLUMNS, counted)
    if late is not None:
        late.keep(tx)
    return Loaded(counts, {day: f"{total % 2**64:016x}" for day, total in sums.items()})


def _closed(tx: Tx, connector: str, feed: str, window: Window) -> AbstractSet[date]:
    """Return the days of a window whose rows are kept by the day no more."""
    return set(
        tx.execute(
            select(_coverage.c.day)
            .where(_coverage.c.connector == connector, _coverage.c.feed == feed)
            .where(_coverage.c.day >= window.start, _coverage.c.day < window.end)
            .where(_coverage.c.unmapped.is_not(None))
        ).scalars()
    )


def stored_rows(tx: Tx, connector: str, feed: str, window: Window) -> int:
    """Return how many rows of the feed are stored for the days of `window`, or once were."""
    of_feed = (_usage.c.connector == connector, _usage.c.feed == feed)
    within = (_usage.c.day >= window.start, _usage.c.day < window.end)
    stored = select(func.count()).select_from(_usage).where(*of_feed, *within)
    return int(tx.execute(stored).scalar_one()) + len(_closed(tx, connector, feed, window))


def unmapped_rows(
    tx: Tx, connector: str, feed: str, since: date, *, until: date = date.max
) -> Mapping[date, int]:
    """Return, by day, the rows that lead to no person (2.2 e), of days before `until`.

    Rows of keys and service accounts that the provider lists are known for what they are. So are
    those of an account of which a person said that it is not theirs, and those of people who were
    erased: one such answer must not hold up everybody's figures.
    """
    automation = and_(
        _account.c.kind.in_([AccountKind.KEY.value, AccountKind.SERVICE.value]),
        _account.c.listed.is_(True),
    )
    # First the few accounts of which any day can lead to nobody: most are somebody's for ever.
    always = select(_tie.c.account_key).where(_tie.c.since <= since, _tie.c.until.is_(None))
    some = select(_account.c.account_key).where(
        _account.c.connector == connector, _account.c.account_key.not_in(always)
    )
    rows = tx.execute(
        select(_usage.c.day, func.count())
        .join(_account, _account.c.account_key == _usage.c.account_key)
        .outerjoin(_tie, _of_person())
        .where(_usage.c.connector == connector, _usage.c.feed == feed)
        .where(_usage.c.day >= since, _usage.c.day < until)
        .where(_usage.c.account_key.in_(some))
        .where(_tie.c.person_key.is_(None), not_(automation))
        .where(_account.c.kind != AccountKind.ERASED.value)
        .where(_usage.c.account_key.not_in(select(_disclaimer.c.account_key)))
        .group_by(_usage.c.day)
    )
    return {day: int(count) for day, count in rows}


class DaySum(NamedTuple):
    """One person's day with one tool and model, from one feed.

    cost: the sum in one currency, or None where the feed gives no cost.
    active: whether any of the rows is an activity.
    """

    day: date
    connector: str
    feed: str
    model: str
    tier: str
    tokens: Tokens
    cost: Money | None
    active: bool


def of_person(tx: Tx, person_key: str, connectors: Collection[str], window: Window) -> list[DaySum]:
    """Return the person's own days with these tools, summed by feed, model and tier. One query."""
    given = {"person": person_key, "tools": sorted(connectors)}
    rows = tx.execute(_own_days(), {**given, "start": window.start, "end": window.end}).all()
    return [
        DaySum(
            day,
            connector,
            feed,
            model,
            tier,
            Tokens(*map(int, counts)) if any(counts) else NO_TOKENS,
            None if nano is None else Money(Decimal(int(nano)) / NANO, currency),
            bool(is_active),
        )
        for day, connector, feed, model, tier, currency, nano, is_active, *counts in rows
    ]


def of_feeds(feeds: Mapping[str, tuple[str, ...]]) -> ColumnElement[bool]:
    """Return the condition that a row is of one of the feeds, by connector, for a few accounts.

    As a case, and not by itself: where there is one tool alone, SQLite would search for it, and
    read everybody's rows of it, and not the few of these accounts.
    """
    named = (
        and_(_usage.c.connector == connector, _usage.c.feed.in_(names))
        for connector, names in sorted(feeds.items())
    )
    return case((or_(false(), *named), 1), else_=0) == 1


@cache
def _own_days() -> Select[Any]:
    """Return the statement of `of_person`: to make it takes as long as to run it."""
    figures = [func.coalesce(func.sum(_usage.c[name]), 0) for name in _FIGURES[2:7]]
    active = case((_usage.c.active.is_(True), 1), else_=0)
    groups = [_usage.c[n] for n in ("day", "connector", "feed", "model", "tier", "currency")]
    # By the account's tool and not the row's: else SQLite reads all rows of the tool.
    of_tool = _account.c.connector.in_(bindparam("tools", expanding=True))
    return (
        select(*groups, func.sum(_usage.c.cost_nano), func.max(active), *figures)
        .join(_tie, _of_person())
        .join(_account, _account.c.account_key == _tie.c.account_key)
        .where(_tie.c.person_key == bindparam("person"), of_tool)
        .where(_usage.c.day >= bindparam("start"), _usage.c.day < bindparam("end"))
        .group_by(*groups)
        .order_by(*groups)
    )


def _of_person() -> ColumnElement[bool]:
    return and_(
        _tie.c.account_key == _usage.c.account_key,
        _tie.c.since <= _usage.c.day,
        or_(_tie.c.until.is_(None), _tie.c.until > _usage.c.day),
    )
