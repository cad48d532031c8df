"""What pauses a campaign: the worked numbers of F13 and F17, and rules for all."""

from math import comb, isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from unranked.domain.guardrails import Breach, Ratio, breaches, sample_ratio, too_many_opt_outs
from unranked.domain.stats import rate_evidence, ratio_evidence

sends = st.integers(0, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def significant(number):
    return float(f"{number:.4g}")


@pytest.mark.parametrize(
    ("nudge", "holdout", "evidence", "said"),
    [
        (260, 340, 37.07, Ratio.WATCH),
        (240, 360, 11810, Ratio.BROKEN),
        (285, 315, 0.7181, Ratio.FINE),
    ],
)
def test_f13_gives_the_worked_evidence(nudge, holdout, evidence, said):
    assert significant(ratio_evidence(nudge, holdout, 0.5)) == evidence
    assert sample_ratio(nudge, holdout, holdout_share=0.5) is said


@pytest.mark.parametrize(
    ("opted_out", "sent", "evidence", "pauses"),
    [(6, 60, 15.54, False), (7, 60, 98.72, True), (6, 100, 0.8808, False)],
)
def test_f17_gives_the_worked_evidence(opted_out, sent, evidence, pauses):
    assert significant(rate_evidence(opted_out, sent, 0.02)) == evidence
    assert too_many_opt_outs(opted_out, sent) is pauses


def test_f17_is_the_mean_of_the_likelihood_over_rates_above_the_allowed_one():
    def likelihood(rate):
        return rate**5 * (1 - rate) ** 45

    above, _ = quad(likelihood, 0.02, 1)
    assert rate_evidence(5, 50, 0.02) == pytest.approx(above / 0.98 / likelihood(0.02))


def test_f13_is_a_fair_bet_against_the_drawn_shares():
    """Over all ways in which people could fall, the evidence is 1 in the mean."""
    for share in (0.5, 0.2):
        for people in (1, 7, 40):
            mean = sum(
                comb(people, held)
                * share**held
                * (1 - share) ** (people - held)
                * ratio_evidence(people - held, held, share)
                for held in range(people + 1)
            )
            assert mean == pytest.approx(1)


def test_f17_bets_no_more_than_is_fair_against_the_allowed_rate_and_those_below():
    for rate in (0.02, 0.01):
        mean = sum(
            comb(60, out) * rate**out * (1 - rate) ** (60 - out) * rate_evidence(out, 60, 0.02)
            for out in range(61)
        )
        assert mean == pytest.approx(1) if rate == 0.02 else mean < 1


@given(sends)
def test_one_more_who_opts_out_never_speaks_for_the_campaign(two):
    opted_out, sent = two
    found = rate_evidence(opted_out, sent, 0.02)

    assert isfinite(found)
    assert found >= 0
    if opted_out < sent:
        assert rate_evidence(opted_out + 1, sent, 0.02) >= found


def test_many_who_stay_are_no_evidence_at_all():
    assert rate_evidence(0, 10**6, 0.02) == 0
    assert rate_evidence(1000, 10**6, 0.02) == 0
    assert rate_evidence(10**6, 10**6, 0.02) > 10**300


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.sampled_from([0.05, 0.2, 0.5]))
def test_arms_have_evidence_whatever_their_size(nudge, holdout, share):
    found = ratio_evidence(nudge, holdout, share)

    assert isfinite(found)
    assert found > 0
    if share == 0.5:
        assert found == pytest.approx(ratio_evidence(holdout, nudge, share), rel=1e-6)


@pytest.mark.parametrize("share", [0.2, 0.5])
@given(people=st.integers(1, 3000))
def test_arms_as_they_were_drawn_are_fine(share, people):
    held_out = round(share * people)

    assert sample_ratio(people - held_out, held_out, holdout_share=share) is Ratio.FINE


def test_before_anybody_is_there_nothing_is_said():
    assert ratio_evidence(0, 0, 0.5) == pytest.approx(1)
    assert rate_evidence(0, 0, 0.02) == pytest.approx(1)
    assert breaches(sent=0, opted_out=0, nudge=0, holdout=0, holdout_share=0.5) == ()


def test_arms_that_fit_another_share_are_broken():
    assert sample_ratio(800, 200, holdout_share=0.2) is Ratio.FINE
    assert sample_ratio(800, 200, holdout_share=0.5) is Ratio.BROKEN
    assert sample_ratio(200, 800, holdout_share=0.2) is Ratio.BROKEN


def test_a_campaign_pauses_for_what_it_broke():
    fine = {"sent": 60, "opted_out": 6, "nudge": 285, "holdout": 315, "holdout_share": 0.5}

    assert breaches(**fine) == ()
    assert breaches(**fine | {"opted_out": 7}) == (Breach.OPT_OUTS,)
    assert breaches(**fine | {"nudge": 240, "holdout": 360}) == (Breach.SAMPLE_RATIO,)
    both = breaches(**fine | {"opted_out": 7, "nudge": 240, "holdout": 360})
    assert both == (Breach.OPT_OUTS, Breach.SAMPLE_RATIO)
    assert breaches(**fine | {"nudge": 260, "holdout": 340}) == ()  # watched, not stopped


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1])
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(ValueError, match="between 0 and 1"):
        ratio_evidence(1, 1, share)


@pytest.mark.parametrize(("opted_out", "sent"), [(2, 1), (-1, 3)])
def test_more_who_opt_out_than_were_nudged_are_refused(opted_out, sent):
    with pytest.raises(ValueError, match="not among the trials"):
        rate_evidence(opted_out, sent, 0.02)
