"""What a person finished lately, for their own summary: a count, or why there is none."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from unranked.connectors.base import Connector
from unranked.domain.constants import OUTCOME_DAYS
from unranked.domain.outcomes import OutcomeKind
from unranked.domain.personal import Finished, Unknown
from unranked.domain.retention import daily_since
from unranked.domain.usage import ONE_DAY, Window
from unranked.services.runtime import Runtime
from unranked.store import Tx, outcomes
from unranked.store.coverage import Completeness


def of_person(
    tx: Tx,
    runtime: Runtime,
    person_key: str,
    *,
    mine: Mapping[str, Sequence[Window]],
    complete: Mapping[str, Completeness],
    costs_through: date | None,
) -> Finished | None:
    """Return what the person finished; None where no source of finished work is set up.

    Of several sources the first in which they have an account, or had one on any of the days: kinds
    are never added up. The count is of the last 28 complete days and never below 0. An account that
    is theirs only since these days says nothing of them yet.

    mine: the providers where they have or had an account, and on which days it was theirs.
    complete: how far each one's figures go.
    costs_through: the last day of which the cost is known, too: both are of the same days.
    """
    today = runtime.clock().date()
    sources = [
        (one.connector, feed.work)
        for one in runtime.sources
        for feed in one.connector.feeds
        if feed.work is not None
    ]
    for connector, work in sources:
        window = _window(complete.get(connector.slug), costs_through, daily_since(today))
        days = window or _last_days(runtime)
        if theirs := [one for one in mine.get(connector.slug, ()) if days.start < one.end]:
            known = min(one.start for one in theirs) < days.end
            return _counted(tx, person_key, connector, work, window if known else None)
    for connector, work in sources:
        return Finished(connector.title, work, unknown=Unknown.NO_ACCOUNT)
    return None


def _counted(
    tx: Tx, person_key: str, connector: Connector, work: OutcomeKind, window: Window | None
) -> Finished:
    if window is None:
        return Finished(connector.title, work, unknown=Unknown.NOT_COMPLETE)
    found = outcomes.of_person(tx, person_key, window)
    own = (one for one in found if one.connector == connector.slug and one.kind is work)
    return Finished(connector.title, work, max(0, sum(one.finished for one in own)), window)


def _last_days(runtime: Runtime) -> Window:
    end = runtime.clock().date() + ONE_DAY
    return Window(end - timedelta(days=OUTCOME_DAYS), end)


def _window(
    complete: Completeness | None, costs_through: date | None, since: date
) -> Window | None:
    """Return the last 28 complete days, None where there are not so many without a gap.

    since: the first day that is kept by the day.
    """
    if complete is None or complete.complete_through is None or complete.history_since is None:
        return None
    end = min(complete.complete_through, costs_through or date.max - ONE_DAY) + ONE_DAY
    start = end - timedelta(days=OUTCOME_DAYS)
    return Window(start, end) if max(complete.history_since, since) <= start else None
