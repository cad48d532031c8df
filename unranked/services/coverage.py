"""How far a connector's data is complete, read from what was fetched and whom it belongs to."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta

from unranked.connectors.base import Connector, Feed, FeedKind
from unranked.domain.constants import LAG
from unranked.domain.coverage import (
    DayCoverage,
    Held,
    Why,
    complete_through,
    dried_up,
    held_up,
    unbroken,
    watermark_of,
)
from unranked.domain.usage import ONE_DAY
from unranked.store import Tx, coverage, usage
from unranked.store.coverage import Completeness, FetchedDay


class Read:
    """The days of a connector's activity feeds, read once in a run and again after each change."""

    def __init__(self) -> None:
        self._known: dict[str, _FeedDays] = {}

    def forget(self, feed: Feed) -> None:
        """Read the feed's days again; after a list of members, those of all feeds."""
        if feed.kind is FeedKind.DIRECTORY:
            self._known.clear()
        self._known.pop(feed.name, None)

    def of(self, tx: Tx, connector: Connector, feed: Feed) -> "_FeedDays":
        """Return the feed's days."""
        if feed.name not in self._known:
            stored = coverage.days(tx, connector.slug, feed.name)
            days = [_day_of(one) for one in stored]
            self._known[feed.name] = _FeedDays(
                feed, days, _with_people(tx, connector, feed, stored)
            )
        return self._known[feed.name]


@dataclass(frozen=True, slots=True)
class _FeedDays:
    """The days of a feed. mapped: with the rows that belong to nobody."""

    feed: Feed
    days: list[DayCoverage]
    mapped: list[DayCoverage]


_Days = Sequence[_FeedDays]


def offered_feeds(tx: Tx, connector: Connector, kind: FeedKind) -> list[Feed]:
    """Return the connector's feeds of a kind, without those that this customer does not have."""
    states = coverage.states(tx)
    return [
        feed
        for feed in connector.feeds
        if feed.kind is kind
        and ((connector.slug, feed.name) not in states or states[connector.slug, feed.name].offered)
    ]


def settle(
    tx: Tx, connector: Connector, *, holidays: AbstractSet[date] = frozenset()
) -> Completeness:
    """Compute and store how far the connector's figures go; call it after each run.

    holidays: days on which the whole company rests, as an operator confirmed.
    """
    if connector.is_tool:
        one = _of_tool(tx, connector, holidays)
    else:
        finished = _finished(tx, connector)
        one = Completeness(
            connector=connector.slug,
            complete_through=complete_through(finished, lag=lag_of(tx, connector), quiet=True),
            history_since=finished[0].day if finished else None,
        )
    coverage.set_completeness(tx, one)
    return one


def _of_tool(tx: Tx, connector: Connector, holidays: AbstractSet[date]) -> Completeness:
    days = _activity(tx, connector)
    history = _history(tx, connector, days)
    billing = [feed for feed in offered_feeds(tx, connector, FeedKind.COST) if feed.per_person]
    billed = [
        complete_through(
            unbroken(_days(tx, connector, feed), lag=feed.lag),
            lag=feed.lag,
            holidays=holidays,
        )
        for feed in billing
    ]
    return Completeness(
        connector=connector.slug,
        complete_through=_through(tx, connector, days, history, holidays),
        history_since=history[0].day if history else None,
        billed=bool(billing),
        billed_through=watermark_of(billed),
    )


def _finished(tx: Tx, connector: Connector) -> tuple[DayCoverage, ...]:
    """Return the unbroken days of all feeds of finished work.

    Few rows are normal there, and so are rows of people who are not in the roster: neither makes a
    day less complete for anybody else. What is undone later restates no day (`services.rows`).
    """
    feeds = offered_feeds(tx, connector, FeedKind.OUTCOME)
    days = _together([_days(tx, connector, feed) for feed in feeds])
    return unbroken(days, lag=lag_of(tx, connector))


def is_listed(tx: Tx, connector: Connector) -> bool:
    """Return whether every list of members was read. Else nobody knows whose an account is."""
    states = coverage.states(tx)
    return all(
        (state := states.get((connector.slug, feed.name))) is not None
        and state.succeeded_at is not None
        for feed in offered_feeds(tx, connector, FeedKind.DIRECTORY)
    )


def lag_of(tx: Tx, connector: Connector) -> timedelta:
    """Return how long after its end a day's figures may be missing, in the slowest feed."""
    kind = FeedKind.ACTIVITY if connector.is_tool else FeedKind.OUTCOME
    return max((feed.lag for feed in offered_feeds(tx, connector, kind)), default=LAG)


