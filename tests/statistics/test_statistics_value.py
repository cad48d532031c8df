"""How often what is said of a person's value is right: F3, F6 and F7 of method.md, simulated.

`make test-statistics` runs it in full; `make test` in a small size. The seeds are fixed, so that a
run says the same every time.
"""

import os
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest

from unranked.domain import worth
from unranked.domain.constants import CHANGE_WEEKS, INTERVAL_LEVEL, PRIOR_SHAPE
from unranked.domain.finished import cost_of_work
from unranked.domain.pulse import MINUTES
from unranked.domain.worth import Change, Likely

RUNS = int(os.environ.get("UNRANKED_TEST_RUNS", "400"))
"""Simulated people in each cell."""

ERRORS = 4
"""So many standard errors of the simulation itself are allowed for."""

ANSWERS = np.array([*MINUTES.values()])
PEOPLE = {
    "sceptical": (0.15, 0.2, 0.35, 0.15, 0.1, 0.03, 0.01, 0.01, 0.0),
    "usual": (0.02, 0.08, 0.2, 0.2, 0.2, 0.15, 0.1, 0.04, 0.01),
    "skewed": (0.01, 0.02, 0.1, 0.35, 0.2, 0.1, 0.1, 0.06, 0.06),
    "two kinds of week": (0.0, 0.0, 0.4, 0.09, 0.02, 0.02, 0.07, 0.2, 0.2),
}


def slack(share):
    """Return the error of a share that the simulation may have."""
    return ERRORS * (share * (1 - share) / RUNS) ** 0.5


def median_of(chances):
    """Return the true median of the answers, a middle one where two are."""
    return int(ANSWERS[int(np.searchsorted(np.cumsum(chances), 0.5))])


@pytest.mark.parametrize("weeks", [4, 5, 6, 7, 8])
@pytest.mark.parametrize("kind", PEOPLE)
def test_f3_holds_the_true_typical_week_at_least_so_often(kind, weeks):
    chances = np.array(PEOPLE[kind]) / sum(PEOPLE[kind])
    random = np.random.default_rng([3, weeks, len(kind)])
    true, held = median_of(chances), 0
    for said in random.choice(ANSWERS, size=(RUNS, weeks), p=chances):
        found = worth.typical_week([int(one) for one in said])
        assert isinstance(found, Likely)
        held += found.low <= true <= found.high

    assert held / RUNS >= INTERVAL_LEVEL - slack(INTERVAL_LEVEL)


@pytest.mark.parametrize("expected", [2, 5, 7, 20])
def test_f6_holds_the_true_cost_of_a_piece_of_work_about_so_often(expected):
    random = np.random.default_rng([6, expected])
    cost = Decimal(84)
    held = []
    # The rate itself is drawn around what is expected: no one rate may be lucky.
    rates = random.gamma(PRIOR_SHAPE + expected, 1.0, size=RUNS) / 84
    for rate, count in zip(rates, random.poisson(rates * 84), strict=True):
        found = cost_of_work(int(count), cost)
        if found is not None:  # nothing finished: nothing is said
            held.append(float(found.low) <= 1 / rate <= float(found.high))

    assert np.mean(held) == pytest.approx(INTERVAL_LEVEL, abs=0.06 + slack(INTERVAL_LEVEL))


def test_f7_says_higher_or_lower_to_few_whose_value_never_changes():
    """Within a year, of method.md 1.7: at least one false word to at most 15 in 100."""
    chances = np.array(PEOPLE["usual"]) / sum(PEOPLE["usual"])
    random = np.random.default_rng(7)
    told = 0
    for year in random.choice(ANSWERS, size=(RUNS, 5, CHANGE_WEEKS), p=chances):
        quarters = [[int(one) for one in quarter] for quarter in year]
        words = [worth.change(now, before) for before, now in pairwise(quarters)]
        told += any(word in {Change.HIGHER, Change.LOWER} for word in words)

    assert told / RUNS <= 0.15 + slack(0.15)
    assert told, "a test of F7 that never speaks proves nothing"


def test_f7_finds_a_change_that_is_large():
    few, many = np.array(PEOPLE["sceptical"]), np.array(PEOPLE["two kinds of week"])
    random = np.random.default_rng(77)
    found = 0
    for _ in range(RUNS // 4):
        before = [int(one) for one in random.choice(ANSWERS, CHANGE_WEEKS, p=few / few.sum())]
        now = [int(one) for one in random.choice(ANSWERS, CHANGE_WEEKS, p=many / many.sum())]
        found += worth.change(now, before) is Change.HIGHER

    assert found / (RUNS // 4) >= 0.5
