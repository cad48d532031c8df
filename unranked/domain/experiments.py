"""How far the two arms of a campaign are apart: F14 of method.md 3.4.

Everybody is counted in the arm that was drawn, whatever reached them, and only once they have
matured (maturity.py). When such figures may be read is for looks.py.
"""

from dataclasses import dataclass, field
from math import ceil, floor, inf, sqrt

from unranked.domain import stats

_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Counts:
    """Of the matured people of either arm, how many there are (n), and how many did it (x)."""

    nudge_n: int = field(repr=False)
    nudge_x: int = field(repr=False)
    holdout_n: int = field(repr=False)
    holdout_x: int = field(repr=False)

    def __post_init__(self) -> None:
        for people, did in ((self.nudge_n, self.nudge_x), (self.holdout_n, self.holdout_x)):
            if not 0 <= did <= people:
                raise ValueError("Those who did it are not among the people of their arm.")

    @property
    def people(self) -> int:
        """All matured people."""
        return self.nudge_n + self.holdout_n

    @property
    def did(self) -> int:
        """All who did it."""
        return self.nudge_x + self.holdout_x


@dataclass(frozen=True, slots=True)
class Spread:
    """What drawing whole teams makes of an estimate (`contamination.spread_of`).

    inflation: so many people of teams tell as much as one drawn alone; 1 at the least.
    freedom: degrees of freedom that this is known with.
    """

    inflation: float = 1.0
    freedom: float = inf


@dataclass(frozen=True, slots=True)
class Points:
    """An interval as it is said: whole points, its ends rounded outwards."""

    low: int
    middle: int
    high: int


@dataclass(frozen=True, slots=True)
class Interval:
    """The share of the nudged less that of the held out, and between which two it lies."""

    low: float
    middle: float
    high: float

    def points(self) -> Points:
        """Return what may be said. Rounding to the nearest could say less than is possible."""
        low, middle, high = (
            round(_PERCENT * min(1.0, max(-1.0, one)), 9)
            for one in (self.low, self.middle, self.high)
        )
        return Points(floor(low), round(middle), ceil(high))


@dataclass(frozen=True, slots=True)
class Estimate:
    """d and se of F14, as shares. freedom: of se, in degrees; infinite where people are drawn."""

    uplift: float
    error: float
    freedom: float = inf

    def interval(self, boundary: float) -> Interval:
        """Return the interval that is `boundary` standard errors wide to either side."""
        wide = stats.heavier(boundary, self.freedom) * self.error
        return Interval(self.uplift - wide, self.uplift, self.uplift + wide)


def estimate(
    counts: Counts, spread: Spread | None = None, *, weight: float = 1.0
) -> Estimate | None:
    """Return F14, None where an arm is empty.

    spread: where whole teams were drawn; F14 is then of as many people as they are worth.
    weight: the part of the plus-one that these counts have; 1 for a campaign by itself.
    """
    if not counts.nudge_n or not counts.holdout_n:
        return None
    worth = (spread or Spread()).inflation
    nudge, nudge_variance = stats.plus_one(counts.nudge_n / worth, counts.nudge_x / worth, weight)
    holdout, variance = stats.plus_one(counts.holdout_n / worth, counts.holdout_x / worth, weight)
    error = sqrt(nudge_variance + variance)
    return Estimate(nudge - holdout, error, (spread or Spread()).freedom)
