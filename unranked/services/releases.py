"""Lets the quarter's figures of groups out: freezes the groups, and asks the gate once a window.

What leaves is stored in the ledger: asked again, the answer is the same. Who counts is decided by
the org chart and by seats, before anything is counted.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal

from unranked.connectors.base import FeedKind
from unranked.domain.cohorts import (
    WINDOW,
    frozen,
    quarter_before,
    quarter_of,
    windows,
)
from unranked.domain.nesting import Nest, Said
from unranked.domain.privacy import UNRESOLVED_MAX_PERCENT
from unranked.domain.released import (
    EPSILON,
    EPSILON_A_YEAR,
    MANY,
    Mechanism,
    Statistic,
    clip,
    share_band,
    size_band,
    spend_band,
)
from unranked.domain.retention import daily_since
from unranked.domain.usage import ONE_DAY, Window
from unranked.services.runtime import Runtime
from unranked.services.sources import no_tools
from unranked.store import Tx, coverage, figures, groups, ledger, sight, units_due
from unranked.store.figures import UnitSums
from unranked.store.ledger import Release
from unranked.store.units_due import Asked

ORGANISATION = "organisation"
CLIP = "clip"
NOT_SHOWN = "spend_not_shown"
_YEAR = timedelta(days=365)


def freeze(runtime: Runtime) -> bool:
    """Fix the groups of the current quarter, once; return whether that happened now.

    The first time it waits for a complete list of seats, and fixes the groups as of today. Later
    quarters begin with their first day.
    """
    today = runtime.clock().date()
    quarter = quarter_of(today)
    with runtime.store.write() as tx:
        if groups.frozen_on(tx, quarter) is not None or not _seats_are_known(tx, runtime):
            return False
        on = quarter.start if groups.ever_frozen(tx) else today
        chart, here = groups.chart(tx), groups.present(tx)
        made = frozen(
            chart,
            groups.seated(tx, on=on),
            [one for one in chart.managers if one in here],
            groups.wishes(tx),
        )
        groups.freeze(tx, quarter, made, on=on, ids=runtime.ids)
        return bool(made.views)


def release(runtime: Runtime) -> int:
    """Let out what may be said of units now and was not said yet; return of how many units.

    Of each unit the newest window only: what was not said in its time is not said later.
    """
    quarter = quarter_of(runtime.clock().date())
    _keep_clip(runtime, quarter)
    return sum(_release(runtime, one) for one in (quarter, quarter_before(quarter)))


def _release(runtime: Runtime, quarter: Window) -> int:
    with runtime.store.read() as tx:
        frozen_on = groups.frozen_on(tx, quarter)
        if frozen_on is None:
            return 0
        few = sight.of_few(tx, on=frozen_on)
        asked = [
            Asked(
                quarter=quarter,
                frozen_on=frozen_on,
                window=window,
                often=often,
                complete=_complete(tx, runtime, window) - few,
                billed=_billed(tx, _slugs(runtime), window),
                no_tools=no_tools(runtime) | few,
                in_sight=_slugs(runtime) | no_tools(runtime) | few,
                unresolved_percent=UNRESOLVED_MAX_PERCENT,
            )
            for often in (False, True)
            for window in reversed(
                windows(quarter, frozen_on=frozen_on, often=often, strict=runtime.noise is not None)
            )
            if _is_kept_by_day(runtime, window)
        ]
        due = [one for one in asked if one.complete and units_due.any_due(tx, one)]
    return sum(_let_out(runtime, one) for one in due)


def _let_out(runtime: Runtime, asked: Asked) -> int:
    """Store the bands of every unit that is asked about."""
    activity, cost = (feeds(runtime, kind) for kind in (FeedKind.ACTIVITY, FeedKind.COST))
    noise = runtime.noise
    with runtime.store.write() as tx:
        if noise is not None:
            if not _can_afford(tx, asked.window):
                return 0
            counts = figures.undrawn(tx, asked, activity)
            figures.keep_draws(tx, asked, {atom: noise(count) for atom, count in counts.items()})
        # What cannot be given noise is not shown in strict mode.
        most = _clip(tx, runtime, asked.quarter) if noise is None else None
        times = (asked.window.end - asked.window.start) // WINDOW
        found = figures.sums(
            tx,
            asked,
            activity,
            cost,
            clip=None if most is None else most * times,
            drawn=noise is not None,
        )
        nest = groups.nest(tx, asked.quarter, asked.window)
        return ledger.record(
            tx,
            (
                _row(asked, runtime, one, name, said)
                for one, share in _shares(nest, found)
                for name, said in _bands(one, share, times)
            ),
        )


def _shares(nest: Nest, found: Iterable[UnitSums]) -> Iterator[tuple[UnitSums, Said | None]]:
    """Yield each unit with what may be said of its share.

    Of units within each other the widest first: then what is said of one depends on how many of it
    were active, and on no group within it. Who of them it was changes nothing (T3).
    """
    held = {}
    for one in found:
        if one.unit_key in nest:
            held[one.unit_key] = one
        else:
            yield one, Said(share_band(one.active, one.people), 0, one.people)
    for unit_key in reversed(list(nest)):
        if unit_key in held:
            one = held[unit_key]
            yield one, nest.say(unit_key, one.active, share_band)


def _can_afford(tx: Tx, window: Window) -> bool:
    """Return whether one more window with noise stays within what a year may tell of a person."""
    year = Window(window.start - _YEAR + ONE_DAY, window.end)
    return ledger.spent(tx, year, but=window) + EPSILON <= EPSILON_A_YEAR


def _bands(
    one: UnitSums, share: Said | None, windows: int
) -> Iterator[tuple[Statistic, Said | None]]:
    yield Statistic.SHARE, share
    if share is None:
        return
    yield Statistic.SIZE, Said(size_band(one.people), 0, 0)
    if one.people >= MANY:
        # Said in one text whatever the reason, so that a missing line tells of nobody (4.6).
        band = None if one.spend is None else spend_band(one.spend, one.people, windows)
        yield Statistic.SPEND, Said(band or NOT_SHOWN, 0, 0)


def _row(
    asked: Asked, runtime: Runtime, one: UnitSums, name: Statistic, said: Said | None
) -> Release:
    noisy = runtime.noise is not None and name is Statistic.SHARE
    return Release(
        group_key=one.unit_key,
        statistic=name,
        window=asked.window,
        quarter=asked.quarter.start,
        members=one.members,
        band="" if said is None else said.band,
        released_at=runtime.clock(),
        mechanism=Mechanism.LAPLACE if noisy else Mechanism.BANDS,
        epsilon=EPSILON if noisy else 0,
        least=0 if said is None else said.least,
        most=0 if said is None else said.most,
    )


def _keep_clip(runtime: Runtime, quarter: Window) -> None:
    """Compute a quarter's clip as soon as it can be: the days that it needs are not kept long."""
    if runtime.noise is None:
        with runtime.store.write() as tx:
            _clip(tx, runtime, quarter)


