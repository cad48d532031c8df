"""Every figure that was ever shown of a group: asked for again, it is the same one."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from sqlalchemy import func, insert, select

from unranked.domain.released import Mechanism
from unranked.domain.usage import Window
from unranked.store import Tx
from unranked.store.tables import Release as ReleaseTable
from unranked.store.tables import table

_BATCH = 1_000
_release = table(ReleaseTable)


@dataclass(frozen=True, slots=True)
class Release:
    """One band of one group for one window. members: a hash of who counted.

    band: empty where nothing may be said. least, most: of a share, the counts that it is said for.
    """

    group_key: str
    statistic: str
    window: Window
    quarter: date
    members: str
    band: str
    released_at: datetime
    mechanism: str = Mechanism.BANDS
    epsilon: float = 0
    least: int = 0
    most: int = 0


@dataclass(frozen=True, slots=True)
class Bands:
    """What was shown of one group for one window: the band of each statistic.

    noisy: noise was added before one of them was chosen.
    """

    by_name: Mapping[str, str]
    noisy: bool = False


def record(tx: Tx, releases: Iterable[Release]) -> int:
    """Store figures that leave now; return how many. A second figure for the same window fails."""
    rows, count = iter(releases), 0
    while batch := list(islice(rows, _BATCH)):
        tx.execute(insert(_release), [_row(one) for one in batch])
        count += len(batch)
    return count


def _row(one: Release) -> Mapping[str, object]:
    return {
        "group_key": one.group_key,
        "statistic": one.statistic,
        "window_start": one.window.start,
        "window_end": one.window.end,
        "quarter": one.quarter,
        "members": one.members,
        "band": one.band,
        "mechanism": one.mechanism,
        "epsilon": one.epsilon,
        "least": one.least,
        "most": one.most,
        "released_at": one.released_at,
    }


def bands(tx: Tx, group_key: str, window: Window) -> Mapping[str, str]:
    """Return what was shown of a group for a window, by statistic; empty when nothing was."""
    rows = tx.execute(
        select(_release.c.statistic, _release.c.band)
        .where(_release.c.group_key == group_key, _release.c.window_start == window.start)
        .where(_release.c.window_end == window.end)
        .order_by(_release.c.statistic)
    )
    return {row.statistic: row.band for row in rows}


def spent(tx: Tx, year: Window, *, but: Window) -> float:
    """Return how much of a person's privacy figures with noise have cost at most in a year (4.7).

    Everybody counts in one atom of a window, whose noise is drawn once: so each window costs once,
    whatever it is shown in. year: windows that begin in it. but: this window is not counted.
    """
    rows = tx.execute(
        select(_release.c.window_start, func.max(_release.c.epsilon))
        .where(_release.c.window_start >= year.start, _release.c.window_start < year.end)
        .where(_release.c.window_start != but.start)
        .group_by(_release.c.window_start)
    )
    return sum(float(epsilon) for _, epsilon in rows)


def all_bands(tx: Tx, group_keys: Collection[str]) -> Mapping[str, Mapping[Window, Bands]]:
    """Return all that was shown of each group, by window."""
    rows = tx.execute(
        select(
            _release.c.group_key,
            _release.c.window_start,
            _release.c.window_end,
            _release.c.statistic,
            _release.c.band,
            _release.c.mechanism,
        )
        .where(_release.c.group_key.in_(group_keys))
        .order_by(_release.c.group_key, _release.c.window_start, _release.c.statistic)
    )
    found: dict[str, dict[Window, Bands]] = {}
    for group_key, start, end, statistic, band, mechanism in rows:
        windows, window = found.setdefault(group_key, {}), Window(start, end)
        before = windows.get(window, Bands({}))
        windows[window] = Bands(
            {**before.by_name, statistic: band}, before.noisy or mechanism == Mechanism.LAPLACE
        )
    return found
