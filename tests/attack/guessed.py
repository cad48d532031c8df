"""How often the best guess of one person's status is right, from bands and nothing else.

The status is whether they were active at least once in a figure's window; before the bands it is
a coin's throw. Of all others only is known how people use such tools (method.md 4.8). Every figure
is computed, none drawn: people of one kind are active by themselves, so counts are sums of throws.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import pairwise
from math import exp

import numpy as np
from cut_out import LEAST, colluding, together
from said_in_a_year import Told
from scipy.stats import binom

from unranked.domain import released
from unranked.domain.usage import Window

KINDS = ((0.3, 0.0), (0.3, 0.3), (0.4, 0.9))
"""Their share, and how many times a week they use the tool."""

STATUS = (0, 1)
MOST_OVER_THE_FLOOR = 0.02
SMALL = 84
"""The days of a small group's window."""


class Meeting(StrEnum):
    """How the windows of two figures lie: the same, the second in the first, or apart."""

    SAME = "same"
    WITHIN = "within"
    APART = "apart"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two figures. both, first, second: people in both groups, or in one of them alone.

    days: of their windows.
    """

    both: int
    first: int
    second: int
    days: tuple[int, int]
    meeting: Meeting


class Whom(StrEnum):
    """Where the person stands who is guessed about."""

    BOTH = "both"
    FIRST = "first"
    SECOND = "second"


@dataclass(frozen=True, slots=True)
class Guess:
    """How often a guess is right. what: how it came to be. floor: from one of the figures alone."""

    what: str
    pair: Pair
    right: float
    floor: float


@cache
def floor(people: int, days: int) -> float:
    """Return how often the best guess is right that knows one band of one group."""
    told = _by_count(people, 0)
    others = binom.pmf(range(people), people - 1, _often(days))
    without, with_them = others @ told[:-1], others @ told[1:]
    return float(np.maximum(without, with_them).sum() / 2)


@cache
def right(pair: Pair, whom: Whom) -> float:
    """Return how often the best guess is right that knows the bands of two groups."""
    bands = [_bands_if(pair, whom, status) for status in STATUS]
    return float(np.maximum(*bands).sum() / 2)


def guesses(told: Sequence[Told]) -> Iterator[Guess]:
    """Yield every guess that two colluding managers can make in a year, each kind once."""
    for held in together(told):
        pair = colluding(held)
        ours = [one for one in held if pair and one.manager in pair]
        for at, first in enumerate(ours):
            for second in ours[at + 1 :]:
                if first.manager != second.manager:
                    yield from _compared(first, second)
    yield from _over_quarters(told)


def _over_quarters(told: Sequence[Told]) -> Iterator[Guess]:
    """A manager's group before and after a quarter's end: who joined, who left, who stayed."""
    of: dict[str, list[Told]] = {}
    for one in told:
        of.setdefault(one.manager, []).append(one)
    for own in of.values():
        for before, after in pairwise(own):
            if before.quarter != after.quarter:
                yield from _one_quarter_on(before, after)


def _one_quarter_on(before: Told, after: Told) -> Iterator[Guess]:
    pair = _pair(before, after, Meeting.APART)
    if pair.both and max(pair.first, pair.second):
        kinds = (("leaver", Whom.FIRST, pair.first), ("joiner", Whom.SECOND, pair.second))
        for what, whom, people in kinds:
            if people:
                yield _guess(what, pair, whom)


def _compared(one: Told, other: Told) -> Iterator[Guess]:
    """Two managers' figures side by side, whoever stands in one or both of them."""
    if one.people == other.people:
        return
    first, second = sorted((one, other), key=lambda each: -_days(each.window))
    if first.window.end <= second.window.start or second.window.end <= first.window.start:
        return
    alike = first.window == second.window
    pair = _pair(first, second, Meeting.SAME if alike else Meeting.WITHIN)
    if pair.both:
        for whom in Whom:
            if getattr(pair, whom):
                yield _guess("two managers", pair, whom)


