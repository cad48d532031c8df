"""How far each feed's data goes: the days fetched, and how the last attempt ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, insert, select, update

from unranked.store import Tx
from unranked.store.provider_words import hider
from unranked.store.tables import Completeness as CompletenessTable
from unranked.store.tables import Coverage, FeedRun, table
from unranked.store.usage import Loaded

_coverage, _run = table(Coverage), table(FeedRun)
_complete = table(CompletenessTable)


@dataclass(frozen=True, slots=True)
class FetchedDay:
    """A feed's day as last fetched. `same_since`: since when its totals have not changed.

    unmapped: of a day that is kept by the day no more, how many rows led to nobody; else None.
    """

    day: date
    same_since: datetime
    fetched_at: datetime
    rows: int
    unmapped: int | None = None


@dataclass(frozen=True, slots=True)
class FeedState:
    """How the last attempt at a feed ended. `error` is empty after a good one."""

    connector: str
    feed: str
    tried_at: datetime
    succeeded_at: datetime | None
    offered: bool
    error: str
    hint: str


def record(tx: Tx, connector: str, feed: str, loaded: Loaded, *, now: datetime) -> int:
    """Note that the days of `loaded` were fetched whole; return how many days were restated."""
    mine = (_coverage.c.connector == connector) & (_coverage.c.feed == feed)
    days = list(loaded.rows)
    if not days:
        return 0
    span = mine & _coverage.c.day.between(min(days), max(days))
    before = {row.day: row for row in tx.execute(select(_coverage).where(span))}
    tx.execute(delete(_coverage).where(span))
    hide = hider(tx)
    digests = {day: hide(loaded.digests[day]) for day in days}
    same = {day for day in days if day in before and before[day].digest == digests[day]}
    rows = [
        {
            "connector": connector,
            "feed": feed,
            "day": day,
            "digest": digests[day],
            "same_since": before[day].same_since if day in same else now,
            "fetched_at": now,
            "rows": loaded.rows[day],
            "unmapped": before[day].unmapped if day in before else None,
        }
        for day in days
    ]
    tx.execute(insert(_coverage), rows)
    return sum(1 for day in before if day in loaded.rows and day not in same)


def days(tx: Tx, connector: str, feed: str, *, since: date = date.min) -> list[FetchedDay]:
    """Return the feed's fetched days from `since` on, oldest first."""
    rows = tx.execute(
        select(*(_coverage.c[name] for name in FetchedDay.__slots__))
        .where(_coverage.c.connector == connector, _coverage.c.feed == feed)
        .where(_coverage.c.day >= since)
        .order_by(_coverage.c.day)
    )
    return [FetchedDay(*row) for row in rows]


def still_by_day(tx: Tx, before: date) -> Mapping[date, list[tuple[str, str]]]:
    """Return, by day, the feeds of which a day before that one has rows that are kept by the day.

    A day without any row stays open: what comes late is all that there is of it.
    """
    rows = tx.execute(
        select(_coverage.c.day, _coverage.c.connector, _coverage.c.feed)
        .where(_coverage.c.day < before, _coverage.c.unmapped.is_(None), _coverage.c.rows > 0)
        .order_by(_coverage.c.day, _coverage.c.connector, _coverage.c.feed)
    )
    found: dict[date, list[tuple[str, str]]] = {}
    for day, connector, feed in rows:
        found.setdefault(day, []).append((connector, feed))
    return found


def close(tx: Tx, connector: str, feed: str, day: date, *, unmapped: int) -> None:
    """Note that a feed's day is kept by the day no more, and how many rows led to nobody."""
    mine = (_coverage.c.connector == connector) & (_coverage.c.feed == feed)
    tx.execute(update(_coverage).where(mine, _coverage.c.day == day).values(unmapped=unmapped))


def ended(
    tx: Tx,
    connector: str,
    feed: str,
    *,
    now: datetime,
    offered: bool = True,
    error: str = "",
    hint: str = "",
) -> None:
    """Note how an attempt at a feed ended.

    An error keeps the time of the last success, and whether the feed was offered: a provider that
    is down has not begun to offer a feed that it always refused.
    """
    mine = (_run.c.connector == connector) & (_run.c.feed == feed)
    before = tx.execute(select(_run.c.succeeded_at, _run.c.offered).where(mine)).first()
    tx.execute(delete(_run).where(mine))
    succeeded = now if not error and offered else (before[0] if before else None)
    if error and before is not None:
        offered = bool(before[1])
    tx.execute(
        insert(_run).values(
            connector=connector,
            feed=feed,
            tried_at=now,
            succeeded_at=succeeded,
            offered=offered,
            error=error,
            hint=hint,
        )
    )


def states(tx: Tx) -> Mapping[tuple[str, str], FeedState]:
    """Return how the last attempt at every feed ended, by connector and feed."""
    rows = tx.execute(select(_run).order_by(_run.c.connector, _run.c.feed)).mappings()
    return {(row["connector"], row["feed"]): FeedState(**row) for row in rows}


@dataclass(frozen=True, slots=True)
class Completeness:
    """How far a connector's figures go: one fact for everybody, whoever asks.

    complete_through: the watermark W (2.2). history_since: the first day of unbroken data.
    billed: costs come from the provider's bill; billed_through: up to this day.
    """

    connector: str
    complete_through: date | None = None
    history_since: date | None = None
    billed: bool = False
    billed_through: date | None = None

    @property
    def for_costs(self) -> date | None:
        """The last day of which both use and cost are known whole."""
        if not self.billed or self.complete_through is None:
            return self.complete_through
        if self.billed_through is None:
            return None
        return min(self.complete_through, self.billed_through)


def set_completeness(tx: Tx, one: Completeness) -> None:
    """Store how far the connector's figures go now."""
    tx.execute(delete(_complete).where(_complete.c.connector == one.connector))
    names = Completeness.__slots__
    tx.execute(insert(_complete).values({name: getattr(one, name) for name in names}))


def completeness(tx: Tx) -> Mapping[str, Completeness]:
    """Return how far each connector's figures go, by slug. One query."""
    rows = tx.execute(select(_complete).order_by(_complete.c.connector)).mappings()
    return {row["connector"]: Completeness(**row) for row in rows}
