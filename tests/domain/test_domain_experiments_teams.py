"""When whole teams are drawn, what is drawn then, and how alike they are (method.md 3.9, 3.6)."""

from collections import Counter
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unranked.domain.contamination import (
    Team,
    TeamCounts,
    cluster_factor,
    counts_of,
    draws_teams,
    people_a_unit,
    spread_of,
    unit_of,
)
from unranked.domain.experiments import Counts, estimate

one_team = st.integers(0, 8).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))
arms = st.lists(one_team.map(lambda two: TeamCounts(*two)), max_size=12)


def test_a_third_that_shares_small_teams_is_not_yet_too_much():
    assert not draws_teams([Team(2, 2)], 6)
    assert draws_teams([Team(2, 2)], 5)


def test_only_small_teams_and_only_people_of_the_campaign_share():
    assert draws_teams([Team(8, 8)], 8)
    assert not draws_teams([Team(9, 9)], 9)
    assert draws_teams([Team(8, 2)], 2)
    assert not draws_teams([Team(8, 1)], 1)  # the others are not of the campaign
    assert not draws_teams([Team(9, 2)], 2)  # a team's size is of all its people
    assert not draws_teams([], 1)
    assert not draws_teams([Team(8, 0)], 0)


sizes = st.integers(1, 12).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))


@given(st.lists(sizes, max_size=8), st.integers(0, 12))
def test_whether_teams_are_drawn_is_what_the_words_say(teams, alone):
    people = sum(together for _, together in teams) + alone
    sharing = sum(together for size, together in teams if size <= 8 and together > 1)
    alike = [Team(*one, how_many) for one, how_many in Counter(teams).items()]

    assert draws_teams(alike, people) == (sharing > people / 3)
    assert draws_teams([Team(*one) for one in teams], people) == (sharing > people / 3)


@given(st.lists(sizes, max_size=8), st.integers(1, 12))
def test_people_a_unit_is_what_everybody_would_say_of_theirs_on_average(teams, alone):
    said = [1] * alone
    for size, together in teams:
        said += [together if size <= 8 else 1] * together
    alike = [Team(*one, how_many) for one, how_many in Counter(teams).items()]

    assert people_a_unit(alike, len(said)) == pytest.approx(sum(said) / len(said))


shares = st.sampled_from([0.1, 0.25, 0.5, 0.75, 1.0])


@given(st.lists(sizes, max_size=4), shares)
def test_of_a_share_of_the_people_what_can_be_expected_is_the_average_over_all_draws(teams, share):
    """Each person is of the campaign by chance: how many share, and with how many, is averaged."""
    people = share * sum(together for _, together in teams)
    sharing = others = 0.0
    for _, together in (one for one in teams if one[0] <= 8):
        for drawn in range(together + 1):
            chance = comb(together, drawn) * share**drawn * (1 - share) ** (together - drawn)
            sharing += chance * drawn * (drawn > 1)
            others += chance * drawn * (drawn - 1)
    found = [Team(*one) for one in teams]

    for factor in (2.9, 3.1):
        assert draws_teams(found, factor * sharing, share) == (sharing > 0 and factor < 3)
    assert people_a_unit(found, people + 1, share) == pytest.approx(1 + others / (people + 1))


def test_the_key_of_a_team_is_of_this_campaign_alone_and_shows_no_manager():
    mine = unit_of(b"salt-for-tests", "c-1", "p-boss")

    assert mine == unit_of(b"salt-for-tests", "c-1", "p-boss")
    assert "boss" not in mine
    others = {
        unit_of(b"salt-for-tests", "c-1", "p-other"),
        unit_of(b"salt-for-tests", "c-2", "p-boss"),
        unit_of(b"another salt", "c-1", "p-boss"),
    }
    assert mine not in others
    assert len(others) == 3


@given(arms, arms)
def test_teams_together_are_their_people(nudge, holdout):
    found = counts_of(nudge, holdout)

    assert found.nudge_n == sum(one.people for one in nudge)
    assert found.nudge_x == sum(one.did for one in nudge)
    assert found.holdout_n == sum(one.people for one in holdout)
    assert found.holdout_x == sum(one.did for one in holdout)


@given(arms, arms)
def test_teams_never_make_a_campaign_surer_than_people_would(nudge, holdout):
    spread, counts = spread_of(nudge, holdout), counts_of(nudge, holdout)
    people, teams = estimate(counts), estimate(counts, spread)

    assert spread.inflation >= 1
    assert spread.freedom >= 1
    assert (people is None) == (teams is None)
    if people is not None and counts.did:
        assert teams.error > 0


def test_people_drawn_alone_are_worth_as_many_people():
    alone = [*[TeamCounts(1, 1)] * 40, *[TeamCounts(1, 0)] * 160]
    spread = spread_of(alone, alone)

    assert spread.inflation == pytest.approx(200 / 199)
    assert spread.freedom == 398


def test_teams_that_do_all_the_same_are_worth_one_person_each():
    alike = [*[TeamCounts(5, 5)] * 40, *[TeamCounts(5, 0)] * 160]
    spread, people = spread_of(alike, alike), [*[TeamCounts(1, 1)] * 40, *[TeamCounts(1, 0)] * 160]

    assert spread.inflation == pytest.approx(5 * 200 / 199)
    teams, alone = (
        estimate(counts_of(alike, alike), spread),
        estimate(counts_of(people, people), spread_of(people, people)),
    )
    assert teams.error == pytest.approx(alone.error)


def test_the_spread_is_that_of_team_totals_around_their_arm():
    """By hand: shares 4/12 and 3/12; residuals 0, 0, 0 and +1, -1, 0 of teams of four."""
    nudge = [TeamCounts(3, 1), TeamCounts(3, 1), TeamCounts(6, 2)]
    holdout = [TeamCounts(4, 2), TeamCounts(4, 0), TeamCounts(4, 1)]
    far = [TeamCounts(4, 4), TeamCounts(4, 0), TeamCounts(4, 0)]

    assert spread_of(nudge, holdout).inflation == 1.0  # 3 against 4.917
    between = (8 / 3) ** 2 + 2 * (4 / 3) ** 2
    assert spread_of(nudge, far).inflation == pytest.approx(
        between * 1.5 / (4 * 8 / 12 + 4 * 8 / 12)
    )
    assert spread_of(nudge, far).freedom == 4


def test_teams_without_anybody_matured_count_for_nothing():
    some = [TeamCounts(4, 2), TeamCounts(4, 0), TeamCounts(4, 1)]

    assert spread_of([*some, TeamCounts(0, 0)], some) == spread_of(some, some)


@pytest.mark.parametrize("few", [[], [TeamCounts(8, 4)], [TeamCounts(8, 0), TeamCounts(8, 0)]])
def test_where_nothing_is_known_of_teams_nothing_breaks(few):
    spread = spread_of(few, few)

    assert spread.inflation == 1.0
    assert spread.freedom >= 1


def test_a_team_of_eight_takes_a_third_more_people():
    assert cluster_factor(8) == pytest.approx(1.350)
    assert cluster_factor(8, 0.2) == pytest.approx(2.4)
    assert cluster_factor(1) == cluster_factor(0) == 1
    assert Counts(*[0] * 4).people == 0
