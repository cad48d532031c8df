"""Finished work: load a feed's days as a whole, and count what is one person's."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select

from unranked.domain.outcomes import OutcomeKind
from unranked.domain.usage import Window
from unranked.store import Tx, bulk
from unranked.store.tables import Outcome, Tie, table
from unranked.store.usage import Loaded

_outcome, _tie = table(Outcome), table(Tie)

_COLUMNS = ("connector", "feed", "day", "account_key", "kind", "finished")

Row = tuple[date, str | None, str, int, int]
"""A day, an account, a kind and a number, and last a mark that changes with whatever the source
says in it. The mark goes into the day's digest alone."""


def replace_days(
    tx: Tx,
    connector: str,
    feed: str,
    window: Window,
    rows: Callable[[], Iterable[Row]],
    *,
    since: date = date.min,
) -> Loaded:
    """Replace the feed's days of `window` by the rows; those of one day, account and kind add up.

    The days are counted with the rows that have no account or come to nothing: what a source says
    is the same whoever is known. Only the others are stored, from the day `since` on.
    Raises ValueError for a row of another day.
    """
    tx.execute(delete(_outcome).where(_of_feed(connector, feed, window)))
    counts = dict.fromkeys(window.days(), 0)
    sums = dict.fromkeys(counts, 0)
    found: dict[tuple[date, str, str], int] = {}
    for day, account_key, kind, finished, mark in rows():
        if day not in counts:
            raise ValueError("A row lies outside the days that were asked for.")
        counts[day] += 1
        sums[day] += mark
        if account_key is not None:
            place = (day, account_key, kind)
            found[place] = found.get(place, 0) + finished

    def stored() -> Iterator[tuple[Any, ...]]:
        kept = ((place, n) for place, n in found.items() if n and place[0] >= since)
        return ((connector, feed, *place, n) for place, n in kept)

    bulk.put(tx, _outcome, _COLUMNS, stored)
    return Loaded(counts, {day: f"{total % 2**64:016x}" for day, total in sums.items()})


def stored_rows(tx: Tx, connector: str, feed: str, window: Window) -> int:
    """Return how many rows of the feed are stored for the days of `window`."""
    stored = select(func.count()).select_from(_outcome)
    return int(tx.execute(stored.where(_of_feed(connector, feed, window))).scalar_one())


@dataclass(frozen=True, slots=True)
class DayCount:
    """How much of one kind a person finished on a day, with all of their accounts at a source."""

    day: date
    connector: str
    kind: OutcomeKind
    finished: int


def of_person(tx: Tx, person_key: str, window: Window) -> list[DayCount]:
    """Return what the person finished, day by day. One query."""
    groups = [_outcome.c[name] for name in ("day", "connector", "kind")]
    rows = tx.execute(
        select(*groups, func.sum(_outcome.c.finished))
        .join(_tie, _on_their_day())
        .where(_tie.c.person_key == person_key)
        .where(_outcome.c.day >= window.start, _outcome.c.day < window.end)
        .group_by(*groups)
        .order_by(*groups)
    )
    return [DayCount(row[0], row[1], OutcomeKind(row[2]), int(row[3])) for row in rows]


def _of_feed(connector: str, feed: str, window: Window) -> ColumnElement[bool]:
    return and_(
        _outcome.c.connector == connector,
        _outcome.c.feed == feed,
        _outcome.c.day >= window.start,
        _outcome.c.day < window.end,
    )


def _on_their_day() -> ColumnElement[bool]:
    return and_(
        _tie.c.account_key == _outcome.c.account_key,
        _tie.c.since <= _outcome.c.day,
        or_(_tie.c.until.is_(None), _tie.c.until > _outcome.c.day),
    )
