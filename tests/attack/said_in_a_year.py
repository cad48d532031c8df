"""What the managers of an organisation are told in 52 weeks, by the real gate.

The groups come from the real `frozen`, their windows from the real `windows`. What a message says
in a week is the newest window that is complete, as `services.digests` has it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from made_up_charts import Organisation

from unranked.domain import cohorts
from unranked.domain.cohorts import Frozen, View
from unranked.domain.usage import Window

WEEKS = 52
WEEK = timedelta(days=7)
COMPLETE_AFTER = timedelta(days=3)
"""So long after a window's end its figures are known."""


@dataclass(frozen=True, slots=True)
class Told:
    """One figure as a manager gets it.

    quarter: its first day. named: who is in the group by its name, on the day it was frozen.
    people: who counts in it.
    """

    quarter: date
    manager: str
    window: Window
    people: frozenset[str] = field(repr=False)
    named: frozenset[str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Fixed:
    """The groups of a quarter with their people, and since when they count.

    often: the managers whose group has figures for every 28 days.
    """

    quarter: Window
    on: date
    views: Mapping[str, View]
    people: Mapping[str, frozenset[str]]
    named: Mapping[str, frozenset[str]]
    often: frozenset[str]

    def told(self, manager: str, day: date, *, strict: bool) -> Told | None:
        """Return what a manager is told on a day of this quarter's groups, None if nothing yet."""
        people = self.people[manager]
        often = manager in self.often
        found = cohorts.windows(self.quarter, frozen_on=self.on, often=often, strict=strict)
        for window in reversed(found):
            if window.end + COMPLETE_AFTER <= day:
                return Told(self.quarter.start, manager, window, people, self.named[manager])
        return None


@dataclass(frozen=True, slots=True)
class Year:
    """All that was told in a year, each figure once for each manager, the oldest first.

    messages: how many weekly messages said it.
    """

    messages: int
    fixed: tuple[Fixed, ...]
    banded: tuple[Told, ...]
    strict: tuple[Told, ...]


def year(organisation: Organisation, first: date) -> Year:
    """Let a year of weeks pass from a Monday on, and return what is told in them."""
    fixed: dict[date, Fixed] = {}
    told: dict[bool, dict[Told, None]] = {False: {}, True: {}}
    messages = 0
    for week in range(WEEKS):
        day = first + week * WEEK
        organisation.week()
        quarter = cohorts.quarter_of(day)
        if not is_fixed(fixed, quarter):
            on = quarter.start if fixed else day
            fixed[quarter.start] = _fix(organisation, quarter, on)
        newest = list(fixed.values())[:-3:-1]
        for strict in told:
            said = list(_messages(newest, day, strict=strict))
            told[strict] |= dict.fromkeys(said)
            messages += 0 if strict else len(said)
    return Year(messages, tuple(fixed.values()), tuple(told[False]), tuple(told[True]))


def is_fixed(fixed: Mapping[date, Fixed], quarter: Window) -> bool:
    """Return whether a quarter has its groups: they are made once."""
    return quarter.start in fixed


def _messages(newest: list[Fixed], day: date, *, strict: bool) -> Iterator[Told]:
    """Yield what each manager's message says: of this quarter's groups, or else of the last."""
    for manager in {one: None for fixed in newest for one in fixed.views}:
        for fixed in newest:
            if manager in fixed.views and (told := fixed.told(manager, day, strict=strict)):
                yield told
                break


def _fix(organisation: Organisation, quarter: Window, on: date) -> Fixed:
    chart, counted = organisation.chart(), organisation.counted()
    made: Frozen = cohorts.frozen(chart, counted, chart.managers, organisation.wishes)
    of_unit = {unit: frozenset(people) for unit, people in made.members()}
    return Fixed(
        quarter,
        on,
        made.views,
        {one: of_unit[view.unit] for one, view in made.views.items()},
        {one: counted.intersection(chart.members(v.unit)) for one, v in made.views.items()},
        frozenset(one for one, view in made.views.items() if view.unit in made.often),
    )
