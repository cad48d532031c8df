"""Who is where: one segment for everybody in the roster, at the watermark."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import NamedTuple

from unranked.domain.calendar import Absence, WorkCalendar, WorkPattern
from unranked.domain.consent import Choice as ChoiceKind
from unranked.domain.consent import ChoiceMade, Consent, consent_of
from unranked.domain.people import PersonKind
from unranked.domain.retention import weekly_since
from unranked.domain.segments import (
    Exclusion,
    PersonFacts,
    Placement,
    Segment,
    ToolUse,
    place,
)
from unranked.domain.usage import Window
from unranked.services import holidays
from unranked.services.runtime import Runtime, watched
from unranked.services.sources import no_tools
from unranked.store import Tx, activity, campaigns, coverage, people, sight
from unranked.store.activity import Activity
from unranked.store.campaigns import StoredChoice, StoredPlacement
from unranked.store.people import StoredPerson, Working

_NOTHING_DONE = Activity()


@dataclass(frozen=True, slots=True)
class SegmentRun:
    """People by segment, in exact numbers; together they are the roster."""

    people: Mapping[Segment, int]

    @property
    def roster(self) -> int:
        """The number of people placed."""
        return sum(self.people.values())


def refresh(runtime: Runtime) -> SegmentRun:
    """Place everybody anew, and store each placement with the watermark it used."""
    now = runtime.clock()
    with runtime.store.read() as tx:
        placed = dict(_placed(tx, runtime, now.date()))
    with runtime.store.write() as tx:
        known = people.keys(tx)  # somebody may have been erased since they were looked at
        kept = (pair for pair in placed.items() if pair[0] in known)
        campaigns.place(tx, (_stored(*pair, now.date()) for pair in kept))
    return SegmentRun(Counter(one.segment for one in placed.values()))


def calendar_of(
    person: StoredPerson | Working, absences: Sequence[Window], consent: Consent, *, today: date
) -> WorkCalendar:
    """Return the person's working days from the roster, their own choices and their region.

    The weekdays are the roster's, else those that the person set, else assumed (method.md 2.3).
    """
    weekdays = consent.weekdays if person.weekdays is None else person.weekdays
    calendar = _calendar(weekdays, person.region, today)
    if not absences and not consent.leave:
        return calendar
    leave = (Absence(w.start, None if w.end == date.max else w.end) for w in absences)
    return calendar.with_absences((*leave, *consent.leave))


@lru_cache(maxsize=1024)
def _calendar(weekdays: frozenset[int] | None, region: str, today: date) -> WorkCalendar:
    pattern = WorkPattern() if weekdays is None else WorkPattern(weekdays, known=True)
    return WorkCalendar(pattern, holidays.of_region(region, today=today))


def consent_from(choices: list[StoredChoice]) -> Consent:
    """Return what holds after the stored choices."""
    return consent_of(
        ChoiceMade(ChoiceKind(c.choice), c.made_at, c.until, c.value) for c in choices
    )


def _placed(tx: Tx, runtime: Runtime, today: date) -> Iterator[tuple[str, Placement]]:
    everybody = people.working(tx)
    tools = _Tools(tx, runtime, today)
    absences, choices = people.absences(tx), campaigns.choices(tx)
    decide = cache(tools.place)  # what is stored of many people is the same
    for key, person in watched(runtime.progress, "people", everybody.items(), len(everybody)):
        consent = consent_from(choices[key]) if key in choices else None
        leave = tuple(absences[key]) if key in absences else ()
        yield key, decide(_Own(person, consent, leave, *tools.of(key)))


class _Held(NamedTuple):
    """A seat, as in `Seat`, without the person."""

    tool: str
    since: date | None
    seen_since: date
    last_seen: date | None


class _Own(NamedTuple):
    """What decides about a person, as it is stored. dark: see `store/sight.py`."""

    person: Working
    consent: Consent | None
    leave: tuple[Window, ...]
    dark: bool
    seats: tuple[_Held, ...]
    done: Activity


class _Tools:
    """Seats and activity of everybody, read with a few statements for the whole company."""

    def __init__(self, tx: Tx, runtime: Runtime, today: date) -> None:
        self._today = today
        connectors = {one.connector.slug: one.connector for one in runtime.connectors}
        complete = coverage.completeness(tx)
        self._watermarks = {
            slug: complete[slug].complete_through if slug in complete else None
            for slug in connectors
        }
        self._dark = sight.in_the_dark(tx, connectors.keys() | no_tools(runtime))
        tomorrow = today + timedelta(days=1)
        self._history = {
            slug: (complete[slug].history_since if slug in complete else None) or tomorrow
            for slug in connectors
        }
        self._remembered = {
            slug: tomorrow - connector.forgets if connector.forgets else date.min
            for slug, connector in connectors.items()
        }
        feeds = {slug: connector.activity_feeds for slug, connector in connectors.items()}
        through = {slug: day for slug, day in self._watermarks.items() if day is not None}
        self._seats: dict[str, tuple[_Held, ...]] = {}
        for seat in people.seats(tx, on=today):
            if seat.connector in connectors:
                held = _Held(*seat[1:])
                self._seats[seat.person_key] = (*self._seats.get(seat.person_key, ()), held)
        self._activity = activity.of_everybody(tx, feeds, through, today=today)

    def of(self, person_key: str) -> tuple[bool, tuple[_Held, ...], Activity]:
        """Return whether something of the person's is in the dark, their seats and their use."""
        seats = self._seats.get(person_key, ())
        return person_key in self._dark, seats, self._activity.get(person_key, _NOTHING_DONE)

    def place(self, own: _Own) -> Placement:
        """Return the placement of everybody of whom this is stored."""
        consent = own.consent or Consent()
        facts = PersonFacts(
            exclusion=_exclusion(own.person, consent),
            start_date=own.person.start_date,
            calendar=calendar_of(own.person, own.leave, consent, today=self._today),
            tools=tuple(self._uses(own)),
            active_days=own.done.days,
            last_active=max((last for _, _, last in own.done.spans), default=None),
            counted_active=own.done.counted,
            counted_since=self._counted_since(own),
        )
        return place(facts, at=self._today)

    def _uses(self, own: _Own) -> Iterator[ToolUse]:
        """Yield one tool use for each seat."""
        used = {tool: (first, last) for tool, first, last in own.done.spans}
        for seat in own.seats:
            first, last = used.get(seat.tool, (None, None))
            yield ToolUse(
                tool=seat.tool,
                seat_since=seat.since,
                history_since=self._seen_whole_since(seat),
                identity_confirmed=not own.dark,
                watermark=self._watermarks[seat.tool],
                first_active=first,
                last_active=last,
            )

    def _seen_whole_since(self, seat: _Held) -> date:
        """Return since when use would have been seen, wherever it was.

        The directory may name a day of use that no row shows: up to it there was more than rows
        say. And it may forget that day after a while.
        """
        seen = seat.last_seen or date.min
        history, remembered = self._history[seat.tool], self._remembered[seat.tool]
        return max(history, seat.seen_since, remembered, seen + timedelta(days=1))

    def _counted_since(self, own: _Own) -> date | None:
        """Return since when active days could have been seen on any of the tools, and are counted.

        Use before the seat's first day counts too: the days counted and the days they are counted
        in begin together.
        """
        history = self._history
        since = [max(seat.since or history[seat.tool], history[seat.tool]) for seat in own.seats]
        first = min([*since, *(first for _, first, _ in own.done.spans)], default=None)
        return None if first is None else max(first, weekly_since(self._today))


def _exclusion(person: Working, consent: Consent) -> Exclusion | None:
    if consent.objected:
        return Exclusion.OBJECTED
    if not person.present:
        return Exclusion.LEFT
    # A guest is no employee: nothing says that the employer may keep figures about them.
    return Exclusion.NO_LEGAL_BASIS if person.kind is PersonKind.GUEST else None


def _stored(person_key: str, placement: Placement, today: date) -> StoredPlacement:
    reason = "" if placement.reason is None else placement.reason.value
    return StoredPlacement(person_key, placement.segment.value, reason, placement.watermark, today)
