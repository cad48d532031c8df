"""How long what is kept stays, in days: the policy's times on the calendar (method.md 4.11).

Use is kept by the day, then by the week, and then only as having been: who once used a tool is
never taken for somebody who did not.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from unranked.domain import policy
from unranked.domain.calendar import week_of
from unranked.domain.policy_terms import Kept
from unranked.domain.usage import ONE_DAY, Window

MANY = 3
"""So many active days stand for more of them: it takes no more to tell a habit from a try."""

_MONTHS_A_YEAR = 12
_A_QUARTER = 3


def kept_since(kept: Kept, today: date) -> date:
    """Return the first day that is not past its keeping time. Raises ValueError without one."""
    if not kept.by_age:
        raise ValueError("That goes by something else than its age.")
    return _months_before(today, kept.months) - timedelta(days=kept.days)


def daily_since(today: date) -> date:
    """Return the first day whose use is kept by the day."""
    return kept_since(policy.table("usage").kept, today)


def weekly_since(today: date) -> date:
    """Return the Monday from which on use is kept by the week.

    Of the week in which the time ends all days are kept until the last of them is past it.
    """
    return week_of(kept_since(policy.table("usageweek").kept, today))


def assigned_until(last_look: date) -> date:
    """Return the last day on which it is kept who was drawn for a campaign."""
    return last_look + timedelta(days=policy.table("enrolment").kept.days)


class Part(NamedTuple):
    """Days that are added up together: of one week, and of one quarter. since: its first day."""

    since: date
    days: Window


def parts(days: Iterable[date]) -> Iterator[Part]:
    """Yield the parts of weeks that hold these days, oldest first, each from its first to its last.

    A week is cut where a quarter begins, so that the sums of a quarter are whole.
    """
    found: dict[date, list[date]] = {}
    for day in sorted(set(days)):
        found.setdefault(max(week_of(day), _quarter_start(day)), []).append(day)
    for since, own in found.items():
        yield Part(since, Window(own[0], own[-1] + ONE_DAY))


class Seen(NamedTuple):
    """When something was used: the first and the last day, and on how many days.

    days: MANY and more stand for more. Of fewer every day is known: they are the two.
    """

    first: date
    last: date
    days: int


def active_days(seen: Iterable[Seen]) -> int:
    """Return on how many different days there was use, counted up to MANY. 0 for none."""
    known: set[date] = set()
    for one in seen:
        if one.days >= MANY:
            return MANY
        known |= {one.first, one.last}
    return min(len(known), MANY)


def _months_before(day: date, months: int) -> date:
    """Return the same day so many months before; the month's last day where it has no such day."""
    month = day.year * _MONTHS_A_YEAR + day.month - 1 - months
    year, month = month // _MONTHS_A_YEAR, month % _MONTHS_A_YEAR + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _quarter_start(day: date) -> date:
    return date(day.year, (day.month - 1) // _A_QUARTER * _A_QUARTER + 1, 1)
