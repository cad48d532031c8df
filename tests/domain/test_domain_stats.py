import hmac

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unranked.domain.stats import (
    Arm,
    arm,
    assignment_draw,
    assignment_draws,
    chance_of_pause,
    holdout_share,
    lapse_threshold,
)

calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
habits = st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))

SILENCE = [  # method.md 2.5: P(no activity in n AWD) at a known rate
    (0.05, {5: 0.7738, 10: 0.5987, 20: 0.3585, 30: 0.2146}),
    (0.1, {5: 0.5905, 10: 0.3487, 20: 0.1216, 30: 0.04239}),
    (0.2, {5: 0.3277, 10: 0.1074, 20: 0.01153, 30: 0.001238}),
    (0.5, {5: 0.03125, 10: 0.0009766, 20: 9.537e-07, 30: 9.313e-10}),
]


@pytest.mark.parametrize(
    ("active", "smallest", "threshold"), [(30, 5, 20), (12, 15, 20), (6, 33, 33), (2, 108, 60)]
)
def test_f11_gives_the_worked_thresholds(active, smallest, threshold):
    assert chance_of_pause(active, 60, smallest) <= 0.05 < chance_of_pause(active, 60, smallest - 1)
    assert lapse_threshold(active, 60) == threshold


def test_f11_gives_the_worked_chances():
    assert chance_of_pause(6, 60, 33) == pytest.approx(0.04836, abs=5e-6)
    assert chance_of_pause(6, 60, 32) == pytest.approx(0.05212, abs=5e-6)


@pytest.mark.parametrize(("rate", "chances"), SILENCE)
def test_a_long_known_habit_pauses_by_chance_as_often_as_its_rate_says(rate, chances):
    many = 10**9
    for pause, chance in chances.items():
        assert float(f"{chance_of_pause(round(rate * many), many, pause):.4g}") == chance


def test_three_missing_days_make_a_false_zero_eight_times_as_likely():
    many = 10**9
    assert chance_of_pause(many // 2, many, 5) == pytest.approx(0.03125, rel=1e-4)
    assert chance_of_pause(many // 2, many, 2) == pytest.approx(0.25, rel=1e-4)


@calm
@given(habits)
def test_f11_is_the_smallest_pause_that_is_rarely_chance_within_its_limits(habit):
    smallest = next(n for n in range(2000) if n == 1999 or chance_of_pause(*habit, n) <= 0.05)

    assert lapse_threshold(*habit) == min(60, max(20, smallest))


def test_who_was_hardly_ever_seen_gets_the_longest_threshold():
    assert lapse_threshold(0, 0) == 60
    assert lapse_threshold(1, 60) == 60


@pytest.mark.parametrize(("active", "available"), [(2, 1), (-1, 5)])
def test_more_active_days_than_days_are_refused(active, available):
    with pytest.raises(ValueError, match="not among the available days"):
        lapse_threshold(active, available)


@pytest.mark.parametrize(
    ("person_key", "first_bytes", "drawn", "expected"),
    [
        ("u-0001", 0xC4F65E671D778081, 0.7694, Arm.NUDGE),
        ("u-0002", 0x2B2B18411046D48A, 0.1686, Arm.HOLDOUT),
        ("u-0003", 0x042E54D17A3D1913, 0.01633, Arm.HOLDOUT),
        ("u-0004", 0xBB43E9CF3160DD2A, 0.7315, Arm.NUDGE),
    ],
)
def test_f12_gives_the_worked_draws(person_key, first_bytes, drawn, expected):
    draw = assignment_draw(b"salt-for-tests", "2026-q4-first-steps", person_key)

    assert draw == first_bytes / 2**64
    assert draw == pytest.approx(drawn, rel=5e-4)
    assert arm(draw, 0.5) is expected


def test_another_salt_or_campaign_holds_out_other_people():
    people = [f"u-{n:04}" for n in range(400)]

    def held_out(salt, campaign):
        return {p for p in people if arm(assignment_draw(salt, campaign, p), 0.5) is Arm.HOLDOUT}

    first = held_out(b"a" * 32, "c-1")
    for other in (held_out(b"b" * 32, "c-1"), held_out(b"a" * 32, "c-2")):
        assert 0.35 < len(first & other) / len(first) < 0.65


@calm
@given(st.binary(max_size=32), st.text(max_size=20), st.text(max_size=20))
def test_a_draw_is_a_share_and_the_same_every_time(salt, campaign, person_key):
    draw = assignment_draw(salt, campaign, person_key)

    assert 0 <= draw <= 1
    assert draw == assignment_draw(salt, campaign, person_key)


@calm
@given(st.binary(max_size=100), st.text(max_size=20), st.text(max_size=90))
def test_both_draws_are_of_the_hmac_that_the_method_names(salt, campaign, person_key):
    digest = hmac.digest(salt, f"{campaign}|{person_key}".encode(), "sha256")
    first, second = (int.from_bytes(digest[n : n + 8], "big") / 2**64 for n in (0, 8))

    assert assignment_draws(salt, campaign, [person_key]) == [(first, second)]
    assert assignment_draw(salt, campaign, person_key) == first


def test_a_holdout_of_nothing_or_everything_is_just_that():
    assert arm(0.0, 0.0) is Arm.NUDGE
    assert arm(0.999, 1.0) is Arm.HOLDOUT
    assert arm(0.5, 0.5) is Arm.NUDGE


@pytest.mark.parametrize(("people", "share"), [(0, 0.5), (999, 0.5), (1000, 0.2), (200_000, 0.2)])
def test_small_campaigns_hold_out_half_and_large_ones_a_fifth(people, share):
    assert holdout_share(people) == share
