"""Whose use can be worked out for certain from all bands together, by solving for it.

A band says between which numbers a count lies. Everybody in a class looks alike, so somebody's use
is certain only where the class is certain to be active as a whole, or not at all. Whether it is, a
linear programme tells: is anything else possible?
"""

import random
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp

import numpy as np
from cut_out import classes
from said_in_a_year import Fixed, Told
from scipy.optimize import linprog

from unranked.domain import released
from unranked.domain.nesting import Nest
from unranked.domain.usage import Window

STEP = timedelta(days=28)
STEPS = range(3)
WEEKS = 4
MIXES = ((30, 30, 40), (30, 30, 40), (2, 3, 95), (97, 2, 1))
"""Of 100 people: never active, 0.3 times a week, 0.9 times. Half the teams are as in method.md 4.8;
in a quarter of them nearly all are active, in a quarter nearly nobody is."""
RATES = (0.0, 0.3, 0.9)
NEARLY = 1e-6


class Use:
    """Who was active in which 28 days of a year, made up."""

    def __init__(self, chance: random.Random, fixed: Sequence[Fixed]) -> None:
        self._active: dict[tuple[date, str], tuple[bool, ...]] = {}
        mix_of: dict[str, tuple[int, ...]] = {}
        rate_of: dict[str, float] = {}
        for one in fixed:
            for manager in sorted(one.people, key=lambda each: (-len(one.people[each]), each)):
                mix = mix_of.setdefault(manager, chance.choice(MIXES))
                for person in sorted(one.people[manager]):
                    rate_of[person] = rate_of.get(person, chance.choices(RATES, mix)[0])
            for person in sorted(frozenset().union(*one.people.values())):
                often = 1 - exp(-rate_of[person] * WEEKS)
                drawn = tuple(chance.random() < often for _ in STEPS)
                self._active[one.quarter.start, person] = drawn

    def active(self, quarter: date, window: Window, people: Collection[str]) -> int:
        """Return how many of some people were active at least once in a window."""
        steps = [
            step
            for step in STEPS
            if window.start <= quarter + step * STEP and quarter + (step + 1) * STEP <= window.end
        ]
        return sum(any(self._active[quarter, one][step] for step in steps) for one in people)


Ends = Mapping[tuple[Window, frozenset[str]], tuple[int, int]]
"""Between which numbers each count lies, for whoever knows what is said of it and by which rule."""


def said(told: Iterable[Told], use: Use) -> Ends:
    """Return what the real rule says of all groups of a quarter that have the same window."""
    alike: dict[tuple[date, Window], set[frozenset[str]]] = {}
    for one in told:
        alike.setdefault((one.quarter, one.window), set()).add(one.people)
    found: dict[tuple[Window, frozenset[str]], tuple[int, int]] = {}
    for (quarter, window), people in alike.items():
        groups = sorted(people, key=sorted)
        of_class = classes(groups)
        atoms = {
            str(number): [at for at, one in enumerate(of_class) if number in one]
            for number in range(len(groups))
        }
        nest = Nest(atoms, dict(enumerate(of_class.values())))
        alone = {family[0] for family in nest.families() if len(family) == 1}
        for name in nest:
            group = groups[int(name)]
            count = use.active(quarter, window, group)
            if name in alone:
                found[window, group] = _by_itself(count, len(group))
                continue
            one = nest.say(name, count, released.share_band)
            found[window, group] = (0, len(group)) if one is None else (one.least, one.most)
    return found


def _by_itself(active: int, people: int) -> tuple[int, int]:
    """Return the fewest and the most active people for which the band is the same."""
    band = released.share_band(active, people)
    same = [one for one in range(people + 1) if released.share_band(one, people) == band]
    return same[0], same[-1]


