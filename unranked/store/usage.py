"""Usage rows: load a feed's days as a whole, and the few sums that the product asks for."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, partial
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    delete,
    distinct,
    false,
    func,
    not_,
    or_,
    select,
)

from unranked.domain.usage import AccountKind, Money, Tokens, Window
from unranked.store import Tx, bulk
from unranked.store.tables import Account, Disclaimer, Placement, Tie, Usage, table

NANO = Decimal(10**9)
NO_TOKENS = Tokens()
_usage, _tie, _account = table(Usage), table(Tie), table(Account)
_placement, _disclaimer = table(Placement), table(Disclaimer)

_DIMENSIONS = ("day", "account_key", "product", "model", "tier", "credential", "project", "variant")
_FIGURES = ("active", "requests", "n_in", "n_out", "n_cr", "n_cw5", "n_cw1h", "cost_nano")
_COLUMNS = ("connector", "feed", *_DIMENSIONS, *_FIGURES, "currency")

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
    tx: Tx, connector: str, feed: str, window: Window, rows: Callable[[], Iterable[Row]]
) -> Loaded:
    """Replace the feed's days of `window` by the rows, read as a stream; a row given twice is one.

    rows: begins the stream; it may be begun a second time. It must leave the transaction alone.
    The transaction is the caller's: it ends well only once the whole window is there.
    Raises ValueError for a row of another day.
    """
    tx.execute(
        delete(_usage).where(
            _usage.c.connector == connector,
            _usage.c.feed == feed,
            _usage.c.day >= window.start,
            _usage.c.day < window.end,
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
            yield (connector, feed, *row[:-1])

    bulk.put(tx, _usage, _COLUMNS, counted)
    return Loaded(counts, {day: f"{total % 2**64:016x}" for day, total in sums.items()})


def stored_rows(tx: Tx, connector: str, feed: str, window: Window) -> int:
    """Return how many rows of the feed are stored for the days of `window`."""
    count = tx.execute(
        select(func.count())
        .select_from(_usage)
        .where(_usage.c.connector == connector, _usage.c.feed == feed)
        .where(_usage.c.day >= window.start, _usage.c.day < window.end)
    ).scalar_one()
    return int(count)


def unmapped_rows(tx: Tx, connector: str, feed: str, since: date) -> Mapping[date, int]:
    """Return, by day, the rows that lead to no person (2.2 e).

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
        .where(_usage.c.connector == connector, _usage.c.feed == feed, _usage.c.day >= since)
        .where(_usage.c.account_key.in_(some))
        .where(_tie.c.person_key.is_(None), not_(automation))
        .where(_account.c.kind != AccountKind.ERASED.value)
        .where(_usage.c.account_key.not_in(select(_disclaimer.c.account_key)))
        .group_by(_usage.c.day)
    )
    return {day: int(count) for day, count in rows}


class Activity(NamedTuple):
    """What a person did, as far as each tool's figures are complete.

    days: on how many days they did something, with any tool; a day counts once.
    spans: each tool with the first and the last such day.
    """

    days: int = 0
    spans: tuple[tuple[str, date, date], ...] = ()


def activity(
    tx: Tx, feeds: Mapping[str, tuple[str, ...]], through: Mapping[str, date]
) -> Mapping[str, Activity]:
    """Return what each person did, by key, in one pass over the rows.

    feeds: the feeds that count as activity, by connector.
    through: the watermark, by connector; a connector without one is left out.
    """
    tools = sorted(through)
    if not tools:
        return {}
    day, connector = _usage.c.day, _usage.c.connector
    complete = or_(
        *(
            and_(connector == tool, _usage.c.feed.in_(feeds[tool]), day <= through[tool])
            for tool in tools
        )
    )
    ends = [end(day).filter(connector == tool) for tool in tools for end in (func.min, func.max)]
    rows = tx.execute(
        select(_tie.c.person_key, func.count(distinct(day)), *ends)
        .select_from(_usage)
        .join(_tie, _of_person())
        .where(complete, _usage.c.active.is_(True))
        .group_by(_tie.c.person_key)
    ).all()
    found = cache(partial(_activity, tools))  # many people's is the same
    return {key: found(*figures) for key, *figures in rows}


def _activity(tools: list[str], days: int, *ends: date | None) -> Activity:
    spans = zip(tools, ends[::2], ends[1::2], strict=True)
    return Activity(
        days, tuple((tool, first, last) for tool, first, last in spans if first and last)
    )


def is_active_after(
    tx: Tx, person_key: str, feeds: Mapping[str, tuple[str, ...]], *, after: date
) -> bool:
    """Return whether a person did anything on a later day, as far as is stored."""
    counts = [
        and_(_usage.c.connector == connector, _usage.c.feed.in_(names))
        for connector, names in sorted(feeds.items())
    ]
    query = (
        select(_usage.c.day)
        .join(_tie, _of_person())
        .where(_tie.c.person_key == person_key, _usage.c.day > after)
        .where(or_(false(), *counts), _usage.c.active.is_(True))
    )
    return tx.execute(query.limit(1)).first() is not None


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
