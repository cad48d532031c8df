"""What people did, by the day, over all of their past: whatever of it is kept in which form.

Rows go by their age into weeks, and what is asked here must not move by it: see `past_use`.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache, partial
from typing import NamedTuple

from sqlalchemy import ColumnElement, Date, and_, distinct, false, func, literal, or_, select

from unranked.domain.retention import MANY, Seen, active_days, daily_since, weekly_since
from unranked.domain.usage import Window
from unranked.store import Tx, past_use, usage
from unranked.store.past_use import Feeds
from unranked.store.tables import Account, Tie, Usage, table

_usage, _tie, _account = table(Usage), table(Tie), table(Account)


class Activity(NamedTuple):
    """What a person did, as far as each tool's figures are complete.

    days: on how many days they did something, with any tool; a day counts once, and MANY stands
    for more. spans: each tool with the first and the last such day.
    counted: the number of such days since `retention.weekly_since`.
    """

    days: int = 0
    spans: tuple[tuple[str, date, date], ...] = ()
    counted: int = 0


def of_everybody(
    tx: Tx, feeds: Feeds, through: Mapping[str, date], *, today: date
) -> Mapping[str, Activity]:
    """Return what each person did, by key, in one pass over the rows.

    feeds: the feeds that count as activity, by connector.
    through: the watermark, by connector. Of days that are, or may be, kept by the day no more all
    that is known counts: nothing more is expected of them.
    """
    weeks = weekly_since(today)
    recent = dict(_by_day(tx, feeds, through, today, Window(weeks, date.max)))
    # Where rows go by their age in time, there is none before these weeks.
    before = dict(_by_day(tx, feeds, through, today, Window(date.min, weeks)))
    past: dict[str, list[tuple[str, Seen]]] = {}
    for key, tool, seen in past_use.seen(tx, feeds):
        past.setdefault(key, []).append((tool, seen))
    counted = past_use.days_since(tx, feeds, weeks)
    none = Activity()
    return {
        key: _all(recent.get(key, none), before.get(key, none), past.get(key), counted.get(key, 0))
        for key in recent.keys() | before.keys() | past.keys()
    }


def _by_day(
    tx: Tx, feeds: Feeds, through: Mapping[str, date], today: date, window: Window
) -> Iterator[tuple[str, Activity]]:
    """Yield what the rows of a window say, person by person."""
    tools = sorted(tool for tool, names in feeds.items() if names)
    day, connector = _usage.c.day, _usage.c.connector
    complete = or_(
        false(),
        *(
            and_(
                connector == tool,
                _usage.c.feed.in_(feeds[tool]),
                or_(day <= through.get(tool, date.min), day < daily_since(today)),
            )
            for tool in tools
        ),
    )
    ends = [end(day).filter(connector == tool) for tool in tools for end in (func.min, func.max)]
    rows = tx.execute(
        select(_tie.c.person_key, func.count(distinct(day)), *ends)
        .select_from(_usage)
        .join(_tie, _of_person())
        .where(complete, _usage.c.active.is_(True))
        .where(day >= window.start, day < window.end)
        .group_by(_tie.c.person_key)
    ).all()
    found = cache(partial(_activity, tools))  # many people's is the same
    return ((key, found(*figures)) for key, *figures in rows)


def _activity(tools: list[str], days: int, *ends: date | None) -> Activity:
    spans = zip(tools, ends[::2], ends[1::2], strict=True)
    whole = tuple((tool, first, last) for tool, first, last in spans if first and last)
    return Activity(min(days, MANY), whole, days)


def _all(
    recent: Activity, before: Activity, past: Sequence[tuple[str, Seen]] | None, counted: int
) -> Activity:
    """Return what several parts of a person's time come to together."""
    if not before.days and past is None:
        return recent if not counted else recent._replace(counted=recent.counted + counted)
    spans: dict[str, tuple[date, date]] = {}
    seen = [one for _, one in past or ()]
    for part in (recent, before):
        if part.days:
            firsts, lasts = zip(*(days for _, *days in part.spans), strict=True)
            seen.append(Seen(min(firsts), max(lasts), part.days))
    told = ((tool, one.first, one.last) for tool, one in past or ())
    for tool, first, last in (*recent.spans, *before.spans, *told):
        since, until = spans.get(tool, (first, last))
        spans[tool] = (min(since, first), max(until, last))
    whole = tuple((tool, *days) for tool, days in sorted(spans.items()))
    return Activity(active_days(seen), whole, recent.counted + counted)


def is_active_after(
    tx: Tx, person_key: str, feeds: Mapping[str, tuple[str, ...]], *, after: date
) -> bool:
    """Return whether a person did anything on a later day, as far as is stored."""
    query = (
        select(_usage.c.day)
        .join(_tie, _of_person())
        .where(_tie.c.person_key == person_key, _usage.c.day > after)
        .where(usage.of_feeds(feeds), _usage.c.active.is_(True))
    )
    past = (
        select(_tie.c.account_key)
        .join(_account, _account.c.account_key == _tie.c.account_key)
        .where(_tie.c.person_key == person_key, _account.c.connector.in_(sorted(feeds)))
        .where(past_use.used_after(literal(after, Date)))
    )
    return any(tx.execute(one.limit(1)).first() is not None for one in (query, past))


def _of_person() -> ColumnElement[bool]:
    return and_(
        _tie.c.account_key == _usage.c.account_key,
        _tie.c.since <= _usage.c.day,
        or_(_tie.c.until.is_(None), _tie.c.until > _usage.c.day),
    )
