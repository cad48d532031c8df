"""What a campaign's people did, for the looks at it: by arm, and of nobody else's figures.

One row at a time leaves the database, and none is kept: a look is counts.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import Date, Subquery, and_, case, exists, false, func, literal, or_, select

from unranked.domain.usage import Window
from unranked.store import Tx
from unranked.store.outbox import Kind, State
from unranked.store.tables import Account, Choice, Enrolment, Outbox, Person, Tie, Usage, table

_enrolment, _person, _tie = table(Enrolment), table(Person), table(Tie)
_account, _usage = table(Account), table(Usage)
_outbox, _choice = table(Outbox), table(Choice)
_AT_ONCE = 5_000


class Drawn(NamedTuple):
    """Somebody as a look meets them.

    unit: what was drawn, empty where it was the person. left_on: None for who is still there.
    through: the last day of which all their tools are known; None where there is none.
    active: their active days within the days asked for, each once.
    """

    arm: str
    unit: str
    drawn_on: date
    left_on: date | None
    through: date | None
    active: tuple[date, ...]


def drawn(
    tx: Tx,
    campaign_key: str,
    days: Window,
    *,
    feeds: Mapping[str, tuple[str, ...]],
    through: Mapping[str, date | None],
    without: Collection[str] = (),
) -> Iterator[Drawn]:
    """Yield everybody who was drawn, in no order that means anything.

    feeds: the feeds that count as activity, by connector. through: the watermark, by connector.
    without: who objected, by key.
    """
    known = _known(feeds, through)
    used = _used(days, feeds)
    query = (
        select(
            _enrolment.c.person_key,
            _enrolment.c.arm,
            _enrolment.c.unit,
            _enrolment.c.enrolled_at,
            _person.c.left_on,
            known.c.through,
            used.c.day,
        )
        .join(_person, _person.c.person_key == _enrolment.c.person_key)
        .outerjoin(known, known.c.person_key == _enrolment.c.person_key)
        .outerjoin(used, used.c.person_key == _enrolment.c.person_key)
        .where(_enrolment.c.campaign_key == campaign_key)
        .where(_enrolment.c.person_key.not_in(without))
        .order_by(_enrolment.c.person_key, used.c.day)
    )
    rows = tx.execution_options(yield_per=_AT_ONCE).execute(query)
    for _, own in groupby(rows, key=lambda row: row.person_key):
        first, *rest = own
        active = tuple(row.day for row in (first, *rest) if row.day is not None)
        yield Drawn(
            first.arm,
            first.unit,
            _day(first.enrolled_at),
            first.left_on,
            first.through,
            active,
        )


def adopted(
    tx: Tx, campaign_key: str, days: Window, *, feeds: Mapping[str, tuple[str, ...]]
) -> set[str]:
    """Return who used anything on one of these days that comes after the day of their draw."""
    used = _used(days, feeds)
    rows = tx.execute(
        select(_enrolment.c.person_key, _enrolment.c.enrolled_at, func.max(used.c.day))
        .join(used, used.c.person_key == _enrolment.c.person_key)
        .where(_enrolment.c.campaign_key == campaign_key)
        .group_by(_enrolment.c.person_key, _enrolment.c.enrolled_at)
    )
    return {key for key, at, last in rows if last > _day(at)}


class Answers(NamedTuple):
    """Of those who got a message of a campaign: how many they are, and how many then opted out."""

    sent: int
    opted_out: int


def answers(tx: Tx, campaign_key: str) -> Answers:
    """Return the counts that F17 asks about. Exact: for the decision alone."""
    first = (
        select(_outbox.c.person_key, func.min(_outbox.c.finished_at).label("at"))
        .where(_outbox.c.campaign_key == campaign_key, _outbox.c.state == State.SENT)
        .where(_outbox.c.kind == Kind.NUDGE)
        .group_by(_outbox.c.person_key)
        .subquery()
    )
    left = exists().where(
        _choice.c.person_key == first.c.person_key,
        _choice.c.choice.in_(["stop", "object"]),
        _choice.c.made_at >= first.c.at,
    )
    sent, opted_out = tx.execute(
        select(func.count(), func.count(case((left, 1)))).select_from(first)
    ).one()
    return Answers(int(sent), int(opted_out))


def _known(feeds: Mapping[str, tuple[str, ...]], through: Mapping[str, date | None]) -> Subquery:
    """Return the last day of which everything is known, for each person with a tool.

    A tool without a watermark holds the person back: silence there would mean nothing.
    """
    days = {slug: literal(through.get(slug) or date.min, Date) for slug in sorted(feeds)}
    of_tool = case(days, value=_account.c.connector)
    return (
        select(_tie.c.person_key, func.min(of_tool, type_=Date).label("through"))
        .join(_account, _account.c.account_key == _tie.c.account_key)
        .where(_tie.c.until.is_(None), _account.c.connector.in_(sorted(feeds)))
        .group_by(_tie.c.person_key)
        .subquery()
    )


def _used(days: Window, feeds: Mapping[str, tuple[str, ...]]) -> Subquery:
    counts = or_(
        false(),
        *(
            and_(_usage.c.connector == slug, _usage.c.feed.in_(names))
            for slug, names in sorted(feeds.items())
        ),
    )
    theirs = and_(
        _tie.c.account_key == _usage.c.account_key,
        _tie.c.since <= _usage.c.day,
        or_(_tie.c.until.is_(None), _tie.c.until > _usage.c.day),
    )
    return (
        select(_tie.c.person_key, _usage.c.day)
        .distinct()
        .select_from(_usage)
        .join(_tie, theirs)
        .where(counts, _usage.c.active.is_(True))
        .where(_usage.c.day >= days.start, _usage.c.day < days.end)
        .subquery()
    )


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()
