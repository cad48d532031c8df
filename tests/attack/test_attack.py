"""The attack, on a few organisations; and that it finds what it looks for. Many: `make attack`."""

import random
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from inspect import getmembers

import attack_run
import attack_words
import cut_out
import guessed
import known_others
import numpy as np
import pytest
import said_in_a_year
import solved
from guessed import Meeting, Pair, Whom
from said_in_a_year import Told
from scipy.stats import chisquare

from unranked.domain import cohorts, nesting, privacy, released
from unranked.domain.cohorts import frozen
from unranked.domain.org_chart import Chart, UnitKind
from unranked.domain.released import EPSILON, SpendFacts, share_band, spend_band
from unranked.domain.usage import Window

ORGANISATIONS = 30
FEWER = range(5)
SMALL_CLASS = "a class of fewer than ten people"
CERTAIN = "what everybody in a class did is certain"
GUESS = "a guess is better than one figure of ten people allows"


@pytest.fixture(scope="module")
def found():
    return attack_run.attack(1, range(ORGANISATIONS))


@pytest.fixture
def without():
    """Take a guard out, for the length of a test; nothing that was reckoned with it stays."""
    with pytest.MonkeyPatch.context() as patch:
        _forget()
        yield patch.setattr
    _forget()


def _forget():
    for module in (guessed, known_others, solved):
        for _, one in getmembers(module, lambda each: hasattr(each, "cache_clear")):
            one.cache_clear()


def test_nobody_cuts_out_fewer_than_ten_or_guesses_better_than_from_one_figure(found):
    assert found.faults == Counter()
    assert found.smallest_class >= 10
    assert found.guesses.keys() == set(attack_words.KINDS)
    assert all(
        one.most.right <= guessed.limit(one.most.pair.days) for one in found.guesses.values()
    )


def test_the_organisations_are_hard(found):
    """What did not happen was not tried either."""
    least = {"messages": 3_000, "classes": 200, "overlapping groups": 50, "freezings": 120}
    assert {what: n for what, n in least.items() if found.counts[what] < n} == {}
    assert min(one.made for one in found.guesses.values()) > 100


def test_two_processes_find_what_one_finds():
    one, two = attack_run.Found(), attack_run.Found()
    for _, newest in attack_run.run(3, 12, processes=1):
        one.join(newest)
    for _, newest in attack_run.run(3, 12, processes=2):
        two.join(newest)

    assert one == two


def test_a_gate_that_lets_small_classes_through_is_found_out(without):
    without(privacy.Partition, "_fits", lambda *_: True)
    found = attack_run.attack(1, FEWER)

    assert found.faults[SMALL_CLASS]
    assert found.faults["two managers' sum of fewer than ten people"]
    assert found.smallest_class < 10


def test_groups_that_follow_every_move_are_found_out(without):
    without(said_in_a_year, "is_fixed", lambda *_: False)
    found = attack_run.attack(1, range(ORGANISATIONS))

    assert found.faults[SMALL_CLASS]
    assert found.smallest_class == 1


def test_a_small_part_shown_for_the_whole_is_found_out(without):
    without(privacy, "SNAPPED_LEAST_PERCENT", 0)
    found = attack_run.attack(1, FEWER)

    assert found.faults["a group is told of by less than four fifths of it"]


def test_new_figures_every_week_are_found_out(without):
    def weekly(quarter, **_):
        return [
            Window(quarter.start + timedelta(days=7 * n), quarter.start + timedelta(days=7 * n + 7))
            for n in range(12)
        ]

    without(cohorts, "windows", weekly)
    found = attack_run.attack(1, FEWER)

    assert found.faults["figures of a group change too often"]
    assert found.faults["strict mode tells more in a year than it may"]


def test_exact_shares_are_found_out(without):
    without(released, "share_band", lambda active, people: f"{active:03} of {people}")
    found = attack_run.attack(1, FEWER)

    assert found.faults[CERTAIN]
    assert found.faults[GUESS]


def test_an_outer_band_with_an_end_is_found_out(without):
    def ended(active, people):
        return "nobody" if active == 0 else share_band(active, people)

    without(released, "share_band", ended)
    found = attack_run.attack(1, range(12))

    assert found.faults[CERTAIN]


class Told12Of12:
    """Use that is worst for the twelve: all of them active, and of the ten beside them three."""

    def active(self, _quarter, _window, people):
        return sum(one.startswith("r") or one in {"t0", "t1", "t2"} for one in people)


def _two_managers():
    """Return what the real gate tells the lead of ten, and the head of them and twelve more."""
    solid = {f"t{n}": "r0" for n in range(10)} | {f"r{n}": "head" for n in range(12)}
    chart = Chart(solid)
    made = frozen(chart, set(solid), chart.managers, {"head": UnitKind.ALL})
    of_unit = {unit: frozenset(people) for unit, people in made.members()}
    quarter = cohorts.quarter_of(date(2026, 1, 1))
    (window,) = cohorts.windows(quarter, frozen_on=quarter.start, often=False)
    views = made.views.items()
    return [
        Told(quarter.start, one, window, of_unit[view.unit], of_unit[view.unit])
        for one, view in views
    ]


def test_no_two_bands_say_for_certain_what_everybody_beside_a_team_did():
    told = _two_managers()
    assert sorted(len(one.people) for one in told) == [10, 22]

    use = Told12Of12()
    assert solved.certain(told, use, solved.said(told, use)) == 0


def test_bands_that_are_said_each_by_itself_are_found_out(without):
    without(nesting.Nest, "_free", lambda nest, name, _scale: (-1, nest._groups[name].people + 1))
    told, use = _two_managers(), Told12Of12()

    assert solved.certain(told, use, solved.said(told, use)) == 1


