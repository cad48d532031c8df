"""What a manager's week says: this week's practice, and the bands that the gate lets out.

It reads figures of groups through `store/groups.py` alone, and stores what leaves in the ledger:
asked again, the answer is the same.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from unranked import text
from unranked.connectors.base import FeedKind
from unranked.domain.cohorts import WINDOW, quarter_before, quarter_of, windows
from unranked.domain.privacy import may_release
from unranked.domain.released import (
    MANY,
    Statistic,
    Trend,
    clip,
    is_period_before,
    share_band,
    size_band,
    spend_band,
    trend,
)
from unranked.domain.usage import ONE_DAY, Window
from unranked.services import spoken
from unranked.services.runtime import Runtime
from unranked.services.sources import no_tools
from unranked.store import Tx, coverage, groups, ledger
from unranked.store.groups import Cohort
from unranked.store.ledger import Release

ORGANISATION = "organisation"
CLIP = "clip"
NOT_SHOWN = "spend_not_shown"


@dataclass(frozen=True, slots=True)
class Figures:
    """The values of the text `digest_figures`, in words."""

    size: str
    frozen: str
    since: str
    until: str
    share: str


@dataclass(frozen=True, slots=True)
class Next:
    """The value of the text `digest_next`, in words."""

    last_day: str


def freeze(runtime: Runtime, *, today: date) -> bool:
    """Fix the groups of the quarter of `today`, once; return whether that happened now.

    The first time it waits for a complete list of seats, and fixes the groups as of today. Later
    quarters begin with their first day.
    """
    quarter = quarter_of(today)
    with runtime.store.write() as tx:
        if groups.is_frozen(tx, quarter) or not _seats_are_known(tx, runtime):
            return False
        on = quarter.start if groups.ever_frozen(tx) else today
        return groups.freeze(tx, quarter, on=on) > 0


def figure_lines(tx: Tx, runtime: Runtime, group_key: str) -> list[str]:
    """Return what may be said of a manager's group, in words; nothing where nothing may be.

    Stores what is said for the first time. The newest window that is out, or may go out, counts.
    """
    quarter = quarter_of(runtime.clock().date())
    for one in (quarter, quarter_before(quarter)):
        cohort = groups.cohorts(tx, one).get(group_key)
        if cohort is None:
            continue
        size = len(cohort.members)
        for window in reversed(windows(one, frozen_on=cohort.frozen_on, size=size)):
            bands = ledger.bands(tx, group_key, window) or _release(tx, runtime, cohort, window)
            if bands:
                return list(_lines(tx, cohort, window, bands))
    return []


def _release(tx: Tx, runtime: Runtime, cohort: Cohort, window: Window) -> Mapping[str, str]:
    """Ask the gate, and store what it lets out."""
    if not _is_complete(tx, runtime, cohort, window):
        return {}
    released = groups.cohorts(tx, cohort.quarter)
    out = [released[key].members for key in ledger.groups_of(tx, cohort.quarter) if key in released]
    others = [members for members in out if members != cohort.members]
    hidden = groups.unresolved(tx, cohort, _slugs(runtime) | no_tools(runtime))
    if not may_release(cohort.members, others, unresolved=hidden):
        return {}
    bands = {str(name): band for name, band in _bands(tx, runtime, cohort, window)}
    members = hashlib.sha256("\n".join(sorted(cohort.members)).encode()).hexdigest()
    now = runtime.clock()
    ledger.record(
        tx,
        (
            Release(cohort.group_key, name, window, cohort.quarter.start, members, band, now)
            for name, band in bands.items()
        ),
    )
    return bands


def _bands(
    tx: Tx, runtime: Runtime, cohort: Cohort, window: Window
) -> Iterator[tuple[Statistic, str]]:
    people = len(cohort.members)
    yield Statistic.SIZE, size_band(people)
    active = groups.active(tx, cohort, window, _feeds(runtime, FeedKind.ACTIVITY))
    yield Statistic.SHARE, share_band(active, people)
    if people >= MANY:
        # Said in one text whatever the reason, so that a missing line tells of nobody (4.6).
        yield Statistic.SPEND, _spend(tx, runtime, cohort, window) or NOT_SHOWN


def _spend(tx: Tx, runtime: Runtime, cohort: Cohort, window: Window) -> str | None:
    """Return the band of clipped spend, None where any of it is not billed or not complete yet."""
    most = _clip(tx, runtime, cohort.quarter)
    if most is None or not _is_billed(tx, _counted(tx, runtime, cohort), window):
        return None
    count = (window.end - window.start) // WINDOW
    feeds = _feeds(runtime, FeedKind.COST)
    facts = groups.spend(tx, cohort, window, feeds, clip=most * count)
    return None if facts is None else spend_band(facts, len(cohort.members), count)


def _clip(tx: Tx, runtime: Runtime, quarter: Window) -> Decimal | None:
    """Return the clip of a quarter: from the quarter before, computed once and kept."""
    before = quarter_before(quarter)
    window = Window(before.start, before.start + 3 * WINDOW)
    known = ledger.bands(tx, ORGANISATION, window).get(CLIP)
    if known is not None:
        return Decimal(known)
    slugs = _slugs(runtime)
    if not groups.is_frozen(tx, before) or not _is_billed(tx, slugs, window):
        return None
    found = groups.organisation_spend(tx, before, window, _feeds(runtime, FeedKind.COST))
    most = None if found is None else clip(found[0] / 3, found[1])
    if most is not None:
        now = runtime.clock()
        ledger.record(tx, [Release(ORGANISATION, CLIP, window, before.start, "", str(most), now)])
    return most


def _is_complete(tx: Tx, runtime: Runtime, cohort: Cohort, window: Window) -> bool:
    """Return whether every tool of the group is complete past the window's end."""
    slugs, counted = _slugs(runtime), _counted(tx, runtime, cohort)
    known = coverage.completeness(tx)
    through = [known[slug].complete_through if slug in known else None for slug in counted]
    return (
        bool(counted)
        and counted <= slugs
        and all(day is not None and day >= window.end - ONE_DAY for day in through)
        and all(_reaches_back(known[slug].history_since, window) for slug in counted)
    )


