"""Every night: what is past its keeping time goes, and what has to stay known of it stays.

Nothing that anybody is shown may change by it: segments, summaries and results ask for whatever is
kept in whichever form (method.md 4.11).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from unranked import connectors
from unranked.domain.campaigns import State
from unranked.domain.retention import Part, assigned_until, daily_since, parts
from unranked.domain.usage import ONE_DAY
from unranked.services import campaign_progress
from unranked.services.runtime import Runtime
from unranked.store import Tx, assignments, campaigns, coverage, folding, pages, retention, usage
from unranked.store.campaigns import StoredCampaign
from unranked.store.folding import Folding
from unranked.store.past_use import Feeds

PEOPLE_AT_ONCE = 500
"""So many people's use of a week is added up in one transaction."""

BY_DAY, ARMS = "usage", "enrolment"

Stop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class RetentionRun:
    """How many rows went or would go, by table; for the fields of a row that stays, `table.field`.

    ended_early: the run was stopped, and the next one goes on.
    """

    rows: Mapping[str, int] = field(default_factory=dict)
    ended_early: bool = False


def try_out(runtime: Runtime) -> RetentionRun:
    """Return what would go now; nothing is written."""
    today = runtime.clock().date()
    with runtime.store.read() as tx:
        rows = {one.name: one.count(tx) for one in retention.past(today)}
        arms = sum(assignments.count(tx, one.campaign_key) for one in _over(tx, today))
        by_day = folding.rows_before(tx, daily_since(today))
    return RetentionRun({BY_DAY: by_day, ARMS: arms, **rows})


def run(runtime: Runtime, *, stop: Stop = lambda: False) -> RetentionRun:
    """Let everything go that is past its time. What was stopped or cut off goes on next time."""
    today = runtime.clock().date()
    gone: dict[str, int] = {}
    for name, rows in _work(runtime, today):
        gone[name] = gone.get(name, 0) + rows
        if stop():
            return RetentionRun(gone, ended_early=True)
    return RetentionRun(gone)


def _work(runtime: Runtime, today: date) -> Iterator[tuple[str, int]]:
    """Yield after each transaction how many rows of which table went."""
    for rows in _into_weeks(runtime, today):
        yield BY_DAY, rows
    with runtime.store.read() as tx:
        over = {one.campaign_key: campaign_progress.units_of(tx, one) for one in _over(tx, today)}
    for key, units in over.items():
        for rows in assignments.forget(runtime.store, key, units):
            yield ARMS, rows
    for one in retention.past(today):
        runtime.progress(f"cleaning up: {one.name}", 0, 0)
        for rows in one.clear(runtime.store):
            yield one.name, rows


def _into_weeks(runtime: Runtime, today: date) -> Iterator[int]:
    """Add up by the week whatever is kept by the day for too long."""
    since = daily_since(today)
    _close(runtime, since)
    with runtime.store.read() as tx:
        days = folding.days_before(tx, since)
        fold = Folding(tx, _feeds(runtime))
    for part in parts(days):
        yield from _people_of(runtime, part, fold)
        yield from _nobodys_of(runtime, part, fold)


def _close(runtime: Runtime, since: date) -> None:
    """Close each feed's day before a row of it is added up: no reading brings it in again.

    Alone: what a reading stored that began before is then there, and is added up, too.
    """
    with runtime.store.read() as tx:
        found = coverage.still_by_day(tx, since)
    for day, feeds in found.items():
        with runtime.store.write(alone=True) as tx:
            for connector, feed in feeds:
                nobodys = usage.unmapped_rows(tx, connector, feed, day, until=day + ONE_DAY)
                coverage.close(tx, connector, feed, day, unmapped=nobodys.get(day, 0))


def _people_of(runtime: Runtime, part: Part, fold: Folding) -> Iterator[int]:
    """Add up the days of everybody; yield after each page."""
    with runtime.store.read() as tx:
        of = pages.people(tx)
    after: str | None = ""
    done = 0
    while after is not None:
        runtime.progress(f"the week of {part.since}", min(done, of), of)
        with runtime.store.read() as tx:
            keys = pages.following(tx, after, size=PEOPLE_AT_ONCE)
        with runtime.store.write() as tx:
            rows = fold.of_people(tx, part, keys)
        yield rows
        after, done = keys.through, done + PEOPLE_AT_ONCE


def _nobodys_of(runtime: Runtime, part: Part, fold: Folding) -> Iterator[int]:
    """Add up what is left: days on which an account was no person's."""
    after: str | None = ""
    while after is not None:
        with runtime.store.read() as tx:
            keys = folding.accounts_after(tx, after, size=PEOPLE_AT_ONCE)
        with runtime.store.write() as tx:
            rows = fold.of_nobody(tx, part, keys)
        yield rows
        after = keys.through


def _feeds(runtime: Runtime) -> Feeds:
    """Return the feeds that tell of use, of every tool that there is a connector for.

    One whose key was taken away may get it back: its days count as they did before.
    """
    every = {**connectors.found(), **{c.connector.slug: c.connector for c in runtime.connectors}}
    return {slug: one.activity_feeds for slug, one in every.items()}


def _over(tx: Tx, today: date) -> list[StoredCampaign]:
    """Return the campaigns of which it is not kept any more who was drawn."""
    launched = campaigns.have_been_launched(tx)
    found = []
    for one in campaigns.every(tx):
        last = _last_day(tx, one, launched=launched)
        if last is not None and assigned_until(last) < today:
            found.append(one)
    return found


def _last_day(tx: Tx, one: StoredCampaign, *, launched: bool) -> date | None:
    """Return the day of a campaign's last look; of one without looks, of its last draw.

    None while it is not over. The one that nobody wrote is, once the team has launched its own.
    """
    drawn = assignments.last_drawn(tx, one.campaign_key)
    ended = one.state == State.ENDED or (one.design is None and launched)
    if drawn is None or not ended:
        return None
    return max(drawn, one.look_days[-1]) if one.look_days else drawn
