"""When whole teams are drawn, what is drawn then, and how alike they are (method.md 3.9, 3.6)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unranked.domain.contamination import (
    TeamCounts,
    cluster_factor,
    counts_of,
    draws_teams,
    spread_of,
    units,
)
from unranked.domain.experiments import Counts, estimate

one_team = st.integers(0, 8).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))
arms = st.lists(one_team.map(lambda two: TeamCounts(*two)), max_size=12)


def team(name, people):
    return [f"{name}{n}" for n in range(people)]


def test_a_third_that_shares_small_teams_is_not_yet_too_much():
    pair, rest = ["a0", "a1"], [f"alone{n}" for n in range(4)]

    assert not draws_teams([pair], [*pair, *rest])
    assert draws_teams([pair], [*pair, *rest[1:]])


def test_only_small_teams_and_only_eligible_people_share():
    eight, nine = team("a", 8), team("b", 9)

    assert draws_teams([eight], eight)
    assert not draws_teams([nine], nine)
    assert draws_teams([eight], eight[:2])
    assert not draws_teams([eight], eight[:1])  # the others are not of the campaign
    assert not draws_teams([nine], nine[:2])  # a team's size is of all its people
    assert not draws_teams([], ["a0"])
    assert not draws_teams([eight], [])


def test_who_is_in_two_teams_shares_once():
    assert not draws_teams([["a", "b"], ["b", "a"]], ["a", "b", *team("c", 4)])


def test_a_team_named_twice_over_is_as_large_as_its_people():
    assert draws_teams([team("a", 8) * 2], team("a", 8))


@given(st.lists(st.sets(st.integers(0, 30), max_size=10), max_size=6), st.sets(st.integers(0, 30)))
def test_whether_teams_are_drawn_is_what_the_words_say(teams, eligible):
    sharing = [
        one
        for one in eligible
        if any(one in team and len(team) <= 8 and team & (eligible - {one}) for team in teams)
    ]

    assert draws_teams(teams, eligible) == (len(sharing) > len(eligible) / 3)


def test_small_teams_are_drawn_whole_and_everybody_else_alone():
    teams = {"m1": team("a", 8), "m2": team("b", 9)}
    found = units(teams, ["a0", "a7", "b0", "b1", "c0"])

    assert found["a0"] == found["a7"]
    assert (found["b0"], found["b1"], found["c0"]) == ("b0", "b1", "c0")
    assert list(found) == ["a0", "a7", "b0", "b1", "c0"]


def test_a_team_is_never_drawn_as_the_person_who_leads_it():
    """Teams are named by their manager, who is drawn as well: one draw would tie them."""
    found = units({"boss": ["a", "b"]}, ["a", "b", "boss"])

    assert found["a"] == found["b"] != found["boss"]


def test_somebody_in_two_teams_cannot_be_drawn_by_team():
    with pytest.raises(ValueError, match="two teams"):
        units({"m1": ["a", "b"], "m2": ["b", "c"]}, ["a"])


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
