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
    """What drawing whole teams makes of an estimate (contamination.py).

    inflation: how many times the variance is that of people drawn one by one; 1 at the least.
    freedom: degrees of freedom of that variance. teams: in the arm that has fewer.
    """

    inflation: float
    freedom: float
    teams: int = field(repr=False)


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


def estimate(counts: Counts, spread: Spread | None = None) -> Estimate | None:
    """Return F14, None where an arm is empty. spread: where whole teams were drawn."""
    if not counts.nudge_n or not counts.holdout_n:
        return None
    nudge, nudge_variance = stats.plus_one(counts.nudge_n, counts.nudge_x)
    holdout, holdout_variance = stats.plus_one(counts.holdout_n, counts.holdout_x)
    variance = nudge_variance + holdout_variance
    if spread is None:
        return Estimate(nudge - holdout, sqrt(variance))
    return Estimate(nudge - holdout, sqrt(variance * spread.inflation), spread.freedom)