def held(tx: Tx, connector: Connector, *, holidays: AbstractSet[date] = frozenset()) -> Held:
    """Return the day after the watermark, and the rule that holds it up."""
    if not connector.is_tool:
        return held_up(_finished(tx, connector), lag=lag_of(tx, connector), quiet=True)
    days = _activity(tx, connector)
    history = _history(tx, connector, days)
    found = held_up(history, lag=lag_of(tx, connector), holidays=holidays)
    dry = _dried_up(days, history, holidays)
    return Held(dry, Why.LOW) if dry and found.day and dry < found.day else found


def _through(
    tx: Tx,
    connector: Connector,
    days: _Days,
    history: tuple[DayCoverage, ...],
    holidays: AbstractSet[date],
) -> date | None:
    """Return the watermark of all activity feeds together, but not past one that fell silent."""
    through = complete_through(history, lag=lag_of(tx, connector), holidays=holidays)
    dry = _dried_up(days, history, holidays)
    if through is None or dry is None or dry > through:
        return through
    return dry - ONE_DAY if dry > history[0].day else None


def _dried_up(
    feeds: _Days, history: Sequence[DayCoverage], holidays: AbstractSet[date]
) -> date | None:
    """Return the first day of the history on which an activity feed alone fell silent."""
    if not history:
        return None
    found = []
    for one in feeds:
        since = (day for day in one.days if day.day >= history[0].day)
        found.append(dried_up(since, lag=one.feed.lag, holidays=holidays))
    return min((day for day in found if day is not None), default=None)


def for_fetching(
    tx: Tx,
    connector: Connector,
    feed: Feed,
    *,
    read: Read | None = None,
    holidays: AbstractSet[date] = frozenset(),
) -> list[DayCoverage]:
    """Return the days that decide what to ask a feed for next.

    An activity feed that never shows a row says nothing alone; together with its siblings it does.
    Days that were given up are not asked for again; all are from one on which a feed fell silent.
    """
    own = _days(tx, connector, feed)
    if feed.kind is not FeedKind.ACTIVITY or not own:
        return list(unbroken(own, lag=feed.lag)) or own
    days = _activity(tx, connector, read)
    known = _together([one.mapped for one in days]) or own
    history = list(unbroken(known, lag=feed.lag)) or known
    dry = _dried_up(days, history, holidays)
    return [day for day in history if dry is None or day.day < dry] or history[:1]


def _history(tx: Tx, connector: Connector, days: _Days) -> tuple[DayCoverage, ...]:
    # Without a list of members silence means nothing.
    listed = is_listed(tx, connector)
    known = _together([one.mapped for one in days]) if listed else []
    return unbroken(known, lag=lag_of(tx, connector))


def _activity(tx: Tx, connector: Connector, read: Read | None = None) -> _Days:
    """Return the days of each activity feed."""
    known = read or Read()
    feeds = offered_feeds(tx, connector, FeedKind.ACTIVITY)
    return [known.of(tx, connector, feed) for feed in feeds]


def _days(tx: Tx, connector: Connector, feed: Feed) -> list[DayCoverage]:
    return [_day_of(one) for one in coverage.days(tx, connector.slug, feed.name)]


def _day_of(one: FetchedDay, *, unmapped: int = 0) -> DayCoverage:
    return DayCoverage(one.day, one.same_since, one.fetched_at, one.rows, unmapped)


def _with_people(
    tx: Tx, connector: Connector, feed: Feed, days: list[FetchedDay]
) -> list[DayCoverage]:
    """Return the days with the rows that lead to nobody; without any row nobody is asked.

    Of days that are kept by the day no more it is known how many there were.
    """
    by_day = [one.day for one in days if one.unmapped is None]
    found: Mapping[date, int] = {}
    if by_day and any(one.rows for one in days):
        found = usage.unmapped_rows(tx, connector.slug, feed.name, by_day[0])
    return [
        _day_of(one, unmapped=found.get(one.day, 0) if one.unmapped is None else one.unmapped)
        for one in days
    ]


def _together(feeds: list[list[DayCoverage]]) -> list[DayCoverage]:
    """Return the days that all feeds have, each as old as its oldest fetch."""
    if not feeds:
        return []
    by_day = [{day.day: day for day in days} for days in feeds]
    common = set(by_day[0]).intersection(*by_day[1:])
    return [_one_day([days[day] for days in by_day]) for day in sorted(common)]


def _one_day(parts: list[DayCoverage]) -> DayCoverage:
    fetched_at = min(part.fetched_at for part in parts)
    return DayCoverage(
        day=parts[0].day,
        # Feeds are read one after the other: a change is never later than the fetch that saw it.
        same_since=min(fetched_at, max(part.same_since for part in parts)),
        fetched_at=fetched_at,
        rows=sum(part.rows for part in parts),
        unmapped=sum(part.unmapped for part in parts),
    )
