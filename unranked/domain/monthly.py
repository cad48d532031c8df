"""When somebody who wants it is told that their summary of a month is ready."""

from datetime import date, datetime

from unranked.domain.calendar import (
    OFFICE_HOURS,
    WorkCalendar,
    local_day,
    next_opening,
)
from unranked.domain.consent import Consent
from unranked.domain.nudges import Reason, closed
from unranked.domain.usage import ONE_DAY

FROM_DAY, TO_DAY = 5, 14
"""Between these days of a month: before, the last days of the month before are not complete."""


def opens_at(now: datetime, zone: str, calendar: WorkCalendar, consent: Consent) -> datetime | None:
    """Return when the word may go out, in UTC, or None on any other day. Raises as `calendar` does.

    On the first working day from the fifth of the month on, and not after the fourteenth.
    """
    own = calendar.with_absences(consent.leave)
    opens = next_opening(now, zone, own, consent.open_hours.within(OFFICE_HOURS))
    if opens is None or not consent.wants_monthly:
        return None
    day = local_day(opens, zone)
    if day != local_day(now, zone) or not FROM_DAY <= day.day <= TO_DAY:
        return None
    return opens


def month_before(day: date) -> date:
    """Return the first day of the month before the one of `day`."""
    return (day.replace(day=1) - ONE_DAY).replace(day=1)


def refused(
    consent: Consent, calendar: WorkCalendar, zone: str | None, *, at: datetime
) -> Reason | None:
    """Return why a word that is due must not go out at `at`, or None when it may."""
    if not consent.wants_monthly:
        return Reason.OPTED_OUT
    return closed(consent, calendar, zone, at=at)
