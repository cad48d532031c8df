"""What a campaign of a size can see, said before it starts: method.md 3.6."""

from dataclasses import dataclass
from math import ceil, sqrt
from statistics import NormalDist

from unranked.domain.constants import (
    ALPHA,
    AUDIENCE_STEP,
    BASE_RATE,
    CAMPAIGN_PEOPLE,
    LOOK_OUTCOMES,
    LOOK_PEOPLE,
    LOOKS_COST,
    POWER,
    TYPICAL_EFFECT,
    WORTH_IT,
)
from unranked.domain.stats import holdout_share, plus_one

_PERCENT = 100
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Promise:
    """What the set-up screen says.

    people: rounded down to ten. holdout: the share held out (F12). smallest: the effect in whole
    points that is found 8 times in 10; None where none would be. Never less than what is worth it:
    a smaller effect may be said to be not worth it before it is said to work.
    """

    people: int
    holdout: float
    smallest: int | None

    @property
    def probably_cannot_tell(self) -> bool:
        """Whether a typical nudge does less than what can be seen."""
        return self.smallest is None or self.smallest > round(_PERCENT * TYPICAL_EFFECT)


def promise(
    people: int, *, base: float = BASE_RATE, cluster: float = 1.0, holdout: float | None = None
) -> Promise | None:
    """Return what a campaign with so many people can see; None for fewer than 20.

    Made from the rounded number, so that it tells no more of it. base: the share that starts
    anyway. cluster: `contamination.cluster_factor` where teams are drawn, otherwise 1. holdout: the
    share that the team chose; None: as F12 says.
    """
    if people < CAMPAIGN_PEOPLE:
        return None
    said = people // AUDIENCE_STEP * AUDIENCE_STEP
    holdout = holdout_share(said) if holdout is None else holdout
    for points in range(round(_PERCENT * WORTH_IT), round(_PERCENT * (1 - base)) + 1):
        effect = points / _PERCENT
        if power(said, effect, base=base, holdout=holdout, cluster=cluster) >= POWER:
            return Promise(said, holdout, points)
    return Promise(said, holdout, None)


def people_per_arm(base: float, effect: float) -> int:
    """Return how many people either of two equal arms needs, with one look at the end.

    The table of method.md 3.6. base: the share that starts anyway. effect: what is to be found 8
    times in 10, above 0.
    """
    errors = _NORMAL.inv_cdf(1 - ALPHA / 2) + _NORMAL.inv_cdf(POWER)
    return ceil(errors**2 * (_variance(base) + _variance(base + effect)) / effect**2)


def power(
    people: int, effect: float, *, base: float, holdout: float, cluster: float = 1.0
) -> float:
    """Return how often a campaign with weekly looks says that a nudge with this effect works.

    The normal approximation behind the table of method.md 3.6, with what that leaves out: the
    plus-one of F14, and the chance that too few start for any look (the data-light rule). Small
    campaigns would otherwise be promised more than they find.
    """
    arms = ((1 - holdout) * people, base + effect), (holdout * people, base)
    if min(size for size, _ in arms) < LOOK_PEOPLE:
        return 0.0
    (nudge, nudge_error, nudge_spread), (held_out, holdout_error, holdout_spread) = (
        _expected(size / cluster, share) for size, share in arms
    )
    error, spread = sqrt(nudge_error + holdout_error), sqrt(nudge_spread + holdout_spread)
    beyond = (nudge - held_out) / sqrt(LOOKS_COST) - _NORMAL.inv_cdf(1 - ALPHA / 2) * error
    started = sum(size * share for size, share in arms)
    varies = sqrt(cluster * sum(size * _variance(share) for size, share in arms))
    seen = min(started, people - started) - LOOK_OUTCOMES
    return _chance(beyond, spread) * _chance(seen, varies)


def _expected(people: float, share: float) -> tuple[float, float, float]:
    """Return what F14 says of an arm on average: q, its variance, and how much q varies."""
    q, error = plus_one(people, people * share)
    return q, error, people * _variance(share) / (people + 2) ** 2


def _chance(beyond: float, spread: float) -> float:
    return _NORMAL.cdf(beyond / spread) if spread else float(beyond >= 0)


def _variance(share: float) -> float:
    return share * (1 - share)
