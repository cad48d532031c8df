"""How far a connector's data is complete, read from what was fetched and whom it belongs to."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import date

from unranked.connectors.base import Connector, Feed, FeedKind
from unranked.domain.constants import LAG
from unranked.domain.coverage import DayCoverage, complete_through, unbroken, watermark_of
from unranked.store import Tx, coverage, usage
from unranked.store.coverage import Completeness


def offered_feeds(tx: Tx, connector: Connector, kind: FeedKind) -> list[Feed]:
    """Return the connector's feeds of a kind, without those that this customer does not have."""
    states = coverage.states(tx)
    return [
        feed
        for feed in connector.feeds
        if feed.kind is kind
        and ((connector.slug, feed.name) not in states or states[connector.slug, feed.name].offered)
    ]


def activity_days(tx: Tx, connector: Connector) -> list[DayCoverage]:
    """Return the days on which every activity feed was fetched, taken together."""
    feeds = offered_feeds(tx, connector, FeedKind.ACTIVITY)
    return _together(
        [_days(tx, connector, feed, with_people=True) for feed in feeds],
    )


def settle(
    tx: Tx, connector: Connector, *, holidays: AbstractSet[date] = frozenset()
) -> Completeness:
    """Compute and store how far the connector's figures go; call it after each run.

    holidays: days on which the whole company rests, as an operator confirmed.
    """
    # Without a list of members nobody knows who has a seat: silence then means nothing.
    listed = all(
        (state := coverage.states(tx).get((connector.slug, feed.name))) is not None
        and state.succeeded_at is not None
        for feed in offered_feeds(tx, connector, FeedKind.DIRECTORY)
    )
    days = activity_days(tx, connector) if listed else []
    lags = [feed.lag for feed in offered_feeds(tx, connector, FeedKind.ACTIVITY)]
    history = unbroken(days)
    billing = [feed for feed in offered_feeds(tx, connector, FeedKind.COST) if feed.per_person]
    billed = [
        complete_through(
            _days(tx, connector, feed, with_people=False), lag=feed.lag, holidays=holidays
        )
        for feed in billing
    ]
    lag = max(lags, default=LAG)
    one = Completeness(
        connector=connector.slug,
        complete_through=complete_through(history, lag=lag, holidays=holidays),
        history_since=history[0].day if history else None,
        billed=bool(billing),
        billed_through=watermark_of(billed),
    )
    coverage.set_completeness(tx, one)
    return one


def for_fetching(tx: Tx, connector: Connector, feed: Feed) -> list[DayCoverage]:
    """Return the days that decide what to ask a feed for next.

    An activity feed that never shows a row says nothing alone; together with its siblings it does.
    """
    own = _days(tx, connector, feed, with_people=False)
    if feed.kind is not FeedKind.ACTIVITY or not own:
        return own
    return activity_days(tx, connector) or own


def _days(tx: Tx, connector: Connector, feed: Feed, *, with_people: bool) -> list[DayCoverage]:
    fetched = coverage.days(tx, connector.slug, feed.name)
    if not fetched:
        return []
    unmapped: Mapping[date, int] = {}
    if with_people:
        unmapped = usage.unmapped_rows(tx, connector.slug, feed.name, fetched[0].day)
    return [
        DayCoverage(one.day, one.same_since, one.fetched_at, one.rows, unmapped.get(one.day, 0))
        for one in fetched
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
