"""What the enablement team sees of the whole programme: the value premium, once a quarter (F8).

Computed once, two weeks after the quarter's end, and stored: asked again, the answer is the same.
"""

from collections.abc import Collection
from datetime import timedelta

from unranked.domain.cohorts import quarter_before, quarter_of
from unranked.domain.premium import Premium, value_premium
from unranked.domain.usage import Window
from unranked.services.runtime import Runtime
from unranked.store import Tx, coverage, groups, ledger, programme
from unranked.store.ledger import Release

ORGANISATION = "organisation"
PREMIUM = "value_premium"
ANSWERS_WITHIN = timedelta(days=14)
"""So long after a quarter its last weeks may still be answered; its data is complete by then."""


def release(runtime: Runtime) -> bool:
    """Compute and store the last quarter's figure where it is due; return whether it was.

    What may not be said is stored as such: a second look a little later would be another figure.
    """
    now = runtime.clock()
    quarter = quarter_before(quarter_of(now.date()))
    if now.date() < quarter.end + ANSWERS_WITHIN:
        return False
    with runtime.store.write() as tx:
        tools = {one.connector.slug for one in runtime.connectors}
        done = PREMIUM in ledger.bands(tx, ORGANISATION, quarter)
        if done or not _is_complete(tx, quarter, tools):
            return False
        found = _premium(tx, runtime, quarter)
        band = "" if found is None else str(found)
        row = Release(ORGANISATION, PREMIUM, quarter, quarter.start, "", band, now)
        ledger.record(tx, [row])
    return True


def premium(tx: Tx, runtime: Runtime) -> tuple[Window, Premium] | None:
    """Return the newest figure and its quarter; None where none may be said."""
    quarter = quarter_before(quarter_of(runtime.clock().date()))
    for one in (quarter, quarter_before(quarter)):
        band = ledger.bands(tx, ORGANISATION, one).get(PREMIUM)
        if band is not None:
            return (one, Premium.of(band)) if band else None
    return None


def _premium(tx: Tx, runtime: Runtime, quarter: Window) -> Premium | None:
    feeds = {
        one.connector.slug: names
        for one in runtime.connectors
        if (names := one.connector.activity_feeds)
    }
    if not feeds:
        return None
    pairs = programme.quarters(
        tx, quarter_before(quarter), quarter, feeds, without=groups.objected(tx)
    )
    return value_premium(pairs)


def _is_complete(tx: Tx, quarter: Window, tools: Collection[str]) -> bool:
    """Return whether every tool that is set up is complete past the end of the quarter."""
    known = coverage.completeness(tx)
    through = [known[tool].complete_through if tool in known else None for tool in tools]
    return bool(tools) and all(day is not None and day >= quarter.end for day in through)
