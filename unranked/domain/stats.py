"""The formulas of method.md that need numbers only, each with its F number."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import comb, erfc, exp, inf, isinf, lgamma, log, log1p, pi, sqrt
from statistics import NormalDist
from struct import Struct
from typing import TYPE_CHECKING

from unranked.domain.constants import (
    ALPHA,
    HOLDOUT_LARGE,
    HOLDOUT_SMALL,
    IDLE_AWD,
    INTERVAL_LEVEL,
    LAPSE_CAP_AWD,
    LAPSE_CHANCE,
    PRIOR_SHAPE,
    RATIO_PRIOR,
    SMALL_CAMPAIGN,
)

if TYPE_CHECKING:
    from hashlib import _Hash

    import numpy as np
    from numpy.typing import NDArray

_PRIOR = (1, 4)
_GRID = 801
_WIDE = 8.0
_FAR = 12.0
_MOST = 700.0
_BLOCK = 64
_PADS = (0x36, 0x5C)
_first_two = Struct(">QQ").unpack_from


class Arm(StrEnum):
    """The two halves of a comparison."""

    NUDGE = "nudge"
    HOLDOUT = "holdout"


def chance_of_pause(active: int, available: int, pause: int) -> float:
    """Return P_n of F11: the chance that this person has no active day in `pause` AWD.

    active, available: active days among the AWD before the pause. F11's ratio of beta functions
    is this product, without the loss of digits in their logarithms.
    Raises ValueError when more days are active than available, or one is negative.
    """
    if not 0 <= active <= available:
        raise ValueError("Active days are not among the available days.")
    a, b = _PRIOR[0] + active, _PRIOR[1] + available - active
    chance = 1.0
    for day in range(pause):
        chance *= (b + day) / (a + b + day)
    return chance


def lapse_threshold(active: int, available: int) -> int:
    """Return n_p of F11 in AWD, 20 to 60: a pause this long is rarely chance for this person.

    active, available and errors as in `chance_of_pause`.
    """
    chance = chance_of_pause(active, available, IDLE_AWD)
    a_and_b, b = sum(_PRIOR) + available, _PRIOR[1] + available - active
    days = IDLE_AWD
    while chance > LAPSE_CHANCE and days < LAPSE_CAP_AWD:
        chance *= (b + days) / (a_and_b + days)
        days += 1
    return days


def assignment_draw(salt: bytes, campaign_id: str, person_key: str) -> float:
    """Return u of F12, in [0, 1]. The same for the same three, so drawn once and then stored.

    salt: 32 random bytes of this campaign alone, else the same people are held out for ever.
    """
    return assignment_draws(salt, campaign_id, [person_key])[0][0]


def assignment_draws(
    salt: bytes, campaign_id: str, person_keys: Iterable[str]
) -> list[tuple[float, float]]:
    """Return for each person u of F12, and a second draw in [0, 1] that has no part in the first.

    They are the first and the next 8 bytes of one digest, and as independent as its bytes are.
    """
    before, after = _keyed(salt, f"{campaign_id}|")
    draws = []
    for person_key in person_keys:
        inner, outer = before.copy(), after.copy()
        inner.update(person_key.encode())
        outer.update(inner.digest())
        first, second = _first_two(outer.digest())
        draws.append((first / 2**64, second / 2**64))
    return draws


@lru_cache(maxsize=256)
def _keyed(salt: bytes, before: str) -> tuple["_Hash", "_Hash"]:
    """Return the two hashes of an HMAC-SHA256 (RFC 2104) of what begins with `before`.

    A copy of them takes a third of the time that `hmac.digest` does, for each of 100,000 people.
    """
    key = salt if len(salt) <= _BLOCK else hashlib.sha256(salt).digest()
    inner, outer = (
        hashlib.sha256(bytes(byte ^ pad for byte in key.ljust(_BLOCK, b"\0"))) for pad in _PADS
    )
    inner.update(before.encode())
    return inner, outer


def arm(draw: float, holdout: float) -> Arm:
    """Return the arm of F12 for a draw. holdout: the share held out, 0 to 1."""
    return Arm.HOLDOUT if draw < holdout else Arm.NUDGE


def holdout_share(expected_people: int) -> float:
    """Return h of F12: half of fewer than 1,000 people, a fifth of more."""
    return HOLDOUT_SMALL if expected_people < SMALL_CAMPAIGN else HOLDOUT_LARGE


def order_statistic(answers: int) -> int:
    """Return k of F3: from the k-th smallest to the k-th largest covers the median at the level.

    The largest such k, 1 at the least. answers: how many there are.
    """
    place, tail = 1, 0.5**answers
    while True:
        tail += comb(answers, place) * 0.5**answers
        if 1 - 2 * tail < INTERVAL_LEVEL:
            return place
        place += 1


def mann_whitney(now: Sequence[int], before: Sequence[int]) -> tuple[float, float]:
    """Return U and the two-sided p of F7: tie-corrected normal approximation, as published.

    U: over all pairs, how often a value of `now` is the larger one; a tie counts half.
    """
    from scipy.stats import mannwhitneyu  # noqa: PLC0415 - slow to import, and rarely needed

    if len({*now, *before}) == 1:
        return len(now) * len(before) / 2, 1.0  # all are tied: there is no variance to divide by
    found = mannwhitneyu(now, before, alternative="two-sided", method="asymptotic")
    return float(found.statistic), float(found.pvalue)


def cost_per_outcome(count: float, cost: float) -> tuple[float, float, float]:
    """Return median, lower and upper end of F6's cost per outcome, in the unit of `cost`.

    count, cost: of outcomes and of what they are set against, the person's own past included where
    it counts; the prior is added here. cost: above 0.
    """
    from scipy.stats import gamma  # noqa: PLC0415 - slow to import, and rarely needed

    tail = (1 - INTERVAL_LEVEL) / 2
    ends = (0.5, 1 - tail, tail)  # a high rate is a low cost
    rates = (gamma.ppf(one, PRIOR_SHAPE + count, scale=1 / cost) for one in ends)
    middle, low, high = (1 / float(rate) for rate in rates)
    return middle, low, high


def premium(
    before: Sequence[tuple[float, float]], now: Sequence[tuple[float, float]], *, draws: int
) -> tuple[float, float, float]:
    """Return P of F8 with the ends of its range, by a bootstrap that keeps each person's pair.

    before, now: (minutes, active days) a week of the same people in the same order. All four means
    are above 0. The draw is the same for the same people's figures.
    """
    import numpy as np  # noqa: PLC0415 - slow to import, and needed once a quarter

    both = np.array([(*old, *new) for old, new in zip(before, now, strict=True)])
    random = np.random.default_rng(len(both))
    picks = random.integers(0, len(both), size=(draws, len(both)))
    means = both[picks].mean(axis=1)
    means = means[(means > 0).all(axis=1)]
    found = np.array([_premium(row) for row in (both.mean(axis=0), *means)])
    tail = (1 - INTERVAL_LEVEL) / 2
    low, high = np.quantile(found[1:], [tail, 1 - tail])
    return float(found[0]), float(low), float(high)


def _premium(means: Sequence[float]) -> float:
    minutes, days, later_minutes, later_days = means
    return log(later_minutes / minutes) - log(later_days / days)


def ratio_evidence(nudge: int, holdout: int, holdout_share: float) -> float:
    """Return E of F13 against the shares that were drawn; at most 10^304. 1 says nothing.

    nudge, holdout: units that were drawn: people, or teams where teams are drawn. May be asked as
    often as one likes: under the drawn shares E ever reaches e with a chance of 1/e at most.
    Raises ValueError for a share outside (0, 1).
    """
    if not 0 < holdout_share < 1:
        raise ValueError("The share held out is not between 0 and 1.")
    p, q = 1 - holdout_share, holdout_share
    found = _log_beta(RATIO_PRIOR * p + nudge, RATIO_PRIOR * q + holdout)
    expected = _log_beta(RATIO_PRIOR * p, RATIO_PRIOR * q) + nudge * log(p) + holdout * log(q)
    return exp(min(_MOST, found - expected))


def rate_evidence(events: int, trials: int, rate: float) -> float:
    """Return E of F17 for a true rate above `rate`; at most 10^304. May be asked at any time.

    Raises ValueError for more events than trials.
    """
    from scipy.special import betaincc  # noqa: PLC0415 - slow to import, and rarely needed

    if not 0 <= events <= trials:
        raise ValueError("The events are not among the trials.")
    missed = trials - events
    above = float(betaincc(events + 1, missed + 1, rate))
    if above == 0:
        return 0.0
    found = _log_beta(events + 1, missed + 1) + log(above)
    return exp(min(_MOST, found - events * log(rate) - (missed + 1) * log1p(-rate)))


def plus_one(people: float, active: float, weight: float = 1.0) -> tuple[float, float]:
    """Return the share q of F14 and its variance. weight: the part of the plus-one, 1 for F14."""
    all_of_them = people + 2 * weight
    q = (active + weight) / all_of_them
    return q, q * (1 - q) / all_of_them


def boundaries(fractions: Sequence[float]) -> tuple[float, ...]:
    """Return b_i of F15 for the looks taken: how many standard errors an interval is wide there.

    fractions: t_i of each look, above 0 and at most 1. One that repeats the t before it spends
    nothing and has the boundary of before. Raises ValueError when a t is smaller than the one
    before it, or outside.
    """
    ts = tuple(fractions)
    return tuple(_walk(ts[:look]).boundary for look in range(1, len(ts) + 1))


def always_valid(people: int, expected: int) -> float:
    """Return the multiplier of F16. people: n, matured in both arms. expected: N*. Both above 0."""
    narrow = -2 * log(ALPHA)
    reached = people * (narrow + log(narrow + 1)) / expected
    return sqrt(2 * (1 + 1 / reached) * log(sqrt(reached + 1) / ALPHA))


def heavier(boundary: float, freedom: float) -> float:
    """Return what cuts off of Student's t what `boundary` cuts off of the normal distribution.

    freedom: degrees of freedom, infinite for the normal distribution itself.
    """
    if isinf(freedom):
        return boundary
    from scipy.special import ndtr  # noqa: PLC0415 - slow to import, and rarely needed
    from scipy.stats import t  # noqa: PLC0415 - the same

    return float(t.isf(ndtr(-boundary), freedom))


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


@dataclass(frozen=True, slots=True, eq=False)
class _Walk:
    """A Brownian motion that no look has stopped: where it is at t, and how likely.

    mass: density times the weight of Simpson's rule. spent: of ALPHA, on both sides together.
    """

    t: float
    boundary: float
    spent: float
    grid: "NDArray[np.float64]"
    mass: "NDArray[np.float64]"


@lru_cache(maxsize=256)
def _walk(fractions: tuple[float, ...]) -> _Walk:
    """Return the motion after the last of these looks: the recursion of method.md 3.4."""
    import numpy as np  # noqa: PLC0415 - slow to import, and needed at a look

    if not fractions:
        return _Walk(0.0, inf, 0.0, np.zeros(1), np.ones(1))
    before, t = _walk(fractions[:-1]), fractions[-1]
    if not before.t <= t <= 1 or t <= 0:
        raise ValueError("The information of a look is not between the look before and all of it.")
    if t == before.t:
        return before
    spent = _spent(t)
    boundary = _boundary(before, t, spent - before.spent)
    edge = min(boundary, _WIDE) * sqrt(t)
    grid = np.linspace(-edge, edge, _GRID)
    weights = np.ones(_GRID)
    weights[1:-1:2], weights[2:-1:2] = 4, 2
    step = sqrt(t - before.t)
    away = (grid[:, None] - before.grid) / step
    density = np.exp(-(away**2) / 2) @ before.mass / (step * sqrt(2 * pi))
    return _Walk(t, boundary, spent, grid, density * weights * (grid[1] - grid[0]) / 3)


def _spent(t: float) -> float:
    """Return what of ALPHA is spent at t, both sides together: 2 a(t) of F15."""
    z = NormalDist().inv_cdf(1 - ALPHA / 4)
    return 2 * erfc(z / sqrt(2 * t))


def _boundary(before: _Walk, t: float, goal: float) -> float:
    """Return the boundary that a motion which nothing stopped so far crosses with chance `goal`."""
    from scipy.special import ndtr  # noqa: PLC0415 - slow to import, and needed at a look

    low, high = 0.0, _FAR
    for _ in range(60):
        middle = (low + high) / 2
        beyond = ndtr((before.grid - middle * sqrt(t)) / sqrt(t - before.t))
        if 2 * float(beyond @ before.mass) > goal:
            low = middle
        else:
            high = middle
    return high
