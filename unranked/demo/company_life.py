"""How one made-up person's use of AI goes on: begins, pauses, comes back; and when they are away.

Week by week something may change. Nobody's leave or change depends on what the product says.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from unranked.demo.company_people import MONDAY_TO_FRIDAY, Person, Situation, chance

_WEEK = timedelta(weeks=1)
_STARTS, _STARTS_AGAIN, _LAPSES = 0.025, 0.012, 0.012  # a week
_ONLY_TRIES = 0.45
_AWAY = 0.015  # a week
_LENGTHS = (1, 5, 5, 5, 8, 12, 12, 19, 54)
_BETWEEN = timedelta(weeks=3)
_OFTEN, _NOW_AND_THEN = (0.7, 0.97), (0.1, 0.3)
_WEEKENDS = 0.04
_FROM = 0.6  # the least rate of those who now and then work at a weekend
_REGULAR = {
    Situation.ACTIVE_DAILY: _OFTEN,
    Situation.SINGLE_TOOL: _OFTEN,
    Situation.ACTIVE_OCCASIONALLY: _NOW_AND_THEN,
}


@dataclass(frozen=True, slots=True)
class Absence:
    """Leave, both days inclusive. known: the day on which somebody enters it in the roster."""

    first: date
    last: date
    known: date


@dataclass(slots=True)
class Life:
    """What a person does. days: of use, by tool. started, lapsed: the first time of each."""

    absences: tuple[Absence, ...] = ()
    days: Mapping[str, Sequence[date]] = field(default_factory=dict)
    started: date | None = None
    lapsed: date | None = None


def life_of(
    rng: Random,
    person: Person,
    used: Collection[str],
    days: tuple[date, date],
    *,
    gone: date | None,
) -> Life:
    """Return what a person does after the first of the `days`, up to and with the last.

    used: the accounts that were used at all until then. gone: their first day elsewhere.
    """
    today, ends = days
    life = Life(tuple(_absences(rng, person, today, ends)))
    end = min(ends + timedelta(days=1), gone or date.max)
    begin = max(today + timedelta(days=1), person.start)
    tools = [tool for tool, seat in sorted(person.seats.items()) if seat.id in used]
    ever = bool(tools)
    if not tools:
        tools = sorted(person.seats) if chance(rng, 0.6) else sorted(person.seats)[:1]
    if tools:
        everything = _days(rng, life, person, (begin, end), ever=ever)
        life.days = {tool: sorted(_of_tool(rng, everything, tools)) for tool in tools}
    return life


def _of_tool(rng: Random, days: Sequence[date], tools: Collection[str]) -> Iterator[date]:
    """Yield the days on which one of the tools is used: of several, not each on every day."""
    return (day for day in days if len(tools) == 1 or chance(rng, 0.85))


def _days(
    rng: Random, life: Life, person: Person, days: tuple[date, date], *, ever: bool
) -> list[date]:
    begin, end = days
    found: list[date] = []
    rate, usual = _at_first(rng, person, ever=ever)
    week = begin
    while week < end:
        workdays = person.workdays(week, min(week + _WEEK, end))
        if rate > 0 and chance(rng, _LAPSES):
            rate, life.lapsed = 0.0, life.lapsed or week
        elif rate == 0 and workdays and chance(rng, _STARTS_AGAIN if ever else _STARTS):
            if not ever and chance(rng, _ONLY_TRIES):
                found += rng.sample(workdays, min(len(workdays), rng.randint(1, 2)))
            else:
                rate, life.started = usual, life.started or week
                found.append(workdays[0])
            ever = True
        found += [day for day in workdays if chance(rng, rate)]
        if rate > _FROM:
            found += [day for day in _weekend(week, end) if chance(rng, _WEEKENDS)]
        week += _WEEK
    return sorted({day for day in found if not _is_away(person, life.absences, day)})


def _at_first(rng: Random, person: Person, *, ever: bool) -> tuple[float, float]:
    """Return the share of days with use now, and what it will be once the person uses AI."""
    usual = rng.uniform(*_REGULAR.get(person.situation, (0.2, 0.9)))
    if person.situation in _REGULAR:
        return usual, usual
    open_ended = person.situation in {Situation.NEW_JOINER, Situation.ON_LEAVE}
    if open_ended and (ever or chance(rng, 0.4)):
        return usual, usual
    return 0.0, usual


def _weekend(week: date, end: date) -> Iterator[date]:
    days = (week + timedelta(days=n) for n in range(7))
    return (day for day in days if day < end and day.weekday() not in MONDAY_TO_FRIDAY)


def _is_away(person: Person, absences: Collection[Absence], day: date) -> bool:
    return any(a.first <= day <= a.last for a in absences) or any(
        first <= day <= last for first, last in person.leave
    )


def _absences(rng: Random, person: Person, today: date, ends: date) -> Iterator[Absence]:
    """Yield leave that is not known yet on `today`, apart from all other leave."""
    free = max(today, person.start) + _BETWEEN
    while free < ends:
        monday = free - timedelta(days=free.weekday())
        free += _WEEK
        if not chance(rng, _AWAY):
            continue
        first = monday + timedelta(days=rng.choice((0, 0, 0, 1, 3)))
        last = first + timedelta(days=rng.choice(_LENGTHS) - 1)
        entered = first - timedelta(days=rng.randint(1, 21))
        near = (s - _BETWEEN <= last and first <= e + _BETWEEN for s, e in person.leave)
        if not any(near):
            yield Absence(first, last, entered)
            free = last + _BETWEEN
