"""What a campaign of a size can see (method.md 3.6), and when its people count (3.3)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unranked.domain.contamination import cluster_factor
from unranked.domain.maturity import Outcome, did, drawn_by, is_mature, window
from unranked.domain.sample_sizes import Promise, people_per_arm, power, promise

DRAWN = date(2026, 10, 5)
bases = st.sampled_from([0.02, 0.05, 0.1, 0.2, 0.4])


def after(*days):
    return [DRAWN + timedelta(days=day) for day in days]


@pytest.mark.parametrize(
    ("base", "row"),
    [
        (0.05, [4302, 432, 138, 73]),
        (0.10, [7649, 683, 197, 97]),
        (0.20, [13144, 1091, 291, 136]),
    ],
)
def test_people_per_arm_are_those_of_the_table(base, row):
    assert [people_per_arm(base, effect) for effect in (0.014, 0.05, 0.10, 0.15)] == row


def test_the_sentence_of_the_setup_screen_comes_out():
    """About 120 people see an effect of roughly 20 points, and will probably not tell."""
    found = promise(120)

    assert found == Promise(120, 0.5, 22)
    assert found.probably_cannot_tell


def test_a_large_campaign_sees_what_a_typical_nudge_does():
    assert promise(3000) == Promise(3000, 0.2, 5)
    assert not promise(3000).probably_cannot_tell
    assert promise(2000).smallest == 6
    assert promise(2000).probably_cannot_tell


@pytest.mark.parametrize(("people", "holdout"), [(999, 0.5), (1000, 0.2), (1009, 0.2)])
def test_small_campaigns_hold_out_half_and_large_ones_a_fifth(people, holdout):
    assert promise(people).holdout == holdout


def test_fewer_than_twenty_are_no_campaign_and_under_forty_see_nothing():
    assert promise(19) is None
    assert promise(20) == promise(29) == Promise(20, 0.5, None)
    assert promise(39).smallest is None  # there is no look with 15 people in an arm
    assert promise(20).probably_cannot_tell
    assert promise(40).smallest == 46


@given(st.integers(20, 300_000), bases)
def test_a_promise_tells_no_more_than_the_rounded_number(people, base):
    assert promise(people, base=base) == promise(people // 10 * 10, base=base)
    assert promise(people, base=base).people == people // 10 * 10


@given(st.integers(20, 200_000), bases, st.floats(1, 3))
def test_a_promise_is_the_smallest_that_is_found_often_enough(people, base, cluster):
    said = promise(people, base=base, cluster=cluster)

    def found(points):
        return power(said.people, points / 100, base=base, holdout=said.holdout, cluster=cluster)

    if said.smallest is None:
        assert all(found(points) < 0.8 for points in range(2, 101 - round(100 * base)))
    else:
        assert found(said.smallest) >= 0.8
        assert said.smallest == 2 or found(said.smallest - 1) < 0.8


def test_drawing_teams_takes_more_people_for_the_same():
    alone, teams = promise(600), promise(600, cluster=cluster_factor(8))

    assert teams.smallest > alone.smallest
    assert teams.people == alone.people
    assert teams.smallest == pytest.approx(alone.smallest * 1.35**0.5, abs=1)


def test_a_promise_is_never_less_than_what_is_worth_it():
    assert promise(200_000).smallest == 2


@pytest.mark.parametrize(
    ("people", "row"),
    [
        (120, [0.03, 0.10, 0.29, 0.55]),
        (240, [0.05, 0.19, 0.56, 0.86]),
        (600, [0.08, 0.44, 0.93, 1.00]),
        (1200, [0.11, 0.73, 1.00, 1.00]),
        (2400, [0.19, 0.95, 1.00, 1.00]),
    ],
)
def test_the_formula_of_power_is_near_the_simulated_table(people, row):
    found = [power(people, effect, base=0.1, holdout=0.5) for effect in (0.014, 0.05, 0.10, 0.15)]

    assert found == pytest.approx(row, abs=0.035)


@given(bases, st.sampled_from([0.2, 0.5]))
def test_more_people_never_find_less(base, holdout):
    found = [power(n, 0.1, base=base, holdout=holdout) for n in range(100, 5000, 100)]

    assert found == sorted(found)


def test_the_days_of_an_outcome_are_counted_from_the_day_after_the_draw():
    first, last = window(Outcome.A14, DRAWN), window(Outcome.P42, DRAWN)

    assert (first.start, first.end) == tuple(after(1, 15))
    assert (last.start, last.end) == tuple(after(29, 43))


@pytest.mark.parametrize(("outcome", "day"), [(Outcome.A14, 14), (Outcome.P42, 42)])
def test_a_person_matures_when_the_last_day_is_complete(outcome, day):
    assert is_mature(outcome, DRAWN, DRAWN + timedelta(days=day))
    assert not is_mature(outcome, DRAWN, DRAWN + timedelta(days=day - 1))
    assert not is_mature(outcome, DRAWN, None)


@given(st.sampled_from(list(Outcome)), st.integers(-5, 60))
def test_who_was_drawn_by_that_day_has_matured_and_nobody_else(outcome, days):
    watermark = DRAWN + timedelta(days=days)

    assert is_mature(outcome, DRAWN, watermark) == (drawn_by(outcome, watermark) >= DRAWN)


@pytest.mark.parametrize(
    ("outcome", "days", "reached"),
    [
        (Outcome.A14, (), False),
        (Outcome.A14, (0,), False),
        (Outcome.A14, (1,), True),
        (Outcome.A14, (14,), True),
        (Outcome.A14, (15, 20), False),
        (Outcome.P42, (29,), False),
        (Outcome.P42, (29, 29), False),
        (Outcome.P42, (29, 42), True),
        (Outcome.P42, (28, 29), False),
        (Outcome.P42, (42, 43), False),
        (Outcome.P42, (30, 31, 32), True),
    ],
)
def test_an_outcome_takes_its_days_within_its_window(outcome, days, reached):
    assert did(outcome, DRAWN, after(*days)) is reached
