"""What a campaign's people did, for the looks at it: by arm, and of nobody else's figures.

One row at a time leaves the database, and none is kept: a look is counts.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Date,
    ScalarSelect,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
)

from unranked.domain.maturity import Outcome
from unranked.domain.usage import Window
from unranked.store import Tx, enrolments, usage
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
    active: their active days within the days asked for, each once, as far as they are kept by the
        day. a14, p42: of days that are not any more, those that count for either outcome.
    """

    arm: str
    unit: str
    drawn_on: date
    left_on: date | None
    through: date | None
    active: tuple[date, ...]
    a14: int = 0
    p42: int = 0

    def before(self, outcome: Outcome) -> int:
        """Return the days that count for an outcome and are kept by the day no more."""
        return self.a14 if outcome is Outcome.A14 else self.p42


class Alike(NamedTuple):
    """So many people of whom everything that decides whether they count is the same.

    unit, left_on, through: as for `Drawn`.
    """

    arm: str
    unit: str
    drawn_on: date
    left_on: date | None
    through: date | None
    people: int


def counted(
    tx: Tx,
    campaign_key: str,
    *,
    feeds: Mapping[str, tuple[str, ...]],
    through: Mapping[str, date | None],
    without: Collection[str] = (),
) -> Iterator[Alike]:
    """Yield how many were drawn, without anything that they did: all that is asked on most days.

    feeds, through, without: as for `drawn`. The rows are as many as there were moments of a draw.
    """
    people = _people(campaign_key, feeds, through, without).subquery()
    alike = [people.c[name] for name in ("arm", "unit", "enrolled_at", "left_on", "through")]
    rows = tx.execute(select(*alike, func.count().label("people")).group_by(*alike))
    for row in rows:
        drawn_on = _day(row.enrolled_at)
        yield Alike(row.arm, row.unit, drawn_on, row.left_on, row.through, int(row.people))


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
    people = _people(campaign_key, feeds, through, without).subquery()
    tied = _tie.c.person_key == people.c.person_key
    query = (
        select(people, _usage.c.day)
        .outerjoin(_tie, tied)
        .outerjoin(_usage, _active(days, feeds))
        .order_by(people.c.person_key)
    )
    rows = tx.execution_options(yield_per=_AT_ONCE).execute(query)
    for _, own in groupby(rows, key=lambda row: row.person_key):
        first, *rest = own
        active = {row.day for row in (first, *rest) if row.day is not None}
        yield Drawn(
            first.arm,
            first.unit,
            _day(first.enrolled_at),
            first.left_on,
            first.through,
            tuple(sorted(active)),
            first.a14,
            first.p42,
        )


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


def _people(
    campaign_key: str,
    feeds: Mapping[str, tuple[str, ...]],
    through: Mapping[str, date | None],
    without: Collection[str],
) -> Select[Any]:
    """Return who was drawn, each with the last day of which everything about them is known."""
    return (
        select(
            _enrolment.c.person_key,
            _enrolment.c.arm,
            _enrolment.c.unit,
            _enrolment.c.enrolled_at,
            _enrolment.c.a14,
            _enrolment.c.p42,
            _person.c.left_on,
            _known(feeds, through).label("through"),
        )
        .join(_person, _person.c.person_key == _enrolment.c.person_key)
        .where(_enrolment.c.campaign_key == campaign_key, enrolments.itself())
        .where(_enrolment.c.person_key.not_in(without))
    )


def _known(
    feeds: Mapping[str, tuple[str, ...]], through: Mapping[str, date | None]
) -> ScalarSelect[Any]:
    """Return the last day of which everything about somebody is known; none without a tool.

    A tool without a watermark holds the person back: silence there would mean nothing. Asked of
    each person, for SQLite would compare a table of all with a table of all.
    """
    days = {slug: literal(through.get(slug) or date.min, Date) for slug in sorted(feeds)}
    of_tool = case(days, value=_account.c.connector) if days else literal(None, Date)
    return (
        select(func.min(of_tool, type_=Date))
        .select_from(_tie)
        .join(_account, _account.c.account_key == _tie.c.account_key)
        .where(_tie.c.person_key == _enrolment.c.person_key)
        .where(_tie.c.until.is_(None), _account.c.connector.in_(sorted(feeds)))
        .correlate(_enrolment)
        .scalar_subquery()
    )


def _active(days: Window, feeds: Mapping[str, tuple[str, ...]]) -> ColumnElement[bool]:
    """Return what ties a row of activity on one of these days to a person."""
    return and_(
        _tie.c.account_key == _usage.c.account_key,
        _tie.c.since <= _usage.c.day,
        or_(_tie.c.until.is_(None), _tie.c.until > _usage.c.day),
        usage.of_feeds(feeds),
        _usage.c.active.is_(True),
        _usage.c.day >= days.start,
        _usage.c.day < days.end,
    )


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()
