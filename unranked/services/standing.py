"""How things stand with one person today: what they chose, and leave, whoever said it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from unranked.domain.calendar import WorkCalendar, is_zone, local_day
from unranked.domain.consent import CORRECTABLE, Consent
from unranked.domain.usage import ONE_DAY, Window
from unranked.services.runtime import Runtime
from unranked.services.segments import calendar_of, consent_from
from unranked.store import campaigns, people

SEARCHED = timedelta(days=31)
"""So far after leave a working day is looked for; without one the day after leave is said."""


@dataclass(frozen=True, slots=True)
class Leave:
    """Days away from `first` to `last`, both included, and the first working day after them."""

    first: date
    last: date
    back: date


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds for a person.

    today: the date where they are. zone: empty where none is known. weekdays: working days of the
    company's list, None where it says none. listed: leave of that list, in order.
    """

    consent: Consent
    today: date
    zone: str = ""
    weekdays: frozenset[int] | None = None
    listed: tuple[Leave, ...] = ()

    @property
    def is_away(self) -> bool:
        """Whether today is leave, by their own word or by the company's list."""
        own = any(one.covers(self.today) for one in self.consent.leave)
        return own or self.listed_now is not None

    @property
    def own_back(self) -> date | None:
        """The first day back of leave that they set themselves; None where none is running."""
        ends = [one.end for one in self.consent.absences if one.end and one.end > self.today]
        return max(ends, default=None)

    @property
    def listed_now(self) -> Leave | None:
        """The leave of the company's list that they are not back from today."""
        return next((one for one in self.listed if one.first <= self.today < one.back), None)

    @property
    def listed_next(self) -> Leave | None:
        """The first leave of the company's list that is to come."""
        return next((one for one in self.listed if one.first > self.today), None)

    @property
    def listed_lately(self) -> tuple[Leave, ...]:
        """The leave of the company's list that is over and can still matter."""
        since = self.today - CORRECTABLE
        return tuple(one for one in self.listed if since <= one.last and one.back <= self.today)


def standing(runtime: Runtime, person_key: str) -> Standing:
    """Return how things stand with the person; nothing is read of anybody else."""
    consent, today = consent_now(runtime, person_key), own_day(runtime, person_key)
    with runtime.store.read() as tx:
        person = people.one(tx, person_key)
        windows = people.absences(tx, person_key).get(person_key, [])
    if person is None:  # erased at this moment
        return Standing(consent, today, runtime.default_zone)
    calendar = calendar_of(person, windows, Consent(weekdays=consent.weekdays), today=today)
    listed = tuple(_in_order(windows, calendar))
    return Standing(consent, today, person.zone or runtime.default_zone, person.weekdays, listed)


def consent_now(runtime: Runtime, person_key: str) -> Consent:
    """Return what the person chose."""
    with runtime.store.read() as tx:
        made = campaigns.choices(tx, person_key)
    return consent_from(made.get(person_key, []))


def own_day(runtime: Runtime, person_key: str) -> date:
    """Return the date where the person is; in UTC where that is not known."""
    with runtime.store.read() as tx:
        person = people.one(tx, person_key)
    zone = (person.zone if person else "") or runtime.default_zone
    now = runtime.clock()
    return local_day(now, zone) if is_zone(zone) else now.date()


def _in_order(windows: Sequence[Window], calendar: WorkCalendar) -> Iterator[Leave]:
    """Yield leave in order. calendar: with all of it, so that nobody is back between two pieces."""
    for one in sorted(windows, key=lambda window: window.start):
        yield Leave(one.start, one.end - ONE_DAY, _worked_from(one.end, calendar))


def _worked_from(day: date, calendar: WorkCalendar) -> date:
    """Return the first working day from `day` on; `day` itself where none comes soon."""
    end = min(day, date.max - SEARCHED) + SEARCHED
    days = (day + ONE_DAY * ahead for ahead in range((end - day).days))
    return next((one for one in days if calendar.works_on(one)), day)
