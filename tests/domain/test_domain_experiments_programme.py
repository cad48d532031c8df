"""All campaigns together (F16, method.md 3.5)."""

from math import log, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unranked.domain import stats
from unranked.domain.experiments import Counts, Interval, Spread, estimate
from unranked.domain.looks import Look
from unranked.domain.programme_uplift import programme_uplift

WORKED = Counts(200, 44, 200, 20)
arms = st.integers(20, 900).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))
counts = st.tuples(arms, arms).map(lambda two: Counts(*two[0], *two[1]))


def look(found, spread=None):
    return Look(1, found, 0.5, 2.9, Interval(0, 0, 0), spread=spread)


def test_f16_gives_the_worked_multipliers():
    assert float(f"{stats.always_valid(400, 400):.4g}") == 3.035
    assert float(f"{stats.always_valid(400, 5000):.4g}") == 4.086


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_f16_is_its_formula(people, expected):
    squared = (-2 * log(0.05) + log(-2 * log(0.05) + 1)) / expected
    inner = people * squared

    assert stats.always_valid(people, expected) == pytest.approx(
        sqrt(2 * (1 + 1 / inner) * log(sqrt(inner + 1) / 0.05))
    )
    assert stats.always_valid(people, expected) > 1.96


def test_one_campaign_is_a_programme_of_itself():
    found = programme_uplift([look(WORKED)], expected=400)

    assert [float(f"{100 * one:.4g}") for one in (found.low, found.high)] == [0.8608, 22.90]
    assert found.middle == estimate(WORKED).uplift


def test_without_campaigns_there_is_no_programme():
    assert programme_uplift([], expected=400) is None
    assert programme_uplift([look(Counts(0, 0, 40, 10))], expected=400) is None


def test_a_campaign_without_a_holdout_counts_for_nothing():
    only = programme_uplift([look(WORKED)], expected=400)

    assert programme_uplift([look(WORKED), look(Counts(500, 90, 0, 0))], expected=400) == only


def test_campaigns_count_by_their_people():
    large, small = Counts(2000, 400, 2000, 200), Counts(200, 20, 200, 40)
    found = programme_uplift([look(large), look(small)], expected=4000)

    assert found.middle == pytest.approx((4000 * 0.1 - 400 * 0.1) / 4400, abs=0.0005)


def test_unequal_holdouts_do_not_confound():
    """Half of those held out start in one campaign and a tenth in the other, nudged or not."""
    eager, slow = Counts(100, 50, 100, 50), Counts(1600, 160, 400, 40)
    pooled = (50 + 160) / 1700 - (50 + 40) / 500

    found = programme_uplift([look(eager), look(slow)], expected=2200)
    assert pooled < -0.05
    assert found.middle == pytest.approx(0, abs=0.002)


def test_many_small_holdouts_do_not_pull_the_programme_to_one_half():
    """One plus-one for each of them would: by -2.6 points, and it would be called harmful."""
    found = programme_uplift([look(Counts(80, 8, 20, 2))] * 200, expected=20_000)

    assert abs(found.middle) < 0.001
    assert found.low < 0 < found.high
    each = estimate(Counts(80, 8, 20, 2))
    assert each.uplift + stats.always_valid(20_000, 20_000) * each.error / sqrt(200) < 0


@given(st.lists(counts, min_size=1, max_size=6))
def test_a_programme_is_the_mean_over_its_people(found):
    said = programme_uplift([look(one) for one in found], expected=1000)
    people = sum(one.people for one in found)
    plain = sum(
        one.people / people * (one.nudge_x / one.nudge_n - one.holdout_x / one.holdout_n)
        for one in found
    )

    assert said.middle == pytest.approx(plain, abs=2 * 1 / 22)  # what one plus-one can do
    assert said.low < said.middle < said.high


def test_campaigns_that_drew_teams_are_worth_fewer_people():
    people = programme_uplift([look(WORKED)] * 2, expected=800)
    teams = programme_uplift([look(WORKED, Spread(2.0, 30))] * 2, expected=800)

    assert teams.high - teams.low == pytest.approx(sqrt(2) * (people.high - people.low), rel=0.02)


def test_the_people_of_a_year_are_fixed_first():
    with pytest.raises(ValueError, match="expected in a year"):
        programme_uplift([look(WORKED)], expected=0)
