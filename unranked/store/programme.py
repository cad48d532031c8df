"""The whole programme: sums over two quarters without a key of anybody (F8), and its own draw."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    distinct,
    func,
    insert,
    or_,
    select,
    union_all,
)

from unranked.domain.premium import Quarter
from unranked.domain.usage import Window
from unranked.store import Tx
from unranked.store.tables import CheckIn, Person, ProgrammeDraw, Tie, Usage, UsageWeek, table

_checkin, _usage, _tie, _person = table(CheckIn), table(Usage), table(Tie), table(Person)
_draw, _week = table(ProgrammeDraw), table(UsageWeek)
_DAYS_A_WEEK = 7


def salt(tx: Tx, year: int) -> bytes | None:
    """Return the salt of a year's draw of those who get no campaign; None before it was made."""
    found = tx.execute(select(_draw.c.salt).where(_draw.c.year == year)).scalar()
    return None if found is None else bytes(found)


def set_salt(tx: Tx, year: int, salt: bytes) -> None:
    """Store the salt of a year's draw. A second one for the same year fails."""
    tx.execute(insert(_draw).values(year=year, salt=salt))


def quarters(
    tx: Tx,
    before: Window,
    now: Window,
    feeds: Mapping[str, tuple[str, ...]],
    *,
    without: Collection[str],
) -> list[tuple[Quarter, Quarter]]:
    """Return both quarters of everybody who answered in both, in no order that means anything.

    feeds: the feeds that count as activity, by connector. without: who objected, by key.
    """
    said = _said(before, now, without)
    used = _used(before, now, feeds)
    weeks = [(window.end - window.start) / timedelta(days=_DAYS_A_WEEK) for window in (before, now)]
    rows = tx.execute(
        select(said.c.first, said.c.second, used.c.first, used.c.second)
        .outerjoin(used, used.c.person_key == said.c.person_key)
        .where(said.c.first.is_not(None), said.c.second.is_not(None))
        .order_by(said.c.person_key)  # a random key
    )
    return [
        (Quarter(float(v0), (a0 or 0) / weeks[0]), Quarter(float(v1), (a1 or 0) / weeks[1]))
        for v0, v1, a0, a1 in rows
    ]


def _said(before: Window, now: Window, without: Collection[str]) -> Subquery:
    mean = [
        func.avg(case((_within(_checkin.c.week, window), _checkin.c.minutes)))
        for window in (before, now)
    ]
    return (
        select(_checkin.c.person_key, mean[0].label("first"), mean[1].label("second"))
        .join(_person, _person.c.person_key == _checkin.c.person_key)
        .where(_person.c.present.is_(True), _checkin.c.person_key.not_in(without))
        .group_by(_checkin.c.person_key)
        .subquery()
    )


def _used(before: Window, now: Window, feeds: Mapping[str, tuple[str, ...]]) -> Subquery:
    """Return the active days of both quarters, of days and of weeks: no day is in both."""
    parts = union_all(_by_day(before, now, feeds), _by_week(before, now, feeds)).subquery()
    sums = [func.sum(parts.c[name]).label(name) for name in ("first", "second")]
    return select(parts.c.person_key, *sums).group_by(parts.c.person_key).subquery()


def _by_day(
    before: Window, now: Window, feeds: Mapping[str, tuple[str, ...]]
) -> Select[tuple[str, int, int]]:
    count = [
        func.count(distinct(case((_within(_usage.c.day, window), _usage.c.day))))
        for window in (before, now)
    ]
    counts = or_(
        *(
            and_(_usage.c.connector == connector, _usage.c.feed.in_(names))
            for connector, names in sorted(feeds.items())
        )
    )
    return (
        select(_tie.c.person_key, count[0].label("first"), count[1].label("second"))
        .select_from(_usage)
        .join(_tie, and_(_tie.c.account_key == _usage.c.account_key, _tied_on(_usage.c.day)))
        .where(counts, _usage.c.active.is_(True))
        .where(_usage.c.day >= before.start, _usage.c.day < now.end)
        .group_by(_tie.c.person_key)
    )


def _by_week(
    before: Window, now: Window, feeds: Mapping[str, tuple[str, ...]]
) -> Select[tuple[str, int, int]]:
    # A week is cut where a quarter begins: each of its parts lies in one of them.
    total = [
        func.sum(case((_within(_week.c.since, window), _week.c.days), else_=0))
        for window in (before, now)
    ]
    return (
        select(_tie.c.person_key, total[0].label("first"), total[1].label("second"))
        .select_from(_week)
        .join(_tie, and_(_tie.c.account_key == _week.c.account_key, _tied_on(_week.c.since)))
        .where(_week.c.since >= before.start, _week.c.since < now.end)
        .where(_week.c.connector.in_(sorted(feeds)))
        .group_by(_tie.c.person_key)
    )


def _tied_on(day: ColumnElement[date]) -> ColumnElement[bool]:
    return and_(_tie.c.since <= day, or_(_tie.c.until.is_(None), _tie.c.until > day))


def _within(column: ColumnElement[date], window: Window) -> ColumnElement[bool]:
    return and_(column >= window.start, column < window.end)
