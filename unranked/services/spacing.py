"""On which day a tip comes, so that nobody gets two messages of ours on one."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from unranked.domain import mondays, monthly, pulse
from unranked.domain.calendar import (
    DAYS_A_WEEK,
    OFFICE_HOURS,
    OpenHours,
    WorkCalendar,
    local_day,
    next_opening,
    week_of,
)
from unranked.domain.consent import Consent
from unranked.domain.usage import ONE_DAY
from unranked.store import Tx, checkins, leading, outbox
from unranked.store.outbox import Kind

OTHERS = (Kind.PULSE, Kind.DIGEST, Kind.MONTHLY, Kind.NOTICE)
"""What a tip gives way to. Each has its day by a rhythm of its own; a tip can wait."""


@dataclass(frozen=True, slots=True)
class Week:
    """One person's days, as far as they decide when messages come. calendar: with all leave."""

    person_key: str
    zone: str
    calendar: WorkCalendar
    consent: Consent
    hours: OpenHours


def later(tx: Tx, week: Week, now: datetime) -> datetime | None:
    """Return when a tip comes instead of today, for today is the day of another message; else None.

    What is queued for today counts, and so does what is still to be queued by its rhythm. None,
    too, for somebody of whose next days each has such a message: they would never get a tip.
    """
    today = local_day(now, week.zone)
    rhythm = _Rhythm(tx, week, now)
    if not (_is_planned(tx, week, today) or rhythm.has(today)):
        return None
    for day in (today + timedelta(days=n) for n in range(1, DAYS_A_WEEK)):
        opens = next_opening(_start(day, week.zone), week.zone, week.calendar, week.hours)
        if opens is not None and local_day(opens, week.zone) == day and not rhythm.has(day):
            return opens
    return None


class _Rhythm:
    """The days on which somebody is written to anyway, whether or not it is queued yet."""

    def __init__(self, tx: Tx, week: Week, now: datetime) -> None:
        self._tx, self._week, self._now = tx, week, now
        self._leads = leading.leads(tx, week.person_key)
        self._salt = checkins.known_salt(tx)

    def has(self, day: date) -> bool:
        """Return whether a day is one of them."""
        return day in {self._digest(week_of(day)), self._question(week_of(day))} or (
            self._month_is_said(day)
        )

    def _digest(self, monday: date) -> date | None:
        if not self._leads:
            return None
        return mondays.day_of_week(monday, self._week.calendar, self._week.consent)

    def _question(self, monday: date) -> date | None:
        consent, calendar = self._week.consent, self._week.calendar
        worked = pulse.was_worked(calendar, monday - pulse.WEEK)
        if self._salt is None or consent.declines_check_ins or not worked:
            return None
        hours = consent.open_hours.within(OFFICE_HOURS)
        days = pulse.open_days(calendar, monday, hours, busy=self._digest(monday))
        return pulse.drawn_day(self._salt, self._week.person_key, days)

    def _month_is_said(self, day: date) -> bool:
        """Return whether the word that a summary is ready comes today. Later days are not known."""
        week, now = self._week, self._now
        if day != local_day(now, week.zone) or not week.consent.wants_monthly:
            return False
        start, end = _start(day.replace(day=1), week.zone), _start(day, week.zone)
        if outbox.comes_between(self._tx, week.person_key, [Kind.MONTHLY], start, end):
            return False
        return monthly.opens_at(now, week.zone, week.calendar, week.consent) is not None


def _is_planned(tx: Tx, week: Week, day: date) -> bool:
    start, end = _start(day, week.zone), _start(day + ONE_DAY, week.zone)
    return outbox.comes_between(tx, week.person_key, OTHERS, start, end)


def _start(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(0), ZoneInfo(zone)).astimezone(UTC)
