"""F8, the value premium: worked numbers of method.md 1.8, its gates, and how far one moves it."""

from math import exp, log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unranked.domain import stats
from unranked.domain.constants import PREMIUM_PEOPLE, PREMIUM_STEP
from unranked.domain.premium import Premium, Quarter, value_premium

SAME = (Quarter(60, 2.5), Quarter(78, 2.6))


def test_the_worked_example_comes_out():
    exact, _, _ = stats.premium([(60, 2.5)] * 3, [(78, 2.6)] * 3, draws=10)

    assert exact == pytest.approx(0.2231, abs=5e-5)
    assert exp(exact) - 1 == pytest.approx(0.25)
    assert value_premium([SAME] * PREMIUM_PEOPLE) == Premium(28, 0, 28)


def test_too_few_people_too_little_value_or_use_say_nothing():
    assert value_premium([SAME] * (PREMIUM_PEOPLE - 1)) is None
    assert value_premium([(Quarter(29, 2.5), Quarter(78, 2.6))] * 300) is None
    assert value_premium([(Quarter(60, 2.5), Quarter(29, 2.6))] * 300) is None
    assert value_premium([(Quarter(60, 1.4), Quarter(78, 2.6))] * 300) is None
    assert value_premium([]) is None


people = st.builds(
    Quarter,
    st.floats(-90, 480).map(lambda m: round(m, 1)),
    st.floats(0, 7).map(lambda d: round(d, 1)),
)


@settings(max_examples=60, deadline=None)
@given(st.tuples(people, people), st.tuples(people, people), st.randoms(use_true_random=False))
def test_one_person_moves_the_figure_by_one_step_at_the_most(one, other, random):
    rest = [
        (Quarter(random.choice([45, 90]), 2.0), Quarter(random.choice([45, 90, 180]), 2.2))
        for _ in range(PREMIUM_PEOPLE - 1)
    ]
    found, steps = [], []
    for whole in ([*rest, one], [*rest, other]):
        before, now = zip(*whole, strict=True)
        means = [
            sum(getattr(q, name) for q in quarter) / len(whole)
            for quarter in (before, now)
            for name in ("minutes", "days")
        ]
        shown = value_premium(whole)
        if shown is None:
            return
        steps.append(round(log(1 + shown.middle / 100) / PREMIUM_STEP))
        found.append(log(means[2] / means[0]) - log(means[3] / means[1]))

    assert abs(found[0] - found[1]) <= 0.237
    assert abs(steps[0] - steps[1]) <= 1


def test_it_can_be_stored_and_read_again():
    assert Premium.of(str(Premium(25, -25, 75))) == Premium(25, -25, 75)