def test_noise_below_nobody_is_the_lowest_band():
    assert {share_band(-n, 25) for n in range(40)} == {share_band(0, 25)}


def test_no_band_of_spend_says_that_everybody_reached_the_clip():
    clip = released.clip(Decimal(680), 100)
    assert clip == 20

    everybody = SpendFacts(total=25 * clip, largest=clip, beyond_two=23 * clip)
    nearly = SpendFacts(total=25 * clip - 1, largest=clip, beyond_two=23 * clip - 1)
    assert spend_band(everybody, 25, 1) == spend_band(nearly, 25, 1)


def test_the_reckoning_of_classes_and_sums_is_right():
    groups = [frozenset("abcdef"), frozenset("cdefgh"), frozenset("h")]

    assert sorted(cut_out.classes(groups).values()) == [1, 1, 2, 4]
    assert cut_out.smallest_class(groups) == 1
    assert cut_out.smallest_sum(groups[:2]) == 4
    assert cut_out.smallest_sum(groups) == 1


@pytest.mark.parametrize(
    ("pair", "whom"),
    [
        (Pair(10, 0, 12, (84, 84), Meeting.SAME), Whom.SECOND),
        (Pair(9, 1, 1, (84, 84), Meeting.APART), Whom.SECOND),
        (Pair(20, 0, 40, (84, 28), Meeting.WITHIN), Whom.BOTH),
    ],
)
def test_how_often_a_guess_is_right_agrees_with_throwing(pair, whom):
    assert guessed.right(pair, whom) == pytest.approx(_thrown(pair, whom), abs=0.01)


def _thrown(pair, whom, runs=100_000):
    chance = np.random.default_rng(1)
    seen = Counter()
    status = chance.integers(2, size=runs)
    counts = [np.zeros(runs, dtype=int), np.zeros(runs, dtype=int)]
    for one in Whom:
        for number in range(getattr(pair, one)):
            acts = _acts(pair, chance, runs)
            if one is whom and number == 0:
                acts = _acts_as(pair, whom, status, chance)
            for side, skipped in enumerate((Whom.SECOND, Whom.FIRST)):
                counts[side] += acts[side] if one is not skipped else 0
    people = (pair.both + pair.first, pair.both + pair.second)
    for one, two, own in zip(*counts, status, strict=True):
        seen[share_band(int(one), people[0]), share_band(int(two), people[1]), int(own)] += 1
    bands = {(one, two) for one, two, _ in seen}
    return sum(max(seen[(*both, 0)], seen[(*both, 1)]) for both in bands) / runs


def _acts(pair, chance, runs):
    rates = chance.choice([rate for _, rate in guessed.KINDS], runs, p=[0.3, 0.3, 0.4])
    weeks = [days / 7 for days in pair.days]
    if pair.meeting is Meeting.APART:
        return [chance.random(runs) < 1 - np.exp(-rates * each) for each in weeks]
    second = chance.poisson(rates * weeks[1])
    first = second + chance.poisson(rates * (weeks[0] - weeks[1]))
    return [first > 0, second > 0]


def _acts_as(pair, whom, status, chance):
    """Throw until the person's status is the one that was thrown for them."""
    side = 0 if whom is Whom.FIRST else 1
    acts = _acts(pair, chance, len(status))
    while (wrong := acts[side] != status).any():
        again = _acts(pair, chance, len(status))
        acts = [np.where(wrong, new, old) for new, old in zip(again, acts, strict=True)]
    return acts


def test_strict_mode_keeps_its_bound_and_says_less_than_no_noise():
    known = list(known_others.every(sizes=(10, 25)))

    assert all(one.good for one in known)
    assert [round(one.bound, 4) for one in known if one.strict] == [0.6225, 0.7311, 0.8808] * 2
    for plain, strict in zip(known[:3], known[3:6], strict=True):
        assert strict.usual < plain.usual < 0.70
        assert plain.worst == 1
    assert known[0].usual == pytest.approx(0.65, abs=0.01)


def test_less_noise_than_that_passes_the_bound(without):
    half = known_others.noise()
    without(known_others, "noise", lambda: tuple(n**2 / sum(m**2 for m in half) for n in half))

    assert not all(one.good for one in known_others.every(sizes=(10,)))


@pytest.mark.parametrize(("times", "agrees"), [(1, True), (2, False)])
def test_the_noise_that_is_drawn_is_the_one_that_is_reckoned_with(times, agrees):
    pytest.importorskip("opendp")
    from unranked.noise import laplace  # noqa: PLC0415 - OpenDP is an extra

    noisy, runs, far = laplace(times * EPSILON), 4_000, 6
    drawn = Counter(max(-far, min(far, noisy(0))) for _ in range(runs))
    likely = np.array(known_others.noise())
    middle = known_others.FAR
    expected = likely[middle - far : middle + far + 1].copy()
    expected[[0, -1]] = likely[: middle - far + 1].sum()
    seen = [drawn[n] for n in range(-far, far + 1)]
    fits = chisquare(seen, expected / expected.sum() * runs).pvalue

    assert (fits > 1e-6) == agrees


def test_what_was_found_is_said_in_both_languages(found):
    known = list(known_others.every())
    said = attack_words.block(found, known)

    assert said == said.strip()
    assert said.count("| 25 |") == 4
    assert "62.2" in said
    assert "62,2" in said
    assert "{" not in said
    assert attack_words.said(found, known) == []


def test_the_same_seed_makes_the_same_year():
    years = [
        said_in_a_year.year(attack_run.Organisation(random.Random("1-0")), attack_run.MONDAY)
        for _ in range(2)
    ]
    assert years[0] == years[1]
