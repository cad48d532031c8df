"""F14, F15 and what is said in points: the worked numbers of method.md 3.4, and rules for all."""

from math import inf, sqrt

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal, norm

from unranked.domain import stats
from unranked.domain.constants import ALPHA
from unranked.domain.experiments import Counts, Estimate, Interval, Points, Spread, estimate

WORKED = Counts(nudge_n=200, nudge_x=44, holdout_n=200, holdout_x=20)
calm = settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow]
)  # each look is an integral
arms = st.integers(0, 3000).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))
counts = st.tuples(arms, arms).map(lambda two: Counts(*two[0], *two[1]))
fractions = st.lists(st.integers(1, 1000), min_size=1, max_size=4, unique=True).map(
    lambda ts: sorted(t / 1000 for t in ts)
)


def significant(number):
    return float(f"{number:.4g}")


def spent(t):
    """Return what may be spent up to t, both sides together."""
    return float(4 * norm.sf(norm.ppf(1 - ALPHA / 4) / sqrt(t)))


def crossed(ts, bounds):
    """Return the chance that chance alone crosses one of these boundaries, by another way."""
    z = np.minimum(np.array(bounds), 11)
    t = np.array(ts)
    covariance = np.sqrt(np.minimum.outer(t, t) / np.maximum.outer(t, t))
    law = multivariate_normal(cov=covariance, allow_singular=True, seed=1, abseps=1e-5, releps=1e-5)
    return 1 - float(law.cdf(z, lower_limit=-z))


def test_f14_gives_the_worked_estimate():
    found = estimate(WORKED)

    assert significant(found.uplift) == 0.1188
    assert significant(found.error) == 0.03631


@pytest.mark.parametrize(
    ("looks", "worked"),
    [
        (4, [4.333, 2.963, 2.359, 2.014]),
        (
            12,
            [7.676, 5.367, 4.333, 3.717, 3.301, 2.998, 2.766, 2.580, 2.427, 2.299, 2.189, 2.093],
        ),
    ],
)
def test_f15_gives_the_worked_boundaries(looks, worked):
    found = stats.boundaries([look / looks for look in range(1, looks + 1)])

    assert [round(one, 3) for one in found] == worked


@pytest.mark.parametrize(
    ("look", "low", "high", "said"),
    [
        (4, -1.613, 25.38, Points(-2, 12, 26)),
        (8, 2.514, 21.25, Points(2, 12, 22)),
        (12, 4.282, 19.48, Points(4, 12, 20)),
    ],
)
def test_the_worked_intervals_come_out_and_are_said_in_whole_points(look, low, high, said):
    boundary = stats.boundaries([one / 12 for one in range(1, 13)])[look - 1]
    found = estimate(WORKED).interval(boundary)

    assert significant(100 * found.low) == low
    assert significant(100 * found.high) == high
    assert found.points() == said


def test_the_always_valid_and_the_naive_interval_come_out():
    always = estimate(WORKED).interval(stats.always_valid(400, 400))
    naive = estimate(WORKED).interval(1.96)

    assert [significant(100 * one) for one in (always.low, always.high)] == [0.8608, 22.90]
    assert [significant(one) for one in (naive.low, naive.high)] == [0.04765, 0.1900]


@given(counts)
def test_an_estimate_needs_both_arms_and_nothing_else(found):
    said = estimate(found)

    assert (said is None) == (not found.nudge_n or not found.holdout_n)
    if said is not None:  # with nobody or everybody, too, there is an error
        assert 0 < said.error < 1
        assert -1 < said.uplift < 1


@given(counts)
def test_arms_that_change_places_turn_the_sign_and_nothing_else(found):
    turned = Counts(found.holdout_n, found.holdout_x, found.nudge_n, found.nudge_x)
    said, other = estimate(found), estimate(turned)

    assert (said is None) == (other is None)
    if said is not None and other is not None:
        assert said.uplift == -other.uplift
        assert said.error == pytest.approx(other.error)


