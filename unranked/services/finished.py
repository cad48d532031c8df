"""What a person finished lately, for their own summary: a count, or why there is none."""

from datetime import timedelta

from unranked.connectors.base import Connector
from unranked.domain.constants import OUTCOME_DAYS
from unranked.domain.outcomes import OutcomeKind
from unranked.domain.personal import Finished, Unknown
from unranked.domain.usage import ONE_DAY, Window
from unranked.services.runtime import Runtime
from unranked.store import Tx, coverage, outcomes, people
from unranked.store.coverage import Completeness


def of_person(tx: Tx, runtime: Runtime, person_key: str) -> Finished | None:
    """Return what the person finished; None where no source of finished work is set up.

    Of several sources the first in which they have an account: kinds are never added up. The count
    is of the last 28 complete days and never below 0.
    """
    mine = people.tools_of(tx, person_key)
    sources = [
        (one.connector, feed.work)
        for one in runtime.sources
        for feed in one.connector.feeds
        if feed.work is not None
    ]
    for connector, work in sources:
        if connector.slug in mine:
            return _counted(tx, person_key, connector, work)
    for connector, work in sources:
        return Finished(connector.title, work, unknown=Unknown.NO_ACCOUNT)
    return None


def _counted(tx: Tx, person_key: str, connector: Connector, work: OutcomeKind) -> Finished:
    window = _window(coverage.completeness(tx).get(connector.slug))
    if window is None:
        return Finished(connector.title, work, unknown=Unknown.NOT_COMPLETE)
    found = outcomes.of_person(tx, person_key, window)
    own = (one for one in found if one.connector == connector.slug and one.kind is work)
    return Finished(connector.title, work, max(0, sum(one.finished for one in own)), window)


def _window(complete: Completeness | None) -> Window | None:
    """Return the last 28 complete days, None where there are not so many without a gap."""
    if complete is None or complete.complete_through is None or complete.history_since is None:
        return None
    end = complete.complete_through + ONE_DAY
    start = end - timedelta(days=OUTCOME_DAYS)
    return Window(start, end) if complete.history_since <= start else None
