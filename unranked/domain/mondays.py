"""When a manager's weekly message may come: from nine on their own Monday, or when they chose."""

from datetime import date, datetime, time, timedelta

from unranked.domain.calendar import (
    DAYS_A_WEEK,
    OFFICE_HOURS,
    OpenHours,
    WorkCalendar,
    is_zone,
    local_day,
    may_send,
    next_opening,
)
from unranked.domain.consent import Consent
from unranked.domain.nudges import Candidate, Eligible, Reason, Withheld
from unranked.domain.weekly_time import WEEKDAYS

HOURS = OpenHours(time(9, 0), time(17, 0))
"""From nine on a Monday, or on the first working day after it, in the manager's own zone."""

AHEAD = timedelta(hours=2)
"""So long before its time a message is written, with the figures of then."""

LATER = 2
"""By so many days it may be late: who is away for longer gets nothing this week."""


def opens_at(now: datetime, zone: str, calendar: WorkCalendar, consent: Consent) -> datetime | None:
    """Return when this week's message may go out, in UTC, or None when it is not its time.

    Its time is from two hours before its hour on its day of the week, to the end of the hours of
    that day. Raises ValueError for an unknown zone.
    """
    calendar = calendar.with_absences(consent.leave)
    opens = next_opening(now, zone, calendar, hours(consent))
    if opens is None or opens - now > AHEAD:
        return None
    found = day_of_week(week_of(opens, zone), calendar, consent)
    return opens if found == local_day(opens, zone) else None


def day_of_week(monday: date, calendar: WorkCalendar, consent: Consent) -> date | None:
    """Return the day of a week's message, None for a week without one. calendar: with all leave."""
    wanted = hours(consent).weekdays
    days = (
        day
        for day in _days_from(monday, consent)
        if day.weekday() in wanted and calendar.works_on(day)
    )
    found = next(days, None)
    return None if found is None or consent.declines_digests_on(found) else found


def refused(
    consent: Consent, calendar: WorkCalendar, zone: str | None, *, at: datetime
) -> Reason | None:
    """Return why a message that is due must not go out at `at`, or None when it may."""
    if consent.declines_digests:
        return Reason.OPTED_OUT
    if zone is None or not is_zone(zone):
        return Reason.NO_ZONE
    if consent.declines_digests_on(local_day(at, zone)):
        return Reason.OPTED_OUT
    own = calendar.with_absences(consent.leave)
    return None if may_send(at, zone, own, hours(consent)) else Reason.CLOSED


def apart(decision: Eligible | Withheld, manager: Candidate) -> Eligible | Withheld:
    """Return the decision about a manager's nudge, held back from the day of the weekly message.

    It is decided again later, for the next open day; where that week has none, both come on one.
    """
    zone, consent = manager.zone, manager.consent
    if isinstance(decision, Withheld) or zone is None:
        return decision
    calendar = manager.calendar.with_absences(consent.leave)
    day = local_day(decision.opens_at, zone)
    monday = day - timedelta(days=day.weekday())
    if day != day_of_week(monday, calendar, consent):
        return decision
    rest = [day + timedelta(days=n) for n in range(1, DAYS_A_WEEK - day.weekday())]
    wanted = consent.open_hours.weekdays
    others = any(calendar.works_on(d) and d.weekday() in wanted for d in rest)
    return Withheld(Reason.NOT_SOON) if others else decision


def week_of(moment: datetime, zone: str) -> date:
    """Return the Monday of the week on the manager's own calendar."""
    day = local_day(moment, zone)
    return day - timedelta(days=day.weekday())


def hours(consent: Consent) -> OpenHours:
    """Return the hours of the message: from the hour chosen for it, or else a manager's own."""
    if consent.digest_at is not None:
        return OpenHours(time(consent.digest_at.hour), HOURS.end)
    chosen = consent.open_hours
    return HOURS if chosen == OFFICE_HOURS else chosen


def first_day(consent: Consent) -> int:
    """Return the weekday of the message where it is a working day; Monday is 0."""
    return 0 if consent.digest_at is None else consent.digest_at.day


def _days_from(monday: date, consent: Consent) -> list[date]:
    """Return the days that a week's message may have: its own, those after it, those before it."""
    first = first_day(consent)
    after = range(first, min(first + LATER, WEEKDAYS[-1]) + 1)
    return [monday + timedelta(days=n) for n in (*after, *reversed(range(first)))]
