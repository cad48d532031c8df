"""Every figure that was ever shown of a group: asked for again, it is the same one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select

from unranked.domain.usage import Window
from unranked.store import Tx
from unranked.store.tables import Release as ReleaseTable
from unranked.store.tables import table

_release = table(ReleaseTable)


@dataclass(frozen=True, slots=True)
class Release:
    """One band of one group for one window. members: a hash of who counted."""

    group_key: str
    statistic: str
    window: Window
    quarter: date
    members: str
    band: str
    released_at: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """A band that was shown, and the window that it is of."""

    window: Window
    band: str


def record(tx: Tx, releases: Iterable[Release]) -> None:
    """Store figures that leave now. A second figure for the same window fails."""
    rows = [
        {
            "group_key": one.group_key,
            "statistic": one.statistic,
            "window_start": one.window.start,
            "window_end": one.window.end,
            "quarter": one.quarter,
            "members": one.members,
            "band": one.band,
            "released_at": one.released_at,
        }
        for one in releases
    ]
    if rows:
        tx.execute(insert(_release), rows)


def bands(tx: Tx, group_key: str, window: Window) -> Mapping[str, str]:
    """Return what was shown of a group for a window, by statistic; empty when nothing was."""
    rows = tx.execute(
        select(_release.c.statistic, _release.c.band)
        .where(_release.c.group_key == group_key, _release.c.window_start == window.start)
        .where(_release.c.window_end == window.end)
        .order_by(_release.c.statistic)
    )
    return {row.statistic: row.band for row in rows}


def before(tx: Tx, group_key: str, statistic: str, window: Window) -> Shown | None:
    """Return the band of the last window that ended by the beginning of this one, or None."""
    row = tx.execute(
        select(_release.c.band, _release.c.window_start, _release.c.window_end)
        .where(_release.c.group_key == group_key, _release.c.statistic == statistic)
        .where(_release.c.window_end <= window.start)
        .order_by(_release.c.window_end.desc())
        .limit(1)
    ).first()
    return None if row is None else Shown(Window(row.window_start, row.window_end), row.band)


def groups_of(tx: Tx, quarter: Window) -> set[str]:
    """Return the groups of which anything was shown from the quarter's cohort."""
    rows = tx.execute(
        select(_release.c.group_key).where(_release.c.quarter == quarter.start).distinct()
    )
    return set(rows.scalars())
