"""Use by the day becomes use by the week: one part of a week at a time, for a page of people.

All of a person's rows of these days are added up together, and go in the same transaction. So it
can end anywhere: what is still there by the day is in no week yet.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Insert,
    Row,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)

from unranked.domain.constants import PERSISTENCE_DAYS
from unranked.domain.maturity import Outcome, counted
from unranked.domain.retention import MANY, Part
from unranked.store import Tx, past_use
from unranked.store.columns import TIME
from unranked.store.folding_page import (
    FIRST,
    IDENTITY,
    KEY,
    LAST,
    PAGE,
    SINCE,
    SUMS,
    given,
    in_page,
    is_closed,
    numbered,
    owned,
    unowned,
)
from unranked.store.pages import Keys
from unranked.store.past_use import Feeds
from unranked.store.tables import Account, Enrolment, Usage, table

_usage, _account, _enrolment = table(Usage), table(Account), table(Enrolment)


def days_before(tx: Tx, since: date) -> list[date]:
    """Return the closed days before that one of which rows are kept by the day, oldest first."""
    days = select(_usage.c.day).where(_usage.c.day < since, is_closed()).distinct()
    return list(tx.execute(days.order_by(_usage.c.day)).scalars())


def rows_before(tx: Tx, since: date) -> int:
    """Return how many rows are kept by the day of days before that one."""
    rows = select(func.count()).select_from(_usage).where(_usage.c.day < since)
    return int(tx.execute(rows).scalar_one())


class Folding:
    """The statements of one run, made once: they are asked for every page of every week.

    feeds: those that count as activity, by connector.
    """

    def __init__(self, tx: Tx, feeds: Feeds) -> None:
        names = [column.name for column in PAGE.c]
        self._of_people = insert(PAGE).from_select(names, numbered(owned(feeds), names))
        self._of_nobody = insert(PAGE).from_select(names, numbered(unowned(feeds), names))
        self._into_weeks, self._remember = _into_weeks(tx), _remembering(tx)

    def of_people(self, tx: Tx, part: Part, keys: Keys) -> int:
        """Add up and delete the rows of these people; return how many rows went."""
        return self._fold(tx, self._of_people, part, keys)

    def of_nobody(self, tx: Tx, part: Part, keys: Keys) -> int:
        """Do the same for accounts, on days on which they are no person's.

        What is nobody's for good is not added up: nobody is left to whom it could be of use.
        """
        return self._fold(tx, self._of_nobody, part, keys)

    def _fold(self, tx: Tx, page: Insert, part: Part, keys: Keys) -> int:
        values = given(part, keys)
        PAGE.create(tx)
        tx.execute(page, values)  # looked at once: what changes meanwhile is not of this page
        _count_for_campaigns(tx, part, keys)
        tx.execute(self._into_weeks, values)
        tx.execute(self._remember)
        gone = tx.execute(_DELETE, values).rowcount
        PAGE.drop(tx)
        return gone


def accounts_after(tx: Tx, after: str, *, size: int) -> Keys:
    """Return the page of accounts after that key; the last one goes to the end."""
    later = select(_account.c.account_key).where(_account.c.account_key > after)
    last = tx.execute(later.order_by(_account.c.account_key).limit(1).offset(size - 1)).scalar()
    return Keys(after, last)


def _into_weeks(tx: Tx) -> Any:  # noqa: ANN401 - an INSERT of one of two dialects
    mine = PAGE.c.adds == 1
    since = case((PAGE.c.tied > SINCE, PAGE.c.tied), else_=SINCE)
    key = [PAGE.c[name] for name in KEY]
    sums = [func.sum(PAGE.c[name]) for name in SUMS]
    # Of their own rows alone: the last day of the page would tell when others were at work.
    through = func.max(PAGE.c.day)
    found = select(*key, since, through, func.sum(PAGE.c.counts), *sums).where(mine)
    names = [*KEY, "since", "through", "days", *SUMS]
    return past_use.adding(tx, SUMS).from_select(names, found.group_by(*key, since))


def _remembering(tx: Tx) -> Any:  # noqa: ANN401 - the same
    key = (PAGE.c.account_key, PAGE.c.tied)
    days = func.count(PAGE.c.day.distinct())
    capped = case((days > MANY, MANY), else_=days)
    ends = func.min(PAGE.c.day), func.max(PAGE.c.day)
    mine = and_(PAGE.c.adds == 1, PAGE.c.used == 1)
    found = select(*key, *ends, capped).where(mine).group_by(*key)
    names = ["account_key", "since", "first_day", "last_day", "days"]
    return past_use.remembering(tx).from_select(names, found)


def _count_for_campaigns(tx: Tx, part: Part, keys: Keys) -> None:
    """Count the days for the outcomes of those who were drawn so long before."""
    drawn = tx.execute(_DRAWN, given(part, keys) | _draws(part)).all()
    if not drawn:
        return
    active: dict[str, list[date]] = {}
    for owner, day in tx.execute(_DAYS):
        active.setdefault(owner, []).append(day)
    found = [_counted(one, active[one.person_key]) for one in drawn if one.person_key in active]
    if found:
        tx.execute(_COUNT, found)


def _counted(one: Row[Any], active: Sequence[date]) -> dict[str, Any]:
    """Return somebody's draw with the days that count for either outcome."""
    drawn_on = one.enrolled_at.astimezone(UTC).date()
    days = {
        kind.value: counted(kind, drawn_on, active, before=getattr(one, kind.value))
        for kind in Outcome
    }
    return {"whose": one.person_key, "campaign": one.campaign_key, **days}


def _draws(part: Part) -> dict[str, datetime]:
    """Return when somebody was drawn whose days of an outcome may be among these."""
    longest = timedelta(days=PERSISTENCE_DAYS[-1] + 1)
    return {"from": _midnight(part.days.start - longest), "until": _midnight(part.days.end)}


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


_DAYS = select(PAGE.c.owner, PAGE.c.day).where(PAGE.c.used == 1, PAGE.c.late == 0).distinct()
_DELETE = delete(_usage).where(
    _usage.c.account_key.in_(select(PAGE.c.account_key)),
    _usage.c.day >= FIRST,
    _usage.c.day <= LAST,
    exists().where(*(PAGE.c[name] == _usage.c[name] for name in IDENTITY)),
)
_DRAWN = select(_enrolment).where(
    in_page(_enrolment.c.person_key),
    _enrolment.c.enrolled_at >= bindparam("from", type_=TIME),
    _enrolment.c.enrolled_at < bindparam("until", type_=TIME),
)
_COUNT = update(_enrolment).where(
    _enrolment.c.person_key == bindparam("whose"),
    _enrolment.c.campaign_key == bindparam("campaign"),
)
