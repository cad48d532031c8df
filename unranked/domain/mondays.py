"""When a manager's weekly message may come: from nine on their own Monday."""

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

HOURS = OpenHours(time(9, 0), time(17, 0))
"""From nine on a Monday, or on the first working day after it, in the manager's own zone."""

AHEAD = timedelta(hours=2)
"""So long before its time a message is written, with the figures of then."""

LAST_WEEKDAY = 2
"""Who is away until Wednesday gets nothing this week: a week's practice needs a week."""


def opens_at(now: datetime, zone: str, calendar: WorkCalendar, consent: Consent) -> datetime | None:
    """Return when this week's message may go out, in UTC, or None when it is not its time.

    Its time is from two hours before nine on the first working day of the week, to the end of the
    hours of that day. Raises ValueError for an unknown zone.
    """
    calendar = calendar.with_absences(consent.leave)
    opens = next_opening(now, zone, calendar, _hours(consent))
    if opens is None or opens - now > AHEAD:
        return None
    day = local_day(opens, zone)
    monday = day - timedelta(days=day.weekday())
    return opens if day_of_week(monday, calendar) == day else None


def day_of_week(monday: date, calendar: WorkCalendar) -> date | None:
    """Return the day of a week's message, None for a week without one. calendar: with all leave."""
    return next((day for day in _days_from(monday) if calendar.works_on(day)), None)


def refused(
    consent: Consent, calendar: WorkCalendar, zone: str | None, *, at: datetime
) -> Reason | None:
    """Return why a message that is due must not go out at `at`, or None when it may."""
    if consent.declines_digests:
        return Reason.OPTED_OUT
    if zone is None or not is_zone(zone):
        return Reason.NO_ZONE
    own = calendar.with_absences(consent.leave)
    return None if may_send(at, zone, own, _hours(consent)) else Reason.CLOSED


def apart(decision: Eligible | Withheld, manager: Candidate) -> Eligible | Withheld:
    """Return the decision about a manager's nudge, held back from the day of the weekly message.

    It is decided again later, for the next open day; where that week has none, both come on one.
    """
    zone, consent = manager.zone, manager.consent
    if isinstance(decision, Withheld) or zone is None or consent.declines_digests:
        return decision
    calendar = manager.calendar.with_absences(consent.leave)
    day = local_day(decision.opens_at, zone)
    monday = day - timedelta(days=day.weekday())
    if day != day_of_week(monday, calendar):
        return decision
    rest = [day + timedelta(days=n) for n in range(1, DAYS_A_WEEK - day.weekday())]
    wanted = consent.open_hours.weekdays
    others = any(calendar.works_on(d) and d.weekday() in wanted for d in rest)
    return Withheld(Reason.NOT_SOON) if others else decision


def week_of(moment: datetime, zone: str) -> date:
    """Return the Monday of the week on the manager's own calendar."""
    day = local_day(moment, zone)
    return day - timedelta(days=day.weekday())


def _hours(consent: Consent) -> OpenHours:
    """Return a manager's own hours, where they chose any."""
    chosen = consent.open_hours
    return HOURS if chosen == OFFICE_HOURS else chosen


def _days_from(monday: date) -> list[date]:
    return [monday + timedelta(days=n) for n in range(LAST_WEEKDAY + 1)]