@pytest.mark.parametrize("wrong", [(3, 4, 5, 1), (3, 1, 5, 6), (3, -1, 5, 1), (-1, -1, 5, 1)])
def test_more_who_did_it_than_there_are_is_refused(wrong):
    with pytest.raises(ValueError, match="not among the people"):
        Counts(*wrong)


def test_counts_are_never_written_into_a_log_by_chance():
    assert "200" not in repr(WORKED)
    assert "44" not in repr(WORKED)


@given(st.floats(-1, 1), st.floats(0, 1.5))
def test_what_is_said_holds_what_was_found_and_is_whole(middle, wide):
    said = Interval(middle - wide, middle, middle + wide).points()

    assert -100 <= said.low <= said.middle <= said.high <= 100
    assert said.low <= max(-100, 100 * (middle - wide)) + 1e-6
    assert said.high >= min(100, 100 * (middle + wide)) - 1e-6
    assert said.low > max(-100, 100 * (middle - wide)) - 1 - 1e-6


@pytest.mark.parametrize(("share", "points"), [(0.07, 7), (0.29, 29), (0.57, 57), (-0.58, -58)])
def test_a_whole_number_of_points_stays_what_it_is(share, points):
    assert Interval(share, share, share).points() == Points(points, points, points)


def test_people_of_teams_are_worth_fewer_people():
    alone, together = estimate(WORKED), estimate(WORKED, Spread(4.0, 38.0))
    fifty = estimate(Counts(50, 11, 50, 5))

    assert together.uplift == fifty.uplift
    assert together.error == fifty.error
    assert together.interval(2.0).high > fifty.interval(2.0).high
    assert alone.interval(2.0).high < together.interval(2.0).high


def test_students_t_is_used_where_the_spread_is_known_from_few():
    assert stats.heavier(1.959964, 10) == pytest.approx(2.228139, abs=1e-5)
    assert stats.heavier(1.959964, 10**7) == pytest.approx(1.959964, abs=1e-5)
    assert stats.heavier(2.5, inf) == 2.5
    assert Estimate(0.0, 1.0, 10).interval(1.959964).low == pytest.approx(-2.228139, abs=1e-5)


@calm
@given(fractions)
def test_all_looks_together_spend_what_they_may_and_never_more(ts):
    found = stats.boundaries(ts)

    assert crossed(ts, found) == pytest.approx(spent(ts[-1]), abs=3e-4)
    assert crossed(ts, found) <= ALPHA + 3e-4


@calm
@given(fractions)
def test_no_look_is_cheaper_than_one_look_at_the_end(ts):
    assert all(one >= norm.ppf(1 - ALPHA / 2) - 1e-6 for one in stats.boundaries(ts))


@pytest.mark.parametrize("looks", [1, 2, 3, 5, 12, 26, 52])
def test_boundaries_come_down_from_look_to_look(looks):
    found = stats.boundaries([look / looks for look in range(1, looks + 1)])

    assert list(found) == sorted(found, reverse=True)
    assert len(found) == looks


@calm
@given(fractions, st.integers(1, 4))
def test_what_comes_later_changes_no_boundary_and_the_same_data_has_the_same(ts, look):
    assume(look <= len(ts))
    found = stats.boundaries(ts)

    assert stats.boundaries(ts[:look]) == found[:look]
    again = stats.boundaries([*ts[:look], ts[look - 1], *ts[look:]])
    assert again == (*found[:look], found[look - 1], *found[look:])


def test_looks_that_tell_nearly_nothing_new_are_no_trouble():
    few = stats.boundaries([0.9, 0.90001, 1.0])
    many = stats.boundaries([0.001, *(0.5 + look / 1e5 for look in range(40)), 1.0])

    assert few[2] == pytest.approx(2.050, abs=0.002)
    assert all(1.96 < one < inf for one in many)


@pytest.mark.parametrize("ts", [[0.5, 0.4], [0.0], [-0.1], [0.5, 1.1], [float("nan")]])
def test_information_that_falls_or_is_none_is_refused(ts):
    with pytest.raises(ValueError, match="not between the look before"):
        stats.boundaries(ts)


def test_no_looks_have_no_boundaries():
    assert stats.boundaries([]) == ()