def _slugs(runtime: Runtime) -> set[str]:
    return {one.connector.slug for one in runtime.connectors}


def _counted(tx: Tx, runtime: Runtime, cohort: Cohort) -> set[str]:
    """Return the tools in which the group's members have or had an account."""
    return groups.counted(tx, cohort) - no_tools(runtime)


def _reaches_back(since: date | None, window: Window) -> bool:
    return since is not None and since <= window.start


def _is_billed(tx: Tx, slugs: set[str], window: Window) -> bool:
    known = coverage.completeness(tx)
    return bool(slugs) and all(
        slug in known
        and known[slug].billed
        and (through := known[slug].for_costs) is not None
        and through >= window.end - ONE_DAY
        for slug in slugs
    )


def _feeds(runtime: Runtime, kind: FeedKind) -> Mapping[str, tuple[str, ...]]:
    return {
        one.connector.slug: names
        for one in runtime.connectors
        if (names := tuple(feed.name for feed in one.connector.feeds if feed.kind is kind))
    }


def _seats_are_known(tx: Tx, runtime: Runtime) -> bool:
    states = coverage.states(tx)
    feeds = [
        (one.connector.slug, feed.name)
        for one in runtime.connectors
        for feed in one.connector.feeds
        if feed.kind is FeedKind.DIRECTORY
    ]
    return bool(feeds) and all(
        (state := states.get(feed)) is not None and state.succeeded_at is not None for feed in feeds
    )


def _lines(tx: Tx, cohort: Cohort, window: Window, bands: Mapping[str, str]) -> Iterator[str]:
    figures = Figures(
        size=text.label(bands[Statistic.SIZE]),
        frozen=spoken.long_day(cohort.frozen_on),
        since=spoken.long_day(window.start),
        until=spoken.long_day(window.end - ONE_DAY),
        share=text.label(bands[Statistic.SHARE]),
    )
    yield from text.words("digest_figures", figures).body.splitlines()
    for name in (Statistic.SHARE, Statistic.SPEND):
        if name not in bands:
            continue
        if name is Statistic.SPEND:
            yield text.label(bands[name])
        change = _change(tx, cohort, window, name, bands[name])
        if change is not None:
            yield text.label(f"{name}_{change}")
    last_day = _after(cohort, window).end - ONE_DAY
    yield text.words("digest_next", Next(spoken.long_day(last_day))).body


def _change(tx: Tx, cohort: Cohort, window: Window, name: Statistic, band: str) -> Trend | None:
    """Return how a band changed, None where the window before is not there or of another length."""
    before = ledger.before(tx, cohort.group_key, name, window)
    if before is None:
        return None
    days = [(one.start, one.end) for one in (before.window, window)]
    return trend(before.band, band) if is_period_before(*days) else None


def _after(cohort: Cohort, window: Window) -> Window:
    """Return the window that the next figures are of, by the rule alone.

    It looks at the window and at whether the group is large, which its figures say already.
    """
    size = len(cohort.members)
    quarters = (cohort.quarter, quarter_of(cohort.quarter.end))
    coming = (one for q in quarters for one in windows(q, frozen_on=q.start, size=size))
    return next(one for one in coming if one.start >= window.end)
