"""Deletes what is past its keeping time: by its age alone, or by what else the policy says of it.

Rows are looked for in a transaction that only reads, and deleted a few at a time in others: nobody
who writes has to wait for long, and a run that is cut off goes on with what is still there.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Protocol

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Table,
    and_,
    delete,
    func,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlmodel import SQLModel

from unranked.domain import policy
from unranked.domain.policy_terms import Kept
from unranked.domain.retention import kept_since, weekly_since
from unranked.store import Store, Tx
from unranked.store.columns import UtcTime
from unranked.store.model_use import WAITING as UNCOUNTED
from unranked.store.outbox import WAITING, Kind, State
from unranked.store.tables import Campaign, ModelUse, Outbox, Release, UsageWeek, table

AT_ONCE = 1_000
"""So many rows go in one transaction."""

_outbox, _campaign = table(Outbox), table(Campaign)
_LAST_NUDGES = 2
"""So many of somebody's last tips stay: after that many without a reaction there are no more."""


class _Change(Protocol):
    def __call__(self, tx: Tx, which: ColumnElement[bool]) -> int:
        """Do it to the rows; return how many there were."""


@dataclass(frozen=True, slots=True)
class Past:
    """Rows of a table that are past their time. emptied: the field that goes, and not the row."""

    table: Table
    old: ColumnElement[bool] = field(repr=False)
    emptied: str = ""

    @property
    def name(self) -> str:
        """The table's name, and the field's where only that goes."""
        return f"{self.table.name}.{self.emptied}" if self.emptied else self.table.name

    def count(self, tx: Tx) -> int:
        """Return how many they are."""
        rows = select(func.count()).select_from(self.table).where(self.old)
        return int(tx.execute(rows).scalar_one())

    def clear(self, store: Store) -> Iterator[int]:
        """Let them go, some at a time; yield how many each time."""
        return some_at_a_time(store, self.table, self.old, self._change)

    def _change(self, tx: Tx, which: ColumnElement[bool]) -> int:
        if self.emptied:
            return tx.execute(update(self.table).where(which).values({self.emptied: ""})).rowcount
        return tx.execute(delete(self.table).where(which)).rowcount


def past(today: date) -> Iterator[Past]:
    """Yield what is past its time on a day, but for use by the day and for campaigns that are over.

    Those two need more than to be deleted: `folding` and `assignments`.
    """
    for one in policy.TABLES:
        place = SQLModel.metadata.tables[one.name]
        if one.kept.by_age and not one.kept.by_job:
            yield Past(place, _older(place, one.kept, today))
        for column, kept in one.sooner.items():
            if kept.by_age:
                old = and_(_older(place, kept, today), place.c[column] != "")
                yield Past(place, old, emptied=column)
    weeks, model = table(UsageWeek), table(ModelUse)
    yield Past(weeks, weeks.c.since < weekly_since(today))
    yield Past(model, and_(_of(model, today), model.c.day > UNCOUNTED))
    release = table(Release)
    # What was said of a campaign is part of its result.
    campaigns = select(_campaign.c.campaign_key)
    yield Past(release, and_(_of(release, today), release.c.group_key.not_in(campaigns)))
    yield Past(_outbox, and_(_of(_outbox, today), _is_done_with()))


def some_at_a_time(
    store: Store, place: Table, which: ColumnElement[bool], change: _Change
) -> Iterator[int]:
    """Change the rows of a table, AT_ONCE in each transaction; yield how many each time."""
    key = list(place.primary_key)
    after: ColumnElement[bool] = literal(value=True)
    while True:
        query = select(*key).where(which, after).order_by(*key).limit(AT_ONCE)
        with store.read() as tx:
            found = [tuple(row) for row in tx.execute(query)]
        if not found:
            return
        with store.write() as tx:
            # Asked again: what was changed meanwhile may be past its time no more.
            yield change(tx, and_(which, tuple_(*key).in_(found)))
        last = (literal(value, column.type) for value, column in zip(found[-1], key, strict=True))
        after = tuple_(*key) > tuple_(*last)


def _of(place: Table, today: date) -> ColumnElement[bool]:
    return _older(place, policy.table(place.name).kept, today)


def _older(place: Table, kept: Kept, today: date) -> ColumnElement[bool]:
    """Return which rows are past their time; one without a day or time stays."""
    column, since = place.c[kept.since], kept_since(kept, today)
    if isinstance(column.type, DateTime | UtcTime):
        return column < datetime(since.year, since.month, since.day, tzinfo=UTC)
    return column < since


def _is_done_with() -> ColumnElement[bool]:
    """Return whether a message is settled, of no campaign that still counts, and no last tip.

    The last tips to somebody say whether they want any more.
    """
    newer = _outbox.alias("newer")
    is_history = [
        (one.c.kind == Kind.NUDGE.value) & one.c.state.not_in([State.SKIPPED, State.FAILED])
        for one in (_outbox, newer)
    ]
    later = tuple_(newer.c.created_at, newer.c.key) > tuple_(_outbox.c.created_at, _outbox.c.key)
    since = (
        select(func.count())
        .select_from(newer)
        .where(newer.c.person_key == _outbox.c.person_key, is_history[1], later)
        .correlate(_outbox)
        .scalar_subquery()
    )
    settled = _outbox.c.state.not_in(WAITING)
    return and_(
        settled, _outbox.c.campaign_key.is_(None), or_(~is_history[0], since >= _LAST_NUDGES)
    )
