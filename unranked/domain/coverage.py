"""How far a source's days are complete: the watermark, beyond which nobody is said to be idle."""

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median

from unranked.domain.calendar import MONDAY_TO_FRIDAY
from unranked.domain.constants import (
    CANARY_MIN_PERCENT,
    CANARY_WEEKS,
    LOW_SETTLED_AFTER,
    SETTLED_AFTER,
    SILENT_DAYS,
    UNCHANGED_FOR,
    UNMAPPED_MAX_PERCENT,
)
from unranked.domain.usage import ONE_DAY, Window


@dataclass(frozen=True, slots=True)
class DayCoverage:
    """One day of one feed as it was last read, with all its pages.

    same_since: when the present totals per account were first seen; `fetched_at` when they had
        changed at the last reading.
    rows: of the whole organisation.
    unmapped: of these, the rows that belong to no person, agent, shared key or leaver.
    """

    day: date
    same_since: datetime
    fetched_at: datetime
    rows: int
    unmapped: int = 0

    @property
    def age(self) -> timedelta:
        """The time from the end of the day to its last reading."""
        return self.fetched_at - datetime.combine(self.day + ONE_DAY, time.min, UTC)


def complete_through(
    days: Iterable[DayCoverage], *, lag: timedelta, holidays: Collection[date] = ()
) -> date | None:
    """Return W of method.md 2.2: the last day such that it and all stored days before are complete.

    None when not even the first is. A day that is missing ends it. Needs no clock: a day's age is
    that of its last reading, for what was not read again cannot have become more certain.

    lag: how long after its end a day's figures may be missing.
    holidays: days on which few rows are normal, for the region or because an operator said so.
    """
    stored = {day.day: day for day in days}
    believed_until = _silence(stored)
    if believed_until is None:
        return None
    canary = _Canary(stored, holidays)
    watermark: date | None = None
    for day in sorted(stored):
        if watermark is not None and day != watermark + ONE_DAY:
            break
        if day > believed_until or not _settled(stored[day], lag):
            break
        if not _mapped(stored[day]) or not canary.believes(stored[day], lag):
            break
        watermark = day
    return watermark


def watermark_of(watermarks: Iterable[date | None]) -> date | None:
    """Return W of a person: the earliest of all tools with a seat, None if any has none.

    None for no tool at all.
    """
    found = list(watermarks)
    known = [watermark for watermark in found if watermark is not None]
    return min(known) if known and len(known) == len(found) else None


def window_to_fetch(
    days: Iterable[DayCoverage],
    *,
    now: datetime,
    lag: timedelta,
    reread: timedelta,
    history: timedelta,
    holidays: Collection[date] = (),
) -> Window:
    """Return the days to ask for now: all that may still change, up to today in UTC inclusive.

    From `reread` before the watermark, where providers still correct days; all that is stored when
    there is no watermark; `history` at the first run. Never further back than `history`, which a
    provider would refuse.
    """
    stored = list(days)
    today = now.astimezone(UTC).date()
    earliest = today - history
    if not stored:
        return Window(earliest, today + ONE_DAY)
    first = min(day.day for day in stored)
    watermark = complete_through(stored, lag=lag, holidays=holidays)
    if watermark is not None:
        first = max(first, watermark + ONE_DAY - reread)
    return Window(min(max(first, earliest), today), today + ONE_DAY)


def unbroken(days: Iterable[DayCoverage]) -> tuple[DayCoverage, ...]:
    """Return the stored days after the last gap, in order.

    For a gap that the provider can no longer fill: history then begins behind it, and
    `complete_through` of what is left can move on.
    """
    run: list[DayCoverage] = []
    for day in sorted(days, key=lambda day: day.day):
        if run and day.day != run[-1].day + ONE_DAY:
            run = []
        run.append(day)
    return tuple(run)


def _settled(day: DayCoverage, lag: timedelta) -> bool:
    """Rules (a) and (b): read late enough, and unchanged for a day or long past."""
    if day.age < lag:
        return False
    return day.fetched_at - day.same_since >= UNCHANGED_FOR or day.age >= lag + SETTLED_AFTER


def _mapped(day: DayCoverage) -> bool:
    """Rule (e)."""
    return 100 * day.unmapped <= UNMAPPED_MAX_PERCENT * day.rows


def _silence(stored: Mapping[date, DayCoverage]) -> date | None:
    """Return the last day that can be believed at all, None for a source that never had a row.

    Where the usual number of rows is 0, any day has half of it, and the canary sees nothing. An
    expired key answers an empty 200 just as well as a company that does not use the tool, so a
    source that never had a row is not complete, and one that falls silent is believed for four
    weeks. Rows that come later vouch for an earlier silence: those days were read again since.
    """
    alive = [day.day for day in stored.values() if day.rows > 0]
    return max(alive) + timedelta(days=SILENT_DAYS) if alive else None


class _Canary:
    """Rule (d): a business day has at least half of the rows usual on that weekday.

    A day with fewer is believed after all when it was read once more a while later, by a key that
    had by then shown a normal later day: the source was alive and had nothing to add. Without this,
    the quiet days at the end of a year, or one in a small team, would stop the watermark until
    somebody noticed it. A dead key shows no normal later day, and once it is renewed, all days from
    the first low one are read again.
    """

    def __init__(self, stored: Mapping[date, DayCoverage], holidays: Collection[date]) -> None:
        self._low: set[date] = set()
        self._normal: list[DayCoverage] = []
        usual = {weekday: deque[int](maxlen=CANARY_WEEKS) for weekday in MONDAY_TO_FRIDAY}
        for day in sorted(stored.keys() - set(holidays)):
            if day.weekday() in usual:
                self._judge(stored[day], usual[day.weekday()])

    def believes(self, day: DayCoverage, lag: timedelta) -> bool:
        """Return whether the day's rows may be all that there are."""
        if day.day not in self._low:
            return True
        return day.age >= lag + LOW_SETTLED_AFTER and any(
            later.day > day.day and later.same_since <= day.fetched_at for later in self._normal
        )

    def _judge(self, day: DayCoverage, usual: deque[int]) -> None:
        """Hold a business day against the last four of its weekday that were not low.

        Low days are no measure for later ones, else a key that sees less and less would pass.
        """
        median_rows = median(usual) if usual else 0
        if 100 * day.rows < CANARY_MIN_PERCENT * median_rows:
            self._low.add(day.day)
            return
        usual.append(day.rows)
        if median_rows > 0:
            self._normal.append(day)
