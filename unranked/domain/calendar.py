"""Weeks, a person's available working days, and the hours in which something may be sent."""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from unranked.domain.constants import AFTER_LEAVE_AWD, UNKNOWN_PATTERN_FACTOR
from unranked.domain.usage import ONE_DAY

DAYS_A_WEEK = 7
MONDAY_TO_FRIDAY = frozenset(range(5))
EVERY_DAY = frozenset(range(DAYS_A_WEEK))
SEARCH_DAYS = 400


def week_of(day: date) -> date:
    """Return the Monday of the ISO week of `day`."""
    return day - timedelta(days=day.weekday())


def last_weeks(through: date, n: int) -> tuple[date, ...]:
    """Return the Mondays of the last `n` weeks that are over by the end of `through`, in order."""
    after_last = week_of(through + ONE_DAY)
    return tuple(after_last - timedelta(weeks=back) for back in range(n, 0, -1))


@dataclass(frozen=True, slots=True)
class WorkPattern:
    """The weekdays (0 is Monday) that a person works; `known` is False where we only assume."""

    weekdays: frozenset[int] = MONDAY_TO_FRIDAY
    known: bool = False

    def __post_init__(self) -> None:
        if not self.weekdays <= EVERY_DAY:
            raise ValueError("A weekday is none of 0 (Monday) to 6 (Sunday).")

    def threshold(self, working_days: int) -> int:
        """Return a threshold in AWD, half as long again where the pattern is assumed (2.3).

        Rounded up, which gives the same answer for `count < threshold` and `count >= threshold`
        as the fraction itself, because counts are whole.
        """
        if self.known:
            return working_days
        times, by = UNKNOWN_PATTERN_FACTOR
        return -(-working_days * times // by)

    def days_between(self, start: int, end: int) -> int:
        """Return how many of the days [start, end), as ordinals, are worked. Whole weeks at once.

        Called a few times for each of 200,000 people: no loop over the days.
        """
        if end <= start:
            return 0
        weeks, rest = divmod(end - start, DAYS_A_WEEK)
        first = (start - 1) % DAYS_A_WEEK  # the weekday of an ordinal: day 1 was a Monday
        return weeks * len(self.weekdays) + _worked_in(self.weekdays, first, rest)


@lru_cache(maxsize=4096)
def _worked_in(weekdays: frozenset[int], first: int, days: int) -> int:
    return sum((first + day) % DAYS_A_WEEK in weekdays for day in range(days))


@dataclass(frozen=True, slots=True)
class Absence:
    """Leave on the days [start, end): `end` is the first day back, None while nobody knows it."""

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise ValueError("An absence ends before it starts.")

    def covers(self, day: date) -> bool:
        """Return whether the person is away on `day`."""
        return self.start <= day and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """One person's working days: pattern, public holidays of the region, leave.

    holidays: one set for everybody of a region; it is only read.
    absences: may overlap.
    """

    pattern: WorkPattern = WorkPattern()
    holidays: AbstractSet[date] = frozenset()
    absences: tuple[Absence, ...] = ()

    def with_absences(self, more: Iterable[Absence]) -> "WorkCalendar":
        """Return this calendar with more leave, such as what the person set (`Consent`)."""
        return replace(self, absences=(*self.absences, *more))

    def is_away(self, day: date) -> bool:
        """Return whether the person is on leave on `day`."""
        return any(absence.covers(day) for absence in self.absences)

    def works_on(self, day: date) -> bool:
        """Return whether `day` is an available working day."""
        worked = day.weekday() in self.pattern.weekdays and day not in self.holidays
        return worked and not self.is_away(day)

    def available_days(self, after: date, through: date) -> int:
        """Return the AWD in (after, through], 0 when that is empty (method.md 2.3)."""
        start, end = after.toordinal() + 1, through.toordinal() + 1
        away = list(self._away_between(start, end))
        worked = self.pattern.days_between(start, end)
        on_leave = sum(self.pattern.days_between(*span) for span in away)
        return worked - on_leave - self._holidays_between(after, through, away)

    def just_back(self, day: date) -> bool:
        """Return whether `day` is not later than the second AWD after leave (method.md 3.7).

        Leave without a day that the person would have worked is no leave to come back from.
        """
        return any(
            absence.end is not None
            and absence.end <= day
            and self.available_days(absence.end - ONE_DAY, day) <= AFTER_LEAVE_AWD
            and self._missed_work(absence.start, absence.end)
            for absence in self.absences
        )

    def _missed_work(self, start: date, end: date) -> bool:
        worked = self.pattern.days_between(start.toordinal(), end.toordinal())
        return worked > self._holidays_between(start - ONE_DAY, end - ONE_DAY, [])

    def _away_between(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the days of leave within [start, end), as ordinals, in order, without overlap."""
        for absence in sorted(self.absences, key=lambda absence: absence.start):
            until = end if absence.end is None else min(end, absence.end.toordinal())
            start = max(start, absence.start.toordinal())
            if start < until:
                yield start, until
                start = until

    def _holidays_between(self, after: date, through: date, away: list[tuple[int, int]]) -> int:
        """Return the holidays in (after, through] that would be worked, outside of leave."""
        worked = self.pattern.weekdays
        days = [d for d in self.holidays if after < d <= through and d.weekday() in worked]
        if not away:
            return len(days)
        ordinals = (day.toordinal() for day in days)
        return sum(not any(start <= day < end for start, end in away) for day in ordinals)


@dataclass(frozen=True, slots=True)
class OpenHours:
    """The hours [start, end) of a person's own day in which something may be sent.

    weekdays: on these alone (0 is Monday), and only where the person works on them.
    """

    start: time = time(9, 30)
    end: time = time(16, 30)
    weekdays: frozenset[int] = EVERY_DAY

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError("Open hours end before they start; they cannot span midnight.")

    def within(self, outer: "OpenHours") -> "OpenHours":
        """Return the part of these hours in `outer`; without one, hours that never open."""
        start, end = max(self.start, outer.start), min(self.end, outer.end)
        weekdays = self.weekdays & outer.weekdays
        if end <= start:
            return replace(outer, weekdays=frozenset())
        return OpenHours(start, end, weekdays)


OFFICE_HOURS = OpenHours()


def is_zone(name: str | None) -> bool:
    """Return whether `name` is a time zone that we can reckon with."""
    try:
        return name is not None and _zone(name) is not None
    except ValueError:
        return False


def local_day(moment: datetime, zone: str) -> date:
    """Return the date on a person's own calendar. Raises ValueError for an unknown zone."""
    return _aware(moment).astimezone(_zone(zone)).date()


def may_send(
    now: datetime, zone: str, calendar: WorkCalendar, hours: OpenHours = OFFICE_HOURS
) -> bool:
    """Return whether `now` is within the person's open hours on a working day (method.md 3.7).

    Not on the first days after leave either. Raises ValueError for an unknown zone.
    """
    local = _aware(now).astimezone(_zone(zone))
    if not hours.start <= local.time() < hours.end:
        return False
    return _open_on(calendar, local.date(), hours)


def next_opening(
    now: datetime, zone: str, calendar: WorkCalendar, hours: OpenHours = OFFICE_HOURS
) -> datetime | None:
    """Return the earliest moment from `now` on, in UTC, at which `may_send` is true.

    None when the next 400 days have none. Raises ValueError for an unknown zone.
    """
    if may_send(now, zone, calendar, hours):
        return now.astimezone(UTC)
    today = local_day(now, zone)
    for ahead in range(SEARCH_DAYS + 1):
        day = today + timedelta(days=ahead)
        if not _open_on(calendar, day, hours):
            continue
        for moment in _starts(day, _zone(zone), hours):
            if (
                moment >= now
                and local_day(moment, zone) == day
                and may_send(moment, zone, calendar, hours)
            ):
                return moment
    return None


def _open_on(calendar: WorkCalendar, day: date, hours: OpenHours) -> bool:
    wanted = day.weekday() in hours.weekdays
    return wanted and calendar.works_on(day) and not calendar.just_back(day)


def _starts(day: date, zone: tzinfo, hours: OpenHours) -> list[datetime]:
    """Return the moments at which open hours can begin on `day`, in order.

    On a day on which clocks change, the hours may begin before the change, after it, or at it (when
    the change jumps into them, or runs over them a second time). The caller tests each.
    """
    opens = datetime.combine(day, hours.start, UTC)
    before, after = opens - 2 * ONE_DAY, opens + 2 * ONE_DAY
    old, new = _offset(before, zone), _offset(after, zone)
    if old == new:
        return [opens - old]
    return sorted((opens - old, opens - new, _change(before, after, zone)))


def _change(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """Return the first second of the new offset. It differs between `before` and `after`."""
    old = _offset(before, zone)
    low, high = int(before.timestamp()), int(after.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(datetime.fromtimestamp(middle, UTC), zone) == old:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC)


def _offset(moment: datetime, zone: tzinfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta(0)


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("A moment has no time zone.")
    return moment


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:  # OSError: the name of a folder of zones
        raise ValueError("This time zone is not in the tz database.") from error