@dataclass(frozen=True, slots=True)
class _Programme:
    """Everything that is known: rows @ counts <= most, one count for each window and class."""

    sizes: np.ndarray
    truth: np.ndarray
    rows: np.ndarray
    most: np.ndarray

    def is_certain(self, at: int, *, all_of_it: bool) -> bool:
        """Return whether a count has to be the whole class, or else 0."""
        if self._is_another_near(at, -1 if all_of_it else 1):
            return False
        aim = np.zeros(len(self.sizes))
        aim[at] = 1 if all_of_it else -1
        ends = [(0, int(each)) for each in self.sizes]
        found = linprog(aim, A_ub=self.rows, b_ub=self.most, bounds=ends)
        if found.status != 0:
            raise ArithmeticError("What is told contradicts itself.")
        return bool(
            found.fun > self.sizes[at] - 1 + NEARLY if all_of_it else -found.fun < 1 - NEARLY
        )

    def _is_another_near(self, at: int, step: int) -> bool:
        """Return whether it fits as well with one person less or more, and one of another class.

        That is quickly tried, and mostly so.
        """
        one = np.eye(len(self.sizes))
        others = np.delete(one, at, axis=0)
        tried = self.truth + step * one[at] + np.vstack([0 * one[:1], others, -others])
        inside = ((tried >= 0) & (tried <= self.sizes)).all(axis=1)
        return bool((inside & (tried @ self.rows.T <= self.most).all(axis=1)).any())


def certain(held: Sequence[Told], use: Use, ends_of: Ends) -> int:
    """Return of how many classes it is certain what everybody in them did, from bands alone."""
    groups = sorted({one.people for one in held}, key=sorted)
    windows = tuple(sorted({one.window for one in held}, key=lambda each: (each.start, each.end)))
    quarter = held[0].quarter
    members = _members(groups)
    truth = [[use.active(quarter, window, one) for one in members.values()] for window in windows]
    ends = [
        (window * len(members) + at, count > 0)
        for window, counts in enumerate(truth)
        for at, (count, people) in enumerate(zip(counts, members.values(), strict=True))
        if count in {0, len(people)}
    ]
    if not ends:
        return 0
    known = _programme(held, groups, windows, truth, ends_of)
    return sum(known.is_certain(at, all_of_it=full) for at, full in ends)


def _members(groups: Sequence[frozenset[str]]) -> Mapping[frozenset[int], list[str]]:
    found: dict[frozenset[int], list[str]] = {one: [] for one in classes(groups)}
    for person in frozenset().union(*groups):
        found[frozenset(n for n, group in enumerate(groups) if person in group)].append(person)
    return found


def _programme(
    held: Sequence[Told],
    groups: Sequence[frozenset[str]],
    windows: tuple[Window, ...],
    truth: Sequence[Sequence[int]],
    ends_of: Ends,
) -> _Programme:
    of_class = classes(groups)
    rows: list[np.ndarray] = []
    most: list[int] = []
    for window, people in {(one.window, one.people): None for one in held}:
        number, at = groups.index(people), windows.index(window)
        inside = np.array([number in one for one in of_class], dtype=float)
        row = np.zeros((len(windows), len(of_class)))
        row[at] = inside
        least, largest = ends_of[window, people]
        rows += [row.ravel(), -row.ravel()]
        most += [largest, -least]
    for row in _within(windows, len(of_class)):
        rows.append(row)
        most.append(0)
    sizes = np.tile(list(of_class.values()), len(windows))
    return _Programme(sizes, np.array(truth).ravel(), np.array(rows), np.array(most))


def _within(windows: Sequence[Window], many: int) -> Iterator[np.ndarray]:
    """Yield what windows in each other mean: active in a part is active in the whole, and back."""
    for at, whole in enumerate(windows):
        parts = [
            n
            for n, part in enumerate(windows)
            if n != at and whole.start <= part.start and part.end <= whole.end
        ]
        days = sum((windows[n].end - windows[n].start for n in parts), timedelta())
        for one in range(many):
            for n in parts:
                row = np.zeros((len(windows), many))
                row[n, one], row[at, one] = 1, -1
                yield row.ravel()
            if parts and days == whole.end - whole.start:
                row = np.zeros((len(windows), many))
                row[at, one], row[parts, one] = 1, -1
                yield row.ravel()
