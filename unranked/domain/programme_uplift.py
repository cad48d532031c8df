"""What all campaigns together did: F16 of method.md 3.5, which may be read at any time.

Each campaign is a stratum, so that unequal holdouts do not confound. It gives the counts of the
last look that was taken, so that the programme tells of nobody whom the campaign did not.
"""

from collections.abc import Iterable
from math import sqrt

from unranked.domain.experiments import Estimate, Interval, estimate
from unranked.domain.looks import Look
from unranked.domain.stats import always_valid


def programme_uplift(looks: Iterable[Look], *, expected: int) -> Interval | None:
    """Return the uplift over all campaigns with an interval, None before the first look.

    The plus-one of F14 is one for the programme: each campaign has the part of it that it has of
    the people. One for each campaign would pull the smaller arms of many campaigns to one half,
    and the sum of that does not vanish with their number.

    looks: of each campaign the last that was taken. expected: N*, the people of a year, fixed
    before the programme is read for the first time. Raises ValueError for less than one.
    """
    if expected < 1:
        raise ValueError("The people expected in a year are fixed first, and at least one.")
    strata = [look for look in looks if look.counts.nudge_n and look.counts.holdout_n]
    people = sum(look.counts.people for look in strata)
    if not people:
        return None
    uplift = variance = 0.0
    for look in strata:
        weight = look.counts.people / people
        found = estimate(look.counts, look.spread, weight=weight)
        if found is not None:
            uplift += weight * found.uplift
            variance += (weight * found.error) ** 2
    return Estimate(uplift, sqrt(variance)).interval(always_valid(people, expected))