def _clip(tx: Tx, runtime: Runtime, quarter: Window) -> Decimal | None:
    """Return the clip of a quarter: from the quarter before, computed once and kept."""
    before = quarter_before(quarter)
    window = Window(before.start, before.start + 3 * WINDOW)
    known = ledger.bands(tx, ORGANISATION, window).get(CLIP)
    if known is not None:
        return Decimal(known)
    frozen_on = groups.frozen_on(tx, before)
    if frozen_on is None or not _is_kept_by_day(runtime, window):
        return None
    slugs = _slugs(runtime) - sight.of_few(tx, on=frozen_on)
    if not slugs or slugs - _billed(tx, slugs, window):
        return None
    cost = {slug: one for slug, one in feeds(runtime, FeedKind.COST).items() if slug in slugs}
    total, people = figures.organisation_spend(tx, before, window, cost)
    most = clip(total / 3, people)
    if most is not None:
        now = runtime.clock()
        ledger.record(tx, [Release(ORGANISATION, CLIP, window, before.start, "", str(most), now)])
    return most


def _complete(tx: Tx, runtime: Runtime, window: Window) -> set[str]:
    """Return the tools whose use is known for the whole window."""
    known = coverage.completeness(tx)
    return {
        slug
        for slug in _slugs(runtime)
        if slug in known
        and (through := known[slug].complete_through) is not None
        and through >= window.end - ONE_DAY
        and (since := known[slug].history_since) is not None
        and since <= window.start
    }


def _billed(tx: Tx, slugs: Collection[str], window: Window) -> set[str]:
    """Return the tools whose cost in the window is known to its end, and is in USD.

    In what a tool is billed is a fact of its contract, and asked of the whole company: asked of a
    unit, one person's use would decide whether anything is said of it.
    """
    known = coverage.completeness(tx)
    others = figures.billed_otherwise(tx, window)
    return {
        slug
        for slug in slugs
        if slug in known
        and slug not in others
        and known[slug].billed
        and (through := known[slug].for_costs) is not None
        and through >= window.end - ONE_DAY
    }


def _is_kept_by_day(runtime: Runtime, window: Window) -> bool:
    """Return whether no day of a window was added up with others yet (4.11)."""
    return window.start >= daily_since(runtime.clock().date())


def _slugs(runtime: Runtime) -> set[str]:
    return {one.connector.slug for one in runtime.connectors}


def feeds(runtime: Runtime, kind: FeedKind) -> Mapping[str, tuple[str, ...]]:
    """Return the names of the feeds of a kind, by connector."""
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
