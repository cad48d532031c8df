"""How often what is said of a campaign is right: F14 to F17 of method.md 3.5 and 3.7, simulated.

Through the code that a campaign runs through: the plan, the looks, the words. In full by
`make test-statistics`, in a small size by `make test`; the seeds are fixed.
"""

import os
from datetime import date, timedelta

import numpy as np
import pytest

from unranked.domain.contamination import TeamCounts, counts_of, spread_of
from unranked.domain.experiments import Counts, Interval
from unranked.domain.guardrails import Ratio, sample_ratio, too_many_opt_outs
from unranked.domain.looks import Look, Plan, take_look
from unranked.domain.maturity import Outcome, did, is_mature
from unranked.domain.programme_uplift import programme_uplift
from unranked.domain.sample_sizes import promise
from unranked.domain.verdicts import Word, read_persistence, verdict

RUNS = int(os.environ.get("UNRANKED_TEST_RUNS", "400"))
"""Simulated campaigns in each cell."""

FEWER = max(20, RUNS // 20)
"""Where each campaign has boundaries of its own, which takes a hundred times as long."""

ERRORS = 4
"""So many standard errors of the simulation itself are allowed for."""

LOOKS = 12
DAYS = tuple(date(2026, 10, 5) + week * timedelta(days=7) for week in range(1, LOOKS + 1))

PEEKING = 0.065
"""So often at the most may a campaign without effect show one at some weekly look."""


def slack(share, runs=RUNS):
    """Return the error of a share that the simulation may have."""
    return ERRORS * (share * (1 - share) / runs) ** 0.5


def weekly(people, holdout):
    """Return how many people of either arm matured by each look, evenly over the weeks."""
    held_out = [round(people * holdout * week / LOOKS) for week in range(1, LOOKS + 1)]
    nudged = [round(people * (1 - holdout) * week / LOOKS) for week in range(1, LOOKS + 1)]
    return np.array(nudged), np.array(held_out)


def started(random, matured, rate, runs):
    """Return for each run how many of the matured had started by each look."""
    new = np.diff(matured, prepend=0)
    return np.cumsum(random.binomial(new, rate, size=(runs, LOOKS)), axis=1)


def campaigns(people, base, effect=0.0, *, holdout=0.5, runs=RUNS, seed=0):
    """Yield the looks of campaigns in which the same number matures every week."""
    random = np.random.default_rng([seed, people, round(1000 * base), round(1000 * abs(effect))])
    plan = Plan(people, holdout, DAYS)
    nudged, held_out = weekly(people, holdout)
    did = started(random, nudged, base + effect, runs)
    others = started(random, held_out, base, runs)
    for run in range(runs):
        yield looks_of(plan, nudged, did[run], held_out, others[run])


def looks_of(plan, *weeks):
    """Return the looks that a campaign takes. weeks: the four counts, at each of its days."""
    taken = []
    for number, counts in enumerate(zip(*(week.tolist() for week in weeks), strict=True), 1):
        if taken and taken[-1].last:
            break
        look = take_look(plan, taken, number, Counts(*counts))
        if look is not None:
            taken.append(look)
    return taken


def missed(taken, effect=0.0):
    """Return whether the interval of some look did not hold the true effect."""
    return any(not one.interval.low <= effect <= one.interval.high for one in taken)


CELLS = [  # people a week, base rate, share held out: of method.md 3.5, and around its worst
    (10, 0.05, 0.5),
    (10, 0.30, 0.5),
    (20, 0.15, 0.5),
    (50, 0.15, 0.5),
    (20, 0.30, 0.2),
    (50, 0.10, 0.2),
    (100, 0.15, 0.2),
    (100, 0.50, 0.2),
]


@pytest.mark.parametrize(("people", "base", "holdout"), CELLS)
def test_weekly_looks_show_an_effect_that_is_not_there_only_rarely(people, base, holdout):
    every = list(campaigns(LOOKS * people, base, holdout=holdout))
    wrong = sum(missed(taken) for taken in every) / RUNS
    won = sum(verdict(taken, over=True).word is Word.WORKS for taken in every) / RUNS

    assert wrong <= PEEKING + slack(PEEKING)
    assert won <= PEEKING / 2 + slack(PEEKING / 2)
    if people * base > 1:  # else there is hardly ever a look
        assert wrong >= 0.02 - slack(0.02)


@pytest.mark.parametrize(
    ("people", "base", "effect", "holdout"),
    [
        (240, 0.10, 0.10, 0.5),
        (600, 0.05, 0.05, 0.5),
        (600, 0.30, -0.10, 0.5),
        (1200, 0.10, 0.014, 0.2),
        (1200, 0.10, 0.15, 0.2),
    ],
)
def test_all_intervals_of_a_campaign_hold_the_true_effect(people, base, effect, holdout):
    every = campaigns(people, base, effect, holdout=holdout, seed=1)

    assert sum(missed(taken, effect) for taken in every) / RUNS <= PEEKING + slack(PEEKING)


@pytest.mark.parametrize("holdout", [0.5, 0.2])
@pytest.mark.parametrize("arrive", [0.5, 1.0, 1.7])
def test_people_who_come_as_they_like_do_no_harm(arrive, holdout):
    """Random weeks, random arms, and a plan that expected other numbers of people."""
    random = np.random.default_rng([2, round(10 * arrive), round(10 * holdout)])
    plan, wrong = Plan(360, holdout, DAYS), 0
    for _ in range(FEWER):
        new = random.poisson(30 * arrive, size=LOOKS)
        held = random.binomial(new, holdout)
        arms = (new - held, held)
        counts = [np.cumsum(one) for arm in arms for one in (arm, random.binomial(arm, 0.2))]
        wrong += missed(looks_of(plan, *counts))

    assert wrong / FEWER <= PEEKING + slack(PEEKING, FEWER)


@pytest.mark.parametrize(
    ("people", "effect", "power"),
    [
        (120, 0.05, 0.10),
        (120, 0.10, 0.29),
        (120, 0.15, 0.55),
        (240, 0.15, 0.86),
        (600, 0.05, 0.44),
        (600, 0.10, 0.93),
        (1200, 0.05, 0.73),
        (2400, 0.014, 0.19),
    ],
)
def test_an_effect_is_found_as_often_as_the_table_says(people, effect, power):
    found = sum(missed(taken) for taken in campaigns(people, 0.10, effect, seed=3)) / RUNS

    assert found == pytest.approx(power, abs=0.015 + slack(power))


@pytest.mark.parametrize("base", [0.05, 0.10, 0.30])
@pytest.mark.parametrize("people", [50, 120, 500, 1200, 5000])
def test_what_the_setup_screen_promises_is_found(people, base):
    said = promise(people, base=base)
    every = campaigns(people, base, said.smallest / 100, holdout=said.holdout, seed=4)
    found = sum(verdict(taken, over=True).word is Word.WORKS for taken in every) / RUNS

    assert found >= 0.78 - slack(0.78)


def test_a_small_campaign_with_a_typical_effect_cannot_tell():
    words = [verdict(taken, over=True).word for taken in campaigns(120, 0.10, 0.03, seed=5)]

    assert words.count(Word.CANNOT_TELL) / RUNS >= 0.85 - slack(0.85)


def test_use_that_is_only_brought_forward_does_not_win():
    """More start within two weeks, and as many stay as without a nudge."""
    random = np.random.default_rng(6)
    nudged, held_out = weekly(600, 0.5)
    plan, words = Plan(600, 0.5, DAYS), []
    soon, later = started(random, nudged, 0.25, RUNS), started(random, held_out, 0.10, RUNS)
    for run in range(RUNS):
        taken = looks_of(plan, nudged, soon[run], held_out, later[run])
        stay = random.binomial(300, 0.20, size=2).tolist()
        read = read_persistence(Counts(300, stay[0], 300, stay[1]))
        words.append(verdict(taken, over=True, persistence=read).word)

    assert words.count(Word.WORKS) / RUNS <= 0.025 + slack(0.025)
    assert words.count(Word.BROUGHT_FORWARD) / RUNS >= 0.9


def test_people_who_start_sooner_are_no_win_when_read_as_they_mature():
    """Day by day, and through what makes a person count: a fifth start, the nudged ones sooner."""
    random = np.random.default_rng(7)
    words = [word_of_early_starters(random) for _ in range(FEWER)]

    assert words.count(Word.WORKS) / FEWER <= 0.025 + slack(0.025, FEWER)
    assert words.count(Word.BROUGHT_FORWARD) / FEWER >= 0.5


def word_of_early_starters(random):
    """Return what is said of one campaign: 50 people drawn on each of 12 Mondays."""
    plan = Plan(600, 0.5, tuple(day + timedelta(days=14) for day in DAYS))
    drawn = [(day, nudged) for day in DAYS for nudged in (True, False) for _ in range(25)]
    people = [(day, nudged, *early_starter(random, day, nudged=nudged)) for day, nudged in drawn]
    taken = []
    for number, day in enumerate(plan.look_days, 1):
        known = [one for one in people if is_mature(Outcome.A14, one[0], day)]
        look = take_look(plan, taken, number, of_arms((one[1], one[2]) for one in known))
        taken += [look] if look is not None else []
    read = read_persistence(of_arms((nudged, stays) for _, nudged, _, stays in people))
    return verdict(taken, over=True, persistence=read).word


def early_starter(random, day, *, nudged):
    """Return whether somebody reaches A14, and P42. Who has started is active one day in three."""
    if random.random() >= 0.4:
        return False, False
    start = random.integers(1, 11 if nudged else 29)
    active = [
        day + timedelta(days=int(one))
        for one in range(start, 43)
        if one == start or random.random() < 1 / 3
    ]
    return did(Outcome.A14, day, active), did(Outcome.P42, day, active)


def of_arms(people):
    """Return the counts of people of whom the arm is known, and whether they did it."""
    counts = {True: [0, 0], False: [0, 0]}
    for nudged, reached in people:
        counts[nudged][0] += 1
        counts[nudged][1] += reached
    return Counts(*counts[True], *counts[False])


@pytest.mark.parametrize(
    ("rate", "least", "most"), [(0.02, 0.0, 0.05), (0.06, 0.80, 1), (0.10, 0.97, 1)]
)
def test_f17_pauses_campaigns_that_drive_people_away_and_few_others(rate, least, most):
    random = np.random.default_rng([8, round(100 * rate)])
    sent, paused = np.arange(1, 401), 0
    for _ in range(RUNS):
        out = np.cumsum(random.random(400) < rate)
        changes = np.flatnonzero(np.diff(out, prepend=0))  # E falls until the next one opts out
        paused += any(too_many_opt_outs(int(out[i]), int(sent[i])) for i in changes)

    assert least - slack(least) <= paused / RUNS <= most + slack(0.05)


def test_f13_stops_hardly_any_campaign_that_was_drawn_as_planned():
    random = np.random.default_rng(9)
    stopped = 0
    for _ in range(RUNS):
        held = np.cumsum(random.random(1000) < 0.2)[24::25]  # looked at after every 25 people
        stopped += any(
            sample_ratio(25 * n - int(one), int(one), holdout_share=0.2) is Ratio.BROKEN
            for n, one in enumerate(held, 1)
        )

    assert stopped / RUNS <= 0.001 + slack(0.001)


def test_f13_stops_a_campaign_that_loses_a_part_of_one_arm():
    """A quarter of the nudged are left out after the draw, say because they muted the bot."""
    random = np.random.default_rng(10)
    stopped = 0
    for _ in range(RUNS):
        nudged, held = random.binomial(800, 0.75), 800
        stopped += sample_ratio(int(nudged), held, holdout_share=0.5) is Ratio.BROKEN

    assert stopped / RUNS >= 0.8 - slack(0.8)


@pytest.mark.parametrize(("teams", "held_out"), [(60, 60), (96, 24), (24, 24)])
@pytest.mark.parametrize("alike", [0.05, 0.3])
def test_drawn_teams_show_an_effect_that_is_not_there_only_rarely(teams, held_out, alike):
    random = np.random.default_rng([11, teams, held_out, round(100 * alike)])
    plan = Plan(5 * (teams + held_out), held_out / (teams + held_out), DAYS[:4], by_team=True)
    share = 0.2 * (1 / alike - 1), 0.8 * (1 / alike - 1)
    wrong = 0
    for _ in range(RUNS):
        all_teams = random.binomial(5, random.beta(*share, size=teams + held_out)).tolist()
        arms = all_teams[:teams], all_teams[teams:]
        taken = []
        for number in range(1, 5):
            found = [[TeamCounts(5, n) for n in arm[: len(arm) * number // 4]] for arm in arms]
            look = take_look(plan, taken, number, counts_of(*found), spread_of(*found))
            taken += [look] if look is not None else []
        wrong += missed(taken)

    assert wrong / RUNS <= PEEKING + slack(PEEKING)
    assert wrong / RUNS >= 0.01 - slack(0.01)


@pytest.mark.parametrize(("holdout", "base"), [(0.5, 0.10), (0.2, 0.10), (0.2, 0.03)])
def test_a_programme_read_after_every_campaign_shows_no_effect_that_is_not_there(holdout, base):
    random = np.random.default_rng([12, round(10 * holdout), round(100 * base)])
    held_out, campaigns_a_year, wrong = round(100 * holdout), 20, 0
    for _ in range(RUNS):
        looks = [
            Look(1, Counts(100 - held_out, a, held_out, b), 1.0, 1.96, Interval(0, 0, 0))
            for a, b in zip(
                random.binomial(100 - held_out, base, campaigns_a_year).tolist(),
                random.binomial(held_out, base, campaigns_a_year).tolist(),
                strict=True,
            )
        ]
        reads = (programme_uplift(looks[:n], expected=2000) for n in range(1, len(looks) + 1))
        wrong += any(not one.low <= 0 <= one.high for one in reads)

    assert wrong / RUNS <= 0.05 + slack(0.05)
