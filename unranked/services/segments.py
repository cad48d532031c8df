"""Who is where: one segment for everybody in the roster, at the watermark."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from unranked.domain.calendar import Absence, WorkCalendar, WorkPattern
from unranked.domain.consent import Choice as ChoiceKind
from unranked.domain.consent import ChoiceMade, Consent, consent_of
from unranked.domain.people import PersonKind
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
from unranked.store import Tx, campaigns, coverage, people, usage
from unranked.store.campaigns import StoredChoice, StoredPlacement
from unranked.store.people import Seat, StoredPerson
from unranked.store.usage import Activity


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
        facts = dict(_facts(tx, runtime, now.date()))
    each = watched(runtime.progress, "people", facts.items(), len(facts))
    placed = {key: place(one, at=now.date()) for key, one in each}
    with runtime.store.write() as tx:
        known = people.keys(tx)  # somebody may have been erased since they were looked at
        kept = {key: one for key, one in placed.items() if key in known}
        campaigns.place(tx, (_stored(key, one, now.date()) for key, one in kept.items()))
    return SegmentRun(Counter(one.segment for one in placed.values()))


def calendar_of(
    person: StoredPerson, absences: list[Window], consent: Consent, *, today: date
) -> WorkCalendar:
    """Return the person's working days from the roster, their own choices and their region.

    The weekdays are the roster's, else those that the person set, else assumed (method.md 2.3).
    """
    weekdays = consent.weekdays if person.weekdays is None else person.weekdays
    pattern = WorkPattern() if weekdays is None else WorkPattern(weekdays, known=True)
    leave = tuple(Absence(w.start, None if w.end == date.max else w.end) for w in absences)
    return WorkCalendar(
        pattern=pattern,
        holidays=holidays.of_region(person.region, today=today),
        absences=(*leave, *consent.leave),
    )


def consent_from(choices: list[StoredChoice]) -> Consent:
    """Return what holds after the stored choices."""
    return consent_of(
        ChoiceMade(ChoiceKind(c.choice), c.made_at, c.until, c.value) for c in choices
    )


def _facts(tx: Tx, runtime: Runtime, today: date) -> Iterator[tuple[str, PersonFacts]]:
    tools = _Tools(tx, runtime, today)
    absences, choices = people.absences(tx), campaigns.choices(tx)
    for key, person in people.everybody(tx).items():
        consent = consent_from(choices.get(key, []))
        own = tools.activity.get(key, [])
        yield (
            key,
            PersonFacts(
                exclusion=_exclusion(person, consent),
                start_date=person.start_date,
                calendar=calendar_of(person, absences.get(key, []), consent, today=today),
                tools=tuple(tools.uses(key)),
                active_days=tools.active_days.get(key, 0),
                last_active=max((one.last for one in own), default=None),
                counted_active=tools.active_days.get(key, 0),
                counted_since=tools.counted_since(key),
            ),
        )


class _Tools:
    """Seats and activity of everybody, read with a few statements for the whole company."""

    def __init__(self, tx: Tx, runtime: Runtime, today: date) -> None:
        connectors = {one.connector.slug: one.connector for one in runtime.connectors}
        complete = coverage.completeness(tx)
        self._watermarks = {
            slug: complete[slug].complete_through if slug in complete else None
            for slug in connectors
        }
        self._dark = people.in_the_dark(tx, set(connectors))
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
        self._seats: dict[str, list[Seat]] = {}
        for seat in people.seats(tx, on=today):
            if seat.connector in connectors:
                self._seats.setdefault(seat.person_key, []).append(seat)
        self.activity: dict[str, list[Activity]] = {}
        for one in usage.activity(tx, feeds, through):
            self.activity.setdefault(one.person_key, []).append(one)
        self.active_days = usage.active_days(tx, feeds, through)

    def uses(self, person_key: str) -> Iterator[ToolUse]:
        """Yield one tool use for each seat of the person."""
        own = {one.connector: one for one in self.activity.get(person_key, [])}
        for seat in self._seats.get(person_key, []):
            done = own.get(seat.connector)
            yield ToolUse(
                tool=seat.connector,
                seat_since=seat.since,
                history_since=self._seen_whole_since(seat),
                identity_confirmed=person_key not in self._dark,
                watermark=self._watermarks[seat.connector],
                first_active=done.first if done else None,
                last_active=done.last if done else None,
            )

    def _seen_whole_since(self, seat: Seat) -> date:
        """Return since when use would have been seen, wherever it was.

        The directory may name a day of use that no row shows: up to it there was more than rows
        say. And it may forget that day after a while.
        """
        seen = seat.last_seen or date.min
        history, remembered = self._history[seat.connector], self._remembered[seat.connector]
        return max(history, seat.seen_since, remembered, seen + timedelta(days=1))

    def counted_since(self, person_key: str) -> date | None:
        """Return since when the person's active days could have been seen on any of their tools.

        Use before the seat's first day counts too: the days counted and the days they are counted
        in begin together.
        """
        history = self._history
        since = [
            max(seat.since or history[seat.connector], history[seat.connector])
            for seat in self._seats.get(person_key, [])
        ]
        first = [one.first for one in self.activity.get(person_key, [])]
        return min([*since, *first], default=None)


def _exclusion(person: StoredPerson, consent: Consent) -> Exclusion | None:
    if consent.objected:
        return Exclusion.OBJECTED
    if not person.present:
        return Exclusion.LEFT
    # A guest is no employee: nothing says that the employer may keep figures about them.
    return Exclusion.NO_LEGAL_BASIS if person.kind is PersonKind.GUEST else None


def _stored(person_key: str, placement: Placement, today: date) -> StoredPlacement:
    reason = "" if placement.reason is None else placement.reason.value
    return StoredPlacement(person_key, placement.segment.value, reason, placement.watermark, today)
