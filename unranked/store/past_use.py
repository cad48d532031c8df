"""Use that is kept by the day no more: weeks, and which account was ever used, when first and last.

Whatever asks for a person's whole past asks here, too, beside the rows of `usage`.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from unranked.domain.retention import MANY, Seen
from unranked.store import Tx
from unranked.store.tables import Account, EverUsed, Tie, UsageWeek, table
from unranked.store.vault import EVER

_week, _ever = table(UsageWeek), table(EverUsed)
_account, _tie = table(Account), table(Tie)
_INSERT: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}

_ALWAYS: Sequence[tuple[date, date | None]] = ((EVER, None),)
NOBODYS = date.min
"""Since when an account is nobody's, on days on which it is: apart from anybody's days."""

Feeds = Mapping[str, tuple[str, ...]]
"""The feeds that count as activity, by connector."""


def seen(tx: Tx, feeds: Feeds) -> Iterator[tuple[str, str, Seen]]:
    """Yield a person, a tool and when they used it. Of the days of a tie to somebody else nothing.

    An account that changed hands since its days were added up may count with one of the two days.
    """
    first, last = _on(_ever.c.first_day), _on(_ever.c.last_day)
    begin = case((first, _ever.c.first_day), else_=_ever.c.last_day)
    end = case((last, _ever.c.last_day), else_=_ever.c.first_day)
    days = case((and_(first, last), _ever.c.days), else_=1)
    rows = tx.execute(
        select(_tie.c.person_key, _account.c.connector, begin, end, days)
        .select_from(_ever)
        .join(_account, _account.c.account_key == _ever.c.account_key)
        .join(_tie, and_(_tie.c.account_key == _ever.c.account_key, or_(first, last)))
        .where(_account.c.connector.in_(sorted(feeds)))
    )
    return ((person, tool, Seen(*figures)) for person, tool, *figures in rows)


def days_since(tx: Tx, feeds: Feeds, since: date) -> Mapping[str, int]:
    """Return each person's active days of weeks from a Monday on, each day once, by their key."""
    rows = tx.execute(
        select(_tie.c.person_key, func.sum(_week.c.days))
        .select_from(_week)
        .join(_tie, and_(_tie.c.account_key == _week.c.account_key, _on(_week.c.since)))
        .where(_week.c.since >= since, _week.c.connector.in_(sorted(feeds)))
        .group_by(_tie.c.person_key)
    )
    return {person: int(days) for person, days in rows if days}


def used_after(day: ColumnElement[date]) -> ColumnElement[bool]:
    """Return whether the account of a tie was used on a later day, as far as that is added up.

    For a statement that has `tie`.
    """
    return (
        select(_ever.c.account_key)
        .where(was_last_used_in_tie(), _ever.c.last_day > day)
        .correlate_except(_ever)
        .exists()
    )


def was_last_used_in_tie() -> ColumnElement[bool]:
    """Return what ties a row of `everused` to a person, by its last day."""
    return and_(_ever.c.account_key == _tie.c.account_key, _on(_ever.c.last_day))


@dataclass(slots=True)
class Late:
    """Use of days that are added up already, of which a provider tells late, by account.

    It moves no sum: nobody could say which of it is counted already. It is remembered as use all
    the same, so that nobody is told that they never used a tool because their day came late.
    """

    _ties: Mapping[str, list[tuple[date, date | None]]]
    _found: dict[tuple[str, date], list[date]] = field(default_factory=dict)

    @classmethod
    def of(cls, tx: Tx) -> "Late":
        """Return an empty one that knows which accounts are somebody's on some days only."""
        rows = tx.execute(
            select(_tie.c.account_key, _tie.c.since, _tie.c.until).where(
                or_(_tie.c.since > EVER, _tie.c.until.is_not(None))
            )
        )
        ties: dict[str, list[tuple[date, date | None]]] = {}
        for account, since, until in rows:
            ties.setdefault(account, []).append((since, until))
        return cls(ties)

    def note(self, account_key: str, day: date) -> None:
        """Remember that an account was used on a day. Needs no memory for days beyond a few."""
        whose = (
            since
            for since, until in self._ties.get(account_key, _ALWAYS)
            if since <= day and (until is None or day < until)
        )
        days = self._found.setdefault((account_key, next(whose, NOBODYS)), [])
        if day not in days:
            days.append(day)
            days.sort()
            del days[1 : max(1, len(days) - MANY + 1)]

    def keep(self, tx: Tx) -> None:
        """Store it."""
        rows = [
            {
                "account_key": account_key,
                "since": since,
                "first_day": days[0],
                "last_day": days[-1],
                "days": len(days),
            }
            for (account_key, since), days in self._found.items()
        ]
        if rows:
            tx.execute(remembering(tx), rows)


def remembering(tx: Tx) -> Any:  # noqa: ANN401 - an INSERT of one of two dialects
    """Return the INSERT that adds what is seen of an account to what is known of it."""
    new = _INSERT[tx.dialect.name](_ever)
    given, known = new.excluded, _ever.c
    least = case((given.first_day < known.first_day, given.first_day), else_=known.first_day)
    latest = case((given.last_day > known.last_day, given.last_day), else_=known.last_day)
    return new.on_conflict_do_update(
        index_elements=["account_key", "since"],
        set_={"first_day": least, "last_day": latest, "days": _different(known, given)},
    )


def _different(known: Any, given: Any) -> ColumnElement[int]:  # noqa: ANN401 - columns of two kinds
    """Return how many different days two sights are, up to MANY: as `retention.active_days`."""
    days = (known.first_day, known.last_day, given.first_day, given.last_day)
    new = [
        case((and_(*(days[n] != other for other in days[:n])), 1), else_=0)
        for n in range(1, len(days))
    ]
    count = 1 + new[0] + new[1] + new[2]
    many = or_(known.days >= MANY, given.days >= MANY, count > MANY)
    return case((many, MANY), else_=count)


def adding(tx: Tx, names: Collection[str]) -> Any:  # noqa: ANN401 - an INSERT of one of two dialects
    """Return the INSERT that adds figures to those of their week. names: of the sums."""
    new = _INSERT[tx.dialect.name](_week)
    given, known = new.excluded, _week.c
    sums = {
        # What a provider does not say is unknown, and not zero.
        name: func.coalesce(known[name] + given[name], known[name], given[name])
        for name in names
    }
    later = case((given.through > known.through, given.through), else_=known.through)
    return new.on_conflict_do_update(
        index_elements=[column.name for column in _week.primary_key],
        set_={"through": later, "days": known.days + given.days, **sums},
    )


def _on(day: ColumnElement[date]) -> ColumnElement[bool]:
    """Return whether a tie to a person holds on a day."""
    return and_(_tie.c.since <= day, or_(_tie.c.until.is_(None), _tie.c.until > day))
