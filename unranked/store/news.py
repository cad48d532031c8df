"""What a person's accounts say before a nudge: the tools they have, and use that is news.

As one word of SQL for each person, so that whoever reads many people reads it with their row.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, case, exists, func, literal, or_, select

from unranked.store import Tx, coverage, past_use, usage
from unranked.store.tables import Account, Person, Placement, Tie, Usage, table

_account, _tie, _usage = table(Account), table(Tie), table(Usage)
_person, _placement = table(Person), table(Placement)

Said = ColumnElement[str | None]
"""A column beside a person and their placement: what their accounts say, for `tools`, `is_news`."""

_NEWS = "!"


def of_accounts(tx: Tx, feeds: Mapping[str, tuple[str, ...]], *, on: date) -> Said:
    """Return what people's accounts say.

    feeds: those that count as activity, by connector. on: the day on which a seat counts.
    """
    today = literal(on, Date)
    until = _account.c.seat_until
    seated = and_(_account.c.seat_since <= today, or_(until.is_(None), until > today))
    held = and_(_tied_on(today), seated)
    tool = case((held, _account.c.connector), else_="")
    news = case((_unknown_when_placed(tx, feeds), _NEWS), else_="")
    return (
        select(func.aggregate_strings(tool + " " + news, " "))
        .select_from(_tie)
        .join(_account, _account.c.account_key == _tie.c.account_key)
        .where(_tie.c.person_key == _person.c.person_key)
        .correlate(_person, _placement)
        .scalar_subquery()
    )


@lru_cache(maxsize=1024)
def tools(said: str | None) -> tuple[str, ...]:
    """Return the tools for which the person has a seat."""
    return tuple(sorted(set((said or "").split()) - {_NEWS}))


def is_news(said: str | None) -> bool:
    """Return whether the person did anything that their placement could not know."""
    return _NEWS in (said or "")


def _unknown_when_placed(tx: Tx, feeds: Mapping[str, tuple[str, ...]]) -> ColumnElement[bool]:
    """Return the condition of the fresh look before a nudge, for an account tied to a person.

    On a day after the placement's own watermark, for figures may have come in since; or after the
    tool's, for it may be one in which the person has no seat any more. A day of use that a tool's
    own directory names counts like a row. Nobody's day depends on anybody else.
    """
    complete = coverage.completeness(tx)
    known = {
        slug: (complete[slug].complete_through if slug in complete else None) or date.min
        for slug in sorted(feeds)
    }
    if not known:
        return literal(False)
    used = (
        exists()
        .where(
            _usage.c.account_key == _tie.c.account_key,
            _tied_on(_usage.c.day),
            _usage.c.day > _known_when_placed(min(known.values())),
            _usage.c.day > _known_of(_usage.c.connector, known),
            usage.of_feeds(feeds),
            _usage.c.active.is_(True),
        )
        .correlate_except(_usage)
    )
    seen, tool = _account.c.last_seen, _account.c.connector
    past = past_use.used_after(_known_of(tool, known))
    return or_(and_(seen > _known_of(tool, known), _tied_on(seen)), used, past)


def _tied_on(day: ColumnElement[date]) -> ColumnElement[bool]:
    return and_(_tie.c.since <= day, or_(_tie.c.until.is_(None), _tie.c.until > day))


def _known_of(connector: ColumnElement[str], known: Mapping[str, date]) -> ColumnElement[date]:
    """Return the last day that the placement knew of a tool; of any other there is no news."""
    days: dict[Any, ColumnElement[date]] = {
        slug: _known_when_placed(day) for slug, day in known.items()
    }
    return case(days, value=connector, else_=literal(date.max, Date))


def _known_when_placed(watermark: date) -> ColumnElement[date]:
    """Return the day up to which all was known: the placement's own watermark, or the tool's."""
    placed, tools = _placement.c.watermark, literal(watermark, Date)
    nothing = literal(date.min, Date)
    return case((placed.is_(None), nothing), (placed > tools, tools), else_=placed)
