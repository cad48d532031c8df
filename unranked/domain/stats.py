"""The formulas of method.md that need numbers only, each with its F number."""

import hashlib
import hmac
from collections.abc import Sequence
from enum import StrEnum
from math import comb, log

from unranked.domain.constants import (
    HOLDOUT_LARGE,
    HOLDOUT_SMALL,
    IDLE_AWD,
    INTERVAL_LEVEL,
    LAPSE_CAP_AWD,
    LAPSE_CHANCE,
    PRIOR_SHAPE,
    SMALL_CAMPAIGN,
)

_PRIOR = (1, 4)


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
    message = f"{campaign_id}|{person_key}".encode()
    digest = hmac.new(salt, message, hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


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
