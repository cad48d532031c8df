"""Whether one tip of a campaign does more than another: method.md 3.8.

Each of at most three tips is as likely for everybody who is nudged (`nudges.tip_for`), and they
are compared once, at the end, when enough people have matured with each.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations
from statistics import NormalDist

from unranked.domain.constants import ALPHA, TIP_PEOPLE, TIPS_MOST
from unranked.domain.experiments import Counts, Interval, estimate


@dataclass(frozen=True, slots=True)
class TipCounts:
    """The matured people who were to get a tip, and how many of them did it."""

    people: int = field(repr=False)
    did: int = field(repr=False)


def compare_tips(tips: Mapping[str, TipCounts]) -> Mapping[tuple[str, str], Interval]:
    """Return for each two tips by how much the share of the first is above that of the second.

    Tips with fewer than 200 matured people are compared with none. All intervals hold the truth
    together as often as one of a look does: each is made for its part of the error (Bonferroni;
    method.md is silent). So one tip is the better one where its interval does not hold zero.

    tips: at most three. Raises ValueError for more.
    """
    if len(tips) > TIPS_MOST:
        raise ValueError(f"A campaign has at most {TIPS_MOST} tips.")
    known = [(name, tip) for name, tip in tips.items() if tip.people >= TIP_PEOPLE]
    pairs = list(combinations(known, 2))
    found: dict[tuple[str, str], Interval] = {}
    for (one, first), (other, second) in pairs:
        boundary = NormalDist().inv_cdf(1 - ALPHA / 2 / len(pairs))
        between = estimate(Counts(first.people, first.did, second.people, second.did))
        if between is not None:
            found[one, other] = between.interval(boundary)
    return found
