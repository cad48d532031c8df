"""When the product's jobs have work in the made-up company, by their real schedule.

A real installation looks every hour, or every minute, and mostly finds nothing to do. Here only
those moments of the same schedule are kept at which there is something.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from jobs.schedule import JOBS
from unranked.demo.company_usage import midnight
from unranked.domain import mondays
from unranked.domain.calendar import is_zone
from unranked.domain.cohorts import quarter_of
from unranked.domain.weekly_time import WEEKDAYS
from unranked.services.runtime import Runtime
from unranked.services.segments import calendar_of, consent_from
from unranked.store import campaigns, chat_pauses, people, turns

_DAY = timedelta(days=1)
_MIDNIGHT = datetime(2000, 1, 1, tzinfo=UTC)
DELIVERY_EVERY = timedelta(minutes=30)
"""The real schedule looks every minute. Here a day's questions, which are asked at random times, go
out together; half an hour keeps everything within its window.
"""

PULSE_HOURS = (5, 13, 22)
"""UTC: mornings of Europe and Asia's afternoons, of the Americas, and of the Pacific."""

_TRIGGERS = {name: CronTrigger(**job.cron, timezone="UTC") for name, job in JOBS.items()}


def fires(job: str, at: datetime) -> datetime:
    """Return the first moment from `at` on at which the real schedule runs a job."""
    trigger = _TRIGGERS[job]
    # The trigger rounds up to whole seconds; what lies within one is after its beginning.
    found: datetime = trigger.get_next_fire_time(None, at)
    return found.astimezone(UTC)


def pulse_due(at: datetime) -> datetime:
    """Return the first moment from `at` on at which somebody's day of the question may begin.

    Three times a day are enough for every zone to have one within its day and before its hours end.
    """
    days = (at.date(), at.date() + _DAY)
    every = (datetime.combine(day, time(hour), UTC) for day in days for hour in PULSE_HOURS)
    return next(found for one in every if (found := fires("pulse", one)) >= at)


def delivery_due(runtime: Runtime, after: datetime) -> datetime | None:
    """Return when a waiting message may be taken, not before `after`; None where none waits."""
    with runtime.store.read() as tx:
        due = turns.next_due(tx, runtime.channel.name)
        pause = chat_pauses.paused(tx, runtime.channel.name)
    if due is None:
        return None
    at = max(due, after, pause.until if pause else after)
    return fires("delivery", at + (_MIDNIGHT - at) % DELIVERY_EVERY)


def digests_due(runtime: Runtime, start: datetime, end: datetime) -> list[datetime]:
    """Return the moments of [start, end) at which some manager's weekly message can be written.

    And the beginning of a quarter, when its groups are fixed.
    """
    return sorted(at for at in {*_weeks(runtime, start, end), *_quarters(start, end)} if at < end)


def _quarters(start: datetime, end: datetime) -> Iterator[datetime]:
    begins = midnight(quarter_of(end.date()).start)
    if start <= begins:
        yield fires("digests", begins)


def _weeks(runtime: Runtime, start: datetime, end: datetime) -> Iterator[datetime]:
    with runtime.store.read() as tx:
        everybody = people.everybody(tx)
        choices, absences = campaigns.choices(tx), people.absences(tx)
    for key in {person.manager_key for person in everybody.values() if person.present}:
        manager = everybody.get(key or "")
        zone = (manager.zone or runtime.default_zone) if manager else ""
        if manager is None or not is_zone(zone):
            continue
        consent = consent_from(choices.get(manager.person_key, []))
        hours = mondays.hours(consent)
        for day in _days(start, end):
            written = _local(day, hours.start, zone) - mondays.AHEAD
            at = fires("digests", max(written, start))
            today = at.date()
            calendar = calendar_of(
                manager, absences.get(manager.person_key, []), consent, today=today
            )
            if mondays.opens_at(at, zone, calendar, consent) is not None:
                yield at


def _days(start: datetime, end: datetime) -> Iterator[date]:
    """Yield the days on whose local mornings it can be time, in whatever zone."""
    day = start.date() - _DAY
    while day <= end.date() + _DAY:
        if day.weekday() in WEEKDAYS:
            yield day
        day += _DAY


def _local(day: date, at: time, zone: str) -> datetime:
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)
