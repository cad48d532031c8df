"""The weekly check-in (method.md 1.4): its answers, and the day on which somebody is asked.

When somebody is asked depends on chance and on their calendar, never on their use: a question that
use brought about would let tokens buy answers.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from unranked.domain.calendar import (
    DAYS_A_WEEK,
    OFFICE_HOURS,
    OpenHours,
    WorkCalendar,
    is_zone,
    local_day,
    may_send,
    next_opening,
    week_of,
)
from unranked.domain.consent import Consent
from unranked.domain.constants import PULSE_RARE_EVERY, PULSE_UNANSWERED_MAX
from unranked.domain.nudges import Reason, closed
from unranked.domain.usage import ONE_DAY

WEEK = timedelta(days=DAYS_A_WEEK)
_LAST_MINUTES = 30
"""Nobody is asked in the last minutes of their hours."""


class Worth(StrEnum):
    """The nine answers, in the order in which they are offered."""

    LOST_MORE = "lost_more"
    LOST_SOME = "lost_some"
    NOTHING = "nothing"
    TO_30_MIN = "to_30_min"
    TO_1_HOUR = "to_1_hour"
    TO_2_HOURS = "to_2_hours"
    TO_4_HOURS = "to_4_hours"
    TO_8_HOURS = "to_8_hours"
    MORE = "more"


MINUTES = {
    Worth.LOST_MORE: -90,
    Worth.LOST_SOME: -30,
    Worth.NOTHING: 0,
    Worth.TO_30_MIN: 15,
    Worth.TO_1_HOUR: 45,
    Worth.TO_2_HOURS: 90,
    Worth.TO_4_HOURS: 180,
    Worth.TO_8_HOURS: 360,
    Worth.MORE: 480,
}
"""What each answer counts for, in minutes a week."""


class Spent(StrEnum):
    """Where the time went, for those who are asked and want to say it. Rest is an answer."""

    MORE_WORK = "more_work"
    BETTER_WORK = "better_work"
    LEARNING = "learning"
    REST = "rest"
    OTHER = "other"


def worth_of(minutes: int) -> Worth:
    """Return the answer that counts for so many minutes. Raises ValueError for another number."""
    for worth, counted in MINUTES.items():
        if counted == minutes:
            return worth
    raise ValueError("No answer counts for so many minutes.")


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask about the week that begins on `week`, from `opens_at` (UTC) on."""

    week: date
    opens_at: datetime


def ask(
    salt: bytes,
    person_key: str,
    *,
    at: datetime,
    zone: str | None,
    calendar: WorkCalendar,
    consent: Consent,
    busy: date | None = None,
) -> Ask | None:
    """Return what to ask a person today, on their own calendar; None on every other day.

    Once a week, on one of their working days and at a time of its open hours, both drawn for this
    person and week alone; about the week before, unless they did not work in it.
    busy: a day on which they get another message of the bot by its own rhythm.
    """
    if zone is None or not is_zone(zone) or consent.declines_check_ins:
        return None
    own = calendar.with_absences(consent.leave)
    hours = consent.open_hours.within(OFFICE_HOURS)
    today = local_day(at, zone)
    monday = week_of(today)
    if drawn_day(salt, person_key, open_days(own, monday, hours, busy=busy)) != today:
        return None
    opens = next_opening(at, zone, own, hours)
    if opens is None or local_day(opens, zone) != today or not was_worked(own, monday - WEEK):
        return None  # today's hours are over, or the first days after leave are not
    closes = datetime.combine(today, hours.end, ZoneInfo(zone))
    minutes = int((closes - opens) / timedelta(minutes=1)) - _LAST_MINUTES
    drawn = _draw(salt, f"time|{person_key}|{today}") % max(1, minutes)
    moment = opens + timedelta(minutes=drawn)
    # Clocks may change within the hours.
    return Ask(monday - WEEK, moment if may_send(moment, zone, own, hours) else opens)


def is_left_alone(salt: bytes, person_key: str, week: date, unanswered: int) -> bool:
    """Return whether somebody who did not answer for long is not asked about this week.

    Which of the weeks is drawn for the person, so that not all are asked in the same one.
    unanswered: how many questions in a row they left.
    """
    if unanswered < PULSE_UNANSWERED_MAX:
        return False
    number = week.toordinal() // DAYS_A_WEEK
    return (number + _draw(salt, f"rare|{person_key}")) % PULSE_RARE_EVERY != 0


def refused(
    consent: Consent, calendar: WorkCalendar, zone: str | None, *, at: datetime
) -> Reason | None:
    """Return why a question that is due must not go out at `at`, or None when it may."""
    if consent.declines_check_ins:
        return Reason.OPTED_OUT
    return closed(consent, calendar, zone, at=at)


def was_worked(calendar: WorkCalendar, week: date) -> bool:
    """Return whether the week that begins on `week` has any available working day."""
    return calendar.available_days(week - ONE_DAY, week + WEEK - ONE_DAY) > 0


def open_days(
    calendar: WorkCalendar, monday: date, hours: OpenHours, *, busy: date | None = None
) -> list[date]:
    """Return the days of a week on which somebody can be asked; `busy` only if it is the only one.

    Only whole working days that are known in advance count: a day after leave is one of them.
    """
    days = [monday + timedelta(days=n) for n in range(DAYS_A_WEEK)]
    worked = [day for day in days if calendar.works_on(day) and day.weekday() in hours.weekdays]
    return [day for day in worked if day != busy] or worked


def drawn_day(salt: bytes, person_key: str, days: Sequence[date]) -> date | None:
    """Return one of the days of a week, each as likely; None where there is none.

    salt: 32 random bytes of this installation.
    """
    if not days:
        return None
    draw = _draw(salt, f"day|{person_key}|{week_of(days[0])}")
    return days[draw % len(days)]


def _draw(salt: bytes, message: str) -> int:
    """Return a number of 64 bits that the salt and the message alone decide."""
    digest = hmac.new(salt, message.encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big")