def _guess(what: str, pair: Pair, whom: Whom) -> Guess:
    alone = (
        (Whom.SECOND, floor(pair.both + pair.first, pair.days[0])),
        (Whom.FIRST, floor(pair.both + pair.second, pair.days[1])),
    )
    single = max(each for without, each in alone if whom is not without)
    return Guess(what, pair, right(pair, whom), single)


def _pair(first: Told, second: Told, meeting: Meeting) -> Pair:
    both = len(first.people & second.people)
    days = (_days(first.window), _days(second.window))
    return Pair(both, len(first.people) - both, len(second.people) - both, days, meeting)


def _days(window: Window) -> int:
    return (window.end - window.start).days


def limit(days: Sequence[int]) -> float:
    """Return what no guess may pass: the floor of 4.8 for ten people, and two points."""
    return max(floor(LEAST, each) for each in days) + MOST_OVER_THE_FLOOR


def _bands_if(pair: Pair, whom: Whom, status: int) -> np.ndarray:
    """Return how likely each two bands are, given somebody's status."""
    sizes = {one: getattr(pair, one) - (one is whom) for one in Whom}
    people = (pair.both + pair.first, pair.both + pair.second)
    found = np.zeros((len(_scale(people[0])), len(_scale(people[1]))))
    counts = _counts(sizes[Whom.BOTH], pair.days, pair.meeting)
    for own, likely in _own(pair, whom, status):
        told = [
            _mixed(people[n], sizes[one], pair.days[n], own[n], len(counts))
            for n, one in enumerate((Whom.FIRST, Whom.SECOND))
        ]
        found += likely * (told[0].T @ counts @ told[1])
    return found


def _own(pair: Pair, whom: Whom, status: int) -> Iterator[tuple[tuple[int, int], float]]:
    """Yield what somebody adds to the two counts, and how likely that is given their status.

    The status is that of the second window for who is in both: the newer one, or the shorter.
    """
    if whom is not Whom.BOTH:
        yield ((status, 0) if whom is Whom.FIRST else (0, status)), 1.0
        return
    throws = _throws(pair.days, pair.meeting)
    of_status = throws[:, status] / throws[:, status].sum()
    for other in STATUS:
        yield (other, status), float(of_status[other])


@cache
def _counts(people: int, days: tuple[int, int], meeting: Meeting) -> np.ndarray:
    """Return how likely so many people are active in the one window and so many in the other."""
    one = np.zeros((people + 1, people + 1))
    if people == 0:
        return np.ones((1, 1))
    one[:2, :2] = _throws(days, meeting)
    return np.clip(np.fft.irfft2(np.fft.rfft2(one) ** people, one.shape), 0, 1)


@cache
def _throws(days: tuple[int, int], meeting: Meeting) -> np.ndarray:
    """Return how likely one person is active or not in the one window, and in the other."""
    found = np.zeros((2, 2))
    for share, rate in KINDS:
        first, second = (1 - exp(-rate * each / 7) for each in days)
        if meeting is Meeting.APART:
            found += share * np.outer((1 - first, first), (1 - second, second))
        else:
            # Active in the shorter window is active in the longer one as well.
            found += share * np.array([[1 - first, 0], [first - second, second]])
    return found


@cache
def _mixed(people: int, alone: int, days: int, own: int, rows: int) -> np.ndarray:
    """Return each band's likelihood by how many of those in both groups are active."""
    told = _by_count(people, own)
    others = binom.pmf(range(alone + 1), alone, _often(days))
    return np.array([others @ told[row : row + alone + 1] for row in range(rows)])


@cache
def _by_count(people: int, own: int) -> np.ndarray:
    """Return a row for each count, with 1 at its band. own: added to each count."""
    scale = _scale(people)
    found = np.zeros((people + 1, len(scale)))
    for count in range(people + 1):
        found[count, scale.index(released.share_band(min(count + own, people), people))] = 1
    return found


@cache
def _scale(people: int) -> list[str]:
    return sorted({released.share_band(count, people) for count in range(people + 1)})


def _often(days: int) -> float:
    return float(_throws((days, days), Meeting.SAME)[1, 1])
