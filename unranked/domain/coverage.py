"""How far a source's days are complete: the watermark, beyond which nobody is said to be idle."""

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from statistics import median

from unranked.domain.calendar import MONDAY_TO_FRIDAY
from unranked.domain.constants import (
    CANARY_FEED_ROWS,
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
        return self.fetched_at - _end_of(self.day)


class Why(StrEnum):
    """What keeps a day from being complete."""

    NOT_READ = "not_read"
    NEVER_ANY_ROW = "never_any_row"
    SILENT = "silent"
    LATE = "late"
    UNMAPPED = "unmapped"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Held:
    """The first day that is not complete, None where no day was ever read, and why it is not."""

    day: date | None
    why: Why


def complete_through(
    days: Iterable[DayCoverage],
    *,
    lag: timedelta,
    holidays: Collection[date] = (),
    quiet: bool = False,
) -> date | None:
    """Return W of method.md 2.2: the last day such that it and all stored days before are complete.

    None when not even the first is. A day that is missing ends it. Needs no clock: a day's age is
    that of its last reading, for what was not read again cannot have become more certain.

    lag: how long after its end a day's figures may be missing.
    holidays: days on which few rows are normal, for the region or because an operator said so.
    quiet: few rows are normal on any day, as where people finish something now and then.
    """
    stored = {day.day: day for day in days}
    first = min(stored, default=None)
    held = _first_held(stored, lag, holidays, quiet=quiet).day
    return None if held is None or held == first else held - ONE_DAY


def held_up(
    days: Iterable[DayCoverage],
    *,
    lag: timedelta,
    holidays: Collection[date] = (),
    quiet: bool = False,
) -> Held:
    """Return the day after `complete_through`, and which rule of method.md 2.2 holds it up."""
    return _first_held({day.day: day for day in days}, lag, holidays, quiet=quiet)


def dried_up(
    days: Iterable[DayCoverage], *, lag: timedelta, holidays: Collection[date] = ()
) -> date | None:
    """Return the first day on which one feed of several fell silent and is not believed.

    Where a provider has several feeds, a busy one would hide that another is dead. A feed with few
    rows tells nothing by the lack of them, and is left to the sum of all.
    """
    stored = {day.day: day for day in days}
    canary = _Canary(stored, holidays, least=CANARY_FEED_ROWS)
    return next((day for day in sorted(stored) if not canary.believes(stored[day], lag)), None)


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
    quiet: bool = False,
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
    watermark = complete_through(stored, lag=lag, holidays=holidays, quiet=quiet)
    if watermark is not None:
        first = max(first, watermark + ONE_DAY - reread)
    return Window(min(max(first, earliest), today), today + ONE_DAY)


def unbroken(days: Iterable[DayCoverage], *, lag: timedelta) -> tuple[DayCoverage, ...]:
    """Return the stored days that history is made of, in order.

    It ends before a day that is missing: the provider may have it later. A day that is missing, or
    that leads to nobody, so long after its end and the lag that nothing more is expected of it, is
    given up: history begins behind it, and `complete_through` of what is left can move on.
    """
    stored = {day.day: day for day in days}
    if not stored:
        return ()
    last_reading = max(day.fetched_at for day in stored.values())
    run: list[DayCoverage] = []
    for day in Window(min(stored), max(stored) + ONE_DAY).days():
        one = stored.get(day)
        if one is not None and (_mapped(one) or not _given_up(day, last_reading, lag)):
            run.append(one)
        elif _given_up(day, last_reading, lag):
            run = []
        else:
            break
    return tuple(run)


def _given_up(day: date, last_reading: datetime, lag: timedelta) -> bool:
    return last_reading - _end_of(day) >= lag + SETTLED_AFTER


def _first_held(
    stored: Mapping[date, DayCoverage],
    lag: timedelta,
    holidays: Collection[date],
    *,
    quiet: bool,
) -> Held:
    """Go through the days from the first on, up to one that is not complete or not stored."""
    if not stored:
        return Held(None, Why.NOT_READ)
    day = min(stored)
    believed_until = _silence(stored)
    if believed_until is None:
        return Held(day, Why.NEVER_ANY_ROW)
    canary = _Canary({} if quiet else stored, holidays)
    while day in stored:
        why = Why.SILENT if day > believed_until else _why(stored[day], lag, canary)
        if why is not None:
            return Held(day, why)
        day += ONE_DAY
    return Held(day, Why.NOT_READ)


def _why(day: DayCoverage, lag: timedelta, canary: "_Canary") -> Why | None:
    if not _settled(day, lag):
        return Why.LATE
    if not _mapped(day):
        return Why.UNMAPPED
    return None if canary.believes(day, lag) else Why.LOW


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

    def __init__(
        self, stored: Mapping[date, DayCoverage], holidays: Collection[date], *, least: int = 0
    ) -> None:
        self._least = least
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
        usual_enough = median_rows >= self._least
        if usual_enough and 100 * day.rows < CANARY_MIN_PERCENT * median_rows:
            self._low.add(day.day)
            return
        usual.append(day.rows)
        if median_rows > 0:
            self._normal.append(day)


def _end_of(day: date) -> datetime:
    return datetime.combine(day + ONE_DAY, time.min, UTC)
