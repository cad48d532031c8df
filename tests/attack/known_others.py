"""How often the best guess of one person is right for somebody who knows what all others did.

Their status stays the same over the year. How the others use such tools is as in method.md 4.8;
what they did in each window is known exactly. All is computed, none drawn.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import product
from math import exp, lgamma, log

import numpy as np
from guessed import KINDS
from scipy.fft import irfft, next_fast_len, rfft
from scipy.stats import binom

from unranked.domain import cohorts, released

SIZES = (10, 25, 50)
QUARTERS = (1, 2, 4)
ANY_DAY = date(2026, 1, 1)
NEVER = 1e-9
FAR = 400
"""Noise beyond this never comes."""

GRID = 1e-3
"""So finely is kept what a band tells, as the logarithm of odds: three digits are good."""


@dataclass(frozen=True, slots=True)
class Known:
    """How often a guess is right after some quarters.

    releases: figures in that time. usual: over all that others may do. worst: where what they do
    is as bad as can be. bound: what cannot be passed, 1 without noise.
    """

    people: int
    quarters: int
    strict: bool
    releases: int
    usual: float
    worst: float
    bound: float

    @property
    def good(self) -> bool:
        """Whether the bound was kept, but for what the grid rounds."""
        return max(self.usual, self.worst) <= self.bound + GRID


def every(sizes: Sequence[int] = SIZES) -> Iterator[Known]:
    """Yield how it is for each size and time, without strict mode and with it."""
    for people, strict, quarters in product(sizes, (False, True), QUARTERS):
        looks, days = _looks(people, strict=strict)
        yield _known(people, quarters, quarters * looks, days, strict=strict)


@cache
def noise() -> tuple[float, ...]:
    """Return how likely each noise is, from -FAR to FAR: the discrete Laplace of method.md 4.7."""
    tells = released.EPSILON
    one = (1 - exp(-tells)) / (1 + exp(-tells))
    return tuple(one * exp(-tells * abs(n)) for n in range(-FAR, FAR + 1))


def _looks(people: int, *, strict: bool) -> tuple[int, int]:
    """Return how many figures a quarter has by the gate, and of how many days each is."""
    quarter = cohorts.quarter_of(ANY_DAY)
    found = cohorts.windows(
        quarter, frozen_on=quarter.start, often=people >= cohorts.LARGE, strict=strict
    )
    return len(found), (found[0].end - found[0].start).days


def _known(people: int, quarters: int, releases: int, days: int, *, strict: bool) -> Known:
    told = _told(people, strict=strict)
    right = _with_noise if strict else _without_noise
    usual = sum(
        likely * right(counts, told, releases) for likely, counts in _others(people - 1, days)
    )
    worst = max(right(counts, told, releases) for counts in np.eye(people))
    spent = releases * released.EPSILON
    bound = exp(spent) / (1 + exp(spent)) if strict else 1.0
    return Known(people, quarters, strict, releases, float(usual), float(worst), bound)


def _told(people: int, *, strict: bool) -> np.ndarray:
    """Return how likely each band is, by somebody's status and how many others are active."""
    scale = sorted({released.share_band(count, people) for count in range(people + 1)})
    found = np.zeros((2, people, len(scale)))
    drawn = tuple(enumerate(noise(), -FAR)) if strict else ((0, 1.0),)
    for status, others in product(range(2), range(people)):
        for more, likely in drawn:
            # Fewer than nobody is nobody, and more than everybody is everybody.
            count = min(people, max(0, status + others + more))
            band = released.share_band(count, people)
            found[status, others, scale.index(band)] += likely
    return found


def _others(people: int, days: int) -> Iterator[tuple[float, np.ndarray]]:
    """Yield how likely the others are of which kinds, and how many are then active in a window.

    Their kinds stay; whether they are active is thrown anew for each window.
    """
    shares = [share for share, _ in KINDS]
    often = [1 - exp(-rate * days / 7) for _, rate in KINDS]
    for some in range(people + 1):
        for many in range(people + 1 - some):
            kinds = (people - some - many, some, many)
            ways = lgamma(people + 1) - sum(lgamma(n + 1) for n in kinds)
            likely = exp(ways + sum(n * log(share) for n, share in zip(kinds, shares, strict=True)))
            if likely < NEVER:
                continue
            throws = [_active(n, p) for n, p in zip(kinds, often, strict=True)]
            yield likely, np.convolve(np.convolve(throws[0], throws[1]), throws[2])


@cache
def _active(people: int, often: float) -> np.ndarray:
    """Return how likely each number of active people is."""
    return np.asarray(binom.pmf(range(people + 1), people, often))


def _without_noise(counts: np.ndarray, told: np.ndarray, releases: int) -> float:
    """One figure at the edge of a band says it all; all others say nothing."""
    at_edge = counts @ (told[0] != told[1]).any(axis=1)
    return float(1 - (1 - at_edge) ** releases / 2)


def _with_noise(counts: np.ndarray, told: np.ndarray, releases: int) -> float:
    """The odds of all figures multiply: their logarithms are added up, on a grid."""
    reach = round(released.EPSILON / GRID) + 1
    odds = np.rint(np.log(told[1] / told[0]) / GRID).astype(int)
    places = np.clip(odds, -reach, reach) + reach
    bins = next_fast_len(2 * reach * releases + 1)
    without, with_them = (
        np.bincount(places.ravel(), (counts[:, None] * one).ravel(), bins) for one in told
    )
    both = [irfft(rfft(one) ** releases, bins) for one in (without, with_them)]
    return float(np.maximum(*both).sum() / 2)
